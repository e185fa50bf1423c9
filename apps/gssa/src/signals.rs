//! What the system asks of the process.

use std::io;

use gssa_command::StopSignals;

/// Signals, caught from the moment on that this is made: one that comes while the agent starts is not lost.
#[derive(Debug)]
pub struct Signals {
    stop: StopSignals,
    hangup: Hangup,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To end: SIGINT, SIGTERM, Ctrl-C.
    Stop,
    /// To read the configuration again: SIGHUP.
    Reload,
}

impl Signals {
    /// Begins to catch signals. Needs a running runtime.
    pub fn catch() -> io::Result<Self> {
        Ok(Self { stop: StopSignals::catch()?, hangup: Hangup::catch()? })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            () = self.stop.next() => Asked::Stop,
            () = self.hangup.next() => Asked::Reload,
        }
    }

    /// Waits until the process is to end; `on_reload` is called whenever the configuration is to be read again.
    pub async fn stopped(&mut self, on_reload: impl AsyncFn()) {
        while self.next().await == Asked::Reload {
            on_reload().await;
        }
    }
}

/// SIGHUP, where there is such a thing.
#[derive(Debug)]
struct Hangup(#[cfg(unix)] tokio::signal::unix::Signal);

#[cfg(unix)]
impl Hangup {
    fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup()).map(Self)
    }

    async fn next(&mut self) {
        let _ = self.0.recv().await;
    }
}

#[cfg(not(unix))]
impl Hangup {
    fn catch() -> io::Result<Self> {
        Ok(Self())
    }

    async fn next(&mut self) {
        std::future::pending().await
    }
}
