//! The collector against simulated MIMs, which share no code with it. What they answer is invented.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::time::{Duration, Instant};

use gssa_mim::{CANDIDATES, Collector, Endpoint, Map, Options};
use gssa_model::{
    CollectError, Collector as _, Container, ContainerState, FailureReason, InfrastructureSnapshot, Snapshot,
};
use gssa_sim::mim::{DeviceSpec, Model};
use gssa_sim::{Behaviour, Device, Fleet, FleetConfig};

const TIMEOUT: Duration = Duration::from_millis(600);
/// What a busy machine may add.
const SLACK: Duration = Duration::from_millis(900);

fn one(model: Model, behaviour: Behaviour) -> Fleet {
    Fleet::start(FleetConfig::new(vec![DeviceSpec::new(model, 1).behaving(behaviour)])).unwrap()
}

fn endpoint(name: &str, path: &str, map: &str) -> Endpoint {
    let map = [Map::Servers, Map::Containers, Map::Products].into_iter().find(|known| known.as_str() == map);
    Endpoint { name: name.to_owned(), path: path.to_owned(), every: 1, map }
}

fn collector(device: &Device, endpoints: Vec<Endpoint>, timeout: Duration) -> Collector {
    let gssa_sim::Model::Mim(model) = device.model() else { panic!("no MIM") };
    let servers = model.servers().into_iter().map(str::to_owned).collect();
    let options = Options { timeout, endpoints, servers };
    Collector::new("simulated".parse().unwrap(), &device.address().to_string().parse().unwrap(), options).unwrap()
}

async fn collect(collector: &Collector) -> Result<InfrastructureSnapshot, CollectError> {
    collector.collect().await.map(|snapshot| match snapshot {
        Snapshot::Infrastructure(snapshot) => *snapshot,
        other => panic!("{other:?}"),
    })
}

/// Everything that a model has to tell.
fn all_of(model: Model) -> Vec<Endpoint> {
    model.endpoints().iter().map(|one| endpoint(one.name, one.path, one.map)).collect()
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
        (Behaviour::Unauthorized, &[R::PasswordNeeded]),
        (Behaviour::ServerError, &[R::Malformed]),
        (Behaviour::Busy, &[R::Busy]),
        (Behaviour::EmptyReply, &[R::ConnectionReset]),
        (Behaviour::DeepJson, &[R::NotAMiner]),
        (Behaviour::NotAMiner, &[R::NotAMiner]),
        (Behaviour::SlowAnswer(Duration::from_secs(30)), &[R::Timeout]),
    ] {
        let fleet = one(Model::Bare, behaviour);
        let collector = collector(&fleet.devices()[0], all_of(Model::Bare), TIMEOUT);
        let begun = Instant::now();
        let error = collect(&collector).await.unwrap_err();
        assert!(reasons.contains(&error.reason()), "{behaviour}: {} ({error})", error.reason());
        assert!(begun.elapsed() < TIMEOUT + SLACK, "{behaviour} took {:?}", begun.elapsed());
        fleet.stop().await;
    }
}

#[tokio::test]
async fn every_style_is_read_without_a_gap_and_with_the_same_facts() {
    for model in [Model::Bare, Model::Enveloped, Model::Keyed] {
        let fleet = one(model, Behaviour::Healthy);
        let device = &fleet.devices()[0];
        let snapshot = collect(&collector(device, all_of(model), Duration::from_secs(10))).await.unwrap();
        assert_eq!(snapshot.gaps, [], "{model}");
        assert_eq!(
            (snapshot.software.name.as_deref(), snapshot.software.version.as_deref()),
            (Some("MIM"), Some("3.3.6"))
        );
        let ids: Vec<&str> = snapshot.servers.iter().map(|server| server.id.as_str()).collect();
        assert_eq!(ids, model.servers(), "{model}");
        let first = &snapshot.servers[0];
        assert_eq!(
            (first.name.as_deref(), first.address.as_deref()),
            (Some("Pool server"), Some("10.20.0.11")),
            "{model}"
        );
        assert_eq!(
            (first.os.as_deref(), first.reachable, first.reboot_required),
            (Some("Debian 12"), Some(true), Some(false))
        );
        assert!(first.cpu_percent.is_some() && first.uptime_secs.is_some() && !first.disks.is_empty(), "{model}");
        assert!(first.memory.is_some_and(|memory| memory.used_bytes * 4 > memory.total_bytes), "{model}");
        assert!(first.temperatures.iter().any(|one| one.name == "Package id 0"), "{model}");
        let told = |container: &Container| (container.name.clone(), container.state, container.product.clone());
        let containers: Vec<_> = first.containers.iter().map(told).collect();
        let wanted = [
            ("dozzle", "dozzle"),
            ("goslimstratum", "gss"),
            ("gssm", "gssm"),
            ("mim", "mim"),
            ("postgres", "postgres"),
        ];
        let wanted = wanted.map(|(name, product)| (name.to_owned(), ContainerState::Running, Some(product.to_owned())));
        assert_eq!(containers, wanted, "{model}");
        assert_eq!(first.containers[4].version.as_deref(), Some("18.1"), "{model}");
        assert_eq!(first.products.len(), 5, "{model}");
        if let Some(last) = snapshot.servers.get(2) {
            assert_eq!(last.containers[0].state, ContainerState::Exited, "{model}");
        }
        let json = serde_json::to_string(&snapshot).unwrap();
        assert!(!json.contains("example-") && !json.contains("PASSWORD"), "{model} {json}");
        let counts = device.counts();
        assert_eq!((counts.max_open, counts.write_requests, counts.with_origin), (1, 0, 0), "{model}: {counts:?}");
        fleet.stop().await;
    }
}

#[tokio::test]
async fn nothing_is_asked_that_nobody_configured() {
    let fleet = one(Model::Enveloped, Behaviour::Healthy);
    let device = &fleet.devices()[0];
    let collector = collector(device, vec![], Duration::from_secs(10));
    for _ in 0..3 {
        collect(&collector).await.unwrap();
    }
    let asked: Vec<(String, u64)> = device.counts().by_path.into_iter().collect();
    assert_eq!(asked, [("GET /".to_owned(), 3), ("GET /version".to_owned(), 1)]);
    fleet.stop().await;
}

#[tokio::test]
async fn a_path_that_misbehaves_is_a_gap_beside_what_others_tell() {
    let fleet = one(Model::Bare, Behaviour::Healthy);
    let device = &fleet.devices()[0];
    for (path, found) in [
        ("/sim/401", "answered 401"),
        ("/sim/402", "answered 402"),
        ("/sim/403", "answered 403"),
        ("/sim/404", "answered 404"),
        ("/sim/500", "answered 500"),
        ("/sim/html", "answered a page"),
        ("/sim/html-called-json", "answered a page"),
        ("/sim/redirect", "answered a redirect"),
        ("/sim/text", "answered what is not JSON"),
        ("/sim/huge", "too_large"),
        ("/sim/error", "an error: SSH_TIMEOUT"),
        ("/sim/unknown-shape", "JSON without containers"),
        ("/sim/silent-events", "answered an event stream, and no event came in 2 s"),
        ("/api/server/updates", "answered 404"),
    ] {
        let mut endpoints = all_of(Model::Bare);
        endpoints.insert(0, endpoint("bad", path, "containers"));
        let snapshot = collect(&collector(device, endpoints, Duration::from_secs(20))).await.unwrap();
        let gaps: Vec<_> = snapshot.gaps.iter().map(|gap| (gap.field.as_str(), gap.found.as_str())).collect();
        assert!(matches!(gaps[..], [(field, told)] if field == path && told.starts_with(found)), "{path}: {gaps:?}");
        assert_eq!(snapshot.servers[0].containers.len(), 5, "{path}");
    }
    fleet.stop().await;
}

#[tokio::test]
async fn of_a_stream_that_never_ends_the_first_event_is_read_and_nothing_is_held() {
    let fleet = one(Model::Bare, Behaviour::Healthy);
    let device = &fleet.devices()[0];
    let collector = collector(device, vec![endpoint("events", "/sim/events", "containers")], Duration::from_secs(20));
    let begun = Instant::now();
    let snapshot = collect(&collector).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "the event came at once: {:?}", begun.elapsed());
    assert_eq!((snapshot.servers[0].containers.len(), &snapshot.gaps[..]), (5, &[][..]));
    until_closed(device).await;
    fleet.stop().await;
}

#[tokio::test]
async fn a_path_that_takes_half_a_minute_takes_the_time_of_the_others_once() {
    let fleet = one(Model::Bare, Behaviour::Healthy);
    let device = &fleet.devices()[0];
    let mut endpoints = all_of(Model::Bare);
    endpoints.insert(0, endpoint("slow", "/sim/slow", "containers"));
    let timeout = Duration::from_secs(2);
    let collector = collector(device, endpoints, timeout);
    let begun = Instant::now();
    let first = collect(&collector).await.unwrap();
    assert!(begun.elapsed() < timeout + SLACK, "{:?}", begun.elapsed());
    assert_eq!(first.servers.len(), 0);
    let found: Vec<&str> = first.gaps.iter().map(|gap| gap.found.as_str()).collect();
    assert_eq!(found.iter().filter(|found| **found == "not asked: the time was up").count(), 3, "{found:?}");
    assert!(found.contains(&"timeout"), "{found:?}");
    let second = collect(&collector).await.unwrap();
    assert_eq!((second.servers[0].containers.len(), second.servers[0].products.len()), (5, 5));
    assert_eq!(second.gaps.len(), 1, "{:?}", second.gaps);
    fleet.stop().await;
}

#[tokio::test]
async fn a_page_in_place_of_json_is_said_to_be_one() {
    for (model, behaviour) in [(Model::Pages, Behaviour::Healthy), (Model::Bare, Behaviour::WrongContentType)] {
        let fleet = one(model, behaviour);
        let collector = collector(&fleet.devices()[0], all_of(Model::Bare), Duration::from_secs(10));
        let snapshot = collect(&collector).await.unwrap();
        assert_eq!(snapshot.software.name.as_deref(), Some("MIM"), "{model}");
        assert_eq!(snapshot.gaps.len(), 3, "{model}");
        assert!(snapshot.gaps.iter().all(|gap| gap.found.contains("a page")), "{model}: {:?}", snapshot.gaps);
        fleet.stop().await;
    }
}

#[tokio::test]
async fn after_a_restart_its_container_runs_anew_and_the_others_go_on() {
    let mut config = FleetConfig::new(vec![DeviceSpec::new(Model::Bare, 1)]);
    config.restart_time = Duration::from_millis(50);
    let fleet = Fleet::start(config).unwrap();
    let device = &fleet.devices()[0];
    let collector = collector(device, all_of(Model::Bare), Duration::from_secs(10));
    let started = |snapshot: &InfrastructureSnapshot, name: &str| {
        let container = snapshot.servers[0].containers.iter().find(|container| container.name == name);
        container.unwrap().started_at.unwrap().unix_ms()
    };
    let before = collect(&collector).await.unwrap();
    device.restart();
    let deadline = Instant::now() + Duration::from_secs(10);
    let after = loop {
        match collect(&collector).await {
            Ok(after) if started(&after, "mim") - started(&before, "mim") > 60_000 => break after,
            _ => assert!(Instant::now() < deadline, "it did not come back"),
        }
    };
    assert!(started(&after, "postgres") - started(&before, "postgres") < 60_000);
    fleet.stop().await;
}

#[tokio::test]
async fn two_observations_at_once_ask_one_after_the_other() {
    let fleet =
        Fleet::start(FleetConfig::new(vec![DeviceSpec::new(Model::Bare, 1)]).serving_in(Duration::from_millis(50)))
            .unwrap();
    let device = &fleet.devices()[0];
    let collector = collector(device, all_of(Model::Bare), Duration::from_secs(20));
    let (first, second) = tokio::join!(collector.collect(), collector.collect());
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(device.counts().max_open, 1);
    fleet.stop().await;
}

#[tokio::test]
async fn a_dropped_observation_closes_its_connection_and_leaves_the_collector_usable() {
    let fleet = one(Model::Bare, Behaviour::Hang);
    let device = &fleet.devices()[0];
    let collector = collector(device, all_of(Model::Bare), Duration::from_secs(20));
    assert!(tokio::time::timeout(Duration::from_millis(100), collector.collect()).await.is_err());
    device.set_behaviour(Behaviour::Healthy);
    assert!(collector.collect().await.is_ok());
    until_closed(device).await;
    fleet.stop().await;
}

async fn until_closed(device: &Device) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while device.counts().open_now > 0 {
        assert!(Instant::now() < deadline, "a connection is still open");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_probe_for_paths_spaces_its_requests_and_stops_when_it_is_dropped() {
    let fleet = one(Model::Bare, Behaviour::Healthy);
    let device = &fleet.devices()[0];
    let address = device.address().to_string().parse().unwrap();
    let two_were_asked = async {
        while device.counts().requests < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        found = gssa_mim::probe_capabilities(&address, Duration::from_secs(5)) => panic!("too early: {found:?}"),
        () = two_were_asked => {}
    }
    let counts = device.counts();
    assert!(counts.instants[1] - counts.instants[0] >= Duration::from_secs(1), "{counts:?}");
    assert!(counts.by_path.keys().eq(
        CANDIDATES[..2].iter().map(|path| format!("GET {path}")).collect::<std::collections::BTreeSet<_>>().iter()
    ));
    until_closed(device).await;
    fleet.stop().await;
}

#[tokio::test]
async fn a_probe_for_paths_where_nobody_is_ends_at_once() {
    let fleet = one(Model::Bare, Behaviour::Refuse);
    let address = fleet.devices()[0].address().to_string().parse().unwrap();
    let error = gssa_mim::probe_capabilities(&address, Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionRefused);
    fleet.stop().await;
}
