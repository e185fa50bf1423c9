//! The collector against simulated devices, which share no code with it.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gssa_axeos::Collector;
use gssa_model::unit::Percent;
use gssa_model::{CollectError, Collector as _, FailureReason, FaultCode, HashingState, MinerSnapshot, PoolRole};
use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::{Device, Fleet, FleetConfig};

const TIMEOUT: Duration = Duration::from_millis(600);

fn fleet_of(specs: Vec<DeviceSpec>) -> Fleet {
    Fleet::start(FleetConfig::new(specs)).unwrap()
}

fn collector(device: &Device) -> Collector {
    Collector::new("simulated".parse().unwrap(), &device.address().to_string().parse().unwrap(), TIMEOUT).unwrap()
}

async fn collect(device: &Device) -> Result<MinerSnapshot, CollectError> {
    collector(device).collect().await.map(|snapshot| snapshot.as_miner().unwrap().clone())
}

async fn gamma_that_is(behaviour: Behaviour) -> Result<MinerSnapshot, CollectError> {
    let fleet = fleet_of(vec![DeviceSpec::new(Model::GammaV2_14_0, 1).behaving(behaviour)]);
    let collected = collect(&fleet.devices()[0]).await;
    fleet.stop().await;
    collected
}

#[tokio::test]
async fn every_misbehaviour_ends_in_time_with_its_reason() {
    use FailureReason as R;
    for (behaviour, reasons) in [
        (Behaviour::Hang, &[R::Timeout][..]),
        (Behaviour::Refuse, &[R::ConnectionRefused]),
        (Behaviour::Reset, &[R::ConnectionReset]),
        (Behaviour::ResetOnAccept, &[R::ConnectionReset]),
        (Behaviour::ResetMidBody, &[R::ConnectionReset]),
        (Behaviour::Drip, &[R::Timeout]),
        (Behaviour::Truncate, &[R::ConnectionReset]),
        (Behaviour::Oversize, &[R::TooLarge]),
        (Behaviour::Garbage, &[R::Malformed, R::ConnectionReset]),
        (Behaviour::WrongContentType, &[R::NotAMiner]),
        (Behaviour::Redirect, &[R::NotAMiner]),
        (Behaviour::Unauthorized, &[R::ApiDisabled]),
        (Behaviour::ServerError, &[R::Malformed]),
        (Behaviour::Busy, &[R::Busy]),
        (Behaviour::EmptyReply, &[R::ConnectionReset]),
        (Behaviour::DeepJson, &[R::Malformed]),
        (Behaviour::NotAMiner, &[R::NotAMiner]),
        (Behaviour::SlowAnswer(Duration::from_secs(5)), &[R::Timeout]),
    ] {
        let begun = Instant::now();
        let error = gamma_that_is(behaviour).await.unwrap_err();
        assert!(reasons.contains(&error.reason()), "{behaviour}: {} ({error})", error.reason());
        assert!(begun.elapsed() < TIMEOUT + Duration::from_millis(400), "{behaviour} took {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn every_trouble_of_mining_is_told_by_its_name() {
    use HashingState as S;
    for (behaviour, state, fault) in [
        (Behaviour::Healthy, Some(S::Mining), None),
        (Behaviour::Paused, Some(S::Paused), None),
        (Behaviour::NoPool, Some(S::Idle), Some(FaultCode::Pool)),
        (Behaviour::OnFallback, Some(S::Mining), None),
        (Behaviour::Overheated, Some(S::Stopped), Some(FaultCode::Overheat)),
        (Behaviour::PowerFault, Some(S::Stopped), Some(FaultCode::Power)),
        (Behaviour::HardwareFault, Some(S::Stopped), Some(FaultCode::Hardware)),
        (Behaviour::NullFloats, None, None),
        (Behaviour::BadUtf8, Some(S::Mining), None),
    ] {
        let snapshot = gamma_that_is(behaviour).await.unwrap();
        assert_eq!(snapshot.hashing.state, state, "{behaviour}");
        assert_eq!(snapshot.faults.first().map(|fault| fault.code), fault, "{behaviour}");
        assert_eq!(snapshot.gaps, [], "{behaviour}");
        let role = snapshot.active_pool().and_then(|pool| pool.role);
        assert_eq!(role == Some(PoolRole::Fallback), behaviour == Behaviour::OnFallback, "{behaviour}");
    }
}

#[tokio::test]
async fn every_firmware_is_read_without_a_gap() {
    let fleet =
        fleet_of(Model::ALL.into_iter().zip(1..).map(|(model, number)| DeviceSpec::new(model, number)).collect());
    for device in fleet.devices() {
        let model = device.model();
        let snapshot = collect(device).await.unwrap();
        assert_eq!(snapshot.gaps, [], "{model}");
        assert_eq!(snapshot.hashing.state, Some(HashingState::Mining), "{model}");
        // Firmware before v2.0.7 does not name its board, and what is not known of it is left out.
        let names_its_board = model != Model::UltraV2_0_4;
        assert_eq!(snapshot.identity.model.is_some(), names_its_board, "{model}");
        let percent = snapshot.percent_of_expected().map(Percent::get);
        assert!(percent.map_or(!names_its_board, |percent| (85.0..115.0).contains(&percent)), "{model}: {percent:?} %");
        assert!(snapshot.power.efficiency_joules_per_terahash.is_some(), "{model}");
        assert!(snapshot.hottest_chip().is_some() && !snapshot.fans.is_empty(), "{model}");
        assert!(snapshot.active_pool().is_some_and(|pool| pool.url.is_some()), "{model}");
        let counts = device.counts();
        assert!(counts.requests <= 2 && counts.max_open == 1, "{model}: {counts:?}");
        assert_eq!((counts.write_requests, counts.with_origin, counts.too_long), (0, 0, 0), "{model}");
        let asked: BTreeSet<&str> = counts.by_path.keys().map(String::as_str).collect();
        assert!(
            asked.is_subset(&BTreeSet::from(["GET /api/system/asic", "GET /api/system/info"])),
            "{model}: {asked:?}"
        );
    }
    fleet.stop().await;
}

#[tokio::test]
async fn two_observations_at_once_are_two_requests_one_after_the_other() {
    let spec = DeviceSpec::new(Model::NerdQAxePlusPlusV1_1_0, 1);
    let fleet = Fleet::start(FleetConfig::new(vec![spec]).serving_in(Duration::from_millis(100))).unwrap();
    let device = &fleet.devices()[0];
    let collector = collector(device);
    let (first, second) = tokio::join!(collector.collect(), collector.collect());
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(device.counts().max_open, 1);
    fleet.stop().await;
}

#[tokio::test]
async fn who_waits_for_another_request_waits_no_longer_than_its_own_deadline() {
    let fleet = fleet_of(vec![DeviceSpec::new(Model::GammaV2_12_2, 1).behaving(Behaviour::Hang)]);
    let collector = collector(&fleet.devices()[0]);
    let begun = Instant::now();
    let results = tokio::join!(collector.collect(), collector.collect(), collector.collect());
    for result in [results.0, results.1, results.2] {
        assert_eq!(result.unwrap_err().reason(), FailureReason::Timeout);
    }
    assert!(begun.elapsed() < TIMEOUT + Duration::from_millis(400), "{:?}", begun.elapsed());
    fleet.stop().await;
}

#[tokio::test]
async fn a_dropped_observation_closes_its_connection_and_leaves_the_collector_usable() {
    let fleet = fleet_of(vec![DeviceSpec::new(Model::GammaV2_12_2, 1).behaving(Behaviour::Hang)]);
    let device = &fleet.devices()[0];
    let collector = collector(device);
    assert!(tokio::time::timeout(Duration::from_millis(100), collector.collect()).await.is_err());
    device.set_behaviour(Behaviour::Healthy);
    assert!(collector.collect().await.is_ok());
    let deadline = Instant::now() + Duration::from_secs(2);
    while device.counts().open_now > 0 {
        assert!(Instant::now() < deadline, "a connection is still open");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fleet.stop().await;
}
