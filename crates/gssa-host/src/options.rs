use std::path::PathBuf;
use std::time::Duration;

/// What is read, and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// For all that one observation takes.
    pub timeout: Duration,
    /// Where the file system of the machine begins: `/`, or where a container has the host's root or its folders `proc`, `sys`, `etc` and
    /// `run`. Linux only.
    pub root: PathBuf,
    /// The unix socket of a Docker engine, or of Podman; containers are read when there is one. Who may use it can do anything to the
    /// machine, whatever this crate asks of it.
    pub docker_socket: Option<PathBuf>,
}

impl Default for Options {
    /// 5 s, `/`, no engine.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), root: PathBuf::from("/"), docker_socket: None }
    }
}
