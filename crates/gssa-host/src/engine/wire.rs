//! What the engine writes, its own names. Members that are not here are skipped unread, and of the environment of a container nothing
//! is kept but the value of one known name: the others hold passwords.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

/// `GET /version`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct About {
    pub(crate) version: Option<String>,
    api_version: Option<String>,
    pub(crate) components: Option<Vec<Component>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Component {
    pub(crate) name: Option<String>,
}

impl About {
    /// What stands before each path: requests without a version are deprecated. `None` where it is not two numbers.
    pub(crate) fn prefix(&self) -> Option<String> {
        let version = self.api_version.as_deref()?;
        let (major, minor) = version.split_once('.')?;
        let is_number = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(major) && is_number(minor)).then(|| format!("/v{version}"))
    }
}

/// One entry of `GET /containers/json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Summary {
    id: Option<String>,
    names: Option<Vec<String>>,
    pub(crate) image: Option<String>,
    pub(crate) state: Option<String>,
    /// For people: `Up 3 hours (healthy)`.
    pub(crate) status: Option<String>,
    pub(crate) labels: Option<Labels>,
}

impl Summary {
    /// The name of its own; those with a second slash are links from other containers.
    pub(crate) fn name(&self) -> String {
        let names = self.names.iter().flatten().map(|name| name.trim_start_matches('/'));
        let own = names.clone().find(|name| !name.contains('/')).or_else(|| names.clone().next());
        own.and_then(gssa_model::text::clean).or_else(|| self.id.clone()).unwrap_or_default()
    }

    /// Where its details are. Ids are hexadecimal; anything else does not become part of a path.
    pub(crate) fn details_path(&self, prefix: &str) -> Option<String> {
        let id = self.id.as_deref()?;
        let is_id = (12..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then(|| format!("{prefix}/containers/{id}/json"))
    }
}

/// The labels that are read.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Labels {
    #[serde(rename = "org.opencontainers.image.version")]
    pub(crate) version: Option<String>,
    #[serde(rename = "org.opencontainers.image.ref.name")]
    pub(crate) ref_name: Option<String>,
}

/// `GET /containers/{id}/json`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Details {
    pub(crate) restart_count: Option<u64>,
    pub(crate) state: Option<State>,
    pub(crate) config: Option<Config>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct State {
    pub(crate) status: Option<String>,
    pub(crate) started_at: Option<String>,
    pub(crate) health: Option<Health>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Health {
    pub(crate) status: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Config {
    pub(crate) image: Option<String>,
    pub(crate) labels: Option<Labels>,
    #[serde(rename = "Env")]
    pub(crate) environment: Environment,
}

/// What is kept of the environment.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// `PG_VERSION`, which the images of `PostgreSQL` set (`docker-library/postgres`, `Dockerfile-debian.template`).
    pub(crate) pg_version: Option<String>,
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EnvironmentVisitor)
    }
}

struct EnvironmentVisitor;

impl<'de> Visitor<'de> for EnvironmentVisitor {
    type Value = Environment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of NAME=value")
    }

    fn visit_unit<E>(self) -> Result<Environment, E> {
        Ok(Environment::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Environment, A::Error> {
        let mut environment = Environment::default();
        while let Some(Entry(pg_version)) = entries.next_element()? {
            environment.pg_version = environment.pg_version.or(pg_version);
        }
        Ok(environment)
    }
}

/// One entry of the environment: its value where it is the one that is read, nothing of any other.
struct Entry(Option<String>);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(EntryVisitor)
    }
}

struct EntryVisitor;

impl Visitor<'_> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NAME=value")
    }

    fn visit_str<E>(self, entry: &str) -> Result<Entry, E> {
        Ok(Entry(entry.strip_prefix("PG_VERSION=").map(str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_an_environment_is_kept_but_the_version() {
        let details: Details = serde_json::from_str(
            r#"{ "Config": { "Env": ["POSTGRES_PASSWORD=planted\"secret", "PG_VERSION=18.1-1.pgdg13+1", "X"],
                "Cmd": ["--password", "planted"], "Labels": { "token": "planted" } }, "Args": ["planted"] }"#,
        )
        .unwrap();
        let shown = format!("{details:?}");
        assert!(shown.contains("18.1-1.pgdg13+1") && !shown.contains("planted"), "{shown}");
    }

    #[test]
    fn an_environment_may_be_null_or_missing() {
        for text in [r#"{ "Config": { "Env": null } }"#, r#"{ "Config": {} }"#, "{}", r#"{ "Config": { "Env": [] } }"#]
        {
            let details: Details = serde_json::from_str(text).unwrap();
            assert_eq!(details.config.and_then(|config| config.environment.pg_version), None, "{text}");
        }
        let odd = serde_json::from_str::<Details>(r#"{ "Config": { "Env": [5] } }"#).unwrap_err();
        assert!(!odd.to_string().is_empty());
    }

    #[test]
    fn only_two_numbers_make_a_prefix() {
        for (version, prefix) in [
            (r#""1.50""#, Some("/v1.50")),
            (r#""1.40""#, Some("/v1.40")),
            (r#""1""#, None),
            (r#""../x.1""#, None),
            (r#""1.x""#, None),
            ("null", None),
        ] {
            let told: About = serde_json::from_str(&format!(r#"{{ "ApiVersion": {version} }}"#)).unwrap();
            assert_eq!(told.prefix().as_deref(), prefix, "{version}");
        }
    }

    #[test]
    fn only_an_id_becomes_part_of_a_path() {
        let path = |id: &str| {
            let summary: Summary = serde_json::from_value(serde_json::json!({ "Id": id })).unwrap();
            summary.details_path("/v1.50")
        };
        let id = "8f2a".repeat(16);
        assert_eq!(path(&id), Some(format!("/v1.50/containers/{id}/json")));
        for bad in ["", "../../images/json", "8f2a", &"8f2a".repeat(20), "8f2a8f2a8f2a?x"] {
            assert_eq!(path(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_is_the_containers_own() {
        for (names, name) in [
            (r#"["/postgres"]"#, "postgres"),
            (r#"["/goslimstratum/db", "/postgres"]"#, "postgres"),
            (r#"["podman"]"#, "podman"),
            ("[]", "8f2a"),
            ("null", "8f2a"),
        ] {
            let text = format!(r#"{{ "Id": "8f2a", "Names": {names} }}"#);
            assert_eq!(serde_json::from_str::<Summary>(&text).unwrap().name(), name, "{names}");
        }
    }
}
