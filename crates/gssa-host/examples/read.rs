//! Prints what this machine says as JSON, twice, since processors are busy between two readings:
//! `cargo run -p gssa-host --example read -- --root /host --docker /var/run/docker.sock`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line program")]

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gssa_host::{Collector, Options};
use gssa_model::Collector as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        match (flag.as_str(), arguments.next()) {
            ("--root", Some(folder)) => options.root = folder.into(),
            ("--docker", Some(socket)) => options.docker_socket = Some(socket.into()),
            _ => {
                eprintln!("usage: read [--root FOLDER] [--docker SOCKET]");
                return ExitCode::from(2);
            }
        }
    }
    match read(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn read(options: Options) -> Result<(), Box<dyn Error>> {
    let collector = Collector::new("here".parse()?, options)?;
    collector.collect().await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begun = Instant::now();
    let snapshot = collector.collect().await?;
    eprintln!("read in {:?}", begun.elapsed());
    println!("{}", serde_json::to_string_pretty(&snapshot)?);
    Ok(())
}
