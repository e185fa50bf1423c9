//! A poll on request.

use gssa_serve::response::json;
use gssa_serve::{Call, Error, Response};
use http::StatusCode;

use super::Api;
use super::problem::Refused;
use crate::schedule::Refreshed;

pub(super) async fn refresh(call: Call<Api>) -> Result<Response, Error> {
    match call.app.parts.refresh.refresh(call.param("source_id")).await {
        Refreshed::Done(reading) => json(&*reading),
        Refreshed::UnderWay(reading) => {
            let mut response = json(&*reading)?;
            *response.status_mut() = StatusCode::ACCEPTED;
            Ok(response)
        }
        Refreshed::Unknown => Err(Error::UnknownSource),
        Refreshed::NotPolled(_) => Err(Refused::NotPolled.into()),
    }
}
