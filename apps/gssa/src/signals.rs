//! What the system asks of the process.

use std::io;

/// Signals, caught from the moment on that this is made: one that comes while the agent starts is not lost.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
    #[cfg(not(unix))]
    interrupt: std::pin::Pin<Box<dyn Future<Output = io::Result<()>> + Send>>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To end: SIGINT, SIGTERM, Ctrl-C.
    Stop,
    /// To read the configuration again: SIGHUP.
    Reload,
}

#[cfg(unix)]
impl Signals {
    /// Begins to catch signals. Needs a running runtime.
    pub fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.hangup.recv() => Asked::Reload,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Begins to catch Ctrl-C. Needs a running runtime.
    pub fn catch() -> io::Result<Self> {
        Ok(Self { interrupt: Box::pin(tokio::signal::ctrl_c()) })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Asked {
        if (&mut self.interrupt).await.is_err() {
            std::future::pending::<()>().await;
        }
        self.interrupt = Box::pin(tokio::signal::ctrl_c());
        Asked::Stop
    }
}

impl Signals {
    /// Waits until the process is to end; `on_reload` is called whenever the configuration is to be read again.
    pub async fn stopped(&mut self, on_reload: impl AsyncFn()) {
        while self.next().await == Asked::Reload {
            on_reload().await;
        }
    }
}
