//! One member of a document: absent, `null`, read, or there and unreadable.

use std::fmt;
use std::marker::PhantomData;

use gssa_model::Gap;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

/// The most entries of a list that are looked at. The longest honest list has one entry for each of twelve chips.
const MAX_LIST: usize = 32;

/// The most gaps of one document that are kept.
pub(crate) const MAX_GAPS: usize = 64;

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

/// Reads a value in every form that the family writes it in, straight from the text: a document has more members that are not read
/// than such that are.
pub(crate) trait Lenient: Sized {
    /// Reads a scalar.
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        scalar.unreadable()
    }

    /// Reads a list, to its end.
    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Field<Self>, A::Error> {
        pass(list)?;
        Ok(Field::Unreadable("a list".to_owned()))
    }

    /// Reads an object, to its end.
    fn object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Field<Self>, A::Error> {
        while object.next_entry::<Passed, Passed>()?.is_some() {}
        Ok(Field::Unreadable("an object".to_owned()))
    }

    /// Adds what is unreadable inside of the value.
    fn report(&self, _path: Path<'_>, _gaps: &mut Vec<Gap>) {}
}

/// Passes over the rest of a list.
fn pass<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<Passed>()?.is_some() {}
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

/// A value that nobody reads. Unlike serde's `IgnoredAny` it is held to all that holds for a value that is read: how deep it may be
/// nested, what a number and a text may be.
pub(crate) struct Passed;

impl<'de> Deserialize<'de> for Passed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Anything;

        impl<'de> Visitor<'de> for Anything {
            type Value = Passed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E>(self) -> Result<Passed, E> {
                Ok(Passed)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Passed, E> {
                Ok(Passed)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Passed, E> {
                Ok(Passed)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Passed, E> {
                Ok(Passed)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Passed, E> {
                Ok(Passed)
            }

            fn visit_str<E>(self, _: &str) -> Result<Passed, E> {
                Ok(Passed)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Passed, A::Error> {
                while list.next_element::<Passed>()?.is_some() {}
                Ok(Passed)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Passed, A::Error> {
                while object.next_entry::<Passed, Passed>()?.is_some() {}
                Ok(Passed)
            }
        }

        deserializer.deserialize_any(Anything)
    }
}

/// The place of a member, put into words only where there is a gap.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'a> {
    Document,
    Member(&'a Path<'a>, &'static str),
    Entry(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => Ok(()),
            Self::Member(Path::Document, key) => f.write_str(key),
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

impl<T: Lenient> Lenient for Vec<Field<T>> {
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Field<Self>, A::Error> {
        let mut entries = Self::new();
        while entries.len() < MAX_LIST {
            let Some(entry) = list.next_element()? else { return Ok(Field::Known(entries)) };
            entries.push(entry);
        }
        pass(list)?;
        Ok(Field::Known(entries))
    }

    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        for (at, entry) in self.iter().enumerate() {
            entry.report(Path::Entry(&path, at), gaps);
        }
    }
}

/// A key whose presence is all that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Anything;

impl Lenient for Anything {
    fn scalar(_: &Scalar<'_>) -> Field<Self> {
        Field::Known(Self)
    }

    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Field<Self>, A::Error> {
        pass(list)?;
        Ok(Field::Known(Self))
    }

    fn object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Field<Self>, A::Error> {
        while object.next_entry::<Passed, Passed>()?.is_some() {}
        Ok(Field::Known(Self))
    }
}

/// Declares an object of the wire: `member: Type = "key in the peer's spelling"`.
///
/// The key is written once and used twice, to read the member and to name it in a gap. A key that is not declared is not read, which
/// is how passwords and network names stay out. Of a key that repeats the last one counts.
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
                            object.next_value::<$crate::wire::field::Passed>()?;
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
