//! Hash boards of one machine, or the machines of a stack.

use gssa_model::unit::{Celsius, Megahertz};
use gssa_model::{Board, BoardState, Hashing, HashingState};

use super::Machine;
use super::faults::is_fatal;
use super::module::Module;
use crate::standard::{celsius, positive};

/// No machine of a stack and no board has more.
const MAX_CHIPS: f64 = 4096.0;

impl Machine {
    /// The boards of the one machine; of a stack one entry for each machine.
    pub(super) fn boards(&self, hashing: &Hashing) -> Vec<Board> {
        match self.only() {
            Some(module) => boards_of(module, hashing.state),
            None => (0..).zip(&self.modules).map(|(index, module)| as_board(index, module)).collect(),
        }
    }
}

fn boards_of(module: &Module, state: Option<HashingState>) -> Vec<Board> {
    let count = module.board_count();
    // Chips without current keep their last temperatures (`PVT_T0` of a Q in soft-off); then TMax is 0.
    let has_current = !module.is_idle() && module.hottest_chip.is_some();
    let frequency_mhz = module.mhz.and_then(positive).filter(|_| !module.is_idle()).and_then(Megahertz::from_mhz);
    let own = module.boards_celsius.iter().copied().reduce(f64::max).filter(|_| count == 1);
    (0..count)
        .map(|at| {
            let figure = |list: &[f64]| list.get(at).copied();
            let reads = module.chips_celsius.iter().find(|(board, _)| *board as usize == at).map(|(_, reads)| reads);
            let chips: Vec<Celsius> = match reads {
                Some(reads) if has_current => reads.iter().filter_map(|read| celsius(*read)).collect(),
                _ => Vec::new(),
            };
            let mut board = Board {
                index: at as u32,
                state: board_state(state, figure(&module.board_faults)),
                chips: reads
                    .map(|reads| reads.len() as u32)
                    .filter(|chips| *chips > 0)
                    .or_else(|| share(module, count)),
                frequency_mhz: frequency_mhz.filter(|_| count == 1),
                hardware_errors: figure(&module.board_errors)
                    .filter(|errors| *errors >= 0.0)
                    .map(|errors| errors as u64),
                board_celsius_max: own.and_then(celsius),
                ..Board::default()
            }
            .with_chips_celsius(chips);
            if has_current {
                let told = |list: &[f64]| figure(list).and_then(celsius);
                board.chip_celsius_max = board.chip_celsius_max.or_else(|| told(&module.board_hottest_chip));
                board.chip_celsius_avg = board.chip_celsius_avg.or_else(|| told(&module.board_mean_chip));
            }
            board
        })
        .collect()
}

/// The boards of one machine do what it does, unless their mask says that they cannot.
fn board_state(state: Option<HashingState>, mask: Option<f64>) -> Option<BoardState> {
    if mask.is_some_and(is_fatal) {
        return Some(BoardState::Failed);
    }
    match state? {
        HashingState::Mining => Some(BoardState::Hashing),
        HashingState::Paused | HashingState::Stopped => Some(BoardState::Off),
        HashingState::Idle | HashingState::Starting => Some(BoardState::Idle),
    }
}

/// The chips of a board where only all together are told.
fn share(module: &Module, boards: usize) -> Option<u32> {
    let all = module.chips.filter(|chips| (1.0..=MAX_CHIPS).contains(chips))? as u32;
    let boards = u32::try_from(boards).ok()?;
    (boards > 0 && all % boards == 0).then(|| all / boards)
}

/// A machine of a stack. It does not tell its own rate.
fn as_board(index: u32, module: &Module) -> Board {
    let is_failed = module.board_faults.iter().any(|mask| is_fatal(*mask));
    let works = module.hottest_chip.is_some() && module.mhz.is_some_and(|mhz| mhz > 0.0);
    Board {
        index,
        state: if is_failed { Some(BoardState::Failed) } else { works.then_some(BoardState::Hashing) },
        chips: module.chips.filter(|chips| (1.0..=MAX_CHIPS).contains(chips)).map(|chips| chips as u32),
        frequency_mhz: module.mhz.and_then(positive).and_then(Megahertz::from_mhz),
        hardware_errors: module.errors.filter(|errors| *errors >= 0.0).map(|errors| errors as u64),
        chip_celsius_avg: module.mean_chip.and_then(celsius),
        chip_celsius_max: module.hottest_chip.and_then(celsius),
        ..Board::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canaan::testing::machine;

    fn boards(string: &str) -> Vec<Board> {
        let machine = machine(string);
        machine.boards(&machine.hashing(&[]))
    }

    #[test]
    fn boards_are_as_many_as_any_list_tells() {
        let boards = boards(
            "SYSTEMSTATU[Work: In Work, Hash Board: 3 ] GHSspd[9] TMax[70] TA[342] MH[0 2 0] ECHU[512 512 256] MTmax[70 69 68]",
        );
        let states: Vec<_> = boards.iter().map(|board| (board.chips, board.hardware_errors, board.state)).collect();
        let expected = [
            (Some(114), Some(0), Some(BoardState::Hashing)),
            (Some(114), Some(2), Some(BoardState::Hashing)),
            (Some(114), Some(0), Some(BoardState::Failed)),
        ];
        assert_eq!(states, expected);
        assert_eq!(boards[1].chip_celsius_max.map(Celsius::get), Some(69.0));
    }

    #[test]
    fn chips_without_current_have_no_temperature() {
        let boards =
            boards("SYSTEMSTATU[Work: In Idle, Hash Board: 1] SoftOFF[4] GHSspd[0] TMax[0] PVT_T0[ 58  59  59]");
        assert_eq!(
            (boards[0].chips, boards[0].chips_celsius.len(), boards[0].state),
            (Some(3), 0, Some(BoardState::Off))
        );
    }
}
