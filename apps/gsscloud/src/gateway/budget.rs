//! How much may be unpacked at the same time, over all agents.

use std::sync::Arc;

use gssa_uplink::pack::{UnpackError, gunzip};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The budget is counted in units of this many bytes.
const UNIT_BYTES: usize = 4096;

/// Bytes that may be unpacked and not yet be handed to the log.
#[derive(Debug)]
pub(super) struct Budget {
    units: Arc<Semaphore>,
    total: usize,
}

/// A message as it came.
pub(super) enum Message {
    Plain(Vec<u8>),
    Gzip(Vec<u8>),
}

impl Message {
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Plain(bytes) | Self::Gzip(bytes) => bytes.len(),
        }
    }
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        let total = (bytes / UNIT_BYTES).max(1);
        Self { units: Arc::new(Semaphore::new(total)), total }
    }

    /// Unpacks a message once there is room for what it says that is in it. The permit is held for as long as that is in memory.
    pub(super) async fn unpack(
        &self,
        message: Message,
        limit: usize,
    ) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), UnpackError> {
        match message {
            Message::Plain(text) => {
                let permit = self.acquire(text.len()).await;
                Ok((text, permit))
            }
            Message::Gzip(bytes) => {
                // The end of gzip says how much is in it, as the sender claims.
                let claimed = bytes.last_chunk().map_or(0, |end| u32::from_le_bytes(*end) as usize).min(limit);
                let permit = self.acquire(claimed).await;
                match gunzip(&bytes, claimed) {
                    Err(UnpackError::TooLarge { .. }) if claimed < limit => {
                        drop(permit);
                        let permit = self.acquire(limit).await;
                        Ok((gunzip(&bytes, limit)?, permit))
                    }
                    unpacked => Ok((unpacked?, permit)),
                }
            }
        }
    }

    async fn acquire(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let units = bytes.div_ceil(UNIT_BYTES).clamp(1, self.total) as u32;
        // The semaphore is never closed.
        Arc::clone(&self.units).acquire_many_owned(units).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use gssa_uplink::pack::gzip;

    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_waits_until_something_is_done() {
        let budget = Budget::new(8 * UNIT_BYTES);
        let message = || Message::Gzip(gzip(&vec![b' '; 6 * UNIT_BYTES]));
        let first = budget.unpack(message(), 1 << 20).await.unwrap();
        let second = budget.unpack(message(), 1 << 20);
        tokio::pin!(second);
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        assert_eq!(second.await.unwrap().0.len(), 6 * UNIT_BYTES);
    }

    #[tokio::test]
    async fn a_claim_that_is_too_small_is_found_out() {
        let budget = Budget::new(1 << 20);
        let mut lie = gzip(&vec![b' '; 100_000]);
        let end = lie.len() - 4;
        lie[end..].copy_from_slice(&5_u32.to_le_bytes());
        assert!(budget.unpack(Message::Gzip(lie), 50_000).await.is_err());
        let honest = gzip(&vec![b' '; 100_000]);
        assert!(matches!(
            budget.unpack(Message::Gzip(honest), 50_000).await,
            Err(UnpackError::TooLarge { limit: 50_000 })
        ));
    }
}
