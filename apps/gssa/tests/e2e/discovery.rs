//! Searching and importing on the command line.

use std::fs;

use gssa_sim::axeos::Behaviour;
use serde_json::{Value, json};

use crate::support::{Devices, run, said};

/// A search of these devices, with more arguments.
fn discover(devices: &Devices, more: &[&str]) -> (Option<i32>, String, String) {
    let ports: Vec<_> = devices.all().iter().map(|device| device.address().port().to_string()).collect();
    let ports = ports.join(",");
    said(&run(&[&["discover", "127.0.0.1", "--force", "--ports", &ports], more].concat()))
}

#[test]
fn discover_prints_what_answers() {
    let devices =
        Devices::behaving(&[Behaviour::Healthy, Behaviour::Refuse, Behaviour::Unauthorized, Behaviour::Garbage]);
    let (code, table, told) = discover(&devices, &[]);
    assert_eq!(code, Some(0), "{told}");
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("STATUS") && lines.len() == 4, "{table}");
    let first = &devices.all()[0];
    for part in ["new", "axeos", "Bitaxe", &first.address().to_string(), &first.spec().mac(), "bitaxe_0001", "H/s"] {
        assert!(lines[1].contains(part), "{part} is not in {table}");
    }
    assert!(lines[2].starts_with("needs password") && lines[3].starts_with("unknown"), "{table}");
    assert!(told.contains("1 addresses asked") && !told.contains('\x1b'), "no bar without a terminal: {told}");

    let (code, printed, _) = discover(&devices, &["--json"]);
    assert_eq!(code, Some(0));
    let report: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&report["state"], &report["found"]), (&json!("done"), &json!(3)));
    assert_eq!(report["results"][0]["identity"]["mac"], first.spec().mac());
}

#[test]
fn discover_ends_with_1_when_nothing_is_found_and_64_when_a_range_is_wrong() {
    let (code, printed, told) = discover(&Devices::behaving(&[Behaviour::Refuse]), &[]);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(told.contains("nothing answers"), "{told}");
    for (range, why) in [
        (&["127.0.0.1"][..], "only when that is forced"),
        (&["8.8.8.8"], "not on the private network"),
        (&["10.0.0.0/8"], "at most 65536"),
        (&["nowhere"], "is no range"),
        (&["10.0.0.1", "--ports", "0"], "--ports"),
        (&["10.0.0.1", "--concurrency", "1000"], "--concurrency"),
    ] {
        let (code, printed, told) = said(&run(&[&["discover"], range].concat()));
        assert_eq!((code, printed.as_str()), (Some(64), ""), "{range:?}");
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn discover_adds_what_is_new_and_only_that() {
    let devices = Devices::behaving(&[Behaviour::Healthy, Behaviour::Healthy, Behaviour::NotAMiner]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new/config.json");
    let config = ["--add", "--config", path.to_str().unwrap()];
    let (code, _, told) = discover(&devices, &config);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("2 sources added"), "{told}");
    let written: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let sources = written["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 2);
    let mut addresses: Vec<_> = sources.iter().map(|source| source["address"].as_str().unwrap().to_owned()).collect();
    addresses.sort_unstable();
    let mut expected: Vec<_> = devices.all()[..2].iter().map(|device| device.address().to_string()).collect();
    expected.sort_unstable();
    assert_eq!(addresses, expected);
    assert_eq!(said(&run(&["check-config", "--config", path.to_str().unwrap()])).0, Some(0));

    let (code, table, told) = discover(&devices, &config);
    assert_eq!(code, Some(0), "{told}");
    assert!(table.contains("known: ") && told.contains("nothing new to add"), "{table}{told}");

    fs::write(&path, "{ broken").unwrap();
    let (code, _, told) = discover(&devices, &config);
    assert_eq!((code, fs::read_to_string(&path).unwrap().as_str()), (Some(1), "{ broken"));
    assert!(told.contains("is not overwritten"), "{told}");
}

#[test]
fn import_prints_or_writes() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/gssm/config.json");
    let (code, printed, told) = said(&run(&["import", "gssm", fixture]));
    assert_eq!((code, told.as_str()), (Some(0), ""));
    let imported: Value = serde_json::from_str(&printed).unwrap();
    assert!(imported["sources"].as_array().unwrap().len() > 5 && imported["not_taken"].is_array());

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    let mine = json!({ "sources": [{ "name": "Mine", "kind": "axeos", "address": "http://192.168.20.12:8080" }] });
    fs::write(&path, mine.to_string()).unwrap();
    let write = || said(&run(&["import", "gssm", fixture, "--write", "--config", path.to_str().unwrap()]));
    let (code, printed, told) = write();
    assert_eq!(code, Some(0), "{told}");
    assert!(printed.contains("added to"), "{printed}");
    for part in ["already", "cryptoNodes[0]", "miners[7].address"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(!told.contains("hunter2") && !told.contains("composed-password"), "{told}");
    let written: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(written["limits"]["axeos"]["chip_celsius"], json!({ "warning": 60.0, "critical": 70.0 }));
    assert_eq!(written["kinds"]["axeos"]["interval_secs"], 45);
    assert_eq!(said(&run(&["check-config", "--config", path.to_str().unwrap()])).0, Some(0));
    assert!(write().1.contains("0 sources added"));

    let (code, printed, told) = said(&run(&["import", "gssm", "/nowhere.json"]));
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(told.contains("cannot be read"), "{told}");
    let (code, _, told) = said(&run(&["import", "gssm", path.to_str().unwrap()]));
    assert_eq!(code, Some(1));
    assert!(told.contains("no config.json of GSSM"), "{told}");
    assert_eq!(said(&run(&["import", "excel", fixture])).0, Some(64));
}
