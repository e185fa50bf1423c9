//! What the configuration says about a link, as the link wants it.

use std::sync::Arc;
use std::time::Duration;

use gssa_http::Trust;
use gssa_model::Timestamp;
use gssa_uplink::client::{Dialer, Proxies, Token};
use gssa_uplink::session::Settings;
use gssa_uplink::wire::Program;
use tracing::warn;

use crate::config::{Config, Uplink, read_secret_file};
use crate::version::VERSION;

/// How a link goes about it.
pub(super) fn of(uplink: &Uplink, config: &Config, started_at: Timestamp) -> Settings {
    Settings {
        program: Program {
            name: VERSION.name.to_owned(),
            version: VERSION.version.to_owned(),
            site: Some(config.agent.name.clone()),
        },
        started_at,
        only_post: matches!(uplink.endpoint.scheme(), Some("https" | "http")),
        flush: Duration::from_secs(u64::from(uplink.flush_secs)),
        ring_max_bytes: usize::try_from(uplink.ring_max_bytes).unwrap_or(usize::MAX),
    }
}

/// How a receiver is reached; `None` if its CA file cannot be used, which is told.
pub(super) fn dialer(uplink: &Uplink) -> Option<Dialer> {
    let trust = match uplink.ca_file.as_deref().map(Trust::ca_file) {
        None => Trust::system(),
        Some(Ok(trust)) => trust,
        Some(Err(error)) => {
            warn!(uplink = %uplink.id, error = &error as &dyn std::error::Error, "the CA file of the uplink cannot be used");
            return None;
        }
    };
    Some(Dialer {
        endpoint: uplink.endpoint.clone(),
        trust,
        proxies: Proxies::from_env(),
        token: token(uplink),
        user_agent: format!("{}/{}", VERSION.name, VERSION.version),
    })
}

/// The token: read anew each time if it is in a file.
fn token(uplink: &Uplink) -> Token {
    let known = uplink.token.clone();
    let file = uplink.token_file.clone();
    Arc::new(move || {
        let (known, file) = (known.clone(), file.clone());
        Box::pin(async move {
            let read = match file {
                Some(file) => tokio::task::spawn_blocking(move || read_secret_file(&file))
                    .await
                    .unwrap_or_else(|_| Err("it cannot be read".to_owned())),
                None => known.ok_or_else(|| "none is configured".to_owned()),
            };
            read.map(|token| token.expose().to_owned())
        })
    })
}

/// Whether two configurations mean the same link: the same receiver gets the same things.
pub(super) fn is_same_link(a: &Uplink, b: &Uplink) -> bool {
    a.endpoint == b.endpoint
        && a.kinds == b.kinds
        && a.groups == b.groups
        && a.fields == b.fields
        && a.mask_wallets == b.mask_wallets
}

/// Whether a receiver is to be reached in another way.
pub(super) fn is_reached_otherwise(a: &Uplink, b: &Uplink) -> bool {
    a.token != b.token || a.token_file != b.token_file || a.ca_file != b.ca_file
}
