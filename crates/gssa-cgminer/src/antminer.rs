//! Bitmain Antminer, whatever firmware it runs.

use crate::{Replies, Reply};

mod firmware;
mod model;
mod normalize;
mod observe;
mod pages;
mod rates;
mod scalar;
mod slots;
mod wire;

pub(crate) use observe::{Learned, is_closed, observe, observe_web};

/// What the web interface of an Antminer answered. Empty without credentials.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// `get_system_info.cgi`.
    pub system_info: Option<Reply>,
    /// `get_miner_conf.cgi`.
    pub miner_conf: Option<Reply>,
}

/// Turns the replies of an Antminer into a snapshot.
pub fn normalize(replies: &Replies) -> gssa_model::MinerSnapshot {
    normalize::normalize(replies, &Pages::default())
}

/// [`normalize`] with what only the web interface tells: MAC address, serial number, host name and work mode.
pub fn normalize_with(replies: &Replies, pages: &Pages) -> gssa_model::MinerSnapshot {
    normalize::normalize(replies, pages)
}
