//! Each connection is a file descriptor, and most systems give a program 1,024 of them unless it asks for the more that it may have.

/// Descriptors that are no connections: the log, its socket, the runtime, log files.
#[cfg(unix)]
const OTHERS: u64 = 64;

/// Asks for as many as the system allows, and tells where those are fewer than `connections` need.
#[cfg(unix)]
pub fn raise(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, maximum: limit.maximum };
    // macOS has an upper end of its own below the one it tells; what was there before is there then.
    let may = if setrlimit(Resource::Nofile, most).is_ok() { limit.maximum } else { limit.current };
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS);
    if let Some(descriptors) = may.filter(|may| *may < wanted) {
        tracing::warn!(
            descriptors,
            wanted,
            "the system allows fewer file descriptors than there may be connections: raise it (`ulimit -n`, `LimitNOFILE=`) or lower `limits.agents`"
        );
    }
}

/// Where a socket is no file descriptor there is nothing to ask for.
#[cfg(not(unix))]
pub fn raise(_connections: usize) {}
