//! What a device draws, and how hot it is.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::unit::{Celsius, JoulesPerTerahash, Megahertz, Millivolts, Percent, Volts, Watts};

/// Electrical figures.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Power {
    /// What it draws, as the device measures or estimates it.
    pub watts: Option<Watts>,
    /// The supply voltage.
    pub input_volts: Option<Volts>,
    /// The core voltage measured.
    pub core_millivolts: Option<Millivolts>,
    /// The core voltage asked for.
    pub core_millivolts_set: Option<Millivolts>,
    /// The chip clock asked for.
    pub frequency_mhz: Option<Megahertz>,
    /// Derived from `watts` and the hashrate.
    pub efficiency_joules_per_terahash: Option<JoulesPerTerahash>,
}

/// One temperature sensor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Temperature {
    /// What it measures.
    pub sensor: Sensor,
    /// Which one of these, from 0.
    pub index: u32,
    /// The temperature.
    pub celsius: Celsius,
}

/// What a temperature sensor sits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sensor {
    /// A mining chip.
    Chip,
    /// A hash board.
    Board,
    /// A voltage regulator.
    Regulator,
    /// The air that comes in.
    Intake,
    /// The air that goes out.
    Outlet,
    /// The power supply.
    Psu,
}

/// One fan.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fan {
    /// Which one, from 0.
    pub index: u32,
    /// Turns per minute; 0 for a fan that stands still.
    #[serde(default)]
    pub rpm: Option<u32>,
    /// The speed asked for, 0 to 100.
    #[serde(default)]
    pub percent: Option<Percent>,
}
