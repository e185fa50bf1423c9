//! Which branch of the family wrote a document.

use gssa_wire::Field;

use crate::wire::document::Document;
use crate::wire::part::PowerMember;

/// A branch, told by the keys that only it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// `bitaxeorg/ESP-Miner` and whatever cannot be told from it.
    Bitaxe,
    /// `shufps/ESP-Miner-NerdQAxePlus`.
    Nerd,
    /// `NMminer1024/ESP-Miner-NMAxe`.
    NmAxe,
    /// `forge-os` of the `BitForge` Nano.
    BitForge,
    /// TinyChipHub's builds of `ESP-Miner`.
    TinyChipHub,
    /// `LuckyMiner` and other old forks that write their MAC with dashes, some of them on boards of others.
    LuckyMiner,
}

impl Family {
    /// `NMAxe` comes first: `NMQAxe++` must not be taken for a `NerdQAxe++`.
    pub(crate) fn of(document: &Document) -> Self {
        let text = |field: &Field<String>, test: fn(&str) -> bool| field.known().is_some_and(|text| test(text));
        let is_nm_axe = document.hw_model.is_present()
            || document.identity.known().is_some()
            || document.miner.known().is_some()
            || matches!(document.power, Field::Known(PowerMember::Object(_)))
            || text(&document.board_version, |board| board.starts_with("NM"));
        let is_tiny_chip_hub =
            document.chip_submit_str.is_present() || text(&document.version, |version| version.contains("TCH"));
        if is_nm_axe {
            Self::NmAxe
        } else if document.device_model.is_present() || document.hash_rate_timestamp.is_present() {
            Self::Nerd
        } else if document.chiptemp1.is_present() {
            Self::BitForge
        } else if is_tiny_chip_hub {
            Self::TinyChipHub
        } else if document.best_nonce_diff.is_present() || document.mac_addr.known().is_some_and(|mac| mac.has_dashes) {
            Self::LuckyMiner
        } else {
            Self::Bitaxe
        }
    }

    /// Whether `/api/system/asic` may exist and says something that the status document does not.
    pub(crate) const fn has_asic_facts(self) -> bool {
        matches!(self, Self::Bitaxe | Self::TinyChipHub | Self::LuckyMiner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::has_asic_facts;
    use crate::normalize::testing::info;
    use serde_json::json;

    #[test]
    fn one_mark_is_enough_to_know_the_family() {
        use Family as F;
        for (mark, family, has_facts) in [
            (json!({}), F::Bitaxe, true),
            (json!({ "hwModel": "NMAxe" }), F::NmAxe, false),
            (json!({ "identity": { "hwModel": "NMAxe" } }), F::NmAxe, false),
            (json!({ "miner": { "state": "running" } }), F::NmAxe, false),
            (json!({ "power": { "power": 18.0 } }), F::NmAxe, false),
            (json!({ "boardVersion": "NMAxe-Gamma" }), F::NmAxe, false),
            (json!({ "hwModel": "NMQAxe++", "deviceModel": "NerdQAxe++" }), F::NmAxe, false),
            (json!({ "deviceModel": "NerdAxe" }), F::Nerd, false),
            (json!({ "hashRateTimestamp": 1 }), F::Nerd, false),
            (json!({ "chiptemp1": 50 }), F::BitForge, false),
            (json!({ "chipSubmitStr": "" }), F::TinyChipHub, true),
            (json!({ "version": "v2.4.0-TCH" }), F::TinyChipHub, true),
            (json!({ "bestNonceDiff": 5 }), F::LuckyMiner, true),
            (json!({ "macAddr": "02-00-00-00-00-01" }), F::LuckyMiner, true),
            (json!({ "macAddr": "02:00:00:00:00:01" }), F::Bitaxe, true),
        ] {
            let info = info(&mark);
            assert_eq!((Family::of(&info.0), has_asic_facts(&info)), (family, has_facts), "{mark}");
        }
    }
}
