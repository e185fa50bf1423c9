//! The carrier of section 5.

use std::pin::pin;
use std::time::Duration;

use futures_util::{Sink, SinkExt as _, StreamExt as _};
use http::header::{AUTHORIZATION, HeaderName, HeaderValue, SEC_WEBSOCKET_PROTOCOL, USER_AGENT};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::answer;
use super::dial::{Dialer, Stream};
use super::link::{Out, Tools};
use crate::SUBPROTOCOL;
use crate::pack::{self, Packed, UnpackError};
use crate::session::{Ended, Event};
use crate::wire::FromReceiver;

const TOKEN_DEADLINE: Duration = Duration::from_secs(5);
const UPGRADE_DEADLINE: Duration = Duration::from_secs(15);
const SEND_DEADLINE: Duration = Duration::from_secs(30);
const CLOSE_DEADLINE: Duration = Duration::from_secs(2);

/// What a receiver says is short.
const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// More than the largest message that is ever sent.
const MAX_WRITE_BYTES: usize = 8 * 1024 * 1024;

/// Connects and carries messages until the end, which it gives.
pub(super) async fn run(tools: Tools, mut outbox: mpsc::Receiver<Out>, inbox: mpsc::Sender<Event>) -> Ended {
    let socket = match connect(&tools).await {
        Ok(socket) => socket,
        Err(ended) => return ended,
    };
    if inbox.send(Event::Opened).await.is_err() {
        return Ended::Broken("the agent ends".to_owned());
    }
    let (mut sink, mut stream) = socket.split();
    let mut reading = pin!(async {
        loop {
            let event = match stream.next().await {
                Some(Ok(message)) => match read(&message) {
                    Ok(event) => event,
                    Err(ended) => return ended,
                },
                Some(Err(error)) => return broken(&error),
                None => return Ended::Broken("the connection was cut".to_owned()),
            };
            if inbox.send(event).await.is_err() {
                return Ended::Broken("the agent ends".to_owned());
            }
        }
    });
    let mut writing = pin!(write(&mut sink, &mut outbox, &inbox));
    tokio::select! {
        ended = &mut reading => ended,
        ended = &mut writing => match ended {
            Some(ended) => ended,
            // We have closed: the receiver may say that it has seen it.
            None => timeout(CLOSE_DEADLINE, reading).await.unwrap_or(Ended::Broken("closed".to_owned())),
        },
    }
}

async fn connect(tools: &Tools) -> Result<WebSocketStream<Box<dyn Stream>>, Ended> {
    let Tools { dialer, resolver, meter, .. } = tools;
    let request = request(dialer).await?;
    let stream = dialer.dial(resolver, meter).await?;
    let config = WebSocketConfig::default()
        .read_buffer_size(8 * 1024)
        .write_buffer_size(32 * 1024)
        .max_write_buffer_size(MAX_WRITE_BYTES)
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES));
    match timeout(UPGRADE_DEADLINE, client_async_with_config(request, stream, Some(config))).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(not_upgraded(error, tools.now_unix_secs())),
        Err(_) => Err(Ended::Upgrade(format!(
            "the upgrade to a WebSocket was not answered in {} s: check whether a proxy lets WebSockets through",
            UPGRADE_DEADLINE.as_secs()
        ))),
    }
}

async fn request(dialer: &Dialer) -> Result<http::Request<()>, Ended> {
    let mut request = dialer
        .websocket_url()
        .into_client_request()
        .map_err(|_| Ended::NotReached("the endpoint is no URL that can be asked for".to_owned()))?;
    let headers = request.headers_mut();
    headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    for (name, value) in dialer.headers().await? {
        headers.insert(name, value);
    }
    Ok(request)
}

impl Dialer {
    /// Who asks, with the token as it is now.
    pub(super) async fn headers(&self) -> Result<[(HeaderName, HeaderValue); 2], Ended> {
        let read =
            timeout(TOKEN_DEADLINE, (self.token)()).await.unwrap_or_else(|_| Err("it cannot be read".to_owned()));
        let token = read.map_err(|why| Ended::NotReached(format!("there is no token: {why}")))?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
            Ended::NotReached("the token has characters that cannot be sent; enter it again".to_owned())
        })?;
        bearer.set_sensitive(true);
        let agent = HeaderValue::from_str(&self.user_agent).unwrap_or(HeaderValue::from_static("gssa"));
        Ok([(AUTHORIZATION, bearer), (USER_AGENT, agent)])
    }
}

fn not_upgraded(error: Error, now_unix_secs: i64) -> Ended {
    match error {
        Error::Http(response) => {
            let body = response.body().as_deref().unwrap_or_default();
            Ended::Status(answer::read(response.status().as_u16(), response.headers(), body, now_unix_secs))
        }
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => Ended::Upgrade(format!(
            "there is a WebSocket at the endpoint which does not speak {SUBPROTOCOL}: check the path"
        )),
        error => Ended::Upgrade(format!(
            "the upgrade to a WebSocket failed ({error}): check whether a proxy lets WebSockets through"
        )),
    }
}

/// Writes what is to be sent; ends without an end when it has closed the connection itself.
async fn write<S>(sink: &mut S, outbox: &mut mpsc::Receiver<Out>, inbox: &mpsc::Sender<Event>) -> Option<Ended>
where
    S: Sink<Message, Error = Error> + Unpin,
{
    while let Some(out) = outbox.recv().await {
        let (message, is_message) = match out {
            Out::Send(outgoing) => (message_of(outgoing.packed), true),
            Out::Ping => (Message::Ping(Bytes::new()), false),
            Out::Close(code) => {
                let frame = CloseFrame { code: CloseCode::from(code), reason: Utf8Bytes::from_static("") };
                let _ = timeout(CLOSE_DEADLINE, sink.send(Message::Close(Some(frame)))).await;
                return None;
            }
        };
        match timeout(SEND_DEADLINE, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Some(broken(&error)),
            Err(_) => {
                let secs = SEND_DEADLINE.as_secs();
                return Some(Ended::Broken(format!(
                    "the receiver did not take a message in {secs} s: it hangs, or the line is too slow"
                )));
            }
        }
        if is_message && inbox.send(Event::Written).await.is_err() {
            return None;
        }
    }
    None
}

fn message_of(packed: Packed) -> Message {
    match packed {
        Packed::Plain(text) => Message::text(text),
        Packed::Gzip(bytes) => Message::binary(bytes),
    }
}

fn read(message: &Message) -> Result<Event, Ended> {
    let read: Result<FromReceiver, UnpackError> = match message {
        Message::Text(text) => pack::unpack(text.as_bytes()),
        Message::Binary(bytes) => pack::unpack_gzip(bytes, MAX_MESSAGE_BYTES),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return Ok(Event::Heard),
        Message::Close(frame) => {
            let (code, reason) =
                frame.as_ref().map_or((1005, ""), |frame| (u16::from(frame.code), frame.reason.as_str()));
            let reason = gssa_model::text::clean(reason).unwrap_or_default();
            return Err(Ended::Closed { code, reason });
        }
    };
    read.map(Event::Received)
        .map_err(|error| Ended::Broken(format!("a message of the receiver cannot be read: {error}")))
}

fn broken(error: &Error) -> Ended {
    Ended::Broken(match error {
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => "the connection was cut".to_owned(),
        Error::Io(error) => format!("the connection broke: {error}"),
        Error::Capacity(_) => "the receiver sent a message that is too large".to_owned(),
        error => format!("the connection broke: {error}"),
    })
}
