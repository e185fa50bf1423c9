//! Misbehaviour of a web server at the byte level.

use std::io;
use std::time::Duration;

use tokio::time::sleep;

use crate::Behaviour;
use crate::http::{Connection, Reply};

const DRIP_PAUSE: Duration = Duration::from_millis(100);
/// At a byte each 100 ms this lasts almost two hours, and a client cannot tell it from a plausible length.
const DRIP_BYTES: usize = 64 * 1024;
const OVERSIZE_BYTES: usize = 200 * 1024 * 1024;
const GARBAGE_BYTES: usize = 4096;
const NESTING: usize = 10_000;
/// How long a client gets to read half a body before the reset overtakes it.
const BEFORE_RESET: Duration = Duration::from_millis(30);

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The next request is awaited.
    Stay,
    /// Closed properly.
    Close,
    /// Closed with a reset.
    Reset,
}

/// Answers a request as the behaviour demands. `healthy` is what a healthy device would send; `seed` is where its
/// garbage comes from.
pub(crate) async fn respond(
    connection: &mut Connection,
    seed: u64,
    behaviour: Behaviour,
    healthy: Reply,
    with_body: bool,
) -> io::Result<Ending> {
    match behaviour {
        Behaviour::Hang => {
            connection.until_closed().await;
            Ok(Ending::Close)
        }
        Behaviour::Refuse | Behaviour::Reset | Behaviour::ResetOnAccept => Ok(Ending::Reset),
        Behaviour::EmptyReply => Ok(Ending::Close),
        Behaviour::ResetMidBody => {
            half(connection, healthy).await?;
            sleep(BEFORE_RESET).await;
            Ok(Ending::Reset)
        }
        Behaviour::Truncate => {
            half(connection, healthy).await?;
            Ok(Ending::Close)
        }
        Behaviour::Drip => drip(connection, healthy).await,
        Behaviour::Oversize => oversize(connection, healthy).await,
        Behaviour::Garbage => {
            connection.send(&garbage(seed)).await?;
            Ok(Ending::Close)
        }
        _ => {
            let reply = instead(behaviour).map_or(healthy.clone(), |reply| Reply { closes: healthy.closes, ..reply });
            connection.send(&reply.to_bytes(with_body)).await?;
            Ok(if reply.closes { Ending::Close } else { Ending::Stay })
        }
    }
}

/// A well-formed reply in place of the right one.
fn instead(behaviour: Behaviour) -> Option<Reply> {
    let json = "application/json";
    Some(match behaviour {
        Behaviour::WrongContentType => Reply::new(
            200,
            "text/html",
            "<!doctype html><html><head><title>AxeOS recovery</title></head><body>Upload www.bin</body></html>",
        ),
        Behaviour::Redirect => redirect(),
        Behaviour::Unauthorized => Reply::message(401, "Unauthorized"),
        Behaviour::PaymentRequired => Reply::message(402, "This needs a licence"),
        Behaviour::Forbidden => Reply::message(403, "Forbidden"),
        Behaviour::NotFound => Reply::new(404, "text/plain; charset=utf-8", "404 page not found\n"),
        Behaviour::ServerError => Reply::message(500, "Internal Server Error"),
        Behaviour::Busy => Reply::message(503, "OTA in progress"),
        Behaviour::DeepJson => Reply::new(200, json, format!("{}0{}", "{\"a\":".repeat(NESTING), "}".repeat(NESTING))),
        Behaviour::NotAMiner => Reply::new(
            200,
            json,
            r#"{"device":"lamp","on":true,"brightness":80,"power":7.5,"temp":31,"version":"1.4.2"}"#,
        ),
        _ => return None,
    })
}

/// Sends the head with the whole length and half of the body.
async fn half(connection: &mut Connection, mut healthy: Reply) -> io::Result<()> {
    healthy.chunked = false;
    let mut bytes = healthy.head(healthy.body.len());
    bytes.extend_from_slice(&healthy.body[..healthy.body.len() / 2]);
    connection.send(&bytes).await
}

async fn drip(connection: &mut Connection, mut healthy: Reply) -> io::Result<Ending> {
    healthy.chunked = false;
    connection.send(&healthy.head(DRIP_BYTES)).await?;
    // Blanks after the document keep it valid, and unfinished.
    let bytes = healthy.body.iter().copied().chain(std::iter::repeat(b' ')).take(DRIP_BYTES);
    for byte in bytes {
        connection.send(&[byte]).await?;
        sleep(DRIP_PAUSE).await;
    }
    Ok(Ending::Close)
}

/// Streams a document with one endless text, made block by block.
async fn oversize(connection: &mut Connection, mut healthy: Reply) -> io::Result<Ending> {
    const BLOCK: [u8; 16 * 1024] = [b'A'; 16 * 1024];
    const START: &[u8] = b"{\"version\":\"";
    const END: &[u8] = b"\"}";
    healthy.chunked = false;
    connection.send(&healthy.head(OVERSIZE_BYTES)).await?;
    connection.send(START).await?;
    let mut left = OVERSIZE_BYTES - START.len() - END.len();
    while left > 0 {
        let count = left.min(BLOCK.len());
        connection.send(&BLOCK[..count]).await?;
        left -= count;
    }
    connection.send(END).await?;
    Ok(Ending::Close)
}

pub(crate) fn garbage(seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes: Vec<u8> = (0..GARBAGE_BYTES).map(|_| random.u8(..)).collect();
    // Chance shall not spell a status line.
    bytes[0] = 0xf5;
    bytes
}

/// What a web server sends to whoever asks for a page that it does not have, when it is a captive portal as well.
pub(crate) fn redirect() -> Reply {
    let mut reply = Reply::message(302, "Redirect to the captive portal");
    reply.location = Some("/");
    reply
}
