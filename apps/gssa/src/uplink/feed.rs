//! What one link tells: follows store and journal, and makes of what changes what leaves.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use gssa_model::{Health, Severity, SourceId, State};
use gssa_uplink::client::Report;
use gssa_uplink::ring::{Content, Entry};
use gssa_uplink::session::Newest;
use gssa_view::View;
use gssa_view::finding::{Finding, IssueCode};
use gssa_view::follow::{Change, Follower, Position};
use gssa_view::plan::WrittenPlans;
use gssa_view::store::Versioned;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use super::privacy::Privacy;
use crate::config::{Configuration, Loaded};
use crate::usage::Usage;
use crate::version::VERSION;

/// The time between two items about the agent itself.
const STATUS_EVERY: Duration = Duration::from_secs(60);

/// The plans of the sources go with every so many of them, and when they are others: a receiver may have kept only the newest.
const PLANS_EVERY: u32 = 10;

/// What link `id` has to tell.
pub(super) struct Feed {
    id: SourceId,
    view: Arc<View>,
    configuration: Configuration,
    /// What the privacy was made from.
    loaded: Arc<Loaded>,
    privacy: Privacy,
    report: watch::Receiver<Report>,
    started: Instant,
    follower: Follower,
    queue: VecDeque<Entry>,
    status_due: Instant,
    /// The entity tag of the plans that were told last, and how many items about the agent ago.
    plans: Option<(String, u32)>,
    /// The sources that were told last.
    sources: Option<BTreeSet<SourceId>>,
    seen: HashMap<SourceId, Seen>,
}

/// What was told of a source last.
struct Seen {
    state: State,
    findings: Vec<(IssueCode, Severity, Option<Box<str>>)>,
    made: Duration,
}

impl Feed {
    /// The feed of link `id`, from the beginning or from now on; `None` if there is no such link any more.
    pub(super) fn new(
        id: &SourceId,
        view: &Arc<View>,
        configuration: &Configuration,
        report: watch::Receiver<Report>,
        started: Instant,
        is_first: bool,
    ) -> Option<Self> {
        let loaded = configuration.current();
        let privacy = privacy(id, &loaded)?;
        // What is known of the sources now is told; of what happened before, only what the agent did as it started.
        let is_new = started.elapsed() < Duration::from_secs(10);
        let journal = if is_new && is_first { 0 } else { *view.journal().subscribe().borrow() };
        let readings = if is_first { 0 } else { view.store().revision() };
        let follower =
            Follower::new(view, Some(Position { readings, journal })).or_else(|| Follower::new(view, None))?;
        let mut feed = Self {
            id: id.clone(),
            view: view.clone(),
            configuration: configuration.clone(),
            loaded,
            privacy,
            report,
            started,
            follower,
            queue: VecDeque::new(),
            status_due: Instant::now(),
            plans: None,
            sources: None,
            seen: HashMap::new(),
        };
        feed.tell_sources();
        Some(feed)
    }

    fn made(&self) -> Duration {
        self.started.elapsed()
    }

    fn push(&mut self, source_id: Option<SourceId>, important: bool, content: Content) {
        let made = self.made();
        self.queue.push_back(Entry { source_id, made, important, content });
    }

    fn take(&mut self, change: &Change) {
        match change {
            Change::Reading(entry) => self.take_reading(entry),
            Change::Entry(entry) => {
                let sends = entry.source_id.as_ref().is_none_or(|id| self.sends(id));
                if let Some(event) = self.privacy.event(entry).filter(|_| sends) {
                    let is_state = entry.source_id.is_some();
                    self.push(entry.source_id.clone(), is_state, Content::Event(event));
                }
            }
            Change::Config(_) => {
                let loaded = self.configuration.current();
                if !Arc::ptr_eq(&loaded, &self.loaded)
                    && let Some(privacy) = privacy(&self.id, &loaded)
                {
                    (self.loaded, self.privacy) = (loaded, privacy);
                }
                self.tell_sources();
            }
            Change::Totals => self.tell_sources(),
            Change::Delta(_) | Change::Missed => {}
        }
    }

    fn take_reading(&mut self, entry: &Versioned) {
        let source = &entry.reading.source;
        if !self.privacy.sends(source) {
            return;
        }
        if self.sources.as_ref().is_none_or(|sources| !sources.contains(&source.id)) {
            self.tell_sources();
        }
        let seen = Seen { state: entry.reading.state, findings: kinds(&entry.findings), made: self.made() };
        let before = self.seen.get(&source.id);
        let important = before.is_none_or(|before| before.state != seen.state || before.findings != seen.findings);
        self.seen.insert(source.id.clone(), seen);
        let report = self.privacy.report(&entry.reading, &entry.findings);
        self.push(Some(source.id.clone()), important, Content::Report(report));
    }

    /// Whether anything of a source is sent. One that is gone was, if it was told.
    fn sends(&self, id: &SourceId) -> bool {
        match self.view.store().get(id.as_str()) {
            Some(entry) => self.privacy.sends(&entry.reading.source),
            None => self.sources.as_ref().is_some_and(|sources| sources.contains(id)),
        }
    }

    /// Tells which sources there are, if that has changed.
    fn tell_sources(&mut self) {
        let all = self.view.store().all();
        let sent = all.iter().filter(|entry| self.privacy.sends(&entry.reading.source));
        let sources: BTreeSet<SourceId> = sent.map(|entry| entry.reading.source.id.clone()).collect();
        if self.sources.as_ref() == Some(&sources) {
            return;
        }
        self.seen.retain(|id, _| sources.contains(id));
        self.push(None, true, Content::Sources(sources.iter().cloned().collect()));
        self.sources = Some(sources);
    }

    /// The plans of what is sent, when they are due.
    fn plans(&mut self, sent: &[&Versioned]) -> Option<WrittenPlans> {
        let plans = self.view.plans().borrow().clone();
        if let Some((etag, ago)) = &mut self.plans {
            *ago += 1;
            if etag == plans.etag() && *ago < PLANS_EVERY {
                return None;
            }
        }
        self.plans = Some((plans.etag().to_owned(), 0));
        Some(WrittenPlans::of(&*plans, sent.iter().map(|entry| &*entry.reading)))
    }

    /// How the agent itself is.
    fn status(&mut self) -> Value {
        let all = self.view.store().all();
        let sent: Vec<&Versioned> = all.iter().filter(|entry| self.privacy.sends(&entry.reading.source)).collect();
        let of = |health: Health| sent.iter().filter(|entry| entry.reading.health == health).count();
        let by_health: serde_json::Map<String, Value> =
            Health::ALL.into_iter().map(|health| (health.as_str().to_owned(), of(health).into())).collect();
        let ledger = self.report.borrow().status.ledger;
        let zone = &self.loaded.config.agent.time_zone;
        let now = jiff::Timestamp::from_millisecond(self.view.clock().now().unix_ms()).unwrap_or_default();
        let mut status = json!({
            "version": VERSION.version,
            "target": VERSION.target,
            "utc_offset_secs": zone.to_offset(now).seconds(),
            "uptime_secs": self.made().as_secs(),
            "sources": by_health,
            "ledger": ledger,
        });
        for (name, text) in [("commit", VERSION.commit), ("time_zone", zone.iana_name())] {
            if let Some(text) = text {
                status[name] = text.into();
            }
        }
        if let Some(usage) = Usage::now() {
            status["resident_bytes"] = usage.resident_bytes.into();
        }
        if let Some(plans) = self.plans(&sent) {
            status["plans"] = json!(plans);
        }
        status
    }
}

impl gssa_uplink::client::Feed for Feed {
    async fn next(&mut self) -> Entry {
        loop {
            if let Some(entry) = self.queue.pop_front() {
                return entry;
            }
            tokio::select! {
                change = self.follower.next() => self.take(&change),
                () = tokio::time::sleep_until(self.status_due) => {
                    self.status_due = Instant::now() + STATUS_EVERY;
                    let status = self.status();
                    self.push(None, false, Content::Status(status));
                }
            }
        }
    }

    fn newest(&mut self) -> Vec<Newest> {
        let all = self.view.store().all();
        let sent = all.iter().filter(|entry| self.privacy.sends(&entry.reading.source));
        let newest = sent.map(|entry| {
            let source_id = entry.reading.source.id.clone();
            let made = self.seen.get(&source_id).map_or_else(|| self.made(), |seen| seen.made);
            Newest::new(made, source_id, &self.privacy.report(&entry.reading, &entry.findings))
        });
        newest.collect()
    }

    fn introduce(&mut self) {
        self.sources = None;
        self.tell_sources();
    }
}

fn privacy(id: &SourceId, loaded: &Loaded) -> Option<Privacy> {
    let uplink = loaded.config.uplinks.iter().find(|uplink| uplink.id == *id)?;
    Some(Privacy::new(uplink, &loaded.config))
}

/// What findings are about, without their figures.
fn kinds(findings: &[Finding]) -> Vec<(IssueCode, Severity, Option<Box<str>>)> {
    findings.iter().map(|finding| (finding.code, finding.severity, finding.part.clone())).collect()
}
