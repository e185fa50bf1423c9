//! Wire → model: what an answer says of servers, containers and products. No socket.

use gssa_model::{Container, Gap, InfrastructureSnapshot, Product, Server, Software};

use crate::Map;
use crate::wire::Answer;
use crate::wire::row::Row;
use crate::wire::shape::{self, MAX_ROWS};

mod container;
mod gather;
mod product;
mod read;
mod scalar;
mod server;
mod volumes;

pub(crate) use gather::gather;
use read::{Gaps, Reader};

/// The id of the server that things are on of which nobody says where they are, unless there is only one.
pub const UNKNOWN_SERVER: &str = "unknown";

/// What one answer says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Part {
    pub(crate) servers: Vec<Server>,
    /// Each with its server, as far as that is told.
    pub(crate) containers: Vec<(Option<String>, Container)>,
    pub(crate) products: Vec<(Option<String>, Product)>,
    pub(crate) gaps: Vec<Gap>,
}

/// Reads an answer as `map`; `server` is the one that was asked for. `None` if nothing in it looks like that.
///
/// What was not told is absent, what could not be read is absent and a gap. Things of which nobody says where they are stand under the
/// only server, or under [`UNKNOWN_SERVER`].
pub fn normalize(answer: &Answer, map: Map, server: Option<&str>) -> Option<InfrastructureSnapshot> {
    let part = part(answer, map, map.as_str(), server)?;
    let mut snapshot =
        InfrastructureSnapshot { software: Software::default(), gaps: part.gaps.clone(), ..Default::default() };
    snapshot.servers = gather([(part, None)], &[]);
    Some(snapshot)
}

/// The same as one part of several. `endpoint` is what gaps are named after.
pub(crate) fn part(answer: &Answer, map: Map, endpoint: &str, server: Option<&str>) -> Option<Part> {
    let complaint = answer.complaint();
    if complaint.is_some() && answer.payload().is_null() {
        return None;
    }
    let rows = shape::rows(answer.payload(), map)?;
    let mut gaps = Gaps::of(endpoint);
    if let Some(complaint) = complaint {
        gaps.add("errors", &complaint);
    }
    if rows.len() > MAX_ROWS {
        gaps.add(map.as_str(), &format!("more than {MAX_ROWS}, the rest is left out"));
    }
    // A path may be of one server and its answer of all.
    let server = server.filter(|_| map != Map::Servers || rows.len() == 1);
    let mut part = Part::default();
    for row in rows.iter().take(MAX_ROWS) {
        part.take(row, map, server, &mut gaps);
    }
    part.gaps = gaps.into_list();
    Some(part)
}

impl Part {
    fn take(&mut self, row: &Row<'_>, map: Map, asked: Option<&str>, gaps: &mut Gaps) {
        let mut reader = Reader { row, gaps };
        match map {
            Map::Servers => {
                let Some(mut server) = server::server(&mut reader) else { return };
                if let Some(asked) = asked {
                    asked.clone_into(&mut server.id);
                }
                self.take_nested(row, &server.id, gaps);
                self.servers.push(server);
            }
            Map::Containers => {
                let told = container::container(&mut reader);
                let on = || container::server_of(row, asked);
                self.containers.extend(told.map(|container| (on(), container)));
            }
            Map::Products => {
                let told = product::product(&mut reader);
                let on = || container::server_of(row, asked);
                self.products.extend(told.map(|product| (on(), product)));
            }
        }
    }

    /// Containers and products that a server brings along.
    fn take_nested(&mut self, row: &Row<'_>, server: &str, gaps: &mut Gaps) {
        for map in [Map::Containers, Map::Products] {
            let list = server::nested(row, &[map.as_str()]);
            let rows = list.and_then(|list| shape::rows(list, map)).unwrap_or_default();
            for row in rows.iter().take(MAX_ROWS) {
                self.take(row, map, Some(server), gaps);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn told(document: &Value, map: Map, server: Option<&str>) -> InfrastructureSnapshot {
        normalize(&crate::parse(None, document.to_string().as_bytes()).unwrap(), map, server).unwrap()
    }

    #[test]
    fn a_bare_cpu_is_a_percentage_and_no_number_of_processors() {
        for (cpu, percent, cpus) in [
            (json!(12), Some(12.0), None),
            (json!("12%"), Some(12.0), None),
            (json!({ "percent": 12, "cores": 4 }), Some(12.0), Some(4)),
            (json!({ "cores": [1, 2, 3] }), None, Some(3)),
        ] {
            let snapshot = told(&json!([{ "id": "a", "name": "Rack", "cpu": cpu }]), Map::Servers, None);
            let server = &snapshot.servers[0];
            assert_eq!((server.cpu_percent.map(gssa_model::unit::Percent::get), server.cpus), (percent, cpus), "{cpu}");
            assert_eq!(snapshot.gaps, [], "{cpu}");
        }
    }

    #[test]
    fn what_a_row_says_of_its_server_counts_more_than_what_was_asked_for() {
        let rows = json!([
            { "name": "one", "state": "running", "server_id": "b", "server": "x" },
            { "name": "two", "state": "running", "server": "x" },
        ]);
        let placed = |server| {
            let servers = told(&rows, Map::Containers, server).servers;
            let name = |server: &Server| format!("{}: {}", server.id, server.containers[0].name);
            servers.iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(placed(Some("a")), ["b: one", "a: two"]);
        assert_eq!(placed(None), ["b: one", "x: two"]);
    }

    #[test]
    fn the_answer_of_a_path_of_one_server_may_be_of_all() {
        let ids = |document: &Value| {
            let servers = told(document, Map::Servers, Some("a")).servers;
            servers.into_iter().map(|server| server.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&json!({ "cpu_percent": 5, "memory": "1GiB / 2GiB" })), ["a"]);
        assert_eq!(ids(&json!([{ "id": 7, "name": "Rack" }])), ["a"], "its own number is of no use to anybody");
        assert_eq!(ids(&json!([{ "id": "a", "name": "Rack" }, { "id": "b", "name": "Shed" }])), ["a", "b"]);
    }

    #[test]
    fn an_error_in_place_of_data_is_no_empty_list() {
        let answer = |document: Value| crate::parse(None, document.to_string().as_bytes()).unwrap();
        let failed = answer(json!({ "status": "error", "data": null, "errors": [{ "code": "SSH_TIMEOUT" }] }));
        assert_eq!(normalize(&failed, Map::Containers, None), None);
        let empty = answer(json!({ "status": "ok", "data": null }));
        assert_eq!(normalize(&empty, Map::Containers, None), Some(InfrastructureSnapshot::default()));
    }
}
