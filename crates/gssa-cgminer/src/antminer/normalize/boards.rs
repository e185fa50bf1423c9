//! Hash boards: which are there, which hash, how hot they are.

use gssa_model::unit::{Celsius, Megahertz};
use gssa_model::{Board, BoardState, Hashing, HashingState};
use gssa_wire::Field;

use super::{Device, hashrate};
use crate::Firmware;
use crate::antminer::scalar::Dashes;
use crate::antminer::slots::Slot;

/// What a sensor of a mining machine can read. -83, -64 and 255 were seen where none is.
const POSSIBLE_CELSIUS: std::ops::RangeInclusive<f64> = -40.0..=150.0;

/// The most boards of a machine with the second layout.
const MOST_BOARDS: u64 = 4;

pub(super) fn boards(device: &Device<'_>, hashing: &Hashing) -> Vec<Board> {
    let Some((first, last)) = extent(device) else { return Vec::new() };
    (first..=last)
        .filter_map(|number| {
            let slot = device.slots.boards.get(&number).filter(|slot| slot.exists());
            match slot {
                Some(slot) => Some(board(device, hashing, number, slot)),
                // Ethash machines number nine boards from 1 to 3 and 8 to 13: nothing is missing between.
                None if last > 8 => None,
                None => Some(Board { index: number - 1, state: Some(BoardState::Missing), ..Board::default() }),
            }
        })
        .collect()
}

/// The slots from the first board to the last. A board that is missing between two others, or before them, is known by that. One
/// behind the last is known only in the second layout, which tells how many there should be: the first has more slots than any
/// machine boards, and counts those that were found.
fn extent(device: &Device<'_>) -> Option<(u32, u32)> {
    let (first, last) =
        device.boards().map(|(number, _)| (number, number)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let wanted = device.machine(|machine| &machine.chain_num).map_or(0, |count| count.0.min(MOST_BOARDS));
    let last = last.max(wanted as u32);
    Some(match device.model.map(|model| model.name) {
        // Boards sit in 6 to 8 (`bmminer` 2.0.0).
        Some("S9" | "S9i" | "S9j") if first >= 6 && last <= 8 => (6, 8),
        Some("T9" | "T9+") => (first, last),
        _ if last <= 4 => (1, last),
        _ => (first, last),
    })
}

fn board(device: &Device<'_>, hashing: &Hashing, number: u32, slot: &Slot) -> Board {
    let chips = slot.chips.get().map(|chips| chips.0).filter(|chips| *chips > 0);
    let chips = chips.or_else(|| slot.letters.get().map(|letters| u64::from(letters.all())));
    let current_hps = hashrate(slot.rate.get().and_then(|rate| device.units.chain(rate)));
    let mut board = Board {
        index: number - 1,
        state: state(slot, hashing),
        current_hps,
        chips: chips.and_then(|chips| u32::try_from(chips).ok()),
        frequency_mhz: slot.frequency.get().filter(|mhz| *mhz > 0.0).and_then(Megahertz::from_mhz),
        hardware_errors: slot.hardware_errors.get().map(|errors| errors.0),
        board_celsius_max: slot.hottest_board().and_then(Celsius::from_celsius),
        ..Board::default()
    };
    // LuxOS repeats the sensors of the board under the names of the chips.
    if device.firmware != Firmware::LuxOs {
        let chips = slot.chip_sensors(device).into_iter().filter_map(Celsius::from_celsius).collect();
        board = board.with_chips_celsius(chips);
        board.chip_celsius_max = board.chip_celsius_max.or_else(|| slot.hottest_chip().and_then(Celsius::from_celsius));
    }
    board
}

fn state(slot: &Slot, hashing: &Hashing) -> Option<BoardState> {
    if slot.rate.get().is_some_and(|rate| rate.value > 0.0) {
        return Some(BoardState::Hashing);
    }
    let all_bad = slot.letters.get().is_some_and(|letters| letters.good == 0);
    Some(match hashing.state? {
        HashingState::Paused => BoardState::Off,
        // The others hash.
        HashingState::Mining if all_bad => BoardState::Failed,
        HashingState::Mining | HashingState::Idle | HashingState::Stopped | HashingState::Starting => BoardState::Idle,
    })
}

fn possible(value: f64) -> Option<f64> {
    Some(value).filter(|celsius| *celsius != 0.0 && POSSIBLE_CELSIUS.contains(celsius))
}

/// What the sensors of a list read; 0 stands for none where others read something.
fn readings(list: &Field<Dashes>) -> Vec<f64> {
    list.known().map_or_else(Vec::new, |list| list.0.iter().copied().filter_map(possible).collect())
}

fn highest(list: &[f64]) -> Option<f64> {
    list.iter().copied().reduce(f64::max)
}

impl Slot {
    /// The hottest chip. `temp2_N` of T15 and S9k is the lower of two readings, so the list goes first.
    pub(super) fn hottest_chip(&self) -> Option<f64> {
        highest(&readings(&self.chip_list)).or_else(|| self.chip_celsius.get().and_then(possible))
    }

    /// The hottest sensor of the board.
    pub(super) fn hottest_board(&self) -> Option<f64> {
        let one = self.board_celsius.get().and_then(possible);
        highest(&readings(&self.board_list)).into_iter().chain(one).reduce(f64::max)
    }

    /// Every sensor that sits on a chip. With water the lists mean other things: `temp_pic` holds the chips of an S21+ Hyd., and an
    /// S21 Hyd. has the water in the first two of `temp_chip` (`UpstreamData/pyasic#295`).
    fn chip_sensors(&self, device: &Device<'_>) -> Vec<f64> {
        match device.model {
            Some(model) if model.name == "S21+ Hyd." => readings(&self.pic_list).into_iter().skip(1).collect(),
            Some(model) if model.is_hydro() => Vec::new(),
            _ => readings(&self.chip_list),
        }
    }

    /// Where the water comes in and goes out, where it is known which sensors these are.
    pub(super) fn water(&self, device: &Device<'_>) -> Option<(f64, f64)> {
        let (list, places) = match device.model?.name {
            "S21+ Hyd." => (&self.board_list, (0, 2)),
            "S21 Hyd." => (&self.chip_list, (0, 1)),
            _ => return None,
        };
        let list = &list.known()?.0;
        Some((possible(*list.get(places.0)?)?, possible(*list.get(places.1)?)?))
    }
}
