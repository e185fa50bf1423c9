use gssa_model::{MinerSnapshot, Source, SourceKind, Timestamp};

use super::*;

fn reading(id: &str) -> Reading {
    let source = Source::new(id.parse().unwrap(), SourceKind::Axeos, format!("http://{id}"));
    Reading::pending(Arc::new(source))
}

fn put(store: &Store, id: &str) {
    store.put(Arc::new(reading(id)), Arc::new([]));
}

fn after(store: &Store, revision: u64) -> Vec<(u64, String)> {
    store.after(revision).iter().map(|entry| (entry.revision, entry.reading.source.id.to_string())).collect()
}

#[test]
fn a_follower_gets_the_newest_of_each_changed_source() {
    let store = Store::new(1 << 20);
    for id in ["b", "a", "b", "b"] {
        put(&store, id);
    }
    assert_eq!(after(&store, 0), [(2, "a".to_owned()), (4, "b".to_owned())]);
    assert_eq!(after(&store, 2), [(4, "b".to_owned())]);
    assert_eq!(after(&store, 4), []);
    assert_eq!(store.all().iter().map(|e| e.revision).collect::<Vec<_>>(), [2, 4], "sorted by id");
}

#[test]
fn a_removed_source_is_gone_and_the_revision_tells() {
    let store = Store::new(1 << 20);
    put(&store, "a");
    store.remove("a");
    assert!(store.get("a").is_none() && after(&store, 0).is_empty());
    assert_eq!(store.revision(), 2);
    assert_eq!(store.history("a", None, Metric::Watts, None), None);
}

#[test]
fn a_state_that_others_make_holds_since_they_do() {
    let store = Store::new(1 << 20);
    let at = |minute: i64| Some(Timestamp::from_unix_ms(minute * 60_000));
    // As `observe` does: a state that is not the one shown holds since now.
    let put = |minute| {
        let mut hashing = reading("a");
        (hashing.state, hashing.observed_at) = (State::Hashing, at(minute));
        let shown = store.get("a").map(|entry| (entry.reading.state, entry.reading.state_since));
        hashing.state_since =
            shown.filter(|(state, _)| *state == State::Hashing).map_or(at(minute), |(_, since)| since);
        store.put(Arc::new(hashing), Arc::new([]));
    };
    let shown = || store.get("a").map(|entry| (entry.reading.state, entry.reading.state_since)).unwrap();
    put(1);
    put(2);
    assert_eq!(shown(), (State::Hashing, at(1)));
    let finding = Finding {
        code: crate::finding::IssueCode::NotEarning,
        severity: gssa_model::Severity::Warning,
        reason: None,
        part: None,
        detail: "why".into(),
        since: Timestamp::from_unix_ms(0),
    };
    store.join("a", Joined { findings: vec![finding], ..Joined::default() });
    assert_eq!(shown(), (State::Degraded, at(2)));
    put(3);
    put(4);
    assert_eq!(shown(), (State::Degraded, at(2)), "not since the last poll");
    store.join("a", Joined::default());
    assert_eq!(shown(), (State::Hashing, at(4)));
    put(5);
    assert_eq!(shown(), (State::Hashing, at(4)));
}

#[test]
fn a_reading_of_an_agent_is_shown_as_the_agent_shows_it() {
    let store = Store::new(1 << 20);
    let mut shown = reading("a");
    shown.links.push(Link {
        source_id: "pool".parse().unwrap(),
        coin: None,
        worker: None,
        by: gssa_model::LinkedBy::Address,
    });
    for (state, secs) in [(State::Degraded, 10), (State::Degraded, 20), (State::Hashing, 15)] {
        // The agent knows better since when, even if it says something else than before.
        (shown.state, shown.state_since) = (state, Some(Timestamp::from_unix_ms(secs * 1000)));
        let finding = Finding {
            code: crate::finding::IssueCode::NotEarning,
            severity: gssa_model::Severity::Warning,
            reason: None,
            part: None,
            detail: "why".into(),
            since: Timestamp::from_unix_ms(0),
        };
        store.take(Arc::new(shown.clone()), Arc::new([finding.clone()]));
        let entry = store.get("a").unwrap();
        assert_eq!((&*entry.reading, &*entry.findings), (&shown, &[finding][..]));
    }
    assert_eq!(after(&store, 2), [(3, "a".to_owned())]);
}

#[test]
fn a_late_reading_is_history_only() {
    let store = Store::new(1 << 20);
    let taken = |secs: i64, accepted| {
        let mut miner = MinerSnapshot::default();
        miner.work.accepted = Some(accepted);
        let at = Some(Timestamp::from_unix_ms(secs * 1000));
        Reading { observed_at: at, snapshot_at: at, snapshot: Some(Arc::new(miner.into())), ..reading("a") }
    };
    store.take(Arc::new(taken(180, 9)), Arc::new([]));
    store.take_late(&taken(60, 7));
    assert_eq!(
        store.get("a").map(|entry| (entry.revision, entry.reading.observed_at)),
        Some((1, Some(Timestamp::from_unix_ms(180_000))))
    );
    assert_eq!(store.history("a", None, Metric::Accepted, None).unwrap().points, [(60_000, 7.0), (180_000, 9.0)]);
}

#[test]
fn only_a_snapshot_taken_now_becomes_history() {
    let store = Store::new(1 << 20);
    let mut miner = MinerSnapshot::default();
    miner.work.accepted = Some(7);
    let mut good = reading("a");
    good.snapshot_at = Some(Timestamp::from_unix_ms(60_000));
    good.snapshot = Some(Arc::new(miner.into()));
    let mut failed = good.clone();
    failed.failure = Some(gssa_model::Failure {
        kind: gssa_model::FailureKind::Timeout,
        reason: gssa_model::FailureReason::Timeout,
        detail: String::new(),
        since: Timestamp::from_unix_ms(120_000),
        in_a_row: 1,
    });
    store.put(Arc::new(failed), Arc::new([]));
    assert_eq!(store.history("a", None, Metric::Accepted, None).unwrap().points, []);
    store.put(Arc::new(good), Arc::new([]));
    assert_eq!(store.history("a", None, Metric::Accepted, None).unwrap().points, [(60_000, 7.0)]);
}
