//! Prints what a device says as JSON: `cargo run -p gssa-axeos --example read -- 192.168.1.50`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line program")]

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use gssa_model::{Address, Collector as _};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(address) = std::env::args().nth(1) else {
        eprintln!("usage: read ADDRESS");
        return ExitCode::from(2);
    };
    match read(&address).await {
        Ok(json) => println!("{json}"),
        Err(error) => {
            report(&*error);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn read(address: &str) -> Result<String, Box<dyn Error>> {
    let address: Address = address.parse()?;
    let collector = gssa_axeos::Collector::new("device".parse()?, &address, Duration::from_secs(5))?;
    Ok(serde_json::to_string_pretty(&collector.collect().await?)?)
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
