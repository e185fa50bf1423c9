//! Several answers → one list of servers.

use gssa_model::{Container, Product, Server, text};

use super::{Part, UNKNOWN_SERVER};

/// The most servers, and the most containers and products of one of them.
const MAX_SERVERS: usize = 64;
const MAX_CONTAINERS: usize = 512;
const MAX_PRODUCTS: usize = 128;

/// Puts the parts together, each with its age in seconds where it is kept from an earlier observation. `named` are the ids that the
/// operator knows; where there is only one server, what nobody places is on it.
pub(crate) fn gather(parts: impl IntoIterator<Item = (Part, Option<u64>)>, named: &[String]) -> Vec<Server> {
    let mut servers = Vec::new();
    let (mut containers, mut products) = (Vec::new(), Vec::new());
    for (part, age_secs) in parts {
        let aged = |server: Server| Server { age_secs, ..server };
        for server in part.servers.into_iter().map(aged) {
            place(&mut servers, server, named);
        }
        containers.extend(part.containers.into_iter().map(|(on, container)| (on, Container { age_secs, ..container })));
        products.extend(part.products.into_iter().map(|(on, product)| (on, Product { age_secs, ..product })));
    }
    // Those that say where they are come first: they may tell of a second server.
    containers.sort_by_key(|(on, _)| on.is_none());
    products.sort_by_key(|(on, _)| on.is_none());
    let placed =
        containers.iter().filter_map(|(on, _)| on.clone()).chain(products.iter().filter_map(|(on, _)| on.clone()));
    for on in placed.collect::<Vec<_>>() {
        find(&mut servers, Some(&on), named);
    }
    for (on, container) in containers {
        let Some(server) = find(&mut servers, on.as_deref(), named) else { continue };
        let is_new = server.containers.iter().all(|other| other.name != container.name);
        if is_new && server.containers.len() < MAX_CONTAINERS {
            server.containers.push(container);
        }
    }
    for (on, product) in products {
        let Some(server) = find(&mut servers, on.as_deref(), named) else { continue };
        let is_new = server.products.iter().all(|other| other.key != product.key);
        if is_new && server.products.len() < MAX_PRODUCTS {
            server.products.push(product);
        }
    }
    for server in &mut servers {
        server.containers.sort_by(|a, b| a.name.cmp(&b.name));
        server.products.sort_by(|a, b| a.key.cmp(&b.key));
    }
    servers
}

/// Adds a server, or to what is known of it.
fn place(servers: &mut Vec<Server>, mut told: Server, named: &[String]) {
    if told.id.is_empty() {
        told.id = only(servers, named).unwrap_or_else(|| UNKNOWN_SERVER.to_owned());
    }
    if let Some(server) = servers.iter_mut().find(|server| server.id == told.id) {
        complete(server, told);
    } else if servers.len() < MAX_SERVERS {
        servers.push(told);
    }
}

/// The server that is meant by an id, a name or an address; one that nobody described so far is added.
fn find<'a>(servers: &'a mut Vec<Server>, on: Option<&str>, named: &[String]) -> Option<&'a mut Server> {
    let meant = on.and_then(text::clean).or_else(|| only(servers, named)).unwrap_or_else(|| UNKNOWN_SERVER.to_owned());
    let is_meant = |server: &Server| {
        [Some(&server.id), server.name.as_ref(), server.address.as_ref()]
            .into_iter()
            .flatten()
            .any(|known| *known == meant)
    };
    let by_id = servers.iter().position(|server| server.id == meant);
    let mut others = servers.iter().enumerate().filter(|(_, server)| is_meant(server)).map(|(at, _)| at);
    // Two servers of one name are none.
    let by_name = others.next().filter(|_| others.next().is_none());
    let at = match by_id.or(by_name) {
        Some(at) => at,
        None if servers.len() < MAX_SERVERS => {
            servers.push(Server { id: meant, ..Server::default() });
            servers.len() - 1
        }
        None => return None,
    };
    servers.get_mut(at)
}

/// The id of the server, if there is only one.
fn only(servers: &[Server], named: &[String]) -> Option<String> {
    match (servers, named) {
        ([one], named) if one.id != UNKNOWN_SERVER && named.iter().all(|id| *id == one.id) => Some(one.id.clone()),
        ([], [one]) => Some(one.clone()),
        _ => None,
    }
}

/// Adds what another answer says of the same server. The whole gets the age of its oldest part.
fn complete(server: &mut Server, told: Server) {
    macro_rules! fill {
        ($($field:ident),+) => { $( if server.$field.is_none() { server.$field = told.$field; } )+ };
    }
    fill!(
        name,
        address,
        reachable,
        os,
        kernel,
        architecture,
        uptime_secs,
        cpu_percent,
        cpus,
        load,
        memory,
        swap,
        reboot_required
    );
    if server.disks.is_empty() {
        server.disks = told.disks;
    }
    if server.temperatures.is_empty() {
        server.temperatures = told.temperatures;
    }
    server.age_secs = server.age_secs.max(told.age_secs);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: &str, name: &str) -> Server {
        Server { id: id.to_owned(), name: Some(name.to_owned()), ..Server::default() }
    }

    fn with(servers: Vec<Server>, containers: &[(Option<&str>, &str)]) -> Part {
        let container = |(on, name): &(Option<&str>, &str)| {
            (on.map(str::to_owned), Container { name: (*name).to_owned(), ..Container::default() })
        };
        Part { servers, containers: containers.iter().map(container).collect(), ..Part::default() }
    }

    /// `server: container, container`
    fn told(servers: &[Server]) -> Vec<String> {
        let names =
            |server: &Server| server.containers.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(", ");
        servers.iter().map(|server| format!("{}: {}", server.id, names(server))).collect()
    }

    #[test]
    fn a_container_is_placed_by_id_name_or_address_of_its_server() {
        let mut second = server("b", "Shed");
        second.address = Some("192.168.1.11".to_owned());
        let part = with(
            vec![server("a", "Rack"), second],
            &[
                (Some("a"), "one"),
                (Some("Shed"), "two"),
                (Some("192.168.1.11"), "three"),
                (Some("c"), "four"),
                (None, "five"),
            ],
        );
        assert_eq!(told(&gather([(part, None)], &[])), ["a: one", "b: three, two", "c: four", "unknown: five"]);
    }

    #[test]
    fn what_nobody_places_is_on_the_only_server() {
        let part = with(vec![server("a", "Rack")], &[(None, "one")]);
        assert_eq!(told(&gather([(part, None)], &[])), ["a: one"]);
        let part = with(vec![], &[(None, "one")]);
        assert_eq!(told(&gather([(part.clone(), None)], &["a".to_owned()])), ["a: one"]);
        assert_eq!(told(&gather([(part, None)], &["a".to_owned(), "b".to_owned()])), ["unknown: one"]);
        let part = with(vec![], &[(None, "one"), (Some("a"), "two"), (Some("b"), "three")]);
        assert_eq!(told(&gather([(part, None)], &[])), ["a: two", "b: three", "unknown: one"]);
    }

    #[test]
    fn two_servers_of_one_name_are_none() {
        let part = with(vec![server("a", "Rack"), server("b", "Rack")], &[(Some("Rack"), "one")]);
        assert_eq!(told(&gather([(part, None)], &[])), ["a: ", "b: ", "Rack: one"]);
    }

    #[test]
    fn parts_complete_each_other_and_the_whole_is_as_old_as_its_oldest_part() {
        let mut status = server("a", "other");
        status.uptime_secs = Some(5);
        let old = with(vec![server("a", "Rack")], &[(Some("a"), "one")]);
        let servers = gather([(with(vec![status], &[(Some("a"), "two")]), None), (old, Some(840))], &[]);
        let [one] = &servers[..] else { panic!("{servers:?}") };
        assert_eq!((one.name.as_deref(), one.uptime_secs, one.age_secs), (Some("other"), Some(5), Some(840)));
        let ages: Vec<_> = one.containers.iter().map(|container| container.age_secs).collect();
        assert_eq!(ages, [Some(840), None]);
    }

    #[test]
    fn everything_is_bounded() {
        let servers = (0..1000).map(|n| server(&format!("s{n}"), "x")).collect();
        let names: Vec<String> = (0..1000).map(|n| format!("c{n}")).collect();
        let containers: Vec<_> = names.iter().map(|name| (Some("s0"), name.as_str())).collect();
        let servers = gather([(with(servers, &containers), None)], &[]);
        assert_eq!((servers.len(), servers[0].containers.len()), (MAX_SERVERS, MAX_CONTAINERS));
    }
}
