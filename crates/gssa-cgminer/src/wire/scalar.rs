//! Scalars: number, numeric text with blanks, text with an SI suffix, boolean, or nothing, whatever the member.

use gssa_model::Mac;
use gssa_wire::{Anything, Count, Endpoint, Field, Report, Scalar, decimal};

use super::row::{Lenient, scalar, unreadable};
use crate::reply::value::Value;

fn number(scalar: &Scalar<'_>) -> Field<f64> {
    match scalar {
        Scalar::Number(number) => scalar.field(number.as_f64()),
        Scalar::Flag(flag) => Field::Known(f64::from(u8::from(*flag))),
        Scalar::Text(text) if is_nothing(text) => Field::Null,
        Scalar::Text(text) => scalar.field(from_si(text)),
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
    match text.trim().strip_suffix('%') {
        Some(percent) => decimal(percent.trim_end()),
        None => gssa_wire::from_si(text),
    }
}

impl Lenient for f64 {
    fn read(value: &Value) -> Field<Self> {
        scalar(value, number)
    }
}

impl Lenient for Count {
    /// -1 for none.
    fn read(value: &Value) -> Field<Self> {
        scalar(value, |scalar| match number(scalar) {
            Field::Known(-1.0) => Field::Null,
            number => scalar.count(&number),
        })
    }
}

impl Lenient for bool {
    /// `true`, `"true"`, `"Y"`, or a number as in C.
    fn read(value: &Value) -> Field<Self> {
        scalar(value, |scalar| match scalar {
            Scalar::Flag(flag) => Field::Known(*flag),
            Scalar::Text(text) if matches!(text.trim(), "Y" | "y" | "true" | "True" | "yes") => Field::Known(true),
            Scalar::Text(text) if matches!(text.trim(), "N" | "n" | "false" | "False" | "no") => Field::Known(false),
            _ => number(scalar).map(|number| number != 0.0),
        })
    }
}

impl Lenient for String {
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method is one for each lifetime of the text")]
    fn read(value: &Value) -> Field<Self> {
        scalar(value, |scalar| scalar.text())
    }
}

impl Lenient for Endpoint {
    fn read(value: &Value) -> Field<Self> {
        scalar(value, Self::of)
    }
}

impl Lenient for Anything {
    fn read(_: &Value) -> Field<Self> {
        Field::Known(Self)
    }
}

impl Lenient for Mac {
    /// Twelve digits, bare or in pairs; an address that identifies nobody is none.
    fn read(value: &Value) -> Field<Self> {
        String::read(value).text().map_or(Field::Null, |text| text.parse().map_or(Field::Null, Field::Known))
    }
}

/// The text of a driver, as long as it comes: cleaned only when its parts are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raw(pub(crate) String);

impl Report for Raw {}

impl Lenient for Raw {
    fn read(value: &Value) -> Field<Self> {
        match value {
            Value::String(raw) => Field::Known(Self(String::from(&**raw))),
            other => unreadable(other),
        }
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
        for wrong in ["5k%", "%", "% 5", "nan%", "1e999%"] {
            assert_eq!(from_si(wrong), None, "{wrong}");
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
}
