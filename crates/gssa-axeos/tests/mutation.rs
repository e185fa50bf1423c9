//! Fixtures with members removed, retyped and cut: never a panic, never a secret, never a number that is none.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::sync::LazyLock;

use gssa_testkit::mutation::{Change, apply, changes, damage, damaged};
use gssa_testkit::{fixtures, has_null};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

mod support;

const SECRET: &str = "hunter2-7319";

/// Members that hold secrets in one firmware or another.
const SECRET_KEYS: [&str; 9] = [
    "ssid",
    "wifiSSID",
    "wifiPass",
    "pwd",
    "stratumPassword",
    "stratumPassword1",
    "stratumPassword2",
    "fallbackStratumPassword",
    "stratumCert",
];

static FIXTURES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let folders = fixtures::of(support::FAMILY);
    folders.iter().map(|folder| serde_json::from_str(&support::info_of(folder)).unwrap()).collect()
});

fn change() -> impl Strategy<Value = Change> {
    let shape = json!({ "pools": [{}, 3], "asics": [{ "total": "x", "domains": {} }], "url": 7, "power": [] });
    gssa_testkit::mutation::change(&[127.0, 255.0, 65_535.0], &["12..3M", "5.5 G", "0x10"], shape)
}

/// Puts the secret into every object, under every key that may hold one.
fn plant(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(plant);
            plant_in(members);
        }
        Value::Array(list) => list.iter_mut().for_each(plant),
        _ => {}
    }
}

fn plant_in(members: &mut Map<String, Value>) {
    for key in SECRET_KEYS {
        members.insert(key.to_owned(), SECRET.into());
    }
    for key in ["stratumURL", "fallbackStratumURL", "stratumURLUSED", "stratumURL1", "url"] {
        if members.get(key).is_some_and(Value::is_string) {
            members.insert(key.to_owned(), format!("stratum+tcp://me:{SECRET}@pool.example:3333/{SECRET}").into());
        }
    }
}

fn check(body: &[u8]) -> Result<(), TestCaseError> {
    match gssa_axeos::parse(body) {
        Err(error) => {
            let shown = format!("{error:?} {error}");
            prop_assert!(!shown.contains(SECRET), "an error holds a secret");
        }
        Ok(info) => {
            let shown = format!("{info:?}");
            prop_assert!(!shown.contains(SECRET), "Debug of the document holds a secret");
            let snapshot = gssa_axeos::normalize(&info, None);
            let shown = format!("{snapshot:?}");
            prop_assert!(!shown.contains(SECRET), "Debug of the snapshot holds a secret");
            let json = serde_json::to_value(&snapshot).unwrap();
            prop_assert!(!has_null(&json), "null in the snapshot");
            prop_assert!(!json.to_string().contains(SECRET), "the snapshot holds a secret");
            prop_assert!(snapshot.gaps.len() < 128);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_document_is_a_snapshot_or_an_error(
        fixture in any::<Index>(),
        changes in changes(change()),
    ) {
        let mut document = fixture.get(&FIXTURES).clone();
        for (path, change) in &changes {
            apply(&mut document, path, change);
        }
        plant(&mut document);
        check(document.to_string().as_bytes())?;
    }

    #[test]
    fn a_cut_document_is_an_error(fixture in any::<Index>(), cut in any::<Index>()) {
        let body = fixture.get(&FIXTURES).to_string().into_bytes();
        let body = &body[..cut.index(body.len())];
        prop_assert!(gssa_axeos::parse(body).is_err());
        prop_assert!(gssa_axeos::parse_asic(body).is_err());
    }

    #[test]
    fn any_bytes_are_an_error_or_a_document(body in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&body)?;
        let _ = gssa_axeos::parse_asic(&body);
    }

    #[test]
    fn a_damaged_document_is_a_snapshot_or_an_error(fixture in any::<Index>(), damage in damage()) {
        let body = damaged(fixture.get(&FIXTURES).to_string().into_bytes(), &damage);
        check(&body)?;
    }
}

#[test]
fn one_unreadable_member_never_costs_the_reading() {
    for document in FIXTURES.iter() {
        for key in document.as_object().unwrap().keys() {
            for wrong in [json!({ "a": 1 }), json!([1]), json!("??"), Value::Null] {
                let mut changed = document.clone();
                changed[key] = wrong.clone();
                // `miner` and `identity` are what a nested document is known by.
                let is_known_by = document["miner"].is_object() && matches!(key.as_str(), "miner" | "identity");
                let parsed = gssa_axeos::parse(changed.to_string().as_bytes());
                assert!(parsed.is_ok() || is_known_by, "{key} = {wrong}");
            }
        }
    }
}
