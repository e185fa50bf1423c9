//! What the end of a connection means: how long to stay away, and what an operator is told.

use std::time::Duration;

use super::event::{Answer, Carrier, Ended};
use crate::PROTOCOL;

/// Why a session is without a connection, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Nobody was reached.
    Unreachable,
    /// The certificate, or no common way to speak.
    Tls,
    /// The upgrade to a WebSocket did not succeed.
    Upgrade,
    /// The receiver, or something before it, has trouble.
    Server,
    /// The receiver wants to be left alone for a while.
    Busy,
    /// The token is not good.
    Rejected,
    /// No common version.
    Version,
    /// Another agent has the same token.
    Duplicate,
    /// A message was not understood, at either side.
    Protocol,
    /// The connection broke.
    Broken,
    /// Nothing came, or no acknowledgement.
    Silent,
    /// The receiver ended, or asked to connect anew.
    Restart,
    /// The machine slept or its clock was set.
    Clock,
    /// We wanted to: another token, another epoch, another carrier.
    Own,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Unreachable,
        Self::Tls,
        Self::Upgrade,
        Self::Server,
        Self::Busy,
        Self::Rejected,
        Self::Version,
        Self::Duplicate,
        Self::Protocol,
        Self::Broken,
        Self::Silent,
        Self::Restart,
        Self::Clock,
        Self::Own,
    ];

    /// The word for it in APIs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::Upgrade => "upgrade",
            Self::Server => "server",
            Self::Busy => "busy",
            Self::Rejected => "rejected",
            Self::Version => "version",
            Self::Duplicate => "duplicate",
            Self::Protocol => "protocol",
            Self::Broken => "broken",
            Self::Silent => "silent",
            Self::Restart => "restart",
            Self::Clock => "clock",
            Self::Own => "own",
        }
    }
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// After the back-off.
    BackOff,
    /// After what the receiver asked for.
    Asked(Duration),
    /// At once.
    AtOnce,
    /// At once with the token read anew, then every [`SLOW`].
    Rejected,
    /// After [`SLOW`].
    Slow,
}

/// The wait where only a person can change something.
pub(super) const SLOW: Duration = Duration::from_secs(300);

/// The wait where another connection of this agent is open: it may be the ghost of our own.
const GHOST: Duration = Duration::from_secs(65);

/// What an end means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) reason: Reason,
    pub(super) next: Next,
    /// In words, with what to do.
    pub(super) text: String,
    /// Whether a WebSocket may be what does not get through, although the host can be reached.
    pub(super) blames_websocket: bool,
}

impl Verdict {
    pub(super) fn new(reason: Reason, next: Next, text: impl Into<String>) -> Self {
        Self { reason, next, text: text.into(), blames_websocket: false }
    }

    const fn blaming_websocket(mut self) -> Self {
        self.blames_websocket = true;
        self
    }
}

/// What the end of an attempt at a connection means: why, in words with what to do, and whether a WebSocket may be what does not get through.
#[cfg(feature = "client")]
pub(crate) fn explain(ended: &Ended, carrier: Carrier) -> (Reason, String, bool) {
    let Verdict { reason, text, blames_websocket, .. } = judge(ended, carrier, false);
    (reason, text, blames_websocket)
}

/// What `ended` means, of a connection by `carrier` that was welcomed or was not.
pub(super) fn judge(ended: &Ended, carrier: Carrier, welcomed: bool) -> Verdict {
    let is_attempt = carrier == Carrier::WebSocket && !welcomed;
    match ended {
        Ended::NotReached(text) => Verdict::new(Reason::Unreachable, Next::BackOff, text),
        Ended::Tls(text) => Verdict::new(Reason::Tls, Next::BackOff, text),
        Ended::Upgrade(text) => Verdict::new(Reason::Upgrade, Next::BackOff, text).blaming_websocket(),
        Ended::Status(answer) => of_status(answer, carrier),
        Ended::Closed { code, reason } => of_code(*code, reason, is_attempt),
        Ended::Broken(text) => {
            let verdict = Verdict::new(Reason::Broken, Next::BackOff, text);
            if is_attempt { verdict.blaming_websocket() } else { verdict }
        }
    }
}

fn of_status(answer: &Answer, carrier: Carrier) -> Verdict {
    let Answer { status, retry_after, location, detail, .. } = answer;
    let said = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
    let is_upgrade = carrier == Carrier::WebSocket;
    match status {
        401 => Verdict::new(
            Reason::Rejected,
            Next::Rejected,
            format!("the token was refused{said}: enter one that the receiver knows, or have the agent enrolled again"),
        ),
        403 => Verdict::new(
            Reason::Rejected,
            Next::Rejected,
            format!("the receiver forbids it (403){said}: the token was revoked or lacks the right; enter another"),
        ),
        407 => Verdict::new(
            Reason::Unreachable,
            Next::BackOff,
            "a proxy on the way wants a user and a password: write them into HTTPS_PROXY",
        ),
        409 => Verdict::new(
            Reason::Duplicate,
            // A receiver that knows it to be a request of ours that it has not done with says how long that takes.
            Next::Asked(retry_after.unwrap_or(GHOST)),
            format!("another connection of this agent is open{said}; if this stays, two copies run with one token"),
        ),
        426 => Verdict::new(
            Reason::Version,
            Next::Slow,
            format!("the receiver does not speak {PROTOCOL}{said}: update the agent or the receiver"),
        ),
        429 | 503 => {
            let (next, wait) = match retry_after {
                Some(wait) => (Next::Asked(*wait), format!("; it asks to wait {} s", wait.as_secs())),
                None => (Next::BackOff, String::new()),
            };
            let what =
                if *status == 429 { "there are too many requests for it (429)" } else { "it is not available (503)" };
            Verdict::new(Reason::Busy, next, format!("the receiver says that {what}{said}{wait}"))
        }
        300..=399 => {
            let to = location.as_deref().map(|to| format!(" to {to}")).unwrap_or_default();
            let text = format!(
                "the endpoint redirects{to} ({status}), which is not followed: write the address that is meant"
            );
            let verdict = Verdict::new(Reason::Upgrade, Next::BackOff, text);
            if is_upgrade { verdict.blaming_websocket() } else { verdict }
        }
        408 => Verdict::new(
            Reason::Server,
            Next::BackOff,
            format!("the receiver did not get the request in time (408){said}"),
        ),
        500.. if *status != 501 => Verdict::new(
            Reason::Server,
            Next::BackOff,
            format!("the receiver, or a proxy before it, has trouble ({status}){said}"),
        ),
        404 if !is_upgrade => Verdict::new(
            Reason::Version,
            Next::Slow,
            format!("there is no receiver at this path (404){said}: check the endpoint"),
        ),
        _ if is_upgrade => {
            let text = format!(
                "the upgrade to a WebSocket was answered by {status}{said}: check the path of the endpoint, and whether a proxy lets WebSockets through"
            );
            Verdict::new(Reason::Upgrade, Next::BackOff, text).blaming_websocket()
        }
        _ => Verdict::new(
            Reason::Protocol,
            Next::BackOff,
            format!("the receiver answered {status}{said}: check the endpoint"),
        ),
    }
}

fn of_code(code: u16, reason: &str, is_attempt: bool) -> Verdict {
    let said = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
    match code {
        1000 | 1001 | 1012 => {
            Verdict::new(Reason::Restart, Next::BackOff, format!("the receiver ended the connection{said}"))
        }
        1002 | 1003 | 1007 | 4400 => {
            Verdict::new(Reason::Protocol, Next::BackOff, format!("the receiver did not understand a message{said}"))
        }
        4401 => Verdict::new(
            Reason::Rejected,
            Next::Rejected,
            format!("the token is not good any more{said}: enter one that the receiver knows"),
        ),
        4409 => Verdict::new(
            Reason::Duplicate,
            Next::Slow,
            format!(
                "another connection of this agent took over{said}: two copies may run with one token; give each its own"
            ),
        ),
        1009 | 4413 => {
            Verdict::new(Reason::Protocol, Next::BackOff, format!("a message was too large for the receiver{said}"))
        }
        4426 => Verdict::new(
            Reason::Version,
            Next::Slow,
            format!("the receiver does not speak {PROTOCOL}{said}: update the agent or the receiver"),
        ),
        4429 => Verdict::new(
            Reason::Busy,
            Next::Asked(Duration::from_secs(60)),
            format!("the receiver says that this is too much{said}"),
        ),
        _ => {
            let verdict =
                Verdict::new(Reason::Broken, Next::BackOff, format!("the connection was closed ({code}){said}"));
            Verdict { blames_websocket: is_attempt, ..verdict }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16) -> Ended {
        Ended::Status(Box::new(Answer { status, ..Answer::default() }))
    }

    fn closed(code: u16) -> Ended {
        Ended::Closed { code, reason: String::new() }
    }

    #[test]
    fn every_end_says_when_to_come_back_and_why() {
        use Carrier::{Post, WebSocket};
        let retry = Some(Duration::from_secs(90));
        for (ended, carrier, welcomed, reason, next, blames_websocket) in [
            (Ended::NotReached("no".into()), WebSocket, false, Reason::Unreachable, Next::BackOff, false),
            (Ended::Tls("no".into()), WebSocket, false, Reason::Tls, Next::BackOff, false),
            (Ended::Upgrade("no".into()), WebSocket, false, Reason::Upgrade, Next::BackOff, true),
            (Ended::Broken("no".into()), WebSocket, false, Reason::Broken, Next::BackOff, true),
            (Ended::Broken("no".into()), WebSocket, true, Reason::Broken, Next::BackOff, false),
            (Ended::Broken("no".into()), Post, false, Reason::Broken, Next::BackOff, false),
            (status(200), WebSocket, false, Reason::Upgrade, Next::BackOff, true),
            (status(301), WebSocket, false, Reason::Upgrade, Next::BackOff, true),
            (status(301), Post, false, Reason::Upgrade, Next::BackOff, false),
            (status(400), WebSocket, false, Reason::Upgrade, Next::BackOff, true),
            (status(400), Post, true, Reason::Protocol, Next::BackOff, false),
            (status(401), WebSocket, false, Reason::Rejected, Next::Rejected, false),
            (status(403), Post, true, Reason::Rejected, Next::Rejected, false),
            (status(404), WebSocket, false, Reason::Upgrade, Next::BackOff, true),
            (status(404), Post, false, Reason::Version, Next::Slow, false),
            (status(408), Post, false, Reason::Server, Next::BackOff, false),
            (status(409), Post, false, Reason::Duplicate, Next::Asked(GHOST), false),
            (
                Ended::Status(Box::new(Answer { status: 409, retry_after: retry, ..Answer::default() })),
                Post,
                true,
                Reason::Duplicate,
                Next::Asked(Duration::from_secs(90)),
                false,
            ),
            (status(426), WebSocket, false, Reason::Version, Next::Slow, false),
            (status(429), Post, false, Reason::Busy, Next::BackOff, false),
            (status(500), WebSocket, false, Reason::Server, Next::BackOff, false),
            (status(501), WebSocket, false, Reason::Upgrade, Next::BackOff, true),
            (status(502), WebSocket, false, Reason::Server, Next::BackOff, false),
            (
                Ended::Status(Box::new(Answer { status: 503, retry_after: retry, ..Answer::default() })),
                WebSocket,
                false,
                Reason::Busy,
                Next::Asked(Duration::from_secs(90)),
                false,
            ),
            (closed(1000), WebSocket, true, Reason::Restart, Next::BackOff, false),
            (closed(1006), WebSocket, true, Reason::Broken, Next::BackOff, false),
            (closed(1006), WebSocket, false, Reason::Broken, Next::BackOff, true),
            (closed(1012), WebSocket, true, Reason::Restart, Next::BackOff, false),
            (closed(4400), WebSocket, true, Reason::Protocol, Next::BackOff, false),
            (closed(4401), WebSocket, true, Reason::Rejected, Next::Rejected, false),
            (closed(4409), WebSocket, true, Reason::Duplicate, Next::Slow, false),
            (closed(4413), WebSocket, true, Reason::Protocol, Next::BackOff, false),
            (closed(4426), WebSocket, false, Reason::Version, Next::Slow, false),
            (closed(4429), WebSocket, true, Reason::Busy, Next::Asked(Duration::from_secs(60)), false),
        ] {
            let verdict = judge(&ended, carrier, welcomed);
            assert_eq!(
                (verdict.reason, verdict.next, verdict.blames_websocket),
                (reason, next, blames_websocket),
                "{ended:?} {carrier:?}"
            );
            assert!(!verdict.text.is_empty() && !verdict.text.ends_with('.'), "{}", verdict.text);
        }
    }

    #[test]
    fn every_reason_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(words.len(), Reason::ALL.len());
    }
}
