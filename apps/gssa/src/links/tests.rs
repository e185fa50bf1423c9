use gssa_model::unit::Hashrate;
use gssa_model::{Coin, LinkedBy, Pool, Source, SourceKind};
use gssa_view::finding::IssueCode;

use super::*;

/// A store with a pool of two coins and one miner, asked once a minute.
struct Site {
    store: Store,
    joiner: Joiner,
    minute: i64,
}

impl Site {
    fn new() -> Self {
        let mut site = Self { store: Store::new(1 << 20), joiner: Joiner::default(), minute: 0 };
        site.put(miner());
        site.put(pool());
        site
    }

    fn put(&mut self, reading: Reading) {
        self.store.put(Arc::new(reading), Arc::new([]));
    }

    /// What is told `minutes` later.
    fn look(&mut self, minutes: i64) {
        self.minute += minutes;
        self.joiner.look(&self.store, Timestamp::from_unix_ms(self.minute * 60_000), &Ports::new());
    }

    fn links(&self, id: &str) -> Vec<String> {
        let reading = self.store.get(id).unwrap().reading;
        let text = |link: &Link| {
            let (coin, worker) = (link.coin.as_deref().unwrap_or("?"), link.worker.as_deref().unwrap_or("?"));
            assert_eq!(link.by, LinkedBy::PortAndWorker);
            format!("{} {coin} {worker}", link.source_id)
        };
        reading.links.iter().map(text).collect()
    }

    fn findings(&self, id: &str) -> Vec<(IssueCode, String)> {
        self.store.get(id).unwrap().findings.iter().map(|it| (it.code, it.detail.to_string())).collect()
    }

    fn state(&self, id: &str) -> State {
        self.store.get(id).unwrap().reading.state
    }
}

fn reading(
    id: &str,
    kind: SourceKind,
    address: &str,
    snapshot: impl Into<gssa_model::Snapshot>,
    state: State,
) -> Reading {
    let source = Source { name: id.to_uppercase(), ..Source::new(id.parse().unwrap(), kind, address) };
    Reading {
        health: Health::Up,
        state,
        observed_at: Some(Timestamp::from_unix_ms(0)),
        snapshot: Some(Arc::new(snapshot.into())),
        ..Reading::pending(Arc::new(source))
    }
}

fn stratum(index: u32, url: &str, state: PoolState, role: PoolRole) -> Pool {
    let (url, user) = (Some(url.to_owned()), Some("dgb1qgarage.rig1".to_owned()));
    Pool { index, url, user, state: Some(state), role: Some(role), ..Pool::default() }
}

fn miner_snapshot() -> MinerSnapshot {
    let mut miner = MinerSnapshot { uptime_secs: Some(90_000), ..MinerSnapshot::default() };
    miner.hashing.current_hps = Hashrate::from_ths(1.2);
    miner.pools = vec![
        stratum(0, "stratum+tcp://192.168.1.10:3333", PoolState::Active, PoolRole::Primary),
        stratum(1, "stratum+tcp://backup.example:3333", PoolState::Standby, PoolRole::Fallback),
    ];
    miner
}

fn miner() -> Reading {
    reading("rig", SourceKind::Axeos, "http://192.168.1.51", miner_snapshot(), State::Hashing)
}

fn pool_snapshot(credited_ths: f64) -> PoolSnapshot {
    let worker = Worker {
        name: "dgb1qgarage.rig1".into(),
        active: Some(true),
        current_hps: Hashrate::from_ths(credited_ths),
        ..Worker::default()
    };
    let coin = Coin { key: "DGB".into(), workers: vec![worker], ..Coin::default() };
    let other = Coin { key: "BTC".into(), ..Coin::default() };
    PoolSnapshot { uptime_secs: Some(90_000), coins: vec![coin, other], ..PoolSnapshot::default() }
}

fn pool_with(snapshot: PoolSnapshot) -> Reading {
    reading("gss", SourceKind::Gss, "http://192.168.1.10:4004", snapshot, State::Running)
}

fn pool() -> Reading {
    pool_with(pool_snapshot(1.2))
}

#[test]
fn both_sides_show_the_link_and_keep_it_through_the_next_reading() {
    let mut site = Site::new();
    site.look(0);
    assert_eq!(site.links("rig"), ["gss DGB dgb1qgarage.rig1"]);
    assert_eq!(site.links("gss"), ["rig DGB dgb1qgarage.rig1"]);
    site.put(miner());
    assert_eq!(site.links("rig"), ["gss DGB dgb1qgarage.rig1"]);
    let revision = site.store.revision();
    site.look(1);
    assert_eq!(site.store.revision(), revision, "nothing changed, nothing is published");

    site.store.remove("gss");
    site.look(1);
    assert_eq!(site.links("rig"), [""; 0]);
    assert!(site.joiner.joined.is_empty());
}

#[test]
fn a_shortfall_is_told_once_it_has_lasted_and_is_gone_with_it() {
    let mut site = Site::new();
    site.put(pool_with(pool_snapshot(0.5)));
    for minutes in [0, 9] {
        site.look(minutes);
        assert_eq!((site.findings("rig"), site.state("rig")), (Vec::new(), State::Hashing));
    }
    site.look(1);
    let detail = "hashes at 1.20 TH/s, GSS credits 500 GH/s (42 %) at DGB".to_owned();
    assert_eq!(site.findings("rig"), [(IssueCode::NotEarning, detail)]);
    assert_eq!(site.state("rig"), State::Degraded);
    site.put(miner());
    assert_eq!(site.state("rig"), State::Degraded, "its own next reading does not know better");

    site.put(pool());
    site.look(1);
    assert_eq!((site.findings("rig"), site.state("rig")), (Vec::new(), State::Hashing));
    site.put(pool_with(pool_snapshot(0.5)));
    site.look(5);
    assert_eq!(site.findings("rig"), [], "it begins anew");
}

#[test]
fn what_the_pool_says_about_the_coin_is_told_at_once() {
    let mut site = Site::new();
    let mut snapshot = pool_snapshot(1.2);
    snapshot.coins[0].status = Some("node warm-up".into());
    site.put(pool_with(snapshot));
    site.look(0);
    let detail = "hashes for DGB of GSS, which says: node warm-up".to_owned();
    assert_eq!(site.findings("rig"), [(IssueCode::NotEarning, detail)]);
}

#[test]
fn a_miner_on_its_fallback_pool_leaves_ours_without_work() {
    let mut site = Site::new();
    let mut snapshot = miner_snapshot();
    (snapshot.pools[0].state, snapshot.pools[1].state) = (Some(PoolState::Dead), Some(PoolState::Active));
    site.put(reading("rig", SourceKind::Axeos, "http://192.168.1.51", snapshot, State::Degraded));
    site.look(0);
    assert_eq!(site.links("rig"), [""; 0]);
    let detail = "works for its fallback pool backup.example:3333; GSS gets nothing from it".to_owned();
    assert_eq!(site.findings("rig"), [(IssueCode::NotEarning, detail)]);
}

#[test]
fn who_is_paused_or_gone_works_for_nobody() {
    for change in [
        |reading: &mut Reading| reading.state = State::Standby,
        |reading: &mut Reading| reading.health = Health::Down,
        |reading: &mut Reading| reading.health = Health::Disabled,
    ] {
        let mut site = Site::new();
        let mut gone = miner();
        change(&mut gone);
        site.put(gone);
        site.look(0);
        assert_eq!(site.links("rig"), [""; 0]);
    }
}

#[test]
fn the_host_and_port_of_a_pool_url() {
    for (url, expected) in [
        ("stratum+tcp://192.168.1.10:3333", Some(("192.168.1.10", 3333))),
        ("stratum+ssl://Pool.Example:443", Some(("pool.example", 443))),
        ("stratum+tcp://[fd00::1]:3333", Some(("fd00::1", 3333))),
        ("192.168.1.10:3333", None),
        ("stratum+tcp://pool.example", None),
    ] {
        let found = host_and_port(url);
        assert_eq!(found.as_ref().map(|(host, port)| (host.as_str(), *port)), expected, "{url}");
    }
}
