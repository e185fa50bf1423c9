//! Documents straight from the text of JSON: a document has more members that are not read than such that are, and a list of workers can
//! be megabytes.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use crate::{Count, Endpoint, Field, Report, Scalar};

/// How a family of peers spells the values of its documents.
pub trait Spelling: Sized {
    /// What a value that nobody reads is passed over with.
    type Unread: DeserializeOwned;

    /// A number, in every form that these peers write one in.
    fn number(scalar: &Scalar<'_>) -> Field<f64>;

    /// A number that is a figure.
    fn figure(scalar: &Scalar<'_>) -> Field<f64> {
        Self::number(scalar)
    }

    /// A counter.
    fn count(scalar: &Scalar<'_>) -> Field<Count> {
        scalar.count(&Self::number(scalar))
    }

    /// A boolean, its name, or a number as in C.
    fn flag(scalar: &Scalar<'_>) -> Field<bool> {
        match scalar {
            Scalar::Flag(flag) => Field::Known(*flag),
            Scalar::Text(text) if text.eq_ignore_ascii_case("true") => Field::Known(true),
            Scalar::Text(text) if text.eq_ignore_ascii_case("false") => Field::Known(false),
            _ => Self::number(scalar).map(|number| number != 0.0),
        }
    }

    /// Reads a whole text.
    ///
    /// # Errors
    ///
    /// What `serde_json` says of a text that is no JSON.
    fn read<T: Lenient<Self>>(text: &str) -> serde_json::Result<Field<T>> {
        let mut json = serde_json::Deserializer::from_str(text);
        let value = InAnyForm::<Self, T>(PhantomData).deserialize(&mut json)?;
        json.end()?;
        Ok(value)
    }

    /// Reads the member of an object whose key was read before.
    fn member<'de, T: Lenient<Self>, A: MapAccess<'de>>(object: &mut A) -> Result<Field<T>, A::Error> {
        object.next_value_seed(InAnyForm::<Self, T>(PhantomData))
    }

    /// Reads the next entry of a list.
    fn entry<'de, T: Lenient<Self>, A: SeqAccess<'de>>(list: &mut A) -> Result<Option<Field<T>>, A::Error> {
        list.next_element_seed(InAnyForm::<Self, T>(PhantomData))
    }
}

/// Reads a value in every form that peers of one [`Spelling`] write it in.
pub trait Lenient<S: Spelling>: Report + Sized {
    /// Reads a scalar.
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        scalar.unreadable()
    }

    /// Reads a list, to its end.
    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Field<Self>, A::Error> {
        pass_list::<S, A>(list)?;
        Ok(Field::Unreadable("a list".to_owned()))
    }

    /// Reads an object, to its end.
    fn object<'de, A: MapAccess<'de>>(object: A) -> Result<Field<Self>, A::Error> {
        pass_object::<S, A>(object)?;
        Ok(Field::Unreadable("an object".to_owned()))
    }
}

/// Passes over the rest of a list, and says how many entries that was.
pub fn pass_list<'de, S: Spelling, A: SeqAccess<'de>>(mut list: A) -> Result<usize, A::Error> {
    let mut passed = 0;
    while list.next_element::<S::Unread>()?.is_some() {
        passed += 1;
    }
    Ok(passed)
}

/// Passes over the rest of an object.
pub fn pass_object<'de, S: Spelling, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<S::Unread, S::Unread>()?.is_some() {}
    Ok(())
}

/// Takes a value as it comes.
struct InAnyForm<S, T>(PhantomData<(S, T)>);

impl<'de, S: Spelling, T: Lenient<S>> DeserializeSeed<'de> for InAnyForm<S, T> {
    type Value = Field<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Field<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Spelling, T: Lenient<S>> Visitor<'de> for InAnyForm<S, T> {
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

impl<S: Spelling> Lenient<S> for f64 {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        S::figure(scalar)
    }
}

impl<S: Spelling> Lenient<S> for Count {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        S::count(scalar)
    }
}

impl<S: Spelling> Lenient<S> for bool {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        S::flag(scalar)
    }
}

impl<S: Spelling> Lenient<S> for String {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        scalar.text()
    }
}

impl<S: Spelling> Lenient<S> for Endpoint {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        Self::of(scalar)
    }
}

/// A document inside of a document, where some wrap it in `{"status": …, "data": …}`.
impl<S: Spelling, T: Lenient<S>> Lenient<S> for Box<T> {
    fn object<'de, A: MapAccess<'de>>(object: A) -> Result<Field<Self>, A::Error> {
        Ok(match T::object(object)? {
            Field::Known(inner) => Field::Known(Self::new(inner)),
            _ => Field::Null,
        })
    }
}

/// A key whose presence is all that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anything;

impl<S: Spelling> Lenient<S> for Anything {
    fn scalar(_: &Scalar<'_>) -> Field<Self> {
        Field::Known(Self)
    }

    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Field<Self>, A::Error> {
        pass_list::<S, A>(list)?;
        Ok(Field::Known(Self))
    }

    fn object<'de, A: MapAccess<'de>>(object: A) -> Result<Field<Self>, A::Error> {
        pass_object::<S, A>(object)?;
        Ok(Field::Known(Self))
    }
}
