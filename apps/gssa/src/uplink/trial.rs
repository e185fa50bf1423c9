//! Whether a link would work, before it is saved or when it does not.
//!
//! A hello of a run that the receiver does not know would end the run that it knows, and a second connection takes the place of the first. So where
//! a link of this agent runs to the same endpoint, nothing is said: address, certificate and token are tried, and that is told.

use std::sync::Arc;
use std::time::Duration;

use gssa_serve::token::random;
use gssa_uplink::PROTOCOL;
use gssa_uplink::client::{Dialer, NotTried, Tried, try_out};
use gssa_uplink::session::{Carrier, Reason};
use gssa_uplink::wire::{Epoch, Hello};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;
use tokio::time::{Instant, timeout};

use super::{Uplinks, settings};
use crate::config::{Config, Uplink};

/// Somebody waits for it.
const DEADLINE: Duration = Duration::from_secs(10);

/// From here on a clock is called wrong, in milliseconds.
const CLOCK_WRONG_MS: u64 = 120_000;

/// What came of trying a receiver.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "UplinkTrial")]
pub struct Trial {
    /// Whether a link as it is written would work.
    pub works: bool,
    /// In words, with what to do if it does not.
    pub text: String,
    /// Why it does not, in one word, as in `endings` of a link.
    pub reason: Option<&'static str>,
    /// How it was tried last: `websocket` or `post`.
    pub carrier: &'static str,
    /// What was asked for.
    pub url: String,
    /// How long it took.
    pub took_ms: u64,
    /// What the receiver calls this agent, if it was asked.
    pub agent: Option<String>,
    /// The program of the receiver.
    pub server: Option<String>,
    /// How far the receiver's clock is before ours, in milliseconds.
    pub clock_offset_ms: Option<i64>,
}

impl Uplinks {
    /// Tries the receiver of `uplink` once, within ten seconds. No reading leaves.
    pub async fn try_out(&self, config: &Config, uplink: &Uplink) -> Trial {
        let begun = Instant::now();
        let only_post = matches!(uplink.endpoint.scheme(), Some("https" | "http"));
        let first = if only_post { Carrier::Post } else { Carrier::WebSocket };
        let Some(dialer) = settings::dialer(uplink, &settings::Used::default()).map(Arc::new) else {
            let text = "the CA file cannot be used".to_owned();
            let url = uplink.endpoint.to_string();
            return Trial::failed(first, url, begun, NotTried { reason: Reason::Tls, text, blames_websocket: false });
        };
        let is_in_use = self.lock().values().any(|running| running.uplink.endpoint == uplink.endpoint);
        let hello = || (!is_in_use).then(|| self.hello(config, uplink));
        let in_turn = async {
            let _turn = self.trials.lock().await;
            let tried = self.attempt(&dialer, first, hello()).await;
            match tried {
                Err(failed) if failed.blames_websocket => match self.attempt(&dialer, Carrier::Post, hello()).await {
                    Ok(tried) => (Carrier::Post, Ok(tried), Some(failed.text)),
                    Err(_) => (first, Err(failed), None),
                },
                tried => (first, tried, None),
            }
        };
        let late = || NotTried {
            reason: Reason::Silent,
            text: format!(
                "no answer in {} s: check address and port, and whether a firewall is between",
                DEADLINE.as_secs()
            ),
            blames_websocket: false,
        };
        let (carrier, tried, instead_of) =
            timeout(DEADLINE, in_turn).await.unwrap_or_else(|_| (first, Err(late()), None));
        let url = match carrier {
            Carrier::WebSocket => dialer.websocket_url(),
            Carrier::Post => dialer.post_url(),
        };
        match tried {
            Ok(tried) => Trial::worked(carrier, url, begun, tried, instead_of),
            Err(failed) => Trial::failed(carrier, url, begun, failed),
        }
    }

    async fn attempt(&self, dialer: &Arc<Dialer>, carrier: Carrier, hello: Option<Hello>) -> Result<Tried, NotTried> {
        let clock = self.view.clock().clone();
        try_out(dialer.clone(), carrier, hello, Arc::new(move || clock.now())).await
    }

    /// Of a run that has nothing to tell.
    fn hello(&self, config: &Config, uplink: &Uplink) -> Hello {
        Hello {
            protocols: vec![PROTOCOL.to_owned()],
            agent: settings::of(uplink, config, self.started_at).program,
            epoch: Epoch::from_random(u128::from_ne_bytes(random())),
            started_at: self.started_at,
            clock: self.view.clock().now(),
            first_kept: 1,
            next: 1,
        }
    }
}

impl Trial {
    fn worked(carrier: Carrier, url: String, begun: Instant, tried: Tried, instead_of: Option<String>) -> Self {
        let (agent, server) = tried.welcome.map(|welcome| (welcome.agent, welcome.server)).unzip();
        let server = server.map(|server| shown(&format!("{} {}", server.name, server.version)));
        let agent = agent.as_deref().map(shown);
        let mut text = match (&agent, &server) {
            (Some(agent), Some(server)) => format!("it works: {server} knows this token and calls this agent {agent}"),
            _ => {
                "the receiver is reached and takes the token; no more was tried, since a link of this agent runs there"
                    .to_owned()
            }
        };
        if let Some(why) = instead_of {
            text = format!("{text}; but only by POST, which a link changes to by itself: {why}");
        }
        if let Some(offset) = tried.clock_offset_ms.filter(|offset| offset.unsigned_abs() >= CLOCK_WRONG_MS) {
            let side = if offset > 0 { "behind" } else { "ahead" };
            let secs = offset.unsigned_abs() / 1000;
            text = format!("{text}; the clock of this machine is {secs} s {side}: set it");
        }
        let (reason, clock_offset_ms) = (None, tried.clock_offset_ms);
        Self {
            works: true,
            text,
            reason,
            carrier: carrier.as_str(),
            url,
            took_ms: ms(begun),
            agent,
            server,
            clock_offset_ms,
        }
    }

    fn failed(carrier: Carrier, url: String, begun: Instant, NotTried { reason, text, .. }: NotTried) -> Self {
        let (reason, carrier) = (Some(reason.as_str()), carrier.as_str());
        Self {
            works: false,
            text,
            reason,
            carrier,
            url,
            took_ms: ms(begun),
            agent: None,
            server: None,
            clock_offset_ms: None,
        }
    }
}

fn ms(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// What a receiver says of itself, as people may be shown it.
fn shown(text: &str) -> String {
    gssa_model::text::clean(text).unwrap_or_default().chars().take(120).collect()
}
