//! Scalars: number, numeric text with blanks, text with an SI suffix, boolean, or nothing, whatever the member.

use gssa_model::{Mac, text};

use super::field::{Field, Lenient, unreadable};
use crate::reply::value::Value;

/// Counters are integers below 2^53, the largest that every JSON reader keeps.
const MAX_COUNT: f64 = 9_007_199_254_740_992.0;

impl Lenient for f64 {
    fn read(value: &Value) -> Field<Self> {
        let number = match value {
            Value::Null => return Field::Null,
            Value::Number(number) => number.as_f64(),
            Value::Bool(flag) => Some(Self::from(u8::from(*flag))),
            Value::String(text) if is_nothing(text) => return Field::Null,
            Value::String(text) => from_si(text),
            _ => None,
        };
        number.filter(|number| number.is_finite()).map_or_else(|| unreadable(value), Field::Known)
    }
}

/// Empty, or what C writes for 0/0 in the first seconds.
fn is_nothing(text: &str) -> bool {
    let text = text.trim().trim_start_matches('-');
    text.is_empty() || ["nan", "inf", "null", "n/a"].iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
}

/// A finite number with an optional suffix `K M G T P E Z Y` (powers of 1000) or `%`, and blanks around: `"524K"`, `" 69.2461"`,
/// `"36%"`.
pub fn from_si(text: &str) -> Option<f64> {
    let text = text.trim();
    let (number, exponent) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (&text[..at], 3),
        (at, 'M') => (&text[..at], 6),
        (at, 'G') => (&text[..at], 9),
        (at, 'T') => (&text[..at], 12),
        (at, 'P') => (&text[..at], 15),
        (at, 'E') => (&text[..at], 18),
        (at, 'Z') => (&text[..at], 21),
        (at, 'Y') => (&text[..at], 24),
        (at, '%') => (&text[..at], 0),
        _ => (text, 0),
    };
    let number = number.trim_end();
    // Without this, "inf" and "nan" would be numbers.
    let is_number = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let number = if exponent == 0 { number.parse() } else { format!("{number}e{exponent}").parse() };
    number.ok().filter(|number: &f64| is_number && number.is_finite())
}

/// A counter. Fractions are cut off: bfgminer counts shares in parts of the pool's difficulty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) u64);

impl Lenient for Count {
    fn read(value: &Value) -> Field<Self> {
        match f64::read(value) {
            Field::Known(number) if (0.0..MAX_COUNT).contains(&number) => Field::Known(Self(number as u64)),
            Field::Known(-1.0) | Field::Null => Field::Null,
            _ => unreadable(value),
        }
    }
}

impl Lenient for bool {
    /// `true`, `"true"`, `"Y"`, or a number as in C.
    fn read(value: &Value) -> Field<Self> {
        match value {
            Value::Bool(flag) => Field::Known(*flag),
            Value::String(text) if matches!(text.trim(), "Y" | "y" | "true" | "True" | "yes") => Field::Known(true),
            Value::String(text) if matches!(text.trim(), "N" | "n" | "false" | "False" | "no") => Field::Known(false),
            _ => f64::read(value).map(|number| number != 0.0),
        }
    }
}

impl Lenient for String {
    /// Cleaned of what a terminal would obey; a number as it is written.
    fn read(value: &Value) -> Field<Self> {
        match value {
            Value::Null => Field::Null,
            Value::String(raw) => text::clean(raw).map_or(Field::Null, Field::Known),
            Value::Number(number) => Field::Known(number.to_string()),
            _ => unreadable(value),
        }
    }
}

/// The text of a driver, as long as it comes: cleaned only when its parts are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raw(pub(crate) String);

impl Lenient for Raw {
    fn read(value: &Value) -> Field<Self> {
        match value {
            Value::String(raw) => Field::Known(Self(String::from(&**raw))),
            other => unreadable(other),
        }
    }
}

impl Lenient for Mac {
    /// Twelve digits, bare or in pairs; an address that identifies nobody is none.
    fn read(value: &Value) -> Field<Self> {
        String::read(value).text().map_or(Field::Null, |text| text.parse().map_or(Field::Null, Field::Known))
    }
}

/// The address of a pool. What could be a user and a password before it, or a key after it, is cut off here and goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(pub(crate) String);

impl Lenient for Endpoint {
    fn read(value: &Value) -> Field<Self> {
        String::read(value).map(|text| {
            let (scheme, rest) = text.split_once("://").unwrap_or(("", &text));
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            let host = &host[..host.find(['/', '?', '#']).unwrap_or(host.len())];
            let colons = if scheme.is_empty() { "" } else { "://" };
            Self(format!("{scheme}{colons}{host}"))
        })
    }
}

/// A key whose presence is all that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Anything;

impl Lenient for Anything {
    fn read(_: &Value) -> Field<Self> {
        Field::Known(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::value::json;

    #[test]
    fn a_number_is_read_in_every_form_of_the_wire() {
        for (written, number) in [
            (json!(12.5), 12.5),
            (json!("  5.0000"), 5.0),
            (json!("8.19K"), 8190.0),
            (json!("524K"), 524e3),
            (json!(" 69.2461"), 69.2461),
            (json!("36%"), 36.0),
            (json!("2.130%"), 2.13),
            (json!(true), 1.0),
        ] {
            assert_eq!(f64::read(&written), Field::Known(number), "{written}");
        }
        for nothing in [json!(""), json!("nan"), json!("-nan"), json!("inf"), json!(null), json!("  ")] {
            assert_eq!(f64::read(&nothing), Field::Null, "{nothing}");
        }
        for too_large in ["1e999", "1e300Y", &"9".repeat(400)] {
            assert_eq!(from_si(too_large), None, "{too_large}");
        }
        assert_eq!(f64::read(&json!("12..3M")), Field::Unreadable("\"12..3M\"".to_owned()));
        assert_eq!(f64::read(&json!({ "Password": "x" })), Field::Unreadable("an object".to_owned()));
    }

    #[test]
    fn a_counter_may_have_a_fraction() {
        assert_eq!(Count::read(&json!(152.5)), Field::Known(Count(152)));
        assert_eq!(Count::read(&json!(-1)), Field::Null);
        assert_eq!(Count::read(&json!(-7)), Field::Unreadable("-7".to_owned()));
    }

    #[test]
    fn a_flag_is_a_boolean_a_letter_or_a_number() {
        for (written, flag) in [(json!(true), true), (json!("Y"), true), (json!("N"), false), (json!(0), false)] {
            assert_eq!(bool::read(&written), Field::Known(flag), "{written}");
        }
    }

    #[test]
    fn credentials_before_a_pool_go_nowhere() {
        let read = |text: &str| Endpoint::read(&json!(text));
        assert_eq!(
            read("stratum+tcp://me:secret@p.example:3333/#xnsub"),
            Field::Known(Endpoint("stratum+tcp://p.example:3333".into()))
        );
        assert_eq!(read(""), Field::Null);
    }
}
