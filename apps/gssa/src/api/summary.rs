//! Totals, and what needs attention.

use super::problem::Error;
use super::request::Call;
use super::response::{Response, json};

pub(super) async fn summary(call: Call) -> Result<Response, Error> {
    json(&gssa_view::summary::summary(&call.api.parts.store.all()))
}

pub(super) async fn issues(call: Call) -> Result<Response, Error> {
    json(&gssa_view::issues::issues(&call.api.parts.store.all()))
}
