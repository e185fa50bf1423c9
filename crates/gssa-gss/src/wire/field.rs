//! One member of a document: absent, `null`, read, or there and unreadable.

use std::fmt;
use std::marker::PhantomData;

use gssa_model::Gap;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

/// The most gaps of one document that are kept.
const MAX_GAPS: usize = 64;

/// A member as it was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Field<T> {
    /// The peer does not know the key.
    #[default]
    Absent,
    /// `null`, an empty text, or a value that stands for "nothing".
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

    /// Whether the peer knows the key, whatever its value.
    pub(crate) const fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
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

/// A value that is neither `null` nor an object nor a list.
#[derive(Debug, Clone)]
pub(crate) enum Scalar<'a> {
    Flag(bool),
    Number(Number),
    Text(&'a str),
}

impl Scalar<'_> {
    /// What is said of it when it cannot be read: its JSON.
    pub(crate) fn unreadable<T>(&self) -> Field<T> {
        let json = match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => Value::from(*text).to_string(),
        };
        Field::Unreadable(json.chars().take(2 * Gap::MAX_FOUND_CHARS).collect())
    }
}

/// Reads a value in every form that a peer may write it in, straight from the text: a list of workers can be megabytes.
pub(crate) trait Lenient: Sized {
    /// Reads a scalar.
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        scalar.unreadable()
    }

    /// Reads a list, to its end.
    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Field<Self>, A::Error> {
        pass_list(list)?;
        Ok(Field::Unreadable("a list".to_owned()))
    }

    /// Reads an object, to its end.
    fn object<'de, A: MapAccess<'de>>(object: A) -> Result<Field<Self>, A::Error> {
        pass_object(object)?;
        Ok(Field::Unreadable("an object".to_owned()))
    }

    /// Adds what is unreadable inside of the value.
    fn report(&self, _path: Path<'_>, _gaps: &mut Vec<Gap>) {}
}

/// Passes over the rest of a list.
pub(crate) fn pass_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<usize, A::Error> {
    let mut passed = 0;
    while list.next_element::<IgnoredAny>()?.is_some() {
        passed += 1;
    }
    Ok(passed)
}

/// Passes over the rest of an object.
pub(crate) fn pass_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

impl<'de, T: Lenient> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InAnyForm<T>(PhantomData<T>);

        impl<'de, T: Lenient> Visitor<'de> for InAnyForm<T> {
            type Value = Field<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E>(self) -> Result<Field<T>, E> {
                Ok(Field::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Field<T>, E> {
                Ok(T::scalar(&Scalar::Flag(flag)))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Field<T>, E> {
                Ok(T::scalar(&Scalar::Number(number.into())))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Field<T>, E> {
                Ok(T::scalar(&Scalar::Number(number.into())))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Field<T>, E> {
                Ok(Number::from_f64(number).map_or(Field::Null, |number| T::scalar(&Scalar::Number(number))))
            }

            fn visit_str<E>(self, text: &str) -> Result<Field<T>, E> {
                Ok(T::scalar(&Scalar::Text(text)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Field<T>, A::Error> {
                T::list(list)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Field<T>, A::Error> {
                T::object(object)
            }
        }

        deserializer.deserialize_any(InAnyForm(PhantomData))
    }
}

/// The place of a member, put into words only where there is a gap.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'a> {
    /// Before the members of a document; empty, or the coin key that the document is about.
    Document(&'a str),
    Member(&'a Path<'a>, &'a str),
    Entry(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(name) => f.write_str(name),
            Self::Member(Path::Document(""), key) => f.write_str(key),
            Self::Member(object, key) => write!(f, "{object}.{key}"),
            Self::Entry(list, at) => write!(f, "{list}.{at}"),
        }
    }
}

impl<T: Lenient> Field<T> {
    /// Adds a gap if this is unreadable, or whatever inside of it is.
    pub(crate) fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        match self {
            Self::Unreadable(found) if gaps.len() < MAX_GAPS => gaps.push(Gap::new(path.to_string(), found)),
            Self::Known(value) => value.report(path, gaps),
            _ => {}
        }
    }
}

/// Declares an object of the wire: `member: Type = "key in the peer's spelling"`.
///
/// The key is written once and used twice, to read the member and to name it in a gap. A key that is not declared is not read. Of a key
/// that repeats the last one counts.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident { $( $(#[$member_doc:meta])* $member:ident: $ty:ty = $key:literal, )+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub(crate) struct $name {
            $( $(#[$member_doc])* pub(crate) $member: $crate::wire::field::Field<$ty>, )+
        }

        impl $crate::wire::field::Lenient for $name {
            fn object<'de, A: serde::de::MapAccess<'de>>(
                mut object: A,
            ) -> Result<$crate::wire::field::Field<Self>, A::Error> {
                #[derive(serde::Deserialize)]
                #[serde(field_identifier)]
                #[expect(non_camel_case_types, reason = "named like the members")]
                enum Key {
                    $( #[serde(rename = $key)] $member, )+
                    #[serde(other)]
                    Undeclared,
                }
                let mut read = Self::default();
                while let Some(key) = object.next_key()? {
                    match key {
                        $( Key::$member => read.$member = object.next_value()?, )+
                        Key::Undeclared => {
                            object.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok($crate::wire::field::Field::Known(read))
            }

            fn report(&self, path: $crate::wire::field::Path<'_>, gaps: &mut Vec<gssa_model::Gap>) {
                $( self.$member.report($crate::wire::field::Path::Member(&path, $key), gaps); )+
            }
        }
    };
}
pub(crate) use object;
