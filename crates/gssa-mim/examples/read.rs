//! Prints what a MIM says as JSON: `cargo run -p gssa-mim --example read -- 192.168.1.10 [servers|containers|products=/path]…`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line program")]

use std::error::Error;
use std::process::ExitCode;

use gssa_mim::{Endpoint, Map, Options};
use gssa_model::{Address, Collector as _};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(address) = arguments.next() else {
        eprintln!("usage: read ADDRESS [servers|containers|products=/path]…");
        return ExitCode::from(2);
    };
    match read(&address, arguments.map(|argument| endpoint(&argument)).collect()).await {
        Ok(json) => println!("{json}"),
        Err(error) => {
            report(&*error);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// `containers=/path`, or a path whose answer is shown as it is.
fn endpoint(argument: &str) -> Endpoint {
    let (name, path) = argument.split_once('=').unwrap_or(("raw", argument));
    let map = [Map::Servers, Map::Containers, Map::Products].into_iter().find(|map| map.as_str() == name);
    Endpoint { name: name.to_owned(), path: path.to_owned(), every: 1, map }
}

async fn read(address: &str, endpoints: Vec<Endpoint>) -> Result<String, Box<dyn Error>> {
    let address: Address = address.parse()?;
    let options = Options { endpoints, ..Options::default() };
    let collector = gssa_mim::Collector::new("mim".parse()?, &address, options)?;
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
