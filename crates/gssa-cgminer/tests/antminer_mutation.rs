//! Fixtures of Antminers with members removed, retyped and damaged: never a panic, never a secret, never a number that is none.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use gssa_cgminer::antminer::{Pages, normalize_with};
use gssa_cgminer::{Command, Replies, parse_reply};
use gssa_testkit::mutation::{Change, apply};
use gssa_testkit::{fixtures, has_null};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

mod antminer_support;
use antminer_support as support;

const SECRET: &str = "hunter2-7319";

static FIXTURES: LazyLock<Vec<PathBuf>> = LazyLock::new(|| fixtures::of(support::FAMILY));

fn change() -> impl Strategy<Value = Change> {
    let texts = &["12..3M", "-5-62--3", "m-m", "21.5PH/s", "Antminer E9 Pro"];
    let shape = json!([{ "index": 4_000_000_000_u64, "rate_real": [], "temp_pcb": [1, {}], "asic": 7 }, 3]);
    prop_oneof![
        12 => gssa_testkit::mutation::change(&[16.0, 255.0, 65_535.0], texts, shape),
        1 => "[-0-9.]{0,40}".prop_map(|dashes| Change::Replace(dashes.into())),
    ]
}

/// Puts the secret wherever a firmware may have one: passwords, credentials in pool addresses.
fn plant(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(plant);
            for key in ["pass", "Password", "bitmain-user-pass", "miner_id", "sn", "worker"] {
                members.insert(key.to_owned(), SECRET.into());
            }
            for key in ["URL", "url"] {
                if members.contains_key(key) {
                    members
                        .insert(key.to_owned(), format!("stratum+tcp://me:{SECRET}@pool.example:3333/{SECRET}").into());
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(plant),
        _ => {}
    }
}

/// The replies of a fixture as JSON, the page with the settings included.
fn documents(folder: &Path) -> Vec<(String, Value)> {
    let of = |name: String| {
        let text = String::from_utf8(support::file(folder, &name).unwrap()).unwrap().replace("}{", "},{");
        (name, serde_json::from_str(&text).unwrap())
    };
    support::names(folder).into_iter().map(of).collect()
}

fn check(documents: &[(String, Vec<u8>)]) -> Result<(), TestCaseError> {
    let mut replies = Replies::default();
    let mut pages = Pages::default();
    for (name, bytes) in documents {
        let Ok(reply) = parse_reply(bytes) else { continue };
        match Command::ALL.iter().find(|command| command.as_str() == name) {
            Some(command) => replies.extend([(*command, reply)]),
            None if name == "get_miner_conf" => pages.miner_conf = Some(reply),
            None => pages.system_info = Some(reply),
        }
    }
    let snapshot = normalize_with(&replies, &pages);
    let shown = format!("{replies:?} {pages:?} {snapshot:?}");
    prop_assert!(!shown.contains(SECRET), "a secret is shown");
    let json = serde_json::to_value(&snapshot).unwrap();
    prop_assert!(!has_null(&json), "null in the snapshot");
    prop_assert!(!json.to_string().contains(SECRET), "the snapshot holds a secret");
    prop_assert!(snapshot.gaps.len() <= 64 && snapshot.boards.len() <= 16 && snapshot.fans.len() <= 256);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_replies_are_a_snapshot(
        fixture in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), prop::collection::vec(any::<Index>(), 1..6), change()), 1..10),
    ) {
        let mut all = documents(fixture.get(FIXTURES.as_slice()).as_path());
        for (document, path, change) in &changes {
            let at = document.index(all.len());
            apply(&mut all[at].1, path, change);
        }
        for (_, document) in &mut all {
            plant(document);
        }
        let bytes: Vec<_> = all.into_iter().map(|(name, document)| (name, document.to_string().into_bytes())).collect();
        check(&bytes)?;
    }

    #[test]
    fn damaged_replies_are_a_snapshot_of_the_rest(
        fixture in any::<Index>(),
        damage in prop::collection::vec((any::<Index>(), any::<Index>(), any::<u8>()), 1..8),
    ) {
        let mut all = documents(fixture.get(FIXTURES.as_slice()).as_path());
        for (_, document) in &mut all {
            plant(document);
        }
        let mut bytes: Vec<_> =
            all.into_iter().map(|(name, document)| (name, document.to_string().into_bytes())).collect();
        for (document, at, byte) in damage {
            let document = document.index(bytes.len());
            let at = at.index(bytes[document].1.len());
            bytes[document].1[at] = byte;
        }
        // Damage may turn a key that is not read into one that is, so secrets are not looked for here.
        let without: Vec<_> = bytes.iter().map(|(name, bytes)| {
            (name.clone(), String::from_utf8_lossy(bytes).replace(SECRET, "x").into_bytes())
        }).collect();
        check(&without)?;
    }
}
