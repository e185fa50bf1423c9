//! The boards of Bitaxe firmware and their kin.

/// A board that the firmware knows (`bitaxeorg/ESP-Miner` `main/device_config.h`, v2.15.0 and earlier tags).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Board {
    pub(crate) model: &'static str,
    pub(crate) chips: u32,
}

/// The board with this `boardVersion`. `None` for a custom board, whose name says nothing.
pub(crate) fn bitaxe(version: &str) -> Option<Board> {
    let (model, chips) = match version {
        "2.2" | "102" => ("Max", 1),
        "0.11" | "201" | "202" | "203" | "204" | "205" | "207" => ("Ultra", 1),
        "302" | "303" => ("Hex", 6),
        "400" | "401" | "402" | "403" => ("Supra", 1),
        "600" | "601" | "602" | "603" => ("Gamma", 1),
        "650" => ("GammaDuo", 2),
        "701" | "702" => ("SupraHex", 6),
        "800" | "801" => ("GammaTurbo", 2),
        _ => return None,
    };
    Some(Board { model, chips })
}

/// The port of Bitaxe firmware to `LuckyMiner` hardware reuses the numbers of the Hex; only the number of chips tells them apart.
pub(crate) fn lucky_miner(version: &str, chips: u32) -> Option<&'static str> {
    match (version, chips) {
        ("302", 2) => Some("LV07"),
        ("303", 9) => Some("LV08"),
        ("312", _) => Some("LV07 Pro"),
        _ => None,
    }
}

/// Small cores of a chip (`bitaxeorg/ESP-Miner` `main/device_config.h`), for firmware that does not report them. The two code bases
/// disagree about the BM1373, so that only the device's own word counts there.
pub(crate) fn small_cores(chip: &str) -> Option<f64> {
    match chip {
        "BM1397" => Some(672.0),
        "BM1366" => Some(894.0),
        "BM1368" => Some(1276.0),
        "BM1370" => Some(2040.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_is_known_by_its_number() {
        for (version, model, chips) in [
            ("2.2", "Max", 1),
            ("207", "Ultra", 1),
            ("302", "Hex", 6),
            ("403", "Supra", 1),
            ("603", "Gamma", 1),
            ("650", "GammaDuo", 2),
            ("702", "SupraHex", 6),
            ("800", "GammaTurbo", 2),
            ("801", "GammaTurbo", 2),
        ] {
            assert_eq!(bitaxe(version), Some(Board { model, chips }), "{version}");
        }
        assert_eq!(bitaxe("1002"), None);
        let lucky = [("302", 2), ("303", 9), ("312", 2), ("312", 0), ("302", 6), ("303", 2)];
        let names = lucky.map(|(version, chips)| lucky_miner(version, chips));
        assert_eq!(names, [Some("LV07"), Some("LV08"), Some("LV07 Pro"), Some("LV07 Pro"), None, None]);
    }

    #[test]
    fn the_cores_of_a_chip_are_known_by_its_name() {
        let cores = ["BM1397", "BM1366", "BM1368", "BM1370", "BM1373"].map(small_cores);
        assert_eq!(cores, [Some(672.0), Some(894.0), Some(1276.0), Some(2040.0), None]);
    }
}
