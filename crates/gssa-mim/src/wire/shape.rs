//! Where the rows of an answer are: an array of objects, an object keyed by id, lists by server, or one object alone.

use serde_json::{Map as Members, Value};

use super::row::Row;
use super::{canonical, member, member_or_null};
use crate::Map;

/// The most rows of one answer.
pub(crate) const MAX_ROWS: usize = 1000;

/// How deep inside of other objects a list is looked for.
const MAX_DEPTH: usize = 4;

type Object = Members<String, Value>;

/// The rows of an answer, read as `map`; `None` if nothing in it looks like them. Not more than one above [`MAX_ROWS`].
pub(crate) fn rows(payload: &Value, map: Map) -> Option<Vec<Row<'_>>> {
    // A list without entries is written as `null` by programs in Go.
    if is_empty(payload) && !payload.is_object() {
        return Some(Vec::new());
    }
    let mut rows = find(payload, map, MAX_DEPTH)?;
    rows.truncate(MAX_ROWS + 1);
    Some(rows)
}

/// What an answer looks like without being told; only where it is plain.
pub(crate) fn guess(payload: &Value) -> Option<Map> {
    let plain = |map: Map| {
        let rows = rows(payload, map)?;
        rows.iter().any(|row| is_plainly(map, row)).then_some(map)
    };
    plain(Map::Servers).or_else(|| plain(Map::Containers)).or_else(|| plain(Map::Products))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn find(value: &Value, map: Map, depth: usize) -> Option<Vec<Row<'_>>> {
    match value {
        Value::Array(items) => in_list(items, map),
        Value::Object(members) => in_object(members, map, depth),
        _ => None,
    }
}

fn in_list(items: &[Value], map: Map) -> Option<Vec<Row<'_>>> {
    let objects = || items.iter().filter_map(Value::as_object).take(MAX_ROWS + 1);
    if objects().any(|object| looks_like(map, &Row::of(object))) {
        return Some(objects().map(Row::of).collect());
    }
    // A list of servers, each with its own containers or products.
    groups(objects().map(|object| (server_of(object), object)), map)
}

fn in_object(members: &Object, map: Map, depth: usize) -> Option<Vec<Row<'_>>> {
    if let Some(named) = member_or_null(members, &[map.as_str()]) {
        let rows = if is_empty(named) { Some(Vec::new()) } else { find(named, map, depth.checked_sub(1)?) };
        if let Some(rows) = rows {
            let server = server_of(members).filter(|_| map != Map::Servers);
            return Some(rows.into_iter().map(|row| row.or_on(server.as_ref())).collect());
        }
    }
    let whole = Row::of(members);
    if is_plainly(map, &whole) {
        return Some(vec![whole]);
    }
    by_key(members, map).or_else(|| looks_like(map, &whole).then(|| vec![whole])).or_else(|| {
        let depth = depth.checked_sub(1)?;
        let inside = members.iter().filter(|(key, _)| !is_aside(key)).map(|(_, value)| value);
        inside.filter_map(|value| find(value, map, depth)).find(|rows| !rows.is_empty())
    })
}

/// Names of members that only hold what there is. None of them is an id.
const HOLDERS: [&str; 14] = [
    "data", "result", "results", "response", "payload", "list", "items", "rows", "entries", "records", "all",
    "running", "stopped", "active",
];

fn is_holder(key: &str) -> bool {
    HOLDERS.contains(&canonical(key).as_str())
}

/// `_orphans` of the product inventory: entries whose server is gone.
fn is_aside(key: &str) -> bool {
    key.starts_with('_')
}

/// An object whose keys are ids: of the rows themselves, or of the servers that the rows are on.
fn by_key(members: &Object, map: Map) -> Option<Vec<Row<'_>>> {
    let entries = || members.iter().filter(|(key, _)| !is_aside(key)).take(MAX_ROWS + 1);
    let objects = || entries().filter_map(|(key, value)| Some((key, value.as_object()?)));
    if objects().count() == entries().count() {
        if entries().all(|(key, _)| is_holder(key)) {
            return None;
        }
        if objects().any(|(_, object)| looks_like_keyed(map, &Row::of(object))) {
            return Some(objects().map(|(key, object)| Row::of(object).under(key)).collect());
        }
        return groups(objects().map(|(key, object)| (Some(key.clone()), object)), map);
    }
    if map == Map::Servers || !entries().all(|(_, value)| value.is_array()) {
        return None;
    }
    let mut rows = Vec::new();
    for (key, list) in entries().filter_map(|(key, value)| Some((key, value.as_array()?))) {
        let server = (!is_holder(key)).then(|| key.clone());
        rows.extend(in_list(list, map).unwrap_or_default().into_iter().map(|row| row.or_on(server.as_ref())));
    }
    (!rows.is_empty()).then_some(rows)
}

/// Objects that stand for servers, each with a list of its own.
fn groups<'a>(servers: impl Iterator<Item = (Option<String>, &'a Object)>, map: Map) -> Option<Vec<Row<'a>>> {
    if map == Map::Servers {
        return None;
    }
    let mut rows = None;
    for (server, object) in servers {
        let Some(list) = member_or_null(object, &[map.as_str()]) else { continue };
        let found = if is_empty(list) { Some(Vec::new()) } else { find(list, map, 1) };
        let so_far = rows.get_or_insert_with(Vec::new);
        so_far.extend(found.unwrap_or_default().into_iter().map(|row| row.on(server.clone())));
    }
    rows
}

/// The id or name of a server, in an object that has something of it beside.
fn server_of(members: &Object) -> Option<String> {
    let told = member(members, &["serverid", "server", "id", "servername", "name"])?;
    told.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

const FIGURES: [&str; 22] = [
    "cpu",
    "cpupercent",
    "cpupct",
    "cpuusage",
    "memory",
    "mem",
    "memusage",
    "memoryusage",
    "memoryused",
    "memused",
    "ram",
    "swap",
    "disk",
    "disks",
    "volumes",
    "storage",
    "load",
    "loadavg",
    "load1",
    "uptime",
    "sensors",
    "temperatures",
];
const OF_SERVERS: [&str; 7] =
    ["sshhost", "mimhost", "serverid", "servername", "rebootrequired", "reachable", "hostname"];
const NAMES: [&str; 7] = ["id", "name", "names", "containerid", "containername", "key", "product"];
const IN_CONTAINERS: [&str; 3] = ["image", "imageid", "repotags"];
const STATES: [&str; 5] = ["state", "status", "running", "health", "image"];
const OF_PRODUCTS: [&str; 8] = [
    "installedversion",
    "currentversion",
    "latestversion",
    "updateavailable",
    "hasupdate",
    "productkey",
    "productversion",
    "product",
];

/// Whether an object can be a row of the kind that its operator says it is. One with a list of such rows is none itself.
fn looks_like(map: Map, row: &Row<'_>) -> bool {
    match map {
        _ if row.has(&[map.as_str()]) => false,
        Map::Servers => {
            let is_named = row.has(&["id"]) && row.has(&["name"]);
            row.has(&OF_SERVERS) || row.has(&FIGURES) || is_named || (row.has(&["name"]) && row.has(&["host", "ip"]))
        }
        Map::Containers => row.has(&NAMES) && row.has(&STATES),
        Map::Products => row.has(&NAMES) && (row.has(&["status", "state", "version"]) || row.has(&OF_PRODUCTS)),
    }
}

/// The same for an object that has its name in the key that it stands under.
fn looks_like_keyed(map: Map, row: &Row<'_>) -> bool {
    match map {
        _ if row.has(&[map.as_str()]) => false,
        Map::Servers => {
            let figures = FIGURES.iter().filter(|name| row.has(&[name])).count();
            row.has(&OF_SERVERS) || figures > 1 || row.has(&["name"]) || row.has(&["host", "ip"])
        }
        Map::Containers => row.has(&STATES),
        Map::Products => row.has(&["status", "state", "version"]) || row.has(&OF_PRODUCTS),
    }
}

/// Whether an object is nothing else.
fn is_plainly(map: Map, row: &Row<'_>) -> bool {
    match map {
        Map::Servers => {
            let figures = FIGURES.iter().filter(|name| row.has(&[name])).count();
            !row.has(&IN_CONTAINERS) && (row.has(&["sshhost", "mimhost"]) || figures > 1)
        }
        Map::Containers => row.has(&NAMES) && row.has(&IN_CONTAINERS) && row.has(&["state", "status", "running"]),
        Map::Products => {
            row.has(&NAMES)
                && row.has(&OF_PRODUCTS)
                && !row.has(&IN_CONTAINERS)
                && row.has(&["status", "state", "version", "name"])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Key or name of each row, and its server.
    fn found(map: Map, payload: &Value) -> Option<Vec<String>> {
        let name = |row: &Row<'_>| {
            let own = row.first(&["name", "key", "id"]).and_then(|member| member.value.as_str());
            let name = row.key.or(own).unwrap_or("?");
            row.server.as_ref().map_or(name.to_owned(), |server| format!("{name} on {server}"))
        };
        rows(payload, map).map(|rows| rows.iter().map(name).collect())
    }

    #[test]
    fn rows_are_found_by_shape() {
        let mim = json!({ "name": "mim", "state": "running" });
        let keyed = json!({ "state": "running" });
        let on_a = Some(vec!["mim on a".to_owned()]);
        for (payload, wanted) in [
            (json!([mim]), Some(vec!["mim".to_owned()])),
            (json!([1, mim, "x"]), Some(vec!["mim".to_owned()])),
            (json!({ "containers": [mim], "total": 1 }), Some(vec!["mim".to_owned()])),
            (json!({ "result": { "list": [mim] } }), Some(vec!["mim".to_owned()])),
            (json!({ "running": [mim], "stopped": [] }), Some(vec!["mim".to_owned()])),
            (json!({ "result": mim }), Some(vec!["mim".to_owned()])),
            (json!({ "mim": keyed, "gss": keyed }), Some(vec!["gss".to_owned(), "mim".to_owned()])),
            (json!({ "containers": { "mim": keyed } }), Some(vec!["mim".to_owned()])),
            (mim.clone(), Some(vec!["mim".to_owned()])),
            (json!({ "server_id": "a", "containers": [mim] }), on_a.clone()),
            (json!([{ "id": "a", "containers": [mim] }, { "id": "b", "containers": [] }]), on_a.clone()),
            (json!({ "servers": [{ "id": "a", "containers": [mim] }] }), on_a.clone()),
            (json!({ "servers": { "a": { "containers": { "mim": keyed } }, "_orphans": {} } }), on_a.clone()),
            (json!({ "a": [mim], "b": [] }), on_a),
            (json!([]), Some(vec![])),
            (Value::Null, Some(vec![])),
            (json!({ "containers": null }), Some(vec![])),
            (json!({ "servers": [{ "id": "a", "containers": [] }] }), None),
            (json!({}), None),
            (json!({ "status": "ok" }), None),
            (json!(["mim", "gss"]), None),
            (json!([{ "temp": 1 }]), None),
            (json!("mim"), None),
        ] {
            let mut payload = payload;
            payload.sort_all_objects();
            assert_eq!(found(Map::Containers, &payload), wanted, "{payload}");
        }
    }

    #[test]
    fn servers_and_products_are_found_by_shape() {
        let figures = json!({ "cpu": { "load": 1 }, "memory": { "used": 1 }, "disk": { "used": 1 } });
        for (map, payload, wanted) in [
            (Map::Servers, json!([{ "id": "a", "name": "Rack" }]), Some(vec!["Rack"])),
            (Map::Servers, json!({ "a": { "name": "Rack" }, "b": { "ssh_host": "h" } }), Some(vec!["a", "b"])),
            (Map::Servers, figures.clone(), Some(vec!["?"])),
            (Map::Servers, json!({ "a": figures }), Some(vec!["a"])),
            (Map::Servers, json!([{ "key": "gss", "status": "installed" }]), None),
            (Map::Products, json!([{ "key": "gss", "status": "installed" }]), Some(vec!["gss"])),
            (
                Map::Products,
                json!({ "servers": { "a": { "products": { "gss": { "status": "installed" } } } }, "_orphans": {} }),
                Some(vec!["gss on a"]),
            ),
        ] {
            let wanted = wanted.map(|names| names.into_iter().map(str::to_owned).collect());
            assert_eq!(found(map, &payload), wanted, "{payload}");
        }
    }

    #[test]
    fn a_guess_is_made_where_it_is_plain() {
        for (payload, wanted) in [
            (json!([{ "id": "a", "name": "Rack", "ssh_host": "h" }]), Some(Map::Servers)),
            (json!([{ "id": "a", "name": "Rack" }]), None),
            (json!([{ "Names": ["/mim"], "Image": "mim", "State": "running" }]), Some(Map::Containers)),
            (json!([{ "key": "gss", "status": "installed", "latest_version": "5.2.6" }]), Some(Map::Products)),
            (json!({ "status": "ok", "version": "3.3.6" }), None),
            (json!([]), None),
        ] {
            assert_eq!(guess(&payload), wanted, "{payload}");
        }
    }

    #[test]
    fn rows_are_bounded() {
        let many: Vec<Value> = (0..5000).map(|n| json!({ "name": format!("c{n}"), "state": "running" })).collect();
        assert_eq!(rows(&Value::from(many), Map::Containers).unwrap().len(), MAX_ROWS + 1);
    }
}
