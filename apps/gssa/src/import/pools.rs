//! `goslimstratumPools[]`: one entry for each coin there, one source for each pool server here.

use gssa_model::{Address, SourceKind};
use serde_json::{Map, Value, json};

use super::{Imported, port, text};
use crate::collectors::usual_ports;
use crate::naming::Names;

const KEYS: &[&str] =
    &["id", "name", "host", "apiPort", "webuiPort", "coinType", "gssCoinKey", "disabled", "apiKey", "api_key"];

/// A pool server, and what of it is wanted.
struct Server {
    place: String,
    path: String,
    names: Vec<String>,
    /// `None`: an entry without a coin, so all of them.
    coins: Option<Vec<String>>,
    api_key: Option<String>,
    enabled: bool,
}

pub(super) fn read(pools: &Value, are_on: bool, imported: &mut Imported) {
    let Some(pools) = pools.as_array() else {
        if !pools.is_null() {
            imported.skip("goslimstratumPools", "must be a list");
        }
        return;
    };
    let mut servers: Vec<Server> = Vec::new();
    for (index, pool) in pools.iter().enumerate() {
        let path = format!("goslimstratumPools[{index}]");
        let Some(keys) = pool.as_object() else {
            imported.skip(path, "must be an object");
            continue;
        };
        if let Some(server) = one(keys, &path, imported) {
            imported.skip_unknown(keys, &path, KEYS);
            match servers.iter_mut().find(|known| known.place == server.place) {
                Some(known) => known.join(server, imported),
                None => servers.push(server),
            }
        }
    }
    if !are_on && !servers.is_empty() {
        imported.skip(
            "goslimstratumPoolsEnabled",
            "pools are switched off there; they are taken as sources that are switched off",
        );
    }
    let mut taken = Names::of(&imported.sources);
    for server in servers {
        imported.sources.push(server.source(are_on, &mut taken));
    }
}

fn one(keys: &Map<String, Value>, path: &str, imported: &mut Imported) -> Option<Server> {
    let of = |key: &str| keys.get(key).unwrap_or(&Value::Null);
    let Some(host) = text(of("host")) else {
        imported.skip(path, "has no host; pools of others are not observed");
        return None;
    };
    // GSSM writes no scheme; a person may have.
    let Ok(address) = host.parse::<Address>() else {
        imported.skip(format!("{path}.host"), "is neither a host name nor an IP address");
        return None;
    };
    let Ok(beside) = port(of("apiPort")) else {
        imported.skip(format!("{path}.apiPort"), "must be 1 to 65535");
        return None;
    };
    let port = beside.or(address.port()).filter(|port| !usual_ports(SourceKind::Gss).contains(port));
    let coin = text(of("gssCoinKey")).or_else(|| text(of("coinType")));
    let api_key = ["apiKey", "api_key"].into_iter().find_map(|key| Some((key, of(key).as_str()?)));
    let api_key = match api_key {
        Some((_, "")) | None => None,
        Some((key, secret)) if is_hidden(secret) => {
            imported.skip(format!("{path}.{key}"), "is encrypted or masked; enter it again");
            None
        }
        Some((_, secret)) => Some(secret.to_owned()),
    };
    let place = host_and_port(address.host(), port);
    Some(Server {
        names: vec![text(of("name")).unwrap_or_else(|| place.clone())],
        place,
        path: path.to_owned(),
        coins: coin.map(|coin| vec![coin]),
        api_key,
        enabled: of("disabled") != true,
    })
}

/// Whether GSSM has made a secret unreadable.
fn is_hidden(secret: &str) -> bool {
    secret.starts_with("ENC:") || secret.contains("****")
}

impl Server {
    /// Another coin of the same server. One that is switched off is left out as long as another is on.
    fn join(&mut self, other: Self, imported: &mut Imported) {
        const OFF: &str = "this coin is switched off there and is left out";
        match (self.enabled, other.enabled) {
            (true, false) => return imported.skip(other.path, OFF),
            (false, true) => {
                imported.skip(&self.path, OFF);
                let api_key = self.api_key.take();
                *self = Self { api_key: other.api_key.or(api_key), ..other };
                return;
            }
            _ => {}
        }
        self.names.extend(other.names);
        self.api_key = self.api_key.take().or(other.api_key);
        self.coins = match (self.coins.take(), other.coins) {
            (Some(mut coins), Some(more)) => {
                coins.extend(more.into_iter().filter(|coin| !coins.contains(coin)).collect::<Vec<_>>());
                Some(coins)
            }
            _ => None,
        };
    }

    fn source(self, are_on: bool, names: &mut Names) -> Value {
        let name = match self.names.as_slice() {
            [only] => only.clone(),
            _ => format!("GoSlimStratum {}", self.place),
        };
        let mut source = json!({ "name": names.take(&name), "kind": SourceKind::Gss, "address": self.place });
        if !(are_on && self.enabled) {
            source["enabled"] = false.into();
        }
        if let Some(coins) = self.coins {
            source["coins"] = coins.into();
        }
        if let Some(api_key) = self.api_key {
            source["api_key"] = api_key.into();
        }
        source
    }
}

/// As in the address of a source.
pub(super) fn host_and_port(host: &str, port: Option<u16>) -> String {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}
