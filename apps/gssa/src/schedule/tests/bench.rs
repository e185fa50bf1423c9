//! A scheduler whose sources follow scripts, and a desk where they write down when they were asked.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use gssa_model::unit::Hashrate;
use gssa_model::{FailureReason, MinerSnapshot, Snapshot};
use gssa_view::clock::SystemClock;
use gssa_view::journal::Journal;
use gssa_view::store::Store;
use tokio::time::{Instant, sleep};

use super::*;
use crate::config::Limits;
use crate::observe::Rules;

pub(super) const INTERVAL: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(5);

/// What a scripted source does when it is asked for the `n`th time, from 0.
pub(super) type Script = fn(usize) -> (Duration, Result<(), FailureReason>);

#[derive(Debug)]
struct Scripted {
    id: SourceId,
    script: Script,
    found: Option<SourceKind>,
    desk: Arc<Desk>,
}

/// Where scripted collectors write down when they were asked.
#[derive(Debug, Default)]
pub(super) struct Desk {
    asked: Mutex<HashMap<String, Vec<Instant>>>,
    open: Mutex<HashMap<String, usize>>,
    pub(super) most_open: Mutex<usize>,
}

/// Counts an exchange as open until it is dropped.
struct Open<'a>(&'a Desk, String);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        *self.0.open.lock().unwrap().entry(self.1.clone()).or_default() -= 1;
    }
}

#[async_trait]
impl Collector for Scripted {
    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn collect(&self) -> Result<Snapshot, CollectError> {
        let name = self.id.to_string();
        let nth = {
            let mut asked = self.desk.asked.lock().unwrap();
            let times = asked.entry(name.clone()).or_default();
            times.push(Instant::now());
            times.len() - 1
        };
        let host = name.split('.').next().unwrap_or_default().to_owned();
        {
            let mut open = self.desk.open.lock().unwrap();
            let now = open.entry(host.clone()).or_default();
            *now += 1;
            let mut most = self.desk.most_open.lock().unwrap();
            *most = (*most).max(*now);
        }
        let _open = Open(&self.desk, host);
        let (takes, outcome) = (self.script)(nth);
        sleep(takes).await;
        let mut miner = MinerSnapshot::default();
        miner.hashing.current_hps = Hashrate::from_ths(1.0 + nth as f64);
        outcome.map(|()| miner.into()).map_err(|reason| CollectError::new(reason, "scripted"))
    }

    fn found_kind(&self) -> Option<SourceKind> {
        self.found
    }
}

pub(super) struct Bench {
    pub(super) scheduler: Scheduler,
    pub(super) store: Arc<Store>,
    pub(super) journal: Arc<Journal>,
    pub(super) desk: Arc<Desk>,
    pub(super) supervisor: Supervisor,
}

impl Bench {
    /// A scheduler whose sources follow the script that the part of their name before the dash names.
    pub(super) fn new(scripts: &[(&'static str, Script)]) -> Self {
        let clock = Arc::new(SystemClock);
        let (store, journal) = (Arc::new(Store::new(1 << 20)), Arc::new(Journal::new(clock.clone())));
        let shared = Shared {
            store: store.clone(),
            journal: journal.clone(),
            clock,
            gate: Arc::new(Gate::new(16)),
            stats: Arc::default(),
        };
        let (desk, scripts) = (Arc::new(Desk::default()), scripts.to_vec());
        let desk_of_all = desk.clone();
        let make = move |spec: &Spec| {
            let id = spec.source.id.clone();
            let (_, script) =
                scripts.iter().find(|(name, _)| id.as_str().starts_with(name)).expect("a script for each");
            // What is to be found out turns out to be an Avalon.
            let found = (spec.source.kind == SourceKind::Auto).then_some(SourceKind::Canaan);
            Ok(Arc::new(Scripted { id, script: *script, found, desk: desk_of_all.clone() }) as Arc<dyn Collector>)
        };
        let supervisor = Supervisor::default();
        Self { scheduler: Scheduler::new(shared, supervisor.clone(), Box::new(make)), store, journal, desk, supervisor }
    }

    pub(super) fn apply(&self, ids: &[&str]) {
        self.scheduler.apply(ids.iter().map(|id| spec(id)).collect());
    }

    pub(super) fn times(&self, id: &str) -> Vec<Instant> {
        self.desk.asked.lock().unwrap().get(id).cloned().unwrap_or_default()
    }

    /// The seconds between one attempt and the next.
    pub(super) fn gaps(&self, id: &str) -> Vec<f64> {
        self.times(id).windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
    }
}

/// A source at the host that the part of its name before the dot names.
pub(super) fn spec(id: &str) -> Spec {
    let host = id.split('.').next().unwrap();
    let source = Source::new(id.parse().unwrap(), SourceKind::Axeos, host);
    Spec {
        source: Arc::new(source),
        address: host.parse().unwrap(),
        enabled: true,
        interval: INTERVAL,
        timeout: TIMEOUT,
        jitter_percent: 10.0,
        rules: Rules { down_after_misses: 2, limits: Limits::default() },
        http_port: 80,
        credentials: None,
        service: Arc::default(),
        as_found: BTreeMap::new(),
    }
}

pub(super) fn good(_: usize) -> (Duration, Result<(), FailureReason>) {
    (Duration::from_millis(40), Ok(()))
}

pub(super) fn silent(_: usize) -> (Duration, Result<(), FailureReason>) {
    (TIMEOUT, Err(FailureReason::Timeout))
}
