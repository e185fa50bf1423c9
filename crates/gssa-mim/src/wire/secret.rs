//! What is never kept: passwords, keys, tokens and the environment of containers.
//!
//! Its rules are wide on purpose. A name that is dropped for nothing costs a line of an unknown answer; one that is kept costs a password.

use serde_json::Value;

use super::canonical;

/// Parts of names, as [`canonical`] writes them, that say what is behind them. `sshkey` and `keypath` are of `servers.json`.
const SECRET_NAMES: [&str; 20] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "credential",
    "apikey",
    "privatekey",
    "accesskey",
    "signingkey",
    "encryptionkey",
    "licensekey",
    "licencekey",
    "sshkey",
    "keypath",
    "keyfile",
    "authorization",
    "cookie",
    "mnemonic",
    "sshpass",
];

/// Whole names.
const SECRET_WHOLE_NAMES: [&str; 10] =
    ["env", "envs", "environ", "environment", "environmentvariables", "pass", "pwd", "auth", "seed", "xprv"];

/// Words that are followed by a secret in a text: `password=…`, `"ssh_password": "…"`, `--token …`.
const SECRET_WORDS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "private_key",
    "authorization",
    "bearer",
];

/// Removes from a document what looks like a secret.
pub(crate) fn remove(document: &mut Value) {
    match document {
        Value::Object(members) => {
            members.retain(|name, value| !is_secret_name(name) && !is_secret(value));
            // `{ "name": "POSTGRES_PASSWORD", "value": "…" }` and `{ "key": …, "value": … }`
            let named = |name: &str| name == "name" || name == "key" || name == "variable";
            let is_pair = members
                .iter()
                .any(|(name, value)| named(&canonical(name)) && value.as_str().is_some_and(is_secret_name));
            if is_pair {
                members.retain(|name, _| canonical(name) != "value");
            }
            members.values_mut().for_each(remove);
        }
        Value::Array(items) => {
            items.retain(|item| !is_secret(item));
            items.iter_mut().for_each(remove);
        }
        _ => {}
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = canonical(name);
    SECRET_WHOLE_NAMES.contains(&name.as_str()) || SECRET_NAMES.iter().any(|part| name.contains(part))
}

fn is_secret(value: &Value) -> bool {
    value.as_str().is_some_and(holds_secret)
}

/// Whether a text is or holds a secret.
fn holds_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("enc:")
        || lower.contains("private key-----")
        || has_user_info(&lower)
        || SECRET_WORDS.iter().any(|word| has_secret_after(&lower, word))
}

/// Whether a secret follows the word anywhere. A text that is full of it is taken for one.
fn has_secret_after(text: &str, word: &str) -> bool {
    const MAX_WORDS: usize = 64;
    text.match_indices(word).enumerate().any(|(count, (at, _))| count == MAX_WORDS || introduces(text, at, word))
}

/// `scheme://user:password@host`
fn has_user_info(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let authority = text[at + 3..].split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        authority.contains('@')
    })
}

/// Whether a secret follows the word at `at`: after `=` or `:`, or after a blank where it is a switch of a command or a scheme.
fn introduces(text: &str, at: usize, word: &str) -> bool {
    // Bounded, since a text may consist of such words.
    const MAX_CHARS: usize = 48;
    let after = &text[at + word.len()..];
    let after = after.char_indices().nth(MAX_CHARS).map_or(after, |(end, _)| &after[..end]);
    let after = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
    let is_switch = text[..at].ends_with("--") || text[..at].ends_with('-') || word == "bearer";
    if is_switch && after.starts_with([' ', '=', ',']) {
        return true;
    }
    after.trim_start_matches(['"', '\'', '\\', ' ', '\t']).starts_with(['=', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_secret_goes_and_the_rest_stays() {
        let mut document = json!({
            "id": "qCwwociO", "name": "Rack", "key": "gss", "ssh_host": "192.168.1.10", "ssh_user": "mim",
            "ssh_password": "hunter2", "sshKeyPath": "/home/me/.ssh/id", "SSH_KEY": "hunter2", "apiKey": "hunter2",
            "API-Token": { "value": "hunter2" }, "note": "ENC:hunter2", "license_key": "hunter2",
            "Config": { "Env": ["POSTGRES_PASSWORD=hunter2"], "Labels": { "a": "b" },
                        "Cmd": ["server", "--rpcpassword=hunter2", "--password hunter2", "-v"] },
            "environment": { "X": "hunter2" },
            "variables": [{ "name": "POSTGRES_PASSWORD", "value": "hunter2" }, { "name": "TZ", "value": "UTC" }],
            "database": "postgres://gss:hunter2@db:5432/gss",
            "raw": "{\"ssh_password\": \"hunter2\"}",
            "log": "Authorization: Bearer hunter2",
            "monkey": "banana", "keyboard": "qwerty", "tokenizer": "x", "message": "the password is wrong",
            "image": "ghcr.io/example/gss:latest", "url": "http://192.168.1.10:4004/x",
        });
        remove(&mut document);
        assert_eq!(
            document,
            json!({
                "id": "qCwwociO", "name": "Rack", "key": "gss", "ssh_host": "192.168.1.10", "ssh_user": "mim",
                "Config": { "Labels": { "a": "b" }, "Cmd": ["server", "-v"] },
                "variables": [{ "name": "POSTGRES_PASSWORD" }, { "name": "TZ", "value": "UTC" }],
                "monkey": "banana", "keyboard": "qwerty", "message": "the password is wrong",
                "image": "ghcr.io/example/gss:latest", "url": "http://192.168.1.10:4004/x",
            })
        );
    }

    #[test]
    fn a_text_that_holds_a_secret_is_one() {
        for text in [
            "ENC:AbC=",
            "PASSWORD=x",
            "password = x",
            "a;token=x",
            "\"passphrase\":\"x\"",
            "--secret x",
            "rpcpassword: x",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nx",
            "stratum+tcp://me:x@pool.example:3333",
            "curl -H 'authorization: basic x'",
            "Bearer eyJ",
            "API_KEY_FILE=x",
            &"token ".repeat(65),
        ] {
            assert!(holds_secret(text), "{text}");
        }
        for text in [
            "running",
            "Up 3 hours (healthy)",
            "password",
            "1.2GiB / 15.5GiB",
            "sha256:00",
            "me@example.org",
            "secretary",
        ] {
            assert!(!holds_secret(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_document_keeps_a_secret(shape in proptest::collection::vec(0..7_u8, 1..24)) {
            let secret = "hunter2";
            let mut document = json!({});
            for step in shape {
                let inner = document.take();
                document = match step {
                    0 => json!([inner, format!("--password={secret}")]),
                    1 => json!({ "a": inner, "ssh_password": secret, "Env": [secret] }),
                    2 => json!({ "b": [inner], "note": format!("ENC:{secret}") }),
                    3 => json!({ "c": inner, "name": "API_TOKEN", "value": secret }),
                    4 => json!([{ "d": inner }, format!("https://me:{secret}@x.example/")]),
                    5 => json!({ "apiKey": inner, "sshKeyPath": { "x": secret } }),
                    _ => json!({ "text": format!("{{\"clientSecret\": \"{secret}\"}}"), "e": inner }),
                };
            }
            remove(&mut document);
            proptest::prop_assert!(!document.to_string().contains(secret), "{document}");
        }
    }
}
