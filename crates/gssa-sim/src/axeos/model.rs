//! Which device, with which firmware.

use std::fmt;
use std::str::FromStr;

use super::profile::{self, Profile};
use crate::named::{UnknownName, named};

/// A device profile: a board and the firmware release it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Model {
    /// Bitaxe Ultra, v2.0.4: sends the Wi-Fi password in clear.
    UltraV2_0_4,
    /// Bitaxe Ultra 0.11, v2.1.3: `fanSpeed` is rpm, `fanspeed` is percent.
    UltraV2_1_3,
    /// Bitaxe Ultra 204, v2.1.8: `fanSpeedRpm`.
    UltraV2_1_8,
    /// Bitaxe Supra 401, v2.4.5.
    SupraV2_4_5,
    /// Bitaxe Gamma 601, v2.7.0: unknown routes redirect.
    GammaV2_7_0,
    /// SupraHex 702 with the TinyChipHub fork 2.7.0: an array inside a string.
    SupraHexTchV2_7_0,
    /// Bitaxe Max 102, v2.8.0: BM1397.
    MaxV2_8_0,
    /// Bitaxe Gamma 601, v2.9.0: `asicCount` has left the document.
    GammaV2_9_0,
    /// Bitaxe Supra 402, v2.9.0.
    SupraV2_9_0,
    /// Bitaxe Gamma 601, v2.10.1: difficulties with a blank, `temp2` 0.
    GammaV2_10_1,
    /// Bitaxe Gamma 602, v2.11.0: difficulties as numbers.
    GammaV2_11_0,
    /// Bitaxe Gamma 602, v2.12.2.
    GammaV2_12_2,
    /// Bitaxe Hex 303, v2.12.2: six chips, two sensors.
    HexV2_12_2,
    /// Bitaxe SupraHex 701, v2.12.2.
    SupraHexV2_12_2,
    /// Bitaxe GammaTurbo 801, v2.12.2: two chips, two fans.
    GammaTurboV2_12_2,
    /// Bitaxe GammaDuo 650, v2.13.0.
    GammaDuoV2_13_0,
    /// Bitaxe Gamma 602, v2.14.0: compact, says that it is paused.
    GammaV2_14_0,
    /// Bitaxe Gamma 603, v2.15.0: pool list, partitions with nulls, hashes beyond 2^53.
    GammaV2_15_0,
    /// NerdQAxe+, v1.0.26: `hashRate` is the 10-minute mean, booleans where a Bitaxe has numbers.
    NerdQAxePlusV1_0_26,
    /// NerdQAxe++, v1.0.30.
    NerdQAxePlusPlusV1_0_30,
    /// NerdQAxe++, v1.0.36, mining for two pools at once.
    NerdQAxePlusPlusDualV1_0_36,
    /// NerdQAxe++, v1.1.0-beta1: chunked, closes, two fans.
    NerdQAxePlusPlusV1_1_0,
    /// NerdOCTAXE-γ, v1.0.37.1: a name that is not ASCII.
    NerdOctaxeGammaV1_0_37,
    /// NMAxe, v2.9.21: flat, Bitaxe-like names.
    NmAxeV2_9_21,
    /// NMAxe, v2.9.30: flat, renamed.
    NmAxeV2_9_30,
    /// NMAxe, v3.0.21: nested.
    NmAxeV3_0_21,
    /// BitForge Nano, forge-os v1.0.
    BitForgeV1_0,
    /// BitForge Nano, forge-os v1.5: `fanSpeed` is percent.
    BitForgeV1_5,
}

impl Model {
    /// Every model, oldest firmware of each family first.
    pub const ALL: [Self; 28] = [
        Self::UltraV2_0_4,
        Self::UltraV2_1_3,
        Self::UltraV2_1_8,
        Self::SupraV2_4_5,
        Self::GammaV2_7_0,
        Self::SupraHexTchV2_7_0,
        Self::MaxV2_8_0,
        Self::GammaV2_9_0,
        Self::SupraV2_9_0,
        Self::GammaV2_10_1,
        Self::GammaV2_11_0,
        Self::GammaV2_12_2,
        Self::HexV2_12_2,
        Self::SupraHexV2_12_2,
        Self::GammaTurboV2_12_2,
        Self::GammaDuoV2_13_0,
        Self::GammaV2_14_0,
        Self::GammaV2_15_0,
        Self::NerdQAxePlusV1_0_26,
        Self::NerdQAxePlusPlusV1_0_30,
        Self::NerdQAxePlusPlusDualV1_0_36,
        Self::NerdQAxePlusPlusV1_1_0,
        Self::NerdOctaxeGammaV1_0_37,
        Self::NmAxeV2_9_21,
        Self::NmAxeV2_9_30,
        Self::NmAxeV3_0_21,
        Self::BitForgeV1_0,
        Self::BitForgeV1_5,
    ];

    /// The name used in commands and listings, for instance `gamma-v2.12.2`.
    pub fn name(self) -> &'static str {
        self.profile().name
    }

    /// The firmware version that the device reports, verbatim.
    pub fn firmware(self) -> &'static str {
        self.profile().version
    }

    /// The hashrate at the set frequency, in GH/s.
    pub fn expected_ghs(self) -> f64 {
        self.profile().expected_ghs()
    }

    pub(crate) fn profile(self) -> &'static Profile {
        profile::of(self)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Model {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("model", Self::ALL, name)
    }
}
