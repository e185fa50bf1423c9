//! Built-in values, file, environment, command line: later wins.

use figment::Figment;
use figment::providers::Serialized;
use serde_json::{Map, Value};

use super::nearest::nearest;
use super::problems::{Problem, is_within};
use super::shape::{FILE, Shape};
use super::{defaults, mask, secret};

const PREFIX: &str = "GSSA_";
const SEPARATOR: &str = "__";

/// A value that the environment or the command line sets.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Override {
    /// The key, such as `server.listen`.
    pub path: String,
    /// By what, in words: ``set by `GSSA_SERVER__LISTEN` ``.
    pub by: String,
    /// The value in force, a secret masked.
    pub value: Value,
}

/// The layers above the file. They are the same as long as the agent runs.
pub(super) struct Outside {
    env: Value,
    flags: Value,
    origins: Origins,
}

/// Without the values: some are secrets.
impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outside").field("origins", &self.origins).finish_non_exhaustive()
    }
}

/// Which keys were set outside of the file, and by what.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// Path and words; the command line first, since it wins.
    set: Vec<(String, String)>,
    problems: Vec<Problem>,
}

impl Origins {
    /// What set a key or the value that the key is in, in words.
    pub(super) fn of(&self, path: &str) -> Option<&str> {
        self.set.iter().find(|(outer, _)| is_within(path, outer)).map(|(_, words)| words.as_str())
    }

    /// What is wrong with the names of variables.
    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl Outside {
    /// Reads the variables `GSSA_SECTION__KEY` and takes the overrides of the command line, which have the shape of the file.
    ///
    /// Only variables with `__` in their name are configuration, and an empty one counts as not set. Text stays text where the key
    /// is one; elsewhere it is read as JSON.
    pub(super) fn new(variables: &[(String, String)], flags: &Value) -> Self {
        let mut outside = Self { env: object(), flags: without_nulls(flags), origins: Origins::default() };
        if !outside.flags.is_object() {
            outside.flags = object();
        }
        leaves(&outside.flags, "", &mut |path| {
            outside.origins.set.push((path.to_owned(), "set on the command line".to_owned()));
        });
        let mut variables: Vec<_> = variables.iter().filter(|(name, text)| is_ours(name) && !text.is_empty()).collect();
        variables.sort();
        for (name, text) in variables {
            outside.take(name, text);
        }
        outside
    }

    fn take(&mut self, name: &str, text: &str) {
        let steps: Vec<String> = name[PREFIX.len()..].split(SEPARATOR).map(str::to_lowercase).collect();
        let path = steps.join(".");
        let shape = match find(&steps) {
            Ok(shape) => shape,
            Err(complaint) => {
                self.origins.problems.push(Problem::error(path, format!("the variable `{name}` {complaint}")));
                return;
            }
        };
        let value = read(text, shape);
        let words = format!("set by `{name}`");
        leaves(&value, &path, &mut |path| self.origins.set.push((path.to_owned(), words.clone())));
        let nested = steps.into_iter().rev().fold(value, |value, step| Value::Object(Map::from_iter([(step, value)])));
        self.env = merge([&self.env, &nested]);
    }

    /// The paths that a change of the file does not change, sorted.
    pub(super) fn locked(&self) -> Vec<String> {
        let mut locked: Vec<_> = self.origins.set.iter().map(|(path, _)| path.clone()).collect();
        locked.sort();
        locked.dedup();
        locked
    }

    /// What is set here, and by what: sorted by path, values with secrets masked.
    pub(super) fn overrides(&self) -> Vec<Override> {
        let mut values = merge([&self.env, &self.flags]);
        mask::mask(&mut values);
        let of = |path: String| {
            let value = path.split('.').try_fold(&values, |value, step| value.get(step)).cloned();
            let by = self.origins.of(&path).unwrap_or_default().to_owned();
            Some(Override { value: value?, path, by })
        };
        self.locked().into_iter().filter_map(of).collect()
    }

    /// Which keys were set here.
    pub(super) const fn origins(&self) -> &Origins {
        &self.origins
    }

    /// All layers in one.
    pub(super) fn over(&self, file: &Value) -> Value {
        merge([&defaults::layer(), &without_nulls(file), &self.env, &self.flags])
    }
}

fn is_ours(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|rest| rest.contains(SEPARATOR))
}

/// The shape of the key that a variable names, or what is wrong with the name.
fn find(steps: &[String]) -> Result<&'static Shape, String> {
    let mut shape: &Shape = &FILE;
    for (depth, step) in steps.iter().enumerate() {
        if let Shape::List { .. } = shape {
            return Err(format!(
                "names a part of the list `{}`; only a whole list can be set",
                steps[..depth].join(".")
            ));
        }
        let Some(inner) = shape.key(step) else {
            let meant = nearest(step, shape.names()).map(|word| {
                let mut steps = steps.to_vec();
                word.clone_into(&mut steps[depth]);
                format!("; did you mean `{PREFIX}{}`?", steps.join(SEPARATOR).to_uppercase())
            });
            return Err(format!("names no key{}", meant.unwrap_or_default()));
        };
        shape = inner;
    }
    Ok(shape)
}

/// The value of a variable. What cannot be read stays a text, which the check of types reports.
fn read(text: &str, shape: &Shape) -> Value {
    let is_text = match shape {
        Shape::Text { .. } | Shape::Word(_) => true,
        Shape::Secret => !text.trim_start().starts_with('{'),
        _ => false,
    };
    let json = if is_text { None } else { serde_json::from_str(text).ok() };
    json.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Calls `act` with the path of each value that is no object, and of each secret.
fn leaves(value: &Value, path: &str, act: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(keys) if !secret::is_secret(path) => {
            for (key, value) in keys {
                leaves(value, &super::problems::key(path, key), act);
            }
        }
        _ => act(path),
    }
}

fn object() -> Value {
    Value::Object(Map::new())
}

/// Objects are joined key by key; anything else is replaced. A layer that is no object adds nothing.
fn merge<'a>(layers: impl IntoIterator<Item = &'a Value>) -> Value {
    let layers = layers.into_iter().filter(|layer| layer.is_object());
    let merged = layers.fold(Figment::new(), |below, layer| below.merge(Serialized::defaults(layer)));
    merged.extract().expect("objects made of JSON merge into one made of JSON")
}

/// `null` is the same as absent, so it must not cover what is below.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(keys) => {
            let kept = keys.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), without_nulls(value))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outside(variables: &[(&str, &str)]) -> Outside {
        let variables: Vec<_> = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Outside::new(&variables, &Value::Null)
    }

    #[test]
    fn a_variable_is_read_as_its_key_wants() {
        let hash = r#"{"env":"HASH"}"#;
        for (name, text, path, expected) in [
            ("GSSA_AGENT__NAME", "123", "/agent/name", json!("123")),
            ("GSSA_POLLING__INTERVAL_SECS", "15", "/polling/interval_secs", json!(15)),
            ("GSSA_POLLING__INTERVAL_SECS", "often", "/polling/interval_secs", json!("often")),
            ("GSSA_SERVER__ANONYMOUS_READ", "true", "/server/anonymous_read", json!(true)),
            ("GSSA_SERVER__ALLOWED_HOSTS", r#"["a", "b"]"#, "/server/allowed_hosts", json!(["a", "b"])),
            ("GSSA_SERVER__PASSWORD_HASH", "{}", "/server/password_hash", json!({})),
            ("GSSA_SERVER__PASSWORD_HASH", hash, "/server/password_hash", json!({ "env": "HASH" })),
            ("GSSA_LOGGING__FILE", r#"{"dir":"/logs"}"#, "/logging/file", json!({ "dir": "/logs" })),
            ("GSSA_KINDS__GSS__TIMEOUT_MS", "700", "/kinds/gss/timeout_ms", json!(700)),
            ("GSSA_LIMITS__AXEOS__CHIP_CELSIUS__WARNING", "60.5", "/limits/axeos/chip_celsius/warning", json!(60.5)),
        ] {
            let outside = outside(&[(name, text)]);
            assert_eq!(outside.over(&json!({})).pointer(path), Some(&expected), "{name}={text}");
            assert_eq!(outside.origins.problems, [], "{name}={text}");
        }
    }

    #[test]
    fn a_variable_that_names_no_key_is_a_problem() {
        for (name, path, message) in [
            (
                "GSSA_SERVER__LISTN",
                "server.listn",
                "the variable `GSSA_SERVER__LISTN` names no key; did you mean `GSSA_SERVER__LISTEN`?",
            ),
            ("GSSA_A__B__C", "a.b.c", "the variable `GSSA_A__B__C` names no key"),
            (
                "GSSA_SOURCES__0__ADDRESS",
                "sources.0.address",
                "the variable `GSSA_SOURCES__0__ADDRESS` names a part of the list `sources`; only a whole list can be set",
            ),
            (
                "GSSA_KINDS__AXEO__TIMEOUT_MS",
                "kinds.axeo.timeout_ms",
                "the variable `GSSA_KINDS__AXEO__TIMEOUT_MS` names no key; did you mean `GSSA_KINDS__AXEOS__TIMEOUT_MS`?",
            ),
        ] {
            let outside = outside(&[(name, "1")]);
            assert_eq!(outside.origins.problems, [Problem::error(path, message)]);
            assert_eq!(outside.over(&json!({})), defaults::layer());
        }
    }

    #[test]
    fn other_variables_are_left_alone() {
        let outside = outside(&[("GSSA_CONFIG", "/x"), ("PATH", "/bin"), ("X__Y", "1"), ("GSSA_AGENT__NAME", "")]);
        assert_eq!(outside.over(&json!({})), defaults::layer());
        assert!(outside.locked().is_empty());
    }

    #[test]
    fn later_layers_win_key_by_key() {
        let variables =
            [("GSSA_POLLING__INTERVAL_SECS".to_owned(), "20".to_owned()), ("GSSA_AGENT__NAME".into(), "env".into())];
        let outside = Outside::new(&variables, &json!({ "agent": { "name": "flag" }, "logging": null }));
        let merged = outside
            .over(&json!({ "polling": { "interval_secs": 15, "timeout_ms": 900 }, "agent": null, "sources": [1] }));
        assert_eq!(merged["polling"]["interval_secs"], 20);
        assert_eq!(merged["polling"]["timeout_ms"], 900);
        assert_eq!(merged["polling"]["max_concurrent"], defaults::MAX_CONCURRENT);
        assert_eq!(merged["agent"]["name"], "flag");
        assert_eq!(merged["sources"], json!([1]));
        assert_eq!(outside.locked(), ["agent.name", "polling.interval_secs"]);
        assert_eq!(outside.origins.of("agent.name"), Some("set on the command line"));
        assert_eq!(outside.origins.of("polling.interval_secs"), Some("set by `GSSA_POLLING__INTERVAL_SECS`"));
        assert_eq!(outside.origins.of("polling.interval"), None);
        let told: Vec<_> = outside.overrides().into_iter().map(|it| (it.path, it.by, it.value)).collect();
        let expected = [
            ("agent.name", "set on the command line", json!("flag")),
            ("polling.interval_secs", "set by `GSSA_POLLING__INTERVAL_SECS`", json!(20)),
        ];
        assert_eq!(told, expected.map(|(path, by, value)| (path.to_owned(), by.to_owned(), value)));
    }

    #[test]
    fn what_is_told_of_the_environment_has_no_secret_in_it() {
        let tokens = r#"[{"name":"grafana","hash":"hunter2"}]"#;
        let outside = outside(&[("GSSA_SERVER__PASSWORD_HASH", "hunter2"), ("GSSA_SERVER__API_TOKENS", tokens)]);
        let told = format!("{:?}", outside.overrides());
        assert!(
            !told.contains("hunter2") && told.contains("server.password_hash") && told.contains("grafana"),
            "{told}"
        );
        assert_eq!(outside.overrides().len(), 2);
    }

    #[test]
    fn any_number_survives_the_layers() {
        let file = json!({ "x": [u64::MAX, i64::MIN, 0.1, -0.0, 1e300, 5], "y": { "": { "a.b": "" } } });
        let merged = outside(&[]).over(&file);
        assert_eq!((&merged["x"], &merged["y"]), (&file["x"], &file["y"]));
    }
}
