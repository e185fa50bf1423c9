//! The MM string of an Avalon, with `PS[]` and the others. An input has the driver in its first line and a module in each line after;
//! a line that begins with `'` is one of the texts that an Avalon Q has beside it (`HBinfo`).

use gssa_cgminer::{Command, Replies, canaan, parse_reply};
use gssa_model::MinerSnapshot;
use serde_json::{Map, Value, json};

use crate::sound::assert_sound;

fn snapshot(driver: &str, lines: &[String]) -> MinerSnapshot {
    let mut row = Map::new();
    row.insert("ID".to_owned(), driver.into());
    for (at, line) in lines.iter().enumerate() {
        let key = if line.starts_with('\'') { format!("HBinfo{at}") } else { format!("MM ID{at}") };
        row.insert(key, line.as_str().into());
    }
    let reply = json!({ "STATUS": [{ "STATUS": "S" }], "STATS": [Value::Object(row)], "id": 1 }).to_string();
    let reply = parse_reply(reply.as_bytes()).expect("JSON of ours can be read");
    canaan::normalize(&Replies::from_iter([(Command::EStats, reply)]))
}

/// Panics unless any string is a sound snapshot, and the same one with an item before that nobody knows.
pub(crate) fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n').map(str::to_owned);
    let driver = lines.next().unwrap_or_default();
    let lines: Vec<String> = lines.collect();
    let read = snapshot(&driver, &lines);
    assert_sound(&read);
    let with_another: Vec<String> =
        lines.iter().map(|line| if line.starts_with('\'') { line.clone() } else { format!("Zz[0] {line}") }).collect();
    assert_eq!(snapshot(&driver, &with_another), read, "an item that nobody knows changes nothing");
}
