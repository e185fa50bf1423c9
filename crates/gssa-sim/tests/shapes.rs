//! Every captured reply has a twin with the same keys and the same types.

#[path = "support/shape.rs"]
mod shape;
mod support;

use std::collections::BTreeSet;
use std::fs;

use gssa_sim::axeos::{Behaviour, Model};
use serde_json::Value;
use shape::differences;
use support::{INFO, get, one, reference};

const ASIC: &str = "/api/system/asic";
const STATISTICS: &str = "/api/system/statistics";

/// Which twin stands for which capture.
const TWINS: [(&str, Model, &str); 15] = [
    ("bitaxe-gamma-601-v2.11.0b6.json", Model::GammaV2_11_0, INFO),
    ("bitaxe-gamma-601-v2.12.2.json", Model::GammaV2_12_2, INFO),
    ("bitaxe-gamma-601-v2.7.0.json", Model::GammaV2_7_0, INFO),
    ("bitaxe-gamma-601-v2.9.0.json", Model::GammaV2_9_0, INFO),
    ("bitaxe-supra-401-v2.4.5.json", Model::SupraV2_4_5, INFO),
    ("bitaxe-supra-asic-v2.9.json", Model::SupraV2_9_0, ASIC),
    ("bitaxe-suprahex-702-tch-2.7.0.json", Model::SupraHexTchV2_7_0, INFO),
    ("bitaxe-suprahex-asic.json", Model::SupraHexTchV2_7_0, ASIC),
    ("bitaxe-suprahex-statistics-empty.json", Model::SupraHexTchV2_7_0, STATISTICS),
    ("bitaxe-ultra-0.11-v2.1.3.json", Model::UltraV2_1_3, INFO),
    ("bitaxe-ultra-204-v2.1.8.json", Model::UltraV2_1_8, INFO),
    ("bitforge-nano-forgeos-v1.0.json", Model::BitForgeV1_0, INFO),
    ("nerdqaxepp-asic-v1.1.0-beta1.json", Model::NerdQAxePlusPlusV1_1_0, ASIC),
    ("nerdqaxepp-v1.1.0-beta1.json", Model::NerdQAxePlusPlusV1_1_0, INFO),
    ("nmaxe-bm1366-v3.0.21.json", Model::NmAxeV3_0_21, INFO),
];

/// Differences that are meant: capture, place, reason.
const EXCEPTIONS: [(&str, &str, &str); 1] = [(
    "bitaxe-gamma-601-v2.9.0.json",
    "/minFanSpeed",
    "the publisher edited the body and added a key of a later release",
)];

#[tokio::test]
async fn every_capture_has_a_twin_of_the_same_shape() {
    let Some(folder) = reference("captures/axeos") else { return };
    let files: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".json"))
        .collect();
    let mapped: BTreeSet<String> = TWINS.iter().map(|(file, ..)| (*file).to_owned()).collect();
    assert_eq!(files, mapped, "a capture without a twin, or a twin without a capture");

    let mut wrong = Vec::new();
    for (file, model, path) in TWINS {
        let capture: Value = serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap();
        let fleet = one(model, Behaviour::Healthy);
        let reply = get(fleet.devices()[0].address(), path).await;
        assert_eq!(reply.status, 200, "{file}");
        for difference in differences(&capture, &reply.json()) {
            let place = difference.split(' ').nth(1).unwrap();
            if !EXCEPTIONS.iter().any(|(capture, at, _)| *capture == file && *at == place) {
                wrong.push(format!("{file}: {difference}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_comparison_sees_a_missing_key_another_type_and_a_deep_difference() {
    let capture = serde_json::json!({"a": 1, "b": [{"c": true}], "d": []});
    assert_eq!(
        differences(&capture, &serde_json::json!({"a": 2.5, "b": [{"c": false}, {"c": true}], "d": [1]})),
        [""; 0]
    );
    assert_eq!(differences(&capture, &serde_json::json!({"b": [{"c": 1}], "d": []})).len(), 3);
}
