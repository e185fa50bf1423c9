//! What only Bitmain's firmware writes: rates with a unit glued on, temperatures joined by dashes, chips as letters.

use gssa_wire::{Count, Field, Report};

use crate::reply::value::Value;
use crate::wire::row::{Lenient, unreadable};

/// The most temperatures of one list. Real ones have two or four.
pub(super) const MAX_TEMPERATURES: usize = 16;

/// A hash rate, perhaps with its unit: `"13883.81"`, `203007.01`, `"21632.89GH/s"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rate {
    pub(super) value: f64,
    pub(super) unit: Option<Unit>,
}

impl Report for Rate {}

impl Lenient for Rate {
    fn read(value: &Value) -> Field<Self> {
        if let Value::String(text) = value {
            let text = text.trim();
            let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | ' '));
            if let Some(unit) = text.strip_prefix(number).and_then(Unit::parse)
                && let Field::Known(value) = f64::read(&Value::from(number))
            {
                return Field::Known(Self { value, unit: Some(unit) });
            }
        }
        f64::read(value).map(|value| Self { value, unit: None })
    }
}

/// Hashes, solutions or whatever a machine counts, a second: how many of these one unit is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit(pub(super) f64);

impl Unit {
    pub(super) const SOL: Self = Self(1.0);
    pub(super) const KSOL: Self = Self(1e3);
    pub(super) const MH: Self = Self(1e6);
    pub(super) const GH: Self = Self(1e9);

    /// From `GH`, `GH/s`, `kSol/s` and the like.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_suffix("/s").or_else(|| text.strip_suffix("ps")).unwrap_or(&text);
        let scale = text.strip_suffix("sol").or_else(|| text.strip_suffix("hs")).or_else(|| text.strip_suffix('h'))?;
        Some(Self(match scale {
            "" => 1.0,
            "k" => 1e3,
            "m" => 1e6,
            "g" => 1e9,
            "t" => 1e12,
            "p" => 1e15,
            _ => return None,
        }))
    }
}

impl Report for Unit {}

impl Lenient for Unit {
    fn read(value: &Value) -> Field<Self> {
        match String::read(value) {
            Field::Known(text) => Self::parse(&text).map_or_else(|| unreadable(value), Field::Known),
            other => other.map(|_| Self::GH),
        }
    }
}

/// Temperatures in °C in the device's order, joined by dashes, each perhaps with a minus sign: `2--1-20-22` is 2, −1, 20, 22.
///
/// A lone dash, `NaN-NaN` (`LuxOS`) and `m-m` (`VNish`) stand for "no sensor".
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Dashes(pub(super) Vec<f64>);

impl Report for Dashes {}

impl Lenient for Dashes {
    fn read(value: &Value) -> Field<Self> {
        match value {
            Value::String(text) => match temperatures(text) {
                Some(list) => Field::Known(Self(list)),
                None if text.bytes().any(|b| b.is_ascii_digit()) => unreadable(value),
                None => Field::Null,
            },
            Value::Number(number) => number.as_f64().map_or(Field::Null, |one| Field::Known(Self(vec![one]))),
            Value::Null => Field::Null,
            other => unreadable(other),
        }
    }
}

/// The temperatures of such a text in °C, at most `MAX_TEMPERATURES`. `None` for a text that is no such list.
pub fn temperatures(text: &str) -> Option<Vec<f64>> {
    let mut list = Vec::new();
    let mut rest = text.trim();
    loop {
        let sign = usize::from(rest.starts_with('-'));
        let digits = rest[sign..].bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let (number, after) = rest.split_at(sign + digits);
        list.push(number.parse().ok().filter(|celsius: &f64| digits > 0 && celsius.is_finite())?);
        if after.is_empty() {
            return Some(list);
        }
        rest = after.strip_prefix('-').filter(|_| list.len() < MAX_TEMPERATURES)?;
    }
}

/// The chips of a board as letters: `o` works, `x` does not, `-` is missing. Blanks group them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Letters {
    pub(super) good: u32,
    pub(super) bad: u32,
}

impl Letters {
    pub(super) const fn all(self) -> u32 {
        self.good.saturating_add(self.bad)
    }
}

impl Report for Letters {}

impl Lenient for Letters {
    fn read(value: &Value) -> Field<Self> {
        let Value::String(text) = value else { return unreadable(value) };
        let mut letters = Self::default();
        for letter in text.bytes() {
            match letter {
                b'o' | b'O' => letters.good += 1,
                b'x' | b'X' | b'-' => letters.bad += 1,
                _ => {}
            }
        }
        if letters == Self::default() { Field::Null } else { Field::Known(letters) }
    }
}

/// A counter, and whether it was written as text. Where it was, it is wrong (D3 of 2017; `getminera/minera#194`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) count: Count,
    pub(super) is_text: bool,
}

impl Report for Tally {}

impl Lenient for Tally {
    fn read(value: &Value) -> Field<Self> {
        Count::read(value).map(|count| Self { count, is_text: value.as_str().is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::value::json;

    #[test]
    fn temperatures_are_divided_by_dashes_and_may_be_negative() {
        for (text, list) in [
            ("55-53-68-69", &[55.0, 53.0, 68.0, 69.0][..]),
            ("2--1-20-22", &[2.0, -1.0, 20.0, 22.0]),
            ("-8--11-10-12", &[-8.0, -11.0, 10.0, 12.0]),
            ("-5-62--3", &[-5.0, 62.0, -3.0]),
            ("25-61", &[25.0, 61.0]),
            ("31.5-40.25", &[31.5, 40.25]),
            ("47", &[47.0]),
        ] {
            assert_eq!(Dashes::read(&json!(text)), Field::Known(Dashes(list.to_vec())), "{text}");
        }
        for none in ["-", "", "m-m-m-m", "NaN-NaN-NaN-NaN"] {
            assert_eq!(Dashes::read(&json!(none)), Field::Null, "{none}");
        }
        for unreadable in ["5-", "5---3", "5-x-7", "1-2-", "--5"] {
            assert!(matches!(Dashes::read(&json!(unreadable)), Field::Unreadable(_)), "{unreadable}");
        }
        for too_much in ["1-".repeat(40) + "1", "9".repeat(400) + "-40"] {
            assert!(matches!(Dashes::read(&json!(too_much)), Field::Unreadable(_)), "{too_much}");
        }
    }

    #[test]
    fn a_rate_may_bring_its_unit() {
        let read = |value| match Rate::read(&value) {
            Field::Known(rate) => Some((rate.value, rate.unit.map(|unit| unit.0))),
            _ => None,
        };
        assert_eq!(read(json!("13883.81")), Some((13883.81, None)));
        assert_eq!(read(json!(203_007.01)), Some((203_007.01, None)));
        assert_eq!(read(json!("21632.89GH/s")), Some((21632.89, Some(1e9))));
        assert_eq!(read(json!("142.5 kSol/s")), Some((142.5, Some(1e3))));
        assert_eq!(read(json!("")), None);
        assert_eq!(read(json!("nan")), None);
    }

    #[test]
    fn a_unit_has_many_spellings() {
        for (text, unit) in
            [("GH", 1e9), ("GH/s", 1e9), ("MH/s", 1e6), ("kSol/s", 1e3), ("KSol", 1e3), ("Sol/s", 1.0), ("TH/s", 1e12)]
        {
            assert_eq!(Unit::parse(text), Some(Unit(unit)), "{text}");
        }
        assert_eq!(Unit::parse("°C"), None);
        assert_eq!(Unit::parse(""), None);
    }

    #[test]
    fn chips_are_counted_by_their_letters() {
        let read = |text: &str| match Letters::read(&json!(text)) {
            Field::Known(letters) => Some((letters.good, letters.bad)),
            _ => None,
        };
        assert_eq!(read(" oooo ooxo oo-"), Some((9, 2)));
        assert_eq!(read(""), None);
    }
}
