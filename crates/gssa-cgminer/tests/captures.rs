//! Real replies against figures that were derived by hand, where both are at hand.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;

use gssa_cgminer::{Command, Replies, canaan, generic, parse_reply};
use gssa_testkit::captures;

#[test]
fn every_capture_gives_the_figures_that_were_derived_by_hand() {
    let compared = captures::misses(&["canaan", "cgminer"], |captures, case| {
        let mut replies = Replies::default();
        for (key, body) in case["cgminer"].as_object().unwrap() {
            let word = key.strip_prefix("cmd:").unwrap_or(key);
            let Some(command) = Command::ALL.iter().find(|command| command.as_str() == word) else { continue };
            let reply = parse_reply(&captures.body(body));
            replies.insert(*command, reply.unwrap_or_else(|error| panic!("{} {key}: {error}", case["name"])));
        }
        let is_avalon = case["kind"] == "canaan";
        let snapshot = if is_avalon { canaan::normalize(&replies) } else { generic::normalize(&replies) };
        let gaps = snapshot.gaps.iter().filter(|gap| gap.found != "its unit is not known");
        assert_eq!(gaps.count(), 0, "{}: {:?}", case["name"], snapshot.gaps);
        serde_json::to_value(snapshot).unwrap()
    });
    let Some((misses, count)) = compared else { return };
    assert_eq!(misses, Vec::<String>::new());
    assert!(count > 20, "{count} cases");
}

#[test]
fn every_capture_is_a_reply() {
    let mut failed = Vec::new();
    for path in captures::files_in("cgminer") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.contains(".html") {
            continue;
        }
        let mut bytes = fs::read(&path).unwrap();
        bytes.push(0);
        failed.extend(parse_reply(&bytes).err().map(|error| format!("{name}: {error}")));
    }
    assert_eq!(failed, Vec::<String>::new());
}
