//! Rows: the objects that a section of a reply has, each member read in whatever form it is written.

use gssa_model::Gap;
use gssa_wire::{Field, Report, Scalar};

use crate::reply::value::{Members, Value};

/// The most rows of a section and entries of a list that are looked at. A stack of fifty Avalon 921 has 56.
pub(crate) const MAX_ROWS: usize = 256;

/// Reads a value in every form that firmware writes it in.
pub(crate) trait Lenient: Report + Sized {
    /// Gives [`Field::Known`], [`Field::Null`] or [`Field::Unreadable`].
    fn read(value: &Value) -> Field<Self>;
}

/// The members whose keys carry a number (`MHS 5s`, `fan3`, `MM ID0`), gathered from the whole row.
pub(crate) trait Gathered: Report + Sized {
    /// Gathers them.
    fn gather(row: &Members) -> Self;
}

/// The first of `keys` that the row has.
pub(crate) fn member<T: Lenient>(row: &Members, keys: &[&str]) -> Field<T> {
    keys.iter().find_map(|key| row.get(key)).map_or(Field::Absent, entry)
}

fn entry<T: Lenient>(value: &Value) -> Field<T> {
    if *value == Value::Null { Field::Null } else { T::read(value) }
}

impl<T: Lenient> Lenient for Vec<Field<T>> {
    fn read(value: &Value) -> Field<Self> {
        let Value::Array(list) = value else { return unreadable(value) };
        Field::Known(list.iter().take(MAX_ROWS).map(entry).collect())
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

/// Reads a scalar; an object or a list is unreadable.
pub(crate) fn scalar<T>(value: &Value, read: impl FnOnce(&Scalar<'_>) -> Field<T>) -> Field<T> {
    match value {
        Value::Null => Field::Null,
        Value::Bool(flag) => read(&Scalar::Flag(*flag)),
        Value::Number(number) => read(&Scalar::Number(number.clone())),
        Value::String(text) => read(&Scalar::Text(text)),
        Value::Array(_) | Value::Object(_) => unreadable(value),
    }
}

/// What is said of a value that cannot be read: a scalar as JSON, never the content of an object or a list.
pub(crate) fn unreadable<T>(value: &Value) -> Field<T> {
    Field::Unreadable(value.to_string().chars().take(2 * Gap::MAX_FOUND_CHARS).collect())
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
            $( $(#[$member_doc])* pub(crate) $member: $crate::wire::row::row!(@type $ty, $key), )+
        }

        impl $crate::wire::row::Lenient for $name {
            fn read(value: &$crate::reply::value::Value) -> gssa_wire::Field<Self> {
                let $crate::reply::value::Value::Object(row) = value else {
                    return $crate::wire::row::unreadable(value);
                };
                gssa_wire::Field::Known(Self {
                    $( $member: $crate::wire::row::row!(@read row, $key $(, $alias)*), )+
                })
            }
        }

        impl gssa_wire::Report for $name {
            fn report(&self, path: gssa_wire::Path<'_>, gaps: &mut Vec<gssa_model::Gap>) {
                $( gssa_wire::Report::report(&self.$member, $crate::wire::row::row!(@path path, $key), gaps); )+
            }
        }
    };
    (@type $ty:ty, ..) => { $ty };
    (@type $ty:ty, $key:literal) => { gssa_wire::Field<$ty> };
    (@read $row:ident, ..) => { $crate::wire::row::Gathered::gather($row) };
    (@read $row:ident, $key:literal $(, $alias:literal)*) => {
        $crate::wire::row::member($row, &[$key $(, $alias)*])
    };
    (@path $path:ident, ..) => { $path };
    (@path $path:ident, $key:literal) => { gssa_wire::Path::Member(&$path, $key) };
}
pub(crate) use row;
