//! One member of a reply: absent, `null`, read, or there and unreadable.

/// A member as it was found. That a firmware has no such key and that its value is `null` are different facts: a `null` hashrate was
/// NaN, a missing one means that another key holds it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Field<T> {
    /// The peer does not know the key.
    #[default]
    Absent,
    /// `null`, an empty text or a value that stands for "nothing".
    Null,
    /// A value.
    Known(T),
    /// Something else; what, in a few words that never hold the content of an object or a list.
    Unreadable(String),
}

impl<T> Field<T> {
    /// The value, if one was read.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the peer knows the key, whatever its value.
    pub const fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// A member of the object in this member.
    pub fn at<U>(&self, member: impl FnOnce(&T) -> &Field<U>) -> Option<&U> {
        self.known().and_then(|object| member(object).known())
    }

    /// The value made into another; what cannot be made is nothing.
    pub fn and_then<U>(self, into: impl FnOnce(T) -> Option<U>) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Known(value) => into(value).map_or(Field::Null, Field::Known),
            Self::Unreadable(found) => Field::Unreadable(found),
        }
    }

    /// The value made into another.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Field<U> {
        self.and_then(|value| Some(into(value)))
    }
}

impl<T: Copy> Field<T> {
    /// The value, if one was read.
    pub const fn get(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            _ => None,
        }
    }
}

impl Field<String> {
    /// The text, if one was read.
    pub fn text(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }
}

impl<T> Field<Vec<Field<T>>> {
    /// The readable entries of a list, each with its place.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &T)> {
        let list = self.known().map_or(&[][..], Vec::as_slice);
        (0..).zip(list).filter_map(|(at, entry)| Some((at, entry.known()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_made_into_another_is_nothing_and_the_rest_stays() {
        let half = |field: Field<u32>| field.and_then(|number| number.is_multiple_of(2).then_some(number / 2));
        for (field, halved) in [
            (Field::Known(4), Field::Known(2)),
            (Field::Known(3), Field::Null),
            (Field::Null, Field::Null),
            (Field::Absent, Field::Absent),
            (Field::Unreadable("a list".to_owned()), Field::Unreadable("a list".to_owned())),
        ] {
            assert_eq!(half(field), halved);
        }
    }

    #[test]
    fn entries_keep_their_places() {
        let list = Field::Known(vec![Field::Known('a'), Field::Null, Field::Known('c')]);
        assert_eq!(list.entries().collect::<Vec<_>>(), [(0, &'a'), (2, &'c')]);
    }
}
