//! What is fixed about each model: board, chips, settings, and how its firmware speaks.

use super::Model;
use super::chip::Chip;
use super::release::Release;
use super::sockets::SocketLimit;
use crate::json::Style;
use table::PROFILES;

mod table;

/// Which document a firmware writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `bitaxeorg/ESP-Miner`.
    Bitaxe(Release),
    /// The TinyChipHub fork of that release.
    Tch(Release),
    /// `shufps/ESP-Miner-NerdQAxePlus` with one pool in use.
    Nerd(Release),
    /// The same, mining for two pools at once.
    NerdDual(Release),
    /// NMAxe up to v2.9.21: flat, Bitaxe-like names.
    NmFlat,
    /// NMAxe v2.9.30: flat, renamed.
    NmRenamed,
    /// NMAxe v3: nested.
    NmNested,
    /// BitForge Nano forge-os.
    BitForge(Release),
}

/// Where the current is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meter {
    /// At the input: voltage × current is the power.
    Input,
    /// Behind the regulator, at the chip's voltage.
    Output,
}

/// What an API path that does not exist is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownRoute {
    /// 302 to `/` with a line of text.
    Redirect,
    /// 404 with JSON.
    NotFound,
}

/// The fixed facts of a model.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) model: Model,
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// The firmware version, verbatim.
    pub(crate) version: &'static str,
    /// `boardVersion` or `hwModel`.
    pub(crate) board: &'static str,
    /// `deviceModel`.
    pub(crate) family: &'static str,
    pub(crate) chip: Chip,
    pub(crate) chips: u32,
    pub(crate) mhz: f64,
    pub(crate) core_millivolts: f64,
    /// Power that the device reports while it hashes at the set frequency.
    pub(crate) watts: f64,
    pub(crate) input_volts: f64,
    pub(crate) max_watts: i64,
    pub(crate) meter: Meter,
    pub(crate) target_celsius: f64,
}

impl Profile {
    /// Frequency × cores × chips, in GH/s.
    pub(crate) fn expected_ghs(&self) -> f64 {
        self.mhz * f64::from(self.chip.small_cores()) * f64::from(self.chips) / 1000.0
    }

    /// The largest header block that the firmware's web server takes.
    pub(crate) fn header_limit_bytes(&self) -> usize {
        match self.shape {
            Shape::Bitaxe(release) if release < Release(2, 10, 0) => 512,
            Shape::Tch(_) | Shape::BitForge(_) => 512,
            _ => 1024,
        }
    }

    /// How many clients the firmware's web server takes.
    pub(crate) fn socket_limit(&self) -> SocketLimit {
        match self.shape {
            Shape::Bitaxe(release) if release < Release(2, 4, 2) => SocketLimit { most: 7, purges: false },
            Shape::Bitaxe(release) if release < Release(2, 10, 0) => SocketLimit { most: 10, purges: false },
            Shape::Bitaxe(_) => SocketLimit { most: 20, purges: true },
            Shape::Nerd(_) | Shape::NerdDual(_) => SocketLimit { most: 10, purges: true },
            // Not known. The forks are of an age with ten; the other web server is bounded by the sixteen sockets of
            // the network stack.
            Shape::Tch(_) | Shape::BitForge(_) => SocketLimit { most: 10, purges: false },
            Shape::NmFlat | Shape::NmRenamed | Shape::NmNested => SocketLimit { most: 16, purges: false },
        }
    }

    /// Whether a request with an `Origin` is refused.
    pub(crate) fn refuses_origin(&self) -> bool {
        match self.shape {
            Shape::Bitaxe(release) | Shape::Tch(release) => release >= Release(2, 5, 1),
            Shape::Nerd(_) | Shape::NerdDual(_) | Shape::BitForge(_) => true,
            Shape::NmFlat | Shape::NmRenamed | Shape::NmNested => false,
        }
    }

    pub(crate) fn unknown_route(&self) -> UnknownRoute {
        match self.shape {
            Shape::Bitaxe(release) if release >= Release(2, 9, 0) => UnknownRoute::NotFound,
            _ => UnknownRoute::Redirect,
        }
    }

    /// How `/api/system/info` is written.
    pub(crate) fn info_style(&self) -> Style {
        match self.shape {
            Shape::Bitaxe(release) if release >= Release(2, 14, 0) => Style::Compact,
            Shape::Bitaxe(_) | Shape::Tch(_) | Shape::BitForge(_) => Style::Tabs,
            _ => Style::Compact,
        }
    }

    /// Whether JSON goes out in chunks.
    pub(crate) fn chunked(&self) -> bool {
        matches!(self.shape, Shape::Nerd(release) | Shape::NerdDual(release) if release >= Release(1, 0, 36))
    }

    /// Whether every reply ends its connection.
    pub(crate) fn closes(&self) -> bool {
        matches!(self.shape, Shape::Nerd(release) | Shape::NerdDual(release) if release >= Release(1, 0, 35))
    }

    /// Whether the board has a sensor at its regulator.
    pub(crate) fn has_regulator_sensor(&self) -> bool {
        !matches!(self.shape, Shape::Bitaxe(_)) || self.meter == Meter::Output
    }

    /// Whether the board has a second chip sensor and a second fan.
    pub(crate) fn has_second_sensor(&self) -> bool {
        self.chips > 1 && self.family != "GammaDuo"
    }
}

/// Finds the facts of a model.
pub(crate) fn of(model: Model) -> &'static Profile {
    PROFILES.iter().find(|profile| profile.model == model).expect("every model has a profile, which a test checks")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_the_profile_at_its_place_and_a_name_of_its_own() {
        for (model, profile) in Model::ALL.into_iter().zip(&PROFILES) {
            assert_eq!(model, profile.model);
            assert_eq!(profile.name.parse::<Model>(), Ok(model));
        }
    }
}
