//! What is written by name on a command line: models, programs, behaviours.

use std::fmt;

/// Nothing of its kind is called that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    what: &'static str,
    name: String,
    known: Vec<String>,
}

impl UnknownName {
    /// `what` it should have been, and what there is of it.
    pub(crate) fn new(what: &'static str, name: &str, known: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        Self { what, name: name.to_owned(), known: known.into_iter().map(|known| known.to_string()).collect() }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {} is called {:?}; known are {}", self.what, self.name, self.known.join(", "))
    }
}

impl std::error::Error for UnknownName {}

/// The one of `known` that has this name.
pub(crate) fn named<T>(what: &'static str, known: impl AsRef<[T]>, name: &str) -> Result<T, UnknownName>
where
    T: Copy + fmt::Display,
{
    let known = known.as_ref();
    let found = known.iter().find(|known| known.to_string() == name);
    found.copied().ok_or_else(|| UnknownName::new(what, name, known))
}
