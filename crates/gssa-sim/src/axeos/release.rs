//! Firmware releases, and a document whose keys come and go with them.

use std::borrow::Cow;

use crate::json::{Json, Members};

/// A firmware release, comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Release(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// A document for one release: a key is written only where that release has it.
#[derive(Debug)]
pub(crate) struct Document {
    release: Release,
    members: Members,
}

impl Document {
    pub(crate) fn new(release: Release) -> Self {
        Self { release, members: Vec::with_capacity(120) }
    }

    /// Writes a key that every release has.
    pub(crate) fn put(&mut self, key: &'static str, value: impl Into<Json>) -> &mut Self {
        self.members.push((Cow::Borrowed(key), value.into()));
        self
    }

    /// Writes a key that came with a release and stayed.
    pub(crate) fn since(&mut self, first: Release, key: &'static str, value: impl Into<Json>) -> &mut Self {
        self.when(self.release >= first, key, value)
    }

    /// Writes a key that a release took away.
    pub(crate) fn before(&mut self, end: Release, key: &'static str, value: impl Into<Json>) -> &mut Self {
        self.when(self.release < end, key, value)
    }

    /// Writes a key that came with one release and went with another.
    pub(crate) fn span(
        &mut self,
        first: Release,
        end: Release,
        key: &'static str,
        value: impl Into<Json>,
    ) -> &mut Self {
        self.when(self.release >= first && self.release < end, key, value)
    }

    /// Writes a key under a condition other than the release alone.
    pub(crate) fn when(&mut self, condition: bool, key: &'static str, value: impl Into<Json>) -> &mut Self {
        if condition {
            self.put(key, value);
        }
        self
    }

    pub(crate) fn finish(&mut self) -> Json {
        Json::Object(std::mem::take(&mut self.members))
    }
}
