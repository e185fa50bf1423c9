//! Figures for people: three digits that count, one unit.

/// `1.26 TH/s`, `600 GH/s`, `0 H/s`: from hashes per second, three significant digits.
pub fn hashrate(hps: f64) -> String {
    format!("{}H/s", scaled(hps))
}

/// A number with three significant digits, a blank and the SI prefix.
fn scaled(value: f64) -> String {
    const STEPS: [(f64, &str); 6] = [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    // From 999.5 on three digits would be four: the next prefix.
    let (step, prefix) = STEPS.into_iter().find(|(step, _)| value.abs() >= step * 0.9995).unwrap_or((1.0, ""));
    let value = value / step;
    let digits = match value.abs() {
        0.0 => 0,
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.digits$} {prefix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashrate_has_three_digits_and_steps_up_in_time() {
        for (hps, text) in [
            (1.2635e12, "1.26 TH/s"),
            (5e8, "500 MH/s"),
            (0.0, "0 H/s"),
            (2e17, "200 PH/s"),
            (15.09e15, "15.1 PH/s"),
            (9.996e12, "10.0 TH/s"),
            (99.96e12, "100 TH/s"),
            (999.4e9, "999 GH/s"),
            (999.6e9, "1.00 TH/s"),
            (12.0, "12.0 H/s"),
        ] {
            assert_eq!(hashrate(hps), text);
        }
    }
}
