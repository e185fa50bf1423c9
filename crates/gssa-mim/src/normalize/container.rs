//! One container.

use gssa_model::{Container, ContainerHealth, ContainerState, Update};
use serde_json::Value;

use super::read::Reader;
use super::scalar::{self, Read, Unreadable};
use crate::wire::row::Row;
use crate::wire::{canonical, member};

pub(super) fn container(reader: &mut Reader<'_, '_>) -> Option<Container> {
    let key = reader.row.key;
    let name = reader.read(&["name", "names", "containername"], name).or_else(|| key.and_then(gssa_model::text::clean));
    let name =
        name.or_else(|| reader.words(&["id", "containerid"]).map(|id| id.chars().take(SHORT_ID_CHARS).collect()));
    let Some(name) = name else {
        reader.gaps.add("name", "a container without a name");
        return None;
    };
    let (state, health) = state_and_health(reader);
    let image = image(reader);
    let product = reader.words(&["product", "productkey"]).or_else(|| product(&name, image.as_deref()));
    Some(Container {
        state,
        health,
        version: version(reader),
        started_at: reader.read(&["startedat"], scalar::time).or_else(|| reader.read(&["state"], started_in)),
        uptime_secs: reader.read(&["uptimesecs", "uptimeseconds", "uptime"], scalar::duration),
        restarts: reader.count(&["restarts", "restartcount"]),
        update: reader.read(&["updateavailable", "hasupdate", "updatestatus", "update"], update),
        product,
        image,
        name,
        age_secs: None,
    })
}

/// As Docker shortens ids.
const SHORT_ID_CHARS: usize = 12;

/// A text, or the first of a list; Docker's API writes a slash before it, its command line joins several with commas.
fn name(value: &Value) -> Read<String> {
    let first = match value {
        Value::Array(names) => match names.first() {
            Some(name) => name,
            None => return Ok(None),
        },
        one => one,
    };
    let words = scalar::words(first)?;
    let name = words.as_deref().and_then(|names| names.trim_start_matches('/').split(',').next());
    Ok(name.and_then(gssa_model::text::clean))
}

fn state_and_health(reader: &mut Reader<'_, '_>) -> (ContainerState, Option<ContainerHealth>) {
    let told = reader.read(&["state", "status", "containerstate", "containerstatus", "running"], state);
    let own = reader.read(&["health", "healthstatus"], health);
    let beside = || reader.row.each(&["state", "status"]).find_map(|member| state(member.value).ok()??.1);
    let (state, health) = told.unwrap_or_default();
    (state, own.or(health).or_else(beside))
}

/// A word, a line such as `Up 3 hours (healthy)`, or the object of `docker inspect`.
fn state(value: &Value) -> Read<(ContainerState, Option<ContainerHealth>)> {
    match value {
        Value::Bool(runs) => Ok(Some((if *runs { ContainerState::Running } else { ContainerState::Exited }, None))),
        Value::Object(members) => {
            let health = member(members, &["health"]).map_or(Ok(None), health)?;
            let status = member(members, &["status"]).filter(|status| status.is_string());
            let running = member(members, &["running"]).filter(|running| running.is_boolean());
            let told = status.or(running).map_or(Ok(None), state)?;
            told.map(|(state, line)| Some((state, health.or(line)))).ok_or(Unreadable)
        }
        Value::String(line) => match scalar::words(value)? {
            None => Ok(Some((ContainerState::Unknown, None))),
            Some(_) => line_state(&line.trim().to_lowercase()).map(Some).ok_or(Unreadable),
        },
        _ => Err(Unreadable),
    }
}

fn line_state(line: &str) -> Option<(ContainerState, Option<ContainerHealth>)> {
    let word = line.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let state = match word {
        "up" if line.contains("(paused)") => ContainerState::Paused,
        "up" | "running" | "started" => ContainerState::Running,
        "exited" | "stopped" => ContainerState::Exited,
        "restarting" => ContainerState::Restarting,
        "paused" => ContainerState::Paused,
        "created" => ContainerState::Created,
        "dead" => ContainerState::Dead,
        "removing" | "removal" => ContainerState::Removing,
        _ => return None,
    };
    let inside = line.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    Some((state, inside.and_then(health_word)))
}

/// A word, or the object of `docker inspect`.
fn health(value: &Value) -> Read<ContainerHealth> {
    match value {
        Value::Object(members) => member(members, &["status"]).map_or(Ok(None), health),
        _ => match scalar::words(value)?.map(|word| word.to_lowercase()).as_deref() {
            None => Ok(None),
            Some(word) => health_word(word).map(Some).ok_or(Unreadable),
        },
    }
}

fn health_word(word: &str) -> Option<ContainerHealth> {
    match word.trim_start_matches("health:").trim() {
        "healthy" => Some(ContainerHealth::Healthy),
        "unhealthy" => Some(ContainerHealth::Unhealthy),
        "starting" => Some(ContainerHealth::Starting),
        _ => None,
    }
}

/// `StartedAt` inside of the state of `docker inspect`.
fn started_in(value: &Value) -> Read<gssa_model::Timestamp> {
    let members = value.as_object();
    members.and_then(|members| member(members, &["startedat"])).map_or(Ok(None), scalar::time)
}

/// `Image` of `docker inspect` is a digest; the name is in its `Config`.
fn image(reader: &mut Reader<'_, '_>) -> Option<String> {
    let configured = reader.read(&["config"], |config| {
        config.as_object().and_then(|config| member(config, &["image"])).map_or(Ok(None), scalar::words)
    });
    configured.or_else(|| {
        reader.read(&["image", "imagename"], |image| match image {
            Value::Object(image) => member(image, &["name", "repotags", "tag"]).map_or(Ok(None), name),
            _ => scalar::words(image),
        })
    })
}

fn version(reader: &mut Reader<'_, '_>) -> Option<String> {
    let own = reader.words(&["version", "productversion", "imageversion"]);
    own.or_else(|| reader.read(&["labels"], label_version))
}

/// `org.opencontainers.image.version` of an object of labels, or of a list or line of `name=value`.
fn label_version(labels: &Value) -> Read<String> {
    const LABEL: &str = "org.opencontainers.image.version";
    let of_line = |label: &str| {
        label.split_once('=').filter(|(name, _)| name.trim() == LABEL).map(|(_, version)| version.to_owned())
    };
    match labels {
        Value::Object(labels) => labels.get(LABEL).map_or(Ok(None), scalar::words),
        Value::String(line) => {
            Ok(line.split(',').find_map(of_line).and_then(|version| gssa_model::text::clean(&version)))
        }
        Value::Array(lines) => Ok(lines
            .iter()
            .filter_map(Value::as_str)
            .find_map(of_line)
            .and_then(|version| gssa_model::text::clean(&version))),
        _ => Err(Unreadable),
    }
}

/// A flag or a word.
pub(super) fn update(value: &Value) -> Read<Update> {
    match value {
        Value::Object(members) => member(members, &["available", "updateavailable", "status"]).map_or(Ok(None), update),
        Value::String(word) => match canonical(word).as_str() {
            "available" | "updateavailable" | "outdated" | "true" | "yes" | "1" => Ok(Some(Update::Available)),
            "none" | "uptodate" | "current" | "latest" | "false" | "no" | "0" => Ok(Some(Update::None)),
            "critical" => Ok(Some(Update::Critical)),
            "unknown" => Ok(Some(Update::Unknown)),
            "" => Ok(None),
            _ => Err(Unreadable),
        },
        _ => Ok(scalar::flag(value)?.map(|available| if available { Update::Available } else { Update::None })),
    }
}

/// Which known program is in a container: by the name of its image, else by its own, as the vendor's installer names them.
fn product(name: &str, image: Option<&str>) -> Option<String> {
    let repository = image.map(|image| {
        let name = image.rsplit('/').next().unwrap_or_default();
        name.split([':', '@']).next().unwrap_or_default()
    });
    let known = |name: &str| {
        let found = PRODUCTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, product)| (*product).to_owned())
    };
    let is_vendors = image.is_some_and(|image| image.contains("mmfpsolutions/"));
    match repository {
        Some(repository) if repository != "sha256" => known(repository).or_else(|| known(name).filter(|_| is_vendors)),
        _ => known(name),
    }
}

const PRODUCTS: [(&str, &str); 14] = [
    ("goslimstratum", "gss"),
    ("gssm", "gssm"),
    ("gssuc", "gssuc"),
    ("mim", "mim"),
    ("axeos-dashboard", "axeos-dashboard"),
    ("postgres", "postgres"),
    ("dozzle", "dozzle"),
    ("watchtower", "watchtower"),
    ("digibyte", "dgb"),
    ("dgb", "dgb"),
    ("bitcoin-core", "btc-core"),
    ("btc-core", "btc-core"),
    ("btc", "btc"),
    ("bch", "bch"),
];

/// The server that a container or product is on: the id that it says itself, the one that was asked for, the name that it says, or what it
/// stands under.
pub(super) fn server_of(row: &Row<'_>, asked: Option<&str>) -> Option<String> {
    let said = |names: &[&str]| row.each(names).find_map(|member| scalar::words(member.value).ok()?);
    let asked = || asked.map(str::to_owned);
    said(&["serverid"]).or_else(asked).or_else(|| said(&["server", "servername"])).or_else(|| row.server.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContainerHealth as H;
    use ContainerState as S;
    use serde_json::json;

    #[test]
    fn a_state_is_normalised() {
        for (written, wanted) in [
            (json!("running"), Some((S::Running, None))),
            (json!("Up 3 hours (healthy)"), Some((S::Running, Some(H::Healthy)))),
            (json!("Up 4 seconds (health: starting)"), Some((S::Running, Some(H::Starting)))),
            (json!("Up 2 days (unhealthy)"), Some((S::Running, Some(H::Unhealthy)))),
            (json!("Up 2 days (Paused)"), Some((S::Paused, None))),
            (json!("Exited (137) 2 days ago"), Some((S::Exited, None))),
            (json!("Restarting (1) 5 seconds ago"), Some((S::Restarting, None))),
            (json!("Removal In Progress"), Some((S::Removing, None))),
            (json!("Created"), Some((S::Created, None))),
            (json!("Dead"), Some((S::Dead, None))),
            (json!("stopped"), Some((S::Exited, None))),
            (json!("unknown"), Some((S::Unknown, None))),
            (json!(true), Some((S::Running, None))),
            (json!(false), Some((S::Exited, None))),
            (
                json!({ "Status": "running", "Running": true, "Health": { "Status": "healthy" } }),
                Some((S::Running, Some(H::Healthy))),
            ),
            (json!({ "Running": false }), Some((S::Exited, None))),
            (json!("perfectly fine"), None),
            (json!({ "x": 1 }), None),
            (json!(7), None),
        ] {
            assert_eq!(state(&written).ok().flatten(), wanted, "{written}");
        }
    }

    #[test]
    fn a_product_is_known_by_its_image_or_its_name() {
        for (name, image, wanted) in [
            ("pool", Some("ghcr.io/mmfpsolutions/goslimstratum:latest"), Some("gss")),
            ("x", Some("postgres:18"), Some("postgres")),
            ("x", Some("ghcr.io/amir20/dozzle@sha256:00"), Some("dozzle")),
            ("mim", None, Some("mim")),
            ("mim", Some("sha256:00"), Some("mim")),
            ("mim", Some("nginx:1"), None),
            ("bch", Some("ghcr.io/mmfpsolutions/some-node:latest"), Some("bch")),
            ("other", None, None),
        ] {
            assert_eq!(product(name, image).as_deref(), wanted, "{name} {image:?}");
        }
    }

    #[test]
    fn an_update_is_a_flag_or_a_word() {
        for (written, wanted) in [
            (json!(true), Ok(Some(Update::Available))),
            (json!(0), Ok(Some(Update::None))),
            (json!("no"), Ok(Some(Update::None))),
            (json!("none"), Ok(Some(Update::None))),
            (json!("-"), Ok(None)),
            (json!("Update available"), Ok(Some(Update::Available))),
            (json!("up to date"), Ok(Some(Update::None))),
            (json!("critical"), Ok(Some(Update::Critical))),
            (json!("unknown"), Ok(Some(Update::Unknown))),
            (json!({ "available": true }), Ok(Some(Update::Available))),
            (json!("soon"), Err(Unreadable)),
        ] {
            assert_eq!(update(&written), wanted, "{written}");
        }
    }
}
