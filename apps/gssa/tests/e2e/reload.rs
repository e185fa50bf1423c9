//! The configuration file, changed while the agent runs.

use std::fs;
use std::time::Duration;

use gssa_sim::axeos::Behaviour;
use serde_json::{Value, json};

use crate::support::{Agent, Devices, SOON, at_free_port, polls, source, until};

/// Longer than any test: a source is asked once.
const ONCE: u64 = 3600;

fn config(sources: &[Value]) -> String {
    at_free_port(&json!({ "polling": { "interval_secs": ONCE }, "sources": sources })).to_string()
}

#[test]
fn an_edited_file_holds_without_a_word_and_untouched_sources_are_left_alone() {
    let devices = Devices::behaving(&[Behaviour::Healthy; 4]);
    let [kept, renamed, gone, new] = devices.all() else { panic!("four devices") };
    let agent = Agent::start_with(&config(&[source("kept", kept), source("name", renamed), source("gone", gone)]), &[]);
    for id in ["kept", "name", "gone"] {
        agent.reading_when_up(id);
    }
    let mut other_name = source("name", renamed);
    other_name["name"] = "Another name".into();
    agent.edit(&config(&[source("new", new), other_name, source("kept", kept)]));
    agent.reading_when_up("new");
    until("the one that was removed is gone", SOON, || agent.find("gone").is_none().then_some(()));
    let reading = agent.reading("name");
    assert_eq!((&reading["source"]["name"], &reading["health"]), (&json!("Another name"), &json!("up")));
    assert_eq!([polls(kept), polls(gone), polls(new)], [1; 3], "nobody is asked out of turn");
    assert_eq!(agent.get("/api/v1/summary")["sources"], 3);
    assert_eq!(agent.send("GET", "/api/v1/history/gone", "", None).status, 404);
}

#[test]
fn a_hangup_reads_a_file_that_looks_as_it_did() {
    let devices = Devices::behaving(&[Behaviour::Healthy]);
    let named = |name: &str| {
        let mut source = source("a", &devices.all()[0]);
        source["name"] = name.into();
        config(&[source])
    };
    let agent = Agent::start_with(&named("Before"), &[]);
    agent.reading_when_up("a");
    // Written in place, of the same length and time: whoever only looks sees no difference.
    let time = fs::metadata(agent.config_path()).unwrap().modified().unwrap();
    fs::write(agent.config_path(), named("After.")).unwrap();
    fs::File::options().append(true).open(agent.config_path()).unwrap().set_modified(time).unwrap();
    agent.signal("HUP");
    until("the new name holds", Duration::from_secs(10), || {
        (agent.reading("a")["source"]["name"] == "After.").then_some(())
    });
}

#[test]
fn an_invalid_file_changes_nothing_and_its_problems_are_shown() {
    let devices = Devices::behaving(&[Behaviour::Healthy]);
    let good = config(&[source("kept", &devices.all()[0])]);
    let agent = Agent::start_with(&good, &[]);
    agent.reading_when_up("kept");
    let shown = agent.get("/api/v1/config");
    let first_problem = || agent.get("/api/v1/config/status")["problems"][0].clone();

    agent.edit(&config(&[json!({ "id": "kept", "kind": "axeos", "address": "ftp://elsewhere" })]));
    until("the wrong key is shown", SOON, || (first_problem()["path"] == "sources[0].address").then_some(()));
    assert_eq!(agent.reading("kept")["source"]["address"], format!("http://{}", devices.all()[0].address()));

    agent.edit("{\n  \"sources\": [ oops ]\n}\n");
    until("the broken place is shown", SOON, || {
        let file = &agent.get("/api/v1/config/status")["file"];
        (file["state"] == "broken" && file["line"] == 2 && file["column"] == 16).then_some(())
    });
    let message = first_problem()["message"].to_string();
    assert!(message.contains("line 2 column 16"), "{message}");
    let put = agent.change("PUT", "/api/v1/config", "If-Match: *\r\n", Some(&shown));
    assert_eq!((put.status, &put.json()["line"], &put.json()["column"]), (409, &json!(2), &json!(16)));

    fs::remove_file(agent.config_path()).unwrap();
    until("the file is missed", SOON, || {
        (agent.get("/api/v1/config/status")["file"]["state"] == "missing").then_some(())
    });
    assert_eq!((&agent.reading("kept")["health"], &agent.get("/api/v1/summary")["sources"]), (&json!("up"), &json!(1)));
    let journal = agent.get("/api/v1/journal?kind=config");
    assert_eq!(journal["entries"].as_array().unwrap().len(), 3, "one for each trouble: {journal}");

    agent.edit(&good);
    until("nothing is wrong", SOON, || first_problem().is_null().then_some(()));
    assert_eq!(agent.get("/api/v1/config"), shown);
    assert_eq!(polls(&devices.all()[0]), 1);
}
