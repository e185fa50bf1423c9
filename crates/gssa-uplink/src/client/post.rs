//! The carrier of section 7: one exchange after the other, over a connection that is kept where the receiver keeps it.

use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::answer;
use super::dial::Stream;
use super::link::{Out, Tools};
use crate::pack::{self, Packed};
use crate::session::{Ended, Event, Outgoing};
use crate::wire::{FromReceiver, Letter};

/// For the whole exchange over a connection.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);

/// What a receiver answers is short.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

type Body = Full<Bytes>;
type Driving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A connection that may be used again.
struct Kept {
    sender: http1::SendRequest<Body>,
    /// What moves its bytes.
    driving: Driving,
}

/// What an exchange gave.
struct Reply {
    status: u16,
    headers: http::HeaderMap,
    body: Bytes,
}

/// Carries messages until it is to close. An exchange that fails is told and is not its end.
pub(super) async fn run(tools: Tools, mut outbox: mpsc::Receiver<Out>, inbox: mpsc::Sender<Event>) -> Ended {
    let over = Ended::Broken("closed".to_owned());
    if inbox.send(Event::Opened).await.is_err() {
        return over;
    }
    let mut kept: Option<Kept> = None;
    loop {
        let out = match &mut kept {
            // While it rests, a connection is watched: the receiver may close it.
            Some(connection) => tokio::select! {
                out = outbox.recv() => out,
                () = &mut connection.driving => {
                    kept = None;
                    continue;
                }
            },
            None => outbox.recv().await,
        };
        let outgoing = match out {
            Some(Out::Send(outgoing)) => outgoing,
            Some(Out::Ping) => continue,
            Some(Out::Close(_)) | None => return over,
        };
        let events = match exchange(&tools, &mut kept, &outgoing).await {
            Ok(reply) => events_of(&reply, tools.now_unix_secs()),
            Err(ended) => vec![Event::Ended(ended)],
        };
        for event in events {
            if inbox.send(event).await.is_err() {
                return over;
            }
        }
    }
}

/// One POST. One over a kept connection that breaks is made again over a new one: the receiver may have closed it in this moment, and
/// what it has stored already it does not store twice.
async fn exchange(tools: &Tools, kept: &mut Option<Kept>, outgoing: &Outgoing) -> Result<Reply, Ended> {
    let in_time = || Ended::Broken(format!("a POST was not answered in {} s", ANSWER_DEADLINE.as_secs()));
    if let Some(mut connection) = kept.take() {
        match timeout(ANSWER_DEADLINE, ask(tools, &mut connection, outgoing)).await {
            Ok(Ok(reply)) => return Ok(keep(kept, connection, reply?)),
            Ok(Err(_)) => {}
            Err(_) => return Err(in_time()),
        }
    }
    let stream = tools.dialer.dial(&tools.resolver, &tools.meter).await?;
    let asking = async {
        let mut connection = open(stream).await?;
        let reply = ask(tools, &mut connection, outgoing).await.map_err(|error| broken(&error))??;
        Ok((connection, reply))
    };
    let (connection, reply) = timeout(ANSWER_DEADLINE, asking).await.unwrap_or_else(|_| Err(in_time()))?;
    Ok(keep(kept, connection, reply))
}

fn keep(kept: &mut Option<Kept>, connection: Kept, reply: Reply) -> Reply {
    if !connection.sender.is_closed() {
        *kept = Some(connection);
    }
    reply
}

async fn open(stream: Box<dyn Stream>) -> Result<Kept, Ended> {
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(64 * 1024)
        .max_headers(64)
        .handshake::<_, Body>(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    // What it could say of an error, the exchange says.
    let driving = async move { drop(connection.await) };
    Ok(Kept { sender, driving: Box::pin(driving) })
}

/// Asks over a connection. The outer error is that of the connection.
async fn ask(tools: &Tools, connection: &mut Kept, outgoing: &Outgoing) -> hyper::Result<Result<Reply, Ended>> {
    let request = match request(tools, outgoing).await {
        Ok(request) => request,
        Err(ended) => return Ok(Err(ended)),
    };
    let Kept { sender, driving } = connection;
    let asking = async {
        sender.ready().await?;
        let reply = sender.send_request(request).await?;
        let (head, body) = reply.into_parts();
        let body = match whole(body).await? {
            Some(body) => body,
            None => return Ok(Err(Ended::Broken("the answer to a POST is too large".to_owned()))),
        };
        Ok(Ok(Reply { status: head.status.as_u16(), headers: head.headers, body }))
    };
    tokio::pin!(asking);
    tokio::select! {
        biased;
        asked = &mut asking => asked,
        // It is done when all is read.
        () = driving => asking.await,
    }
}

async fn whole(mut body: Incoming) -> hyper::Result<Option<Bytes>> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        if whole.len() + data.len() > MAX_ANSWER_BYTES {
            return Ok(None);
        }
        whole.extend_from_slice(&data);
    }
    Ok(Some(whole.freeze()))
}

async fn request(tools: &Tools, outgoing: &Outgoing) -> Result<hyper::Request<Body>, Ended> {
    let (body, encoding) = match &outgoing.packed {
        Packed::Plain(text) => (Bytes::copy_from_slice(text.as_bytes()), None),
        Packed::Gzip(bytes) => (Bytes::copy_from_slice(bytes), Some("gzip")),
    };
    let mut request = hyper::Request::post(tools.dialer.path())
        .header(HOST, tools.dialer.authority())
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(body))
        .map_err(|_| Ended::NotReached("the endpoint is no URL that can be asked for".to_owned()))?;
    let headers = request.headers_mut();
    headers.extend(tools.dialer.headers().await?);
    headers.extend(encoding.map(|encoding| (CONTENT_ENCODING, HeaderValue::from_static(encoding))));
    let key = outgoing.key.as_deref().and_then(|key| HeaderValue::from_str(key).ok());
    headers.extend(key.map(|key| (IDEMPOTENCY_KEY, key)));
    Ok(request)
}

fn events_of(reply: &Reply, now_unix_secs: i64) -> Vec<Event> {
    if !(200..300).contains(&reply.status) {
        let answer = answer::read(reply.status, &reply.headers, &reply.body, now_unix_secs);
        return vec![Event::Ended(Ended::Status(answer))];
    }
    match pack::unpack::<Letter<FromReceiver>>(&reply.body) {
        Ok(letter) => letter.messages.into_iter().map(Event::Received).chain([Event::Answered]).collect(),
        // A page of some web server, most likely.
        Err(_) => vec![Event::Answered],
    }
}

fn broken(error: &hyper::Error) -> Ended {
    Ended::Broken(if error.is_parse() {
        "the answer to a POST is not HTTP".to_owned()
    } else {
        "the connection broke during a POST".to_owned()
    })
}
