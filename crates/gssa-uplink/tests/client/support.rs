//! A link that a test feeds.
#![allow(unreachable_pub, reason = "it is a program of tests")]

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gssa_http::Trust;
use gssa_model::{SourceId, Timestamp};
use gssa_uplink::client::{Change, Dialer, Feed, Link, Proxies, Report};
use gssa_uplink::ring::{Content, Entry};
use gssa_uplink::session::{Newest, Session, Settings};
use gssa_uplink::wire::{Epoch, Program};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A link, and everything that a test does to it.
pub struct Bench {
    pub link: Arc<Link>,
    pub changes: mpsc::Sender<Change>,
    pub token: Arc<Mutex<String>>,
    /// How far the wall clock of the link was set forward, in milliseconds.
    set_ms: Arc<AtomicI64>,
    entries: mpsc::UnboundedSender<Entry>,
    newest: Arc<Mutex<Vec<Newest>>>,
    started: Instant,
    stop: CancellationToken,
    task: JoinHandle<()>,
    report: watch::Receiver<Report>,
}

struct TestFeed {
    entries: mpsc::UnboundedReceiver<Entry>,
    newest: Arc<Mutex<Vec<Newest>>>,
    introductions: usize,
    started: Instant,
}

impl Feed for TestFeed {
    async fn next(&mut self) -> Entry {
        if self.introductions > 0 {
            self.introductions -= 1;
            let content = Content::Sources(vec!["a".parse().unwrap()]);
            return Entry { source_id: None, made: self.started.elapsed(), important: false, content };
        }
        match self.entries.recv().await {
            Some(entry) => entry,
            None => std::future::pending().await,
        }
    }

    fn newest(&mut self) -> Vec<Newest> {
        self.newest.lock().unwrap().clone()
    }

    fn introduce(&mut self) {
        self.introductions += 1;
    }
}

pub fn settings(endpoint: &str) -> Settings {
    Settings {
        program: Program { name: "gssa".into(), version: "0.1.0".into(), site: Some("garage".into()) },
        started_at: wall(),
        only_post: endpoint.starts_with("http"),
        flush: Duration::from_millis(50),
        ring_max_bytes: 1 << 20,
    }
}

/// A report of source `id`, which a receiver takes.
fn report(id: &str, n: u64) -> Value {
    let source = json!({ "id": id, "name": id, "kind": "axeos", "tags": [], "group": "garage, the shelf at the left side of the door" });
    let reading =
        json!({ "schema": "gssa.reading/1", "source": source, "health": "up", "state": "hashing", "took_ms": n });
    json!({ "reading": reading, "findings": [] })
}

pub fn wall() -> Timestamp {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_unix_ms(now.as_millis() as i64)
}

impl Bench {
    pub fn new(endpoint: &str) -> Self {
        Self::with(endpoint, Trust::system(), Proxies::none())
    }

    pub fn with(endpoint: &str, trust: Trust, proxies: Proxies) -> Self {
        let token = Arc::new(Mutex::new("a-token".to_owned()));
        let read = token.clone();
        let dialer = Dialer {
            endpoint: endpoint.parse().unwrap(),
            trust,
            proxies,
            token: Arc::new(move || Box::pin(std::future::ready(Ok(read.lock().unwrap().clone())))),
            user_agent: "gssa/0.1.0".to_owned(),
        };
        // As if the agent had run for a while.
        let started = Instant::now() - Duration::from_secs(3600);
        let session = Session::new(settings(endpoint), Epoch::from_random(7), 7);
        let set_ms = Arc::<AtomicI64>::default();
        let clock = set_ms.clone();
        let clock = move || Timestamp::from_unix_ms(wall().unix_ms() + clock.load(Ordering::Relaxed));
        let link = Arc::new(Link::new(session, Arc::new(dialer), started, Arc::new(clock)));
        let (entries, feed_entries) = mpsc::unbounded_channel();
        let (changes, mut to_change) = mpsc::channel(8);
        let newest = Arc::<Mutex<Vec<Newest>>>::default();
        let mut feed = TestFeed { entries: feed_entries, newest: newest.clone(), introductions: 0, started };
        let (stop, running) = (CancellationToken::new(), link.clone());
        let token_to_stop = stop.clone();
        let task = tokio::spawn(async move { running.run(&mut feed, &mut to_change, token_to_stop).await });
        let report = link.subscribe();
        Self { link, changes, token, set_ms, entries, newest, started, stop, task, report }
    }

    /// Sets the wall clock of the link forward, or back.
    pub fn set_clock(&self, forward_ms: i64) {
        self.set_ms.fetch_add(forward_ms, Ordering::Relaxed);
    }

    /// Makes a report of source `id`, so old.
    pub fn report_of(&self, id: &str, n: u64, age: Duration) {
        self.entry(Some(id), Content::Report(report(id, n)), false, age);
    }

    pub fn event(&self, text: &str, is_important: bool) {
        self.entry(None, Content::Event(json!({ "text": text })), is_important, Duration::ZERO);
    }

    fn entry(&self, id: Option<&str>, content: Content, important: bool, age: Duration) {
        let source_id: Option<SourceId> = id.map(|id| id.parse().unwrap());
        let made = self.started.elapsed().checked_sub(age).unwrap();
        self.entries.send(Entry { source_id, made, important, content }).unwrap();
    }

    pub fn newest(&self, id: &str, n: u64) {
        let newest = Newest::new(self.started.elapsed(), id.parse().unwrap(), &report(id, n));
        self.newest.lock().unwrap().push(newest);
    }

    /// Waits until the link is so.
    pub async fn until(&mut self, what: &str, is_so: impl FnMut(&Report) -> bool) -> Report {
        let waited = tokio::time::timeout(Duration::from_secs(60), self.report.wait_for(is_so)).await;
        let Ok(report) = waited else { panic!("{what} did not come about: {:#?}", self.link.subscribe().borrow()) };
        report.unwrap().clone()
    }

    /// Stops the link, and waits until it has said goodbye.
    pub async fn stop(self) -> Report {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(10), self.task).await.expect("it ends").unwrap();
        self.report.borrow().clone()
    }
}
