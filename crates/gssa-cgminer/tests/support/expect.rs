//! Compares a snapshot with what is expected of a replayed case.

use serde_json::Value;

/// What of one expectation is not as it should be.
pub(crate) fn compare(key: &str, wanted: &Value, snapshot: &Value) -> Vec<String> {
    let miss = |at: &str, wanted: &Value, got: Option<&Value>| format!("{at}: expected {wanted}, got {got:?}");
    let one = |at: &str, wanted: &Value, got: Option<&Value>| {
        if matches(at, wanted, got) { Vec::new() } else { vec![miss(at, wanted, got)] }
    };
    let count = |count: usize| Some(Value::from(count));
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
            sensors.flat_map(|(sensor, wanted)| one(sensor, wanted, sensor_max(snapshot, sensor).as_ref())).collect()
        }
        "chip_celsius_max" => one(key, wanted, hottest(snapshot, &["chip"]).as_ref()),
        "board_celsius_max" => one(key, wanted, hottest(snapshot, &["board"]).as_ref()),
        "hottest_celsius" => one(key, wanted, hottest(snapshot, &["chip", "board"]).as_ref()),
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
        "pools" => {
            let own = entries(snapshot, "pools").filter(|pool| pool["role"] != "fee");
            one(key, wanted, count(own.count()).as_ref())
        }
        "boards" => one(key, wanted, count(boards().count()).as_ref()),
        "chips" => {
            let chips: u64 = boards().filter_map(|board| board["chips"].as_u64()).sum();
            one(key, wanted, Some(&Value::from(chips)))
        }
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
        _ => vec![format!("{key}: no such expectation is known here")],
    }
}

fn entries<'a>(snapshot: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    snapshot[list].as_array().into_iter().flatten()
}

fn sensor_max(snapshot: &Value, sensor: &str) -> Option<Value> {
    let reads = entries(snapshot, "temperatures").filter(|entry| entry["sensor"] == sensor);
    reads.filter_map(|entry| entry["celsius"].as_f64()).reduce(f64::max).map(Value::from)
}

fn hottest(snapshot: &Value, sensors: &[&str]) -> Option<Value> {
    let of = |sensor: &&str| {
        let key = format!("{sensor}_celsius_max");
        let boards = entries(snapshot, "boards").filter_map(|board| board[&key].as_f64()).reduce(f64::max);
        let sensor = sensor_max(snapshot, sensor).and_then(|max| max.as_f64());
        [boards, sensor].into_iter().flatten().reduce(f64::max)
    };
    sensors.iter().filter_map(of).reduce(f64::max).map(Value::from)
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
