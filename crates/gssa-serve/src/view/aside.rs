//! What a stream tells beside the view: one thing that changes, whole each time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// It is told so often at most.
const EVERY: Duration = Duration::from_secs(1);

/// One thing that changes.
#[derive(Clone)]
pub struct Aside {
    /// The name of its event.
    pub event: &'static str,
    /// Tells that it may be different.
    pub changes: watch::Receiver<u64>,
    /// Gives it as JSON.
    pub json: Arc<dyn Fn() -> String + Send + Sync>,
}

impl std::fmt::Debug for Aside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aside").field("event", &self.event).finish_non_exhaustive()
    }
}

/// What a stream has told of it. A stream that begins takes what is there as told: who listens has asked for it before.
pub(super) struct Told {
    aside: Aside,
    /// When it is to be looked at, if it may be different.
    due: Option<Instant>,
    last: Instant,
    told: String,
}

impl Told {
    pub(super) fn new(mut aside: Aside) -> Self {
        aside.changes.mark_unchanged();
        Self { told: (aside.json)(), aside, due: None, last: Instant::now() }
    }

    /// The next time that it is different: the name of its event, and it. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> (&'static str, String) {
        loop {
            match self.due {
                Some(due) => {
                    tokio::time::sleep_until(due).await;
                    (self.due, self.last) = (None, Instant::now());
                    let now = (self.aside.json)();
                    if now != self.told {
                        self.told.clone_from(&now);
                        return (self.aside.event, now);
                    }
                }
                None if self.aside.changes.changed().await.is_ok() => self.due = Some(self.last + EVERY),
                None => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_told_when_it_is_different_and_once_a_second_at_most() {
        let (changes, value) = (watch::Sender::new(0), Arc::new(AtomicU64::new(1)));
        let shown = value.clone();
        let json = Arc::new(move || shown.load(Ordering::Relaxed).to_string());
        let mut told = Told::new(Aside { event: "links", changes: changes.subscribe(), json });
        changes.send_modify(|count| *count += 1);
        let begun = Instant::now();
        assert!(tokio::time::timeout(Duration::from_secs(5), told.next()).await.is_err(), "nothing is different");
        for n in 2..5 {
            value.store(n, Ordering::Relaxed);
            changes.send_modify(|count| *count += 1);
        }
        assert_eq!(told.next().await, ("links", "4".to_owned()));
        value.store(9, Ordering::Relaxed);
        changes.send_modify(|count| *count += 1);
        assert_eq!(told.next().await, ("links", "9".to_owned()));
        assert!(begun.elapsed() >= Duration::from_secs(6), "{:?}", begun.elapsed());
    }
}
