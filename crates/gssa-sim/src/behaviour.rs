//! How a device behaves. One vocabulary for all families; each family has a list of those that make sense to it.

mod family;
mod phase;
mod written;

use std::time::Duration;

pub use phase::Phase;

/// How a device behaves.
///
/// Written in kebab-case. Those with durations take them after a colon (`slow-answer:5s`, `flapping:30s/15s`,
/// `reboot:300s/10s`; `ms` is understood too); the bare name takes the durations of [`Behaviour::ALL`],
/// [`Behaviour::CGMINER`] and [`Behaviour::POOL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Behaviour {
    /// Answers as it should.
    Healthy,
    /// Accepts, reads, never answers.
    Hang,
    /// The port is closed. A shared socket cannot refuse, so there the connection is reset at once.
    Refuse,
    /// Resets after reading a request.
    Reset,
    /// Resets as soon as it has accepted.
    ResetOnAccept,
    /// Sends the head and half of the body, then resets.
    ResetMidBody,
    /// Sends the head, then one byte of body each 100 ms, practically for ever.
    Drip,
    /// Announces more bytes than it sends before it closes.
    Truncate,
    /// Streams a body of 200 MiB.
    Oversize,
    /// Sends random bytes in place of HTTP.
    Garbage,
    /// 200 with an HTML page.
    WrongContentType,
    /// 302 to `/`.
    Redirect,
    /// 401 with a line of text that is called HTML.
    Unauthorized,
    /// 500.
    ServerError,
    /// 503.
    Busy,
    /// Every measured figure is `null`, as NaN becomes in JSON.
    NullFloats,
    /// Network name and host name are not UTF-8.
    BadUtf8,
    /// Reads a request and closes without a byte.
    EmptyReply,
    /// 200 with objects nested ten thousand deep.
    DeepJson,
    /// 200 with the JSON of some lamp.
    NotAMiner,
    /// Answers correctly, but late.
    SlowAnswer(Duration),
    /// The port is open for a while, then closed for a while; uptime goes on.
    Flapping {
        /// How long the port is open.
        up: Duration,
        /// How long it is closed.
        down: Duration,
    },
    /// Reboots again and again: uptime, shares and session best restart.
    Reboot {
        /// How long the device runs before each reboot.
        after: Duration,
        /// How long the port stays closed.
        down: Duration,
    },
    /// The user has paused mining.
    Paused,
    /// No pool can be reached, so the chips are stopped.
    NoPool,
    /// Mines for the fallback pool.
    OnFallback,
    /// Protection has stopped the chips.
    Overheated,
    /// The regulator reports a fault.
    PowerFault,
    /// The firmware reports a hardware fault.
    HardwareFault,
    /// The hashrate never changes and the shares stand still.
    Frozen,
    /// The momentary hashrate is ten times too high.
    Spike,
    /// Sends the reply without the NUL that ends it.
    NoNul,
    /// A NUL stands in the middle: behind each member of a joined reply, or behind the status of a single one.
    NulInside,
    /// Sends the whole reply, but in pieces of a few bytes.
    Pieces,
    /// The reply is valid and longer than 64 KiB.
    LargeReply,
    /// Rates are `nan`, totals `inf`, bare as the firmware prints them.
    NanValues,
    /// Objects follow each other without a comma, `}{`.
    MissingComma,
    /// A comma stands behind the last member and the last element.
    TrailingComma,
    /// Members occur twice with different values; the later one is right.
    DuplicateKeys,
    /// Every command is refused with code 45.
    AccessDenied,
    /// The API port is closed to others while the web pages answer.
    ApiClosed,
    /// The mining process has died: the API port is closed, and the web pages that ask it say so.
    ProcessDown,
    /// The air at the intake is far below zero.
    Cold,
    /// One hash board is not there.
    MissingBoard,
    /// 402 with a line about a licence.
    PaymentRequired,
    /// 403.
    Forbidden,
    /// 404, whatever is asked for.
    NotFound,
}

impl Behaviour {
    /// The name without durations.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Hang => "hang",
            Self::Refuse => "refuse",
            Self::Reset => "reset",
            Self::ResetOnAccept => "reset-on-accept",
            Self::ResetMidBody => "reset-mid-body",
            Self::Drip => "drip",
            Self::Truncate => "truncate",
            Self::Oversize => "oversize",
            Self::Garbage => "garbage",
            Self::WrongContentType => "wrong-content-type",
            Self::Redirect => "redirect",
            Self::Unauthorized => "unauthorized",
            Self::ServerError => "server-error",
            Self::Busy => "busy",
            Self::NullFloats => "null-floats",
            Self::BadUtf8 => "bad-utf8",
            Self::EmptyReply => "empty-reply",
            Self::DeepJson => "deep-json",
            Self::NotAMiner => "not-a-miner",
            Self::SlowAnswer(_) => "slow-answer",
            Self::Flapping { .. } => "flapping",
            Self::Reboot { .. } => "reboot",
            Self::Paused => "paused",
            Self::NoPool => "no-pool",
            Self::OnFallback => "on-fallback",
            Self::Overheated => "overheated",
            Self::PowerFault => "power-fault",
            Self::HardwareFault => "hardware-fault",
            Self::Frozen => "frozen",
            Self::Spike => "spike",
            Self::NoNul => "no-nul",
            Self::NulInside => "nul-inside",
            Self::Pieces => "pieces",
            Self::LargeReply => "large-reply",
            Self::NanValues => "nan-values",
            Self::MissingComma => "missing-comma",
            Self::TrailingComma => "trailing-comma",
            Self::DuplicateKeys => "duplicate-keys",
            Self::AccessDenied => "access-denied",
            Self::ApiClosed => "api-closed",
            Self::ProcessDown => "process-down",
            Self::Cold => "cold",
            Self::MissingBoard => "missing-board",
            Self::PaymentRequired => "payment-required",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
        }
    }

    /// Whether the chips run.
    pub const fn hashes(&self) -> bool {
        !matches!(
            self,
            Self::Paused | Self::NoPool | Self::Overheated | Self::PowerFault | Self::HardwareFault | Self::ProcessDown
        )
    }

    /// Whether shares and hashes grow.
    pub const fn finds_shares(&self) -> bool {
        self.hashes() && !matches!(self, Self::Frozen)
    }
}
