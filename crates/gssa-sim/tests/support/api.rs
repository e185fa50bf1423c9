//! A bare client of the cgminer API, for tests that look at bytes.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::net::SocketAddr;
use std::time::Duration;

use gssa_sim::cgminer::{DeviceSpec, Model};
use gssa_sim::{Behaviour, Fleet, FleetConfig};
use serde_json::Value;

use super::support::{DEADLINE, End, Received, exchange};

/// Starts one machine.
pub(crate) fn machine(model: Model, behaviour: Behaviour) -> (Fleet, SocketAddr) {
    let spec = DeviceSpec::new(model, 7).behaving(behaviour);
    let fleet = Fleet::start(FleetConfig::new(vec![spec])).expect("a port can be had");
    let address = fleet.devices()[0].address();
    (fleet, address)
}

/// Asks and reads until the connection ends.
pub(crate) async fn ask(address: SocketAddr, request: &str) -> Received {
    exchange(address, request.as_bytes(), DEADLINE).await
}

/// Asks with JSON.
pub(crate) async fn command(address: SocketAddr, command: &str) -> Received {
    ask(address, &format!("{{\"command\":\"{command}\"}}")).await
}

/// The reply to a command: whole, closed, with one NUL at its end.
pub(crate) async fn document(address: SocketAddr, name: &str) -> Value {
    whole(&command(address, name).await)
}

/// The document of a whole reply.
pub(crate) fn whole(received: &Received) -> Value {
    assert_eq!(received.end, Some(End::Closed), "{}", text(received));
    let body = received.bytes.strip_suffix(b"\0").expect("a NUL ends the reply");
    assert!(!body.contains(&0), "one NUL is enough");
    serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error}: {}", text(received)))
}

pub(crate) fn text(received: &Received) -> String {
    String::from_utf8_lossy(&received.bytes).into_owned()
}

/// The code of a reply.
pub(crate) fn code(document: &Value) -> Option<u64> {
    document["STATUS"][0]["Code"].as_u64()
}

/// Long enough for a reply where one is due, short enough to wait for none.
pub(crate) const A_WHILE: Duration = Duration::from_millis(250);
