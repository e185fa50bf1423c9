//! Prints what a pool says as JSON: `cargo run -p gssa-gss --example read -- 192.168.1.10:4004 DGB`. An API key is taken from
//! `GSS_API_KEY`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line program")]

use std::error::Error;
use std::process::ExitCode;

use gssa_gss::Options;
use gssa_model::{Address, Collector as _};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(address) = arguments.next() else {
        eprintln!("usage: read ADDRESS [COIN-KEY…]");
        return ExitCode::from(2);
    };
    match read(&address, arguments.collect()).await {
        Ok(json) => println!("{json}"),
        Err(error) => {
            report(&*error);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn read(address: &str, coins: Vec<String>) -> Result<String, Box<dyn Error>> {
    let address: Address = address.parse()?;
    let options = Options { coins, api_key: std::env::var("GSS_API_KEY").ok(), ..Options::default() };
    let collector = gssa_gss::Collector::new("pool".parse()?, &address, options)?;
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
