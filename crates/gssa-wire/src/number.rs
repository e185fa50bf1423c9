//! Numbers in texts.

/// A finite number in decimal digits, without blanks: `12.5`, `-1`, `1.5e3`.
pub fn decimal(text: &str) -> Option<f64> {
    parse(text, text)
}

/// A finite number with an optional suffix `k K M G T P E Z Y` (powers of 1000) and blanks around or between: `"3.00G"` (Bitaxe v2.9),
/// `"572.14 M"` and `"0 "` (v2.10), `"2.049K"` (`NMAxe`), `"524K"` (Bitmain).
pub fn from_si(text: &str) -> Option<f64> {
    let text = text.trim();
    let (at, last) = text.char_indices().next_back()?;
    let exponent = match last {
        'k' | 'K' => 3,
        'M' => 6,
        'G' => 9,
        'T' => 12,
        'P' => 15,
        'E' => 18,
        'Z' => 21,
        'Y' => 24,
        _ => return decimal(text),
    };
    let number = text[..at].trim_end();
    // A product would round twice.
    parse(number, &format!("{number}e{exponent}"))
}

/// Parses `text` if `written` has nothing but what numbers have. Without this, "inf" and "nan" would be numbers.
fn parse(written: &str, text: &str) -> Option<f64> {
    let is_number = written.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse().ok().filter(|number: &f64| is_number && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_have_a_letter_and_blanks() {
        for (text, number) in [
            ("12.5", 12.5),
            (" -1 ", -1.0),
            ("13M", 13e6),
            ("483k", 483e3),
            ("3.00G", 3e9),
            ("193G", 193e9),
            ("572.14 M", 572.14e6),
            ("0 ", 0.0),
            ("2.049K", 2049.0),
            ("16.38K", 16_380.0),
            ("5E", 5e18),
            ("1.5e3", 1500.0),
        ] {
            assert_eq!(from_si(text), Some(number), "{text}");
        }
        for wrong in ["", " ", "M", "12..3M", "inf", "nan", "infinity", "NaNk", "1e3K", "36%", "12 TH/s"] {
            assert_eq!(from_si(wrong), None, "{wrong}");
        }
        for too_large in ["1e999", "1e300Y", "999999999999999999999999999999e300", &"9".repeat(400)] {
            assert_eq!(from_si(too_large), None, "{too_large}");
        }
    }

    #[test]
    fn a_decimal_has_neither() {
        assert_eq!((decimal("1e3"), decimal("-0.5"), decimal("+7")), (Some(1e3), Some(-0.5), Some(7.0)));
        for wrong in ["", " 7", "7 ", "1k", "inf", "-nan", "1e999", "0x10", "1_000"] {
            assert_eq!(decimal(wrong), None, "{wrong}");
        }
    }
}
