//! How much may be unpacked and not yet stored at the same time, over all agents.

use std::sync::Arc;

use gssa_uplink::pack::{UnpackError, Unpacker, gunzip};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The budget is counted in units of this many bytes.
const UNIT_BYTES: usize = 4096;

/// Bytes that may be unpacked and not yet be stored.
#[derive(Debug)]
pub(super) struct Budget {
    units: Arc<Semaphore>,
    total: usize,
}

/// The most that deflate makes of a byte.
const MAX_RATIO: usize = 1032;

/// A message as it came.
pub(super) enum Message {
    Plain(Vec<u8>),
    Gzip(Vec<u8>),
    /// The next part of the stream of its connection.
    Part(Vec<u8>),
}

impl Message {
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Plain(bytes) | Self::Gzip(bytes) | Self::Part(bytes) => bytes.len(),
        }
    }
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        let total = (bytes / UNIT_BYTES).max(1);
        Self { units: Arc::new(Semaphore::new(total)), total }
    }

    /// Unpacks a message once there is room for what may be in it. The permit is for what is in it, to be held until that is stored.
    pub(super) async fn unpack(
        &self,
        message: Message,
        limit: usize,
        stream: &mut Unpacker,
    ) -> Result<(Vec<u8>, Permit), UnpackError> {
        let (text, permit) = match message {
            Message::Plain(text) => {
                let permit = self.acquire(text.len()).await;
                (text, permit)
            }
            Message::Gzip(bytes) => {
                // The end of gzip says how much is in it, as the sender claims.
                let claimed = bytes.last_chunk().map_or(0, |end| u32::from_le_bytes(*end) as usize).min(limit);
                let permit = self.acquire(claimed).await;
                match gunzip(&bytes, claimed) {
                    Err(UnpackError::TooLarge { .. }) if claimed < limit => {
                        drop(permit);
                        let permit = self.acquire(limit).await;
                        (gunzip(&bytes, limit)?, permit)
                    }
                    unpacked => (unpacked?, permit),
                }
            }
            Message::Part(bytes) => {
                // It says nothing of what is in it.
                let permit = self.acquire(bytes.len().saturating_mul(MAX_RATIO).min(limit)).await;
                (stream.unpack(&bytes, limit)?, permit)
            }
        };
        // What was not needed is for others.
        let needed = self.units_of(text.len()) as usize;
        let permit = permit.and_then(|mut permit| permit.split(needed.min(permit.num_permits())));
        Ok((text, Permit(permit)))
    }

    async fn acquire(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        Arc::clone(&self.units).acquire_many_owned(self.units_of(bytes)).await.ok()
    }

    fn units_of(&self, bytes: usize) -> u32 {
        bytes.div_ceil(UNIT_BYTES).clamp(1, self.total) as u32
    }
}

/// Room for a message that was unpacked.
#[derive(Debug)]
pub(super) struct Permit(#[expect(dead_code, reason = "it is held")] Option<OwnedSemaphorePermit>);

#[cfg(test)]
mod tests {
    use gssa_uplink::pack::{Packer, gzip};

    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_waits_until_something_is_done() {
        let budget = Budget::new(8 * UNIT_BYTES);
        let message = || Message::Gzip(gzip(&vec![b' '; 6 * UNIT_BYTES]));
        let (mut one, mut other) = (Unpacker::default(), Unpacker::default());
        let first = budget.unpack(message(), 1 << 20, &mut one).await.unwrap();
        let second = budget.unpack(message(), 1 << 20, &mut other);
        tokio::pin!(second);
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        assert_eq!(second.await.unwrap().0.len(), 6 * UNIT_BYTES);
    }

    #[tokio::test]
    async fn a_claim_that_is_too_small_is_found_out() {
        let (budget, mut stream) = (Budget::new(1 << 20), Unpacker::default());
        let mut lie = gzip(&vec![b' '; 100_000]);
        let end = lie.len() - 4;
        lie[end..].copy_from_slice(&5_u32.to_le_bytes());
        assert!(budget.unpack(Message::Gzip(lie), 50_000, &mut stream).await.is_err());
        let honest = Message::Gzip(gzip(&vec![b' '; 100_000]));
        let told = budget.unpack(honest, 50_000, &mut stream).await;
        assert!(matches!(told, Err(UnpackError::TooLarge { limit: 50_000 })));
    }

    #[tokio::test]
    async fn parts_of_a_stream_are_unpacked_in_their_order() {
        let (budget, mut stream, mut packer) = (Budget::new(1 << 20), Unpacker::default(), Packer::default());
        for n in 0..3 {
            let text = format!("{{\"n\":{n},\"text\":\"the same again and again\"}}");
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let part = Message::Part(packer.pack(&value));
            let (unpacked, _) = budget.unpack(part, 1 << 20, &mut stream).await.unwrap();
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&unpacked).unwrap(), value);
        }
    }
}
