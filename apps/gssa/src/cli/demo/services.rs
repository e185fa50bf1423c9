//! What the miners of a demo work for, and what keeps the servers under it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use gssa_sim::pool::{CoinSpec, Pool, PoolSpec, Program, Worker, Workers};
use gssa_sim::{Device, Fleet, FleetConfig, Model, Spec, Stratum, mim};
use serde_json::{Value, json};

/// A coin key of a pool, and where its miners connect to.
struct Coin {
    pool: &'static str,
    program: Program,
    key: &'static str,
    host: &'static str,
    port: u16,
    wallet: &'static str,
}

/// The coin keys of the demo. Two are at one pool, two have one coin.
const COINS: [Coin; 4] = [
    Coin {
        pool: "Home pool",
        program: Program::GoSlimStratum5_2_6,
        key: "BTC",
        host: "192.168.7.10",
        port: 3335,
        wallet: "bc1qdemohome0demohome0demohome0demo",
    },
    Coin {
        pool: "Home pool",
        program: Program::GoSlimStratum5_2_6,
        key: "DGB",
        host: "192.168.7.10",
        port: 3333,
        wallet: "dgb1qdemohome0demohome0demohome0dem",
    },
    Coin {
        pool: "Hall pool",
        program: Program::GoSlimStratum5_2_6,
        key: "DGB-BIGMINERS",
        host: "192.168.7.11",
        port: 3333,
        wallet: "dgb1qdemohall0demohall0demohall0dem",
    },
    Coin {
        pool: "Workshop engine",
        program: Program::GoStratumEngine1_0_5,
        key: "BCH",
        host: "192.168.7.12",
        port: 3334,
        wallet: "bitcoincash-demo",
    },
];

/// How the simulated manager answers.
const MANAGER: mim::Model = mim::Model::Enveloped;

/// This device is credited half of what it does, so that somebody can see how that looks.
const SHORT_NUMBER: u32 = 5;

/// The simulated pools and the manager. Dropping them ends them.
pub(super) struct Services {
    pools: Vec<(&'static str, Pool)>,
    managers: Fleet,
}

/// Gives each miner its pool.
pub(super) fn assigned(specs: Vec<Spec<Model>>) -> Vec<Spec<Model>> {
    let with_pool = |spec: Spec<Model>| {
        let coin = coin_of(&spec);
        let pool = Stratum { host: coin.host.to_owned(), port: coin.port, wallet: coin.wallet.to_owned() };
        spec.working_for(pool)
    };
    specs.into_iter().map(with_pool).collect()
}

/// Those in the hall work for the big one, the others are dealt out.
fn coin_of(spec: &Spec<Model>) -> &'static Coin {
    let at = match (spec.group.as_str(), spec.number % 4) {
        ("hall", _) => 2,
        (_, 1) => 1,
        (_, 3) => 3,
        _ => 0,
    };
    &COINS[at]
}

impl Services {
    /// Starts them; the workers of the pools are these devices.
    pub(super) fn start(devices: &Arc<[Device]>) -> io::Result<Self> {
        let mut pools: Vec<(&'static str, Pool)> = Vec::new();
        for first in &COINS {
            if pools.iter().any(|(name, _)| *name == first.pool) {
                continue;
            }
            let coins = COINS.iter().filter(|coin| coin.pool == first.pool);
            let coins = coins.map(|coin| CoinSpec::new(coin.key, workers_of(coin.key, devices))).collect();
            let spec = PoolSpec::new(first.program, coins);
            pools.push((first.pool, Pool::start(spec, SocketAddr::from(([127, 0, 0, 1], 0)))?));
        }
        let manager = mim::DeviceSpec::new(MANAGER, 1).called("Farm manager", "hall");
        Ok(Self { pools, managers: Fleet::start(FleetConfig::new(vec![manager]))? })
    }

    /// The sources that they are.
    pub(super) fn sources(&self) -> Vec<Value> {
        let pool = |(name, pool): &(&'static str, Pool)| {
            let coins: Vec<&Coin> = COINS.iter().filter(|coin| coin.pool == *name).collect();
            let keys: Vec<&str> = coins.iter().map(|coin| coin.key).collect();
            let ports: serde_json::Map<String, Value> =
                coins.iter().map(|coin| (coin.key.to_owned(), json!([coin.port]))).collect();
            json!({ "name": name, "kind": "gss", "address": format!("http://{}", pool.address()), "coins": keys,
                    "stratum_ports": ports })
        };
        let manager = |device: &Device| {
            let endpoint = |it: &mim::Endpoint| json!({ "name": it.name, "path": it.path, "map": it.map });
            let endpoints: Vec<Value> = MANAGER.endpoints().iter().map(endpoint).collect();
            json!({ "name": device.spec().name, "kind": "mim", "address": format!("http://{}", device.address()),
                    "endpoints": endpoints, "servers": MANAGER.servers() })
        };
        let mut sources: Vec<Value> = self.pools.iter().map(pool).collect();
        sources.extend(self.managers.devices().iter().map(manager));
        sources.push(json!({ "name": "This machine", "kind": "host", "address": "local" }));
        sources
    }
}

fn workers_of(key: &'static str, devices: &Arc<[Device]>) -> Workers {
    let devices = Arc::clone(devices);
    let credited = |device: &Device, worker: Worker| {
        let part = if device.spec().number == SHORT_NUMBER { 0.45 } else { 1.0 };
        Worker { hps: worker.hps * part, ..worker }
    };
    Workers::fed(move || {
        let of_key = devices.iter().filter(|device| coin_of(device.spec()).key == key);
        of_key.filter_map(|device| Some(credited(device, device.at_pool()?))).collect()
    })
}
