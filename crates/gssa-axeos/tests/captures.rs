//! Real replies against figures that were derived by hand, where both are at hand.
//!
//! Captures of real devices are not part of this repository. Beside a checkout that has them, this compares each with what is
//! expected of it; elsewhere there is nothing to do.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

#[test]
fn every_capture_gives_the_figures_that_were_derived_by_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let Ok(cases) = fs::read_to_string(folder.join("replay/cases.json")) else { return };
    let cases: Value = serde_json::from_str(&cases).unwrap();
    let captures = Captures { folder: folder.join("captures") };
    let mut misses = Vec::new();
    for case in cases["cases"].as_array().unwrap().iter().filter(|case| case["kind"] == "axeos") {
        let snapshot = captures.snapshot_of(case);
        let name = case["name"].as_str().unwrap();
        let found =
            case["expect"].as_object().unwrap().iter().flat_map(|(key, wanted)| compare(key, wanted, &snapshot));
        misses.extend(found.map(|miss| format!("{name}: {miss}")));
        let text = snapshot.to_string();
        let secrets = case["secrets"].as_array().into_iter().flatten().filter_map(Value::as_str);
        misses.extend(secrets.filter(|secret| text.contains(secret)).map(|secret| format!("{name}: holds {secret}")));
    }
    assert_eq!(misses, Vec::<String>::new());
}

struct Captures {
    folder: PathBuf,
}

impl Captures {
    fn snapshot_of(&self, case: &Value) -> Value {
        let http = case["http"].as_object().unwrap();
        let info = gssa_axeos::parse(&self.body(&http["/api/system/info"])).unwrap();
        let asic = http.get("/api/system/asic").map(|body| gssa_axeos::parse_asic(&self.body(body)).unwrap());
        serde_json::to_value(gssa_axeos::normalize(&info, asic.as_ref())).unwrap()
    }

    /// A file, or a file with members set and removed.
    fn body(&self, described: &Value) -> Vec<u8> {
        if let Some(file) = described.as_str() {
            return fs::read(self.folder.join(file)).unwrap();
        }
        let file = described["file"].as_str().unwrap();
        let mut document: Value = serde_json::from_slice(&fs::read(self.folder.join(file)).unwrap()).unwrap();
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

fn compare(key: &str, wanted: &Value, snapshot: &Value) -> Vec<String> {
    let miss = |at: &str, wanted: &Value, got: Option<&Value>| format!("{at}: expected {wanted}, got {got:?}");
    let one = |at: &str, wanted: &Value, got: Option<&Value>| {
        if matches(at, wanted, got) { Vec::new() } else { vec![miss(at, wanted, got)] }
    };
    let active = || entries(snapshot, "pools").find(|pool| pool["state"] == "active");
    match key {
        pointer if pointer.starts_with('/') => one(pointer, wanted, snapshot.pointer(pointer)),
        "absent" => {
            let pointers = wanted.as_array().unwrap().iter().filter_map(Value::as_str);
            let there = pointers.filter_map(|pointer| Some((pointer, snapshot.pointer(pointer)?)));
            there.map(|(pointer, got)| miss(pointer, &Value::Null, Some(got))).collect()
        }
        "sensors" => {
            let sensors = wanted.as_object().unwrap().iter();
            sensors.flat_map(|(sensor, wanted)| one(sensor, wanted, hottest(snapshot, sensor).as_ref())).collect()
        }
        "chip_celsius_max" => one(key, wanted, hottest(snapshot, "chip").as_ref()),
        "fans" => {
            let sorted = |list: Vec<&Value>| {
                let mut rpm: Vec<u64> = list.into_iter().filter_map(Value::as_u64).collect();
                rpm.sort_unstable();
                rpm
            };
            let got = sorted(entries(snapshot, "fans").filter_map(|fan| fan.get("rpm")).collect());
            let same = sorted(wanted.as_array().unwrap().iter().collect()) == got;
            if same { Vec::new() } else { vec![format!("fans: expected {wanted}, got {got:?}")] }
        }
        "active_pool" => {
            let host =
                active().and_then(|pool| pool["url"].as_str()?.split_once("://").map(|(_, host)| Value::from(host)));
            one(key, wanted, host.as_ref())
        }
        "active_pool_difficulty" => one(key, wanted, active().and_then(|pool| pool.get("difficulty"))),
        "pools" => one(key, wanted, Some(&Value::from(entries(snapshot, "pools").count()))),
        "faults_at_least" => {
            let enough = entries(snapshot, "faults").count() as u64 >= wanted.as_u64().unwrap();
            if enough { Vec::new() } else { vec![miss(key, wanted, None)] }
        }
        _ => vec![format!("{key}: no such expectation is known here")],
    }
}

fn entries<'a>(snapshot: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    snapshot[list].as_array().into_iter().flatten()
}

fn hottest(snapshot: &Value, sensor: &str) -> Option<Value> {
    let reads = entries(snapshot, "temperatures").filter(|entry| entry["sensor"] == sensor);
    reads.filter_map(|entry| entry["celsius"].as_f64()).reduce(f64::max).map(Value::from)
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
