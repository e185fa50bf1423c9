//! The door by POST: each request is a connection of its own (section 7).

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gssa_serve::Response;
use gssa_serve::response::json;
use gssa_uplink::pack::{UnpackError, Unpacker};
use gssa_uplink::receiver::{Close, Rejection};
use gssa_uplink::wire::{self, FromAgent, FromReceiver, Letter, Seq};
use http::header::CONTENT_ENCODING;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::time::timeout;

use super::Gateway;
use super::budget::{Message, Permit};
use super::intake::{Intake, STORAGE, TOO_LARGE, Taken, Unwelcome, parse, settled};
use super::presence::Door;
use crate::http::Refused;
use crate::log::{AgentId, Receipt};
use crate::registry::Agent;

/// How long a request may take to come.
const BODY_TIME: Duration = Duration::from_secs(60);
/// The most messages of one request.
const MAX_MESSAGES: usize = 256;

/// Agents whose request is under way.
#[derive(Debug, Default)]
pub(super) struct UnderWay(Mutex<HashSet<AgentId>>);

struct Turn<'a> {
    of: &'a UnderWay,
    agent: AgentId,
}

impl UnderWay {
    fn take(&self, agent: &AgentId) -> Option<Turn<'_>> {
        let is_first = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(agent.clone());
        is_first.then(|| Turn { of: self, agent: agent.clone() })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.of.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.agent);
    }
}

/// Answers a request.
pub(super) async fn answer(
    gateway: &Arc<Gateway>,
    agent: Arc<Agent>,
    request: Request<Incoming>,
    from: IpAddr,
) -> Result<Response, Refused> {
    gateway.tallies.letters.fetch_add(1, Ordering::Relaxed);
    let Some(_turn) = gateway.under_way.take(&agent.id) else {
        return Err(occupied("another request of this agent is under way").retry_after(5));
    };
    let messages = read(gateway, &agent, request, from).await?;
    json(&Letter { messages })
        .map_err(|_| Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the log says why"))
}

/// What a request consists of.
#[derive(Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
}

async fn read(
    gateway: &Arc<Gateway>,
    agent: &Agent,
    request: Request<Incoming>,
    from: IpAddr,
) -> Result<Vec<FromReceiver>, Refused> {
    let (text, permit) = unpacked(gateway, request).await?;
    let letter: Written<'_> = serde_json::from_slice(&text).map_err(|error| malformed(&error.to_string()))?;
    if letter.messages.len() > MAX_MESSAGES {
        return Err(malformed("too many messages"));
    }
    let mut messages = letter.messages.into_iter();
    let hello = messages.next().map(|first| parse(first.get().as_bytes()));
    let Some(Ok(FromAgent::Hello(hello))) = hello else { return Err(malformed("the first message is no hello")) };
    let deadline = gateway.settings.deadline;
    let begun = timeout(deadline, Intake::begin(gateway, agent, Door::Post, from, hello, Unpacker::default())).await;
    let (mut intake, welcome) = begun.map_err(|_| not_stored())?.map_err(|unwelcome| match unwelcome {
        Unwelcome::Close(close) => closed(&close),
        Unwelcome::Occupied => occupied("another copy of this agent is connected"),
    })?;
    let given = hand_over(gateway, &mut intake, messages).await?;
    drop(text);
    for (last, receipt) in given.receipts {
        let answer = timeout(deadline, receipt).await.map_err(|_| not_stored())?;
        settled(answer.ok()).map_err(|_| not_stored())?;
        intake.stored_up_to(last);
    }
    drop(permit);
    match given.rejection {
        Some(Rejection::Refused(refused)) => return Err(refusal(&refused)),
        Some(Rejection::Close(close)) => return Err(closed(&close)),
        None => {}
    }
    let mut answers = vec![FromReceiver::Welcome(welcome), FromReceiver::Ack { stored: intake.stored() }];
    if given.must_wait.as_secs() > 0 {
        gateway.tallies.waits.fetch_add(1, Ordering::Relaxed);
        answers.push(FromReceiver::Wait { secs: given.must_wait.as_secs().min(300), reason: "rate".into() });
    }
    Ok(answers)
}

/// The text of a request, and the room that it has been given until it is stored.
async fn unpacked(gateway: &Gateway, request: Request<Incoming>) -> Result<(Vec<u8>, Permit), Refused> {
    let limits = &gateway.settings.limits;
    let is_gzip = match request.headers().get(CONTENT_ENCODING).map(http::HeaderValue::as_bytes) {
        None | Some(b"identity") => false,
        Some(b"gzip") => true,
        Some(_) => {
            return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding", "send gzip or nothing"));
        }
    };
    let body = match timeout(BODY_TIME, whole(request.into_body(), limits.message_bytes)).await {
        Ok(body) => body?,
        Err(_) => {
            return Err(Refused::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "the body did not come in time"));
        }
    };
    let message = if is_gzip { Message::Gzip(body) } else { Message::Plain(body) };
    gateway.tallies.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
    let unpacked = gateway.budget.unpack(message, limits.unpacked_bytes, &mut Unpacker::default()).await;
    let (text, permit) = unpacked.map_err(|error| match error {
        UnpackError::TooLarge { .. } => too_large("what is in the body"),
        error => malformed(&error.to_string()),
    })?;
    gateway.tallies.unpacked_bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
    Ok((text, permit))
}

/// What became of the messages of a request.
#[derive(Default)]
struct Given {
    /// What is to be stored, up to which number, and word of it.
    receipts: Vec<(Seq, Receipt)>,
    /// How long the agent has to wait for what it sent too fast.
    must_wait: Duration,
    /// Why the rest was not looked at.
    rejection: Option<Rejection>,
}

/// Hands the messages to the log, up to the first one that is not taken.
async fn hand_over<'a>(
    gateway: &Gateway,
    intake: &mut Intake,
    messages: impl Iterator<Item = &'a RawValue>,
) -> Result<Given, Refused> {
    let mut given = Given::default();
    for message in messages {
        let text = message.get().as_bytes();
        let taken = match parse(text) {
            Ok(message) => timeout(gateway.settings.deadline, intake.on(gateway, message, text.len()))
                .await
                .map_err(|_| not_stored())?,
            Err(rejected) => Err(rejected),
        };
        match taken {
            Ok((taken, wait)) => {
                if let Taken::Pending { last, receipt, .. } = taken {
                    given.receipts.push((last, receipt));
                }
                given.must_wait = given.must_wait.max(wait);
            }
            Err(rejected) => {
                given.rejection = Some(rejected);
                break;
            }
        }
    }
    Ok(given)
}

/// The body, if it is not larger than `limit` bytes.
async fn whole(mut body: Incoming, limit: usize) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| malformed("the body did not come"))?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > limit {
                return Err(too_large("the body"));
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

fn malformed(detail: &str) -> Refused {
    Refused::new(StatusCode::BAD_REQUEST, "malformed", detail)
}

fn occupied(detail: &str) -> Refused {
    Refused::new(StatusCode::CONFLICT, "occupied", detail)
}

fn too_large(what: &str) -> Refused {
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", format!("{what} is larger than is taken"))
}

fn not_stored() -> Refused {
    Refused::new(StatusCode::SERVICE_UNAVAILABLE, "storage", "the log cannot be written").retry_after(5)
}

/// A refusal has its members in the problem.
fn refusal(refused: &wire::Refused) -> Refused {
    let members = json!({ "first": refused.first, "last": refused.last, "seq": refused.seq, "reason": refused.reason });
    Refused::new(StatusCode::BAD_REQUEST, "refused", refused.detail.clone()).with(members)
}

fn closed(close: &Close) -> Refused {
    match close.code {
        Close::VERSION => Refused::new(StatusCode::UPGRADE_REQUIRED, "version", close.reason.clone()),
        TOO_LARGE => too_large("what is in the body"),
        STORAGE => not_stored(),
        _ => malformed(&close.reason),
    }
}
