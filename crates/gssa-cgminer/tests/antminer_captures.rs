//! Real replies of Antminers against figures that were derived by hand, where both are at hand.
//!
//! Captures of real devices are not part of this repository. Beside a checkout that has them, this compares each with what is
//! expected of it; elsewhere there is nothing to do.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use gssa_cgminer::antminer::{Pages, normalize_with};
use gssa_cgminer::{Command, Replies, Reply, parse_reply};
use serde_json::Value;

#[test]
fn every_capture_gives_the_figures_that_were_derived_by_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let Ok(cases) = fs::read_to_string(folder.join("replay/cases.json")) else { return };
    let cases: Value = serde_json::from_str(&cases).unwrap();
    let captures = Captures { folder: folder.join("captures") };
    let mut misses = Vec::new();
    for case in cases["cases"].as_array().unwrap().iter().filter(|case| case["kind"] == "antminer") {
        let snapshot = captures.snapshot_of(case);
        let name = case["name"].as_str().unwrap();
        let expected = case["expect"].as_object().unwrap();
        misses.extend(
            expected
                .iter()
                .flat_map(|(key, wanted)| compare(key, wanted, &snapshot))
                .map(|miss| format!("{name}: {miss}")),
        );
        misses.extend(breaches(&snapshot).into_iter().map(|breach| format!("{name}: {breach}")));
    }
    assert_eq!(misses, Vec::<String>::new());
}

#[test]
fn every_capture_of_an_antminer_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures/cgminer");
    let Ok(entries) = fs::read_dir(&folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
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

struct Captures {
    folder: PathBuf,
}

impl Captures {
    fn snapshot_of(&self, case: &Value) -> Value {
        let mut replies = Replies::default();
        for part in ["cgminer", "new_api"] {
            for (word, body) in case[part].as_object().into_iter().flatten() {
                let Some(command) = Command::ALL.iter().find(|command| command.as_str() == word) else { continue };
                replies.extend([(*command, self.reply(body))]);
            }
        }
        let page = |path: &str| case["http"].get(path).map(|body| self.reply(body));
        let pages = Pages {
            system_info: page("/cgi-bin/get_system_info.cgi"),
            miner_conf: page("/cgi-bin/get_miner_conf.cgi"),
        };
        serde_json::to_value(normalize_with(&replies, &pages)).unwrap()
    }

    fn reply(&self, described: &Value) -> Reply {
        parse_reply(&self.body(described)).unwrap()
    }

    /// A file, or a document with members set and removed.
    fn body(&self, described: &Value) -> Vec<u8> {
        if let Some(file) = described.as_str() {
            return fs::read(self.folder.join(file)).unwrap();
        }
        let mut document: Value = match described.get("json") {
            Some(json) => json.clone(),
            None => serde_json::from_slice(&self.body(&described["file"])).unwrap(),
        };
        for (pointer, value) in described["set"].as_object().into_iter().flatten() {
            if let Some(member) = document.pointer_mut(pointer) {
                *member = value.clone();
            }
        }
        for pointer in described["remove"].as_array().into_iter().flatten() {
            let (parent, key) = pointer.as_str().unwrap().rsplit_once('/').unwrap();
            document.pointer_mut(parent).and_then(Value::as_object_mut).unwrap().remove(key);
        }
        document.to_string().into_bytes()
    }
}

fn compare(key: &str, wanted: &Value, snapshot: &Value) -> Vec<String> {
    let one = |got: Option<Value>| {
        if matches(key, wanted, got.as_ref()) {
            Vec::new()
        } else {
            vec![format!("{key}: expected {wanted}, got {got:?}")]
        }
    };
    let active = || entries(snapshot, "pools").find(|pool| pool["state"] == "active");
    let count = |count: usize| Some(Value::from(count));
    match key {
        pointer if pointer.starts_with('/') => one(snapshot.pointer(pointer).cloned()),
        "absent" => {
            let pointers = wanted.as_array().unwrap().iter().filter_map(Value::as_str);
            pointers
                .filter(|pointer| snapshot.pointer(pointer).is_some())
                .map(|pointer| format!("{pointer} is there"))
                .collect()
        }
        "sensors" => {
            let sensors = wanted.as_object().unwrap().iter();
            let wrong =
                sensors.filter(|(sensor, wanted)| !matches(sensor, wanted, hottest(snapshot, &[sensor]).as_ref()));
            wrong.map(|(sensor, wanted)| format!("{sensor}: expected {wanted}")).collect()
        }
        "chip_celsius_max" => one(hottest(snapshot, &["chip"])),
        "board_celsius_max" => one(hottest(snapshot, &["board"])),
        "hottest_celsius" => one(hottest(snapshot, &["chip", "board"])),
        "fans" => fans(wanted, snapshot),
        "active_pool" => one(active().and_then(|pool| Some(pool["url"].as_str()?.split_once("://")?.1.into()))),
        "active_pool_difficulty" => one(active().and_then(|pool| pool.get("difficulty").cloned())),
        "pools" => one(count(entries(snapshot, "pools").filter(|pool| pool["role"] != "fee").count())),
        "boards" => one(count(entries(snapshot, "boards").filter(|board| board["state"] != "missing").count())),
        "chips" => {
            one(Some(entries(snapshot, "boards").filter_map(|board| board["chips"].as_u64()).sum::<u64>().into()))
        }
        "best_share" => {
            let best = ["/work/best_session_difficulty", "/work/best_difficulty"];
            one(best.into_iter().find_map(|pointer| snapshot.pointer(pointer)).cloned())
        }
        _ => vec![format!("{key}: no such expectation is known here")],
    }
}

fn fans(wanted: &Value, snapshot: &Value) -> Vec<String> {
    let (wanted, tolerance) = match wanted.get("value") {
        Some(value) => (value, wanted["tolerance"].as_f64().unwrap()),
        None => (wanted, 1e-6),
    };
    let sorted = |list: Vec<&Value>| {
        let mut rpm: Vec<f64> = list.into_iter().filter_map(Value::as_f64).collect();
        rpm.sort_unstable_by(f64::total_cmp);
        rpm
    };
    let got = sorted(entries(snapshot, "fans").filter_map(|fan| fan.get("rpm")).collect());
    let wanted = sorted(wanted.as_array().unwrap().iter().collect());
    let same = got.len() == wanted.len() && got.iter().zip(&wanted).all(|(a, b)| (a - b).abs() <= tolerance * b.abs());
    if same { Vec::new() } else { vec![format!("fans: expected {wanted:?}, got {got:?}")] }
}

fn entries<'a>(snapshot: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    snapshot[list].as_array().into_iter().flatten()
}

/// The hottest of the places, in `boards` and in `temperatures`.
fn hottest(snapshot: &Value, places: &[&str]) -> Option<Value> {
    let of = |place: &&str| {
        let key = format!("{place}_celsius_max");
        let boards = entries(snapshot, "boards").filter_map(|board| board[&key].as_f64());
        let sensors = entries(snapshot, "temperatures").filter(|entry| entry["sensor"] == **place);
        boards.chain(sensors.filter_map(|entry| entry["celsius"].as_f64())).reduce(f64::max)
    };
    places.iter().filter_map(of).reduce(f64::max).map(Value::from)
}

fn matches(at: &str, wanted: &Value, got: Option<&Value>) -> bool {
    if let Some(choices) = wanted["one_of"].as_array() {
        return choices.iter().any(|choice| matches(at, choice, got));
    }
    let (wanted, tolerance) = match wanted.get("value") {
        Some(value) => (value, wanted["tolerance"].as_f64().unwrap_or(1e-6)),
        None => (wanted, 1e-6),
    };
    match (wanted, got) {
        (Value::Null, got) => got.is_none(),
        (Value::Number(_), Some(got)) => {
            let (wanted, got) = (wanted.as_f64().unwrap(), got.as_f64().unwrap_or(f64::NAN));
            (wanted - got).abs() <= (tolerance * wanted.abs().max(got.abs())).max(1e-12)
        }
        (Value::String(wanted), Some(Value::String(got))) if at.starts_with("/identity/") => {
            got.to_lowercase().contains(&wanted.to_lowercase())
        }
        (wanted, got) => got == Some(wanted),
    }
}

/// What no snapshot may have: `null`, and a pool without scheme and port.
fn breaches(snapshot: &Value) -> Vec<String> {
    fn has_null(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Object(members) => members.values().any(has_null),
            Value::Array(list) => list.iter().any(has_null),
            _ => false,
        }
    }
    let urls = entries(snapshot, "pools").filter_map(|pool| pool["url"].as_str());
    let bad = urls.filter(|url| {
        let Some((scheme, rest)) = url.split_once("://") else { return true };
        let port = rest.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        !scheme.starts_with("stratum") || port.is_none() || rest.contains('@')
    });
    let mut breaches: Vec<String> = bad.map(str::to_owned).collect();
    if has_null(snapshot) {
        breaches.push("null".to_owned());
    }
    breaches
}
