//! Webhooks of GoSlimStratum and GSSM: taken at once, read later, kept in the journal.
//!
//! ```text
//!  POST ─► api: token, size ─► queue ─► task: body (bytes ─► event) ─► flood (few of a kind) ─► journal ─► stream, uplink
//!             answered here     bounded
//! ```

mod body;
mod counts;
mod flood;
mod words;

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

pub use counts::{HookCounts, OfHook};
use gssa_view::clock::Clock;
use gssa_view::journal::Journal;

use self::flood::Flood;

/// The largest body of a webhook, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Bodies that may wait to be read: 2 MiB at most.
const MAX_WAITING: usize = 32;

/// Takes webhooks and turns them into entries of the journal.
#[derive(Debug)]
pub struct Hooks {
    journal: Arc<Journal>,
    clock: Arc<dyn Clock>,
    counts: Arc<HookCounts>,
    send: mpsc::Sender<Delivery>,
    /// Held by the task that reads, so that one that is started anew goes on with what waits.
    waiting: tokio::sync::Mutex<mpsc::Receiver<Delivery>>,
    flood: Mutex<Flood>,
}

/// A body that was not read yet.
#[derive(Debug)]
struct Delivery {
    name: String,
    body: Bytes,
}

/// Too many bodies wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{MAX_WAITING} events wait to be read already")]
pub struct Full;

impl Hooks {
    /// Takes nothing yet; [`run`](Self::run) reads what is taken.
    pub fn new(journal: Arc<Journal>, clock: Arc<dyn Clock>) -> Self {
        let (send, waiting) = mpsc::channel(MAX_WAITING);
        Self {
            journal,
            clock,
            counts: Arc::default(),
            send,
            waiting: tokio::sync::Mutex::new(waiting),
            flood: Mutex::default(),
        }
    }

    /// What came so far.
    pub const fn counts(&self) -> &Arc<HookCounts> {
        &self.counts
    }

    /// A request by the hook `name`, which is refused unless it is [taken](Request::take).
    pub(crate) fn request<'a>(&'a self, name: &'a str) -> Request<'a> {
        Request { hooks: self, name, is_settled: false }
    }

    /// Reads what was taken, until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let mut waiting = self.waiting.lock().await;
        loop {
            let end = self.with_flood(|flood| flood.next_end());
            let delivery = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = at(end) => None,
                delivery = waiting.recv() => delivery,
            };
            self.tell_ended();
            if let Some(delivery) = delivery {
                self.read(&delivery);
            }
        }
    }

    fn read(&self, Delivery { name, body }: &Delivery) {
        match body::parse(name, body, self.clock.now()) {
            Ok(event) => {
                self.counts.received(name);
                match self.with_flood(|flood| flood.admit(event, Instant::now())) {
                    Some(event) => self.journal.write_hook(event),
                    None => self.counts.dropped(name),
                }
            }
            Err(error) => {
                self.counts.refused(name);
                info!(hook = name, bytes = body.len(), "a webhook was not read: {error}");
            }
        }
    }

    fn tell_ended(&self) {
        let at = self.clock.now();
        for summary in self.with_flood(|flood| flood.ended(Instant::now(), at)) {
            debug!(hook = summary.name, more = summary.more, "webhooks came too fast to be kept one by one");
            self.journal.write_hook(summary);
        }
    }

    fn with_flood<T>(&self, act: impl FnOnce(&mut Flood) -> T) -> T {
        act(&mut self.flood.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn at(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}

/// A request whose body is on its way. Dropped before it was taken it counts as refused: the body was too large, or never came.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    hooks: &'a Hooks,
    name: &'a str,
    is_settled: bool,
}

impl Request<'_> {
    /// Takes the body, without looking at it.
    pub(crate) fn take(mut self, body: Bytes) -> Result<(), Full> {
        self.is_settled = true;
        let taken = self.hooks.send.try_send(Delivery { name: self.name.to_owned(), body });
        taken.map_err(|_| {
            self.hooks.counts.dropped(self.name);
            Full
        })
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.hooks.counts.refused(self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use gssa_view::clock::SystemClock;
    use gssa_view::journal::{EntryKind, Filter};

    use super::*;

    fn hooks() -> (Arc<Hooks>, Arc<Journal>) {
        let journal = Arc::new(Journal::new(Arc::new(SystemClock)));
        (Arc::new(Hooks::new(journal.clone(), Arc::new(SystemClock))), journal)
    }

    fn run(hooks: &Arc<Hooks>) -> CancellationToken {
        let (stop, hooks) = (CancellationToken::new(), hooks.clone());
        let stopped = stop.clone();
        tokio::spawn(async move { hooks.run(stopped).await });
        stop
    }

    async fn entries(journal: &Journal, count: usize) -> Vec<Arc<gssa_view::journal::Entry>> {
        let mut newest = journal.subscribe();
        newest.wait_for(|seq| *seq >= count as u64).await.unwrap();
        journal.list(&Filter::default())
    }

    fn send(hooks: &Hooks, body: &'static str) -> Result<(), Full> {
        hooks.request("pool").take(Bytes::from_static(body.as_bytes()))
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_becomes_an_entry() {
        let (hooks, journal) = hooks();
        send(&hooks, r#"{"type":"block_found","subject":"Block Found!","message":"DGB block 9"}"#).unwrap();
        assert_eq!(journal.list(&Filter::default()).len(), 0, "nothing is read inline");
        let _running = run(&hooks);
        let entry = entries(&journal, 1).await.remove(0);
        assert_eq!((entry.kind, entry.text.as_str()), (EntryKind::Hook, "pool: Block Found!: DGB block 9"));
        assert_eq!(entry.hook.as_ref().unwrap().event, "block_found");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_takes_no_more_until_it_is_read() {
        let (hooks, journal) = hooks();
        let body = r#"{"event_type":"miner_online"}"#;
        for _ in 0..MAX_WAITING {
            send(&hooks, body).unwrap();
        }
        assert_eq!(send(&hooks, body), Err(Full));
        drop(hooks.request("pool"));
        let _running = run(&hooks);
        entries(&journal, flood::MAX_IN_WINDOW as usize).await;
        send(&hooks, body).unwrap();
        let entries = entries(&journal, flood::MAX_IN_WINDOW as usize + 1).await;
        assert_eq!(entries.last().unwrap().hook.as_ref().unwrap().more, Some(13), "told when the minute is over");
        let counts = OfHook { received: 33, refused: 1, dropped: 1 + 13 };
        assert_eq!(hooks.counts().all(), [("pool".to_owned(), counts)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_event_is_counted_and_the_next_one_is_read() {
        let (hooks, journal) = hooks();
        let _running = run(&hooks);
        send(&hooks, "hello").unwrap();
        send(&hooks, "{}").unwrap();
        assert_eq!(entries(&journal, 1).await[0].hook.as_ref().unwrap().event, "unknown");
        assert_eq!(hooks.counts().all()[0].1, OfHook { received: 1, refused: 1, dropped: 0 });
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_started_anew_goes_on_with_what_waits() {
        let (hooks, journal) = hooks();
        let first = run(&hooks);
        send(&hooks, "{}").unwrap();
        entries(&journal, 1).await;
        first.cancel();
        send(&hooks, "{}").unwrap();
        let _second = run(&hooks);
        entries(&journal, 2).await;
    }
}
