//! What the machine is and where.

use gssa_model::{Identity, Network};

use super::{Device, line};
use crate::Firmware;
use crate::antminer::firmware;
use crate::antminer::model::bare;

pub(super) fn identity(device: &Device<'_>) -> Identity {
    let (system, lux) = (device.system.as_ref(), device.lux.as_ref());
    let filesystem =
        system.and_then(|system| system.filesystem.known()).filter(|_| device.firmware == Firmware::Bitmain);
    // `Miner` is the version of the hardware on stock firmware, that of the program elsewhere.
    let hardware = device.program.miner.known().filter(|_| device.firmware == Firmware::Bitmain);
    Identity {
        make: Some("Bitmain".to_owned()),
        model: model(device),
        board: hardware.cloned(),
        chip: None,
        firmware: (device.firmware != Firmware::Unknown)
            .then(|| firmware::name(device.firmware, &device.program).to_owned()),
        firmware_version: filesystem.cloned().or_else(|| firmware::version(device.firmware, &device.program)),
        hostname: system.and_then(|s| s.hostname.known()).or(lux.and_then(|l| l.hostname.known())).cloned(),
        mac: system.and_then(|s| s.mac.get()).or(lux.and_then(|l| l.mac.get())),
        serial: system.and_then(|s| s.serial.known()).or(lux.and_then(|l| l.serial.known())).cloned(),
    }
}

/// The name that Bitmain sells it by, or what the machine calls itself.
fn model(device: &Device<'_>) -> Option<String> {
    let written = || {
        let kind = device.program.kind.known().and_then(line).or_else(|| device.program.model.known().cloned())?;
        Some(bare(&kind).to_owned()).filter(|name| !name.is_empty())
    };
    let name = device.model.map(|model| model.name.to_owned()).or_else(written)?;
    Some(format!("Antminer {name}"))
}

pub(super) fn network(device: &Device<'_>) -> Network {
    let ip = device.system.as_ref().and_then(|s| s.ip.text()).or(device.lux.as_ref().and_then(|l| l.ip.text()));
    let ip = ip.and_then(|ip| ip.parse().ok());
    Network { ip: ip.filter(|ip: &std::net::IpAddr| !ip.is_unspecified() && !ip.is_loopback()), rssi_dbm: None }
}
