//! Delivery of readings from inside a private network to a receiver outside: gapless, acknowledged, bounded in memory.
//!
//! The protocol is `docs/uplink-protocol.md`; every section that is named here is one of that document. Nothing in this crate knows a
//! runtime: what needs one is behind a feature.

pub mod backoff;
pub mod changes;
#[cfg(feature = "client")]
pub mod client;
pub mod encoder;
pub mod pack;
pub mod receiver;
pub mod ring;
pub mod session;
pub mod wire;

/// The name and version of the protocol.
pub const PROTOCOL: &str = "gssa.uplink/1";

/// The WebSocket subprotocol (section 5).
pub const SUBPROTOCOL: &str = "gssa.uplink.v1";
