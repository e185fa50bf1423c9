//! One port, two protocols.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Script;
use super::recording::{Outcome, Request};
use crate::http::{self, Connection, Incoming};

/// What a command is read with, as the API does.
const RECEIVE_BYTES: usize = 4095;
/// How long the first byte may take.
const FIRST_BYTE_DEADLINE: Duration = Duration::from_secs(30);
/// Pause after a failed accept.
const AFTER_FAILURE: Duration = Duration::from_millis(50);
/// Neither HTTP nor a reply of the API.
const GARBAGE: &[u8] = b"\xf5\x00 this is no answer\r\n\r\n";
/// What the API says to a command that it does not have.
const UNKNOWN: &[u8] =
    b"{\"STATUS\":[{\"STATUS\":\"E\",\"When\":0,\"Code\":14,\"Msg\":\"Invalid command\",\"Description\":\"recording\"}],\"id\":1}\0";

/// Serves connections until dropped.
pub(super) async fn serve(listener: TcpListener, script: Arc<Script>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let script = Arc::clone(&script);
                    // A client that has left is no failure.
                    connections.spawn(async move { drop(converse(stream, &script).await) });
                }
                Err(_) => tokio::time::sleep(AFTER_FAILURE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, script: &Script) -> io::Result<()> {
    let mut first = [0; 5];
    let seen = timeout(FIRST_BYTE_DEADLINE, stream.peek(&mut first)).await.unwrap_or(Ok(0))?;
    let is_http = [&b"GET "[..], b"HEAD ", b"POST ", b"PUT "].iter().any(|verb| {
        let seen = &first[..seen.min(verb.len())];
        !seen.is_empty() && verb.starts_with(seen)
    });
    match seen {
        0 => Ok(()),
        _ if is_http => over_http(Connection::new(stream), script).await,
        _ => over_api(stream, script).await,
    }
}

async fn over_http(mut connection: Connection, script: &Script) -> io::Result<()> {
    let Incoming::Request(request) = connection.next().await? else { return Ok(()) };
    let target = if request.query.is_empty() { request.path } else { format!("{}?{}", request.path, request.query) };
    let asked = Request::Http { method: request.method, target, has_proof: request.has_proof };
    match script.answer(&asked).as_deref() {
        Some(Outcome::Http { status, headers, body }) => {
            connection.send(&head(*status, headers, body.len())).await?;
            connection.send(body).await?;
            connection.close().await;
        }
        Some(Outcome::Bytes(bytes)) => connection.send(bytes).await?,
        Some(Outcome::Silence) => connection.until_closed().await,
        Some(Outcome::Garbage) => connection.send(GARBAGE).await?,
        Some(Outcome::Closed) => connection.reset(),
        None => {
            connection.send(&head(404, &[], 0)).await?;
            connection.close().await;
        }
    }
    Ok(())
}

fn head(status: u16, headers: &[(String, String)], length: usize) -> Vec<u8> {
    // A file that somebody wrote by hand ends no line too early.
    let is_fit = |text: &str| !text.contains(['\r', '\n']);
    let headers = headers.iter().filter(|(name, value)| is_fit(name) && is_fit(value));
    let lines: String = headers.flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
    let reason = http::reason(status);
    format!("HTTP/1.1 {status} {reason}\r\n{lines}Content-Length: {length}\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn over_api(mut stream: TcpStream, script: &Script) -> io::Result<()> {
    let mut received = vec![0; RECEIVE_BYTES];
    let count = stream.read(&mut received).await?;
    received.truncate(count);
    let bytes = match script.answer(&Request::Command(received)).as_deref() {
        Some(Outcome::Bytes(bytes) | Outcome::Http { body: bytes, .. }) => bytes.clone(),
        Some(Outcome::Silence) => {
            let mut rest = [0; 64];
            while matches!(stream.read(&mut rest).await, Ok(1..)) {}
            return Ok(());
        }
        Some(Outcome::Garbage) => GARBAGE.to_vec(),
        Some(Outcome::Closed) => return Ok(()),
        None => UNKNOWN.to_vec(),
    };
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}
