//! Believable workers, for pools that nobody feeds.

use super::{CoinSpec, Worker};
use crate::chance::{between, share};

/// What works for a pool: what it calls itself, and its hashrate.
const DEVICES: [(&str, f64); 6] = [
    ("bitaxe/BM1370/v2.12.2", 1.2e12),
    ("NerdQAxe++/BM1370/v1.1.0", 4.8e12),
    ("bitaxe/BM1368/v2.9.0", 6.5e11),
    ("Antminer S21/Mon Mar 4 2024", 2e14),
    ("cgminer/4.11.1", 3.7e13),
    ("bitaxe/BM1370/v2.15.0", 1.1e12),
];

/// Coin keys with so many workers each, the same ones for the same seed. A key whose first part is a ticker is counted under it.
pub fn coins(keys: &[(String, usize)], seed: u64) -> Vec<CoinSpec> {
    let mut number = 0;
    let coin = |(key, count): &(String, usize)| {
        let symbol = key.split('-').next().unwrap_or(key).to_owned();
        let workers: Vec<Worker> = (0..*count)
            .map(|_| {
                number += 1;
                worker(&symbol, number, seed)
            })
            .collect();
        CoinSpec::new(key.clone(), workers).counted_as(symbol)
    };
    keys.iter().map(coin).collect()
}

fn worker(symbol: &str, number: u64, seed: u64) -> Worker {
    let (user_agent, hps) = DEVICES[(share(seed, number) * DEVICES.len() as f64) as usize];
    let hps = hps * between(seed, 1000 + number, 0.95, 1.05);
    let name = format!("{}1qexamplewallet.rig{number}", symbol.to_lowercase());
    Worker::new(name, hps).calling_itself(user_agent).at([192, 168, 1, (number % 250) as u8 + 2])
}
