//! The next message, as it would leave.

use std::collections::BTreeMap;
use std::time::Duration;

use gssa_uplink::SUBPROTOCOL;
use gssa_uplink::client::Dialer;
use gssa_uplink::session::Carrier;
use gssa_uplink::wire::{Batch, Body, FromAgent, Item};
use gssa_view::store::Versioned;
use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;

use super::privacy::Privacy;
use super::{Uplinks, settings};
use crate::config::MASK;
use crate::version::VERSION;

/// A message as it would leave: the first of a connection that tells of a source. What follows are differences from it.
#[skip_serializing_none]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Preview {
    /// What to know about this preview.
    note: &'static str,
    /// How it would travel: `websocket` or `post`.
    carrier: &'static str,
    /// Where to; absent without an uplink.
    url: Option<String>,
    /// The headers, without secrets.
    headers: BTreeMap<&'static str, String>,
    /// The message as JSON; above 1 KiB it travels packed by gzip.
    message: Value,
}

impl Uplinks {
    /// What the uplink with this id would send about a source, or the first that it sends; `None` if there is no such uplink.
    pub fn preview(&self, id: &str, source_id: Option<&str>) -> Option<Preview> {
        let loaded = self.configuration.current();
        let uplink = loaded.config.uplinks.iter().find(|uplink| uplink.id.as_str() == id)?;
        let dialer = settings::dialer(uplink);
        let is_running = self.lock().get(id).map(|running| running.report.borrow().status.carrier);
        let only_post = matches!(uplink.endpoint.scheme(), Some("https" | "http"));
        let carrier = is_running.unwrap_or(if only_post { Carrier::Post } else { Carrier::WebSocket });
        let privacy = Privacy::new(uplink, &loaded.config);
        let mut preview = self.preview_of(&privacy, carrier, dialer.as_ref(), source_id);
        preview.note = if uplink.enabled {
            "what this link sends; nothing was sent to make this"
        } else {
            "what this link would send if it were on; nothing was sent"
        };
        Some(preview)
    }

    /// What one with default settings would.
    pub fn default_preview(&self, source_id: Option<&str>) -> Preview {
        let privacy = Privacy::with_defaults(&self.configuration.current().config);
        let mut preview = self.preview_of(&privacy, Carrier::WebSocket, None, source_id);
        preview.note = "what a link with default settings would send; nothing was sent";
        preview
    }

    fn preview_of(
        &self,
        privacy: &Privacy,
        carrier: Carrier,
        dialer: Option<&Dialer>,
        source_id: Option<&str>,
    ) -> Preview {
        let entry = match source_id {
            Some(id) => self.view.store().get(id),
            None => self.view.store().all().into_iter().find(|entry| privacy.sends(&entry.reading.source)),
        };
        let items = entry.filter(|entry| privacy.sends(&entry.reading.source)).map(|entry| self.item(privacy, &entry));
        let count = u64::from(items.is_some());
        let batch = Batch { first: 1, last: count.max(1), items: items.into_iter().collect(), gaps: Vec::new() };
        let mut headers = BTreeMap::from([
            ("user-agent", format!("{}/{}", VERSION.name, VERSION.version)),
            ("authorization", format!("Bearer {MASK}")),
        ]);
        let url = match carrier {
            Carrier::WebSocket => {
                headers.insert("sec-websocket-protocol", SUBPROTOCOL.to_owned());
                dialer.map(Dialer::websocket_url)
            }
            Carrier::Post => {
                headers.insert("content-type", "application/json".to_owned());
                dialer.map(Dialer::post_url)
            }
        };
        let message = serde_json::to_value(FromAgent::Batch(batch)).unwrap_or_default();
        Preview { note: "", carrier: carrier.as_str(), url, headers, message }
    }

    fn item(&self, privacy: &Privacy, entry: &Versioned) -> Item {
        let reading = &entry.reading;
        let now = self.view.clock().now().unix_ms();
        let age = reading.observed_at.map_or(0, |at| now.saturating_sub(at.unix_ms()).max(0));
        let age_ms = Duration::from_millis(age.try_into().unwrap_or(0)).as_millis() as u64;
        let report = privacy.report(reading, &entry.findings);
        Item { seq: None, age_ms, body: Body::Report { source_id: reading.source.id.clone(), report } }
    }
}
