//! The door by WebSocket.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use gssa_serve::Response;
use gssa_serve::response::empty;
use gssa_uplink::pack::{Packed, Unpacker, pack};
use gssa_uplink::receiver::{Close, Rejection};
use gssa_uplink::wire::{FromAgent, FromReceiver, Seq};
use gssa_uplink::{SUBPROTOCOL, SUBPROTOCOL_STREAM};
use http::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::{HeaderMap, Request, StatusCode};
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};
use tracing::{debug, info};

use super::budget;
use super::intake::{Intake, REPLACED, STORAGE, TOO_LARGE, Taken, UNAUTHORISED, Unwelcome, parse, settled};
use super::presence::{Door, Ending};
use super::{Gateway, Phase};
use crate::http::Refused;
use crate::log::Receipt;
use crate::registry::Agent;

/// How long an agent may take to say who it is.
const HELLO_TIME: Duration = Duration::from_secs(10);
/// How long a write may wait for the other end to read.
const SEND_TIME: Duration = Duration::from_secs(10);
/// How long the other end may take to answer a close.
const CLOSE_TIME: Duration = Duration::from_secs(2);
/// The time between two measurements of the round trip.
const MEASURE_EVERY: Duration = Duration::from_secs(60);
/// A shorter wait is not told: it is just not read meanwhile.
const TOLD_WAIT: Duration = Duration::from_secs(1);
/// The longest that is waited for; the agent is told as much.
const MAX_WAIT: Duration = Duration::from_secs(300);

const READ_BUFFER_BYTES: usize = 8 * 1024;
const WRITE_BUFFER_BYTES: usize = 1024;
const MAX_WRITE_BUFFER_BYTES: usize = 256 * 1024;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Answers the request for an upgrade; what follows has a task of its own.
pub(super) fn upgrade(
    gateway: Arc<Gateway>,
    agent: Arc<Agent>,
    mut request: Request<Incoming>,
    from: IpAddr,
) -> Result<Response, Refused> {
    let (key, subprotocol) = check(request.headers())?;
    let is_stream = subprotocol == SUBPROTOCOL_STREAM;
    let upgraded = hyper::upgrade::on(&mut request);
    gateway.clone().conversations.spawn(async move {
        let Ok(Ok(io)) = timeout(HELLO_TIME, upgraded).await else {
            debug!(%from, "an upgrade that did not come about");
            return;
        };
        gateway.tallies.connections.fetch_add(1, Ordering::Relaxed);
        run(gateway, agent, TokioIo::new(io), from, is_stream).await;
    });
    let mut response = empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    Ok(response)
}

/// The key of a request that asks for one of our subprotocols, and which one.
fn check(headers: &HeaderMap) -> Result<(HeaderValue, &'static str), Refused> {
    let has = |name, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    let is_key = |key: &&HeaderValue| {
        let key = base64::engine::general_purpose::STANDARD.decode(key.as_bytes());
        key.is_ok_and(|key| key.len() == 16)
    };
    let is_upgrade = has(CONNECTION, "upgrade") && has(UPGRADE, "websocket");
    let ours = [SUBPROTOCOL_STREAM, SUBPROTOCOL].into_iter().find(|ours| has(SEC_WEBSOCKET_PROTOCOL, ours));
    let ours = ours.filter(|_| is_upgrade && has(SEC_WEBSOCKET_VERSION, "13"));
    let key = headers.get(SEC_WEBSOCKET_KEY).filter(is_key).cloned();
    key.zip(ours).ok_or_else(|| {
        let detail = format!("agents connect here by a WebSocket (version 13) with the subprotocol {SUBPROTOCOL}");
        Refused::new(StatusCode::UPGRADE_REQUIRED, "upgrade-required", detail)
    })
}

async fn run(gateway: Arc<Gateway>, agent: Arc<Agent>, io: TokioIo<Upgraded>, from: IpAddr, is_stream: bool) {
    let limit = gateway.settings.limits.message_bytes;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(MAX_WRITE_BUFFER_BYTES)
        .max_message_size(Some(limit))
        .max_frame_size(Some(limit));
    let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    let close = match Conversation::begin(&gateway, &agent, &mut socket, from, is_stream).await {
        Ok(mut conversation) => {
            info!(agent = %agent.id, %from, "agent connected");
            let close = conversation.go_on(&mut socket).await;
            info!(agent = %agent.id, code = close.code, reason = close.reason, "agent disconnected");
            close
        }
        Err(close) => {
            debug!(agent = %agent.id, %from, code = close.code, reason = close.reason, "no conversation came about");
            close
        }
    };
    bid_farewell(&mut socket, close).await;
}

/// Closes in order, and not for ever.
async fn bid_farewell(socket: &mut Socket, close: Close) {
    let Close { code, mut reason } = close;
    // A close frame holds 123 bytes of text.
    while reason.len() > 123 {
        reason.pop();
    }
    let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
    let closing = async {
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = timeout(CLOSE_TIME, closing).await;
}

/// A batch that the log has not confirmed.
struct Pending {
    last: Seq,
    receipt: Receipt,
    /// When the log should have.
    until: Instant,
    _permit: Option<budget::Permit>,
}

struct Conversation<'g> {
    gateway: &'g Arc<Gateway>,
    intake: Intake,
    /// Batches that the log has not confirmed, in order.
    pending: VecDeque<Pending>,
    /// Nothing is read before.
    not_before: Instant,
    heard_at: Instant,
    measure_at: Instant,
    measuring: Option<Instant>,
    is_draining: bool,
    /// The messages of the agent are one stream.
    is_stream: bool,
}

fn went_away(reason: impl Into<String>) -> Close {
    Close { code: 1001, reason: reason.into() }
}

impl<'g> Conversation<'g> {
    /// Waits for `hello` and answers it.
    async fn begin(
        gateway: &'g Arc<Gateway>,
        agent: &Agent,
        socket: &mut Socket,
        from: IpAddr,
        is_stream: bool,
    ) -> Result<Self, Close> {
        let first = timeout(HELLO_TIME, async {
            loop {
                match socket.next().await {
                    Some(Ok(message)) if message.is_text() || message.is_binary() => return Ok(message),
                    Some(Ok(Message::Close(_))) | None => return Err(went_away("gone")),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(broken(&error)),
                }
            }
        });
        let first = first.await.map_err(|_| malformed("no hello in time"))??;
        let limit = gateway.settings.limits.unpacked_bytes;
        let mut stream = Unpacker::default();
        let unpacked = gateway.budget.unpack(message(first, is_stream), limit, &mut stream).await;
        let (text, _permit) = unpacked.map_err(|error| malformed(error.to_string()))?;
        let Ok(FromAgent::Hello(hello)) = parse(&text) else { return Err(malformed("the first message is no hello")) };
        let begun = Intake::begin(gateway, agent, Door::Websocket, from, hello, stream);
        let (intake, welcome) = match timeout(gateway.settings.deadline, begun).await {
            Ok(Ok(begun)) => begun,
            Ok(Err(Unwelcome::Close(close))) => return Err(close),
            Ok(Err(Unwelcome::Occupied)) => {
                return Err(Close { code: REPLACED, reason: "another is connected".into() });
            }
            Err(_) => return Err(Close { code: STORAGE, reason: "the log does not answer".into() }),
        };
        say(socket, &FromReceiver::Welcome(welcome)).await?;
        let now = Instant::now();
        Ok(Self {
            gateway,
            intake,
            pending: VecDeque::new(),
            not_before: now,
            heard_at: now,
            measure_at: now,
            measuring: None,
            is_draining: false,
            is_stream,
        })
    }

    /// Until it ends; gives how.
    async fn go_on(&mut self, socket: &mut Socket) -> Close {
        loop {
            if let Err(close) = self.step(socket).await {
                return close;
            }
        }
    }

    async fn step(&mut self, socket: &mut Socket) -> Result<(), Close> {
        let settings = &self.gateway.settings;
        let now = Instant::now();
        let may_read = self.pending.len() < settings.limits.in_flight && now >= self.not_before;
        let reading_again = if now < self.not_before { self.not_before } else { now + settings.silence };
        let mut ending = self.intake.place.ending.clone();
        let mut phase = self.gateway.phase.subscribe();
        let is_draining = self.is_draining;
        let is_next = move |phase: &Phase| match phase {
            Phase::Open => false,
            Phase::Draining { .. } => !is_draining,
            Phase::Closed => true,
        };
        tokio::select! {
            biased;
            ended = async { ending.wait_for(Option::is_some).await.map(|ended| *ended) } => Err(match ended {
                Ok(Some(Ending::Expelled)) => Close { code: UNAUTHORISED, reason: "the token is good no more".into() },
                _ => Close { code: REPLACED, reason: "another connection of this agent took over".into() },
            }),
            next = async { phase.wait_for(is_next).await.map(|phase| *phase) } => match next {
                Ok(Phase::Draining { within_secs }) => {
                    self.is_draining = true;
                    say(socket, &FromReceiver::Drain { within_secs }).await
                }
                _ => Err(Close { code: 1012, reason: "restart".into() }),
            },
            settled = confirmed(&mut self.pending), if !self.pending.is_empty() => {
                let last = settled.map_err(rejected)?;
                self.intake.stored_up_to(last);
                say(socket, &FromReceiver::Ack { stored: self.intake.stored() }).await
            }
            received = socket.next(), if may_read => match received {
                Some(Ok(received)) => self.received(socket, received).await,
                Some(Err(error)) => Err(broken(&error)),
                None => Err(went_away("gone")),
            },
            () = tokio::time::sleep_until(self.measure_at) => {
                self.measure_at = Instant::now() + MEASURE_EVERY;
                self.measuring = Some(Instant::now());
                send(socket, Message::Ping(Bytes::new())).await
            }
            () = tokio::time::sleep_until(reading_again.min(self.heard_at + settings.silence)) => {
                // What is not read is not heard.
                if may_read && self.heard_at.elapsed() >= settings.silence {
                    return Err(went_away("nothing heard"));
                }
                if !may_read {
                    self.heard_at = Instant::now();
                }
                Ok(())
            }
        }
    }

    async fn received(&mut self, socket: &mut Socket, received: Message) -> Result<(), Close> {
        self.heard_at = Instant::now();
        self.intake.place.heard();
        match received {
            Message::Text(_) | Message::Binary(_) => {}
            Message::Pong(_) => {
                if let Some(sent) = self.measuring.take() {
                    self.intake.place.measured(sent.elapsed());
                }
                return Ok(());
            }
            Message::Close(_) => return Err(went_away("closed by the agent")),
            // The library answers a ping with the next read or write.
            Message::Ping(_) | Message::Frame(_) => {
                return match timeout(SEND_TIME, socket.flush()).await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(broken(&error)),
                    Err(_) => Err(went_away("does not read")),
                };
            }
        }
        let taken = self.intake.take(self.gateway, message(received, self.is_stream));
        let taken = timeout(self.gateway.settings.deadline, taken).await;
        let (taken, wait) = match taken {
            Ok(Ok(taken)) => taken,
            Ok(Err(Rejection::Refused(refused))) => return say(socket, &FromReceiver::Refused(refused)).await,
            Ok(Err(Rejection::Close(close))) => return Err(close),
            Err(_) => return Err(Close { code: STORAGE, reason: "the log does not answer".into() }),
        };
        match taken {
            Taken::Pending { last, receipt, permit } => {
                let until = Instant::now() + self.gateway.settings.deadline;
                self.pending.push_back(Pending { last, receipt, until, _permit: permit });
            }
            // What is pending is said when it is stored.
            Taken::Again if self.pending.is_empty() => {
                say(socket, &FromReceiver::Ack { stored: self.intake.stored() }).await?;
            }
            Taken::Again | Taken::Nothing => {}
            Taken::Bye => return self.finish(socket).await,
        }
        if wait > Duration::ZERO {
            self.gateway.tallies.waits.fetch_add(1, Ordering::Relaxed);
            let wait = wait.min(MAX_WAIT);
            self.not_before = Instant::now() + wait;
            if wait >= TOLD_WAIT {
                return say(socket, &FromReceiver::Wait { secs: wait.as_secs(), reason: "rate".into() }).await;
            }
        }
        Ok(())
    }

    /// The agent said goodbye: what is pending is confirmed, and that is all.
    async fn finish(&mut self, socket: &mut Socket) -> Result<(), Close> {
        while !self.pending.is_empty() {
            let last = confirmed(&mut self.pending).await.map_err(rejected)?;
            self.intake.stored_up_to(last);
        }
        say(socket, &FromReceiver::Ack { stored: self.intake.stored() }).await?;
        Err(Close { code: 1000, reason: "goodbye".into() })
    }
}

/// The number up to which the log has stored; more than one receipt is taken where they are there. May be dropped and called again.
async fn confirmed(pending: &mut VecDeque<Pending>) -> Result<Seq, Rejection> {
    let Some(first) = pending.front_mut() else { return std::future::pending().await };
    let answer = timeout_at(first.until, &mut first.receipt).await;
    let mut stored = first.last;
    pending.pop_front();
    match answer {
        Ok(answer) => settled(answer.ok())?,
        Err(_) => return Err(Rejection::Close(Close { code: STORAGE, reason: "the log does not answer".into() })),
    }
    while let Some(next) = pending.front_mut() {
        let Ok(answer) = next.receipt.try_recv() else { break };
        settled(Some(answer))?;
        stored = next.last;
        pending.pop_front();
    }
    Ok(stored)
}

fn rejected(rejection: Rejection) -> Close {
    match rejection {
        Rejection::Close(close) => close,
        Rejection::Refused(refused) => malformed(refused.detail),
    }
}

fn malformed(reason: impl Into<String>) -> Close {
    Close { code: Close::MALFORMED, reason: reason.into() }
}

fn broken(error: &WsError) -> Close {
    match error {
        WsError::Capacity(_) => Close { code: TOO_LARGE, reason: "a message too large".into() },
        WsError::Protocol(error) => Close { code: 1002, reason: error.to_string() },
        error => went_away(error.to_string()),
    }
}

fn message(message: Message, is_stream: bool) -> budget::Message {
    match message {
        Message::Binary(part) if is_stream => budget::Message::Part(part.into()),
        Message::Text(text) => budget::Message::Plain(Bytes::from(text).into()),
        other => budget::Message::Gzip(other.into_data().into()),
    }
}

async fn say(socket: &mut Socket, message: &FromReceiver) -> Result<(), Close> {
    let message = match pack(message) {
        Packed::Plain(text) => Message::text(text),
        Packed::Gzip(bytes) => Message::binary(bytes),
    };
    send(socket, message).await
}

async fn send(socket: &mut Socket, message: Message) -> Result<(), Close> {
    match timeout(SEND_TIME, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(broken(&error)),
        Err(_) => Err(went_away("does not read")),
    }
}
