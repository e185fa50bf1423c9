//! Bitmain Antminer, whatever firmware it runs.

use gssa_model::MinerSnapshot;

use crate::collector::Peer;
use crate::{Command, Error, Replies, generic};

/// What is known of an Antminer beyond one observation.
#[derive(Debug, Default)]
pub(crate) struct Learned;

/// Asks an Antminer once.
pub(crate) async fn observe(peer: &mut Peer<'_>, _learned: &mut Learned) -> Result<MinerSnapshot, Error> {
    let wants: [&[Command]; 3] = [&[Command::Stats], &[Command::Summary], &[Command::Pools]];
    let mut replies = peer.talk.ask(&wants, false, peer.until).await?;
    replies.extend(peer.version.clone().map(|reply| (Command::Version, reply)));
    Ok(normalize(&replies))
}

/// Turns the replies of an Antminer into a snapshot.
pub fn normalize(replies: &Replies) -> MinerSnapshot {
    generic::normalize(replies)
}
