//! Misbehaviour of the API: first what is wrong with the text of a reply, then what is wrong with its bytes.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::answer::Answer;
use super::scope::NOT_UTF8;
use crate::Behaviour;
use crate::http;
use crate::misbehave::garbage;

const DRIP_PAUSE: Duration = Duration::from_millis(100);
const PIECE_BYTES: usize = 48;
const PIECE_PAUSE: Duration = Duration::from_millis(1);
const OVERSIZE_BYTES: usize = 200 * 1024 * 1024;
const LARGE_BYTES: usize = 72 * 1024;
const NESTING: usize = 10_000;
/// How long a client gets to read half a reply before the reset overtakes it.
const BEFORE_RESET: Duration = Duration::from_millis(30);
/// The firmware waits so long for room in its send buffer, five times, and then cuts the reply.
const ROOM_DEADLINE: Duration = Duration::from_millis(250);

/// The bytes of a reply, with its NUL, as the behaviour demands.
pub(super) fn bytes(answer: Answer, behaviour: Behaviour) -> Vec<u8> {
    let mut parts = answer.parts;
    if parts.len() == 1 {
        parts = vec![spoil(parts.remove(0), behaviour)];
    }
    let between = if behaviour == Behaviour::NulInside { "\0" } else { "" };
    let mut text = parts.join(between);
    if behaviour == Behaviour::NulInside && parts.len() == 1 {
        let behind_status = text.find("}]").map_or(text.len() / 2, |at| at + 2);
        text.insert(behind_status, '\0');
    }
    if behaviour != Behaviour::NoNul {
        text.push('\0');
    }
    let raw = |found: char, out: &mut Vec<u8>| match found {
        NOT_UTF8 => out.extend_from_slice(&[0xff, 0xfe]),
        found => out.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    let mut out = Vec::with_capacity(text.len());
    text.chars().for_each(|found| raw(found, &mut out));
    out
}

/// What is wrong with the text of a single reply, here or on the web.
pub(super) fn spoil(reply: String, behaviour: Behaviour) -> String {
    match behaviour {
        Behaviour::MissingComma => reply.replacen("},{", "}{", 1).replacen("}, {", "} {", 1),
        Behaviour::TrailingComma => match reply.rfind("}]") {
            Some(at) => format!("{},}},{}", &reply[..at], &reply[at + 1..]),
            None => reply,
        },
        Behaviour::DuplicateKeys => match reply.find("\"Elapsed\":").or_else(|| reply.find("\"elapsed\":")) {
            Some(at) => format!("{}\"{}lapsed\":7,{}", &reply[..at], &reply[at + 1..at + 2], &reply[at..]),
            None => reply.replacen("{\"STATUS\":", "{\"STATUS\":[],\"STATUS\":", 1),
        },
        Behaviour::LargeReply => match reply.rfind('}') {
            Some(at) => format!("{},\"Log\":\"{}\"{}", &reply[..at], "work ".repeat(LARGE_BYTES / 5), &reply[at..]),
            None => reply,
        },
        Behaviour::WrongContentType => "<!doctype html><html><head><title>login</title></head></html>".to_owned(),
        Behaviour::NotAMiner => r#"{"device":"lamp","on":true,"brightness":80,"power":7.5}"#.to_owned(),
        Behaviour::DeepJson => format!("{}0{}", "{\"a\":".repeat(NESTING), "}".repeat(NESTING)),
        _ => reply,
    }
}

/// Sends a reply and closes, as the behaviour demands.
pub(super) async fn send(stream: TcpStream, reply: &[u8], behaviour: Behaviour, seed: u64) -> io::Result<()> {
    match behaviour {
        Behaviour::Reset | Behaviour::Refuse => http::reset(&stream),
        Behaviour::EmptyReply => {}
        Behaviour::Truncate => write(&stream, &reply[..reply.len() / 2]).await?,
        Behaviour::ResetMidBody => {
            write(&stream, &reply[..reply.len() / 2]).await?;
            sleep(BEFORE_RESET).await;
            http::reset(&stream);
        }
        Behaviour::Drip => in_pieces(&stream, reply, 1, DRIP_PAUSE).await?,
        Behaviour::Pieces => in_pieces(&stream, reply, PIECE_BYTES, PIECE_PAUSE).await?,
        Behaviour::Oversize => oversize(&stream).await?,
        Behaviour::Garbage => write(&stream, &garbage(seed)).await?,
        _ => write(&stream, reply).await?,
    }
    Ok(())
}

async fn in_pieces(stream: &TcpStream, reply: &[u8], bytes: usize, pause: Duration) -> io::Result<()> {
    for piece in reply.chunks(bytes) {
        write(stream, piece).await?;
        sleep(pause).await;
    }
    Ok(())
}

/// A document with one endless text, made block by block.
async fn oversize(stream: &TcpStream) -> io::Result<()> {
    const BLOCK: [u8; 16 * 1024] = [b'A'; 16 * 1024];
    write(stream, br#"{"STATUS":[{"STATUS":"S","Code":11,"Msg":""#).await?;
    for _ in 0..OVERSIZE_BYTES / BLOCK.len() {
        write(stream, &BLOCK).await?;
    }
    write(stream, b"\"}],\"id\":1}\0").await
}

/// Writes as the firmware does: whoever reads too slowly gets a cut reply.
async fn write(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        timeout(ROOM_DEADLINE, stream.writable()).await.map_err(io::Error::from)??;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
