//! Reads miners with the cgminer API on TCP port 4028.

mod antminer;
mod client;
mod command;
mod error;
mod reply;
mod wire;

pub use client::{Client, DEFAULT_PORT};
pub use command::{Command, NewApi, Request};
pub use error::Error;
pub use reply::{Letter, MAX_REPLY_BYTES, Refusal, Reply, Status, parse_reply};
