//! One member of a document: absent, `null`, read, or there and unreadable.

use gssa_model::Gap;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The most entries of a list that are looked at. The longest honest list has one entry for each of twelve chips.
const MAX_LIST: usize = 32;

/// The most gaps of one document that are kept.
const MAX_GAPS: usize = 64;

/// A member as it was found. That a firmware has no such key and that its value is `null` are different facts: a `null` hashrate was
/// NaN, a missing one means that another key holds it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Field<T> {
    /// The firmware does not know the key.
    #[default]
    Absent,
    /// `null`, an empty text or a number that stands for "nothing".
    Null,
    /// A value.
    Known(T),
    /// Something else; what, in a few words that never hold the content of an object or a list.
    Unreadable(String),
}

impl<T> Field<T> {
    pub(crate) const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the firmware knows the key, whatever its value.
    pub(crate) const fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// A member of the object in this member.
    pub(crate) fn at<U>(&self, member: impl FnOnce(&T) -> &Field<U>) -> Option<&U> {
        self.known().and_then(|object| member(object).known())
    }
}

impl<T: Copy> Field<T> {
    pub(crate) const fn get(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            _ => None,
        }
    }
}

impl<T> Field<Vec<Field<T>>> {
    /// The readable entries of a list, each with its place.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (u32, &T)> {
        let list = self.known().map_or(&[][..], Vec::as_slice);
        (0..).zip(list).filter_map(|(at, entry)| Some((at, entry.known()?)))
    }
}

/// Reads a value in every form that the family writes it in.
pub(crate) trait Lenient: Sized {
    /// Gives [`Field::Known`], [`Field::Null`] or [`Field::Unreadable`]; `value` is not `null`.
    fn read(value: Value) -> Field<Self>;

    /// Adds what is unreadable inside of the value.
    fn report(&self, _path: &str, _gaps: &mut Vec<Gap>) {}
}

impl<'de, T: Lenient> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Null,
            value => T::read(value),
        })
    }
}

impl<T: Lenient> Field<T> {
    /// Adds a gap if this is unreadable, or whatever inside of it is.
    pub(crate) fn report(&self, path: &str, gaps: &mut Vec<Gap>) {
        match self {
            Self::Unreadable(found) if gaps.len() < MAX_GAPS => gaps.push(Gap::new(path, found)),
            Self::Known(value) => value.report(path, gaps),
            _ => {}
        }
    }
}

impl<T: Lenient> Lenient for Vec<Field<T>> {
    fn read(value: Value) -> Field<Self> {
        let Value::Array(list) = value else { return unreadable(&value) };
        let entry = |value| if value == Value::Null { Field::Null } else { T::read(value) };
        Field::Known(list.into_iter().take(MAX_LIST).map(entry).collect())
    }

    fn report(&self, path: &str, gaps: &mut Vec<Gap>) {
        for (at, entry) in self.iter().enumerate() {
            entry.report(&format!("{path}.{at}"), gaps);
        }
    }
}

/// A key whose presence is all that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Anything;

impl Lenient for Anything {
    fn read(_: Value) -> Field<Self> {
        Field::Known(Self)
    }
}

/// What is said of a value that cannot be read: a scalar as JSON, never the content of an object or a list.
pub(crate) fn unreadable<T>(value: &Value) -> Field<T> {
    Field::Unreadable(match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        scalar => scalar.to_string().chars().take(2 * Gap::MAX_FOUND_CHARS).collect(),
    })
}

/// Declares an object of the wire: `member: Type = "key in the peer's spelling"`.
///
/// The key is written once and used twice, to read the member and to name it in a gap. A key that is not declared is not read, which
/// is how passwords and network names stay out.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident { $( $(#[$member_doc:meta])* $member:ident: $ty:ty = $key:literal, )+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
        pub(crate) struct $name {
            $( $(#[$member_doc])* #[serde(rename = $key, default)] pub(crate) $member: $crate::wire::field::Field<$ty>, )+
        }

        impl $crate::wire::field::Lenient for $name {
            fn read(value: serde_json::Value) -> $crate::wire::field::Field<Self> {
                use $crate::wire::field::{Field, unreadable};
                if !value.is_object() {
                    return unreadable(&value);
                }
                serde_json::from_value(value).map_or_else(|_| Field::Unreadable("an object".to_owned()), Field::Known)
            }

            fn report(&self, path: &str, gaps: &mut Vec<gssa_model::Gap>) {
                let dot = if path.is_empty() { "" } else { "." };
                $( self.$member.report(&format!("{path}{dot}{}", $key), gaps); )+
            }
        }
    };
}
pub(crate) use object;
