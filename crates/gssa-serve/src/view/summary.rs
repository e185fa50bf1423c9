//! Totals, and what needs attention.

use crate::call::Call;
use crate::problem::Error;
use crate::response::{Response, json};
use crate::view::Shows;

pub(super) async fn summary<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    json(&gssa_view::summary::summary(&call.view()?.store().all()))
}

pub(super) async fn issues<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    json(&gssa_view::issues::issues(&call.view()?.store().all()))
}
