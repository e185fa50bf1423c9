//! Scalars: number, numeric text, text with an SI suffix, boolean, or nothing, whatever the member.

use std::net::IpAddr;

use gssa_model::Mac;
use gssa_wire::{Count, Field, Lenient, Scalar, Spelling, from_si, pass_list};
use serde::de::SeqAccess;

use super::passed::Passed;

/// The most entries of a list that are looked at. The longest honest list has one entry for each of twelve chips.
const MAX_LIST: usize = 32;

/// The spelling of the family.
///
/// Flags are numbers as in C: `isUsingFallbackStratum` is 0 or 1 on Bitaxe and a boolean on `NerdQAxe`, `stratumTLS` may be 2.
#[derive(Debug)]
pub(crate) enum AxeOs {}

impl Spelling for AxeOs {
    type Unread = Passed;

    fn number(scalar: &Scalar<'_>) -> Field<f64> {
        match scalar {
            Scalar::Number(number) => scalar.field(number.as_f64()),
            Scalar::Flag(flag) => Field::Known(f64::from(u8::from(*flag))),
            Scalar::Text(text) if text.trim().is_empty() => Field::Null,
            Scalar::Text(text) => scalar.field(from_si(text)),
        }
    }

    /// A counter; -1 for none.
    fn count(scalar: &Scalar<'_>) -> Field<Count> {
        match Self::number(scalar) {
            Field::Known(-1.0) => Field::Null,
            number => scalar.count(&number),
        }
    }
}

impl<T: Lenient<AxeOs>> Lenient<AxeOs> for Vec<Field<T>> {
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Field<Self>, A::Error> {
        let mut entries = Self::new();
        while entries.len() < MAX_LIST {
            let Some(entry) = AxeOs::entry(&mut list)? else { return Ok(Field::Known(entries)) };
            entries.push(entry);
        }
        pass_list::<AxeOs, A>(list)?;
        Ok(Field::Known(entries))
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

impl gssa_wire::Report for WrittenMac {}

impl Lenient<AxeOs> for WrittenMac {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        parsed(scalar)
    }
}

impl Lenient<AxeOs> for IpAddr {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        parsed::<Self>(scalar).and_then(|ip| Some(ip).filter(|ip| !ip.is_unspecified()))
    }
}

fn parsed<T: std::str::FromStr>(scalar: &Scalar<'_>) -> Field<T> {
    match scalar.text() {
        Field::Known(text) => match text.parse() {
            Ok(parsed) => Field::Known(parsed),
            Err(_) => Scalar::Text(&text).unreadable(),
        },
        Field::Unreadable(found) => Field::Unreadable(found),
        Field::Null | Field::Absent => Field::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "the values are written where they are handed over")]
    fn read<T: Lenient<AxeOs>>(written: Value) -> Field<T> {
        AxeOs::read(&written.to_string()).unwrap()
    }

    #[test]
    fn a_number_is_read_in_every_form_of_the_family() {
        for (written, number) in [
            (json!(12.5), 12.5),
            (json!("12.5"), 12.5),
            (json!(" -1 "), -1.0),
            (json!(true), 1.0),
            (json!("572.14 M"), 572.14e6),
            (json!("1.5e3"), 1500.0),
        ] {
            assert_eq!(read(written.clone()), Field::Known(number), "{written}");
        }
        assert_eq!(read::<f64>(json!("")), Field::Null);
    }

    #[test]
    fn what_is_no_number_is_shown_as_it_was() {
        for (written, found) in [
            (json!("12..3M"), "\"12..3M\""),
            (json!("inf"), "\"inf\""),
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
}
