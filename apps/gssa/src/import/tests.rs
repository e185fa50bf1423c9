//! The fixture as a whole, and the edges in tables.

use serde_json::{Value, json};

use super::*;

fn import(config: &Value) -> Imported {
    gssm(config, &[SourceKind::Auto, SourceKind::Axeos]).unwrap()
}

/// The sources of these miners, and the paths that were not taken.
fn of_miners(miners: &Value) -> (Vec<Value>, Vec<String>) {
    let imported = import(&json!({ "miners": miners }));
    (imported.sources, imported.not_taken.into_iter().map(|it| it.path).collect())
}

#[test]
fn a_whole_configuration_is_taken_over() {
    let fixture = include_str!("../../../../fixtures/gssm/config.json");
    let imported = import(&serde_json::from_str(fixture).unwrap());
    insta::assert_json_snapshot!("gssm", imported);
    let text = serde_json::to_string(&imported).unwrap();
    for secret in ["hunter2", "composed-password", "ENC:", "user:"] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(text.contains("composed-key"), "what has a place here is taken along");
}

#[test]
fn addresses_lose_what_the_kind_implies() {
    for (kind, address, port, expected) in [
        ("axeos", "http://192.168.1.5", json!(80), "192.168.1.5"),
        ("axeos", "192.168.1.5", json!(null), "192.168.1.5"),
        ("axeos", "http://192.168.1.5:81/x/", json!(null), "192.168.1.5:81"),
        ("axeos", "http://192.168.1.5:81", json!(82), "192.168.1.5:82"),
        ("axeos", "http://Bitaxe.local", json!("8080"), "bitaxe.local:8080"),
        ("cgminer", "192.168.1.5", json!("4028"), "192.168.1.5"),
        ("canaan", "http://192.168.1.5", json!(80), "192.168.1.5:80"),
        ("axeos", "http://[fd00::5]", json!(81), "[fd00::5]:81"),
    ] {
        let (sources, _) = of_miners(&json!([{ "deviceType": kind, "address": address, "port": port }]));
        assert_eq!(sources[0]["address"], expected, "{address} {port}");
    }
    for (address, port, path) in [
        (json!("a b"), json!(80), "miners[0].address"),
        (json!(5), json!(80), "miners[0].address"),
        (json!("root:secret@h"), json!(80), "miners[0].address"),
        (json!("h"), json!(0), "miners[0].port"),
        (json!("h"), json!("many"), "miners[0].port"),
    ] {
        let (sources, not_taken) = of_miners(&json!([{ "deviceType": "axeos", "address": address, "port": port }]));
        assert_eq!((sources.len(), not_taken), (0, vec![path.to_owned()]), "{address} {port}");
    }
}

#[test]
fn a_device_becomes_the_kind_that_reads_it() {
    for (device, model, kind, is_on) in [
        ("axeos", "bitaxe", "axeos", true),
        (" AxeOS ", "", "axeos", true),
        ("canaan", "nano3s", "canaan", true),
        ("cgminer", "", "auto", true),
        ("nerdminer", "", "auto", false),
        ("http", "NerdMiner v2", "auto", false),
        ("ElphaPex DG1", "", "auto", false),
        ("", "", "auto", false),
    ] {
        let (sources, _) = of_miners(&json!([{ "deviceType": device, "model": model, "address": "h" }]));
        assert_eq!(sources[0]["kind"], kind, "{device}");
        assert_eq!(sources[0]["enabled"] != false, is_on, "{device}");
    }
}

#[test]
fn what_is_no_configuration_of_gssm_is_refused() {
    for wrong in [json!(null), json!([]), json!("miners"), json!({}), json!({ "sources": [] })] {
        assert_eq!(gssm(&wrong, &[]), Err(NotGssm), "{wrong}");
    }
    for odd in [
        json!({ "miners": null }),
        json!({ "miners": 5, "goslimstratumPools": "x", "cryptoNodes": {}, "thresholds": [], "refresh_intervals": 7 }),
        json!({ "miners": [1, null, {}, []], "goslimstratumPools": [1, {}, { "host": 7 }] }),
        json!({ "thresholds": { "miners": { "axeos": { "temperature": { "warning": "hot" }, "performance": 5 }, "canaan": 1 } } }),
    ] {
        assert_eq!(import(&odd).sources, Vec::<Value>::new(), "{odd}");
    }
}

#[test]
fn pools_that_are_switched_off_stay_off() {
    let pool =
        |disabled: bool| json!({ "host": "10.0.0.1", "apiPort": "4004", "coinType": "DGB", "disabled": disabled });
    for (is_on, disabled, enabled) in [(true, false, true), (true, true, false), (false, false, false)] {
        let imported = import(&json!({ "goslimstratumPoolsEnabled": is_on, "goslimstratumPools": [pool(disabled)] }));
        assert_eq!(imported.sources[0]["enabled"] != false, enabled);
    }
}

#[test]
fn the_dashboard_before_gssm_is_read_too() {
    let imported = import(&json!({
        "axeos_instances": [{ "Gamma": "http://192.168.1.5" }, { "Nerd": "http://192.168.1.6" }],
        "cgminer_instances": [{ "S9": "192.168.1.7:4028" }],
        "avalonq_instances": [{ "Q": "192.168.1.8:4028" }],
        "goslimstratum_instances": [{ "name": "DGB", "host": "192.168.1.2", "api_port": 4004, "coin_type": "dgb" }],
    }));
    let brief = imported.sources.iter().map(|source| json!([source["kind"], source["address"]])).collect::<Value>();
    let expected = json!([
        ["axeos", "192.168.1.5"],
        ["axeos", "192.168.1.6"],
        ["auto", "192.168.1.7"],
        ["canaan", "192.168.1.8"],
        ["gss", "192.168.1.2"],
    ]);
    assert_eq!(brief, expected);
    assert_eq!(imported.sources[4]["coins"], json!(["DGB"]));
}

#[test]
fn what_is_there_already_stays_as_it_is() {
    let imported = import(&json!({
        "miners": [
            { "name": "Gamma", "address": "http://192.168.1.5", "deviceType": "axeos" },
            { "name": "Gamma", "address": "http://192.168.1.6", "deviceType": "axeos" },
            { "name": "S9", "address": "192.168.1.7", "deviceType": "cgminer" },
        ],
        "thresholds": { "miners": { "axeos": { "temperature": { "warning": 60, "critical": 70 } } } },
        "refresh_intervals": { "miners": 45 },
    }));
    let mine = json!({ "name": "gamma", "kind": "axeos", "address": "http://192.168.1.5:80/" });
    let mut config = json!({ "sources": [mine], "limits": { "axeos": {} } });
    let (added, left) = merge(&mut config, &imported, &[SourceKind::Axeos]);
    assert_eq!(added, 1);
    let expected = json!([mine, { "name": "Gamma 2", "kind": "axeos", "address": "192.168.1.6" }]);
    assert_eq!(config["sources"], expected);
    assert_eq!(
        (&config["limits"], &config["kinds"]["axeos"]),
        (&json!({ "axeos": {} }), &json!({ "interval_secs": 45 }))
    );
    let left: Vec<_> = left.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(left, ["Gamma", "limits.axeos"]);
}
