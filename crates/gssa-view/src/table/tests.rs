use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use gssa_model::unit::{Celsius, Hashrate};
use gssa_model::{Health, MinerSnapshot, Sensor, Source, SourceKind, State, Temperature, Timestamp};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::*;
use crate::plan::{Limit, Plan, WrittenPlans};

const START_MS: i64 = 1_795_276_800_000;

#[derive(Debug)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::Relaxed))
    }
}

struct Bench {
    store: Arc<Store>,
    clock: Arc<SetClock>,
    table: Table,
    plans: watch::Sender<Arc<dyn Plans>>,
}

impl Bench {
    fn new() -> Self {
        let limit = Limit { warning: Some(65.0), critical: Some(80.0) };
        Self::with(WrittenPlans {
            etag: String::new(),
            sources: BTreeMap::new(),
            others: Plan { interval_secs: 30, chip_celsius: limit },
        })
    }

    fn with(plans: WrittenPlans) -> Self {
        let plans: Arc<dyn Plans> = Arc::new(plans);
        let store = Arc::new(Store::new(1 << 20));
        let clock = Arc::new(SetClock(AtomicI64::new(START_MS)));
        let (plans, in_force) = watch::channel(plans);
        let table = Table::new(store.clone(), in_force, clock.clone());
        Self { store, clock, table, plans }
    }

    fn put(&self, id: &str, ths: f64) {
        self.put_as(id, SourceKind::Axeos, Some(ths), |_| {});
    }

    fn put_as(&self, id: &str, kind: SourceKind, ths: Option<f64>, change: impl FnOnce(&mut Reading)) {
        let source = Source::new(id.parse().unwrap(), kind, format!("http://{id}"));
        let mut reading = Reading::pending(Arc::new(source));
        if let Some(ths) = ths {
            let mut miner = MinerSnapshot::default();
            miner.hashing.current_hps = Hashrate::from_ths(ths);
            miner.hashing.expected_hps = Hashrate::from_ths(2.0);
            let celsius = Celsius::from_celsius(50.0).unwrap();
            miner.temperatures.push(Temperature { sensor: Sensor::Chip, index: 0, celsius });
            (reading.health, reading.state) = (Health::Up, State::Hashing);
            reading.snapshot_at = Some(self.clock.now());
            reading.snapshot = Some(Arc::new(miner.into()));
        }
        change(&mut reading);
        self.store.put(Arc::new(reading), Arc::new([]));
    }

    /// The rows as whoever fetches them sees them.
    fn rows(&self) -> (u64, BTreeMap<String, Map<String, Value>>) {
        let (seq, rows) = self.table.rows(|_| true);
        let parse = |row: &Kept| {
            let row: Map<String, Value> = serde_json::from_str(&row.whole()).unwrap();
            (row["id"].as_str().unwrap().to_owned(), row)
        };
        (seq, rows.iter().map(parse).collect())
    }

    /// Lets a second pass and gives what changed since `seq`.
    async fn deltas(&self, seq: u64) -> Option<Vec<Value>> {
        tokio::time::advance(REFRESH_EVERY).await;
        assert_eq!(self.table.refresh(), None);
        let deltas = self.table.after(seq)?;
        Some(deltas.iter().map(|delta| serde_json::from_str(&delta.json).unwrap()).collect())
    }

    fn pass_minutes(&self, minutes: i64) {
        self.clock.0.fetch_add(minutes * 60_000, Ordering::Relaxed);
    }
}

/// What a viewer does with a delta.
fn apply(rows: &mut BTreeMap<String, Map<String, Value>>, delta: &Value) {
    for item in delta["items"].as_array().unwrap() {
        let row = rows.entry(item["id"].as_str().unwrap().to_owned()).or_default();
        let mut item = item.as_object().unwrap().clone();
        for name in item.remove("gone").as_ref().and_then(Value::as_array).into_iter().flatten() {
            assert!(row.remove(name.as_str().unwrap()).is_some(), "{name} was not there");
        }
        row.extend(item);
    }
    for id in delta["removed"].as_array().unwrap() {
        assert!(rows.remove(id.as_str().unwrap()).is_some(), "{id} was not there");
    }
}

#[tokio::test(start_paused = true)]
async fn who_applies_every_delta_has_the_table() {
    let bench = Bench::new();
    bench.put("a", 1.0);
    bench.put("b", 1.0);
    let (seq, mut seen) = bench.rows();
    bench.put("a", 1.5);
    bench.put_as("b", SourceKind::Axeos, None, |reading| reading.state = State::Disabled);
    let first = bench.deltas(seq).await.unwrap();
    let expected = json!([
        { "id": "a", "current_hps": 1.5e12, "expected_percent": 75.0 },
        { "id": "b", "state": "disabled", "health": "pending", "gone": ["snapshot_at", "current_hps", "expected_hps",
          "expected_percent", "hottest_celsius", "hottest_sensor", "warning_celsius", "critical_celsius"] },
    ]);
    assert_eq!((&first[0]["items"], first.len()), (&expected, 1));
    bench.store.remove("a");
    bench.put("c", 2.0);
    let both = bench.deltas(seq).await.unwrap();
    assert_eq!((&both[1]["seq"], &both[1]["removed"]), (&json!(seq + 2), &json!(["a"])));
    for delta in &both {
        apply(&mut seen, delta);
    }
    assert_eq!(bench.rows(), (seq + 2, seen));
}

#[tokio::test(start_paused = true)]
async fn nothing_new_is_no_delta_and_once_a_second_is_enough() {
    let bench = Bench::new();
    bench.put("a", 1.0);
    let (seq, _) = bench.rows();
    bench.put("a", 1.0);
    assert_eq!(bench.deltas(seq).await, Some(vec![]), "the same reading again");
    bench.put("a", 1.1);
    let wait = bench.table.refresh().expect("it was looked at in this second");
    assert_eq!(wait - Instant::now(), REFRESH_EVERY);
    assert_eq!(bench.table.after(seq).unwrap().len(), 0);
    bench.put("a", 1.2);
    let deltas = bench.deltas(seq).await.unwrap();
    assert_eq!((&deltas[0]["items"][0]["current_hps"], deltas.len()), (&json!(1.2e12), 1), "the newest of each");
}

#[tokio::test(start_paused = true)]
async fn who_was_away_for_too_long_fetches_the_table_again() {
    let bench = Bench::new();
    bench.put("a", 0.0);
    let (seq, _) = bench.rows();
    for n in 0..MAX_DELTAS {
        bench.put("a", 1.0 + n as f64);
        bench.deltas(seq).await.unwrap();
    }
    bench.put("a", 0.5);
    assert_eq!(bench.deltas(seq).await, None);
    assert_eq!(bench.deltas(seq + 1).await.map(|deltas| deltas.len()), Some(MAX_DELTAS));
    assert!(bench.table.after(bench.table.seq() + 1).is_none(), "a number that was never given");
    assert!(bench.table.after(0).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_table_that_nobody_looks_at_is_forgotten() {
    let bench = Bench::new();
    bench.put("a", 1.0);
    let (seq, rows) = bench.rows();
    bench.table.forget_unused();
    assert_eq!(bench.rows().0, seq, "it was used just now");
    tokio::time::advance(FORGET_AFTER).await;
    bench.table.forget_unused();
    assert!(bench.table.lock().rows.is_empty());
    assert_eq!(bench.rows(), (seq + 1, rows));
    assert!(bench.table.after(seq).is_none(), "what changed meanwhile is not known");
}

#[tokio::test(start_paused = true)]
async fn a_sparkline_comes_with_the_first_point_and_then_each_half_hour() {
    let bench = Bench::new();
    bench.put_as("a", SourceKind::Axeos, None, |_| {});
    bench.put("b", 2.0);
    let (seq, rows) = bench.rows();
    assert_eq!((rows["a"].get("spark"), &rows["b"]["spark"]), (None, &json!([[47, 100]])));
    bench.put("a", 1.0);
    let deltas = bench.deltas(seq).await.unwrap();
    assert_eq!(deltas[0]["items"][0]["spark"], json!([[47, 50]]));
    bench.pass_minutes(1);
    bench.put("a", 2.0);
    let deltas = bench.deltas(seq + 1).await.unwrap();
    assert_eq!(deltas[0]["items"][0].get("spark"), None, "the half hour goes on");
    bench.pass_minutes(30);
    let deltas = bench.deltas(seq + 2).await.unwrap();
    let expected = json!([{ "id": "a", "spark": [[46, 75]] }, { "id": "b", "spark": [[46, 100]] }]);
    assert_eq!(deltas[0]["items"], expected, "nothing changed but the time");
    bench.put("a", 1.0);
    let deltas = bench.deltas(seq + 3).await.unwrap();
    assert_eq!(deltas[0]["items"][0].get("spark"), None);
}

#[test]
fn a_row_says_how_often_it_is_asked_and_what_is_too_hot_for_it() {
    let plan = |interval_secs, warning, critical| Plan {
        interval_secs,
        chip_celsius: Limit { warning: Some(warning), critical: Some(critical) },
    };
    let bench = Bench::with(WrittenPlans {
        etag: String::new(),
        sources: BTreeMap::from([("own".parse().unwrap(), plan(15, 61.0, 71.0))]),
        others: plan(20, 60.0, 70.0),
    });
    bench.put("own", 1.0);
    bench.put("other", 1.0);
    bench.put_as("slow", SourceKind::Axeos, Some(1.0), |reading| reading.effective_interval_secs = Some(300));
    let (_, rows) = bench.rows();
    let of = |id: &str| {
        ["interval_secs", "warning_celsius", "critical_celsius"].map(|name| rows[id][name].as_f64().unwrap() as u64)
    };
    assert_eq!(of("own"), [15, 61, 71]);
    assert_eq!(of("other"), [20, 60, 70]);
    assert_eq!(of("slow"), [300, 60, 70], "longer at the moment than configured");
}

/// A source that is asked once a day must not show the plan of yesterday until then.
#[tokio::test(start_paused = true)]
async fn another_plan_changes_rows_before_the_next_reading() {
    let bench = Bench::new();
    bench.put("a", 1.0);
    let (seq, _) = bench.rows();
    let chip_celsius = Limit { warning: Some(65.0), critical: Some(90.0) };
    let others = Plan { interval_secs: 45, chip_celsius };
    bench.plans.send_replace(Arc::new(WrittenPlans { etag: "another".into(), sources: BTreeMap::new(), others }));
    let deltas = bench.deltas(seq).await.unwrap();
    let expected = json!([{ "id": "a", "interval_secs": 45, "critical_celsius": 90.0 }]);
    assert_eq!((&deltas[0]["items"], deltas.len()), (&expected, 1));
    assert!(bench.deltas(seq + 1).await.unwrap().is_empty());
}

/// A delta for each second of a day is more than is kept, whatever their size.
#[tokio::test(start_paused = true)]
async fn deltas_are_kept_within_bounds() {
    let bench = Bench::new();
    let many = 3000;
    for id in 0..many {
        bench.put(&format!("s{id}"), 1.0);
    }
    let (seq, _) = bench.rows();
    for round in 0..8 {
        for id in 0..many {
            bench.put_as(&format!("s{id}"), SourceKind::Axeos, Some(1.0), |reading| {
                Arc::make_mut(&mut reading.source).name = format!("{}{round}", "x".repeat(200));
            });
        }
        bench.deltas(seq + round).await.expect("the newest delta is always kept");
    }
    let inner = bench.table.lock();
    let bytes: usize = inner.deltas.iter().map(|delta| delta.json.len()).sum();
    assert!(bytes <= MAX_DELTA_BYTES && inner.deltas.len() < 8, "{bytes}");
}
