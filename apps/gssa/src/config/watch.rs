//! Noticing that somebody else changed the file.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use super::file;
use super::owner::{Configuration, Inner, blocking};

/// How often the file is looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// With every n-th look its content is compared even if it looks the same: NFS and some mounts show old times.
const LOOKS_PER_READ: u32 = 15;

/// What changes when a file is changed: its time, its length, and its number when another took its place.
type Look = Option<(Option<SystemTime>, u64, u64)>;

impl Configuration {
    /// Reloads the file whenever somebody changes it, until stopped. What comes of it is in [`current`](Self::current).
    ///
    /// It looks instead of being told, because editors replace files and mounts of containers tell nothing. Own saves are recognised by
    /// their content and change nothing.
    pub async fn watch(&self, stop: CancellationToken) {
        let mut last: Option<Look> = None;
        let mut looks: u32 = 0;
        loop {
            let inner = self.inner.clone();
            let known = last.filter(|_| !looks.is_multiple_of(LOOKS_PER_READ));
            // A look may hang, on a share that is gone.
            tokio::select! {
                () = stop.cancelled() => return,
                look = blocking(move || inner.look_again(known)) => last = Some(look),
            }
            looks = looks.wrapping_add(1);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }
}

impl Inner {
    /// Looks at the file; reads it if it does not look as it did, and takes it if it is not the one in force.
    fn look_again(self: &Arc<Self>, known: Option<Look>) -> Look {
        let now = look(&self.path);
        if known != Some(now) {
            let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
            let found = file::read(&self.path);
            if found.etag != self.current().etag {
                // Either outcome is published.
                let _ = self.take(found);
            }
        }
        now
    }
}

fn look(path: &Path) -> Look {
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.modified().ok(), meta.len(), number(&meta)))
}

#[cfg(unix)]
fn number(meta: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn number(_: &std::fs::Metadata) -> u64 {
    0
}
