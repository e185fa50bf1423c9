//! The error masks.
//!
//! Bits of `ECHU` (by board) and `ECMM` (controller) are those of the vendor's `miner.php` for its older machines. For A12 and later
//! and for home machines no table was published: bits that are known to be fatal are taken as such there too.

use gssa_model::{Fault, FaultCode, Severity};

use super::Machine;
use super::module::{Module, Work};

/// A bit, what it means, how bad it is. Left out are 1 (idle), 16 (FIFO) and 512 (core test), which healthy machines show.
const BITS: [(u32, FaultCode, Severity, &str); 15] = [
    (2, FaultCode::Hardware, Severity::Warning, "control messages are damaged"),
    (4, FaultCode::Hardware, Severity::Critical, "no fan"),
    (8, FaultCode::Hardware, Severity::Warning, "locked"),
    (32, FaultCode::Hardware, Severity::Warning, "its ring buffer ran over"),
    (64, FaultCode::Overheat, Severity::Critical, "too hot"),
    (128, FaultCode::Overheat, Severity::Warning, "was too hot"),
    (256, FaultCode::Hardware, Severity::Critical, "chips are not in line"),
    (1024, FaultCode::Power, Severity::Critical, "the power unit is not valid"),
    (2048, FaultCode::Power, Severity::Critical, "power is not good"),
    (4096, FaultCode::Hardware, Severity::Critical, "a thermistor failed"),
    (8192, FaultCode::Power, Severity::Critical, "the input voltage is wrong"),
    (16_384, FaultCode::Power, Severity::Critical, "the core voltage is wrong"),
    (32_768, FaultCode::Power, Severity::Warning, "messages of the power unit are damaged"),
    (65_536, FaultCode::Hardware, Severity::Warning, "a clock is not valid"),
    (131_072, FaultCode::Hardware, Severity::Warning, "a hash unit failed"),
];

/// The mask at the first place of `PS` (`Canaan-Creative/avalon10-docs`).
const SUPPLY_BITS: [(u32, &str); 12] = [
    (1, "input voltage low"),
    (2, "over-temperature 1"),
    (4, "over-temperature 2"),
    (8, "over-temperature 3"),
    (16, "over-current of the primary side"),
    (32, "output voltage low"),
    (64, "over-current of the output"),
    (128, "current is not shared"),
    (256, "over-current of phase A"),
    (512, "over-current of phase B"),
    (1024, "over-current of phase C"),
    (2048, "its fan failed"),
];

/// The most faults of one address: a stack may have as many modules as it likes.
const MAX_FAULTS: usize = 256;

impl Machine {
    pub(super) fn faults(&self) -> Vec<Fault> {
        let is_stack = self.modules.len() > 1;
        let of = |(place, module): (usize, &Module)| {
            let at = if is_stack { format!("module {place}: ") } else { String::new() };
            faults_of(module, &at)
        };
        self.modules.iter().enumerate().flat_map(of).take(MAX_FAULTS).collect()
    }
}

fn faults_of(module: &Module, at: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault =
        |code, severity, message: String| faults.push(Fault { code, severity, message: format!("{at}{message}") });
    if module.work == Some(Work::Fault) {
        fault(FaultCode::Hardware, Severity::Critical, "the machine reports a fault".to_owned());
    }
    for (board, mask) in module.board_faults.iter().enumerate() {
        for (code, severity, what) in meaning(*mask) {
            fault(code, severity, format!("board {board}: {what} (ECHU {mask})"));
        }
    }
    if let Some(mask) = module.controller_faults {
        for (code, severity, what) in meaning(mask) {
            fault(code, severity, format!("controller: {what} (ECMM {mask})"));
        }
    }
    if let Some(mask) = module.supply.first().copied().and_then(code) {
        let known = SUPPLY_BITS.iter().filter(|(bit, _)| mask & bit != 0).map(|(_, what)| *what);
        let what: Vec<&str> = known.collect();
        let what = if what.is_empty() { "an error".to_owned() } else { what.join(", ") };
        fault(FaultCode::Power, Severity::Critical, format!("power supply: {what} (PS {mask})"));
    }
    if let Some(mask) = module.fan_faults.and_then(code) {
        fault(FaultCode::Hardware, Severity::Critical, format!("a fan failed (FanErr {mask})"));
    }
    if let Some(status) = module.supply_status.and_then(code) {
        fault(FaultCode::Power, Severity::Warning, format!("the power supply reports status {status} (POWS)"));
    }
    let statuses = module.board_status.iter().enumerate();
    for (board, status) in statuses.filter_map(|(board, status)| Some((board, code(*status)?))) {
        fault(FaultCode::Hardware, Severity::Warning, format!("board {board} reports status {status} (HASHS)"));
    }
    faults
}

/// A code that tells of something: a whole number above zero. What cannot be a code tells nothing, and its text could be very long.
fn code(value: f64) -> Option<u32> {
    let is_code = value >= 1.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0;
    is_code.then_some(value as u32)
}

fn meaning(mask: f64) -> impl Iterator<Item = (FaultCode, Severity, &'static str)> {
    let bits = if (0.0..f64::from(u32::MAX)).contains(&mask) { mask as u32 } else { 0 };
    BITS.iter().filter(move |(bit, ..)| bits & bit != 0).map(|(_, code, severity, what)| (*code, *severity, *what))
}

/// Whether a mask has a bit that stops a board.
pub(super) fn is_fatal(mask: f64) -> bool {
    meaning(mask).any(|(_, severity, _)| severity == Severity::Critical)
}

#[cfg(test)]
mod tests {
    use crate::canaan::testing::machine;
    use gssa_model::{FaultCode as C, Severity as S};

    #[test]
    fn a_mask_is_taken_apart() {
        for (string, expected) in [
            ("ECHU[0 0 0] ECMM[0] PS[0 1] FanErr[0] POWS[0] HASHS[0 0]", vec![]),
            ("ECHU[16 512 528 1]", vec![]),
            ("PS[0.1e308 5] FanErr[1e308] POWS[1e308] HASHS[1e308 0.5]", vec![]),
            ("ECHU[0 68]", vec![(C::Hardware, S::Critical), (C::Overheat, S::Critical)]),
            ("ECMM[128]", vec![(C::Overheat, S::Warning)]),
            ("PS[2049 1217]", vec![(C::Power, S::Critical)]),
            ("FanErr[2]", vec![(C::Hardware, S::Critical)]),
            ("POWS[3] HASHS[0 7]", vec![(C::Power, S::Warning), (C::Hardware, S::Warning)]),
            ("ECHU[-5 1e300]", vec![]),
        ] {
            let faults = machine(string).faults();
            let found: Vec<_> = faults.iter().map(|fault| (fault.code, fault.severity)).collect();
            assert_eq!(found, expected, "{string}");
        }
        let messages: Vec<String> =
            machine("PS[2049 1217] ECHU[0 4]").faults().into_iter().map(|fault| fault.message).collect();
        let expected = ["board 1: no fan (ECHU 4)", "power supply: input voltage low, its fan failed (PS 2049)"];
        assert_eq!(messages, expected);
    }
}
