use std::io;
use std::time::Duration;

use gssa_model::{CollectError, FailureReason};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Why there is no TCP connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The host name has no address.
    #[error("the name {host} is not known")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// Nobody accepts it.
    #[error("cannot connect to {authority}{}", hint(source))]
    Tcp {
        /// Host and port.
        authority: String,
        /// What the system said.
        source: io::Error,
    },
    /// Not in time.
    #[error("no connection to {authority} in {}", seconds(*after))]
    Timeout {
        /// Host and port.
        authority: String,
        /// The deadline.
        after: Duration,
    },
}

/// Resolves a name and connects, both within `after`. Dropping the future closes the connection.
pub async fn connect(host: &str, port: u16, after: Duration) -> Result<TcpStream, ConnectError> {
    let connecting = async {
        let found = tokio::net::lookup_host((host, port)).await;
        let addresses: Vec<_> =
            found.map_err(|source| ConnectError::Resolve { host: host.to_owned(), source })?.collect();
        TcpStream::connect(&*addresses).await.map_err(|source| ConnectError::tcp(host, port, source))
    };
    let timed_out = |_| Err(ConnectError::Timeout { authority: format!("{host}:{port}"), after });
    timeout(after, connecting).await.unwrap_or_else(timed_out)
}

impl ConnectError {
    pub(crate) fn tcp(host: &str, port: u16, source: io::Error) -> Self {
        Self::Tcp { authority: format!("{host}:{port}"), source }
    }

    /// What happened, in the words of the contract.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::Resolve { .. } => FailureReason::NameNotFound,
            Self::Tcp { source, .. } => match source.kind() {
                io::ErrorKind::ConnectionRefused => FailureReason::ConnectionRefused,
                io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => FailureReason::ConnectionReset,
                io::ErrorKind::TimedOut => FailureReason::Timeout,
                _ => FailureReason::NoRoute,
            },
            Self::Timeout { .. } => FailureReason::Timeout,
        }
    }
}

impl From<ConnectError> for CollectError {
    /// The error becomes the detail; its cause, which the detail does not repeat, stays the source.
    fn from(error: ConnectError) -> Self {
        let failure = Self::new(error.reason(), error.to_string());
        match error {
            ConnectError::Resolve { source, .. } | ConnectError::Tcp { source, .. } => failure.with_source(source),
            ConnectError::Timeout { .. } => failure,
        }
    }
}

/// A deadline for people, in seconds: `1.5 s`.
pub fn seconds(duration: Duration) -> String {
    format!("{} s", (duration.as_secs_f64() * 10.0).round() / 10.0)
}

/// What a person can tell from the kind of failure.
fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ": connection refused",
        io::ErrorKind::ConnectionReset => ": connection reset",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => ": no route",
        _ => "",
    }
}
