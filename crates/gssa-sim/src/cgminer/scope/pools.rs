//! Pools: all that begins with `p_`.

use super::{NOT_UTF8, Scope, age};
use crate::Behaviour;
use crate::cgminer::template::At;
use crate::cgminer::value::Value;

/// How much of the work goes to the owner's pool where a fee is taken.
pub(super) const MAIN_PART: f64 = 0.98;
const HOSTS: [&str; 3] = ["pool.example.com", "backup.example.net", "third.example.org"];
const PORTS: [u32; 3] = [3333, 443, 25];

pub(super) fn value(scope: &Scope<'_>, name: &str, at: At) -> Option<Value> {
    let wanted = name.strip_prefix("p_")?;
    let figures = &scope.figures;
    let number = at.number % HOSTS.len();
    let (host, port) = match &scope.spec.pool {
        Some(pool) if number == 0 => (pool.host.as_str(), u32::from(pool.port)),
        _ => (HOSTS[number], PORTS[number]),
    };
    let in_use = figures.pool_in_use == Some(number);
    // The first pool was in use until the device had to fall back.
    let has_shares = number == 0;
    let count = |total: u64| if has_shares { total } else { 0 };
    let measure = |total: f64| if has_shares { total } else { 0.0 };
    let difficulty = figures.pool_difficulty;
    let is_alive = match scope.behaviour {
        Behaviour::NoPool => false,
        Behaviour::OnFallback => number > 0,
        _ => true,
    };
    Some(match wanted {
        "url" => format!("stratum+tcp://{host}:{port}").into(),
        "bare" => format!("{host}:{port}").into(),
        "user" if scope.behaviour == Behaviour::BadUtf8 => format!("simulated{NOT_UTF8}.{number}").into(),
        "user" => scope.spec.worker().into(),
        "stratum" => if in_use { host } else { "" }.into(),
        "status_c" => if is_alive { "Alive" } else { "Deed" }.into(),
        "status_new" if figures.asleep => "Disabled".into(),
        "status" | "status_new" => if is_alive { "Alive" } else { "Dead" }.into(),
        "reach" => if is_alive { "Alive" } else { "Unreachable" }.into(),
        "active" => in_use.into(),
        "vnish" => if in_use { "active" } else { "working" }.into(),
        "getworks" => ((figures.elapsed_secs / if in_use { 30.0 } else { 1800.0 }) as u64 + 1).into(),
        "accepted" => count(figures.accepted).into(),
        "rejected" => count(figures.rejected).into(),
        "stale" => count(figures.rejected / 3).into(),
        "works" => count((figures.elapsed_secs * 3.7) as u64).into(),
        "discarded" => count((figures.elapsed_secs * 2.1) as u64).into(),
        "get_failures" => if is_alive { 0_u64 } else { (figures.elapsed_secs / 60.0) as u64 }.into(),
        "age" => if has_shares { age(scope.share_age()) } else { "0".to_owned() }.into(),
        "age_padded" => if has_shares { format!("{:0>8}", age(scope.share_age())) } else { String::new() }.into(),
        "last" => if has_shares { scope.clock().saturating_sub(scope.share_age()) } else { 0 }.into(),
        "diff" => measure(difficulty).into(),
        "diff_short" => if has_shares { short(difficulty) } else { String::new() }.into(),
        "diff_accepted" => measure(figures.accepted as f64 * difficulty).into(),
        "diff_rejected" => measure(figures.rejected as f64 * difficulty).into(),
        "diff_stale" => measure((figures.rejected / 3) as f64 * difficulty).into(),
        "diff1" => measure((figures.accepted + figures.rejected) as f64 * difficulty * 1.004).into(),
        "best" => measure(figures.best_difficulty).into(),
        "rejected_percent" => {
            let found = (figures.accepted + figures.rejected).max(1);
            measure(figures.rejected as f64 / found as f64 * 100.0).into()
        }
        _ => return None,
    })
}

/// A difficulty as Bitmain prints it, three digits and a letter for the thousands.
pub(super) fn short(difficulty: f64) -> String {
    let (number, letter) = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "K")]
        .into_iter()
        .find(|(size, _)| difficulty >= *size)
        .map_or((difficulty, ""), |(size, letter)| (difficulty / size, letter));
    let decimals =
        if number >= 100.0 || letter.is_empty() { 0 } else { usize::from(number < 100.0) + usize::from(number < 10.0) };
    format!("{number:.decimals$}{letter}")
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_short_difficulty_has_three_digits_and_a_letter() {
        for (difficulty, text) in
            [(512.0, "512"), (2048.0, "2.05K"), (32_768.0, "32.8K"), (524_288.0, "524K"), (4e9, "4.00G")]
        {
            assert_eq!(short(difficulty), text);
        }
    }
}
