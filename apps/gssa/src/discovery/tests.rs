//! Searches over simulated devices on loopback.

use std::sync::Arc;
use std::time::Duration;

use gssa_model::{Identity, MinerSnapshot, Reading, Snapshot, Source, SourceKind, Timestamp};
use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::{Device, Fleet, FleetConfig, Listen};
use gssa_view::clock::{Clock as _, SystemClock};
use gssa_view::store::Store;
use serde_json::{Value, json};

use super::answer::Answer;
use super::findings::Status;
use super::*;
use crate::collectors::SUPPORTED;
use crate::config::Options;
use crate::schedule::{Gate, HostKey};

/// Whatever is waited for happens before this.
const SOON: Duration = Duration::from_secs(60);

/// A search with nothing running beside it.
struct Lab {
    discovery: Discovery,
    store: Arc<Store>,
    gate: Arc<Gate>,
    _dir: tempfile::TempDir,
}

fn lab(config: &Value) -> Lab {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    std::fs::write(&path, config.to_string()).unwrap();
    let configuration =
        Configuration::load(Options { path, env: Vec::new(), overrides: json!({}), supported: SUPPORTED });
    assert!(!configuration.current().has_errors(), "{:?}", configuration.current().problems);
    let (store, gate) = (Arc::new(Store::new(1 << 20)), Arc::new(Gate::new(64)));
    let around = Surroundings { store: store.clone(), gate: gate.clone(), clock: Arc::new(SystemClock) };
    Lab { discovery: Discovery::new(around, configuration, Supervisor::default()), store, gate, _dir: dir }
}

impl Lab {
    /// A source said this a moment ago, or `age` earlier.
    fn said(&self, id: &str, identity: Identity, age: Duration) {
        let miner = MinerSnapshot { identity, ..MinerSnapshot::default() };
        let at = SystemClock.now().unix_ms() - age.as_millis() as i64;
        let source = Source::new(id.parse().unwrap(), SourceKind::Axeos, "");
        let reading = Reading {
            health: gssa_model::Health::Up,
            snapshot: Some(Arc::new(Snapshot::from(miner))),
            snapshot_at: Some(Timestamp::from_unix_ms(at)),
            ..Reading::pending(Arc::new(source))
        };
        self.store.put(Arc::new(reading), Arc::new([]));
    }

    /// Searches to the end.
    async fn search(&self, request: &Request) -> Report {
        let begun = self.discovery.start(request).unwrap();
        tokio::time::timeout(SOON, self.discovery.follow(&begun.id, |_| {})).await.unwrap();
        self.discovery.report(&begun.id).unwrap()
    }
}

fn fleet(behaviours: &[Behaviour], listen: Listen) -> Fleet {
    let spec =
        |(number, behaviour): (u32, &Behaviour)| DeviceSpec::new(Model::GammaV2_12_2, number).behaving(*behaviour);
    Fleet::start(FleetConfig::new((1..).zip(behaviours).map(spec).collect()).listening(listen)).unwrap()
}

/// Devices on ports of 127.0.0.1, and a search of just these.
fn on_ports(behaviours: &[Behaviour]) -> (Fleet, Request) {
    let fleet = fleet(behaviours, Listen::Ports);
    let ports = fleet.devices().iter().map(|device| device.address().port()).collect();
    (fleet, Request { range: "127.0.0.1".into(), ports, force: true, ..Request::default() })
}

fn mac(device: &Device) -> gssa_model::Mac {
    device.spec().mac().parse().unwrap()
}

fn at(report: &Report, device: &Device) -> Finding {
    let found = report.results.iter().find(|finding| finding.port == device.address().port());
    found.unwrap_or_else(|| panic!("{} is not in {report:?}", device.address())).clone()
}

fn axeos(id: &str, address: &impl ToString) -> Value {
    json!({ "id": id, "kind": "axeos", "address": address.to_string() })
}

/// Each device is searched by itself, all at the same time: some of them take as long as they are given.
#[tokio::test]
async fn every_way_to_answer_has_its_word() {
    use Behaviour as B;
    use Status::{Ignored, Known, NeedsPassword, New, Unknown};
    const SAME: &str = "sources, ignored";
    let table = [
        (B::Healthy, "", Some(New)),
        (B::Paused, "", Some(New)),
        (B::Hang, "", Some(Unknown)),
        (B::Refuse, "", None),
        (B::Unauthorized, "", Some(NeedsPassword)),
        (B::Garbage, "", Some(Unknown)),
        (B::NotAMiner, "", Some(Unknown)),
        (B::Reset, "", Some(Unknown)),
        (B::Healthy, "mac ignored", Some(Ignored)),
        (B::NotAMiner, "address ignored", Some(Ignored)),
        (B::Healthy, "source", Some(Known)),
        (B::Hang, "source", Some(Known)),
        (B::Healthy, SAME, Some(Known)),
    ];
    let fleet = fleet(&table.map(|(behaviour, ..)| behaviour), Listen::Ports);
    let searches = fleet.devices().iter().zip(&table).map(async |(device, (behaviour, configured, expected))| {
        let ignored = match *configured {
            "mac ignored" | SAME => vec![mac(device).to_string().to_lowercase().replace(':', "-")],
            "address ignored" => vec![device.address().to_string()],
            _ => Vec::new(),
        };
        let is_source = matches!(*configured, "source" | SAME);
        let sources: Vec<Value> = is_source.then(|| axeos("a", &device.address())).into_iter().collect();
        let lab = lab(&json!({ "sources": sources, "discovery": { "ignored": ignored } }));
        let ports = vec![device.address().port()];
        let report = lab.search(&Request { range: "127.0.0.1".into(), ports, force: true, ..Request::default() }).await;
        let Progress { state, done, total, found, .. } = report.progress;
        assert_eq!((state, done, total), (Stage::Done, 1, 1));
        assert_eq!(found, u64::from(expected.is_some()), "{behaviour} {configured}");
        let finding = report.results.first();
        assert_eq!(finding.map(|it| it.status), *expected, "{behaviour} {configured}");
        assert_eq!(finding.and_then(|it| it.source_id.as_deref()), is_source.then_some("a"));
        if *expected == Some(New) {
            let finding = finding.unwrap();
            assert_eq!(finding.kind, Some(SourceKind::Axeos));
            assert_eq!(finding.identity.as_ref().unwrap().mac, Some(mac(device)));
            assert!(finding.current_hps.is_some() && finding.why.is_none() && finding.moved.is_none());
        }
        let counts = device.counts();
        assert!(counts.max_in_flight <= 1, "{behaviour}: one request at a time");
        assert_eq!((counts.write_requests, counts.with_origin), (0, 0));
        let text = serde_json::to_string(&report.results).unwrap();
        assert!(!text.contains("null"), "{text}");
    });
    futures_util::future::join_all(searches).await;
}

#[tokio::test]
async fn the_kind_is_found_out_at_any_port() {
    use gssa_sim::cgminer;
    let spec = |model, number| cgminer::DeviceSpec::new(model, number);
    let devices = vec![spec(cgminer::Model::CanaanNano3s, 1), spec(cgminer::Model::AntminerS21, 2)];
    let fleet = Fleet::start(FleetConfig::new(devices)).unwrap();
    let ports = fleet.devices().iter().map(|device| device.address().port()).collect();
    let request = Request { range: "127.0.0.1".into(), ports, force: true, ..Request::default() };
    let report = lab(&json!({})).search(&request).await;
    let kinds: Vec<_> =
        fleet.devices().iter().map(|device| at(&report, device)).map(|it| (it.status, it.kind)).collect();
    assert_eq!(kinds, [(Status::New, Some(SourceKind::Canaan)), (Status::New, Some(SourceKind::Antminer))]);
}

#[tokio::test]
async fn a_device_is_the_one_with_its_mac_wherever_it_is() {
    let (fleet, request) = on_ports(&[Behaviour::Healthy; 3]);
    let [moved, home, replaced] = fleet.devices() else { panic!("three") };
    let sources =
        json!([axeos("moved", &"10.9.9.9"), axeos("home", &home.address()), axeos("gone", &replaced.address())]);
    let lab = lab(&json!({ "sources": sources }));
    let old = Duration::from_secs(3600);
    lab.said("moved", Identity { mac: Some(mac(moved)), ..Identity::default() }, old);
    lab.said("home", Identity { mac: Some(mac(home)), ..Identity::default() }, old);
    lab.said("gone", Identity { mac: "02:00:00:00:00:99".parse().ok(), ..Identity::default() }, old);
    let report = lab.search(&request).await;
    let brief = |device| {
        let finding = at(&report, device);
        (finding.status, finding.source_id, finding.moved)
    };
    assert_eq!(brief(moved), (Status::Known, Some("moved".into()), Some(true)));
    assert_eq!(brief(home), (Status::Known, Some("home".into()), Some(false)));
    assert_eq!(brief(replaced), (Status::New, None, None), "the address alone makes it no other device");
    assert!(at(&report, replaced).why.unwrap().contains("gone"));
}

#[tokio::test]
async fn a_source_that_has_just_answered_is_not_asked() {
    let (fleet, request) = on_ports(&[Behaviour::Healthy]);
    let device = &fleet.devices()[0];
    let lab = lab(&json!({ "sources": [axeos("a", &device.address())] }));
    lab.said("a", Identity { mac: Some(mac(device)), ..Identity::default() }, Duration::ZERO);
    let finding = at(&lab.search(&request).await, device);
    assert_eq!((finding.status, finding.moved, finding.kind), (Status::Known, Some(false), Some(SourceKind::Axeos)));
    assert_eq!(finding.identity.unwrap().mac, Some(mac(device)));
    assert_eq!(device.counts().connections, 0);
}

/// The schedule locks what is configured, be it the address or a name for it.
#[tokio::test]
async fn a_host_that_is_being_asked_is_waited_for() {
    for host in ["127.0.0.1", "localhost"] {
        let (fleet, request) = on_ports(&[Behaviour::Healthy]);
        let device = &fleet.devices()[0];
        let address = format!("{host}:{}", device.address().port());
        let lab = lab(&json!({ "sources": [axeos("a", &address)] }));
        let turn = lab.gate.turn(&HostKey::of(&address.parse().unwrap())).await;
        let begun = lab.discovery.start(&request).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(device.counts().connections, 0, "{host}");
        assert_eq!(lab.discovery.report(&begun.id).unwrap().progress.done, 0, "{host}");
        drop(turn);
        tokio::time::timeout(SOON, lab.discovery.follow(&begun.id, |_| {})).await.unwrap();
        let finding = at(&lab.discovery.report(&begun.id).unwrap(), device);
        assert_eq!((finding.status, finding.moved), (Status::Known, Some(false)), "{host}");
    }
}

/// The range is silent, and one host after another: the answers come while nothing else goes on.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_announces_itself_is_asked_beside_the_range() {
    use gssa_sim::mdns::{Announced, Manner, Responder};
    let fleet =
        fleet(&[Behaviour::Hang, Behaviour::Hang, Behaviour::Healthy, Behaviour::Healthy], Listen::Shared { port: 0 });
    let device = Device::loopback_address;
    let announced = |index, name: &str| Announced { at: device(index), name: name.into(), manner: Manner::Proper };
    let nobody = Announced { at: "127.89.3.1".parse().unwrap(), name: "Nobody".into(), manner: Manner::Proper };
    let responder = Responder::start(vec![announced(0, "First"), announced(2, "Third"), nobody]).await.unwrap();
    let near = targets::Network::of("127.0.0.1".parse().unwrap(), 8).unwrap();
    let from = vec![("127.0.0.1".parse().unwrap(), near)];
    let plan = Plan {
        targets: Targets::parse(&format!("{}-{}", device(0), device(1)), &[], true).unwrap(),
        ports: vec![fleet.devices()[0].address().port()],
        ports_if_there: Vec::new(),
        concurrency: 1,
        announcements: Some(mdns::Ask { from, to: responder.address(), wait: Duration::from_secs(1) }),
    };
    let lab = lab(&json!({}));
    let begun = lab.discovery.begin(plan, "a part".into(), Vec::new()).unwrap();
    assert_eq!(begun.total, 2);
    tokio::time::timeout(SOON, lab.discovery.follow(&begun.id, |_| {})).await.unwrap();
    let report = lab.discovery.report(&begun.id).unwrap();
    assert_eq!((report.progress.state, report.progress.total, report.progress.done), (Stage::Done, 4, 4));
    let found: Vec<_> = report.results.iter().map(|it| (it.status, it.ip, it.announced.as_deref())).collect();
    let expected = [
        (Status::New, device(2), Some("Third")),
        (Status::Unknown, device(0), Some("First")),
        (Status::Unknown, device(1), None),
    ];
    assert_eq!(found, expected);
    assert_eq!(fleet.devices()[3].counts().connections, 0, "who is neither in the range nor announced is left alone");
}

#[test]
fn only_a_search_of_the_own_networks_asks_for_announcements() {
    let subnet = own::Subnet {
        network: "10.0.3.0".parse().ok().and_then(|base| targets::Network::of(base, 24)).unwrap(),
        interface: "lan".into(),
        address: "10.0.3.4".parse().unwrap(),
        whole: "10.0.0.0".parse().ok().and_then(|base| targets::Network::of(base, 16)).unwrap(),
    };
    let own = Own { subnets: vec![subnet.clone()], notes: Vec::new() };
    let asked = |range: &str| {
        plan(&Request { range: range.into(), ..Request::default() }, &own).unwrap().announcements.map(|ask| ask.from)
    };
    let expected = Some(vec![(subnet.address, subnet.whole)]);
    assert_eq!((asked("own"), asked("10.0.3.0/24"), asked("10.9.0.1, OWN")), (expected.clone(), None, expected));
}

#[test]
fn one_device_with_two_addresses_is_one() {
    let identity = |mac: &str| Identity { mac: mac.parse().ok(), hostname: Some("Rig".into()), ..Identity::default() };
    let answer = |at: &str, mac: &str| Answer {
        at: at.parse().unwrap(),
        what: answer::What::Device(Box::new(answer::Device {
            kind: SourceKind::Axeos,
            is_miner: true,
            identity: identity(mac),
            current_hps: None,
            algorithm: None,
        })),
    };
    let (known, new) = ("02:00:00:00:00:01", "02:00:00:00:00:02");
    let lab = lab(&json!({ "sources": [axeos("rig", &"10.0.0.1")] }));
    lab.said("rig", identity(known), Duration::from_secs(3600));
    let loaded = lab.discovery.configuration.current();
    let sources = Known::new(&loaded.config, &lab.store, &std::collections::HashMap::new());
    let findings = sources.findings(&[
        answer("10.0.0.4:81", new),
        answer("10.0.0.2:80", known),
        answer("10.0.0.3:80", new),
        answer("10.0.0.1:80", known),
    ]);
    let brief: Vec<_> = findings.iter().map(|it| (it.status, it.address.as_str(), it.moved)).collect();
    let expected = [
        (Status::New, "10.0.0.3", None),
        (Status::New, "10.0.0.4:81", None),
        (Status::Known, "10.0.0.1", Some(false)),
        (Status::Known, "10.0.0.2", Some(false)),
    ];
    assert_eq!(brief, expected);
    let away = sources.findings(&[answer("10.0.0.2:80", known)]);
    assert_eq!((away[0].moved, away[0].source_id.as_deref()), (Some(true), Some("rig")));
    let mut names = crate::naming::Names::of(&[json!({ "name": "rig" })]);
    let added = adding::sources(&findings, &mut names);
    assert_eq!(added, [json!({ "name": "Rig 2", "kind": "axeos", "address": "10.0.0.3" })]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn many_hosts_are_asked_and_progress_only_grows() {
    let fleet = fleet(&[Behaviour::Healthy; 40], Listen::Shared { port: 0 });
    let port = fleet.devices()[0].address().port();
    let lab = lab(&json!({}));
    let request = Request { range: "127.88.0.1-60".into(), ports: vec![port], concurrency: 8, force: true };
    let begun = lab.discovery.start(&request).unwrap();
    let mut seen = vec![(0, 0)];
    let follow = lab.discovery.follow(&begun.id, |progress| seen.push((progress.done, progress.found)));
    tokio::time::timeout(SOON, follow).await.unwrap();
    assert!(seen.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1), "{seen:?}");
    assert_eq!(seen.last().unwrap().0, 60);
    let report = lab.discovery.report(&begun.id).unwrap();
    let new: Vec<_> = report.results.iter().filter(|it| it.status == Status::New).collect();
    assert_eq!(new.len(), 40);
    assert!(new.is_sorted_by(|a, b| a.ip < b.ip));
    for device in fleet.devices() {
        assert_eq!((device.counts().max_in_flight, device.counts().write_requests), (1, 0));
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_search_stops_at_once_and_another_may_begin() {
    let fleet = fleet(&[Behaviour::Hang; 20], Listen::Shared { port: 0 });
    let port = fleet.devices()[0].address().port();
    let lab = lab(&json!({}));
    let request = Request { range: "127.88.0.1-20".into(), ports: vec![port], concurrency: 20, force: true };
    let begun = lab.discovery.start(&request).unwrap();
    assert!(matches!(lab.discovery.start(&request), Err(StartError::UnderWay { id }) if id == begun.id));
    let open = || fleet.devices().iter().map(|device| device.counts().open_now).sum::<usize>();
    let all_hang = async {
        while open() < 20 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, all_hang).await.unwrap();
    assert!(lab.discovery.stop(&begun.id));
    let report = lab.discovery.report(&begun.id).unwrap();
    assert_eq!((report.progress.state, report.results.len()), (Stage::Stopped, 0));
    assert!(report.progress.ended_at.is_some());
    let all_closed = async {
        while open() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, all_closed).await.unwrap();
    assert!(!lab.discovery.stop("nothing"));
    for _ in 0..MAX_KEPT {
        let next = lab.discovery.start(&request).unwrap();
        assert!(lab.discovery.stop(&next.id));
    }
    assert_eq!(lab.discovery.overview().searches.len(), MAX_KEPT);
    assert_eq!(lab.discovery.report(&begun.id), None, "only the last ones are kept");
}

#[tokio::test]
async fn a_wrong_request_begins_nothing() {
    let lab = lab(&json!({}));
    let wrong = |change: fn(&mut Request)| {
        let mut request = Request { range: "10.0.0.1".into(), ..Request::default() };
        change(&mut request);
        lab.discovery.start(&request).unwrap_err().to_string()
    };
    assert_eq!(wrong(|it| it.ports = vec![]), "ports: 1 to 16 of 1 to 65535");
    assert_eq!(wrong(|it| it.ports = vec![0]), "ports: 1 to 16 of 1 to 65535");
    assert_eq!(wrong(|it| it.ports = (1..=17).collect()), "ports: 1 to 16 of 1 to 65535");
    assert_eq!(wrong(|it| it.concurrency = 0), "concurrency: 1 to 256");
    assert!(wrong(|it| it.range = "127.0.0.1".into()).contains("private network"));
    assert!(lab.discovery.overview().searches.is_empty());
}
