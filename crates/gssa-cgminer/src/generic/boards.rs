//! One board for each device. On Braiins OS, LuxOS and Whatsminer a device is a hash board; elsewhere it is what the driver counts.

use gssa_model::unit::Megahertz;
use gssa_model::{Board, BoardState, Fault, FaultCode, Severity};

use super::Machine;
use crate::standard::{celsius, positive};
use crate::wire::standard::{DevRow, TempRow, count};
use crate::{Command, Firmware, Replies};

pub(super) fn boards(replies: &Replies, machine: &Machine) -> Vec<Board> {
    let temps: Vec<TempRow> = replies.rows(&[Command::Temps], "TEMPS");
    if machine.devices.is_empty() {
        return (0..).zip(&temps).map(|(index, row)| with_temps(Board { index, ..Board::default() }, row)).collect();
    }
    let board = |(place, row): (u32, &DevRow)| {
        let index = count(&row.index).and_then(|index| u32::try_from(index).ok()).unwrap_or(place);
        let board = Board {
            index,
            state: state(row),
            current_hps: row.rates.current().filter(|_| machine.firmware != Firmware::Innominer),
            chips: count(&row.effective_chips).and_then(|chips| u32::try_from(chips).ok()),
            frequency_mhz: row.frequency.get().and_then(positive).and_then(Megahertz::from_mhz),
            hardware_errors: count(&row.hardware_errors),
            chip_celsius_min: row.chip_temp_min.get().and_then(celsius),
            chip_celsius_avg: row.chip_temp_avg.get().and_then(celsius),
            chip_celsius_max: row.chip_temp_max.get().and_then(celsius),
            board_celsius_max: row.temperature.get().and_then(celsius),
            ..Board::default()
        };
        match temps.iter().find(|temp| count(&temp.id).is_some() && count(&temp.id) == count(&row.id)) {
            Some(temp) => with_temps(board, temp),
            None => board,
        }
    };
    (0..).zip(&machine.devices).map(board).collect()
}

/// The sensors of Braiins OS, or the four corners of LuxOS.
fn with_temps(mut board: Board, row: &TempRow) -> Board {
    let corners = [&row.board, &row.top_left, &row.top_right, &row.bottom_left, &row.bottom_right];
    let hottest = corners.iter().filter_map(|corner| corner.get()).reduce(f64::max);
    board.board_celsius_max = hottest.and_then(celsius).or(board.board_celsius_max);
    board.chip_celsius_max = row.chip.get().and_then(celsius).or(board.chip_celsius_max);
    board
}

fn state(row: &DevRow) -> Option<BoardState> {
    if row.enabled.get() == Some(false) {
        return Some(BoardState::Off);
    }
    match row.status.text()? {
        "Dead" | "Sick" | "NoStart" => Some(BoardState::Failed),
        "Initialising" => Some(BoardState::Idle),
        "Alive" => {
            let works = row.rates.current()?.get() > 0.0;
            Some(if works { BoardState::Hashing } else { BoardState::Idle })
        }
        _ => None,
    }
}

/// Devices that the program has given up, and the error codes of Whatsminer.
pub(super) fn faults(machine: &Machine) -> Vec<Fault> {
    let failed = machine.devices.iter().filter(|row| state(row) == Some(BoardState::Failed));
    let mut faults: Vec<Fault> = failed
        .map(|row| {
            let index = count(&row.index).unwrap_or_default();
            let status = row.status.text().unwrap_or_default().to_ascii_lowercase();
            Fault {
                code: FaultCode::Hardware,
                severity: Severity::Critical,
                message: format!("device {index} is {status}"),
            }
        })
        .collect();
    let codes = machine.whatsminer.iter().flat_map(|row| &row.errors.0);
    faults.extend(codes.map(|code| Fault {
        code: FaultCode::Hardware,
        severity: Severity::Warning,
        message: format!("error code {code}"),
    }));
    faults
}
