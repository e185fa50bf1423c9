//! The requests and their limits.

use std::time::Duration;

use gssa_http::{Limits, Origin, Response, Trust};
use gssa_model::{Address, text};

use crate::Error;
use crate::wire::page::{self, Page};
use crate::wire::{Answer, MAX_BODY_BYTES, parse};

/// The port of MIM's page and API.
pub const DEFAULT_PORT: u16 = 3001;

/// MIM does not speak TLS: behind `https` stands a proxy, at the port of proxies.
const HTTPS_PORT: u16 = 443;

/// Asks one MIM, with GET and nothing else. It holds no connection; dropping a future closes its own.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    origin: Origin,
}

/// What is at `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Front {
    Page(Page),
    /// A redirect, which is not followed, and where to: without a query, in which there may be a token.
    Redirect(Option<String>),
}

impl Client {
    pub(crate) fn new(address: &Address) -> Result<Self, Error> {
        let default_port = if address.scheme() == Some("https") { HTTPS_PORT } else { DEFAULT_PORT };
        Ok(Self { origin: Origin::trusting(address, default_port, &Trust::system())? })
    }

    /// The first page.
    pub(crate) async fn fetch_front(&self, deadline: Duration) -> Result<Front, Error> {
        let response = self.ask("/", deadline).await?;
        match response.status {
            200 if page::is_page(response.content_type.as_deref(), &response.body) => {
                Ok(Front::Page(page::read(&response.body)))
            }
            200 => Err(Error::NotMim { found: "what is no page" }),
            300..=399 => Ok(Front::Redirect(response.location.as_deref().and_then(place))),
            404 => Err(Error::NotMim { found: "404" }),
            _ => Err(refusal(&response)),
        }
    }

    /// The version that the page of that name tells, if it is there and tells one.
    pub(crate) async fn fetch_version(&self, deadline: Duration) -> Result<Option<String>, Error> {
        let response = self.ask("/version", deadline).await?;
        let is_page = response.status == 200 && page::is_page(response.content_type.as_deref(), &response.body);
        Ok(if is_page { page::version(&response.body) } else { None })
    }

    /// The JSON at a path.
    pub(crate) async fn fetch(&self, path: &str, deadline: Duration) -> Result<Answer, Error> {
        let response = self.ask(path, deadline).await?;
        match response.status {
            200 => parse(response.content_type.as_deref(), &response.body),
            300..=399 => Err(Error::Redirect),
            _ => Err(refusal(&response)),
        }
    }

    async fn ask(&self, path: &str, deadline: Duration) -> Result<Response, Error> {
        let limits = Limits::within(deadline, MAX_BODY_BYTES);
        Ok(gssa_http::Client::new(limits).get(&self.origin, path).await?)
    }
}

fn place(location: &str) -> Option<String> {
    text::clean(location.split(['?', '#']).next().unwrap_or_default())
}

fn refusal(response: &Response) -> Error {
    let status = response.status;
    match status {
        401 => Error::LoginNeeded,
        402 | 403 => Error::Refused { status },
        429 | 503 => Error::Busy { status, retry_after: response.retry_after },
        _ => Error::Status { status },
    }
}
