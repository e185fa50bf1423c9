//! Scripted collectors under a paused clock: no sockets, no waiting.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use gssa_model::unit::Hashrate;
use gssa_model::{FailureReason, MinerSnapshot, Snapshot, Source, SourceKind};
use gssa_view::clock::SystemClock;
use gssa_view::journal::{Filter, Journal};
use gssa_view::store::Store;
use tokio::time::{Instant, sleep};

use super::*;
use crate::config::Limits;
use crate::observe::Rules;

const INTERVAL: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(5);

/// What a scripted source does when it is asked for the `n`th time, from 0.
type Script = fn(usize) -> (Duration, Result<(), FailureReason>);

#[derive(Debug)]
struct Scripted {
    id: SourceId,
    script: Script,
    desk: Arc<Desk>,
}

/// Where scripted collectors write down when they were asked.
#[derive(Debug, Default)]
struct Desk {
    asked: Mutex<HashMap<String, Vec<Instant>>>,
    open: Mutex<HashMap<String, usize>>,
    most_open: Mutex<usize>,
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
}

struct Bench {
    scheduler: Scheduler,
    store: Arc<Store>,
    journal: Arc<Journal>,
    desk: Arc<Desk>,
    supervisor: Supervisor,
}

impl Bench {
    /// A scheduler whose sources follow the script that the part of their name before the dash names.
    fn new(scripts: &[(&'static str, Script)]) -> Self {
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
            Ok(Arc::new(Scripted { id, script: *script, desk: desk_of_all.clone() }) as Arc<dyn Collector>)
        };
        let supervisor = Supervisor::default();
        Self { scheduler: Scheduler::new(shared, supervisor.clone(), Box::new(make)), store, journal, desk, supervisor }
    }

    fn apply(&self, ids: &[&str]) {
        self.scheduler.apply(ids.iter().map(|id| spec(id)).collect());
    }

    fn times(&self, id: &str) -> Vec<Instant> {
        self.desk.asked.lock().unwrap().get(id).cloned().unwrap_or_default()
    }

    /// The seconds between one attempt and the next.
    fn gaps(&self, id: &str) -> Vec<f64> {
        self.times(id).windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
    }
}

/// A source at the host that the part of its name before the dot names.
fn spec(id: &str) -> Spec {
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

fn good(_: usize) -> (Duration, Result<(), FailureReason>) {
    (Duration::from_millis(40), Ok(()))
}

fn silent(_: usize) -> (Duration, Result<(), FailureReason>) {
    (TIMEOUT, Err(FailureReason::Timeout))
}

#[tokio::test(start_paused = true)]
async fn a_source_is_asked_at_its_interval() {
    let bench = Bench::new(&[("good", good)]);
    bench.apply(&["good"]);
    sleep(INTERVAL * 20).await;
    let gaps = bench.gaps("good");
    assert!(gaps.len() >= 17, "{gaps:?}");
    assert!(gaps[0] >= 4.0 && gaps[0] <= 16.0, "the phase is taken up after the first look: {gaps:?}");
    assert!(gaps[1..].iter().all(|gap| (9.0..=11.0).contains(gap)), "within the jitter: {gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn silent_sources_delay_nobody() {
    let bench = Bench::new(&[("good", good), ("silent", silent)]);
    let ids: Vec<String> =
        (0..200).map(|n| if n % 2 == 0 { format!("good-{n}") } else { format!("silent-{n}") }).collect();
    bench.apply(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    sleep(INTERVAL * 30).await;
    for id in ids.iter().filter(|id| id.starts_with("good")) {
        let gaps = bench.gaps(id);
        assert!(gaps.len() > 10 && gaps[1..].iter().all(|gap| *gap < 12.0), "{id}: {gaps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_is_asked_less_and_less_often() {
    let bench =
        Bench::new(&[("silent", silent), ("refusing", |_| (Duration::ZERO, Err(FailureReason::PasswordNeeded)))]);
    bench.apply(&["silent", "refusing"]);
    sleep(Duration::from_secs(1500)).await;
    let gaps = bench.gaps("silent");
    for (gap, expected) in gaps.iter().zip([15.0, 25.0, 45.0, 85.0, 165.0]) {
        assert!((gap - expected).abs() <= 1.0, "5 s of silence and 10, 20, 40, 80, 160 s: {gaps:?}");
    }
    assert!(gaps.len() >= 5, "{gaps:?}");
    assert!(bench.gaps("refusing").iter().all(|gap| (290.0..310.0).contains(gap)), "{:?}", bench.gaps("refusing"));
}

#[tokio::test(start_paused = true)]
async fn two_sources_on_one_host_never_overlap() {
    let slow: Script = |_| (Duration::from_millis(600), Ok(()));
    let bench = Bench::new(&[("host", slow)]);
    bench.apply(&["host.a", "host.b", "host.c"]);
    sleep(INTERVAL * 10).await;
    assert_eq!(*bench.desk.most_open.lock().unwrap(), 1);
    assert!(bench.times("host.c").len() > 3);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_asks_at_once_and_only_once() {
    let slow: Script = |_| (Duration::from_secs(2), Ok(()));
    let bench = Bench::new(&[("slow", slow)]);
    bench.apply(&["slow"]);
    sleep(Duration::from_secs(5)).await;
    let (first, second) = tokio::join!(bench.scheduler.refresh("slow"), bench.scheduler.refresh("slow"));
    let Refreshed::Done(reading) = first else { panic!("{first:?}") };
    assert!(matches!(second, Refreshed::UnderWay(_)), "{second:?}");
    assert_eq!(reading.took_ms, Some(2000));
    assert_eq!(bench.times("slow").len(), 2);
    assert!(matches!(bench.scheduler.refresh("nobody").await, Refreshed::Unknown));
}

#[tokio::test(start_paused = true)]
async fn only_touched_sources_restart() {
    let bench = Bench::new(&[("good", good)]);
    bench.apply(&["good-a", "good-b", "good-c"]);
    sleep(INTERVAL * 3).await;
    let before = bench.times("good-a").len();
    let kept = bench.store.get("good-b").unwrap().reading.snapshot_at;

    let mut renamed = spec("good-b");
    Arc::make_mut(&mut renamed.source).name = "Bravo".into();
    bench.scheduler.apply(vec![spec("good-a"), renamed, spec("good-d")]);
    assert_eq!(bench.times("good-a").len(), before, "not asked anew");
    let bravo = bench.store.get("good-b").unwrap().reading;
    assert_eq!((bravo.source.name.as_str(), bravo.snapshot_at), ("Bravo", kept), "values survive a rename");
    assert!(bench.store.get("good-c").is_none(), "gone");
    let stopped = bench.times("good-c").len();
    sleep(INTERVAL * 3).await;
    assert_eq!(bench.times("good-c").len(), stopped);
    assert!(bench.times("good-d").len() >= 2 && bench.times("good-a").len() > before);
}

#[test]
fn what_stays_when_a_source_is_configured_anew() {
    let source = |kind, address: &str| Arc::new(Source::new("a".parse().unwrap(), kind, address));
    let mut last = Reading::pending(source(SourceKind::Canaan, "here"));
    last.health = Health::Up;
    let before = Versioned { revision: 1, reading: Arc::new(last), findings: Arc::new([]) };
    for (kind, address, stays) in [
        (SourceKind::Canaan, "here", true),
        (SourceKind::Auto, "here", true),
        (SourceKind::Axeos, "here", false),
        (SourceKind::Canaan, "there", false),
    ] {
        let reading = carried_over(&Spec { source: source(kind, address), ..spec("a") }, &before);
        let kept = (Health::Up, SourceKind::Canaan);
        let expected = if stays { kept } else { (Health::Pending, kind) };
        assert_eq!((reading.health, reading.source.kind), expected, "{kind} {address}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_disabled_source_is_shown_and_not_asked() {
    let bench = Bench::new(&[("good", good)]);
    bench.scheduler.apply(vec![Spec { enabled: false, ..spec("good") }]);
    sleep(INTERVAL * 3).await;
    assert_eq!(bench.store.get("good").unwrap().reading.health, Health::Disabled);
    assert!(matches!(bench.scheduler.refresh("good").await, Refreshed::NotPolled(_)));
    assert_eq!(bench.times("good"), []);
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_panics_is_asked_again_and_harms_nobody() {
    let fragile: Script = |nth| {
        assert!(nth != 1, "the second answer breaks the parser");
        (Duration::from_millis(5), Ok(()))
    };
    let bench = Bench::new(&[("fragile", fragile), ("good", good)]);
    bench.apply(&["fragile", "good"]);
    sleep(INTERVAL * 10).await;
    assert_eq!(bench.supervisor.panics(), 1);
    assert!(bench.times("fragile").len() >= 7 && bench.times("good").len() >= 8);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_state_is_written_down_once() {
    let dies: Script =
        |nth| (Duration::from_millis(5), if nth < 2 { Ok(()) } else { Err(FailureReason::ConnectionRefused) });
    let bench = Bench::new(&[("dies", dies)]);
    bench.apply(&["dies"]);
    sleep(INTERVAL * 60).await;
    let texts: Vec<String> = bench.journal.list(&Filter::default()).iter().map(|entry| entry.text.clone()).collect();
    assert_eq!(texts, ["dies changed from hashing to offline: scripted"]);
}

#[tokio::test(start_paused = true)]
async fn one_miss_is_not_written_down() {
    let stumbles: Script =
        |nth| (Duration::from_millis(5), if nth % 3 == 2 { Err(FailureReason::Timeout) } else { Ok(()) });
    let bench = Bench::new(&[("stumbles", stumbles)]);
    bench.apply(&["stumbles"]);
    sleep(INTERVAL * 60).await;
    assert!(bench.times("stumbles").len() > 30);
    assert_eq!(bench.journal.list(&Filter::default()), []);
}

#[tokio::test(start_paused = true)]
async fn a_slow_source_is_asked_less_often_and_says_so() {
    let tired: Script = |nth| (Duration::from_millis(if nth < 4 { 2000 } else { 10 }), Ok(()));
    let bench = Bench::new(&[("tired", tired)]);
    bench.apply(&["tired"]);
    sleep(INTERVAL * 3).await;
    assert!(bench.store.get("tired").unwrap().reading.effective_interval_secs >= Some(20));
    sleep(INTERVAL * 60).await;
    assert_eq!(bench.store.get("tired").unwrap().reading.effective_interval_secs, None, "back at its interval");
}

#[tokio::test(start_paused = true)]
async fn stop_ends_every_poller() {
    let bench = Bench::new(&[("good", good), ("silent", silent)]);
    bench.apply(&["good-1", "good-2", "silent-1", "silent-2"]);
    sleep(Duration::from_secs(2)).await;
    assert!(bench.supervisor.shut_down(Duration::from_secs(5)).await);
    assert_eq!(bench.supervisor.running(), 0);
}
