//! Hash boards, all that begins with `b_`; without a board behind the number, what the firmware shows for an empty slot.

use super::Scope;
use crate::Behaviour;
use crate::cgminer::template::At;
use crate::cgminer::value::Value;

/// The supply of a chip, in millivolts.
const CHIP_MILLIVOLTS: f64 = 296.0;

pub(super) fn value(scope: &Scope<'_>, name: &str, at: At) -> Option<Value> {
    let figures = &scope.figures;
    match name {
        "board_count" => return Some(scope.present().count().into()),
        "chips_total" => return Some(scope.present().map(|board| chips(scope, board.chips)).sum::<usize>().into()),
        "board_max" => return Some(celsius(hottest(scope, |board| board.board_celsius), scope)),
        "chip_max" => return Some(celsius(hottest(scope, |board| board.chip_celsius), scope)),
        _ => {}
    }
    let wanted = name.strip_prefix("b_")?;
    let found = scope.board(at);
    let (slot, board) = (at.number as u64, found.map_or(0.0, |board| board.board_celsius));
    let chip = found.map_or(0.0, |board| board.chip_celsius);
    let is_there = found.is_some();
    let spread = |name: u64| scope.own(name + slot, 0.0, 9.0);
    // Sensors at the inlet, twice, and at the outlet, twice.
    let four = |hottest: f64, cool: f64| {
        [hottest - cool - spread(400), hottest - cool - spread(410), hottest - spread(420) / 6.0, hottest]
    };
    let cool = if figures.hashing { 14.0 } else { 1.0 };
    let show = |four: [f64; 4], between: &str| -> Value {
        let shown =
            four.map(
                |celsius| if is_there && !rests(scope) { (celsius.round() as i64).to_string() } else { "0".to_owned() },
            );
        shown.join(between).into()
    };
    Some(match wanted {
        "chips" => found.map_or(0, |board| chips(scope, board.chips)).into(),
        "letters" => if is_there { letters(scope) } else { String::new() }.into(),
        "errors" => found.map_or(0, |board| board.hardware_errors).into(),
        "errors_ratio" => {
            found.map_or(0.0, |board| board.hardware_errors as f64 / (figures.accepted as f64 * 1e3 + 1.0)).into()
        }
        "mhz" => if is_there && !rests(scope) { scope.profile.mhz } else { 0.0 }.into(),
        "board" => celsius(board, scope),
        "chip" => celsius(chip, scope),
        "board_four" => show(four(board, cool), "-"),
        "board_list" => show(four(board, cool), ", "),
        "board_two" => show_two(board, cool, is_there),
        "chip_four" => show(four(chip, cool), "-"),
        "chip_two" => show_two(chip, cool, is_there),
        // Age C computes chips and controllers from the board.
        "chip_computed" => show(four(board, cool).map(|celsius| celsius + 5.0), "-"),
        "chip_computed_list" => show(four(board, cool).map(|celsius| celsius + 5.0), ", "),
        "chip_computed_max" => celsius(board + if is_there { 5.0 } else { 0.0 }, scope),
        "pic_computed" => show(four(board, cool).map(|celsius| celsius - 10.0), "-"),
        "pic_computed_list" => show(four(board, cool).map(|celsius| celsius - 10.0), ", "),
        "chip_millicelsius" => ((chip * 1000.0) as i64).to_string().into(),
        "rate_text" if scope.behaviour == Behaviour::NanValues => "nan".into(),
        "rate_text" => match found {
            Some(board) => format!("{:.2}", figures.board_hps(board) / scope.profile.unit).into(),
            None => "".into(),
        },
        "serial" => format!("SIM{:06}{slot:02}", scope.spec.number).into(),
        "watts" => if is_there { figures.watts / scope.profile.boards.len() as f64 } else { 0.0 }.into(),
        "share_watts" => (figures.watts / scope.profile.boards.len() as f64).into(),
        "accepted" => if is_there { figures.accepted / scope.profile.boards.len() as u64 } else { 0 }.into(),
        "state" => if figures.hashing { "mining" } else { "stopped" }.into(),
        "millivolts" => (CHIP_MILLIVOLTS + spread(430) / 4.0).into(),
        "xtime" => restarts(scope, slot).into(),
        _ => return None,
    })
}

fn show_two(hottest: f64, cool: f64, is_there: bool) -> Value {
    if !is_there {
        return "0-0".into();
    }
    format!("{}-{}", (hottest - cool) as i64, hottest.round() as i64).into()
}

fn hottest(scope: &Scope<'_>, of: fn(&crate::cgminer::Board) -> f64) -> f64 {
    scope.present().map(of).reduce(f64::max).unwrap_or(0.0)
}

/// Whether even sensors and chips are off: in some firmware's sleep.
fn rests(scope: &Scope<'_>) -> bool {
    scope.fans_rest()
}

fn celsius(celsius: f64, scope: &Scope<'_>) -> Value {
    if rests(scope) { 0.0.into() } else { celsius.into() }
}

fn chips(scope: &Scope<'_>, chips: usize) -> usize {
    if rests(scope) { 0 } else { chips }
}

/// One letter for each chip, in groups with a blank before each.
fn letters(scope: &Scope<'_>) -> String {
    if rests(scope) {
        return String::new();
    }
    let letter = if scope.figures.hashing { 'o' } else { 'x' };
    let mut letters = String::new();
    for chip in 0..scope.profile.chips {
        if chip % scope.profile.group == 0 {
            letters.push(' ');
        }
        letters.push(letter);
    }
    letters
}

/// How often each core was started anew.
fn restarts(scope: &Scope<'_>, slot: u64) -> String {
    let of_chip = |chip: usize| format!("X{chip}={}", scope.own(5000 + slot * 200 + chip as u64, 55.0, 62.0) as u64);
    let all: Vec<String> = (0..scope.profile.chips).map(of_chip).collect();
    format!("{{{}}}", all.join(","))
}
