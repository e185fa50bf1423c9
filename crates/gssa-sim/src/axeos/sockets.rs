//! The few sockets of a device's web server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// How many clients a web server takes, and what it does about one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SocketLimit {
    pub(crate) most: usize,
    /// Whether the least recently used socket makes room. Otherwise a newcomer waits, connected and unheard.
    pub(crate) purges: bool,
}

/// The sockets in use.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    taken: Mutex<Vec<Taken>>,
    freed: Notify,
}

#[derive(Debug)]
struct Taken {
    used: Instant,
    purged: Arc<Notify>,
}

/// A socket in use; dropping it frees it.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    sockets: &'a Sockets,
    purged: Arc<Notify>,
}

impl Sockets {
    /// Takes a socket, at once or when one is free.
    pub(crate) async fn take(&self, limit: SocketLimit) -> Slot<'_> {
        loop {
            let freed = self.freed.notified();
            if let Some(slot) = self.try_take(limit) {
                return slot;
            }
            freed.await;
        }
    }

    fn try_take(&self, limit: SocketLimit) -> Option<Slot<'_>> {
        let mut taken = self.taken();
        if taken.len() >= limit.most {
            let oldest = taken.iter().enumerate().min_by_key(|(_, socket)| socket.used).map(|(index, _)| index);
            let index = oldest.filter(|_| limit.purges)?;
            taken.swap_remove(index).purged.notify_one();
        }
        let purged = Arc::new(Notify::new());
        taken.push(Taken { used: Instant::now(), purged: Arc::clone(&purged) });
        Some(Slot { sockets: self, purged })
    }

    fn taken(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot<'_> {
    /// Marks the socket as used just now.
    pub(crate) fn touch(&self) {
        let mut taken = self.sockets.taken();
        if let Some(socket) = taken.iter_mut().find(|socket| Arc::ptr_eq(&socket.purged, &self.purged)) {
            socket.used = Instant::now();
        }
    }

    /// Waits until the socket has to make room for another client.
    pub(crate) async fn purged(&self) {
        self.purged.notified().await;
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.sockets.taken().retain(|socket| !Arc::ptr_eq(&socket.purged, &self.purged));
        self.sockets.freed.notify_waiters();
    }
}
