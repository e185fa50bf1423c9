//! `/api/system/asic`: chip and board facts.

use crate::axeos::DeviceSpec;
use crate::axeos::chip::Chip;
use crate::axeos::profile::{Profile, Shape};
use crate::axeos::release::{Document, Release};
use crate::json::Json;

/// Makes the document `/api/system/asic`, where the firmware has it.
pub fn asic_body(spec: &DeviceSpec) -> Option<Json> {
    let profile = spec.model.profile();
    match profile.shape {
        Shape::Bitaxe(release) if release >= Release(2, 7, 0) => Some(bitaxe(profile, release)),
        // The fork took this document from a later release than the rest.
        Shape::Tch(_) => Some(bitaxe(profile, Release(2, 9, 0))),
        Shape::BitForge(release) if release >= Release(1, 5, 0) => Some(bitaxe(profile, Release(2, 9, 0))),
        Shape::Nerd(release) | Shape::NerdDual(release) if release >= Release(1, 0, 32) => Some(nerd(profile)),
        _ => None,
    }
}

fn bitaxe(profile: &Profile, release: Release) -> Json {
    let duo = profile.family == "GammaDuo";
    let (mhz, millivolts) = if duo { (400, 1150) } else { profile.chip.defaults() };
    let frequencies = if duo { &[350, 375, 380, 400, 410] } else { profile.chip.frequency_options() };
    Document::new(release)
        .put("ASICModel", profile.chip.name())
        .since(Release(2, 9, 0), "deviceModel", profile.family)
        .since(Release(2, 9, 0), "swarmColor", color(profile.family))
        .since(Release(2, 9, 0), "asicCount", profile.chips)
        .since(Release(2, 12, 0), "hashDomains", profile.chip.hash_domains())
        .since(Release(2, 8, 0), "defaultFrequency", mhz)
        .put("frequencyOptions", frequencies.to_vec())
        .since(Release(2, 8, 0), "defaultVoltage", millivolts)
        .put("voltageOptions", profile.chip.voltage_options().to_vec())
        .finish()
}

fn color(family: &str) -> &'static str {
    match family {
        "Max" => "red",
        "Ultra" => "purple",
        "Supra" => "blue",
        "SupraHex" => "darkblue",
        "Hex" => "orange",
        _ => "green",
    }
}

fn nerd(profile: &Profile) -> Json {
    let (mhz, millivolts) = match profile.chip {
        Chip::Bm1370 => (600, 1150),
        chip => chip.defaults(),
    };
    Document::new(Release(1, 0, 32))
        .put("ASICModel", profile.chip.name())
        .put("deviceModel", profile.family)
        .put("asicCount", profile.chips)
        .put("defaultFrequency", mhz)
        .put("defaultVoltage", millivolts)
        .put("absMaxFrequency", 850)
        .put("absMaxVoltage", 1350)
        .put("ecoFrequency", 0)
        .put("ecoVoltage", 0)
        .put("swarmColor", "#00a3e0")
        .put("frequencyOptions", vec![500, 525, 550, 575, 600])
        .put("voltageOptions", vec![1110, 1130, 1150, 1170, 1190])
        .finish()
}
