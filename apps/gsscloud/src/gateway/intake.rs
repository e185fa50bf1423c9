//! From a message to the log, the same for both doors.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gssa_uplink::pack::{UnpackError, Unpacker, unpack};
use gssa_uplink::receiver::{self, Action, Close, Connection, Rejection, negotiate};
use gssa_uplink::wire::{Epoch, FromAgent, Hello, Program, Refused, RefusedReason, Seq, Welcome};
use serde::Deserialize;
use tracing::{debug, info, warn};

use super::Gateway;
use super::budget::{Message, Permit};
use super::presence::{Arrival, Door, Occupied, Place, Presence};
use crate::clock;
use crate::db::Unavailable;
use crate::log::{AgentId, Append, Item, LogError, Position, Receipt};
use crate::registry::Agent;

/// Close codes of section 5 that are not those of the receiver.
pub(super) const UNAUTHORISED: u16 = 4401;
pub(super) const REPLACED: u16 = 4409;
pub(super) const TOO_LARGE: u16 = 4413;
/// The storage failed: the agent comes again after its back-off.
pub(super) const STORAGE: u16 = 1011;

/// One connection, after its hello.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) place: Place,
    epoch: Epoch,
    connection: Connection,
    stream: Unpacker,
    stored: Seq,
}

/// What a message came to.
#[derive(Debug)]
pub(super) enum Taken {
    /// Acknowledge `last` once the receipt says so.
    Pending { last: Seq, receipt: Receipt, permit: Option<Permit> },
    /// Acknowledge once more.
    Again,
    /// Nothing to say.
    Nothing,
    /// The agent ends.
    Bye,
}

/// Why there is no conversation.
#[derive(Debug)]
pub(super) enum Unwelcome {
    Close(Close),
    Occupied,
}

impl Intake {
    /// Answers `hello`.
    pub(super) async fn begin(
        gateway: &Arc<Gateway>,
        agent: &Agent,
        door: Door,
        from: IpAddr,
        hello: Hello,
        stream: Unpacker,
    ) -> Result<(Self, Welcome), Unwelcome> {
        let received_at = clock::now();
        let protocol = negotiate(&hello).map_err(Unwelcome::Close)?;
        let id = agent.id.clone();
        let opened = gateway.log.open(&id, &hello.epoch, received_at).await.map_err(|error| {
            warn!(agent = %id, error = %error, "hello cannot be answered");
            Unwelcome::Close(Close { code: STORAGE, reason: "the log cannot be written".into() })
        })?;
        if let Some(after) = opened.lost_after {
            info!(agent = %id, after, "a run of the agent ended without a goodbye");
        }
        let arrival = Arrival {
            agent: id.clone(),
            door,
            from,
            epoch: hello.epoch.clone(),
            is_revived: opened.is_revived,
            is_new: opened.is_new,
            program: shortened(hello.agent),
            clock_offset_ms: hello.clock.unix_ms() - received_at.unix_ms(),
        };
        let place = Presence::enter(gateway, arrival).map_err(|Occupied| Unwelcome::Occupied)?;
        // From here on the connection that was there before appends nothing any more; what it did until now counts.
        let opened = gateway.log.open(&id, &hello.epoch, received_at).await.map_err(|error| {
            warn!(agent = %id, error = %error, "hello cannot be answered");
            Unwelcome::Close(Close { code: STORAGE, reason: "the log cannot be written".into() })
        })?;
        let limits = gateway.settings.limits;
        let welcome = Welcome {
            protocol: protocol.to_owned(),
            agent: id.to_string(),
            server: Program { name: "gsscloud".into(), version: gateway.version.into(), site: None },
            stored: opened.stored,
            clock: clock::now(),
            limits,
        };
        let connection = Connection::new(hello.epoch.clone(), opened.stored, limits);
        let (epoch, stored) = (hello.epoch, opened.stored);
        Ok((Self { place, epoch, connection, stream, stored }, welcome))
    }

    /// The highest number that is stored, as far as this connection knows.
    pub(super) const fn stored(&self) -> Seq {
        self.stored
    }

    /// Everything up to `last` is stored.
    pub(super) fn stored_up_to(&mut self, last: Seq) {
        self.stored = self.stored.max(last);
    }

    /// Takes a message; gives what came of it and how long the agent has to wait before the next.
    pub(super) async fn take(&mut self, gateway: &Gateway, message: Message) -> Result<(Taken, Duration), Rejection> {
        let tallies = &gateway.tallies;
        tallies.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
        let limit = gateway.settings.limits.unpacked_bytes;
        let (text, permit) =
            gateway.budget.unpack(message, limit, &mut self.stream).await.map_err(|error| not_unpacked(&error))?;
        tallies.unpacked_bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        let message = parse(&text)?;
        let bytes = text.len();
        drop(text);
        let mut taken = self.on(gateway, message, bytes).await;
        if let Ok((Taken::Pending { permit: held, .. }, _)) = &mut taken {
            *held = Some(permit);
        }
        taken
    }

    /// Takes a message that was read.
    pub(super) async fn on(
        &mut self,
        gateway: &Gateway,
        message: FromAgent,
        bytes: usize,
    ) -> Result<(Taken, Duration), Rejection> {
        let action = self.connection.on(message).inspect_err(|_| {
            gateway.tallies.refused.fetch_add(1, Ordering::Relaxed);
        })?;
        let rates = &gateway.settings.rates;
        Ok(match action {
            Action::Append(append) => {
                let (items, newest) = (append.entries.len(), append.entries.last().map(|entry| entry.age_ms));
                let wait = self.place.count(rates, items, bytes, newest);
                gateway.tallies.batches.fetch_add(1, Ordering::Relaxed);
                gateway.tallies.items.fetch_add(items as u64, Ordering::Relaxed);
                let last = append.last;
                let append = dated(self.place.agent.clone(), append);
                if self.place.is_taken() {
                    let reason = "another connection of this agent took over".into();
                    return Err(Rejection::Close(Close { code: REPLACED, reason }));
                }
                let receipt = gateway.log.append(append).await.map_err(|error| not_stored(&error))?;
                (Taken::Pending { last, receipt, permit: None }, wait)
            }
            Action::Acknowledge => (Taken::Again, self.place.count(rates, 1, bytes, None)),
            Action::Show(shown) => {
                let wait = self.place.count(rates, shown.len(), bytes, None);
                self.place.show(shown);
                (Taken::Nothing, wait)
            }
            Action::End { last } => {
                self.place.said_bye();
                let ended = gateway.log.end(&self.place.agent, &self.epoch, last).await;
                ended.map_err(|error| not_stored(&error))?;
                (Taken::Bye, Duration::ZERO)
            }
            Action::Nothing => (Taken::Nothing, self.place.count(rates, 1, bytes, None)),
        })
    }
}

/// What a receipt said; `None` if it was never told.
pub(super) fn settled(answer: Option<Result<Result<Position, LogError>, Unavailable>>) -> Result<(), Rejection> {
    match answer {
        Some(Ok(Ok(_))) => Ok(()),
        Some(Ok(Err(error))) => Err(not_stored(&error)),
        Some(Err(error)) => Err(not_stored(&error.into())),
        None => Err(not_stored(&Unavailable::Closed.into())),
    }
}

fn not_stored(error: &LogError) -> Rejection {
    debug!(error = %error, "a batch was not stored");
    Rejection::Close(Close { code: STORAGE, reason: "not stored".into() })
}

fn not_unpacked(error: &UnpackError) -> Rejection {
    let code = if matches!(error, UnpackError::TooLarge { .. }) { TOO_LARGE } else { Close::MALFORMED };
    Rejection::Close(Close { code, reason: error.to_string() })
}

/// Reads a message. A batch that cannot be read is refused, so that its agent finds the item that is in the way.
pub(super) fn parse(text: &[u8]) -> Result<FromAgent, Rejection> {
    #[derive(Deserialize)]
    struct Outline {
        first: Seq,
        last: Seq,
    }
    unpack(text).map_err(|error| match serde_json::from_slice::<Outline>(text) {
        Ok(Outline { first, last }) => Rejection::Refused(Refused {
            first,
            last,
            reason: RefusedReason::Malformed,
            seq: None,
            detail: error.to_string(),
        }),
        Err(_) => Rejection::Close(Close { code: Close::MALFORMED, reason: error.to_string() }),
    })
}

/// What is to be appended, with times of our clock.
fn dated(agent: AgentId, append: receiver::Append) -> Append {
    let received_at = clock::now();
    let items = append.entries.into_iter().map(|entry| Item {
        seq: entry.seq,
        made_at: clock::before(received_at, entry.age_ms),
        content: entry.content,
    });
    let (after, last) = (append.first - 1, append.last);
    Append { agent, epoch: append.epoch, after, last, received_at, items: items.collect(), gaps: append.gaps }
}

/// Names of programs are for people, and not longer than those look at.
fn shortened(program: Program) -> Program {
    let short = |text: String| text.chars().filter(|c| !c.is_control()).take(64).collect::<String>();
    Program { name: short(program.name), version: short(program.version), site: program.site.map(short) }
}
