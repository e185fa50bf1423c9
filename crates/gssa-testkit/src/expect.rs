//! Compares a snapshot with what is expected of it.

use serde_json::Value;

/// What of one expectation is not as it should be.
pub fn compare(key: &str, wanted: &Value, snapshot: &Value) -> Vec<String> {
    let miss = |at: &str, wanted: &Value, got: Option<&Value>| format!("{at}: expected {wanted}, got {got:?}");
    let one = |at: &str, wanted: &Value, got: Option<&Value>| {
        if matches(at, wanted, got) { Vec::new() } else { vec![miss(at, wanted, got)] }
    };
    let own = |got: Value| one(key, wanted, Some(&got));
    let active = || entries(snapshot, "pools").find(|pool| pool["state"] == "active");
    let boards = || entries(snapshot, "boards").filter(|board| board["state"] != "missing");
    match key {
        pointer if pointer.starts_with('/') => one(pointer, wanted, snapshot.pointer(pointer)),
        "absent" => {
            let pointers = wanted.as_array().unwrap().iter().filter_map(Value::as_str);
            let there = pointers.filter_map(|pointer| Some((pointer, snapshot.pointer(pointer)?)));
            there.map(|(pointer, got)| miss(pointer, &Value::Null, Some(got))).collect()
        }
        "sensors" => {
            let sensors = wanted.as_object().unwrap().iter();
            sensors.flat_map(|(sensor, wanted)| one(sensor, wanted, hottest(snapshot, &[sensor]).as_ref())).collect()
        }
        "chip_celsius_max" => one(key, wanted, hottest(snapshot, &["chip"]).as_ref()),
        "board_celsius_max" => one(key, wanted, hottest(snapshot, &["board"]).as_ref()),
        "hottest_celsius" => one(key, wanted, hottest(snapshot, &["chip", "board"]).as_ref()),
        "fans" => fans(wanted, snapshot),
        "active_pool" => {
            let host = active().and_then(|pool| pool["url"].as_str()?.split_once("://"));
            one(key, wanted, host.map(|(_, host)| Value::from(host)).as_ref())
        }
        "active_pool_difficulty" => one(key, wanted, active().and_then(|pool| pool.get("difficulty"))),
        "pools" => own(entries(snapshot, "pools").filter(|pool| pool["role"] != "fee").count().into()),
        "boards" => own(boards().count().into()),
        "chips" => own(boards().filter_map(|board| board["chips"].as_u64()).sum::<u64>().into()),
        "best_share" => {
            let work = &snapshot["work"];
            let told = [work.get("best_session_difficulty"), work.get("best_difficulty")];
            if told.iter().any(|got| matches(key, wanted, *got)) {
                Vec::new()
            } else {
                vec![miss(key, wanted, told[0])]
            }
        }
        "faults_at_least" => {
            let enough = entries(snapshot, "faults").count() as u64 >= wanted.as_u64().unwrap();
            if enough { Vec::new() } else { vec![miss(key, wanted, None)] }
        }
        "coins" => inside(wanted, snapshot, "coins", "key"),
        "workers" => inside(wanted, snapshot, "workers", "name"),
        _ => vec![format!("{key}: no such expectation is known")],
    }
}

/// What is expected of the entries of a list, each by its name.
fn inside(wanted: &Value, snapshot: &Value, list: &str, name: &str) -> Vec<String> {
    let one = |(key, wanted): (&String, &Value)| -> Vec<String> {
        let Some(entry) = entries(snapshot, list).find(|entry| entry[name] == **key) else {
            return vec![format!("{key}: not there")];
        };
        let misses = wanted.as_object().unwrap().iter().flat_map(|(at, wanted)| compare(at, wanted, entry));
        misses.map(|miss| format!("{key}: {miss}")).collect()
    };
    wanted.as_object().unwrap().iter().flat_map(one).collect()
}

fn fans(wanted: &Value, snapshot: &Value) -> Vec<String> {
    let (wanted, tolerance) = figure(wanted);
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

/// The entries of a list of the snapshot.
pub fn entries<'a>(snapshot: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
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

/// What is expected, and how far off it may be as a part of it.
fn figure(wanted: &Value) -> (&Value, f64) {
    const ROUNDING: f64 = 1e-6;
    match wanted.get("value") {
        Some(value) => (value, wanted["tolerance"].as_f64().unwrap_or(ROUNDING)),
        None => (wanted, ROUNDING),
    }
}

fn matches(at: &str, wanted: &Value, got: Option<&Value>) -> bool {
    if let Some(choices) = wanted["one_of"].as_array() {
        return choices.iter().any(|choice| matches(at, choice, got));
    }
    let (wanted, tolerance) = figure(wanted);
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_miss_is_told_whatever_the_expectation() {
        let snapshot = json!({
            "identity": { "model": "Antminer S21" }, "hashing": { "current_hps": 100.0 }, "fans": [{ "rpm": 5000 }, { "rpm": 4000 }],
            "temperatures": [{ "sensor": "chip", "celsius": 60.0 }], "boards": [{ "chips": 63, "chip_celsius_max": 70.0 }, { "state": "missing" }],
            "pools": [{ "state": "active", "url": "stratum+tcp://p.example:1", "difficulty": 5 }, { "role": "fee" }],
            "coins": [{ "key": "DGB", "workers": [{ "name": "rig", "accepted": 1 }] }], "work": { "best_difficulty": 9.0 },
        });
        for (key, right, wrong) in [
            ("/identity/model", json!("s21"), json!("s19")),
            ("/hashing/current_hps", json!({ "value": 101.0, "tolerance": 0.02 }), json!(101.0)),
            ("/hashing/average_hps", json!(null), json!(1.0)),
            ("/hashing/current_hps", json!({ "one_of": [5.0, 100.0] }), json!({ "one_of": [5.0] })),
            ("absent", json!(["/hashing/average_hps"]), json!(["/hashing/current_hps"])),
            ("sensors", json!({ "chip": 70.0 }), json!({ "chip": 60.0 })),
            ("hottest_celsius", json!(70.0), json!(71.0)),
            ("fans", json!([4000, 5000]), json!([4000])),
            ("fans", json!({ "value": [4010, 5000], "tolerance": 0.01 }), json!([4010, 5000])),
            ("active_pool", json!("p.example:1"), json!("other.example:1")),
            ("active_pool_difficulty", json!(5), json!(6)),
            ("pools", json!(1), json!(2)),
            ("boards", json!(1), json!(2)),
            ("chips", json!(63), json!(126)),
            ("best_share", json!(9.0), json!(8.0)),
            ("faults_at_least", json!(0), json!(1)),
            (
                "coins",
                json!({ "DGB": { "workers": { "rig": { "/accepted": 1 } } } }),
                json!({ "DGB": { "workers": { "rig": { "/accepted": 2 } } } }),
            ),
            ("coins", json!({}), json!({ "BTC": {} })),
        ] {
            assert_eq!(compare(key, &right, &snapshot), Vec::<String>::new(), "{key}");
            assert_eq!(compare(key, &wrong, &snapshot).len(), 1, "{key} {wrong}");
        }
        assert_eq!(compare("fan", &json!(1), &snapshot).len(), 1);
    }
}
