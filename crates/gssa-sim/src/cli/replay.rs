//! `gssa-sim replay`.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use gssa_sim::replay::{Recording, Replay};

use super::until_told_to_stop;

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Serves what `gssa record` wrote, in place of the device, pool or server.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Where to listen; with port 0 the system chooses one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:14028")]
    listen: SocketAddr,
}

/// Serves until told to stop.
pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    let recording = read(arguments)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(recording, arguments.listen))
}

fn read(arguments: &Arguments) -> io::Result<Recording> {
    let shown = arguments.file.display();
    let bad = |error: &dyn std::fmt::Display| io::Error::new(io::ErrorKind::InvalidData, format!("{shown}: {error}"));
    let mut bytes = Vec::new();
    std::fs::File::open(&arguments.file)
        .and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes))
        .map_err(|error| bad(&error))?;
    Recording::read(&bytes).map_err(|error| bad(&error))
}

async fn serve(recording: Recording, listen: SocketAddr) -> io::Result<()> {
    let kind = recording.kind().to_owned();
    let replay = Replay::start(recording, listen).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "{kind} at {0}; read it with: gssa probe {0}", replay.address())?;
    out.flush()?;
    drop(out);
    until_told_to_stop().await?;
    for request in replay.unknown() {
        writeln!(io::stdout(), "was asked and is not in it: {request}")?;
    }
    replay.stop().await;
    Ok(())
}
