//! A program that is served.

use std::fmt::Debug;
use std::sync::Arc;

use http::request;
use tokio_util::sync::CancellationToken;

use crate::door::Door;
use crate::facts::Facts;
use crate::problem::Error;
use crate::response::Response;
use crate::route::Route;
use crate::router::{Params, Router};

/// What stops a server and each of its streams.
pub type Stop = CancellationToken;

/// A program: its routes, and who may use them.
pub trait App: Send + Sync + Sized + 'static {
    /// What a route asks of its caller.
    type Class: Class;

    /// Who calls, as far as handlers want to know.
    type Caller: Send;

    /// The name of the cookie of a session. Another one than that of a program beside it on the same host: cookies know no ports.
    const COOKIE: &'static str;

    /// The table of routes.
    fn router(&self) -> &Router<Self>;

    /// By which names the program may be called, and through which proxies.
    fn door(&self) -> Arc<Door>;

    /// Who calls, if they may. A request that [changes something](Facts::changes_state) and is not from a program of its own must be of
    /// the [same origin](Facts::is_same_origin).
    fn admit(
        &self,
        facts: &Facts,
        route: &Route<Self>,
        params: &Params,
        purpose: Purpose,
    ) -> Result<Self::Caller, Error>;

    /// Whether browsers are told to come by TLS only from then on (`Strict-Transport-Security`), if they did and called by a name of the DNS. Most
    /// programs share their name with others that have none.
    fn is_tls_only(&self) -> bool {
        false
    }

    /// The answer at a path that is none of the table.
    fn page(&self, head: &request::Parts) -> Result<Response, Error>;
}

/// What a route asks of its caller.
pub trait Class: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// The word for it in the `OpenAPI` document.
    fn scope(self) -> &'static str;

    /// The names of the security schemes of the document of which it takes one; none for an open route, and an empty name where some show none.
    fn security(self) -> &'static [&'static str];
}

/// What somebody is let in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A request. It uses its session.
    Request,
    /// To go on with a stream. A forgotten tab does not keep its session open.
    Stream,
}
