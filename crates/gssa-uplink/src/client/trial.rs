//! Whether a link would work: one connection as a link makes it, up to the welcome, and nothing kept.

use std::sync::Arc;

use gssa_model::Timestamp;
use tokio::time::Instant;

use super::dial::Dialer;
use super::link::{Clock, Connection, Out, Tools, hand, next};
use crate::PROTOCOL;
use crate::session::{Carrier, Ended, Event, Reason, explain, outgoing};
use crate::wire::{FromAgent, FromReceiver, Hello, Welcome};

/// What a receiver did when it was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// What it answered to the hello, if one was said.
    pub welcome: Option<Welcome>,
    /// How far its clock is before ours, in milliseconds, if it said so.
    pub clock_offset_ms: Option<i64>,
}

/// Why a link would not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTried {
    /// In one word.
    pub reason: Reason,
    /// In words, with what to do.
    pub text: String,
    /// Whether a POST may get through where this WebSocket did not.
    pub blames_websocket: bool,
}

impl NotTried {
    fn new(reason: Reason, text: impl Into<String>) -> Self {
        Self { reason, text: text.into(), blames_websocket: false }
    }

    fn of(ended: &Ended, carrier: Carrier) -> Self {
        let (reason, text, blames_websocket) = explain(ended, carrier);
        Self { reason, text, blames_websocket }
    }
}

/// Tries a receiver once. With `hello` this is a connection of the agent like any other, which takes the place of one that is open; without, only
/// address and token are tried. It has the deadlines of a link, which are longer than people wait: dropping the future ends it.
///
/// # Errors
/// What a link would have as its last error.
pub async fn try_out(
    dialer: Arc<Dialer>,
    carrier: Carrier,
    hello: Option<Hello>,
    clock: Clock,
) -> Result<Tried, NotTried> {
    let mut connection = Some(Connection::new(carrier, Tools::new(dialer, clock.clone())));
    let mut greeted_at = Instant::now();
    loop {
        match next(&mut connection).await {
            Event::Opened => {
                greeted_at = Instant::now();
                let mut messages: Vec<FromAgent> = hello.clone().map(FromAgent::Hello).into_iter().collect();
                match carrier {
                    Carrier::WebSocket if messages.is_empty() => break,
                    Carrier::WebSocket => {}
                    // With an empty one a receiver refuses the letter, but only after the token.
                    Carrier::Post => messages.extend(hello.as_ref().map(|_| BYE)),
                }
                hand(connection.as_ref(), Out::Send(outgoing(carrier, messages, None)));
            }
            Event::Received(FromReceiver::Welcome(welcome)) => {
                if carrier == Carrier::WebSocket {
                    hand(connection.as_ref(), Out::Send(outgoing(carrier, vec![BYE], None)));
                }
                close(connection).await;
                return welcomed(welcome, greeted_at, clock());
            }
            // Somebody else's welcome is none.
            Event::Answered if hello.is_some() => {
                let text = "the endpoint answers, but not as a receiver does: check its path";
                return Err(NotTried::new(Reason::Protocol, text));
            }
            Event::Answered => break,
            Event::Ended(Ended::Status(answer))
                if hello.is_none() && carrier == Carrier::Post && answer.status == 400 =>
            {
                break;
            }
            Event::Ended(ended) => return Err(NotTried::of(&ended, carrier)),
            _ => {}
        }
    }
    close(connection).await;
    Ok(Tried { welcome: None, clock_offset_ms: None })
}

/// Nothing was told.
const BYE: FromAgent = FromAgent::Bye { last: 0 };

async fn close(connection: Option<Connection>) {
    const IN_ORDER: u16 = 1000;
    if let Some(connection) = connection {
        connection.close(IN_ORDER).await;
    }
}

fn welcomed(welcome: Welcome, greeted_at: Instant, now: Timestamp) -> Result<Tried, NotTried> {
    if welcome.protocol != PROTOCOL {
        let said: String = welcome.protocol.chars().take(40).collect();
        let text = format!("the receiver speaks {said:?} and this agent {PROTOCOL}: update the older of the two");
        return Err(NotTried::new(Reason::Version, text));
    }
    let half_way = i64::try_from(greeted_at.elapsed().as_millis() / 2).unwrap_or_default();
    let offset = welcome.clock.unix_ms().saturating_add(half_way).saturating_sub(now.unix_ms());
    Ok(Tried { welcome: Some(welcome), clock_offset_ms: Some(offset) })
}
