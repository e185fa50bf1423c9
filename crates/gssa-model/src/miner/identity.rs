//! What a device is, and how it is connected.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::Mac;

/// What a device is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Identity {
    /// Who makes it: `Bitaxe`, `Bitmain`, `Canaan`.
    pub make: Option<String>,
    /// The model: `Gamma`, `Antminer S21`, `Avalon Nano 3S`.
    pub model: Option<String>,
    /// The board or hardware revision.
    pub board: Option<String>,
    /// The mining chip.
    pub chip: Option<String>,
    /// The name of the firmware.
    pub firmware: Option<String>,
    /// Its version as the device writes it.
    pub firmware_version: Option<String>,
    /// The host name, not unique and not an identity.
    pub hostname: Option<String>,
    /// The hardware address.
    pub mac: Option<Mac>,
    /// The serial number.
    pub serial: Option<String>,
}

/// How a device is connected.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Network {
    /// The device's own idea of its IP address.
    pub ip: Option<std::net::IpAddr>,
    /// Wi-Fi signal strength.
    pub rssi_dbm: Option<i32>,
}
