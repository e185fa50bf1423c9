//! Gaps: what was told and could not be read, under the peer's own names.

use std::fmt;
use std::net::IpAddr;

use gssa_model::{Gap, Mac};

use crate::{Anything, Count, Endpoint, Field};

/// The most gaps of one reading that are kept.
pub const MAX_GAPS: usize = 64;

/// The place of a member, put into words only where there is a gap: there are hundreds of members, and all is well with nearly all of them.
#[derive(Debug, Clone, Copy)]
pub enum Path<'a> {
    /// Before the members of a document: its name, or empty.
    Document(&'a str),
    /// A member of an object, by its key.
    Member(&'a Path<'a>, &'a str),
    /// A member whose key ends in a number: `fan3`.
    Numbered(&'a Path<'a>, &'a str, u32),
    /// An entry of a list, by its place.
    Entry(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Member(object, _) | Self::Numbered(object, ..) | Self::Entry(object, _) = self
            && !matches!(object, Self::Document(""))
        {
            write!(f, "{object}.")?;
        }
        match self {
            Self::Document(name) | Self::Member(_, name) => f.write_str(name),
            Self::Numbered(_, name, number) => write!(f, "{name}{number}"),
            Self::Entry(_, at) => write!(f, "{at}"),
        }
    }
}

/// A value that may hold something unreadable.
pub trait Report {
    /// Adds what is unreadable inside of the value.
    fn report(&self, _path: Path<'_>, _gaps: &mut Vec<Gap>) {}
}

impl<T: Report> Report for Field<T> {
    /// Adds a gap if this is unreadable, or whatever inside of it is.
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        match self {
            Self::Unreadable(found) if gaps.len() < MAX_GAPS => gaps.push(Gap::new(path.to_string(), found)),
            Self::Known(value) => value.report(path, gaps),
            _ => {}
        }
    }
}

impl<T: Report> Report for Vec<T> {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        for (at, entry) in self.iter().enumerate() {
            entry.report(Path::Entry(&path, at), gaps);
        }
    }
}

impl<T: Report> Report for Box<T> {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        T::report(self, path, gaps);
    }
}

impl Report for f64 {}
impl Report for bool {}
impl Report for String {}
impl Report for IpAddr {}
impl Report for Mac {}
impl Report for Anything {}
impl Report for Count {}
impl Report for Endpoint {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_named_by_its_way() {
        let (document, summary) = (Path::Document(""), Path::Document("SUMMARY"));
        let fans = Path::Member(&document, "fans");
        for (path, name) in [
            (fans, "fans"),
            (Path::Member(&Path::Entry(&fans, 2), "rpm"), "fans.2.rpm"),
            (Path::Member(&summary, "MHS 5s"), "SUMMARY.MHS 5s"),
            (Path::Numbered(&document, "temp_pcb", 6), "temp_pcb6"),
            (Path::Numbered(&Path::Entry(&summary, 0), "fan", 3), "SUMMARY.0.fan3"),
        ] {
            assert_eq!(path.to_string(), name);
        }
    }

    #[test]
    fn gaps_are_bounded() {
        let list = Field::Known(vec![Field::<f64>::Unreadable("a list".to_owned()); 1000]);
        let mut gaps = Vec::new();
        list.report(Path::Document("temps"), &mut gaps);
        assert_eq!((gaps.len(), gaps[63].field.as_str()), (MAX_GAPS, "temps.63"));
    }
}
