//! Reads miners with the cgminer API on TCP port 4028.

pub mod antminer;
pub mod canaan;
pub mod generic;

mod client;
mod collector;
mod command;
mod error;
mod family;
mod http;
mod options;
mod replies;
mod reply;
mod standard;
mod talk;
mod wire;

pub use client::{Client, DEFAULT_PORT};
pub use collector::{Collector, Found, PROBE_DEADLINE, probe};
pub use command::{Command, NewApi, Request};
pub use error::Error;
pub use family::{Family, Firmware, recognise};
pub use http::{HttpError, Page, Web};
pub use options::{Credentials, Kind, Options, OtherKind};
pub use replies::Replies;
#[doc(hidden)]
pub use reply::repair::{Fault, repair};
pub use reply::{Form, Letter, MAX_REPLY_BYTES, Refusal, Reply, Status, parse_reply};
