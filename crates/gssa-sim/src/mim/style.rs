//! The same facts in three styles.

use std::time::{SystemTime, UNIX_EPOCH};

use super::facts::{Container, Load, Server, load, servers, up_secs};
use super::{DeviceSpec, Model};
use crate::Moment;
use crate::json::{Json, Members};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Servers,
    Containers,
    Products,
}

/// The answer about a topic, of all servers or of one.
pub(super) fn document(spec: &DeviceSpec, moment: &Moment, topic: Topic, of: Option<&str>) -> Json {
    let chosen = servers(spec.model).iter().filter(|server| of.is_none_or(|id| id == server.id));
    if spec.model == Model::Keyed {
        return keyed(chosen, |server| match topic {
            Topic::Servers => server_as_text(server, load(spec, server, moment)),
            Topic::Containers => {
                server.containers.iter().map(|one| container_as_text(one, moment)).collect::<Vec<_>>().into()
            }
            Topic::Products => Json::object([("products", keyed_products(server))]),
        });
    }
    let of = |server: &Server| match topic {
        Topic::Servers => vec![server_as_numbers(server, load(spec, server, moment))],
        Topic::Containers => server.containers.iter().map(|one| container_as_numbers(server, one, moment)).collect(),
        Topic::Products => server.containers.iter().map(|one| product(server, one)).collect(),
    };
    let rows: Vec<Json> = chosen.flat_map(of).collect();
    if spec.model == Model::Enveloped { enveloped(rows.into()) } else { rows.into() }
}

/// The envelope of the author's other programs.
pub(super) fn enveloped(data: Json) -> Json {
    let meta = Json::object([("request_id", "sim".into()), ("timestamp", now().into())]);
    Json::object([("status", "ok".into()), ("data", data), ("errors", Json::List(Vec::new())), ("meta", meta)])
}

fn keyed<'a>(servers: impl Iterator<Item = &'a Server>, of: impl Fn(&Server) -> Json) -> Json {
    Json::Object(servers.map(|server| (server.id.into(), of(server))).collect())
}

fn server_as_numbers(server: &Server, load: Load) -> Json {
    let usage = |used: u64, total: u64| Json::object([("used_bytes", used.into()), ("total_bytes", total.into())]);
    let disk = Json::object([
        ("mount", "/".into()),
        ("used_bytes", load.disk_used_bytes.into()),
        ("total_bytes", server.disk_bytes.into()),
    ]);
    let sensor =
        Json::object([("name", "Package id 0".into()), ("celsius", load.celsius.into()), ("critical", 100.into())]);
    Json::object([
        ("id", server.id.into()),
        ("name", server.name.into()),
        ("ssh_host", server.host.into()),
        ("ssh_user", "mim".into()),
        ("ssh_password", "example-ssh-password".into()),
        ("enabled", true.into()),
        ("reachable", true.into()),
        ("os", "Debian 12".into()),
        ("uptime_seconds", load.up_secs.into()),
        ("cpu_percent", load.cpu_percent.into()),
        ("cpu_cores", server.cores.into()),
        ("load", vec![load.cpu_percent / 50.0, load.cpu_percent / 60.0, load.cpu_percent / 70.0].into()),
        ("memory", usage(load.memory_used_bytes, server.memory_bytes)),
        ("swap", usage(0, 0)),
        ("disks", Json::List(vec![disk])),
        ("temperatures", Json::List(vec![sensor])),
        ("reboot_required", false.into()),
    ])
}

fn server_as_text(server: &Server, load: Load) -> Json {
    let gib = |bytes: u64| bytes as f64 / 1_073_741_824.0;
    Json::object([
        ("serverName", server.name.into()),
        ("sshHost", server.host.into()),
        ("sshKeyPath", "/home/mim/.ssh/example-key".into()),
        ("status", "online".into()),
        ("osName", "Debian 12".into()),
        ("uptime", format!("{} days, {} hours", load.up_secs / 86_400, load.up_secs / 3600 % 24).into()),
        ("cpuUsage", format!("{}%", load.cpu_percent).into()),
        ("memUsage", format!("{:.1}GiB / {:.1}GiB", gib(load.memory_used_bytes), gib(server.memory_bytes)).into()),
        ("disk", format!("{:.0}GB / {:.0}GB", gib(load.disk_used_bytes), gib(server.disk_bytes)).into()),
        ("temps", Json::object([("Package id 0", format!("{}°C", load.celsius).into())])),
        ("needsReboot", "no".into()),
    ])
}

fn container_as_numbers(server: &Server, container: &Container, moment: &Moment) -> Json {
    let up_secs = up_secs(container, moment);
    let mut members: Members = vec![
        ("name".into(), container.name.into()),
        ("server_id".into(), server.id.into()),
        ("image".into(), container.image.into()),
        ("version".into(), container.version.into()),
        ("state".into(), if container.runs { "running" } else { "exited" }.into()),
        ("restart_count".into(), 0.into()),
        ("update_available".into(), (container.name == "dozzle").into()),
        ("env".into(), vec!["POSTGRES_PASSWORD=example-db-password"].into()),
    ];
    if container.runs {
        members.push(("started_at".into(), (now() - up_secs as i64).into()));
        members.push(("health".into(), "healthy".into()));
    }
    Json::Object(members)
}

fn container_as_text(container: &Container, moment: &Moment) -> Json {
    let status = if container.runs {
        format!("Up {}", spelled(up_secs(container, moment)))
    } else {
        "Exited (0) 2 weeks ago".to_owned()
    };
    Json::object([
        ("Names", format!("/{}", container.name).into()),
        ("Image", container.image.into()),
        ("Status", status.into()),
        ("Labels", format!("org.opencontainers.image.version={}", container.version).into()),
        ("updateAvailable", if container.name == "dozzle" { "yes" } else { "no" }.into()),
    ])
}

/// As Docker spells it.
fn spelled(secs: u64) -> String {
    match secs {
        0..60 => format!("{secs} seconds (health: starting)"),
        60..3600 => format!("{} minutes (healthy)", secs / 60),
        3600..172_800 => format!("{} hours (healthy)", secs / 3600),
        _ => format!("{} days (healthy)", secs / 86_400),
    }
}

fn product(server: &Server, container: &Container) -> Json {
    Json::object([
        ("key", container.product.into()),
        ("server_id", server.id.into()),
        ("status", if container.runs { "installed" } else { "disabled" }.into()),
        ("installed_version", container.version.into()),
        ("latest_version", container.version.into()),
        ("has_update", false.into()),
    ])
}

fn keyed_products(server: &Server) -> Json {
    let product = |container: &Container| {
        let status = if container.runs { "installed" } else { "disabled" };
        (
            container.product.into(),
            Json::object([("status", status.into()), ("currentVersion", container.version.into())]),
        )
    };
    Json::Object(server.containers.iter().map(product).collect())
}

/// Seconds since 1970.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}
