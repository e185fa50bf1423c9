//! The loop of a listener: who comes, whose connection has ended, and the stop.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::app::Stop;

/// The pause after an accept that failed: most often there are no file descriptors, and more tries do not make any.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Accepts connections until `stop`, and runs what `begin` makes of each in a task of its own; `None` is a connection that was turned
/// away. Then the port is closed, and connections may finish what they do for `drain_time`.
///
/// Dropping the future closes everything at once.
pub async fn accept<F>(
    listener: TcpListener,
    stop: &Stop,
    drain_time: Duration,
    begin: impl Fn(TcpStream, SocketAddr) -> Option<F>,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                if let Some(connection) = begin(stream, from) {
                    connections.spawn(connection);
                }
            }
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "accept failed");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(ACCEPT_PAUSE) => {}
                }
            }
        }
    }
    drop(listener);
    let drained = tokio::time::timeout(drain_time, async { while connections.join_next().await.is_some() {} });
    if drained.await.is_err() {
        info!(left = connections.len(), "closing connections that did not finish");
    }
}
