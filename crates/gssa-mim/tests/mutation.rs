//! Fixtures with members removed, retyped, renamed and cut: never a panic, never a secret, never a number that is none.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::sync::LazyLock;

use gssa_mim::{Answer, Map};
use gssa_testkit::has_null;
use gssa_testkit::mutation::{Change, apply, changes, damage, damaged};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

mod support;

const SECRET: &str = "hunter2-7319";

/// Members that hold secrets.
const SECRET_KEYS: [&str; 9] = [
    "ssh_password",
    "SSHPassphrase",
    "api-token",
    "clientSecret",
    "ssh_key_path",
    "Env",
    "environment",
    "apiKey",
    "credentials",
];

const MAPS: [Map; 3] = [Map::Servers, Map::Containers, Map::Products];

static FIXTURES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let files = support::answers();
    files.iter().filter_map(|(_, file)| serde_json::from_slice(&fs::read(file).unwrap()).ok()).collect()
});

fn change() -> impl Strategy<Value = Change> {
    let shape = json!({ "name": "a", "state": { "Health": [] }, "containers": [{}, 3], "memory": { "used": "x" } });
    let texts = &["inf%", "1e999GiB", "1GiB / 2GiB", "Up (", "3 days, 4:", "0001-01-01T00:00:00Z"];
    let names = &["id", "Name", "state", "memory", "containers", "servers", "data", "cpu", "update"][..];
    let name = proptest::sample::select(names);
    prop_oneof![
        7 => gssa_testkit::mutation::change(&[100.0, 1024.0], texts, shape),
        2 => name.prop_map(|name| Change::Rename(name.to_owned())),
    ]
}

/// Puts the secret into every object, under every key that may hold one, and into texts.
fn plant(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(plant);
            for key in SECRET_KEYS {
                members.insert(key.to_owned(), SECRET.into());
            }
            members.insert(
                "args".to_owned(),
                json!([format!("--password={SECRET}"), format!("postgres://me:{SECRET}@db/gss")]),
            );
            // In members that are read.
            members.insert("os".to_owned(), format!("ENC:{SECRET}").into());
            members.insert("image".to_owned(), format!("https://me:{SECRET}@registry.example/gss").into());
            members.insert("version".to_owned(), format!("1.0 --token {SECRET}").into());
            members.insert("status".to_owned(), format!("password={SECRET}").into());
        }
        Value::Array(list) => list.iter_mut().for_each(plant),
        _ => {}
    }
}

fn check_answer(answer: &Answer) -> Result<(), TestCaseError> {
    prop_assert!(!format!("{answer:?}").contains(SECRET), "Debug of an answer holds a secret");
    for map in MAPS {
        let Some(snapshot) = gssa_mim::normalize(answer, map, None) else { continue };
        let json = serde_json::to_value(&snapshot).unwrap();
        prop_assert!(!has_null(&json), "null in the snapshot");
        prop_assert!(!json.to_string().contains(SECRET), "the snapshot holds a secret: {json}");
        prop_assert!(snapshot.gaps.len() <= 64 && snapshot.servers.len() <= 64);
        for server in &snapshot.servers {
            prop_assert!(!server.id.is_empty(), "a server without an id");
            prop_assert!(
                server.containers.iter().all(|container| !container.name.is_empty()),
                "a container without a name"
            );
            prop_assert!(server.memory.is_none_or(|memory| memory.used_bytes <= memory.total_bytes));
            prop_assert!(server.age_secs.is_none());
        }
    }
    Ok(())
}

fn check(content_type: &str, body: &[u8]) -> Result<(), TestCaseError> {
    match gssa_mim::parse(Some(content_type), body) {
        Err(error) => prop_assert!(!format!("{error:?} {error}").contains(SECRET), "an error holds a secret"),
        Ok(answer) => check_answer(&answer)?,
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_document_is_a_snapshot_or_none(
        fixture in any::<Index>(),
        changes in changes(change()),
    ) {
        let mut document = fixture.get(&FIXTURES).clone();
        for (path, change) in &changes {
            apply(&mut document, path, change);
        }
        plant(&mut document);
        check("application/json", document.to_string().as_bytes())?;
        check("text/event-stream", format!("data: {document}\n\n").as_bytes())?;
    }

    #[test]
    fn a_cut_document_is_an_error(fixture in any::<Index>(), cut in any::<Index>()) {
        let body = fixture.get(&FIXTURES).to_string().into_bytes();
        prop_assert!(gssa_mim::parse(None, &body[..cut.index(body.len())]).is_err());
    }

    #[test]
    fn any_bytes_are_an_error_or_an_answer(body in prop::collection::vec(any::<u8>(), 0..400)) {
        check("application/json", &body)?;
        check("text/event-stream", &body)?;
    }

    #[test]
    fn a_damaged_document_is_a_snapshot_or_an_error(fixture in any::<Index>(), damage in damage()) {
        let body = damaged(fixture.get(&FIXTURES).to_string().into_bytes(), &damage);
        check("application/json", &body)?;
    }
}

#[test]
fn the_fixtures_are_there() {
    assert!(FIXTURES.len() > 15);
}
