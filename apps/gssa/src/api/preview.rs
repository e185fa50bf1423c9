//! What leaves the network: readings after masking, and the preview of it.

use std::collections::BTreeMap;

use gssa_model::{Address, Reading};
use gssa_serve::response::json;
use gssa_serve::{Call, Error, Response};
use serde::Serialize;
use serde_json::{Value, json as object};

use super::Api;

/// Letters and digits in a row from which on a text is taken for a wallet address. The shortest are of 25 (Ripple, Bitcoin).
const WALLET_MIN_CHARS: usize = 20;
/// What stays of a wallet address at both ends.
const WALLET_SHOWN_CHARS: usize = 4;

/// A message as a link with default settings would send it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Preview {
    /// What to know about this preview.
    note: &'static str,
    /// The headers, without secrets.
    headers: BTreeMap<&'static str, String>,
    /// The message.
    message: Value,
}

pub(super) async fn get(call: Call<Api>) -> Result<Response, Error> {
    let store = &call.app.parts.store;
    let reading = match call.query.get("source_id") {
        Some(id) => Some(store.get(id).ok_or(Error::UnknownSource)?),
        None => store.all().into_iter().next(),
    };
    let readings: Vec<Value> = reading.iter().map(|versioned| mask_reading(&versioned.reading)).collect();
    let version = &call.app.parts.version;
    json(&Preview {
        note: "what a link with default settings would send; nothing was sent",
        headers: BTreeMap::from([
            ("user-agent", format!("{}/{}", version.name, version.version)),
            ("authorization", "Bearer ********".to_owned()),
        ]),
        message: object!({ "readings": readings }),
    })
}

/// A reading without what tells where or whose a device is: wallets shortened (`bc1q…4f2k.rig1`); addresses, host names, hardware
/// addresses, serial numbers and signal strength withheld.
pub fn mask_reading(reading: &Reading) -> Value {
    let mut value = serde_json::to_value(reading).unwrap_or_default();
    remove(&mut value, "/source", &["address"]);
    remove(&mut value, "/snapshot/identity", &["mac", "serial", "hostname"]);
    remove(&mut value, "/snapshot/network", &["ip", "rssi_dbm"]);
    for pool in items(&mut value, "/snapshot/pools") {
        edit(pool, "/user", mask_wallets);
    }
    // What an operator has asked for by path has no known shape, so nobody knows what is in it.
    remove(&mut value, "/snapshot", &["extra"]);
    for link in items(&mut value, "/links") {
        edit(link, "/worker", mask_wallets);
    }
    for coin in items(&mut value, "/snapshot/coins") {
        for worker in items(coin, "/workers") {
            edit(worker, "/name", mask_wallets);
            remove(worker, "", &["address"]);
        }
    }
    if let Ok(address) = reading.source.address.parse::<Address>() {
        edit(&mut value, "/failure/detail", |detail| detail.replace(address.host(), "…"));
    }
    value
}

fn remove(value: &mut Value, at: &str, names: &[&str]) {
    if let Some(Value::Object(map)) = value.pointer_mut(at) {
        for name in names {
            map.remove(*name);
        }
    }
}

fn items<'a>(value: &'a mut Value, at: &str) -> impl Iterator<Item = &'a mut Value> {
    value.pointer_mut(at).and_then(Value::as_array_mut).into_iter().flatten()
}

fn edit(value: &mut Value, at: &str, edit: impl Fn(&str) -> String) {
    if let Some(text) = value.pointer_mut(at)
        && let Some(old) = text.as_str()
    {
        *text = edit(old).into();
    }
}

/// The text with every wallet address in it shortened to its ends.
pub fn mask_wallets(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(run);
        if word.len() >= WALLET_MIN_CHARS {
            masked.push_str(&word[..WALLET_SHOWN_CHARS]);
            masked.push('…');
            masked.push_str(&word[word.len() - WALLET_SHOWN_CHARS..]);
        } else {
            masked.push_str(word);
        }
        let other = after.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(after.len());
        masked.push_str(&after[..other]);
        rest = &after[other..];
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wallets_are_shortened_and_names_are_not() {
        for (text, masked) in [
            ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzw4f2k.rig1", "bc1q…4f2k.rig1"),
            ("DGBwallet9aaaaaaaaaaaaaaaaaaaaaaaaz", "DGBw…aaaz"),
            ("0x52908400098527886E0F7030069857D2E4169EE7", "0x52…9EE7"),
            ("kaspa:qqkqkzjvr7zwxxmjxjkmxxdwju9kjs6e9u82uh59z07vgaks6gg62v8707g73/x", "kaspa:qqkq…7g73/x"),
            ("operator.garage-gamma", "operator.garage-gamma"),
            ("γ☃.rig", "γ☃.rig"),
            ("", ""),
        ] {
            assert_eq!(mask_wallets(text), masked);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_wallet_survives_in_any_text(text in "[a-zA-Z0-9.:_γ/-]{0,120}") {
            let masked = mask_wallets(&text);
            let longest = masked.split(|c: char| !c.is_ascii_alphanumeric()).map(str::len).max();
            assert!(longest < Some(WALLET_MIN_CHARS), "{masked}");
        }
    }

    #[test]
    fn nothing_that_tells_where_or_whose_a_device_is_remains() {
        let whole = object!({
            "schema": "gssa.reading/1", "health": "stale", "state": "stale",
            "source": { "id": "a", "name": "A", "kind": "axeos", "address": "http://192.168.1.50", "tags": [] },
            "failure": { "kind": "timeout", "reason": "timeout", "detail": "no answer of 192.168.1.50 in 5 s",
                "since": "2026-11-21T15:47:57.325Z", "in_a_row": 1 },
            "links": [ { "source_id": "gss", "worker": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzw4f2k.rig1", "by": "address" } ],
            "snapshot": { "kind": "miner",
                "identity": { "model": "Gamma", "hostname": "SECRET", "mac": "02:00:00:00:00:09", "serial": "SECRET" },
                "pools": [ { "index": 0, "user": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzw4f2k.rig1" } ],
                "network": { "ip": "192.168.1.50", "rssi_dbm": -52 } }
        });
        let masked = mask_reading(&serde_json::from_value(whole).unwrap());
        let text = masked.to_string();
        for secret in ["192.168", "SECRET", "02:00", "srrr7", "-52"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert_eq!(masked["snapshot"]["pools"][0]["user"], "bc1q…4f2k.rig1");
        assert_eq!(masked["snapshot"]["identity"]["model"], "Gamma");
        assert_eq!(masked["links"][0]["worker"], "bc1q…4f2k.rig1");
    }
}
