//! Secrets: how they are written, where they come from, and which keys hold one.

use std::collections::HashMap;
use std::fmt;
use std::io::Read as _;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

/// What is shown in place of a secret, and sent back to keep it.
pub const MASK: &str = "********";

/// Every key that holds a secret; `[]` is any element of a list. What is not in this table is shown as it is.
pub const KEYS: [&str; 6] = [
    "server.password_hash",
    "server.api_tokens[].hash",
    "sources[].credentials.password",
    "sources[].api_key",
    "hooks[].hash",
    "uplinks[].token",
];

/// The longest secret file that is read.
const MAX_SECRET_BYTES: u64 = 64 * 1024;

/// A secret in clear. It prints as `********` and has no other way out than [`expose`](Self::expose).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// A secret without the white space at its end, which editors and `echo` add.
    pub fn new(text: &str) -> Self {
        Self(text.trim_end().into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// A secret as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The secret itself.
    Text(Secret),
    /// `{ "env": "NAME" }`: a variable that holds it.
    Env(String),
    /// `{ "file": "/run/secrets/name" }`: a file that holds it.
    File(String),
}

/// A secret that was read, and what an operator ought to know about where it came from.
#[derive(Debug)]
pub(super) struct Resolved {
    pub(super) secret: Secret,
    pub(super) warning: Option<String>,
}

impl Written {
    /// What a value says, if it is one of the three forms.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(Secret::new(text))),
            Value::Object(keys) if keys.len() == 1 => {
                let of = |key: &str| keys.get(key).and_then(Value::as_str).map(str::to_owned);
                of("env").map(Self::Env).or_else(|| of("file").map(Self::File))
            }
            _ => None,
        }
    }

    /// The secret, from where it is; or why there is none, in words without it.
    pub(super) fn resolve(&self, env: &HashMap<String, String>) -> Result<Resolved, String> {
        match self {
            Self::Text(secret) if secret.expose() == MASK => {
                Err(format!("`{MASK}` stands for a secret that is kept, and none is kept here"))
            }
            Self::Text(secret) if secret.expose().is_empty() => Err("is empty".into()),
            Self::Text(secret) => Ok(Resolved { secret: secret.clone(), warning: None }),
            Self::Env(name) => match env.get(name).map(|text| Secret::new(text)) {
                None => Err(format!("the environment has no variable `{name}`")),
                Some(secret) if secret.expose().is_empty() => Err(format!("the variable `{name}` is empty")),
                Some(secret) => Ok(Resolved { secret, warning: None }),
            },
            Self::File(path) => read(Path::new(path)),
        }
    }
}

/// The secret in a file as it is now; or why there is none, in words without it. Blocks on the file.
pub fn read_file(path: &Path) -> Result<Secret, String> {
    read(path).map(|resolved| resolved.secret)
}

fn read(path: &Path) -> Result<Resolved, String> {
    let shown = path.display();
    let cannot =
        |error: &std::io::Error| format!("the secret file {shown} cannot be read: {}", super::file::reason(error));
    let meta = std::fs::metadata(path).map_err(|error| cannot(&error))?;
    if !meta.is_file() {
        return Err(format!("the secret file {shown} is not a regular file"));
    }
    if meta.len() > MAX_SECRET_BYTES {
        return Err(format!("the secret file {shown} is larger than {MAX_SECRET_BYTES} bytes"));
    }
    let mut text = String::new();
    let mut file = std::fs::File::open(path).map_err(|error| cannot(&error))?.take(MAX_SECRET_BYTES);
    file.read_to_string(&mut text).map_err(|error| cannot(&error))?;
    let secret = Secret::new(&text);
    if secret.expose().is_empty() {
        return Err(format!("the secret file {shown} is empty"));
    }
    Ok(Resolved {
        secret,
        warning: everybody_reads(&meta).then(|| format!("every user of this machine can read {shown}")),
    })
}

#[cfg(unix)]
fn everybody_reads(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o004 != 0
}

#[cfg(not(unix))]
fn everybody_reads(_: &std::fs::Metadata) -> bool {
    false
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(&Value::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a secret"))
    }
}

impl JsonSchema for Written {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let reference = |key: &str, description: &str| {
            serde_json::json!({ "type": "object", "description": description, "properties": { key: { "type": "string" } },
                                "required": [key], "additionalProperties": false })
        };
        json_schema!({
            "title": "Secret",
            "writeOnly": true,
            "anyOf": [
                { "type": "string", "description": "The secret itself; `********` keeps the one that is there." },
                reference("env", "The variable that holds it."),
                reference("file", "The file that holds it."),
            ],
        })
    }
}

/// Whether a path such as `sources[3].api_key` is in the [table](KEYS).
pub(super) fn is_secret(path: &str) -> bool {
    let mut pattern = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        inside = (inside || c == '[') && c != ']';
        if !inside || c == '[' {
            pattern.push(c);
        }
    }
    KEYS.contains(&pattern.as_str())
}

/// Calls `act` with each secret of a configuration as written that is not `null`, and with its path.
pub(super) fn each(config: &mut Value, act: &mut dyn FnMut(&str, &mut Value)) {
    for key in KEYS {
        descend(config, String::new(), key, act);
    }
}

fn descend(value: &mut Value, path: String, rest: &str, act: &mut dyn FnMut(&str, &mut Value)) {
    let (step, rest) = match rest.split_once('.') {
        Some((step, rest)) => (step, rest),
        None => (rest, ""),
    };
    let path = if path.is_empty() { path } else { path + "." };
    if let Some(list) = step.strip_suffix("[]") {
        let Some(Value::Array(elements)) = value.get_mut(list) else { return };
        for (index, element) in elements.iter_mut().enumerate() {
            descend(element, format!("{path}{list}[{index}]"), rest, act);
        }
    } else if let Some(found) = value.get_mut(step).filter(|found| !found.is_null()) {
        let path = path + step;
        if rest.is_empty() { act(&path, found) } else { descend(found, path, rest, act) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_its_mask_and_is_written_in_one_of_three_forms() {
        let secret = Secret::new("hunter2 \n");
        assert_eq!((format!("{secret:?} {secret}").as_str(), secret.expose()), ("******** ********", "hunter2"));
        for (value, written) in [
            (serde_json::json!("hunter2"), Some(Written::Text(secret))),
            (serde_json::json!({ "env": "A" }), Some(Written::Env("A".into()))),
            (serde_json::json!({ "file": "b" }), Some(Written::File("b".into()))),
            (serde_json::json!({ "env": "A", "file": "b" }), None),
            (serde_json::json!({ "env": 5 }), None),
            (serde_json::json!({ "path": "b" }), None),
            (serde_json::json!(5), None),
        ] {
            assert_eq!(Written::from_value(&value), written, "{value}");
        }
    }

    #[test]
    fn a_secret_file_of_64_kibibytes_is_read_and_a_larger_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        for (bytes, is_read) in [(65_536, true), (65_537, false)] {
            std::fs::write(&path, "x".repeat(bytes)).unwrap();
            assert_eq!(read_file(&path).map(|secret| secret.expose().len()).ok(), is_read.then_some(bytes));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_file_that_others_read_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        std::fs::write(&path, "x").unwrap();
        for (mode, is_told) in [(0o600, false), (0o640, false), (0o604, true), (0o400, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read(&path).unwrap().warning.is_some(), is_told, "{mode:o}");
        }
    }

    #[test]
    fn a_path_is_secret_by_its_keys_whatever_the_numbers_in_it() {
        for (path, is_one) in [
            ("server.password_hash", true),
            ("sources[0].api_key", true),
            ("sources[123].credentials.password", true),
            ("server.api_tokens[7].hash", true),
            ("sources.api_key", false),
            ("sources[0].credentials.username", false),
            ("sources[0]", false),
            ("sources[0].api_key.env", false),
            ("", false),
        ] {
            assert_eq!(is_secret(path), is_one, "{path}");
        }
    }
}
