//! Secrets in every text of everything that leaves, and what an operator may decide.

use gssa_model::Timestamp;
use gssa_view::hook::HookEvent;
use serde_json::json;

use super::*;
use crate::config::{Configuration, Options};

const ADDRESS: &str = "192.168.77.7";
const ADDRESS_V6: &str = "2001:db8:77::7";
const MAC: &str = "02:00:00:00:77:09";
const WALLET: &str = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzw4f2k";
const SERIAL: &str = "SN7777SECRET";
const HOST: &str = "secret-host";
/// The host of another source.
const NEIGHBOUR: &str = "neighbour-nas";

/// What must be in nothing that leaves.
const SECRETS: [&str; 10] = [
    ADDRESS,
    ADDRESS_V6,
    MAC,
    "02-00-00-00-77-09",
    "020000007709",
    "srrr7xfkvy5l643lydnw9re59",
    SERIAL,
    HOST,
    NEIGHBOUR,
    "attic.local",
];

fn planted() -> String {
    format!(
        "at {ADDRESS}:4028 [{ADDRESS_V6}] {MAC} 02-00-00-00-77-09 020000007709 {WALLET}.rig {SERIAL} ({HOST}) http://{NEIGHBOUR}/ attic.local."
    )
}

fn config(json: serde_json::Value) -> Config {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    std::fs::write(&path, json.to_string()).unwrap();
    let supported = &SourceKind::ALL;
    let options = Options { path, env: Vec::new(), overrides: json!({}), supported };
    let loaded = Configuration::load(options).current();
    assert!(!loaded.has_errors(), "{:?}", loaded.problems);
    loaded.config.clone()
}

fn neighbours() -> Config {
    config(json!({ "sources": [{ "id": "nas", "kind": "gss", "address": format!("http://{NEIGHBOUR}:4004") }] }))
}

/// Something that `schema` describes, with every field in it, and `text` in every free text.
fn fill(root: &Value, schema: &Value, text: &str, choice: usize) -> Value {
    if let Some(definition) = schema["$ref"].as_str().and_then(|at| root.pointer(&at[1..])) {
        let mut made = fill(root, definition, text, choice);
        // What stands beside the reference belongs to it too.
        if let (Value::Object(made), Value::Object(beside)) = (&mut made, object(root, schema, text, choice)) {
            made.extend(beside);
        }
        return made;
    }
    if let Some(one) = schema.get("const").or_else(|| schema["enum"].get(0)) {
        return one.clone();
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(choices) = schema[key].as_array() {
            let all: Vec<&Value> = choices.iter().filter(|it| it["type"] != "null").collect();
            let chosen = all[choice.min(all.len() - 1)];
            return fill(root, chosen, text, 0);
        }
    }
    let is =
        |name: &str| schema["type"] == name || schema["type"].as_array().is_some_and(|all| all.contains(&name.into()));
    if is("object") || schema["properties"].is_object() {
        return object(root, schema, text, choice);
    }
    if is("array") {
        let length = schema["minItems"].as_u64().unwrap_or(1);
        return (0..length).map(|_| fill(root, &schema["items"], text, choice)).collect();
    }
    match schema["format"].as_str() {
        Some("date-time") => return "2026-11-21T15:47:57.325Z".into(),
        Some("ip") => return ADDRESS.into(),
        _ => {}
    }
    if is("string") {
        return match schema["pattern"].as_str() {
            Some(pattern) if pattern.contains("0-9A-F") => MAC.into(),
            Some(_) => "an-id".into(),
            None => text.into(),
        };
    }
    if is("boolean") {
        true.into()
    } else if is("integer") {
        7.into()
    } else if is("number") {
        json!(7.5)
    } else {
        text.into()
    }
}

fn object(root: &Value, schema: &Value, text: &str, choice: usize) -> Value {
    let mut made = Map::new();
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        made.insert(key.clone(), fill(root, inner, text, choice));
    }
    if schema["additionalProperties"].is_object() || schema["additionalProperties"] == true {
        made.insert("1m".into(), fill(root, &schema["additionalProperties"], text, choice));
    }
    Value::Object(made)
}

/// A reading of each kind of snapshot with every field in it.
fn readings() -> Vec<Reading> {
    let schema = schemars::schema_for!(Reading).to_value();
    let text = planted();
    let make = |choice| {
        let mut reading = fill(&schema, &schema, &text, 0);
        reading["snapshot"] = fill(&schema, &schema["$defs"]["Snapshot"], &text, choice);
        if let Some(identity) = reading.pointer_mut("/snapshot/identity") {
            identity["hostname"] = HOST.into();
            identity["serial"] = SERIAL.into();
        }
        serde_json::from_value(reading.clone()).unwrap_or_else(|error| panic!("{error}: {reading:#}"))
    };
    (0..3).map(make).collect()
}

#[test]
fn no_secret_in_any_text_of_any_snapshot_leaves() {
    let privacy = Privacy::with_defaults(&neighbours());
    let kinds: Vec<String> = readings()
        .iter()
        .map(|reading| {
            let finding = fill_finding();
            let report = privacy.report(reading, &[finding]);
            let text = report.to_string();
            // What tells a device apart is known of miners only: in others it may be anybody's word.
            let is_miner = reading.snapshot.as_deref().and_then(Snapshot::as_miner).is_some();
            for secret in SECRETS.iter().filter(|secret| is_miner || ![SERIAL, HOST, "020000007709"].contains(*secret))
            {
                assert!(!text.contains(secret), "{secret} in {report:#}");
            }
            assert!(report.pointer("/reading/snapshot/network/rssi_dbm").is_none());
            let back: Reading = serde_json::from_value(report["reading"].clone()).expect("a receiver can read it");
            assert_eq!(back.source.id, reading.source.id);
            report["reading"]["snapshot"]["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(kinds, ["miner", "pool", "infrastructure"]);
}

fn fill_finding() -> Finding {
    let schema = schemars::schema_for!(Finding).to_value();
    serde_json::from_value(fill(&schema, &schema, &planted(), 0)).unwrap()
}

fn entry(kind: EntryKind) -> Entry {
    let event = HookEvent {
        name: "pool".into(),
        product: None,
        event: "startup".into(),
        severity: gssa_model::Severity::Info,
        title: planted(),
        detail: Some(planted()),
        entity: Some(planted()),
        at: Timestamp::from_unix_ms(0),
        more: None,
    };
    let at = Timestamp::from_unix_ms(0);
    Entry { seq: 1, at, kind, source_id: None, text: planted(), hook: Some(Box::new(event)) }
}

#[test]
fn no_secret_in_the_journal_leaves_and_nobody_is_told_who_logs_in() {
    let privacy = Privacy::with_defaults(&neighbours());
    assert_eq!(privacy.event(&entry(EntryKind::Access)), None);
    for kind in [EntryKind::State, EntryKind::Config, EntryKind::Agent, EntryKind::Hook, EntryKind::Uplink] {
        let text = privacy.event(&entry(kind)).unwrap().to_string();
        for secret in SECRETS.iter().filter(|secret| ![SERIAL, HOST, "020000007709"].contains(*secret)) {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

fn uplink(settings: serde_json::Value) -> Privacy {
    let mut uplink = json!({ "id": "cloud", "endpoint": "wss://cloud.example/agent" });
    uplink.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let config = config(json!({ "uplinks": [uplink] }));
    Privacy::new(&config.uplinks[0], &config)
}

#[test]
fn an_operator_decides_about_each_part() {
    let reading = &readings()[0];
    let fields = json!({ "fields": {
        "snapshot.identity.mac": "send", "snapshot.identity.hostname": "hash", "snapshot.network.rssi_dbm": "send",
        "source.name": "mask", "source.group": "withhold", "snapshot.pools.user": "send", "snapshot.boards": "withhold",
        "findings.detail": "hash" } });
    let privacy = uplink(fields);
    let report = privacy.report(reading, &[fill_finding()]);
    let at = |path: &str| report.pointer(path).cloned();
    assert_eq!(at("/reading/snapshot/identity/mac"), Some(MAC.into()));
    assert_eq!(at("/reading/snapshot/network/rssi_dbm"), Some(7.into()));
    assert_eq!(at("/reading/snapshot/pools/0/user"), Some(planted().into()));
    assert_eq!(
        [at("/reading/source/group"), at("/reading/snapshot/boards"), at("/reading/source/address")],
        [None, None, None]
    );
    let hash = at("/reading/snapshot/identity/hostname").unwrap();
    let hash = hash.as_str().unwrap();
    assert!(hash.starts_with("h:") && hash.len() == 2 + HASH_CHARS, "{hash}");
    assert_eq!(privacy.hash(HOST), hash, "the same text gives the same digest");
    assert_ne!(privacy.hash("another"), hash);
    assert!(at("/findings/0/detail").unwrap().as_str().unwrap().starts_with("h:"));
}

#[test]
fn what_is_masked_keeps_its_ends() {
    let privacy = uplink(json!({}));
    let known = Known { wallets: true, ..Known::default() };
    for (text, masked) in [
        ("Garage Gamma", "Ga…ma"),
        ("attic", "…"),
        ("", ""),
        ("γαράζ-miner", "γα…er"),
        ("10.0.0.1 and more", "… and more"),
    ] {
        assert_eq!(privacy.mask(text, &known), masked);
    }
}

#[test]
fn kinds_and_groups_that_are_not_wanted_stay_at_home() {
    let source = |kind, group: Option<&str>| Source {
        group: group.map(Into::into),
        ..Source::new("a".parse().unwrap(), kind, "")
    };
    let (miner, pool) = (source(SourceKind::Axeos, Some("garage")), source(SourceKind::Gss, None));
    for (settings, sends) in [
        (json!({}), [true, true]),
        (json!({ "kinds": ["axeos"] }), [true, false]),
        (json!({ "groups": ["garage"] }), [true, false]),
        (json!({ "groups": ["attic"] }), [false, false]),
        (json!({ "kinds": ["gss"], "groups": ["garage"] }), [false, false]),
    ] {
        let privacy = uplink(settings.clone());
        assert_eq!([privacy.sends(&miner), privacy.sends(&pool)], sends, "{settings}");
    }
}

#[test]
fn a_name_that_is_a_kind_of_device_is_no_secret() {
    let mut reading = readings().remove(0);
    let mut snapshot = reading.snapshot.as_deref().and_then(Snapshot::as_miner).unwrap().clone();
    snapshot.identity.hostname = Some("bitaxe".into());
    snapshot.identity.make = Some("Bitaxe".into());
    reading.snapshot = Some(Arc::new(snapshot.into()));
    let report = uplink(json!({})).report(&reading, &[]);
    assert_eq!(report["reading"]["snapshot"]["identity"]["make"], "Bitaxe");
    assert!(report["reading"]["snapshot"]["identity"].get("hostname").is_none());
}

#[test]
fn wallets_leave_whole_only_where_an_operator_wants_it() {
    let reading = &readings()[0];
    let whole = uplink(json!({ "mask_wallets": false })).report(reading, &[]).to_string();
    assert!(whole.contains(WALLET) && !whole.contains(ADDRESS));
    assert!(!uplink(json!({})).report(reading, &[]).to_string().contains(WALLET));
}
