//! Replies as large as they may be, made so that something in them multiplies: the snapshot stays bounded.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use gssa_cgminer::{Command, MAX_REPLY_BYTES, Replies, antminer, canaan, generic, parse_reply};
use gssa_model::MinerSnapshot;
use serde_json::{Map, Value, json};

#[path = "../../../fuzz/properties/sound.rs"]
mod sound;

/// What each family makes of one reply, which is no larger than may be.
fn snapshots(command: Command, section: &str, rows: &Value) -> Vec<MinerSnapshot> {
    let reply = json!({ "STATUS": [{ "STATUS": "S" }], section: rows, "id": 1 }).to_string();
    assert!(reply.len() <= MAX_REPLY_BYTES, "{} bytes", reply.len());
    let replies = Replies::from_iter([(command, parse_reply(reply.as_bytes()).unwrap())]);
    vec![antminer::normalize(&replies), canaan::normalize(&replies), generic::normalize(&replies)]
}

fn assert_sound(command: Command, section: &str, rows: &Value) {
    snapshots(command, section, rows).iter().for_each(sound::assert_sound);
}

/// A row with these members beside its own.
fn row(members: impl Iterator<Item = (String, Value)>) -> Value {
    let mut row: Map<String, Value> = members.collect();
    row.insert("ID".to_owned(), "AVALON0".into());
    row.insert("GHS 5s".to_owned(), "1".into());
    row.insert("chain_acn1".to_owned(), 1.into());
    Value::Array(vec![Value::Object(row)])
}

#[test]
fn a_stack_where_everything_is_wrong_has_no_faults_without_end() {
    let list = "131071 ".repeat(1000);
    let string = format!("ECHU[{list}] PS[4095] ECMM[131071]");
    assert_sound(Command::EStats, "STATS", &row((0..128).map(|at| (format!("MM ID{at}"), json!(string)))));
}

#[test]
fn one_machine_has_no_boards_without_end() {
    let string =
        format!("TMax[60] MH[{0}] MGHS[{0}] {1}", "1 ".repeat(1000), "PVT_T0[1 2 3 4] Fan1[9] ".repeat(20_000));
    assert_sound(Command::EStats, "STATS", &row([("MM ID0".to_owned(), json!(string))].into_iter()));
}

#[test]
fn a_gap_names_no_key_that_the_device_made_up() {
    let key = format!("MHS {}", "\u{1b}[2J".repeat(10_000));
    assert_sound(Command::Summary, "SUMMARY", &row([(key, json!("x"))].into_iter()));
}

#[test]
fn pools_without_a_host_are_no_gaps_without_end() {
    let pool = json!({ "URL": "not a host", "Accepted": "x", "Rejected": "x", "Status": "Alive" });
    assert_sound(Command::Pools, "POOLS", &Value::Array(vec![pool; 5000]));
}

#[test]
fn temperatures_of_one_slot_under_many_keys_are_no_list_without_end() {
    let members = (1..900).map(|zeros| (format!("temp_chip{}1", "0".repeat(zeros)), json!("40-41-42-43")));
    assert_sound(Command::Stats, "STATS", &row(members));
}

#[test]
fn what_is_logged_of_a_reply_is_bounded() {
    let reply =
        json!({ "x".repeat(100_000): 1, "STATUS": [{ "STATUS": "S", "Msg": "y".repeat(100_000) }] }).to_string();
    let shown = format!("{:?}", parse_reply(reply.as_bytes()).unwrap());
    assert!(shown.len() < 1024, "{} bytes", shown.len());
}
