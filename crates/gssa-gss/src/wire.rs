//! Bytes → wire: the documents in the peer's own words. No socket, no unit.
//!
//! Every member is a [`Field`], so that one unreadable member never costs the others, and what the peer adds tomorrow is passed over.

use gssa_wire::{Field, Lenient, Spelling as _};

use crate::Error;

/// Declares an object in the spelling of both programs.
macro_rules! object {
    ($($declaration:tt)+) => { gssa_wire::object! { $crate::wire::Pools; $($declaration)+ } };
}

pub(crate) mod duration;
pub(crate) mod group;
pub(crate) mod gse;
pub(crate) mod gss;
pub(crate) mod scalar;

pub(crate) use scalar::Pools;

/// The largest answer that is read. A worker takes about 350 bytes.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// Reads a body as an object.
///
/// Text is read as UTF-8 with replacement, since names come from whoever connects to the pool.
pub(crate) fn object_of<T: Lenient<Pools>>(body: &[u8], path: &str) -> Result<T, Error> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Error::TooLarge { path: path.to_owned() });
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        return Err(Error::WebPage { path: path.to_owned(), status: 200 });
    }
    let malformed = |source| Error::Malformed { path: path.to_owned(), source };
    match Pools::read(text).map_err(malformed)? {
        Field::Known(object) => Ok(object),
        _ => Err(Error::OtherJson { path: path.to_owned(), found: "JSON that is no object" }),
    }
}
