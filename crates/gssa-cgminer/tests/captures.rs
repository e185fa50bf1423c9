//! Real replies against figures that were derived by hand, where both are at hand.
//!
//! Captures of real devices are not part of this repository. Beside a checkout that has them, this compares each with what is
//! expected of it; elsewhere there is nothing to do.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use gssa_cgminer::{Command, Replies, canaan, generic, parse_reply};
use serde_json::{Map, Value};

mod support;
use support::expect::compare;
use support::slice::slice_value;

#[test]
fn every_capture_gives_the_figures_that_were_derived_by_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let Ok(cases) = fs::read_to_string(folder.join("replay/cases.json")) else { return };
    let cases: Value = serde_json::from_str(&cases).unwrap();
    let captures = Captures { folder: folder.join("captures") };
    let (mut misses, mut count) = (Vec::new(), 0);
    let of_this_crate = |case: &&Value| case["kind"] == "canaan" || case["kind"] == "cgminer";
    for case in cases["cases"].as_array().unwrap().iter().filter(of_this_crate) {
        count += 1;
        let snapshot = captures.snapshot_of(case);
        let name = case["name"].as_str().unwrap();
        if std::env::var_os("GSSA_SHOW").is_some_and(|wanted| wanted == name) {
            panic!("{}", serde_json::to_string_pretty(&snapshot).unwrap());
        }
        let found =
            case["expect"].as_object().unwrap().iter().flat_map(|(key, wanted)| compare(key, wanted, &snapshot));
        misses.extend(found.map(|miss| format!("{name}: {miss}")));
        let text = snapshot.to_string();
        let secrets = case["secrets"].as_array().into_iter().flatten().filter_map(Value::as_str);
        misses.extend(secrets.filter(|secret| text.contains(secret)).map(|secret| format!("{name}: holds {secret}")));
        misses.extend(text.contains("null").then(|| format!("{name}: holds null")));
        let gaps = snapshot["gaps"].as_array().unwrap();
        let is_known_gap = |gap: &Value| gap["found"] == "its unit is not known";
        misses.extend(gaps.iter().filter(|gap| !is_known_gap(gap)).map(|gap| format!("{name}: gap {gap}")));
    }
    assert_eq!(misses, Vec::<String>::new());
    assert!(count > 20, "{count} cases");
}

struct Captures {
    folder: PathBuf,
}

impl Captures {
    fn snapshot_of(&self, case: &Value) -> Value {
        let mut replies = Replies::default();
        for (key, body) in case["cgminer"].as_object().unwrap() {
            let word = key.strip_prefix("cmd:").unwrap_or(key);
            let Some(command) = Command::ALL.iter().find(|command| command.as_str() == word) else { continue };
            let reply = parse_reply(&self.body(body)).unwrap_or_else(|error| panic!("{} {key}: {error}", case["name"]));
            replies.insert(*command, reply);
        }
        let snapshot =
            if case["kind"] == "canaan" { canaan::normalize(&replies) } else { generic::normalize(&replies) };
        serde_json::to_value(snapshot).unwrap()
    }

    /// A file, a value cut out of a file byte by byte, or a file with members set and removed.
    fn body(&self, described: &Value) -> Vec<u8> {
        if let Some(file) = described.as_str() {
            let (file, pointer) = file.split_once('#').unwrap_or((file, ""));
            let body = fs::read(self.folder.join(file)).unwrap();
            return slice_value(std::str::from_utf8(&body).unwrap(), pointer).as_bytes().to_vec();
        }
        let mut document: Value = serde_json::from_slice(&self.body(&described["file"])).unwrap();
        for (pointer, value) in described["set"].as_object().into_iter().flatten() {
            let (parent, key) = split(pointer);
            object_at(&mut document, parent).insert(key.to_owned(), value.clone());
        }
        for pointer in described["remove"].as_array().into_iter().flatten() {
            let (parent, key) = split(pointer.as_str().unwrap());
            object_at(&mut document, parent).remove(key);
        }
        document.to_string().into_bytes()
    }
}

fn split(pointer: &str) -> (&str, &str) {
    pointer.rsplit_once('/').unwrap()
}

fn object_at<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Map<String, Value> {
    document.pointer_mut(pointer).and_then(Value::as_object_mut).unwrap()
}
