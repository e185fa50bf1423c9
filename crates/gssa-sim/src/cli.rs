//! The command line, one file a family of peers.

pub(crate) mod axeos;
pub(crate) mod cgminer;
pub(crate) mod mim;
pub(crate) mod pool;
pub(crate) mod replay;
mod shared;

use std::io::{self, Write};
use std::process::ExitCode;

/// Tells why there is no fleet.
pub(crate) fn fail(error: &io::Error) -> ExitCode {
    // With standard error gone there is nobody to tell.
    drop(writeln!(io::stderr(), "gssa-sim: {error}"));
    ExitCode::FAILURE
}

/// Waits for somebody to end the program.
pub(crate) async fn until_told_to_stop() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
