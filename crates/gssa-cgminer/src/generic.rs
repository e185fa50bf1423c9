//! generic

use gssa_model::MinerSnapshot;

use crate::Replies;

/// Turns the replies into a snapshot.
pub fn normalize(_replies: &Replies) -> MinerSnapshot {
    MinerSnapshot::default()
}

pub(crate) async fn observe(
    _peer: &mut crate::collector::Peer<'_>,
    _firmware: crate::Firmware,
) -> Result<MinerSnapshot, crate::Error> {
    todo!()
}
