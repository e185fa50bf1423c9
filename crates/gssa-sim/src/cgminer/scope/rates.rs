//! Rates: a letter for the unit and a window, `mh_5s`, `u_av`, `gh_ideal`; of one board `gh_board`, `u_board_ideal`.

use super::Scope;
use crate::Behaviour;
use crate::cgminer::template::At;
use crate::cgminer::value::Value;

const HOUR_SECS: f64 = 3600.0;

pub(super) fn value(scope: &Scope<'_>, name: &str, at: At) -> Option<Value> {
    let (unit, what) = name.split_once('_')?;
    let unit = match unit {
        "h" => 1.0,
        "kh" => 1e3,
        "mh" => 1e6,
        "gh" => 1e9,
        "th" => 1e12,
        // The unit that the model counts in, whatever the key calls it.
        "u" => scope.profile.unit,
        _ => return None,
    };
    let figures = &scope.figures;
    if scope.behaviour == Behaviour::NanValues && what != "ideal" && what != "board_ideal" {
        return known(what).then(|| if what == "total" { f64::INFINITY } else { f64::NAN }.into());
    }
    let board = scope.board(at);
    let hps = match what {
        "av" => figures.average_hps,
        "ideal" => figures.rated_hps,
        "total" => figures.total_hashes,
        "board" => board.map_or(0.0, |board| figures.board_hps(board)),
        "board_ideal" => board.map_or(0.0, |board| figures.rated_hps * board.share),
        "chip" => board.map_or(0.0, |board| figures.board_hps(board) / board.chips.max(1) as f64),
        window => figures.hps(window_secs(window)?),
    };
    Some((hps / unit).into())
}

fn known(what: &str) -> bool {
    matches!(what, "av" | "total" | "board" | "chip") || window_secs(what).is_some()
}

fn window_secs(window: &str) -> Option<f64> {
    Some(match window {
        "now" => 1.0,
        "5s" => 5.0,
        "20s" => 20.0,
        "30s" => 30.0,
        "1m" => 60.0,
        "2m" => 120.0,
        "5m" => 300.0,
        "15m" => 900.0,
        "30m" => 1800.0,
        "1h" => HOUR_SECS,
        "2h" => 2.0 * HOUR_SECS,
        "24h" => 24.0 * HOUR_SECS,
        _ => return None,
    })
}
