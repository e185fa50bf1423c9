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
