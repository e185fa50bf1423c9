//! The HTTP side of GSSA: what a program needs to be a web server on it, and the routes that show what is known of an agent.
//!
//! ```text
//! listener ─ server ─ headers, gzip, panics ─ service ─ router ─ App::admit ─ handler
//!            (limits)                        (door,     (table)
//!                                             deadline)
//! ```
//!
//! A program is an [`App`]: a table of [routes](route), who may use them, and a page for every other path. If it has [views](gssa_view::View),
//! it [`Shows`] them: [`view::routes`] gives the routes for that, below any prefix.
//!
//! | question | module |
//! |---|---|
//! | connections and their limits | [`accept`], [`server`] |
//! | which paths there are, what they take and give; the `OpenAPI` document of it | [`route`], [`router`], [`openapi`] |
//! | what a request says about its caller; by which names, through which proxies | [`facts`], [`door`], [`host`], [`network`] |
//! | who logged in, and guessing | [`sessions`], [`password`], [`token`], [`throttle`] |
//! | what a handler gets, and gives | [`call`], [`query`], [`response`], [`sse`] |
//! | how an error looks | [`problem`], RFC 9457 everywhere |
//! | the web interface, or a short page in its place | [`site`], [`page`] |
//! | what is known of the sources of an agent | [`view`] |
//!
//! It decides nothing about who may do what, and reads no configuration.

pub mod accept;
pub mod app;
pub mod call;
pub mod door;
pub mod facts;
mod headers;
pub mod host;
pub mod network;
pub mod openapi;
pub mod page;
pub mod password;
pub mod places;
pub mod problem;
pub mod query;
pub mod response;
pub mod route;
pub mod router;
pub mod server;
mod service;
pub mod sessions;
pub mod site;
pub mod sse;
mod stall;
pub mod throttle;
pub mod token;
pub mod view;

pub use app::{App, Purpose, Stop};
pub use call::Call;
pub use problem::Error;
pub use response::Response;
pub use route::Route;
pub use server::{Limits, serve, serve_within};
pub use site::Site;
pub use view::Shows;

/// For [`routes!`].
#[doc(hidden)]
pub use http;
