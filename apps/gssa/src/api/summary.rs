//! Totals, and what needs attention.

use super::problem::Error;
use super::request::Call;
use super::response::{Response, json};

pub(super) async fn summary(call: Call) -> Result<Response, Error> {
    json(&crate::summary::summary(&call.api.parts.store.all()))
}

pub(super) async fn issues(call: Call) -> Result<Response, Error> {
    json(&crate::issues::issues(&call.api.parts.store.all()))
}
