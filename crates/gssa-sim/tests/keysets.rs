//! Each model sends exactly the keys of its release, as the firmware's source names them.

mod support;

use std::collections::BTreeMap;
use std::fs;

use gssa_sim::axeos::{Behaviour, DeviceSpec, Model, figures, info_body};
use gssa_sim::json::Style;
use serde_json::Value;
use support::reference;

/// Models that are not releases of the two code bases in the reference.
const FOREIGN: [Model; 6] = [
    Model::SupraHexTchV2_7_0, // a fork with keys of its own, held to its capture
    Model::NmAxeV2_9_21,
    Model::NmAxeV2_9_30,
    Model::NmAxeV3_0_21,
    Model::BitForgeV1_0,
    Model::BitForgeV1_5,
];

/// Keys that the reference has and a model rightly lacks although they are not called conditional.
const ABSENT: [(&str, &str); 0] = [];

/// A release as numbers, whatever is written around them.
fn release(version: &str) -> Option<Vec<u32>> {
    let version = version.strip_prefix('v')?;
    let core = version.split('-').next()?;
    core.split('.').map(|part| part.parse().ok()).collect()
}

/// Keys and their types; without a type where the reference has none.
type Keys = BTreeMap<String, Option<String>>;

/// Keys of the newest release that is not newer than `version`, and those that come and go.
fn keys_of(reference: &Value, version: &str) -> (Keys, Vec<String>) {
    let wanted = release(version).expect("a firmware version is numbers");
    let releases = reference["releases"].as_array().expect("releases are a list");
    let found = releases
        .iter()
        .filter_map(|entry| Some((release(entry["version"].as_str()?)?, entry)))
        .filter(|(release, _)| *release <= wanted)
        .max_by(|(first, _), (second, _)| first.cmp(second))
        .unwrap_or_else(|| panic!("no release up to {version}"));
    let keys = match &found.1["keys"] {
        Value::Object(typed) => {
            typed.iter().map(|(key, kind)| (key.clone(), kind.as_str().map(str::to_owned))).collect()
        }
        list => texts(list).map(|key| (key, None)).collect(),
    };
    (keys, texts(&reference["conditional_keys"]).collect())
}

fn texts(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

fn fits(value: &Value, kind: &str) -> bool {
    match kind {
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        _ => value.is_array() || value.is_object(),
    }
}

#[test]
fn each_model_has_the_keys_of_its_release() {
    let Some(path) = reference("protocols/axeos-keysets.json") else { return };
    let reference: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for model in Model::ALL.into_iter().filter(|model| !FOREIGN.contains(model)) {
        let family =
            if model.name().starts_with("nerd") { "shufps_ESP_Miner_NerdQAxePlus" } else { "bitaxeorg_ESP_Miner" };
        let (keys, conditional) = keys_of(&reference[family], model.firmware());
        let spec = DeviceSpec::new(model, 3);
        let body = info_body(&spec, Behaviour::Healthy, &figures(&spec, std::time::Duration::from_secs(5)));
        let body: Value = serde_json::from_slice(&body.to_bytes(Style::Compact)).unwrap();
        let members = body.as_object().unwrap();
        for (key, kind) in &keys {
            match (members.get(key), kind) {
                (Some(value), Some(kind)) if !fits(value, kind) => wrong.push(format!("{model}: {key} is no {kind}")),
                (None, _) if !conditional.contains(key) && !ABSENT.contains(&(model.name(), key)) => {
                    wrong.push(format!("{model}: {key} is missing"));
                }
                _ => {}
            }
        }
        wrong.extend(
            members
                .keys()
                .filter(|key| !keys.contains_key(*key))
                .map(|key| format!("{model}: {key} is not of that release")),
        );
        checked += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(checked + FOREIGN.len(), Model::ALL.len());
}

#[test]
fn no_model_repeats_a_key() {
    for model in Model::ALL {
        let spec = DeviceSpec::new(model, 3);
        let gssa_sim::json::Json::Object(members) =
            info_body(&spec, Behaviour::Healthy, &figures(&spec, std::time::Duration::ZERO))
        else {
            panic!("{model} sends no object");
        };
        let mut keys: Vec<_> = members.iter().map(|(key, _)| key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count, "{model}");
    }
}
