//! The real binary against simulated devices, seen as a person and a network see it: over HTTP, signals, files and exit codes.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

/// Proxies of the tests of the crate.
#[path = "../../../../crates/gssa-uplink/tests/client/between.rs"]
mod between;
/// Certificates of the tests of the crate.
#[path = "../../../../crates/gssa-uplink/tests/client/certificates.rs"]
mod certificates;
mod commands;
mod configuration;
mod crash;
mod demo_cloud;
mod discovery;
#[cfg(target_os = "linux")]
mod fleet;
mod lifecycle;
mod misbehaviour;
/// The receiver of the tests of the crate.
#[path = "../../../../crates/gssa-uplink/tests/client/receiver.rs"]
mod receiver;
mod record;
mod recordings;
mod refresh;
mod reload;
mod secrets;
#[cfg(target_os = "linux")]
mod soak;
mod support;
mod uplink;
mod uplink_network;
