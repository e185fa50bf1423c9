//! Real replies of Antminers against figures that were derived by hand, where both are at hand.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;

use gssa_cgminer::antminer::{Pages, normalize_with};
use gssa_cgminer::{Command, Replies, parse_reply};
use gssa_testkit::{captures, expect, has_null};
use serde_json::Value;

#[test]
fn every_capture_gives_the_figures_that_were_derived_by_hand() {
    let compared = captures::misses(&["antminer"], |captures, case| {
        let reply = |body: &Value| parse_reply(&captures.body(body)).unwrap();
        let mut replies = Replies::default();
        for part in ["cgminer", "new_api"] {
            for (word, body) in case[part].as_object().into_iter().flatten() {
                let Some(command) = Command::ALL.iter().find(|command| command.as_str() == word) else { continue };
                replies.extend([(*command, reply(body))]);
            }
        }
        let page = |path: &str| case["http"].get(path).map(reply);
        let pages = Pages {
            system_info: page("/cgi-bin/get_system_info.cgi"),
            miner_conf: page("/cgi-bin/get_miner_conf.cgi"),
        };
        let snapshot = serde_json::to_value(normalize_with(&replies, &pages)).unwrap();
        assert_eq!(breaches(&snapshot), Vec::<String>::new(), "{}", case["name"]);
        snapshot
    });
    let Some((misses, count)) = compared else { return };
    assert_eq!(misses, Vec::<String>::new());
    assert!(count > 20, "{count} cases");
}

#[test]
fn every_capture_of_an_antminer_is_read() {
    for path in captures::files_in("cgminer") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("antminer-") || name.contains("-http-") {
            continue;
        }
        let reply = parse_reply(&fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let words = name.trim_end_matches(".json").trim_end_matches(".txt");
        let command = Command::ALL.iter().find(|command| words.ends_with(command.as_str()));
        let Some(command) = command else { continue };
        let snapshot = normalize_with(&Replies::from_iter([(*command, reply)]), &Pages::default());
        let json = serde_json::to_value(&snapshot).unwrap();
        assert_eq!(breaches(&json), Vec::<String>::new(), "{name}");
        assert_eq!(snapshot.gaps, [], "{name}");
    }
}

/// What no snapshot may have: `null`, and a pool without scheme and port.
fn breaches(snapshot: &Value) -> Vec<String> {
    let urls = expect::entries(snapshot, "pools").filter_map(|pool| pool["url"].as_str());
    let bad = urls.filter(|url| {
        let Some((scheme, rest)) = url.split_once("://") else { return true };
        let port = rest.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        !scheme.starts_with("stratum") || port.is_none() || rest.contains('@')
    });
    bad.map(str::to_owned).chain(has_null(snapshot).then(|| "null".to_owned())).collect()
}
