//! What is wrong, as the machine says it or shows it.

use gssa_model::{Board, BoardState, Fan, Fault, FaultCode, Hashing, HashingState, Severity};

use super::Device;

pub(super) fn faults(device: &Device<'_>, hashing: &Hashing, boards: &[Board], fans: &[Fan]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |code, severity, message: String| faults.push(Fault { code, severity, message });
    for (kind, status, message) in device.verdicts() {
        let Some(severity) = severity(status) else { continue };
        let (code, usual) = match kind {
            "network" => (FaultCode::Pool, "its pools do not answer"),
            "temp" => (FaultCode::Overheat, "its temperature is out of range"),
            "fans" => (FaultCode::Hardware, "a fan fails"),
            "rate" => (FaultCode::Hardware, "its hashrate is low"),
            _ => (FaultCode::Hardware, "the machine reports a fault"),
        };
        fault(code, severity, message.unwrap_or(usual).to_owned());
    }
    let says = |kind: &str| device.verdicts().any(|(part, status, _)| part == kind && severity(status).is_some());
    if hashing.state == Some(HashingState::Stopped) && !says("temp") {
        fault(FaultCode::Overheat, Severity::Critical, "stopped by its overheat protection".to_owned());
    }
    if hashing.state == Some(HashingState::Idle) && !says("network") {
        fault(FaultCode::Pool, Severity::Critical, "no pool answers".to_owned());
    }
    let hashes = hashing.state == Some(HashingState::Mining);
    if hashes && !says("fans") {
        for fan in fans.iter().filter(|fan| fan.rpm == Some(0)) {
            fault(FaultCode::Hardware, Severity::Critical, format!("fan {} stands still", fan.index + 1));
        }
    }
    for board in boards {
        let name = board.index + 1;
        match board.state {
            Some(BoardState::Missing) => {
                fault(FaultCode::Hardware, Severity::Critical, format!("board {name} is not found"));
            }
            Some(BoardState::Failed) => {
                fault(FaultCode::Hardware, Severity::Critical, format!("board {name} does not hash"));
            }
            Some(BoardState::Hashing) if hashes => {
                if let Some(message) = weak_chips(device, boards, board) {
                    fault(FaultCode::Hardware, Severity::Warning, message);
                }
            }
            _ => {}
        }
    }
    faults
}

fn severity(status: &str) -> Option<Severity> {
    match status {
        "e" => Some(Severity::Critical),
        "w" => Some(Severity::Warning),
        _ => None,
    }
}

/// Chips of a board that hashes which do not, or were not found: fewer than on most boards.
fn weak_chips(device: &Device<'_>, boards: &[Board], board: &Board) -> Option<String> {
    let name = board.index + 1;
    let letters = device.slots.boards.get(&name)?.letters.get();
    let bad = letters.map_or(0, |letters| letters.bad);
    if bad > 0 {
        return Some(format!("{bad} of {} chips of board {name} do not hash", letters?.all()));
    }
    let most = boards.iter().filter_map(|board| board.chips).max()?;
    let chips = board.chips.filter(|chips| *chips < most)?;
    Some(format!("board {name} has {chips} chips, others {most}"))
}
