//! A running receiver, seen from outside.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests, and what only they use")]

mod delivery;
mod doors;
mod isolation;
mod people;
#[expect(dead_code, reason = "shared with other tests")]
mod support;
mod tls;
