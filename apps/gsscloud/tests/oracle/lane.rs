//! One agent with its devices, its way to the receiver, and what goes wrong with them.

mod faults;
mod ledger;
mod surroundings;

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fastrand::Rng;
use gssa_sim::axeos::{DeviceSpec, Figures, Model};
use gssa_sim::{Fleet, FleetConfig};
use gsscloud::log::AgentId;
use serde_json::Value;
use tokio::runtime::Runtime;

pub(crate) use self::ledger::Ledger;
use self::ledger::assert_understood;
pub(crate) use self::surroundings::source_id;
use self::surroundings::{command, config, hosts};
use crate::fault::{Kind, Means, Path, Script};
use crate::programs::{Agent, Cloud, PATIENCE};
use crate::proxy::{Face, Proxy};
use crate::tls::Tls;

/// Without a connection for so long, the agent is told to try at once, as its operator can.
const NUDGE_AFTER: Duration = Duration::from_secs(3);

/// One run of the agent's process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Run {
    /// How much each device had told before.
    pub(crate) told_before: Vec<u64>,
    /// And how much at its end.
    pub(crate) told_after: Vec<u64>,
    /// What it said of its items last.
    pub(crate) ledger: Ledger,
    /// It ended without a goodbye.
    pub(crate) was_cut_off: bool,
}

/// One agent and everything around it.
pub(crate) struct Lane<'a> {
    pub(crate) name: String,
    pub(crate) id: AgentId,
    pub(crate) runs: Vec<Run>,
    /// How often each kind of fault was made.
    pub(crate) made: BTreeMap<Kind, u64>,
    path: Path,
    rng: Rng,
    cloud: &'a Cloud,
    means: Means,
    dir: tempfile::TempDir,
    fleet: Fleet,
    proxy: Proxy,
    agent: Agent,
    nudges: u64,
    jumped_secs: i64,
    begun: Instant,
}

impl<'a> Lane<'a> {
    pub(crate) fn start(
        number: usize,
        script: &Script,
        means: Means,
        cloud: &'a Cloud,
        tls: &Tls,
        runtime: &Runtime,
        begun: Instant,
    ) -> Self {
        let path = script.path;
        let name = format!("{}-{number}", format!("{path:?}").to_lowercase());
        let (id, token) = cloud.enrol(&name);
        let count = if path == Path::Plain { 24 } else { 5 };
        let specs: Vec<DeviceSpec> =
            (1..=count).map(|n| DeviceSpec::new(Model::GammaV2_14_0, number as u32 * 100 + n)).collect();
        let entered = runtime.enter();
        let fleet = Fleet::start(FleetConfig::new(specs)).unwrap();
        drop(entered);
        fleet.devices().iter().for_each(gssa_sim::Device::keep_what_it_tells);
        let face = Face { tls: (path == Path::Named).then(|| tls.acceptors.clone()), tunnels: path == Path::Tunnel };
        let proxy = runtime.block_on(Proxy::start(cloud.address, face));
        let dir = tempfile::tempdir().unwrap();
        for file in ["ca-0.pem", "ca-1.pem"] {
            fs::write(dir.path().join(file), &tls.authority).unwrap();
        }
        fs::write(dir.path().join("hosts"), hosts(true)).unwrap();
        fs::write(dir.path().join("resolv.conf"), "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n").unwrap();
        fs::write(dir.path().join("clock"), "+0").unwrap();
        let config = config(path, means, &fleet, &proxy, &token);
        fs::write(dir.path().join("config.json"), config.to_string()).unwrap();
        let agent = Agent::start(command(path, means, &dir, &proxy));
        let runs = vec![Run { told_before: vec![0; fleet.devices().len()], ..Run::default() }];
        let rng = script.rng.clone();
        let (made, nudges, jumped_secs) = (BTreeMap::new(), 0, 0);
        Self { name, id, runs, made, path, rng, cloud, means, dir, fleet, proxy, agent, nudges, jumped_secs, begun }
    }

    /// What each device told, by the id of its source.
    pub(crate) fn told(&self) -> BTreeMap<String, Vec<Figures>> {
        let told = self.fleet.devices().iter().enumerate();
        told.map(|(index, device)| (source_id(index), device.told())).collect()
    }

    /// Everything that goes wrong, one after the other.
    pub(crate) fn play(&mut self, faults: &[Kind]) {
        self.recover();
        for kind in faults {
            let begun = Instant::now();
            self.make(*kind);
            self.recover();
            *self.made.entry(*kind).or_default() += 1;
            self.tell(&format!("{kind}, over after {:.1} s", begun.elapsed().as_secs_f64()));
        }
    }

    /// The agent ends, with everything delivered.
    pub(crate) fn stop(&mut self) {
        self.recover();
        self.end_run(false);
        self.agent.stop();
        self.told_after();
    }

    pub(crate) fn log(&self) -> String {
        self.agent.log()
    }

    fn tell(&self, what: &str) {
        crate::tell(&format!("{:7.1} s  {:9}  {what}", self.begun.elapsed().as_secs_f64(), self.name));
    }

    /// Waits until everything that was made up to now is settled.
    fn recover(&mut self) {
        let produced = self.ledger().produced;
        let mut nudged_at = Instant::now();
        let begun = Instant::now();
        loop {
            let link = self.agent.link();
            assert_understood(&link);
            let is_on = ["on", "catching_up"].iter().any(|state| link["state"] == *state);
            if is_on && Ledger::of(&link).settled() >= produced.max(1) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{} does not recover: {link:#}", self.name);
            if is_on {
                nudged_at = Instant::now();
            } else if nudged_at.elapsed() > NUDGE_AFTER {
                nudged_at = Instant::now();
                self.nudge();
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// Another CA file, which is the same one: the agent connects anew at once, and what waits stays.
    fn nudge(&mut self) {
        self.nudges += 1;
        let path = self.dir.path().join("config.json");
        let mut config: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        config["uplinks"][0]["ca_file"] = format!("ca-{}.pem", self.nudges % 2).into();
        let new = self.dir.path().join("config.json.new");
        fs::write(&new, config.to_string()).unwrap();
        fs::rename(new, path).unwrap();
        self.agent.signal("HUP");
    }

    fn ledger(&self) -> Ledger {
        Ledger::of(&self.agent.link())
    }

    fn end_run(&mut self, was_cut_off: bool) {
        let ledger = self.ledger();
        let run = self.runs.last_mut().unwrap();
        (run.ledger, run.was_cut_off) = (ledger, was_cut_off);
    }

    fn told_after(&mut self) {
        let told = self.fleet.devices().iter().map(|device| device.told().len() as u64).collect();
        self.runs.last_mut().unwrap().told_after = told;
    }

    /// The process is gone, and another one takes its place.
    fn begin_run(&mut self) {
        self.told_after();
        let told_before = self.runs.last().unwrap().told_after.clone();
        self.runs.push(Run { told_before, ..Run::default() });
        self.agent = Agent::start(command(self.path, self.means, &self.dir, &self.proxy));
    }
}
