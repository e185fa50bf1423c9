//! Prints what a miner says as JSON: `cargo run -p gssa-cgminer --example read -- 192.168.1.60`.
//!
//! A second word takes it for `antminer`, `canaan` or `cgminer`; without one it is recognised. `GSSA_USER` and `GSSA_PASSWORD` are for
//! its web server.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line program")]

use std::error::Error;
use std::process::ExitCode;

use gssa_cgminer::{Collector, Credentials, Kind, Options};
use gssa_model::{Address, Collector as _, SourceKind};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(address) = words.next() else {
        eprintln!("usage: read ADDRESS [auto|antminer|canaan|cgminer]");
        return ExitCode::from(2);
    };
    match read(&address, words.next().as_deref().unwrap_or("auto")).await {
        Ok(json) => println!("{json}"),
        Err(error) => {
            report(&*error);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn read(address: &str, kind: &str) -> Result<String, Box<dyn Error>> {
    let address: Address = address.parse()?;
    let kind = Kind::try_from(kind.parse::<SourceKind>()?)?;
    let username = std::env::var("GSSA_USER").ok();
    let credentials = username.zip(std::env::var("GSSA_PASSWORD").ok());
    let credentials = credentials.map(|(username, password)| Credentials { username, password });
    let options = Options { credentials, ..Options::default() };
    let collector = Collector::new("miner".parse()?, &address, kind, options)?;
    let snapshot = collector.collect().await?;
    if let Some(family) = collector.found() {
        eprintln!("{family}");
    }
    Ok(serde_json::to_string_pretty(&snapshot)?)
}

/// An error and its causes, one a line.
fn report(error: &dyn Error) {
    eprintln!("{error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because {error}");
        cause = error.source();
    }
}
