//! A request on its way to a handler.

use std::fmt;
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;

use crate::app::{App, Stop};
use crate::facts::Facts;
use crate::problem::Error;
use crate::query::Query;
use crate::route::Route;
use crate::router::Params;

/// What a handler gets.
pub struct Call<A: App> {
    /// The program.
    pub app: Arc<A>,
    /// The row of the table.
    pub route: Arc<Route<A>>,
    /// The variable parts of the path.
    pub params: Params,
    /// The query.
    pub query: Query,
    /// Method, target and headers.
    pub head: request::Parts,
    /// The body, not read yet.
    pub body: Incoming,
    /// About the caller.
    pub facts: Facts,
    /// Who the caller is, who may do this.
    pub caller: A::Caller,
    /// Ends streams.
    pub stop: Stop,
}

impl<A: App> Call<A> {
    /// A variable part of the path; empty if the path has none of this name.
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name)
    }

    /// The body as JSON of type `T`, up to the limit of the route.
    ///
    /// JSON has to be declared as such: no form of another site can do that.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Error> {
        let content_type =
            self.head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Error::NotJson);
        }
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes).map_err(|error| Error::BadBody { found: error.to_string() })
    }

    /// The body, up to the limit of the route.
    pub async fn bytes(&mut self) -> Result<Vec<u8>, Error> {
        let limit = self.route.body_limit();
        let too_large = Error::BodyTooLarge { limit };
        let declared =
            self.head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|length| length > limit) {
            return Err(too_large);
        }
        let mut bytes = Vec::with_capacity(declared.unwrap_or_default());
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|_| Error::BadBody { found: "the body broke off".into() })?;
            if let Ok(data) = frame.into_data() {
                if bytes.len() + data.len() > limit {
                    return Err(too_large);
                }
                bytes.extend_from_slice(&data);
            }
        }
        Ok(bytes)
    }
}

impl<A: App> fmt::Debug for Call<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("route", &self.route).finish_non_exhaustive()
    }
}
