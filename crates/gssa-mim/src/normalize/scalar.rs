//! Scalars as programs around Docker and Linux write them: numbers, and the texts that their command lines print.

use gssa_model::unit::Percent;
use gssa_model::{Timestamp, text};
use serde_json::Value;

/// A value that was told and cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// `Ok(None)`: the value says that there is none.
pub(super) type Read<T> = Result<Option<T>, Unreadable>;

/// Counters are integers below 2^53, the largest that every JSON reader keeps.
const MAX_COUNT: f64 = 9_007_199_254_740_992.0;

/// What stands where there is nothing. MIM shows a dash where only `latest` is known, and "Not Set" for a time zone.
const NOTHING: [&str; 9] = ["-", "–", "—", "n/a", "none", "null", "unknown", "not set", "<none>"];

/// A text, or a number as it is written.
pub(super) fn words(value: &Value) -> Read<String> {
    match value {
        Value::String(raw) => Ok(text::clean(raw).filter(|text| !NOTHING.contains(&text.to_lowercase().as_str()))),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(Unreadable),
    }
}

pub(super) fn number(value: &Value) -> Read<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(_) => match words(value)? {
            None => return Ok(None),
            Some(text) => decimal(&text),
        },
        _ => None,
    };
    number.filter(|number| number.is_finite()).map(Some).ok_or(Unreadable)
}

/// Without this, "inf" and "nan" would be numbers.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    text.parse().ok().filter(|_| is_number)
}

/// A whole number that is not negative.
pub(super) fn count(value: &Value) -> Read<u64> {
    match number(value)? {
        None => Ok(None),
        Some(number) if (0.0..MAX_COUNT).contains(&number) && number.fract() == 0.0 => Ok(Some(number as u64)),
        Some(_) => Err(Unreadable),
    }
}

/// 0 to 100, as a number or as `12.5%`.
pub(super) fn percent(value: &Value) -> Read<Percent> {
    let number = match value {
        Value::String(text) => match words(value)? {
            None => return Ok(None),
            Some(_) => decimal(text.trim().trim_end_matches('%')),
        },
        _ => number(value)?,
    };
    let is_percent = |number: &f64| (0.0..=100.0).contains(number);
    number.filter(is_percent).and_then(Percent::from_percent).map(Some).ok_or(Unreadable)
}

pub(super) fn flag(value: &Value) -> Read<bool> {
    match value {
        Value::Bool(flag) => Ok(Some(*flag)),
        Value::Number(number) => match number.as_f64() {
            Some(0.0) => Ok(Some(false)),
            Some(1.0) => Ok(Some(true)),
            _ => Err(Unreadable),
        },
        _ => match words(value)?.map(|word| word.to_lowercase()).as_deref() {
            None => Ok(None),
            Some("true" | "yes" | "1" | "on") => Ok(Some(true)),
            Some("false" | "no" | "0" | "off") => Ok(Some(false)),
            Some(_) => Err(Unreadable),
        },
    }
}

/// A number of bytes: `1.2GiB`, `512 MB`, `20G`. A bare letter is a power of 1024, as `df -h` and `free -h` print it.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = (decimal(&text[..digits])?, text[digits..].trim().to_ascii_lowercase());
    let factor: f64 = match unit.as_str() {
        "" | "b" | "bytes" => 1.0,
        "k" | "ki" | "kib" => 1024.0,
        "m" | "mi" | "mib" => 1_048_576.0,
        "g" | "gi" | "gib" => 1_073_741_824.0,
        "t" | "ti" | "tib" => 1_099_511_627_776.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        _ => return None,
    };
    let bytes = number * factor;
    (0.0..MAX_COUNT).contains(&bytes).then_some(bytes as u64)
}

/// A time: RFC 3339, or seconds or milliseconds since 1970. The year 1 is how Go, and so Docker, writes that there is none.
pub(super) fn time(value: &Value) -> Read<Timestamp> {
    const MS_FROM: f64 = 1e11;
    const MAX_MS: f64 = 1e15;
    if let Value::String(text) = value
        && let Ok(time) = text.trim().parse::<Timestamp>()
    {
        return Ok(Some(time).filter(|time| time.unix_ms() > 0));
    }
    match number(value)? {
        None | Some(0.0) => Ok(None),
        Some(secs) if (1e6..MS_FROM).contains(&secs) => Ok(Some(Timestamp::from_unix_ms((secs * 1000.0) as i64))),
        Some(ms) if (MS_FROM..MAX_MS).contains(&ms) => Ok(Some(Timestamp::from_unix_ms(ms as i64))),
        Some(_) => Err(Unreadable),
    }
}

/// Seconds: a number, or `3h12m`, `3 days, 4:05`, `up 2 weeks`, `About an hour`.
pub(super) fn duration(value: &Value) -> Read<u64> {
    const MAX_SECS: f64 = 1e10;
    let secs = match value {
        Value::String(_) => match words(value)? {
            None => return Ok(None),
            Some(text) => decimal(&text).or_else(|| spelled(&text.to_lowercase())),
        },
        _ => number(value)?,
    };
    secs.filter(|secs| (0.0..MAX_SECS).contains(secs)).map(|secs| Some(secs as u64)).ok_or(Unreadable)
}

/// Every part has to be understood.
fn spelled(text: &str) -> Option<f64> {
    let mut rest = text.trim().trim_start_matches("up ");
    let (mut secs, mut parts) = (0.0, 0);
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        for filler in ["about ", "less than ", "and "] {
            rest = rest.strip_prefix(filler).unwrap_or(rest);
        }
        if rest.is_empty() {
            return (parts > 0).then_some(secs);
        }
        let (number, after) = leading_number(rest)?;
        if let Some(clock) = after.strip_prefix(':') {
            let (minutes, after) = leading_number(clock)?;
            let (seconds, after) = after.strip_prefix(':').map_or(Some((0.0, after)), leading_number)?;
            secs += number * 3600.0 + minutes * 60.0 + seconds;
            rest = after;
        } else {
            let after = after.trim_start();
            let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
            secs += number * unit_secs(&after[..end])?;
            rest = &after[end..];
        }
        parts += 1;
    }
}

fn leading_number(text: &str) -> Option<(f64, &str)> {
    for article in ["an ", "a "] {
        if let Some(rest) = text.strip_prefix(article) {
            return Some((1.0, rest));
        }
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    Some((decimal(&text[..end])?, &text[end..]))
}

fn unit_secs(unit: &str) -> Option<f64> {
    Some(match unit {
        "ms" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        "w" | "week" | "weeks" => 604_800.0,
        "month" | "months" => 2_592_000.0,
        "y" | "year" | "years" => 31_536_000.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sizes_are_read_as_command_lines_print_them() {
        for (text, wanted) in [
            ("1.2GiB", Some(1_288_490_188)),
            ("15.5 GiB", Some(16_642_998_272)),
            ("512MB", Some(512_000_000)),
            ("20G", Some(21_474_836_480)),
            ("7.7Gi", Some(8_267_812_044)),
            ("0B", Some(0)),
            ("1024", Some(1024)),
            ("3.6kB", Some(3600)),
            ("GiB", None),
            ("-1GiB", None),
            ("1.2XiB", None),
            ("1e300GiB", None),
            ("99999999TiB", None),
        ] {
            assert_eq!(bytes(text), wanted, "{text}");
        }
    }

    #[test]
    fn durations_are_read_as_command_lines_print_them() {
        for (written, wanted) in [
            (json!(90), Ok(Some(90))),
            (json!("90.5"), Ok(Some(90))),
            (json!("3h12m5s"), Ok(Some(11_525))),
            (json!("72h3m0.5s"), Ok(Some(259_380))),
            (json!("3 days, 4:05"), Ok(Some(273_900))),
            (json!("up 2 weeks, 3 days, 1 hour, 12 minutes"), Ok(Some(1_473_120))),
            (json!("Up 3 hours"), Ok(Some(10_800))),
            (json!("About an hour"), Ok(Some(3600))),
            (json!("Less than a second"), Ok(Some(1))),
            (json!("2d 3h"), Ok(Some(183_600))),
            (json!("12:34:56"), Ok(Some(45_296))),
            (json!("-"), Ok(None)),
            (json!(""), Ok(None)),
            (json!("soon"), Err(Unreadable)),
            (json!("3 parsecs"), Err(Unreadable)),
            (json!("up"), Err(Unreadable)),
            (json!(-1), Err(Unreadable)),
            (json!({}), Err(Unreadable)),
        ] {
            assert_eq!(duration(&written), wanted, "{written}");
        }
    }

    #[test]
    fn a_percentage_has_a_sign_or_not() {
        let read = |value| percent(&value).map(|percent| percent.map(Percent::get));
        for (written, wanted) in [
            (json!(12.5), Ok(Some(12.5))),
            (json!("12.5%"), Ok(Some(12.5))),
            (json!(" 7 % "), Ok(Some(7.0))),
            (json!("0"), Ok(Some(0.0))),
            (json!("--"), Err(Unreadable)),
            (json!("n/a"), Ok(None)),
            (json!("350%"), Err(Unreadable)),
            (json!(-1), Err(Unreadable)),
            (json!("inf"), Err(Unreadable)),
            (json!([]), Err(Unreadable)),
        ] {
            assert_eq!(read(written.clone()), wanted, "{written}");
        }
    }

    #[test]
    fn a_time_is_written_in_one_of_three_ways() {
        let at = |ms| Ok(Some(Timestamp::from_unix_ms(ms)));
        for (written, wanted) in [
            (json!("2026-08-11T06:00:00Z"), at(1_786_428_000_000)),
            (json!("2026-08-11T08:00:00.123456789+02:00"), at(1_786_428_000_123)),
            (json!(1_786_428_000), at(1_786_428_000_000)),
            (json!(1_786_428_000_123_i64), at(1_786_428_000_123)),
            (json!("1786428000"), at(1_786_428_000_000)),
            (json!("0001-01-01T00:00:00Z"), Ok(None)),
            (json!(0), Ok(None)),
            (json!("-"), Ok(None)),
            (json!(7), Err(Unreadable)),
            (json!("3 hours ago"), Err(Unreadable)),
            (json!(1e300), Err(Unreadable)),
        ] {
            assert_eq!(time(&written), wanted, "{written}");
        }
    }

    #[test]
    fn a_flag_is_a_word_or_a_number() {
        for (written, wanted) in [
            (json!(true), Ok(Some(true))),
            (json!(0), Ok(Some(false))),
            (json!("Yes"), Ok(Some(true))),
            (json!("false"), Ok(Some(false))),
            (json!("unknown"), Ok(None)),
            (json!("perhaps"), Err(Unreadable)),
            (json!(2), Err(Unreadable)),
        ] {
            assert_eq!(flag(&written), wanted, "{written}");
        }
    }

    #[test]
    fn a_counter_is_whole_and_bounded() {
        assert_eq!(count(&json!("19")), Ok(Some(19)));
        assert_eq!(count(&json!(-1)), Err(Unreadable));
        assert_eq!(count(&json!(1.5)), Err(Unreadable));
        assert_eq!(count(&json!(1e17)), Err(Unreadable));
    }
}
