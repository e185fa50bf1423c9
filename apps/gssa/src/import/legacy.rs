//! Configurations of the dashboard before GSSM, turned into the form of today.

use std::borrow::Cow;

use serde_json::{Value, json};

/// Lists of miners by their old name, with the type of today: `[ { "name": "http://host" }, … ]`.
const MINERS: [(&str, &str, &str); 4] = [
    ("axeos_instances", "axeos", ""),
    ("bitaxe_instances", "axeos", ""),
    ("cgminer_instances", "cgminer", ""),
    ("avalonq_instances", "canaan", "avalonq"),
];

/// The old list of pools.
const POOLS: &str = "goslimstratum_instances";

/// The configuration with the lists of today in place of the old ones.
pub(super) fn renewed(config: &Value) -> Cow<'_, Value> {
    let is_old = |key: &str| config.get(key).is_some();
    if config.get("miners").is_some() || !(MINERS.iter().any(|(key, ..)| is_old(key)) || is_old(POOLS)) {
        return Cow::Borrowed(config);
    }
    let mut renewed = config.clone();
    let Some(keys) = renewed.as_object_mut() else { return Cow::Borrowed(config) };
    let mut miners = Vec::new();
    for (key, device, model) in MINERS {
        let old = keys.shift_remove(key).unwrap_or_default();
        for (name, address) in old.as_array().into_iter().flatten().filter_map(Value::as_object).flatten() {
            miners.push(json!({ "name": name, "address": address, "deviceType": device, "model": model }));
        }
    }
    let old = keys.shift_remove(POOLS).unwrap_or_default();
    let pools = old.as_array().into_iter().flatten().map(|pool| {
        let coin = pool["coin_type"].as_str().map(str::to_uppercase);
        json!({ "name": pool["name"], "host": pool["host"], "apiPort": pool["api_port"], "coinType": coin })
    });
    let pools: Value = pools.collect();
    keys.insert("miners".into(), miners.into());
    keys.insert("goslimstratumPools".into(), pools);
    Cow::Owned(renewed)
}
