//! Hash boards.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::unit::{Celsius, Hashrate, Megahertz};

/// A hash board, or a group of chips that the device counts apart.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Board {
    /// Which one, from 0.
    pub index: u32,
    /// What it does.
    pub state: Option<BoardState>,
    /// Its own hashrate.
    pub current_hps: Option<Hashrate>,
    /// How many chips it has.
    pub chips: Option<u32>,
    /// Its clock.
    pub frequency_mhz: Option<Megahertz>,
    /// Wrong results of its chips.
    pub hardware_errors: Option<u64>,
    /// The coolest chip.
    pub chip_celsius_min: Option<Celsius>,
    /// The mean of the chips.
    pub chip_celsius_avg: Option<Celsius>,
    /// The hottest chip.
    pub chip_celsius_max: Option<Celsius>,
    /// The hottest sensor of the board.
    pub board_celsius_max: Option<Celsius>,
    /// Every chip that has a sensor, in the device's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chips_celsius: Vec<Celsius>,
    /// The hashrate of each part of a chip that counts for itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains_hps: Vec<Hashrate>,
}

impl Board {
    /// Keeps the temperatures of the chips and reduces them to lowest, mean and highest.
    #[must_use]
    pub fn with_chips_celsius(mut self, chips: Vec<Celsius>) -> Self {
        let by_value = |a: &Celsius, b: &Celsius| a.get().total_cmp(&b.get());
        self.chip_celsius_min = chips.iter().copied().min_by(by_value);
        self.chip_celsius_max = chips.iter().copied().max_by(by_value);
        let sum: f64 = chips.iter().map(|chip| chip.get()).sum();
        self.chip_celsius_avg = if chips.is_empty() { None } else { Celsius::from_celsius(sum / chips.len() as f64) };
        self.chips_celsius = chips;
        self
    }
}

/// What a hash board does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BoardState {
    /// It works.
    Hashing,
    /// It is there and does nothing.
    Idle,
    /// It is not there.
    Missing,
    /// It is broken.
    Failed,
    /// It is switched off.
    Off,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_are_reduced_and_kept() {
        let chips = [50.0, 70.0, 60.0].into_iter().filter_map(Celsius::from_celsius).collect();
        let board = Board::default().with_chips_celsius(chips);
        let figures =
            [board.chip_celsius_min, board.chip_celsius_avg, board.chip_celsius_max].map(|c| c.map(Celsius::get));
        assert_eq!((figures, board.chips_celsius.len()), ([Some(50.0), Some(60.0), Some(70.0)], 3));
        assert_eq!(Board::default().with_chips_celsius(Vec::new()), Board::default());
    }
}
