//! Chips: which, how many, and what they should do.

use gssa_model::unit::Hashrate;
use gssa_wire::Field;

use super::family::Family;
use super::{Device, board, positive};
use crate::wire::part::AsicMember;

/// Small cores of a chip that the firmware does not know.
const UNKNOWN_CORES: f64 = 65_535.0;

impl Device<'_> {
    /// The mining chip.
    pub(super) fn chip(&self) -> Option<&str> {
        let document = self.document;
        let flat = document.asic_model.known();
        let nm_axe = || match &document.asic {
            Field::Known(AsicMember::Model(model)) => Some(model),
            Field::Known(AsicMember::Object(object)) => object.model.known(),
            _ => None,
        };
        let asked = || self.asic.and_then(|asic| asic.asic_model.known());
        let chip = flat.or_else(nm_axe).or_else(asked)?;
        (chip != "Unknown").then_some(chip)
    }

    /// The number of chips as the device tells it, here or at `/api/system/asic`.
    pub(super) fn told_chips(&self) -> Option<u32> {
        let document = self.document;
        let nested = document.asic.known().and_then(AsicMember::object).and_then(|asic| asic.count.get());
        let asked = self.asic.and_then(|asic| asic.asic_count.get());
        let told = [document.asic_count.get(), nested, asked].into_iter().flatten().find(|count| count.0 > 0)?;
        u32::try_from(told.0).ok()
    }

    /// The number of chips, from the table of boards where the device does not tell or hashes faster than the chips that it tells: a
    /// Hex was seen that tells of one (v2.6.0 on board 302).
    pub(super) fn chips(&self) -> Option<u32> {
        let board = self.document.board_version.known().and_then(|version| {
            // Numbers that two makers use say nothing about the number of chips.
            let is_shared = matches!(version.as_str(), "302" | "303");
            board::bitaxe(version).filter(|_| !is_shared || self.hashes_like_a_hex())
        });
        match (self.told_chips(), board) {
            (Some(told), Some(board)) if told < board.chips && self.hashes_like_more_than(told) => Some(board.chips),
            (told, board) => told.or(board.map(|board| board.chips)),
        }
    }

    /// Whether a board numbered as a Hex hashes like one (six chips), rather than like a `LuckyMiner` LV07 (two) or LV08 (nine).
    /// Without a hashrate there is no reason to doubt it.
    fn hashes_like_a_hex(&self) -> bool {
        self.chips_at_work().is_none_or(|chips| (4.0..7.5).contains(&chips))
    }

    fn hashes_like_more_than(&self, told: u32) -> bool {
        self.chips_at_work().is_some_and(|chips| chips > 1.5 * f64::from(told))
    }

    /// How many chips the hashrate would take.
    fn chips_at_work(&self) -> Option<f64> {
        Some(self.document.hash_rate.get().and_then(positive)? * 1e9 / self.chip_hps()?)
    }

    /// The clock asked for in MHz.
    pub(super) fn frequency_mhz(&self) -> Option<f64> {
        let document = self.document;
        let nested = || document.asic.known().and_then(AsicMember::object).and_then(|asic| asic.freq_req.get());
        document.frequency.get().or(document.freq_req.get()).or_else(nested)
    }

    /// Hashes per second of one chip: one for each small core and turn of its clock.
    fn chip_hps(&self) -> Option<f64> {
        Some(self.frequency_mhz().and_then(positive)? * 1e6 * self.small_cores()?)
    }

    /// Small cores of one chip. `smallCoreCnt` of `NMAxe` is that of all chips by its document (`docs/API.md`), so the chip's name comes
    /// first there.
    fn small_cores(&self) -> Option<f64> {
        let document = self.document;
        let nested = || document.asic.known().and_then(AsicMember::object).and_then(|asic| asic.small_core_cnt.get());
        let told = document.small_core_count.get().or(document.small_core_cnt.get()).or_else(nested);
        let told = told.filter(|cores| *cores > 0.0 && *cores < UNKNOWN_CORES);
        let by_name = self.chip().and_then(board::small_cores);
        if self.family == Family::NmAxe { by_name.or(told) } else { told.or(by_name) }
    }

    /// What the chips should do: the device's own figure (Bitaxe ≥ v2.8), which is 0 while mining is stopped (≥ v2.14), or clock times
    /// small cores times chips.
    pub(super) fn expected(&self) -> Option<Hashrate> {
        let told = self.document.expected_hashrate.get().and_then(positive).and_then(Hashrate::from_ghs);
        told.or_else(|| Hashrate::from_hps(self.chip_hps()? * f64::from(self.chips()?)))
    }
}

#[cfg(test)]
mod tests {
    use crate::normalize::testing::snapshot;
    use gssa_model::unit::Hashrate;
    use serde_json::json;

    fn expected(members: &serde_json::Value) -> Option<f64> {
        snapshot(members).hashing.expected_hps.map(Hashrate::get)
    }

    #[test]
    fn the_expected_hashrate_is_told_or_computed() {
        assert_eq!(expected(&json!({ "expectedHashrate": 1300 })), Some(1.3e12));
        assert_eq!(expected(&json!({ "expectedHashrate": 0 })), Some(1.275e12), "stopped: from the settings");
        assert_eq!(expected(&json!({ "asicCount": 2 })), Some(2.55e12));
        assert_eq!(expected(&json!({ "asicCount": 0 })), Some(1.275e12), "0 chips are not known chips");
        assert_eq!(expected(&json!({ "smallCoreCount": 65535 })), Some(1.275e12), "by the name of the chip");
        assert_eq!(expected(&json!({ "smallCoreCount": 0, "ASICModel": "BZM" })), None);
        assert_eq!(expected(&json!({ "boardVersion": "1002" })), None, "a custom board: chips not known");
        assert_eq!(expected(&json!({ "frequency": 0 })), None);
        assert_eq!(expected(&json!({ "asicCount": 0, "hashRate": null })), Some(1.275e12), "nor when nothing hashes");
        assert_eq!(expected(&json!({ "smallCoreCount": 1000 })), Some(6.25e11), "its own word before its name");
    }

    #[test]
    fn the_cores_of_an_nmaxe_may_be_those_of_all_its_chips() {
        let cores = |told: u32| {
            let asic = json!({ "model": "BM1370", "count": 4, "freqReq": 600, "smallCoreCnt": told });
            expected(
                &json!({ "ASICModel": null, "smallCoreCount": null, "identity": { "hwModel": "NMQAxe++" }, "miner": {}, "asic": asic,
                         "frequency": null }),
            )
        };
        assert_eq!((cores(2040), cores(8160)), (Some(4.896e12), Some(4.896e12)));
    }

    #[test]
    fn fewer_chips_than_hash_are_not_believed() {
        let hex = json!({ "boardVersion": "302", "ASICModel": "BM1366", "smallCoreCount": 894, "frequency": 525, "hashRate": 2372,
            "asicCount": 1, "macAddr": "02-00-00-00-00-01" });
        assert_eq!(expected(&hex), Some(2.8161e12));
        assert_eq!(snapshot(&hex).identity.model.as_deref(), Some("Hex"));
    }

    #[test]
    fn a_number_of_chips_is_believed_unless_half_as_many_again_hash() {
        // One chip: 1 TH/s. A SupraHex has six of them.
        let chips = |board: &str, told: u32, hash_rate: u32| {
            let device = json!({ "boardVersion": board, "frequency": 500, "smallCoreCount": 2000, "asicCount": told, "hashRate": hash_rate });
            expected(&device).map(|hps| hps / 1e12)
        };
        assert_eq!(chips("701", 1, 990), Some(1.0), "one hashes");
        assert_eq!(chips("701", 1, 1500), Some(1.0), "one and a half is not more than it");
        assert_eq!(chips("701", 1, 2000), Some(6.0), "two hash");
        assert_eq!(chips("701", 2, 2000), Some(2.0));
        assert_eq!(chips("701", 2, 3100), Some(6.0));
        assert_eq!(chips("601", 2, 5000), Some(2.0), "a board of one chip does not make fewer of what is told");
    }

    #[test]
    fn a_number_that_two_makers_use_is_settled_by_the_hashrate() {
        let hex = json!({ "boardVersion": "303", "ASICModel": "BM1366", "smallCoreCount": 894, "frequency": 500, "hashRate": 2650 });
        assert_eq!(expected(&hex), Some(2.682e12));
        let mut lucky = hex;
        lucky["hashRate"] = json!(4010);
        assert_eq!(expected(&lucky), None, "nine chips are not six");
        lucky["asicCount"] = json!(9);
        assert_eq!(snapshot(&lucky).identity.model.as_deref(), Some("LV08"));
    }
}
