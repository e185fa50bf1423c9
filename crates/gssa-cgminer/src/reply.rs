//! Bytes → reply: what a miner answered, in its own words. No socket, no unit.

use std::fmt;
use std::sync::Arc;

use gssa_wire::Field;

use crate::wire::row::{Lenient, rows};
use crate::{Command, Error};

pub(crate) mod document;
pub(crate) mod extent;
pub(crate) mod repair;
pub(crate) mod status;
pub(crate) mod text;
pub(crate) mod value;

pub use status::{Letter, Refusal, Status};

use value::{Members, Value};

/// The largest reply that is read. The largest honest ones measure 67 KB (Whatsminer M3 `stats`) and 46 KB (fifty Avalon 921).
pub const MAX_REPLY_BYTES: usize = 1024 * 1024;

/// One reply, or several that were asked for together.
///
/// Opaque: the normalizations turn replies into a snapshot. Passwords that some firmware sends are not in it, and its `Debug` form
/// names the sections and shows nothing of them.
#[derive(Clone, PartialEq)]
pub struct Reply {
    /// Shared: `version` is kept from one observation to the next.
    document: Arc<Members>,
    status: Option<Status>,
    form: Form,
}

/// How a reply was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// JSON that had to be repaired to be read.
    Repaired,
    /// The text form, `A=1,B=2|`.
    Text,
}

/// Reads a reply in any form: JSON, JSON with the faults that firmware is known for, plain text, several replies joined.
///
/// # Errors
///
/// [`Error::TooLarge`] above [`MAX_REPLY_BYTES`], [`Error::Empty`] without a byte, [`Error::Cut`] when it ends too early,
/// [`Error::NotCgminer`] for a web page and the like, [`Error::NotReady`] when a web server says that the mining program is down,
/// [`Error::Malformed`] otherwise.
pub fn parse_reply(bytes: &[u8]) -> Result<Reply, Error> {
    let (value, form) = document::parse(bytes)?;
    match value {
        Value::Object(document) => Ok(Reply::of(document, form)),
        _ => Err(Error::NotCgminer { found: "JSON that is no object" }),
    }
}

impl Reply {
    fn of(document: Members, form: Form) -> Self {
        let status = Status::of(&document);
        Self { document: Arc::new(document), status, form }
    }

    /// What the miner says of its reply; none in joined replies and on some pages of web servers.
    pub const fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    /// The program as the reply names it: `cgminer 4.11.1`.
    pub fn description(&self) -> Option<&str> {
        self.status.as_ref()?.description.as_deref()
    }

    /// Why the miner did not give what was asked, if it did not.
    pub fn refusal(&self) -> Option<Refusal> {
        self.status.as_ref()?.refusal()
    }

    /// How it was written.
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The reply to one of the commands that were asked for together.
    pub fn part(&self, command: Command) -> Option<Self> {
        self.clone().take_part(command)
    }

    /// The same without a copy: it is no longer in the whole then.
    pub(crate) fn take_part(&mut self, command: Command) -> Option<Self> {
        let part = match Arc::make_mut(&mut self.document).remove(command.as_str())? {
            // The documentation of upstream shows objects, its code and every capture a list of one.
            Value::Array(list) => list.into_iter().next()?,
            object => object,
        };
        match part {
            Value::Object(document) => Some(Self::of(document, self.form)),
            _ => None,
        }
    }

    /// Whether there is such a section.
    pub(crate) fn has(&self, section: &str) -> bool {
        self.document.has(section)
    }

    /// The rows of a section, each read as `T`; a row that is no object is left out.
    pub(crate) fn rows<T: Lenient>(&self, section: &str) -> Vec<T> {
        let of_row = |row: &Value| match T::read(row) {
            Field::Known(row) => Some(row),
            _ => None,
        };
        rows(self.document.get(section)).iter().filter_map(of_row).collect()
    }

    /// The first row of a section.
    pub(crate) fn row<T: Lenient>(&self, section: &str) -> Option<T> {
        self.rows(section).into_iter().next()
    }

    /// The document as one object, for replies without sections: pages of web servers.
    pub(crate) fn whole<T: Lenient>(&self) -> Option<T> {
        match T::read(&Value::Object(Members::clone(&self.document))) {
            Field::Known(whole) => Some(whole),
            _ => None,
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys come from the device, and may be as long as the reply.
        let sections: Vec<String> = self.document.keys().take(16).map(|key| key.chars().take(32).collect()).collect();
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("sections", &sections)
            .field("form", &self.form)
            .finish()
    }
}
