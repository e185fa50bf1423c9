//! Delivery of readings from inside a private network to a receiver outside: gapless, acknowledged, bounded in memory.
//!
//! The protocol is `docs/uplink-protocol.md`; every section that is named here is one of that document. Nothing in this crate knows a
//! runtime: what needs one is behind a feature.

pub mod changes;
pub mod encoder;
pub mod pack;
pub mod receiver;
pub mod ring;
pub mod wire;

/// The name and version of the protocol.
pub const PROTOCOL: &str = "gssa.uplink/1";

/// The WebSocket subprotocol (section 5).
pub const SUBPROTOCOL: &str = "gssa.uplink.v1";

/// The same, where the messages of the agent are one stream ([`pack::Packer`]).
pub const SUBPROTOCOL_STREAM: &str = "gssa.uplink.v1.stream";
