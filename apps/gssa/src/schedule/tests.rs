//! Scripted collectors under a paused clock: no sockets, no waiting.

mod bench;

use gssa_model::{FailureReason, Source, SourceKind};
use gssa_view::journal::Filter;
use tokio::time::{Instant, sleep};

use self::bench::{Bench, INTERVAL, Script, good, silent, spec};
use super::*;

#[tokio::test(start_paused = true)]
async fn a_source_is_asked_at_its_interval() {
    let bench = Bench::new(&[("good", good)]);
    // Chance decides about the phase of each.
    let ids: Vec<String> = (0..10).map(|n| format!("good-{n}")).collect();
    bench.apply(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    sleep(INTERVAL * 20).await;
    for id in &ids {
        let gaps = bench.gaps(id);
        assert!(gaps.len() >= 17, "{gaps:?}");
        assert!(gaps[0] >= 4.0 && gaps[0] <= 16.0, "the phase is taken up after the first look: {gaps:?}");
        assert!(gaps[1..].iter().all(|gap| (9.0..=11.0).contains(gap)), "within the jitter: {gaps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_attempts_of_a_fleet_are_spread_and_those_of_a_handful_are_not() {
    for (count, within_ms, late_ms) in [(5, 600, 0), (200, 4500, 2500), (600, 10_000, 7000)] {
        let bench = Bench::new(&[("good", good)]);
        let ids: Vec<String> = (0..count).map(|n| format!("good-{n}")).collect();
        let start = Instant::now();
        bench.apply(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        sleep(INTERVAL * 2).await;
        let first = |id: &String| bench.times(id).first().map_or(u128::MAX, |at| (*at - start).as_millis());
        let firsts: Vec<u128> = ids.iter().map(first).collect();
        assert!(firsts.iter().all(|ms| *ms <= within_ms + 500), "{count}: {:?}", firsts.iter().max());
        assert!(firsts.iter().any(|ms| *ms >= late_ms), "{count}: {:?}", firsts.iter().max());
    }
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
async fn sources_that_answered_may_use_every_place() {
    let slow: Script = |_| (Duration::from_secs(2), Ok(()));
    let bench = Bench::new(&[("slow", slow)]);
    let ids: Vec<String> = (0..16).map(|n| format!("slow-{n}")).collect();
    bench.scheduler.apply(ids.iter().map(|id| Spec { interval: Duration::from_secs(3600), ..spec(id) }).collect());
    sleep(Duration::from_secs(60)).await;
    assert_eq!((bench.scheduler.len(), bench.scheduler.is_empty()), (16, false));
    let asked = Instant::now();
    let refreshed = futures_util::future::join_all(ids.iter().map(|id| bench.scheduler.refresh(id))).await;
    assert!(refreshed.iter().all(|one| matches!(one, Refreshed::Done(_))));
    assert!(asked.elapsed() < Duration::from_secs(3), "sixteen places, sixteen sources: {:?}", asked.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_ignores_its_deadline_is_dropped_a_second_after_it() {
    let hangs: Script = |_| (Duration::from_secs(3600), Ok(()));
    let bench = Bench::new(&[("hangs", hangs)]);
    assert!(bench.scheduler.is_empty());
    bench.apply(&["hangs"]);
    sleep(Duration::from_secs(10)).await;
    let reading = bench.store.get("hangs").unwrap().reading;
    assert_eq!(reading.failure.as_ref().map(|failure| failure.detail.as_str()), Some("no result in 6 s"));
    assert_eq!(reading.took_ms, Some(6000));
}

#[tokio::test(start_paused = true)]
async fn a_source_whose_kind_is_found_is_asked_as_that_kind_wants() {
    let bench = Bench::new(&[("found", good)]);
    let mut found = spec("found");
    Arc::make_mut(&mut found.source).kind = SourceKind::Auto;
    Arc::make_mut(&mut found.source).name = "Barn".into();
    let own = AsFound { interval: INTERVAL * 3, rules: found.rules.clone() };
    found.as_found = BTreeMap::from([(SourceKind::Canaan, own)]);
    bench.scheduler.apply(vec![found]);
    sleep(INTERVAL * 20).await;
    let reading = bench.store.get("found").unwrap().reading;
    assert_eq!((reading.source.kind, reading.source.name.as_str()), (SourceKind::Canaan, "Barn"));
    assert_eq!(reading.effective_interval_secs, None, "its own interval, as it is wanted");
    assert!(bench.gaps("found")[1..].iter().all(|gap| (27.0..=33.0).contains(gap)), "{:?}", bench.gaps("found"));
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
    let gaps = bench.gaps("good-a");
    assert!(gaps[1..].iter().all(|gap| (9.0..=11.0).contains(gap)), "its rhythm goes on: {gaps:?}");
}

#[test]
fn what_stays_when_a_source_is_configured_anew() {
    let source = |kind, address: &str| Arc::new(Source::new("a".parse().unwrap(), kind, address));
    let mut last = Reading::pending(source(SourceKind::Canaan, "here"));
    for (health, kind, address, stays) in [
        (Health::Up, SourceKind::Canaan, "here", true),
        (Health::Up, SourceKind::Auto, "here", true),
        (Health::Up, SourceKind::Axeos, "here", false),
        (Health::Up, SourceKind::Canaan, "there", false),
        (Health::Disabled, SourceKind::Canaan, "here", false),
    ] {
        last.health = health;
        let before = Versioned { revision: 1, reading: Arc::new(last.clone()), findings: Arc::new([]) };
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
async fn a_source_that_comes_back_is_written_down() {
    let away: Script =
        |nth| (Duration::from_millis(5), if (2..5).contains(&nth) { Err(FailureReason::Timeout) } else { Ok(()) });
    let bench = Bench::new(&[("away", away)]);
    bench.apply(&["away"]);
    sleep(INTERVAL * 60).await;
    let mut texts: Vec<_> = bench.journal.list(&Filter::default()).iter().map(|entry| entry.text.clone()).collect();
    texts.sort();
    assert_eq!(texts, ["away changed from hashing to offline: scripted", "away changed from offline to hashing"]);
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
