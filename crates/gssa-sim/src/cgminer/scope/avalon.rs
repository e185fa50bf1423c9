//! What only Avalon machines show: lists in one string, figures of the supply, work states.

use super::Scope;
use crate::Behaviour;
use crate::cgminer::Board;
use crate::cgminer::template::At;
use crate::cgminer::value::Value;
use crate::chance::between;

const NO_SENSOR: i64 = -273;

pub(super) fn value(scope: &Scope<'_>, name: &str, at: At) -> Option<Value> {
    let figures = &scope.figures;
    let idle = !figures.hashing;
    if let Some(wanted) = name.strip_prefix("supply_") {
        return supply(scope, wanted);
    }
    let each =
        |shown: &dyn Fn(&Board) -> String| -> Value { scope.present().map(shown).collect::<Vec<_>>().join(" ").into() };
    Some(match name {
        "work_state" => work_state(scope).into(),
        "soft_off" => if figures.asleep { 5_u32 } else { 0 }.into(),
        "state_number" => (1 + u32::from(idle)).into(),
        "tmax" => if idle { 0.0 } else { hottest(scope) }.into(),
        "tavg" => if idle { 0.0 } else { hottest(scope) - 6.0 }.into(),
        "outlet" => if idle { figures.ambient_celsius + 1.0 } else { figures.ambient_celsius + 30.0 }.into(),
        "no_sensor" => NO_SENSOR.into(),
        "gh_spd" => ratio(scope, figures.hps(60.0) / 1e9),
        "board_zeros" => each(&|_| "0".to_owned()),
        "board_errors" => each(&|board| board.hardware_errors.to_string()),
        "board_chips" => each(&|board| board.chips.to_string()),
        "board_gh" => each(&|board| format!("{:.2}", figures.average_hps / 1e9 * board.share)),
        "board_tmax" => each(&|board| format!("{:.0}", if idle { 0.0 } else { board.chip_celsius })),
        "board_tavg" => each(&|board| format!("{:.0}", if idle { 0.0 } else { board.chip_celsius - 6.0 })),
        "board_mv" => each(&|board| format!("{:.1}", 285.0 + board.slot as f64 / 3.0)),
        "board_works" => each(&|board| (figures.elapsed_secs as u64 * 380 + board.slot as u64).to_string()),
        "local_works" => ((figures.elapsed_secs * 770.0) as u64).into(),
        "error_mask" => if scope.behaviour == Behaviour::Overheated { 64 } else { 0 }.into(),
        "board_masks" => {
            let mask = match scope.behaviour {
                Behaviour::Overheated => "64",
                Behaviour::HardwareFault => "256",
                Behaviour::PowerFault => "2048",
                _ => "0",
            };
            each(&|_| mask.to_owned())
        }
        "error_ratio" => (1.4 + scope.own(500, 0.0, 0.8)).into(),
        "chips_celsius" => chips(scope, at, 510, |board| board.chip_celsius - 4.0, if idle { 0.0 } else { 5.0 }),
        "chips_millivolts" => chips(scope, at, 520, |_| 290.0, 7.0),
        "chips_works" => chips(scope, at, 530, |_| scope.figures.elapsed_secs / 30.0 % 900.0 + 20.0, 20.0),
        "steps" => {
            let step = |name: u64| scope.own(540 + name + at.number as u64, 300.0, 4000.0) as u64;
            format!("{} {} {} {}", step(0), step(10), step(20), step(30)).into()
        }
        "step_mhz" => {
            let mhz = scope.profile.mhz;
            format!("{:.0} {:.0} {:.0} {:.0}", mhz - 45.0, mhz - 25.0, mhz, mhz + 20.0).into()
        }
        "inlets" => format!("{:.0}", figures.ambient_celsius).into(),
        _ => return None,
    })
}

fn ratio(scope: &Scope<'_>, value: f64) -> Value {
    if scope.behaviour == Behaviour::NanValues { f64::NAN.into() } else { value.into() }
}

fn hottest(scope: &Scope<'_>) -> f64 {
    scope.present().map(|board| board.chip_celsius).reduce(f64::max).unwrap_or(0.0)
}

fn work_state(scope: &Scope<'_>) -> &'static str {
    match scope.behaviour {
        Behaviour::Overheated | Behaviour::PowerFault | Behaviour::HardwareFault => "In Fault",
        _ if scope.figures.asleep => "In Idle",
        // Calibration takes its time after each boot.
        _ if scope.figures.up_secs < 60.0 => "In Init",
        _ => "In Work",
    }
}

/// Figures of the power supply, in the places of `PS[…]`.
fn supply(scope: &Scope<'_>, wanted: &str) -> Option<Value> {
    let figures = &scope.figures;
    let output = if figures.hashing { figures.watts * 0.945 } else { 0.0 };
    Some(match wanted {
        "error" => if scope.behaviour == Behaviour::PowerFault { 32 } else { 0 }.into(),
        "control" => 1210.into(),
        // In hundredths of a volt, and the current that goes with it.
        "volts" => if figures.hashing { 1300 } else { 4 }.into(),
        "amperes" => (output / 13.0).into(),
        "output" => output.into(),
        "set" => 1302.into(),
        "wall" => figures.watts.into(),
        "home_volts" => if figures.hashing { 2083 } else { 4 }.into(),
        "home_amperes" => (output / 20.8).into(),
        "home_millivolts" => if figures.hashing { 27_680 } else { 0 }.into(),
        "small_amperes" => (output / 27.7).into(),
        _ => return None,
    })
}

/// One number for each chip, padded as the firmware pads.
fn chips(scope: &Scope<'_>, at: At, name: u64, middle: impl Fn(&Board) -> f64, spread: f64) -> Value {
    let Some(board) = scope.board(at) else { return "".into() };
    let seed = scope.spec.chance_seed() ^ (name + board.slot as u64);
    let width = if name == 510 { 3 } else { 0 };
    let of_chip = |chip: usize| format!("{:>width$.0}", between(seed, chip as u64, -spread, spread) + middle(board));
    (0..board.chips).map(of_chip).collect::<Vec<_>>().join(" ").into()
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}
