//! The diary of the agent.

use std::sync::Arc;

use serde::Serialize;

use super::history::time;
use super::problem::Error;
use super::request::Call;
use super::response::{Response, json};
use crate::journal::{Entry, Filter};

/// What happened, oldest first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Journal {
    /// The entries that fit.
    entries: Vec<Arc<Entry>>,
}

pub(super) async fn get(call: Call) -> Result<Response, Error> {
    let text = |name| call.query.get(name).map(str::to_owned);
    let filter = Filter { since: call.query.read("since", time)?, kind: text("kind"), source_id: text("source_id") };
    json(&Journal { entries: call.api.parts.journal.list(&filter) })
}
