//! The two requests and their limits.

use std::time::Duration;

use gssa_http::{Limits, Origin, Response};
use gssa_model::Address;

use crate::wire::{AsicInfo, Info, MAX_BODY_BYTES};
use crate::{Error, parse, parse_asic};

/// The port of every device of the family.
pub const DEFAULT_PORT: u16 = 80;

/// The status document.
pub(crate) const INFO_PATH: &str = "/api/system/info";

/// The facts about chip and board.
pub(crate) const ASIC_PATH: &str = "/api/system/asic";

/// Asks one device. It has one server task: never have two requests open to it; [`Collector`](crate::Collector) takes care of that.
///
/// Dropping a future closes its connection.
#[derive(Debug, Clone)]
pub struct Client {
    origin: Origin,
}

impl Client {
    /// A client of the device at `address`; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] for a scheme other than `http`: the firmware has no TLS.
    pub fn new(address: &Address) -> Result<Self, Error> {
        Ok(Self { origin: Origin::of(address, DEFAULT_PORT)? })
    }

    /// The status document, within `deadline`.
    ///
    /// # Errors
    ///
    /// Every variant of [`Error`] but [`Error::Address`] and [`Error::Waited`].
    pub async fn fetch_info(&self, deadline: Duration) -> Result<Info, Error> {
        let response = self.ask(INFO_PATH, deadline).await?;
        match response.status {
            200 => parse(&response.body),
            300..=399 => Err(Error::NotAxeos { found: "a redirect" }),
            404 => Err(Error::NotAxeos { found: "404" }),
            _ => Err(refusal(INFO_PATH, &response)),
        }
    }

    /// The facts about chip and board, or `None` from a firmware that has no such document: it answers 404 or a page.
    ///
    /// # Errors
    ///
    /// As [`Client::fetch_info`], without [`Error::NotAxeos`].
    pub async fn fetch_asic(&self, deadline: Duration) -> Result<Option<AsicInfo>, Error> {
        let response = self.ask(ASIC_PATH, deadline).await?;
        match response.status {
            200 => match parse_asic(&response.body) {
                Ok(asic) => Ok(Some(asic)),
                Err(Error::NotAxeos { .. }) => Ok(None),
                Err(error) => Err(error),
            },
            300..=399 | 404 => Ok(None),
            _ => Err(refusal(ASIC_PATH, &response)),
        }
    }

    async fn ask(&self, path: &str, deadline: Duration) -> Result<Response, Error> {
        let limits = Limits::within(deadline, MAX_BODY_BYTES);
        Ok(gssa_http::Client::new(limits).get(&self.origin, path).await?)
    }
}

fn refusal(path: &'static str, response: &Response) -> Error {
    let status = response.status;
    match status {
        401 | 403 => Error::Refused { path, status },
        429 | 503 => Error::Busy { path, status, retry_after: response.retry_after },
        _ => Error::Status { path, status },
    }
}
