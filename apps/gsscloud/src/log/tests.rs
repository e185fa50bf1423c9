//! The log against a model of it, and what it does at its edges.

use std::collections::BTreeMap;

use gssa_uplink::wire::GapReason;
use proptest::prelude::*;

use super::*;
use crate::db::Db;

const DAY_MS: i64 = 24 * 3600 * 1000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(1_800_000_000_000 + ms)
}

fn agent(name: &str) -> AgentId {
    name.parse().unwrap()
}

fn epoch(n: u8) -> Epoch {
    Epoch::from_random(u128::from(n))
}

fn report(source: &str, seq: Seq, ms: i64) -> Item {
    // Not to be packed to nothing, so that sizes matter.
    let noise: String = (0..40).map(|n| char::from(b'a' + ((seq * 31 + n * n * 7) % 26) as u8)).collect();
    let report = format!(r#"{{"reading":{{"seq":{seq},"noise":"{noise}"}},"findings":[]}}"#);
    Item {
        seq,
        made_at: at(ms),
        content: Content::Report { source_id: source.parse().unwrap(), report: report.into() },
    }
}

fn range(agent: &AgentId, n: u8, after: Seq, items: Vec<Item>, gaps: Vec<Gap>, ms: i64) -> Append {
    let last_missing = gaps.iter().flat_map(|gap| &gap.missing).map(|(first, length)| first + length - 1).max();
    let last = items.last().map(|item| item.seq).max(last_missing).unwrap_or(after);
    Append { agent: agent.clone(), epoch: epoch(n), after, last, received_at: at(ms), items, gaps }
}

async fn open(dir: &std::path::Path, retention: Retention) -> (Db, EmbeddedLog) {
    let db = Db::open(&dir.join("log"), 4 << 20).unwrap();
    let log = EmbeddedLog::new(db.clone(), retention).await.unwrap();
    (db, log)
}

async fn append(log: &EmbeddedLog, append: Append) -> Result<Position, LogError> {
    log.append(append).await?.await.unwrap()?
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[derive(Debug, Clone)]
enum Op {
    Hello { epoch: u8 },
    Append { epoch: u8, off_by: i64, reports: usize, missing: u64, event: bool },
    Sources { epoch: u8, keep: usize },
    End { epoch: u8 },
    Reopen,
    Later { hours: i64 },
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let off_by = prop_oneof![8 => Just(0_i64), 1 => -3_i64..0, 1 => 1_i64..4];
    let op = prop_oneof![
        2 => (0..4_u8).prop_map(|epoch| Op::Hello { epoch }),
        12 => (0..4_u8, off_by, 0..6_usize, 0..4_u64, any::<bool>())
            .prop_map(|(epoch, off_by, reports, missing, event)| Op::Append { epoch, off_by, reports, missing, event }),
        1 => (0..4_u8, 0..3_usize).prop_map(|(epoch, keep)| Op::Sources { epoch, keep }),
        1 => (0..4_u8).prop_map(|epoch| Op::End { epoch }),
        1 => Just(Op::Reopen),
        1 => (1..72_i64).prop_map(|hours| Op::Later { hours }),
    ];
    prop::collection::vec(op, 1..40)
}

/// What the log should know, kept in the plainest way.
#[derive(Debug, Default)]
struct Model {
    /// Epoch → highest number and whether it ended complete.
    epochs: BTreeMap<u8, (Seq, Option<Seq>)>,
    newest_epoch: Option<u8>,
    /// Everything that was ever appended, in order.
    records: Vec<Entry>,
    newest: BTreeMap<String, Item>,
    missing: u64,
    lost: u64,
}

const SOURCES: [&str; 3] = ["attic", "barn", "cellar"];

impl Model {
    fn hello(&mut self, epoch: u8) -> Opened {
        if let Some((stored, _)) = self.epochs.get(&epoch) {
            let is_revived = self.newest_epoch != Some(epoch);
            return Opened { stored: *stored, is_new: false, lost_after: None, is_revived };
        }
        let before = self.newest_epoch.map(|epoch| self.epochs[&epoch]);
        let lost_after =
            before.filter(|(stored, ended)| ended.is_none_or(|last| *stored < last)).map(|(stored, _)| stored);
        if let Some(after) = lost_after {
            self.records.push(Entry::EpochLost { after });
            self.lost += 1;
        }
        self.epochs.insert(epoch, (0, None));
        self.newest_epoch = Some(epoch);
        Opened { stored: 0, is_new: true, lost_after, is_revived: false }
    }

    fn append(&mut self, epoch: u8, append: &Append) -> Result<(), Option<Seq>> {
        let Some((stored, _)) = self.epochs.get_mut(&epoch) else { return Err(None) };
        if *stored != append.after {
            return Err(Some(*stored));
        }
        *stored = append.last;
        for item in &append.items {
            match &item.content {
                Content::Report { source_id, .. } => drop(self.newest.insert(source_id.to_string(), item.clone())),
                Content::Sources(sources) => self.newest.retain(|id, _| sources.iter().any(|it| it.as_str() == id)),
                _ => {}
            }
        }
        self.missing += append.gaps.iter().flat_map(|gap| &gap.missing).map(|(_, length)| length).sum::<u64>();
        let Append { items, gaps, last, after, .. } = append.clone();
        self.records.push(Entry::Range { first: after + 1, last, items, gaps });
        Ok(())
    }
}

async fn check(log: &EmbeddedLog, id: &AgentId, model: &Model, now: i64) {
    let account = log.account(id).await.unwrap();
    let records = log.read(id, 0, usize::MAX).await.unwrap();
    let positions: Vec<_> = records.iter().map(|record| record.position).collect();
    assert_eq!(account.last, model.records.len() as u64);
    assert!(account.first <= account.last + 1);
    let kept_from = account.first.max(1);
    assert_eq!(positions, (kept_from..=account.last).collect::<Vec<_>>(), "no holes");
    let kept = &model.records[kept_from as usize - 1..];
    assert!(records.iter().map(|record| &record.entry).eq(kept), "what is kept is what came");
    let items = |entries: &[Entry]| {
        let of = |entry: &Entry| if let Entry::Range { items, .. } = entry { items.len() as u64 } else { 0 };
        entries.iter().map(of).sum::<u64>()
    };
    assert_eq!(account.counts.stored, items(&model.records));
    assert_eq!(account.dropped.items, items(&model.records[..kept_from as usize - 1]), "the loss is told");
    assert_eq!((account.counts.thinned, account.counts.epochs_lost), (model.missing, model.lost));
    let retention = log.retention();
    assert!(account.bytes <= retention.bytes || records.len() <= 1, "{} bytes", account.bytes);
    let _ = now;
    let newest = log.newest(id).await.unwrap();
    let told: BTreeMap<_, _> =
        newest.iter().map(|it| (it.source_id.to_string(), (it.made_at, it.report.clone()))).collect();
    let expected = model.newest.iter().map(|(id, item)| {
        let Content::Report { report, .. } = &item.content else { panic!("no report") };
        (id.clone(), (item.made_at, report.clone()))
    });
    assert_eq!(told, expected.collect(), "the newest of each source stays");
    for (n, (stored, _)) in &model.epochs {
        assert_eq!(log.open(id, &epoch(*n), at(now)).await.unwrap().stored, *stored);
    }
}

async fn play(ops: Vec<Op>, retention: Retention) {
    let dir = tempfile::tempdir().unwrap();
    let (mut db, mut log) = open(dir.path(), retention).await;
    let (id, other) = (agent("garage-1"), agent("garage-10"));
    // One that sorts beside it and has to stay as it is.
    log.open(&other, &epoch(9), at(0)).await.unwrap();
    append(&log, range(&other, 9, 0, vec![report("attic", 1, 0)], Vec::new(), 0)).await.unwrap();
    let (mut model, mut now) = (Model::default(), 0);
    for op in ops {
        now += 1000;
        match op {
            Op::Hello { epoch: n } => {
                assert_eq!(log.open(&id, &epoch(n), at(now)).await.unwrap(), model.hello(n));
            }
            Op::Append { epoch: n, off_by, reports, missing, event } => {
                let stored = model.epochs.get(&n).map_or(0, |(stored, _)| *stored);
                let Some(after) = stored.checked_add_signed(off_by) else { continue };
                let mut seq = after + missing;
                let gaps = (missing > 0).then(|| Gap {
                    first: after + 1,
                    last: after + missing,
                    missing: vec![(after + 1, missing)],
                    count: [("attic".to_owned(), missing)].into(),
                    reason: GapReason::Thinned,
                });
                let mut items: Vec<Item> = Vec::new();
                for k in 0..reports {
                    seq += 1;
                    items.push(report(SOURCES[(seq as usize + k) % 3], seq, now));
                }
                if event || (reports == 0 && missing == 0) {
                    let content = Content::Event(r#"{"text":"x"}"#.into());
                    items.push(Item { seq: seq + 1, made_at: at(now), content });
                }
                let told = range(&id, n, after, items, gaps.into_iter().collect(), now);
                let expected = model.append(n, &told);
                match (append(&log, told).await, expected) {
                    (Ok(position), Ok(())) => assert_eq!(position, model.records.len() as u64),
                    (Err(LogError::Conflict { stored }), Err(Some(wanted))) => assert_eq!(stored, wanted),
                    (Err(LogError::UnknownEpoch), Err(None)) => {}
                    other => panic!("{other:?}"),
                }
            }
            Op::Sources { epoch: n, keep } => {
                let Some(after) = model.epochs.get(&n).map(|(stored, _)| *stored) else { continue };
                let sources = SOURCES[..keep].iter().map(|id| id.parse().unwrap()).collect();
                let item = Item { seq: after + 1, made_at: at(now), content: Content::Sources(sources) };
                let told = range(&id, n, after, vec![item], Vec::new(), now);
                model.append(n, &told).unwrap();
                append(&log, told).await.unwrap();
            }
            Op::End { epoch: n } => {
                let known = model.epochs.get_mut(&n).map(|(stored, ended)| *ended = Some(*stored)).is_some();
                let last = model.epochs.get(&n).map_or(0, |(stored, _)| *stored);
                assert_eq!(log.end(&id, &epoch(n), last).await.is_ok(), known);
            }
            Op::Reopen => {
                db.close().await;
                drop((db, log));
                (db, log) = open(dir.path(), retention).await;
            }
            Op::Later { hours } => {
                now += hours * 3_600_000;
                log.sweep(at(now)).await.unwrap();
                let oldest = log.account(&id).await.unwrap().oldest_at;
                let cutoff = now - retention.age_secs as i64 * 1000;
                assert!(oldest.is_none_or(|oldest| oldest >= at(cutoff)), "{oldest:?}");
            }
        }
    }
    check(&log, &id, &model, now).await;
    assert_eq!(log.newest(&other).await.unwrap().len(), 1);
    db.close().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_log_does_what_its_model_does(ops in ops()) {
        run(play(ops, Retention { age_secs: 10 * 365 * 86_400, bytes: 1 << 30 }));
    }

    #[test]
    fn the_same_with_little_room_and_a_short_memory(ops in ops()) {
        run(play(ops, Retention { age_secs: 2 * 86_400, bytes: 2_000 }));
    }
}

#[test]
fn a_record_without_items_that_is_too_old_leaves_no_hole() {
    let ops = vec![Op::Hello { epoch: 2 }, Op::Hello { epoch: 0 }, Op::Later { hours: 48 }];
    run(play(ops, Retention { age_secs: 2 * 86_400, bytes: 2_000 }));
}

#[test]
fn many_wait_for_one_sync() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let (db, log) = open(dir.path(), Retention::default()).await;
        let agents: Vec<_> = (0..500).map(|n| agent(&format!("agent-{n}"))).collect();
        for id in &agents {
            log.open(id, &epoch(1), at(0)).await.unwrap();
        }
        let before = db.commits();
        let mut receipts = Vec::new();
        for id in &agents {
            receipts.push(log.append(range(id, 1, 0, vec![report("attic", 1, 0)], Vec::new(), 0)).await.unwrap());
        }
        for receipt in receipts {
            assert_eq!(receipt.await.unwrap().unwrap().unwrap(), 1);
        }
        let commits = db.commits() - before;
        assert!(commits <= 100, "{commits} commits for 500 batches");
        db.close().await;
    });
}

#[test]
fn whoever_watches_sees_what_is_durable_in_its_order() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let (db, log) = open(dir.path(), Retention::default()).await;
        let id = agent("garage");
        let mut watch = log.watch();
        log.open(&id, &epoch(1), at(0)).await.unwrap();
        append(&log, range(&id, 1, 0, vec![report("attic", 1, 0)], Vec::new(), 0)).await.unwrap();
        append(&log, range(&id, 1, 1, vec![report("barn", 2, 0)], Vec::new(), 0)).await.unwrap();
        assert!(append(&log, range(&id, 1, 1, vec![report("barn", 2, 0)], Vec::new(), 0)).await.is_err());
        log.open(&id, &epoch(2), at(0)).await.unwrap();
        for position in 1..=3 {
            let seen = watch.recv().await.unwrap();
            assert_eq!((&seen.agent, seen.record.position), (&id, position));
        }
        assert!(watch.try_recv().is_err());
        db.close().await;
    });
}

#[test]
fn an_agent_that_is_forgotten_leaves_nothing() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let (db, log) = open(dir.path(), Retention { bytes: 1, ..Retention::default() }).await;
        let (id, other) = (agent("garage"), agent("garage-2"));
        for id in [&id, &other] {
            log.open(id, &epoch(1), at(0)).await.unwrap();
            append(&log, range(id, 1, 0, vec![report("attic", 1, 0)], Vec::new(), 0)).await.unwrap();
            append(&log, range(id, 1, 1, vec![report("attic", 2, 0), report("barn", 3, 0)], Vec::new(), 0))
                .await
                .unwrap();
        }
        log.forget(&id).await.unwrap();
        assert_eq!(log.account(&id).await.unwrap(), Account::default());
        assert!(log.newest(&id).await.unwrap().is_empty() && log.read(&id, 0, usize::MAX).await.unwrap().is_empty());
        let late = append(&log, range(&id, 1, 3, vec![report("attic", 4, 0)], Vec::new(), 0)).await;
        assert!(matches!(late, Err(LogError::UnknownEpoch)));
        assert_eq!(log.newest(&other).await.unwrap().len(), 2);
        db.close().await;
    });
}

#[test]
fn epochs_without_end_are_forgotten_from_the_oldest_on() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let (db, log) = open(dir.path(), Retention::default()).await;
        let id = agent("garage");
        for n in 0..300 {
            log.open(&id, &Epoch::from_random(n), at(n as i64)).await.unwrap();
        }
        let rows =
            db.read_now(|transaction| Ok(redb::ReadableTableMetadata::len(&transaction.open_table(tables::EPOCHS)?)?));
        let rows = rows.unwrap();
        assert!((256..=272).contains(&rows), "{rows}");
        assert!(!log.open(&id, &Epoch::from_random(299), at(DAY_MS)).await.unwrap().is_new);
        assert!(log.open(&id, &Epoch::from_random(0), at(DAY_MS)).await.unwrap().is_new);
        db.close().await;
    });
}

#[test]
fn a_change_that_panics_takes_nothing_with_it_but_its_own_transaction() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let (db, log) = open(dir.path(), Retention::default()).await;
        let id = agent("garage");
        log.open(&id, &epoch(1), at(0)).await.unwrap();
        let panicked = db.write::<()>(|_| panic!("on purpose")).await;
        assert!(matches!(panicked, Err(Unavailable::Write)));
        assert_eq!(append(&log, range(&id, 1, 0, vec![report("attic", 1, 0)], Vec::new(), 0)).await.unwrap(), 1);
        db.close().await;
    });
}

#[test]
fn a_hello_counts_what_a_connection_before_it_handed_over() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let (db, log) = open(dir.path(), Retention::default()).await;
        let (a, b, epoch_1) = (agent("a"), agent("b"), epoch(1));
        for agent in [&a, &b] {
            log.open(agent, &epoch_1, at(0)).await.unwrap();
        }
        // The disk is busy.
        let (go_on, waits) = std::sync::mpsc::channel::<()>();
        let busy = db.place(move |_| Ok(waits.recv().is_ok()), |_| ()).await.unwrap();
        drop(log.append(range(&a, 1, 0, vec![report("attic", 1, 0)], Vec::new(), 0)).await.unwrap());
        let mut hello = log.open(&a, &epoch_1, at(0));
        tokio::select! {
            biased;
            opened = &mut hello => panic!("{opened:?}"),
            other = log.open(&b, &epoch_1, at(0)) => assert_eq!(other.unwrap().stored, 0, "it waits for nobody else"),
        }
        go_on.send(()).unwrap();
        assert_eq!(hello.await.unwrap().stored, 1);
        assert!(busy.await.unwrap().unwrap());
    });
}
