//! Lengths of time in text: how Go prints them, and the names of windows.

/// The seconds of a duration as Go prints it: `72h3m0.5s`, `1m`, `300ms`. `None` for anything else.
pub(crate) fn parse_secs(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut secs = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|end| *end > 0)?;
        let (number, after) = rest.split_at(digits);
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        secs += number.parse::<f64>().ok()? * unit_secs(unit)?;
        rest = next;
    }
    (!text.is_empty()).then_some(secs)
}

fn unit_secs(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    })
}

/// The seconds that a window looks back over: `1m`, `15m`, `24h`, or bare seconds. `None` if the name says nothing of it.
pub(crate) fn window_secs(name: &str) -> Option<u64> {
    let secs = name.parse::<u64>().ok().map(|secs| secs as f64).or_else(|| parse_secs(name))?;
    (1.0..1e9).contains(&secs).then_some(secs as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_the_sum_of_its_parts() {
        for (text, secs) in
            [("72h3m0.5s", Some(259_380.5)), ("1m", Some(60.0)), ("300ms", Some(0.3)), ("2d1h", Some(176_400.0))]
        {
            assert_eq!(parse_secs(text), secs, "{text}");
        }
        for wrong in ["", "h", "5", "5x", "1h-3m", "1..5s", "3 m", "5sm"] {
            assert_eq!(parse_secs(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_window_is_as_long_as_its_name_says() {
        for (name, secs) in [("1m", Some(60)), ("900", Some(900)), ("24h", Some(86_400)), ("1h30m", Some(5400))] {
            assert_eq!(window_secs(name), secs, "{name}");
        }
        for wrong in ["", "current", "0s", "m15", "99999999999"] {
            assert_eq!(window_secs(wrong), None, "{wrong}");
        }
    }
}
