//! What the tests share.
#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod fixtures;
pub(crate) mod server;
