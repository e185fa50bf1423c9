//! Replies damaged, cut, mutated: never a panic, never a secret, never a number that is none; and a repair that changes nothing right.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::sync::LazyLock;

use gssa_cgminer::{Fault, Form, parse_reply, recognise, repair};
use gssa_testkit::has_null;
use gssa_testkit::mutation::{Change, apply, changes};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

mod support;
use support::fixtures;

const SECRET: &str = "hunter2-7319";

type Files = Vec<(String, Vec<u8>)>;

static FIXTURES: LazyLock<Vec<(&'static str, Files)>> = LazyLock::new(|| {
    let of = |family| {
        gssa_testkit::fixtures::of(family).into_iter().map(move |folder| (family, fixtures::files_of(&folder)))
    };
    fixtures::FAMILIES.into_iter().flat_map(of).collect()
});

/// Whatever comes of files: a snapshot that keeps the rules, by each of the normalizations.
fn check(files: &Files) -> Result<(), TestCaseError> {
    for (_, bytes) in files {
        match parse_reply(bytes) {
            Ok(reply) => prop_assert!(!format!("{reply:?}").contains(SECRET), "Debug of a reply holds a secret"),
            Err(error) => prop_assert!(!format!("{error:?} {error}").contains(SECRET), "an error holds a secret"),
        }
    }
    let replies = fixtures::replies_of(files);
    let _ = recognise(&replies);
    for family in fixtures::FAMILIES {
        let snapshot = fixtures::normalize(family, &replies);
        let json = serde_json::to_value(&snapshot).unwrap();
        prop_assert!(!has_null(&json), "null in the snapshot");
        prop_assert!(!json.to_string().contains(SECRET), "the snapshot holds a secret: {json}");
        prop_assert!(!format!("{snapshot:?}").contains(SECRET), "Debug of the snapshot holds a secret");
        prop_assert!(snapshot.gaps.len() < 256, "{} gaps", snapshot.gaps.len());
    }
    Ok(())
}

/// Puts the secret where firmware puts passwords and network names, in JSON and in MM strings.
fn plant(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(plant);
            for key in ["Password", "Pass", "pwd", "token", "SSID"] {
                members.insert(key.to_owned(), SECRET.into());
            }
            if members.get("URL").is_some_and(Value::is_string) {
                members.insert("URL".to_owned(), format!("stratum+tcp://me:{SECRET}@p.example:1/{SECRET}").into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(plant),
        Value::String(text) if text.contains("Ver[") => *text = text.replace("Ver[", &format!("SSID[{SECRET}] Ver[")),
        _ => {}
    }
}

fn change() -> impl Strategy<Value = Change> {
    let texts = &["nan", "12..3M", "5.5 GH/s", "MM", "Ver[", "PS[0 0 0 3 2 9 1e308]", "PVT_T0[-1e308 1e308]"];
    let shape = json!({ "POOLS": [{}, 3], "STATUS": [{ "STATUS": "E", "Code": 14 }] });
    gssa_testkit::mutation::change(&[-273.0, 255.0, 65_535.0], texts, shape)
}

/// Any JSON value.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        r#"[ \\"{}\[\],:a\n\u{0}\u{1f600}]{0,12}"#.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_right_is_not_repaired(value in any_json(), is_pretty in any::<bool>()) {
        // A document is an object or a list: a bare scalar has no end.
        let document = json!({ "a": value });
        let text = if is_pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.unwrap();
        prop_assert_eq!(repair(&text), Ok(text));
    }

    #[test]
    fn a_missing_comma_is_put_back_whatever_the_strings_hold(values in prop::collection::vec(any_json(), 2..5)) {
        let rows: Vec<String> = values.iter().map(|value| json!({ "row": value }).to_string()).collect();
        let repaired = repair(&format!("[{}]", rows.concat())).unwrap();
        prop_assert_eq!(repaired, format!("[{}]", rows.join(",")));
    }

    #[test]
    fn a_comma_too_much_is_taken_away_whatever_the_strings_hold(values in prop::collection::vec(any_json(), 1..5)) {
        let rows: Vec<String> = values.iter().map(|value| json!({ "row": value }).to_string()).collect();
        prop_assert_eq!(repair(&format!("[,{},]", rows.join(",,"))).unwrap(), format!("[{}]", rows.join(",")));
    }

    #[test]
    fn a_cut_document_is_never_completed(value in any_json(), cut in any::<Index>()) {
        let text = json!({ "a": value }).to_string();
        let cut = text.char_indices().map(|(at, _)| at).nth(cut.index(text.chars().count())).unwrap();
        prop_assert!(repair(&text[..cut]).is_err());
    }

    #[test]
    fn a_repair_is_json_or_a_fault(text in r#"[{}\[\],:" \\a1.eE+\-untf\u{1}\n]{0,80}"#) {
        // A document is an object or a list.
        let text = format!("[{text}");
        match repair(&text) {
            Ok(repaired) => {
                let parsed = serde_json::from_str::<Value>(&repaired);
                prop_assert!(parsed.is_ok(), "{text:?} became {repaired:?}");
                prop_assert_eq!(repair(&repaired), Ok(repaired.clone()), "repaired again");
            }
            Err(fault) => prop_assert!(matches!(fault, Fault::Cut | Fault::Hopeless | Fault::TooDeep)),
        }
    }

    #[test]
    fn any_bytes_are_a_reply_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300), begins in 0..3_usize) {
        let start: [&[u8]; 3] = [b"", b"{\"STATUS\":[{", b"STATUS=S,"];
        let bytes = [start[begins], &bytes].concat();
        check(&vec![("stats".to_owned(), bytes.clone()), ("summary".to_owned(), bytes)])?;
    }

    #[test]
    fn a_changed_document_is_a_snapshot_or_an_error(
        fixture in any::<Index>(),
        changes in changes(change()),
    ) {
        let (_, mut files) = fixture.get(&FIXTURES).clone();
        for (_, bytes) in &mut files {
            let Ok(mut document) = serde_json::from_slice::<Value>(bytes) else { continue };
            plant(&mut document);
            for (path, change) in &changes {
                apply(&mut document, path, change);
            }
            *bytes = document.to_string().into_bytes();
        }
        check(&files)?;
    }

    #[test]
    fn damaged_bytes_are_a_snapshot_or_an_error(
        fixture in any::<Index>(),
        damage in prop::collection::vec((any::<Index>(), any::<Index>(), any::<u8>()), 1..12),
    ) {
        let (_, mut files) = fixture.get(&FIXTURES).clone();
        for (file, at, byte) in damage {
            let bytes = &mut files[file.index(file_count(fixture))].1;
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check(&files)?;
    }

    #[test]
    fn a_cut_reply_is_an_error_or_the_text_form(fixture in any::<Index>(), file in any::<Index>(), cut in any::<Index>()) {
        let (_, files) = fixture.get(&FIXTURES);
        let bytes = &file.get(files).1;
        let whole = bytes.trim_ascii_end();
        let cut = &whole[..cut.index(whole.len())];
        if let Ok(reply) = parse_reply(cut) {
            prop_assert_eq!(reply.form(), Form::Text);
        }
    }
}

fn file_count(fixture: Index) -> usize {
    fixture.get(&FIXTURES).1.len()
}
