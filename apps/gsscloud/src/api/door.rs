//! The door for agents, as a route.

use gssa_serve::{Call, Error, Response};
use http::Request;

use super::Api;

pub(super) async fn answer(call: Call<Api>) -> Result<Response, Error> {
    let from = call.facts.client;
    let gateway = call.app.parts.gateway.clone();
    Ok(gateway.answer(Request::from_parts(call.head, call.body), from).await)
}
