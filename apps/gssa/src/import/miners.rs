//! `miners[]`

use std::collections::HashMap;

use gssa_model::{Address, SourceKind};
use serde_json::{Map, Value, json};

use super::{Imported, port, text};
use crate::collectors::usual_ports;
use crate::naming::Names;

/// What is known of a miner there. Model and way of addressing are told by the device and by its kind.
const KEYS: &[&str] = &["id", "name", "address", "port", "addressType", "deviceType", "model", "disabled"];

pub(super) fn read(miners: &Value, by_model: &HashMap<String, Value>, imported: &mut Imported) {
    let Some(miners) = miners.as_array() else {
        if !miners.is_null() {
            imported.skip("miners", "must be a list");
        }
        return;
    };
    let mut names = Names::default();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (index, miner) in miners.iter().enumerate() {
        let path = format!("miners[{index}]");
        let Some(keys) = miner.as_object() else {
            imported.skip(path, "must be an object");
            continue;
        };
        let Some((source, address)) = one(keys, &path, &mut names, by_model, imported) else { continue };
        if let Some(first) = places.get(&address) {
            imported.skip(path, format!("has the same address as miners[{first}]"));
        } else {
            places.insert(address, index);
            imported.sources.push(source);
        }
        imported.skip_unknown(keys, &format!("miners[{index}]"), KEYS);
    }
}

/// A source and where it is.
fn one(
    keys: &Map<String, Value>,
    path: &str,
    names: &mut Names,
    by_model: &HashMap<String, Value>,
    imported: &mut Imported,
) -> Option<(Value, String)> {
    let of = |key: &str| keys.get(key).unwrap_or(&Value::Null);
    let (kind, is_known) = kind(of("deviceType"), of("model"));
    let address = match address(of("address"), of("port"), kind) {
        Ok(address) => address,
        Err((key, why)) => {
            imported.skip(format!("{path}.{key}"), why);
            return None;
        }
    };
    let name = names.take(&text(of("name")).unwrap_or_else(|| address.clone()));
    let mut source = json!({ "name": name, "kind": kind, "address": address });
    if !is_known {
        let why = "this version knows no such device; taken as a source of kind `auto` that is switched off";
        imported.skip(format!("{path}.deviceType"), why);
    }
    if of("disabled") == true || !is_known {
        source["enabled"] = false.into();
    }
    if let Some(limits) = of("model").as_str().and_then(|model| by_model.get(&model.to_lowercase())) {
        source["limits"] = limits.clone();
    }
    Some((source, address))
}

/// The kind, and whether the device is one that GSSM and the agent both know.
fn kind(device: &Value, model: &Value) -> (SourceKind, bool) {
    let word = |value: &Value| value.as_str().unwrap_or_default().trim().to_lowercase();
    // GSSM keeps these behind types whose spelling is not published; none of them is of a kind that we have.
    let foreign = ["nerdminer", "elphapex", "whatsminer"];
    if [word(device), word(model)].iter().any(|word| foreign.iter().any(|name| word.contains(name))) {
        return (SourceKind::Auto, false);
    }
    match word(device).as_str() {
        "axeos" => (SourceKind::Axeos, true),
        "canaan" => (SourceKind::Canaan, true),
        // There that is an Antminer too: what it is, is found out by asking.
        "cgminer" => (SourceKind::Auto, true),
        _ => (SourceKind::Auto, false),
    }
}

/// The address as ours: without scheme and path, and without the port that is the usual one of the kind. A port beside the address
/// counts more than one in it.
fn address(written: &Value, beside: &Value, kind: SourceKind) -> Result<String, (&'static str, String)> {
    let Some(written) = text(written) else { return Err(("address", "is missing".into())) };
    let address: Address = written.parse().map_err(|error: gssa_model::BadAddress| {
        // The text of some of these errors shows the address, which may hold a password.
        let why = match error {
            gssa_model::BadAddress::Credentials => "holds a user or password, which do not belong there",
            _ => "is neither a host name nor an IP address",
        };
        ("address", why.to_owned())
    })?;
    let port = port(beside).map_err(|()| ("port", "must be 1 to 65535".to_owned()))?.or(address.port());
    let port = port.filter(|port| !usual_ports(kind).contains(port));
    Ok(super::pools::host_and_port(address.host(), port))
}
