//! One exchange, and what is learned from several: behaviour against a miner that answers as the test wants.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gssa_cgminer::{
    Client, Collector, Command, Error, Family, Firmware, Form, Kind, MAX_REPLY_BYTES, Options, Request, probe,
};
use gssa_model::unit::Hashrate;
use gssa_model::{Collector as _, FailureReason, MinerSnapshot, SourceId};

mod support;
use support::server::{Answer, Miner, error, reply};

const TIMEOUT: Duration = Duration::from_millis(1200);

async fn fetch(answer: Answer) -> Result<gssa_cgminer::Reply, Error> {
    let miner = Miner::start(move |_| answer.clone()).await;
    Client::new(&miner.address).unwrap().fetch(Request::One(Command::Summary), TIMEOUT).await
}

fn collector(miner: &Miner, kind: Kind) -> Collector {
    let id: SourceId = "miner".parse().unwrap();
    Collector::new(id, &miner.address, kind, Options { timeout: TIMEOUT, ..Options::default() }).unwrap()
}

async fn observe(collector: &Collector) -> MinerSnapshot {
    collector.collect().await.unwrap().as_miner().unwrap().clone()
}

fn summary(elapsed: u64) -> Vec<u8> {
    reply(11, "SUMMARY", &format!(r#"{{"Elapsed":{elapsed},"MHS av":5.0,"MHS 5s":6.0,"Accepted":7}}"#))
}

#[tokio::test]
async fn a_reply_ends_with_its_nul_whatever_the_connection_does() {
    let begun = Instant::now();
    let whole = summary(5);
    assert!(fetch(Answer::Linger(whole.clone())).await.is_ok());
    let mut more = whole.clone();
    more.extend_from_slice(b"garbage");
    assert!(fetch(Answer::Bytes(more)).await.is_ok());
    let without_nul = whole[..whole.len() - 1].to_vec();
    assert!(fetch(Answer::Bytes(without_nul.clone())).await.is_ok());
    assert!(fetch(Answer::Linger(without_nul)).await.is_ok(), "neither NUL nor end");
    assert!(begun.elapsed() < TIMEOUT, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_nul_inside_of_a_joined_reply_is_not_its_end() {
    let joined =
        b"{\"summary\":[{\"STATUS\":[{\"STATUS\":\"S\",\"Code\":11}],\"SUMMARY\":[{}],\"id\":1}\0],\"id\":1}\0"
            .to_vec();
    for answer in [Answer::Linger(joined.clone()), Answer::Drip(joined, Duration::from_micros(200))] {
        let reply = fetch(answer).await.unwrap();
        assert_eq!(reply.form(), Form::Repaired);
        assert!(reply.part(Command::Summary).is_some_and(|part| part.refusal().is_none()));
    }
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart() {
    use FailureReason as R;
    for (answer, reason) in [
        (Answer::Close, R::ApiDisabled),
        (Answer::Hang, R::Timeout),
        (Answer::Drip(summary(5), Duration::from_millis(100)), R::Timeout),
        (Answer::Bytes(summary(5)[..60].to_vec()), R::ConnectionReset),
        (Answer::Bytes(vec![b' '; MAX_REPLY_BYTES + 1]), R::TooLarge),
        (Answer::Bytes(b"SSH-2.0-dropbear\r\n".to_vec()), R::Malformed),
        (Answer::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>".to_vec()), R::NotAMiner),
        (Answer::Bytes(b"Socket connect failed: Connection refused\0".to_vec()), R::Busy),
    ] {
        let error = fetch(answer.clone()).await.unwrap_err();
        assert_eq!(error.reason(), reason, "{answer:?}: {error}");
    }
    let nobody = Client::new(&"127.0.0.1:9".parse().unwrap()).unwrap();
    let error = nobody.fetch(Request::One(Command::Summary), TIMEOUT).await.unwrap_err();
    assert_eq!(error.reason(), R::ConnectionRefused);
    let unknown = Client::new(&"no-such-host.invalid".parse().unwrap()).unwrap();
    let error = unknown.fetch(Request::One(Command::Summary), TIMEOUT).await.unwrap_err();
    assert!(matches!(error.reason(), R::NameNotFound | R::Timeout), "{error}");
    assert!(matches!(Client::new(&"https://192.0.2.1".parse().unwrap()), Err(Error::Scheme(_))));
}

#[tokio::test]
async fn a_deadline_covers_the_wait_for_another_request() {
    let miner = Miner::start(|_| Answer::Hang).await;
    let collector = collector(&miner, Kind::Canaan);
    let begun = Instant::now();
    let (first, second) = tokio::join!(collector.collect(), collector.collect());
    for result in [first, second] {
        assert_eq!(result.unwrap_err().reason(), FailureReason::Timeout);
    }
    assert!(begun.elapsed() < TIMEOUT + Duration::from_millis(500), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_dropped_observation_closes_its_connection_and_leaves_the_collector_usable() {
    let hangs = Arc::new(AtomicU64::new(1));
    let script = Arc::clone(&hangs);
    let miner =
        Miner::start(
            move |_| {
                if script.load(Ordering::Relaxed) == 1 { Answer::Hang } else { Answer::Bytes(summary(5)) }
            },
        )
        .await;
    let collector = collector(&miner, Kind::Cgminer);
    assert!(tokio::time::timeout(Duration::from_millis(100), collector.collect()).await.is_err());
    miner.closed().await;
    hangs.store(0, Ordering::Relaxed);
    assert!(collector.collect().await.is_ok());
}

/// Knows `+`, has no `estats`, and tells how long it has been up.
fn avalon(elapsed: &AtomicU64, request: &str) -> Answer {
    let up = elapsed.load(Ordering::Relaxed);
    let stats =
        format!(r#"{{"STATS":0,"ID":"AVA100","Elapsed":{up},"MM ID0":"Ver[1047-20051101_x] GHSspd[30000] MM"}}"#);
    Answer::Bytes(match request {
        r#"{"command":"version"}"# => reply(22, "VERSION", r#"{"CGMiner":"4.11.1","PROD":"AvalonMiner 1047"}"#),
        r#"{"command":"summary+estats+pools"}"# => {
            let part = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace('\0', "");
            let parts = [
                ("summary", part(summary(up))),
                ("estats", part(error(14, "Invalid command"))),
                ("pools", part(error(8, "No pools"))),
            ];
            let parts: Vec<String> = parts.iter().map(|(name, part)| format!("\"{name}\":[{part}]")).collect();
            format!("{{{},\"id\":1}}\0", parts.join(",")).into_bytes()
        }
        r#"{"command":"summary"}"# => summary(up),
        r#"{"command":"stats"}"# => reply(70, "STATS", &stats),
        _ => error(14, "Invalid command"),
    })
}

#[tokio::test]
async fn what_a_miner_has_not_is_learned_and_forgotten_at_a_restart() {
    let elapsed = Arc::new(AtomicU64::new(100));
    let script = Arc::clone(&elapsed);
    let miner = Miner::start(move |request| avalon(&script, request)).await;
    let collector = collector(&miner, Kind::Auto);
    let first = observe(&collector).await;
    assert_eq!(first.hashing.current_hps.map(Hashrate::get), Some(3e13));
    assert_eq!((first.gaps, collector.found()), (vec![], Some(Family::Canaan)));
    let asked = miner.requests();
    let expected = [
        r#"{"command":"version"}"#,
        r#"{"command":"summary+estats+pools"}"#,
        r#"{"command":"stats"}"#,
        r#"{"command":"pools"}"#,
    ];
    assert_eq!(asked, expected);

    elapsed.store(130, Ordering::Relaxed);
    observe(&collector).await;
    let second = miner.requests().split_off(asked.len());
    let expected = [r#"{"command":"summary+stats"}"#, r#"{"command":"summary"}"#, r#"{"command":"stats"}"#];
    assert_eq!(second, expected, "estats and pools are known to be missing, and now that it does not always join");

    elapsed.store(5, Ordering::Relaxed);
    observe(&collector).await;
    let before = miner.requests().len();
    observe(&collector).await;
    assert_eq!(miner.requests()[before], r#"{"command":"version"}"#, "asked again after a restart");
    assert_eq!(miner.seen.lock().unwrap().max_open, 1);
}

#[tokio::test]
async fn a_whatsminer_is_asked_with_its_own_key() {
    let miner = Miner::start(|request| {
        Answer::Bytes(match request {
            r#"{"command":"summary"}"# => {
                reply(11, "SUMMARY", r#"{"Elapsed":9,"MHS 5s":0,"Power Mode":"Normal","Factory GHS":70000,"Power":8}"#)
            }
            r#"{"cmd":"status"}"# => {
                br#"{"STATUS":"S","When":1,"Code":131,"Msg":{"btmineroff":"true"},"Description":"whatsminer v1.3"}"#
                    .to_vec()
            }
            r#"{"cmd":"pools"}"# => reply(7, "POOLS", r#"{"POOL":0,"URL":"p.example:3333","Status":"Alive"}"#),
            _ if request.contains("pools") => error(24, "Missing JSON 'command'"),
            _ => error(14, "Invalid command"),
        })
    })
    .await;
    let collector = collector(&miner, Kind::Auto);
    let snapshot = observe(&collector).await;
    assert_eq!(collector.found(), Some(Family::Generic(Firmware::Btminer)));
    assert_eq!(snapshot.hashing.state, Some(gssa_model::HashingState::Paused));
    assert_eq!(snapshot.pools.len(), 1, "pools wants the key cmd");
    observe(&collector).await;
    let requests = miner.requests();
    assert_eq!(requests.iter().filter(|request| **request == r#"{"command":"pools"}"#).count(), 1, "{requests:?}");
}

#[tokio::test]
async fn firmware_from_before_json_is_asked_in_text() {
    let miner = Miner::start(|request| {
        Answer::Bytes(match request {
            "version" => {
                b"STATUS=S,When=1,Code=22,Msg=v,Description=cgminer 2.1.2|VERSION,CGMiner=2.1.2,API=0.7|\0".to_vec()
            }
            "summary" => {
                b"STATUS=S,When=1,Code=11,Msg=s,Description=cgminer 2.1.2|SUMMARY,Elapsed=9,MHS av=5.00,Accepted=3|\0"
                    .to_vec()
            }
            _ => b"STATUS=E,When=1,Code=14,Msg=Invalid command,Description=cgminer 2.1.2|\0".to_vec(),
        })
    })
    .await;
    let snapshot = observe(&collector(&miner, Kind::Auto)).await;
    assert_eq!((snapshot.work.accepted, snapshot.uptime_secs), (Some(3), Some(9)));
    assert_eq!(snapshot.hashing.average_hps.map(Hashrate::get), Some(5e6));
}

#[tokio::test]
async fn a_part_that_fails_beside_others_is_a_gap() {
    let miner = Miner::start(|request| match request {
        r#"{"command":"summary"}"# => Answer::Bytes(summary(5)),
        r#"{"command":"pools"}"# => Answer::Bytes(b"{\"STATUS\":[{\"STATUS\":\"S\",\"Code\":7".to_vec()),
        _ => Answer::Bytes(error(14, "Invalid command")),
    })
    .await;
    let snapshot = observe(&collector(&miner, Kind::Cgminer)).await;
    assert_eq!(snapshot.work.accepted, Some(7));
    assert_eq!(snapshot.gaps, [gssa_model::Gap::new("pools", "connection_reset")]);
}

#[tokio::test]
async fn what_hangs_once_is_not_asked_for_each_time() {
    let miner = Miner::start(|request| match request {
        r#"{"command":"summary"}"# => Answer::Bytes(summary(5)),
        r#"{"command":"coin"}"# => Answer::Hang,
        _ => Answer::Bytes(error(14, "Invalid command")),
    })
    .await;
    let collector = collector(&miner, Kind::Cgminer);
    for _ in 0..2 {
        assert_eq!(observe(&collector).await.gaps, []);
    }
    assert_eq!(miner.requests().iter().filter(|request| request.contains("coin")).count(), 1);
}

#[tokio::test]
async fn a_miner_that_hangs_when_asked_together_is_asked_one_by_one() {
    let miner = Miner::start(|request| match request {
        r#"{"command":"version"}"# => {
            Answer::Bytes(reply(22, "VERSION", r#"{"CGMiner":"4.11.1","MODEL":"nano3","HWTYPE":"PMMv1_X1"}"#))
        }
        r#"{"command":"summary"}"# => Answer::Bytes(summary(5)),
        _ if request.contains('+') => Answer::Hang,
        _ => Answer::Bytes(error(14, "Invalid command")),
    })
    .await;
    let collector = collector(&miner, Kind::Auto);
    assert_eq!(collector.collect().await.unwrap_err().reason(), FailureReason::Timeout);
    assert_eq!(observe(&collector).await.work.accepted, Some(7));
}

#[tokio::test]
async fn a_miner_that_allows_nothing_or_knows_nothing_says_so() {
    for (answer, kind, reason) in [
        (error(45, "Access denied to 'x' command"), Kind::Cgminer, FailureReason::ApiDisabled),
        (error(14, "Invalid command"), Kind::Canaan, FailureReason::FirmwareUnsupported),
        (error(300, "Not ready"), Kind::Auto, FailureReason::Busy),
    ] {
        let miner = Miner::start(move |_| Answer::Bytes(answer.clone())).await;
        let collector = collector(&miner, kind);
        assert_eq!(collector.collect().await.unwrap_err().reason(), reason);
    }
}

#[tokio::test]
async fn a_miner_that_answered_before_and_closes_without_a_byte_has_died() {
    let count = AtomicU64::new(0);
    let miner =
        Miner::start(
            move |_| {
                if count.fetch_add(1, Ordering::Relaxed) < 4 { Answer::Bytes(summary(5)) } else { Answer::Close }
            },
        )
        .await;
    let collector = collector(&miner, Kind::Cgminer);
    let mut reasons = Vec::new();
    for _ in 0..3 {
        reasons.extend(collector.collect().await.err().map(|error| error.reason()));
    }
    assert_eq!(reasons.last(), Some(&FailureReason::ConnectionReset));
}

#[tokio::test]
async fn another_family_than_the_one_configured_is_no_reading() {
    let miner = Miner::start(|request| {
        Answer::Bytes(match request {
            r#"{"command":"version"}"# => reply(22, "VERSION", r#"{"BMMiner":"1.0.0","Type":"Antminer S21"}"#),
            r#"{"command":"summary"}"# => summary(5),
            _ => error(14, "Invalid command"),
        })
    })
    .await;
    let error = collector(&miner, Kind::Canaan).collect().await.unwrap_err();
    assert_eq!(
        (error.reason(), error.detail()),
        (FailureReason::NotAMiner, "this is an Antminer with Bitmain, not an Avalon")
    );
}

#[tokio::test]
async fn a_probe_says_what_is_there() {
    let elapsed = AtomicU64::new(9);
    let miner = Miner::start(move |request| avalon(&elapsed, request)).await;
    let found = probe(&miner.address).await.unwrap();
    assert_eq!((found.family, found.model.as_deref()), (Family::Canaan, Some("Avalon A1047")));
    assert_eq!((found.program.as_deref(), miner.requests().len()), (Some("cgminer 4.11.1"), 1));
}
