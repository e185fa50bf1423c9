//! A link against a receiver, over real connections.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod between;
mod certificates;
mod delivery;
mod faults;
mod network;
mod receiver;
mod support;
mod trial;
