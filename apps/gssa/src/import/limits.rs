//! `thresholds.miners.<type>.<metric>`

use std::collections::HashMap;

use gssa_model::SourceKind;
use serde_json::{Map, Value, json};

use super::{Imported, UNKNOWN_KEY, shown};

/// Limits by kind into `imported`; gives those of single models, which are limits of sources here.
pub(super) fn read(thresholds: &Value, imported: &mut Imported) -> HashMap<String, Value> {
    let mut by_model = HashMap::new();
    let Some(parts) = thresholds.as_object() else { return by_model };
    for (part, types) in parts {
        let Some(types) = types.as_object().filter(|_| part == "miners") else {
            imported.skip(format!("thresholds.{}", shown(part)), UNKNOWN_KEY);
            continue;
        };
        for (name, metrics) in types {
            let path = format!("thresholds.miners.{}", shown(name));
            let kinds: &[SourceKind] = match name.as_str() {
                "axeos" => &[SourceKind::Axeos],
                "canaan" => &[SourceKind::Canaan],
                // There an Antminer is a cgminer.
                "cgminer" => &[SourceKind::Antminer, SourceKind::Cgminer],
                "avalonq" | "nano3s" => &[],
                _ => {
                    imported.skip(path, UNKNOWN_KEY);
                    continue;
                }
            };
            let Some(metrics) = metrics.as_object() else {
                imported.skip(path, "must be an object");
                continue;
            };
            let limits = limits(metrics, &path, imported);
            if kinds.is_empty() {
                by_model.insert(name.clone(), limits);
            } else if limits.as_object().is_some_and(|limits| !limits.is_empty()) {
                imported.limits.extend(kinds.iter().map(|kind| (*kind, limits.clone())));
            }
        }
    }
    by_model
}

fn limits(metrics: &Map<String, Value>, path: &str, imported: &mut Imported) -> Value {
    let mut limits = json!({});
    for (metric, pair) in metrics {
        let path = format!("{path}.{}", shown(metric));
        let (key, max, more_is_bad) = match metric.as_str() {
            "temperature" => ("chip_celsius", 200.0, true),
            "performance" => ("expected_percent", 100.0, false),
            "rejectRate" => ("reject_percent", 100.0, true),
            "chipError" | "fanSpeed" | "hwErrorRate" => {
                imported.skip(path, "the agent has no such limit");
                continue;
            }
            _ => {
                imported.skip(path, UNKNOWN_KEY);
                continue;
            }
        };
        match ordered(pair, max, more_is_bad) {
            Ok((warning, critical, swapped)) => {
                limits[key] = json!({ "warning": warning, "critical": critical });
                if swapped {
                    imported.skip(path, "taken with `warning` and `critical` swapped: they were in the wrong order");
                }
            }
            Err(why) => imported.skip(path, why),
        }
    }
    limits
}

/// `warning` and `critical` in the order in which trouble grows, and whether they had to be swapped: the example of GSSM itself has
/// one such pair.
fn ordered(pair: &Value, max: f64, more_is_bad: bool) -> Result<(f64, f64, bool), String> {
    let part = |key: &str| match pair[key].as_f64() {
        Some(value) if (0.0..=max).contains(&value) => Ok(value),
        Some(_) => Err(format!("`{key}` must be 0 to {max}")),
        None => Err(format!("`{key}` must be a number")),
    };
    let (warning, critical) = (part("warning")?, part("critical")?);
    let swapped = if more_is_bad { warning > critical } else { warning < critical };
    Ok(if swapped { (critical, warning, true) } else { (warning, critical, false) })
}
