//! One value that is neither `null` nor an object nor a list, and what is read from it.

use gssa_model::{Gap, text};
use serde_json::{Number, Value};

use crate::Field;

/// Counters are integers below 2^53, the largest that every JSON reader keeps.
pub const MAX_COUNT: f64 = 9_007_199_254_740_992.0;

/// A value that is neither `null` nor an object nor a list.
#[derive(Debug, Clone)]
pub enum Scalar<'a> {
    /// `true` or `false`.
    Flag(bool),
    /// A bare number.
    Number(Number),
    /// A text, as it was written.
    Text(&'a str),
}

impl Scalar<'_> {
    /// What is said of it when it cannot be read: its JSON, cut.
    pub fn unreadable<T>(&self) -> Field<T> {
        let json = match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => Value::from(*text).to_string(),
        };
        Field::Unreadable(json.chars().take(2 * Gap::MAX_FOUND_CHARS).collect())
    }

    /// What was read of it, or that it is unreadable.
    pub fn field<T>(&self, read: Option<T>) -> Field<T> {
        read.map_or_else(|| self.unreadable(), Field::Known)
    }

    /// A text, cleaned of what a terminal would obey; a number as it is written.
    pub fn text(&self) -> Field<String> {
        match self {
            Self::Text(raw) => text::clean(raw).map_or(Field::Null, Field::Known),
            Self::Number(number) => Field::Known(number.to_string()),
            Self::Flag(_) => self.unreadable(),
        }
    }

    /// A counter, from the number that was read of it. Fractions are cut off: `bfgminer` counts shares in parts of the pool's difficulty.
    pub fn count(&self, number: &Field<f64>) -> Field<Count> {
        match number {
            Field::Known(number) if (0.0..MAX_COUNT).contains(number) => Field::Known(Count(*number as u64)),
            Field::Null => Field::Null,
            _ => self.unreadable(),
        }
    }
}

/// A counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_bounded_and_never_negative() {
        let count = |number: f64| Scalar::Number(Number::from_f64(number).unwrap()).count(&Field::Known(number));
        assert_eq!(count(19.0), Field::Known(Count(19)));
        assert_eq!(count(152.5), Field::Known(Count(152)));
        assert_eq!(count(-7.0), Field::Unreadable("-7.0".to_owned()));
        assert_eq!(count(1e17), Field::Unreadable("1e+17".to_owned()));
        assert_eq!(count(MAX_COUNT - 1.0), Field::Known(Count((1 << 53) - 1)));
        assert!(matches!(count(MAX_COUNT), Field::Unreadable(_)));
    }

    #[test]
    fn a_text_is_cleaned_and_what_is_shown_of_it_is_cut() {
        assert_eq!(Scalar::Text(" a\u{1b}[2J ").text(), Field::Known("a[2J".to_owned()));
        assert_eq!(Scalar::Text("\u{7}").text(), Field::Null);
        assert_eq!(Scalar::Number(5.into()).text(), Field::Known("5".to_owned()));
        assert_eq!(Scalar::Flag(true).text(), Field::Unreadable("true".to_owned()));
        let Field::Unreadable(found) = Scalar::Text(&"x".repeat(10_000)).unreadable::<f64>() else {
            panic!("no value")
        };
        assert_eq!(found.chars().count(), 2 * Gap::MAX_FOUND_CHARS);
    }
}
