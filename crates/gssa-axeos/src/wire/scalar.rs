//! Scalars: number, numeric text, text with an SI suffix, boolean, or nothing, whatever the member.

use std::net::IpAddr;

use gssa_model::{Mac, text};

use super::field::{Field, Lenient, Scalar};

/// Counters are integers below 2^53, the largest that every JSON reader keeps.
const MAX_COUNT: f64 = 9_007_199_254_740_992.0;

impl Lenient for f64 {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        let number = match scalar {
            Scalar::Number(number) => number.as_f64(),
            Scalar::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Scalar::Text(text) if text.trim().is_empty() => return Field::Null,
            Scalar::Text(text) => from_si(text),
        };
        number.filter(|number| number.is_finite()).map_or_else(|| scalar.unreadable(), Field::Known)
    }
}

/// A finite number with an optional suffix `k K M G T P E Z Y` (powers of 1000) and an optional blank between: `"3.00G"` (Bitaxe v2.9),
/// `"572.14 M"` and `"0 "` (v2.10), `"2.049K"` (`NMAxe`).
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
        _ => (text, 0),
    };
    let number = number.trim_end();
    // Without this, "inf" and "nan" would be numbers.
    let is_number = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let number = if exponent == 0 { number.parse() } else { format!("{number}e{exponent}").parse() };
    number.ok().filter(|number: &f64| is_number && number.is_finite())
}

/// A counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) u64);

impl Lenient for Count {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        match f64::scalar(scalar) {
            Field::Known(number) if (0.0..MAX_COUNT).contains(&number) => Field::Known(Self(number as u64)),
            Field::Known(-1.0) | Field::Null => Field::Null,
            _ => scalar.unreadable(),
        }
    }
}

impl Lenient for bool {
    /// Numbers as in C: `isUsingFallbackStratum` is 0 or 1 on Bitaxe and a boolean on `NerdQAxe`, `stratumTLS` may be 2.
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        match scalar {
            Scalar::Flag(flag) => Field::Known(*flag),
            Scalar::Text(text) if text.eq_ignore_ascii_case("true") => Field::Known(true),
            Scalar::Text(text) if text.eq_ignore_ascii_case("false") => Field::Known(false),
            _ => match f64::scalar(scalar) {
                Field::Known(number) => Field::Known(number != 0.0),
                Field::Null => Field::Null,
                _ => scalar.unreadable(),
            },
        }
    }
}

impl Lenient for String {
    /// Cleaned of what a terminal would obey; a number as it is written.
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        match scalar {
            Scalar::Text(raw) => text::clean(raw).map_or(Field::Null, Field::Known),
            Scalar::Number(number) => Field::Known(number.to_string()),
            Scalar::Flag(_) => scalar.unreadable(),
        }
    }
}

/// A hardware address, and how it was written: one branch of the family is known by its dashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenMac {
    pub(crate) mac: Mac,
    pub(crate) has_dashes: bool,
}

impl std::str::FromStr for WrittenMac {
    type Err = gssa_model::BadMac;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self { mac: text.parse()?, has_dashes: text.contains('-') })
    }
}

impl Lenient for WrittenMac {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        parsed(scalar)
    }
}

impl Lenient for IpAddr {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        match parsed::<Self>(scalar) {
            Field::Known(ip) if ip.is_unspecified() => Field::Null,
            other => other,
        }
    }
}

fn parsed<T: std::str::FromStr>(scalar: &Scalar<'_>) -> Field<T> {
    match String::scalar(scalar) {
        Field::Known(text) => match text.parse() {
            Ok(parsed) => Field::Known(parsed),
            Err(_) => Scalar::Text(&text).unreadable(),
        },
        Field::Unreadable(found) => Field::Unreadable(found),
        Field::Null | Field::Absent => Field::Null,
    }
}

/// The host of a pool, with or without scheme and port. What could be a user and a password before it, or a key after it, is cut
/// off here and goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(pub(crate) String);

impl Lenient for Endpoint {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        match String::scalar(scalar) {
            Field::Known(text) => {
                let (scheme, rest) = text.split_once("://").unwrap_or(("", &text));
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                let host = &host[..host.find(['/', '?', '#']).unwrap_or(host.len())];
                let colons = if scheme.is_empty() { "" } else { "://" };
                Field::Known(Self(format!("{scheme}{colons}{host}")))
            }
            Field::Unreadable(found) => Field::Unreadable(found),
            Field::Null | Field::Absent => Field::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read<T: Lenient>(written: Value) -> Field<T> {
        serde_json::from_value(written).unwrap()
    }

    #[test]
    fn a_number_is_read_in_every_form_of_the_family() {
        for (written, number) in [
            (json!(12.5), 12.5),
            (json!("12.5"), 12.5),
            (json!(" -1 "), -1.0),
            (json!(true), 1.0),
            (json!("13M"), 13e6),
            (json!("483k"), 483e3),
            (json!("3.00G"), 3e9),
            (json!("193G"), 193e9),
            (json!("572.14 M"), 572.14e6),
            (json!("0 "), 0.0),
            (json!("2.049K"), 2049.0),
            (json!("16.38K"), 16_380.0),
            (json!("5E"), 5e18),
            (json!("1.5e3"), 1500.0),
        ] {
            assert_eq!(read(written.clone()), Field::Known(number), "{written}");
        }
        assert_eq!(read::<f64>(json!("")), Field::Null);
        for too_large in ["1e999", "1e300Y", &"9".repeat(400)] {
            assert_eq!(from_si(too_large), None, "{too_large}");
        }
    }

    #[test]
    fn what_is_no_number_is_shown_as_it_was() {
        for (written, found) in [
            (json!("12..3M"), "\"12..3M\""),
            (json!("inf"), "\"inf\""),
            (json!("nan"), "\"nan\""),
            (json!("M"), "\"M\""),
            (json!("1e3K"), "\"1e3K\""),
            (json!("1e999"), "\"1e999\""),
            (json!({ "pwd": "secret" }), "an object"),
            (json!(["secret"]), "a list"),
        ] {
            assert_eq!(read::<f64>(written), Field::Unreadable(found.to_owned()));
        }
    }

    #[test]
    fn a_flag_is_a_boolean_or_a_number() {
        for (written, flag) in [(json!(0), false), (json!(2), true), (json!("1"), true), (json!("False"), false)] {
            assert_eq!(read(written), Field::Known(flag));
        }
        assert_eq!(read::<bool>(json!("perhaps")), Field::Unreadable("\"perhaps\"".to_owned()));
    }

    #[test]
    fn a_counter_is_whole_and_bounded() {
        assert_eq!(read::<Count>(json!("19")), Field::Known(Count(19)));
        assert_eq!(read::<Count>(json!(-1)), Field::Null);
        assert_eq!(read::<Count>(json!(1e17)), Field::Unreadable("1e+17".to_owned()));
    }

    #[test]
    fn an_endpoint_drops_what_may_be_a_secret() {
        let read = |text: &str| super::tests::read::<Endpoint>(json!(text));
        let host = |text: &str| Field::Known(Endpoint(text.to_owned()));
        assert_eq!(
            read("stratum+tcp://me:secret@pool.example:3334/x?k=secret"),
            host("stratum+tcp://pool.example:3334")
        );
        assert_eq!(read("pool.example"), host("pool.example"));
        assert_eq!(read(""), Field::Null);
    }
}
