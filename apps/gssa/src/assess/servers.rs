//! What the snapshot of servers means.

use gssa_model::unit::{Celsius, Percent};
use gssa_model::{Container, ContainerHealth, ContainerState, InfrastructureSnapshot, Server, Severity, State, Update};

use super::{Findings, IssueCode};

/// A volume that is full to this part, in percent, needs somebody soon, and at once.
const DISK_PERCENT: (f64, f64) = (90.0, 97.0);

/// Main memory in use from which on programs are about to be ended, in percent.
const MEMORY_PERCENT: (f64, f64) = (92.0, 98.0);

impl Findings {
    pub(super) fn infrastructure(&mut self, snapshot: &InfrastructureSnapshot) -> State {
        self.incomplete(&snapshot.gaps);
        for server in &snapshot.servers {
            self.server(server, snapshot.servers.len() > 1);
        }
        self.running()
    }

    fn server(&mut self, server: &Server, is_one_of_many: bool) {
        // With one server, the source says which it is.
        let name = server.name.as_deref().unwrap_or(&server.id);
        let at = if is_one_of_many { format!("{name}: ") } else { String::new() };
        if server.reachable == Some(false) {
            self.add_at(
                &server.id,
                IssueCode::ServerUnreachable,
                Severity::Critical,
                format!("{name} cannot be reached"),
            );
            return;
        }
        for disk in &server.disks {
            let full = disk.usage.percent().map(Percent::get);
            if let Some((percent, severity)) = beyond(full, DISK_PERCENT) {
                self.add_at(
                    &format!("{at}{}", disk.mount),
                    IssueCode::DiskFull,
                    severity,
                    format!("{at}{} is {percent:.0} % full", disk.mount),
                );
            }
        }
        let used = server.memory.and_then(gssa_model::Usage::percent).map(Percent::get);
        if let Some((percent, severity)) = beyond(used, MEMORY_PERCENT) {
            self.add_at(
                &server.id,
                IssueCode::MemoryFull,
                severity,
                format!("{at}{percent:.0} % of its memory is in use"),
            );
        }
        for sensor in &server.temperatures {
            let (celsius, critical) = (sensor.celsius.get(), sensor.critical_celsius.map(Celsius::get));
            if let Some(limit) = critical.filter(|limit| *limit > 0.0 && celsius >= *limit) {
                let detail = format!("{at}{} at {celsius:.0} °C (critical from {limit:.0} °C)", sensor.name);
                self.add_at(&format!("{at}{}", sensor.name), IssueCode::Hot, Severity::Critical, detail);
            }
        }
        for container in &server.containers {
            self.container(container, &at);
        }
        for product in &server.products {
            self.update(product.update, &product.key, &at);
        }
        if server.reboot_required == Some(true) {
            self.add_at(
                &server.id,
                IssueCode::RebootRequired,
                Severity::Info,
                format!("{at}an update waits for a restart of {name}"),
            );
        }
    }

    fn container(&mut self, container: &Container, at: &str) {
        let name = &container.name;
        let trouble = match (container.state, container.health) {
            (ContainerState::Restarting, _) => Some("restarts again and again"),
            (ContainerState::Dead, _) => Some("is dead"),
            (ContainerState::Running, Some(ContainerHealth::Unhealthy)) => Some("runs and is not healthy"),
            // One that nobody knows may be meant to end.
            (ContainerState::Exited, _) if container.product.is_some() => Some("has ended"),
            _ => None,
        };
        if let Some(trouble) = trouble {
            self.add_at(
                &format!("{at}{name}"),
                IssueCode::ContainerTrouble,
                Severity::Warning,
                format!("{at}{name} {trouble}"),
            );
        }
        self.update(container.update, name, at);
    }

    fn update(&mut self, update: Option<Update>, name: &str, at: &str) {
        match update {
            Some(Update::Critical) => {
                let detail = format!("{at}{name} is older than the oldest version that should be used");
                self.add_at(&format!("{at}{name}"), IssueCode::UpdateAvailable, Severity::Warning, detail);
            }
            Some(Update::Available) => {
                let detail = format!("{at}there is a newer version of {name}");
                self.add_at(&format!("{at}{name}"), IssueCode::UpdateAvailable, Severity::Info, detail);
            }
            _ => {}
        }
    }
}

/// The figure and how bad it is, if it has reached the first limit.
fn beyond(figure: Option<f64>, (warning, critical): (f64, f64)) -> Option<(f64, Severity)> {
    let figure = figure.filter(|figure| *figure >= warning)?;
    Some((figure, if figure >= critical { Severity::Critical } else { Severity::Warning }))
}

#[cfg(test)]
mod tests {
    use gssa_model::{Disk, NamedTemperature, Product, Timestamp, Usage};

    use super::*;

    fn assessed(server: Server) -> (State, Vec<(IssueCode, Severity, String)>) {
        let mut findings = Findings { since: Timestamp::from_unix_ms(0), list: Vec::new() };
        let snapshot = InfrastructureSnapshot { servers: vec![server], ..InfrastructureSnapshot::default() };
        let state = findings.infrastructure(&snapshot);
        (state, findings.list.into_iter().map(|it| (it.code, it.severity, it.detail.into_owned())).collect())
    }

    fn server() -> Server {
        Server { id: "a".into(), name: Some("Barn".into()), ..Server::default() }
    }

    fn container(state: ContainerState, health: Option<ContainerHealth>, product: Option<&str>) -> Server {
        let product = product.map(Into::into);
        let container = Container { name: "x".into(), state, health, product, ..Container::default() };
        Server { containers: vec![container], ..server() }
    }

    #[test]
    fn what_needs_attention_about_a_server() {
        use IssueCode as C;
        use Severity::{Critical, Info, Warning};
        let disk = |used_bytes| Server {
            disks: vec![Disk {
                mount: "/data".into(),
                usage: Usage { used_bytes, total_bytes: 100 },
                ..Disk::default()
            }],
            ..server()
        };
        let memory = |used_bytes| Server { memory: Some(Usage { used_bytes, total_bytes: 100 }), ..server() };
        let at = |celsius: f64| {
            let sensor = NamedTemperature {
                name: "Package".into(),
                celsius: Celsius::from_celsius(celsius).unwrap(),
                critical_celsius: Celsius::from_celsius(100.0),
            };
            Server { temperatures: vec![sensor], ..server() }
        };
        let product = |update| Server {
            products: vec![Product { key: "gss".into(), update: Some(update), ..Product::default() }],
            ..server()
        };
        for (server, expected) in [
            (server(), None),
            (
                Server { reachable: Some(false), ..disk(99) },
                Some((C::ServerUnreachable, Critical, "Barn cannot be reached")),
            ),
            (disk(89), None),
            (disk(91), Some((C::DiskFull, Warning, "/data is 91 % full"))),
            (disk(97), Some((C::DiskFull, Critical, "/data is 97 % full"))),
            (memory(90), None),
            (memory(95), Some((C::MemoryFull, Warning, "95 % of its memory is in use"))),
            (at(99.0), None),
            (at(100.0), Some((C::Hot, Critical, "Package at 100 °C (critical from 100 °C)"))),
            (container(ContainerState::Running, Some(ContainerHealth::Healthy), None), None),
            (
                container(ContainerState::Running, Some(ContainerHealth::Unhealthy), None),
                Some((C::ContainerTrouble, Warning, "x runs and is not healthy")),
            ),
            (
                container(ContainerState::Restarting, None, None),
                Some((C::ContainerTrouble, Warning, "x restarts again and again")),
            ),
            (container(ContainerState::Exited, None, None), None),
            (container(ContainerState::Exited, None, Some("gss")), Some((C::ContainerTrouble, Warning, "x has ended"))),
            (
                Server { reboot_required: Some(true), ..server() },
                Some((C::RebootRequired, Info, "an update waits for a restart of Barn")),
            ),
            (product(Update::None), None),
            (product(Update::Available), Some((C::UpdateAvailable, Info, "there is a newer version of gss"))),
            (
                product(Update::Critical),
                Some((C::UpdateAvailable, Warning, "gss is older than the oldest version that should be used")),
            ),
        ] {
            let (state, found) = assessed(server.clone());
            let found: Vec<_> =
                found.iter().map(|(code, severity, detail)| (*code, *severity, detail.as_str())).collect();
            assert_eq!(found, Vec::from_iter(expected), "{server:?}");
            let is_bad = expected.is_some_and(|(_, severity, _)| severity > Info);
            assert_eq!(state, if is_bad { State::Degraded } else { State::Running }, "{server:?}");
        }
    }

    #[test]
    fn with_several_servers_each_finding_names_its_own() {
        let mut findings = Findings { since: Timestamp::from_unix_ms(0), list: Vec::new() };
        let full = Server { memory: Some(Usage { used_bytes: 99, total_bytes: 100 }), ..server() };
        let other = Server { id: "b".into(), ..Server::default() };
        let snapshot = InfrastructureSnapshot { servers: vec![full, other], ..InfrastructureSnapshot::default() };
        findings.infrastructure(&snapshot);
        assert_eq!(findings.list[0].detail, "Barn: 99 % of its memory is in use");
    }
}
