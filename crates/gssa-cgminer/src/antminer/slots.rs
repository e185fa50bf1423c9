//! The members that carry the number of a slot in their key, gathered to one record for each board and one for each fan.

use std::collections::BTreeMap;

use gssa_model::Gap;
use gssa_wire::{Count, Field, Path, Report};

use super::scalar::{Dashes, Letters, MAX_TEMPERATURES, Rate};
use super::wire::Chain;
use crate::reply::value::{Members, Value};
use crate::wire::row::{Gathered, Lenient as _};

/// The highest slot. The layout of 2013 to 2021 has sixteen.
pub(super) const MAX_SLOT: u32 = 16;

/// One board as a firmware writes it, in either layout.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Slot {
    pub(super) chips: Field<Count>,
    pub(super) letters: Field<Letters>,
    pub(super) rate: Field<Rate>,
    pub(super) rate_ideal: Field<Rate>,
    pub(super) frequency: Field<f64>,
    pub(super) hardware_errors: Field<Count>,
    /// The hottest sensor of the board.
    pub(super) board_celsius: Field<f64>,
    /// The hottest chip.
    pub(super) chip_celsius: Field<f64>,
    pub(super) board_list: Field<Dashes>,
    pub(super) chip_list: Field<Dashes>,
    pub(super) pic_list: Field<Dashes>,
    pub(super) watts: Field<f64>,
    pub(super) consumption: Field<f64>,
}

/// Boards and fans by slot, from 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Slots {
    pub(super) boards: BTreeMap<u32, Slot>,
    pub(super) fans: BTreeMap<u32, Field<f64>>,
}

impl Gathered for Slots {
    fn gather(row: &Members) -> Self {
        let mut slots = Self::default();
        for (key, value) in row.iter() {
            let name = key.trim_end_matches(|c: char| c.is_ascii_digit());
            let Some(number) = key[name.len()..].parse().ok().filter(|slot| (1..=MAX_SLOT).contains(slot)) else {
                continue;
            };
            if name == "fan" {
                slots.fans.insert(number, f64::read(value));
            } else if let Some(kind) = Kind::of(name) {
                slots.boards.entry(number).or_default().take(kind, value);
            }
        }
        slots
    }
}

impl Report for Slots {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        for (number, slot) in &self.boards {
            slot.chips.report(Path::Numbered(&path, "chain_acn", *number), gaps);
            slot.rate.report(Path::Numbered(&path, "chain_rate", *number), gaps);
            slot.board_list.report(Path::Numbered(&path, "temp_pcb", *number), gaps);
            slot.chip_list.report(Path::Numbered(&path, "temp_chip", *number), gaps);
        }
    }
}

/// What a key without its number means.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Chips,
    Letters,
    Rate,
    RateIdeal,
    Frequency,
    HardwareErrors,
    BoardCelsius,
    ChipCelsius,
    BoardList,
    ChipList,
    PicList,
    Watts,
    Consumption,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "chain_acn" => Self::Chips,
            "chain_acs" => Self::Letters,
            "chain_rate" => Self::Rate,
            "chain_rateideal" => Self::RateIdeal,
            "freq_avg" | "freq" | "frequency" => Self::Frequency,
            "chain_hw" => Self::HardwareErrors,
            "temp" => Self::BoardCelsius,
            "temp2_" => Self::ChipCelsius,
            // `temp_in_…` and `temp_out_…` are how the E9 Pro writes them.
            "temp_pcb" | "temp_in_pcb_" | "temp_out_pcb_" => Self::BoardList,
            "temp_chip" | "temp_in_chip_" | "temp_out_chip_" => Self::ChipList,
            "temp_pic" => Self::PicList,
            "chain_power" => Self::Watts,
            "chain_consumption" => Self::Consumption,
            _ => return None,
        })
    }
}

impl Slot {
    fn take(&mut self, kind: Kind, value: &Value) {
        match kind {
            Kind::Chips => self.chips = Count::read(value),
            Kind::Letters => self.letters = Letters::read(value),
            Kind::Rate => self.rate = Rate::read(value),
            Kind::RateIdeal => self.rate_ideal = Rate::read(value),
            // `freq_avg6` may stand at 0 beside `freq6`.
            Kind::Frequency if self.frequency.get().is_some_and(|mhz| mhz > 0.0) => {}
            Kind::Frequency => self.frequency = f64::read(value),
            Kind::HardwareErrors => self.hardware_errors = Count::read(value),
            Kind::BoardCelsius => self.board_celsius = f64::read(value),
            Kind::ChipCelsius => self.chip_celsius = f64::read(value),
            Kind::BoardList => extend(&mut self.board_list, value),
            Kind::ChipList => extend(&mut self.chip_list, value),
            Kind::PicList => self.pic_list = Dashes::read(value),
            Kind::Watts => self.watts = f64::read(value),
            Kind::Consumption => self.consumption = f64::read(value),
        }
    }

    /// Whether a board is in the slot: chips were found on it, or it hashes.
    pub(super) fn exists(&self) -> bool {
        let chips = self.chips.get().is_some_and(|chips| chips.0 > 0);
        chips || self.letters.get().is_some() || self.rate.get().is_some_and(|rate| rate.value > 0.0)
    }

    /// The same record from the layout of 2021 on.
    pub(super) fn of_chain(chain: &Chain) -> Self {
        let list = |field: &Field<Vec<Field<f64>>>| match field {
            Field::Known(list) => Field::Known(Dashes(list.iter().filter_map(Field::get).collect())),
            _ => Field::Absent,
        };
        Self {
            chips: chain.asic_num.clone(),
            letters: chain.asic.clone(),
            rate: chain.rate_real.clone(),
            rate_ideal: chain.rate_ideal.clone(),
            frequency: chain.freq_avg.clone(),
            hardware_errors: chain.hw.clone(),
            board_list: list(&chain.temp_pcb),
            chip_list: list(&chain.temp_chip),
            pic_list: list(&chain.temp_pic),
            ..Self::default()
        }
    }
}

/// Intake and outlet sensors stand in two members; together they are one list, of no more than two may hold: zeros before a number make
/// any number of keys for one slot.
fn extend(list: &mut Field<Dashes>, value: &Value) {
    match (&mut *list, Dashes::read(value)) {
        (Field::Known(known), Field::Known(more)) => {
            known.0.extend(more.0);
            known.0.truncate(2 * MAX_TEMPERATURES);
        }
        (_, more) => *list = more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::value::json;

    #[test]
    fn keys_without_end_for_one_slot_are_no_list_without_end() {
        let keys = (1..100).map(|zeros| (format!("temp_chip{}1", "0".repeat(zeros)).into(), json!("40-41-42-43")));
        let slots = Slots::gather(&keys.collect());
        assert_eq!(slots.boards[&1].chip_list.known().map(|list| list.0.len()), Some(2 * MAX_TEMPERATURES));
    }

    #[test]
    fn a_key_is_cut_at_its_slot() {
        let row = json!({ "temp6": 75, "temp2_6": 62, "temp31": 9, "fan5": 3720, "chain_acn6": 63, "chain_xtime6": "{X0=5}",
            "temp_in_chip_6": "40-41", "temp_out_chip_6": "50--1", "fan_num": 2, "chain_acn17": 63, "Hashrate1": 5 });
        let slots = Slots::gather(row.as_object().unwrap());
        assert_eq!(slots.boards.keys().copied().collect::<Vec<_>>(), [6]);
        let slot = &slots.boards[&6];
        assert_eq!((slot.board_celsius.get(), slot.chip_celsius.get()), (Some(75.0), Some(62.0)));
        assert_eq!(slot.chip_list, Field::Known(Dashes(vec![40.0, 41.0, 50.0, -1.0])));
        assert_eq!(slots.fans.keys().copied().collect::<Vec<_>>(), [5]);
    }
}
