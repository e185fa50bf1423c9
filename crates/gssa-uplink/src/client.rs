//! What drives a [`Session`](crate::session::Session) over real connections.
//!
//! A link is one task, [`Link::run`]: it takes what its [`Feed`] makes into the session, does what the session wants, and never waits for
//! a receiver with anything else than a deadline. Nothing that it holds is needed by anybody else: how it is, is published.

mod answer;
mod dial;
mod link;
mod meter;
mod post;
mod resolve;
mod trial;
mod websocket;

pub use dial::{Dialer, Proxies, Token};
pub use link::{Change, Clock, Feed, Link, Report, Wire};
pub use trial::{NotTried, Tried, try_out};
