//! The collector against simulated pools, which share no code with it.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gssa_gss::{Collector, Dialect, Options};
use gssa_model::{CollectError, Collector as _, FailureReason, PoolSnapshot, Scope};
use gssa_sim::Behaviour;
use gssa_sim::pool::{CoinSpec, Form, Pool, PoolSpec, Program, Shares, Worker, coins};

const TIMEOUT: Duration = Duration::from_millis(1500);

/// Two keys of one coin; the second is counted under the first by an engine.
fn two_keys() -> Vec<CoinSpec> {
    coins(&[("DGB".to_owned(), 4), ("DGB-BIG".to_owned(), 2)], 1)
}

fn start(spec: PoolSpec) -> Pool {
    Pool::start(spec, "127.0.0.1:0".parse().unwrap()).unwrap()
}

fn options(spec: &PoolSpec) -> Options {
    let coins = spec.coins.iter().map(|coin| coin.key.clone()).collect();
    Options { timeout: TIMEOUT, coins, api_key: spec.api_key.clone(), ..Options::default() }
}

fn collector(pool: &Pool, options: Options) -> Collector {
    Collector::new("pool".parse().unwrap(), &pool.address().to_string().parse().unwrap(), options).unwrap()
}

async fn collect(collector: &Collector) -> Result<PoolSnapshot, CollectError> {
    collector.collect().await.map(|snapshot| snapshot.as_pool().unwrap().clone())
}

/// What is made of a pool that is looked at once.
async fn once(spec: PoolSpec) -> Result<PoolSnapshot, CollectError> {
    let options = options(&spec);
    let pool = start(spec);
    let collected = collect(&collector(&pool, options)).await;
    let counts = pool.counts();
    assert!(counts.max_open <= 2 && counts.write_requests == 0 && counts.with_origin == 0, "{counts:?}");
    pool.stop().await;
    collected
}

#[tokio::test]
async fn every_program_is_found_out_and_read_without_a_gap() {
    for program in Program::ALL {
        let snapshot = once(PoolSpec::new(program, two_keys())).await.unwrap();
        assert_eq!(snapshot.gaps, [], "{program}");
        let name = if program.is_engine() { "GoStratumEngine" } else { "GoSlimStratum" };
        assert_eq!(snapshot.software.name.as_deref(), Some(name), "{program}");
        let is_told = !program.is_engine();
        assert_eq!(snapshot.software.version.as_deref(), is_told.then_some(program.version()), "{program}");
        assert!(snapshot.uptime_secs.is_some_and(|secs| secs >= 3 * 86_400), "{program}");
        let keys: Vec<_> = snapshot.coins.iter().map(|coin| (coin.key.as_str(), coin.active_workers)).collect();
        assert_eq!(keys, [("DGB", Some(4)), ("DGB-BIG", Some(2))], "{program}");
        for coin in &snapshot.coins {
            assert_eq!(coin.workers.len() as u64, coin.active_workers.unwrap(), "{program}");
            assert!(
                !coin.workers_truncated && coin.workers.iter().all(|worker| worker.active == Some(true)),
                "{program}"
            );
            let is_counted = !program.is_engine() || coin.key == "DGB";
            let accepted = coin.shares.and_then(|shares| shares.accepted);
            assert_eq!(accepted.is_some_and(|accepted| accepted > 1000), is_counted, "{program} {}", coin.key);
            assert_eq!(coin.counted, (!is_counted).then_some(false), "{program} {}", coin.key);
            assert_eq!(coin.windows_hps.is_empty(), program.is_engine(), "an estimate takes its time");
        }
    }
}

#[tokio::test]
async fn every_form_that_is_not_known_for_certain_is_read_the_same() {
    let plain = once(PoolSpec::new(Program::GoSlimStratum5_2_6, two_keys())).await.unwrap();
    let figures = |snapshot: &PoolSnapshot| {
        let of_coin = |coin: &gssa_model::Coin| {
            let names: BTreeSet<String> = coin.workers.iter().map(|worker| worker.name.clone()).collect();
            (coin.key.clone(), coin.active_workers, coin.network.map(|network| network.difficulty), names)
        };
        snapshot.coins.iter().map(of_coin).collect::<Vec<_>>()
    };
    for form in [
        Form { envelope: true, ..Form::default() },
        Form { texts: true, ..Form::default() },
        Form { envelope: true, texts: true, shares: Shares::Both, ..Form::default() },
    ] {
        let snapshot = once(PoolSpec::new(Program::GoSlimStratum5_2_6, two_keys()).writing(form)).await.unwrap();
        assert_eq!((snapshot.gaps.as_slice(), figures(&snapshot)), (&[][..], figures(&plain)), "{form:?}");
        assert_eq!(snapshot.coins[0].shares.unwrap().window_secs, None, "{form:?}");
    }
    let form = Form { shares: Shares::Windows, ..Form::default() };
    let snapshot = once(PoolSpec::new(Program::GoSlimStratum3_0_20, two_keys()).writing(form)).await.unwrap();
    let shares = snapshot.coins[0].shares.unwrap();
    assert_eq!((shares.scope, shares.window_secs), (Scope::Retention, Some(900)));
}

#[tokio::test]
async fn a_page_of_workers_is_not_taken_for_all_of_them() {
    for (page, is_cut) in [((3, false), true), ((3, true), true), ((4, false), false), ((50, true), false)] {
        let form = Form { page: Some(page), ..Form::default() };
        let snapshot = once(PoolSpec::new(Program::GoSlimStratum5_2_6, two_keys()).writing(form)).await.unwrap();
        let coin = &snapshot.coins[0];
        assert_eq!((coin.workers_truncated, coin.workers.len()), (is_cut, page.0.min(4)), "{page:?}");
        assert_eq!(coin.active_workers, Some(4));
    }
}

#[tokio::test]
async fn an_api_key_opens_and_a_missing_or_wrong_one_is_refused() {
    use FailureReason as R;
    for (health_needs_key, key, reason) in [
        (false, Some("s3cret"), None),
        (true, Some("s3cret"), None),
        (false, None, Some(R::PasswordNeeded)),
        (true, None, Some(R::PasswordNeeded)),
        (false, Some("wrong"), Some(R::PasswordWrong)),
    ] {
        let form = Form { health_needs_key, ..Form::default() };
        let spec = PoolSpec::new(Program::GoSlimStratum4_1_2, two_keys()).asking_for("s3cret").writing(form);
        let options = Options { api_key: key.map(str::to_owned), ..options(&spec) };
        let pool = start(spec);
        let outcome = collect(&collector(&pool, options)).await;
        assert_eq!(outcome.as_ref().err().map(CollectError::reason), reason, "{key:?} {outcome:?}");
        if let Err(error) = outcome {
            assert!(error.detail().contains("it may need an API key (`apikey.json`) or a licence"), "{error}");
        }
        pool.stop().await;
    }
}

#[tokio::test]
async fn the_paths_without_a_coin_key_are_used_where_only_they_are_there() {
    let form = Form { only_legacy_paths: true, ..Form::default() };
    let one_key = || coins(&[("DGB".to_owned(), 2)], 1);
    let snapshot = once(PoolSpec::new(Program::GoSlimStratum3_0_20, one_key()).writing(form)).await.unwrap();
    assert_eq!((snapshot.coins[0].workers.len(), snapshot.gaps.as_slice()), (2, &[][..]));
    let snapshot = once(PoolSpec::new(Program::GoSlimStratum5_2_6, one_key()).writing(form)).await.unwrap();
    assert_eq!((snapshot.coins.len(), snapshot.gaps.len()), (0, 1));
}

#[tokio::test]
async fn every_misbehaviour_ends_in_time_with_its_reason() {
    use FailureReason as R;
    for (behaviour, reasons) in [
        (Behaviour::Hang, &[R::Timeout][..]),
        (Behaviour::Refuse, &[R::ConnectionRefused, R::ConnectionReset]),
        (Behaviour::Reset, &[R::ConnectionReset]),
        (Behaviour::ResetOnAccept, &[R::ConnectionReset]),
        (Behaviour::ResetMidBody, &[R::ConnectionReset]),
        (Behaviour::Drip, &[R::Timeout]),
        (Behaviour::Truncate, &[R::ConnectionReset]),
        (Behaviour::Oversize, &[R::TooLarge]),
        (Behaviour::Garbage, &[R::Malformed, R::ConnectionReset]),
        (Behaviour::WrongContentType, &[R::NotAMiner]),
        (Behaviour::Redirect, &[R::NotAMiner]),
        (Behaviour::Unauthorized, &[R::PasswordNeeded]),
        (Behaviour::PaymentRequired, &[R::ApiDisabled]),
        (Behaviour::Forbidden, &[R::ApiDisabled]),
        (Behaviour::NotFound, &[R::NotAMiner]),
        (Behaviour::ServerError, &[R::Malformed]),
        (Behaviour::Busy, &[R::Busy]),
        (Behaviour::EmptyReply, &[R::ConnectionReset]),
        (Behaviour::DeepJson, &[R::NotAMiner]),
        (Behaviour::NotAMiner, &[R::NotAMiner]),
        (Behaviour::SlowAnswer(Duration::from_secs(30)), &[R::Timeout]),
    ] {
        let begun = Instant::now();
        let error = once(PoolSpec::new(Program::GoSlimStratum5_2_6, two_keys()).behaving(behaviour)).await.unwrap_err();
        assert!(reasons.contains(&error.reason()), "{behaviour}: {} ({error})", error.reason());
        assert!(begun.elapsed() < TIMEOUT + Duration::from_secs(2), "{behaviour} took {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_pool_that_was_read_before_fails_in_time_too() {
    for program in [Program::GoSlimStratum5_2_6, Program::GoStratumEngine1_0_5] {
        let spec = PoolSpec::new(program, two_keys());
        let options = options(&spec);
        let pool = start(spec);
        let collector = collector(&pool, options);
        collect(&collector).await.unwrap();
        for behaviour in [Behaviour::SlowAnswer(Duration::from_secs(30)), Behaviour::Hang, Behaviour::ServerError] {
            pool.set_behaviour(behaviour);
            let begun = Instant::now();
            assert!(collect(&collector).await.is_err(), "{program} {behaviour}");
            assert!(begun.elapsed() < TIMEOUT + Duration::from_secs(2), "{behaviour} took {:?}", begun.elapsed());
        }
        pool.set_behaviour(Behaviour::Healthy);
        assert_eq!(collect(&collector).await.unwrap().gaps, [], "{program}");
        pool.stop().await;
    }
}

#[tokio::test]
async fn a_list_of_workers_that_takes_for_ever_costs_nothing_but_itself() {
    for program in [Program::GoSlimStratum5_2_6, Program::GoStratumEngine1_0_5] {
        let mut spec = PoolSpec::new(program, two_keys());
        spec.miners_time = Duration::from_secs(30);
        let snapshot = once(spec).await.unwrap();
        assert!(
            snapshot.gaps.iter().all(|gap| gap.field.ends_with("/miners") && gap.found == "timeout"),
            "{:?}",
            snapshot.gaps
        );
        assert!(!snapshot.gaps.is_empty());
        let coin = &snapshot.coins[0];
        assert!(coin.shares.is_some() && coin.workers.is_empty(), "{program}");
    }
}

#[tokio::test]
async fn counters_of_a_restarted_pool_are_those_since_its_start() {
    let spec = PoolSpec::new(Program::GoStratumEngine1_0_5, two_keys());
    let options = options(&spec);
    let pool = start(spec);
    let collector = collector(&pool, options);
    let accepted = |snapshot: &PoolSnapshot| snapshot.coins[0].shares.and_then(|shares| shares.accepted).unwrap();
    assert!(accepted(&collect(&collector).await.unwrap()) > 1000);
    pool.restart();
    let snapshot = collect(&collector).await.unwrap();
    assert!(accepted(&snapshot) < 10 && snapshot.uptime_secs.is_some_and(|secs| secs < 60));
    pool.stop().await;
}

#[tokio::test]
async fn workers_come_and_go_while_the_pool_runs() {
    let spec = PoolSpec::new(Program::GoSlimStratum5_2_6, vec![CoinSpec::new("BTC", vec![Worker::new("a.old", 1e12)])]);
    let options = options(&spec);
    let pool = start(spec);
    let collector = collector(&pool, options);
    let workers = |snapshot: PoolSnapshot| {
        let coin = snapshot.coins.into_iter().next().unwrap();
        (coin.active_workers, coin.workers.into_iter().map(|worker| (worker.name, worker.active)).collect::<Vec<_>>())
    };
    assert_eq!(workers(collect(&collector).await.unwrap()), (Some(1), vec![("a.old".to_owned(), Some(true))]));
    pool.set_workers("BTC", vec![Worker::new("b.new", 2e12).calling_itself("NerdQAxe++")]);
    let expected = vec![("b.new".to_owned(), Some(true)), ("a.old".to_owned(), Some(false))];
    assert_eq!(workers(collect(&collector).await.unwrap()), (Some(1), expected));
    pool.set_workers("BTC", Vec::<Worker>::new());
    let (active, all) = workers(collect(&collector).await.unwrap());
    assert_eq!((active, all.len()), (Some(0), 2), "a pool without a miner is healthy");
    pool.stop().await;
}

#[tokio::test]
async fn two_observations_at_once_are_one_after_the_other() {
    let mut spec = PoolSpec::new(Program::GoSlimStratum5_2_6, two_keys());
    spec.service_time = Duration::from_millis(30);
    let options = options(&spec);
    let pool = start(spec);
    let collector = collector(&pool, options);
    let (first, second) = tokio::join!(collector.collect(), collector.collect());
    assert!(first.is_ok() && second.is_ok());
    let counts = pool.counts();
    assert_eq!((counts.max_open, counts.requests), (2, 10), "{counts:?}");
    pool.stop().await;
}

#[tokio::test]
async fn who_waits_for_another_observation_waits_no_longer_than_its_own_deadline() {
    let spec = PoolSpec::new(Program::GoStratumEngine1_0_5, two_keys()).behaving(Behaviour::Hang);
    let options = Options { dialect: Dialect::Gse, ..options(&spec) };
    let pool = start(spec);
    let collector = collector(&pool, options);
    let begun = Instant::now();
    let (first, second) = tokio::join!(collector.collect(), collector.collect());
    for outcome in [first, second] {
        assert_eq!(outcome.unwrap_err().reason(), FailureReason::Timeout);
    }
    assert!(begun.elapsed() < TIMEOUT + Duration::from_secs(2), "{:?}", begun.elapsed());
    pool.stop().await;
}

#[tokio::test]
async fn a_dropped_observation_closes_its_connections_and_leaves_the_collector_usable() {
    let spec = PoolSpec::new(Program::GoSlimStratum5_2_6, two_keys()).behaving(Behaviour::Hang);
    let options = options(&spec);
    let pool = start(spec);
    let collector = collector(&pool, options);
    assert!(tokio::time::timeout(Duration::from_millis(100), collector.collect()).await.is_err());
    pool.set_behaviour(Behaviour::Healthy);
    assert!(collector.collect().await.is_ok());
    let deadline = Instant::now() + Duration::from_secs(5);
    while pool.counts().open_now > 0 {
        assert!(Instant::now() < deadline, "a connection is still open");
        tokio::task::yield_now().await;
    }
    pool.stop().await;
}
