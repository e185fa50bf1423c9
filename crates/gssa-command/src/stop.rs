//! What asks a program to end.

use std::io;

/// The signals to end, caught from the moment on that this is made: one that comes while the program starts is not lost.
///
/// On a Unix SIGINT and SIGTERM. On Windows Ctrl-C, Ctrl-Break, a console that is closed, and a machine that goes down; of the last two
/// the system allows a few seconds.
#[derive(Debug)]
pub struct StopSignals(system::Signals);

impl StopSignals {
    /// Begins to catch them. Needs a running runtime.
    ///
    /// # Errors
    /// The system has no room for a handler.
    pub fn catch() -> io::Result<Self> {
        system::Signals::catch().map(Self)
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        self.0.next().await;
    }
}

#[cfg(unix)]
mod system {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    #[derive(Debug)]
    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        pub(super) fn catch() -> io::Result<Self> {
            Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
        }

        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
            }
        }
    }
}

#[cfg(windows)]
mod system {
    use std::io;

    use tokio::signal::windows::{
        CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown,
    };

    #[derive(Debug)]
    pub(super) struct Signals {
        c: CtrlC,
        end: CtrlBreak,
        close: CtrlClose,
        shutdown: CtrlShutdown,
    }

    impl Signals {
        pub(super) fn catch() -> io::Result<Self> {
            Ok(Self { c: ctrl_c()?, end: ctrl_break()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
        }

        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.c.recv() => {}
                _ = self.end.recv() => {}
                _ = self.close.recv() => {}
                _ = self.shutdown.recv() => {}
            }
        }
    }
}
