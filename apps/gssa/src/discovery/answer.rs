//! What answers at an address, before it is known whose it is.

use std::net::SocketAddrV4;

use gssa_model::unit::Hashrate;
use gssa_model::{Algorithm, Identity, SourceId, SourceKind};

/// What answers at one port of one host.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Where.
    pub at: SocketAddrV4,
    /// What.
    pub what: What,
}

/// What answers.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A source that answered a short while ago and was not asked again.
    Source(SourceId),
    /// A device that said what it is.
    Device(Box<Device>),
    /// Somebody who refuses: credentials or an access rule.
    Refused {
        /// What came, for people.
        why: String,
    },
    /// Something that is no kind of source that this version knows.
    Other {
        /// What came, for people.
        why: String,
    },
}

/// A device that said what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// What speaks there.
    pub kind: SourceKind,
    /// Whether it is a miner, and no pool or server.
    pub is_miner: bool,
    /// What it says that it is.
    pub identity: Identity,
    /// Its hashrate now.
    pub current_hps: Option<Hashrate>,
    /// What it hashes.
    pub algorithm: Option<Algorithm>,
}

impl Answer {
    /// How much it tells: of one host only what tells most is shown.
    pub(super) const fn weight(&self) -> u8 {
        match self.what {
            What::Source(_) | What::Device(_) => 2,
            What::Refused { .. } => 1,
            What::Other { .. } => 0,
        }
    }
}
