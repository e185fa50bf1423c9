//! One member of a row: absent, empty, read, or there and unreadable.

use std::fmt::Display;

use gssa_model::Gap;

use crate::reply::value::{Members, Value};

/// The most rows of a section and entries of a list that are looked at. A stack of fifty Avalon 921 has 56.
pub(crate) const MAX_ROWS: usize = 256;

/// The most gaps of one reading that are kept.
pub(crate) const MAX_GAPS: usize = 64;

/// A member as it was found. That a firmware has no such key and that its value is empty are different facts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Field<T> {
    /// The firmware does not know the key.
    #[default]
    Absent,
    /// `null`, an empty text, or a number that stands for "nothing".
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

    /// The value made into another; what cannot be made is nothing.
    pub(crate) fn and_then<U>(self, into: impl FnOnce(T) -> Option<U>) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Known(value) => into(value).map_or(Field::Null, Field::Known),
            Self::Unreadable(found) => Field::Unreadable(found),
        }
    }

    pub(crate) fn map<U>(self, into: impl FnOnce(T) -> U) -> Field<U> {
        self.and_then(|value| Some(into(value)))
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

impl Field<String> {
    pub(crate) fn text(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }
}

/// Reads a value in every form that firmware writes it in.
pub(crate) trait Lenient: Sized {
    /// Gives [`Field::Known`], [`Field::Null`] or [`Field::Unreadable`].
    fn read(value: &Value) -> Field<Self>;

    /// Whether there may be something unreadable inside of a value that was read.
    const HAS_PARTS: bool = false;

    /// Adds what is unreadable inside of the value.
    fn report(&self, _path: &str, _gaps: &mut Vec<Gap>) {}
}

/// The members whose keys carry a number (`MHS 5s`, `fan3`, `MM ID0`), gathered from the whole row.
pub(crate) trait Gathered: Sized {
    /// Gathers them.
    fn gather(row: &Members) -> Self;

    /// Adds what is unreadable of them.
    fn report(&self, _path: &str, _gaps: &mut Vec<Gap>) {}
}

impl<T: Lenient> Field<T> {
    /// The first of `keys` that the row has.
    pub(crate) fn of(row: &Members, keys: &[&str]) -> Self {
        match keys.iter().find_map(|key| row.get(key)) {
            None => Self::Absent,
            Some(Value::Null) => Self::Null,
            Some(value) => T::read(value),
        }
    }

    /// Adds a gap if this is unreadable, or whatever inside of it is.
    pub(crate) fn report(&self, path: &str, gaps: &mut Vec<Gap>) {
        match self {
            Self::Unreadable(found) if gaps.len() < MAX_GAPS => gaps.push(Gap::new(path, found)),
            Self::Known(value) => value.report(path, gaps),
            _ => {}
        }
    }

    /// The same for the member `key` of a row. The path is written only where something may have to be said: there are hundreds of
    /// members, and all is well with nearly all of them.
    pub(crate) fn report_member(&self, path: &str, key: impl Display, gaps: &mut Vec<Gap>) {
        if matches!(self, Self::Unreadable(_)) || (T::HAS_PARTS && self.known().is_some()) {
            let dot = if path.is_empty() { "" } else { "." };
            self.report(&format!("{path}{dot}{key}"), gaps);
        }
    }
}

impl<T: Lenient> Lenient for Vec<Field<T>> {
    const HAS_PARTS: bool = true;

    fn read(value: &Value) -> Field<Self> {
        let Value::Array(list) = value else { return unreadable(value) };
        let entry = |value: &Value| if *value == Value::Null { Field::Null } else { T::read(value) };
        Field::Known(list.iter().take(MAX_ROWS).map(entry).collect())
    }

    fn report(&self, path: &str, gaps: &mut Vec<Gap>) {
        for (at, entry) in self.iter().enumerate() {
            entry.report(&format!("{path}.{at}"), gaps);
        }
    }
}

/// The rows of a section: a list, or one object that stands for a list of one.
pub(crate) fn rows(section: Option<&Value>) -> &[Value] {
    match section {
        Some(Value::Array(rows)) => &rows[..rows.len().min(MAX_ROWS)],
        Some(object @ Value::Object(_)) => std::slice::from_ref(object),
        _ => &[],
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

/// Declares a row of the wire: `member: Type = "key in the peer's spelling"`, with `| "other spelling"` where firmware differs, and
/// `member: Type = ..` for what is [`Gathered`] from the whole row.
///
/// The key is written once and used twice, to read the member and to name it in a gap. A key that is not declared is not read.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $( $(#[$member_doc:meta])* $member:ident: $ty:ty = $key:tt $(| $alias:literal)*, )+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        #[allow(dead_code, reason = "a row is declared as firmware writes it")]
        pub(crate) struct $name {
            $( $(#[$member_doc])* pub(crate) $member: $crate::wire::field::row!(@type $ty, $key), )+
        }

        impl $crate::wire::field::Lenient for $name {
            const HAS_PARTS: bool = true;

            fn read(value: &$crate::reply::value::Value) -> $crate::wire::field::Field<Self> {
                use $crate::wire::field::{Field, unreadable};
                let $crate::reply::value::Value::Object(row) = value else { return unreadable(value) };
                Field::Known(Self { $( $member: $crate::wire::field::row!(@read $ty, row, $key $(, $alias)*), )+ })
            }

            fn report(&self, path: &str, gaps: &mut Vec<gssa_model::Gap>) {
                $( $crate::wire::field::row!(@report self.$member, path, gaps, $key); )+
            }
        }
    };
    (@type $ty:ty, ..) => { $ty };
    (@type $ty:ty, $key:literal) => { $crate::wire::field::Field<$ty> };
    (@read $ty:ty, $row:ident, ..) => { <$ty as $crate::wire::field::Gathered>::gather($row) };
    (@read $ty:ty, $row:ident, $key:literal $(, $alias:literal)*) => {
        $crate::wire::field::Field::<$ty>::of($row, &[$key $(, $alias)*])
    };
    (@report $member:expr, $path:ident, $gaps:ident, ..) => {
        $crate::wire::field::Gathered::report(&$member, $path, $gaps)
    };
    (@report $member:expr, $path:ident, $gaps:ident, $key:literal) => {
        $member.report_member($path, $key, $gaps)
    };
}
pub(crate) use row;
