//! What the device is and how it is connected.

use gssa_model::{Identity, Network};

use super::family::Family;
use super::{Device, board};

/// Signal strengths that an antenna can report. The firmware writes -90 when it could not read it
/// (`bitaxeorg/ESP-Miner` `main/http_server`), and 0 stands for no connection.
const RSSI_DBM: std::ops::Range<f64> = -127.0..0.0;
const RSSI_NOT_READ: f64 = -90.0;

pub(super) fn identity(device: &Device<'_>) -> Identity {
    let document = device.document;
    let nm_axe = document.identity.known();
    let (make, model, board) = hardware(device);
    let version = document.version.known().or(document.fw_version.known());
    let hostname = document.hostname.known().or(document.host_name.known());
    Identity {
        make: make.map(str::to_owned),
        model,
        board,
        chip: device.chip().map(str::to_owned),
        firmware: Some(firmware(device.family).to_owned()),
        firmware_version: version.or_else(|| nm_axe.and_then(|own| own.fw_version.known())).cloned(),
        hostname: hostname.or_else(|| nm_axe.and_then(|own| own.host_name.known())).cloned(),
        mac: document.mac_addr.get().map(|written| written.mac),
        serial: None,
    }
}

const fn firmware(family: Family) -> &'static str {
    match family {
        Family::Bitaxe | Family::LuckyMiner => "AxeOS",
        Family::TinyChipHub => "AxeOS TCH",
        Family::Nerd => "ESP-Miner-NerdQAxePlus",
        Family::NmAxe => "NMAxe",
        Family::BitForge => "forge-os",
    }
}

/// Make, model and board.
fn hardware(device: &Device<'_>) -> (Option<&'static str>, Option<String>, Option<String>) {
    let document = device.document;
    let board = document.board_version.known().cloned();
    match device.family {
        Family::Nerd => (Some("NerdAxe"), document.device_model.known().cloned().or_else(|| early_nerd(device)), board),
        Family::BitForge => (Some("BitForge"), Some("BitForge Nano".to_owned()), board),
        Family::NmAxe => {
            let (model, board) = nm_axe(device);
            (Some("NMAxe"), model, board)
        }
        Family::Bitaxe | Family::TinyChipHub | Family::LuckyMiner => {
            let (make, model) = bitaxe(device, board.as_deref());
            (make, model, board)
        }
    }
}

/// Before v1.0.15 the firmware did not name the model; two existed, and they differ in the number of chips.
fn early_nerd(device: &Device<'_>) -> Option<String> {
    let model = match device.told_chips()? {
        1 => "NerdAxe",
        4 => "NerdQAxe+",
        _ => return None,
    };
    Some(model.to_owned())
}

/// `NMAxe` writes the model where others write the board; `displayName` adds the revision.
fn nm_axe(device: &Device<'_>) -> (Option<String>, Option<String>) {
    let document = device.document;
    let nested = document.identity.at(|own| &own.hw_model);
    let model = document.hw_model.known().or(nested).or(document.board_version.known());
    let shown = document.identity.at(|own| &own.display_name);
    (model.cloned(), shown.filter(|shown| Some(*shown) != model).cloned())
}

/// The device's own word from `/api/system/asic`, else the table of boards. A board that neither knows has no make either: the
/// same firmware runs on many clones.
fn bitaxe(device: &Device<'_>, version: Option<&str>) -> (Option<&'static str>, Option<String>) {
    let told = device.told_chips();
    if let Some(lucky) = version.and_then(|version| board::lucky_miner(version, told.unwrap_or_default())) {
        return (Some("LuckyMiner"), Some(lucky.to_owned()));
    }
    let board = version.and_then(board::bitaxe).filter(|board| device.chips() == Some(board.chips));
    let own_word = device.asic.and_then(|asic| asic.device_model.known()).filter(|model| *model != "invalid");
    let model = own_word.cloned().or_else(|| board.map(|board| board.model.to_owned()));
    let make = match device.family {
        Family::TinyChipHub => Some("TinyChipHub"),
        Family::LuckyMiner if model.is_none() => Some("LuckyMiner"),
        _ => model.as_ref().map(|_| "Bitaxe"),
    };
    (make, model)
}

pub(super) fn network(device: &Device<'_>) -> Network {
    let document = device.document;
    let nested = || document.identity.at(|own| &own.rssi).copied();
    let rssi = document.wifi_rssi.get().or_else(nested);
    Network {
        ip: document.ipv4.get().or(document.hostip.get()),
        rssi_dbm: rssi.filter(|dbm| RSSI_DBM.contains(dbm) && *dbm != RSSI_NOT_READ).map(|dbm| dbm as i32),
    }
}

#[cfg(test)]
mod tests {
    use crate::normalize::testing::{info, snapshot};
    use serde_json::json;

    #[test]
    fn the_device_s_own_word_for_its_model_wins() {
        let info = info(&json!({ "boardVersion": "602" }));
        let model = |asic: &str| {
            let asic = crate::parse_asic(asic.as_bytes()).unwrap();
            crate::normalize(&info, Some(&asic)).identity.model
        };
        assert_eq!(model(r#"{"ASICModel":"BM1370","deviceModel":"Gamma Mini"}"#).as_deref(), Some("Gamma Mini"));
        assert_eq!(model(r#"{"ASICModel":"BM1370","deviceModel":"invalid"}"#).as_deref(), Some("Gamma"));
    }

    #[test]
    fn a_board_that_nobody_knows_has_no_model() {
        let identity = snapshot(&json!({ "boardVersion": "1002", "ASICModel": "BZM" })).identity;
        assert_eq!((identity.make, identity.model), (None, None));
        assert_eq!((identity.board.as_deref(), identity.chip.as_deref()), (Some("1002"), Some("BZM")));
    }

    #[test]
    fn a_lucky_miner_is_one_even_if_its_board_is_not_known() {
        let identity =
            |board: &str| snapshot(&json!({ "boardVersion": board, "macAddr": "02-00-00-00-00-01" })).identity;
        assert_eq!((identity("1002").make.as_deref(), identity("1002").model), (Some("LuckyMiner"), None));
        assert_eq!(identity("601").make.as_deref(), Some("Bitaxe"), "its firmware on a board of others");
    }

    #[test]
    fn a_nerdaxe_that_does_not_name_its_model_is_known_by_its_chips() {
        let model = |chips: u32| snapshot(&json!({ "hashRateTimestamp": 1, "asicCount": chips })).identity.model;
        assert_eq!([1, 4, 2].map(model).map(Option::unwrap_or_default), ["NerdAxe", "NerdQAxe+", ""]);
    }

    #[test]
    fn the_signal_strength_that_stands_for_unreadable_is_left_out() {
        let rssi = |dbm: i32| snapshot(&json!({ "wifiRSSI": dbm })).network.rssi_dbm;
        assert_eq!([-52, -90, 0, 31].map(rssi), [Some(-52), None, None, None]);
    }
}
