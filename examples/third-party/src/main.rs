//! Prints the hashrate of miners: `cargo run -- 192.168.1.60 192.168.1.61`.
//!
//! A program of another project: it depends on `gssa-cgminer` alone.

use std::error::Error;

use gssa_cgminer::model::{Collector as _, Snapshot};
use gssa_cgminer::{Collector, Kind, Options};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for address in std::env::args().skip(1) {
        match read(&address).await {
            Ok(text) => println!("{address}: {text}"),
            Err(error) => println!("{address}: {error}"),
        }
    }
}

async fn read(address: &str) -> Result<String, Box<dyn Error>> {
    let collector = Collector::new("miner".parse()?, &address.parse()?, Kind::Auto, Options::default())?;
    let Snapshot::Miner(miner) = collector.collect().await? else {
        return Ok("no miner".to_owned());
    };
    let model = miner.identity.model.as_deref().unwrap_or("unknown model");
    Ok(match miner.hashing.current_hps {
        Some(rate) => format!("{model}, {:.2} TH/s", rate.get() / 1e12),
        None => format!("{model}, no hashrate told"),
    })
}
