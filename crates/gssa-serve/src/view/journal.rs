//! The diary of an agent.

use std::sync::Arc;

use gssa_view::journal::{Entry, Filter, MAX_ENTRIES};
use serde::Serialize;

use super::history::time;
use crate::call::Call;
use crate::problem::Error;
use crate::response::{Response, json};
use crate::view::Shows;

/// What happened, oldest first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Journal {
    /// The entries that fit.
    pub(super) entries: Vec<Arc<Entry>>,
}

pub(super) async fn get<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    let text = |name| call.query.get(name).map(str::to_owned);
    let filter = Filter { since: call.query.read("since", time)?, kind: text("kind"), source_id: text("source_id") };
    let limit = call.query.read("limit", |text| {
        let limit = text.parse().ok().filter(|limit| (1..=MAX_ENTRIES).contains(limit));
        limit.ok_or_else(|| format!("1 to {MAX_ENTRIES}"))
    })?;
    let mut entries = call.view()?.journal().list(&filter);
    let surplus = entries.len().saturating_sub(limit.unwrap_or(MAX_ENTRIES));
    entries.drain(..surplus);
    json(&Journal { entries })
}
