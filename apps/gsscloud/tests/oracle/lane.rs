//! One agent with its devices, its way to the receiver, and what goes wrong with them.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fastrand::Rng;
use gssa_sim::axeos::{DeviceSpec, Figures, Model};
use gssa_sim::{Fleet, FleetConfig};
use gsscloud::log::AgentId;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::fault::{Kind, Means, Path, Script};
use crate::programs::{Agent, Cloud, agent_binary, faketime, until};
use crate::proxy::{Face, Mode, Proxy, Way};
use crate::tls::Tls;

/// Without a connection for so long, the agent is told to try at once, as its operator can.
const NUDGE_AFTER: Duration = Duration::from_secs(3);

/// The name that the receiver has for an agent that looks it up.
const NAME: &str = "cloud.oracle";

/// What became of the items of one run, as the agent said last.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ledger {
    pub(crate) produced: u64,
    pub(crate) acknowledged: u64,
    pub(crate) thinned: u64,
    pub(crate) lost: u64,
    pub(crate) refused: u64,
}

impl Ledger {
    fn of(link: &Value) -> Self {
        let items = |fate: &str| link["ledger"][fate]["items"].as_u64().unwrap_or(0);
        let ledger = Self {
            produced: items("produced"),
            acknowledged: items("acknowledged"),
            thinned: items("thinned"),
            lost: items("lost"),
            refused: items("refused"),
        };
        assert_eq!(ledger.produced, items("queued") + ledger.settled(), "{link:#}");
        ledger
    }

    const fn settled(self) -> u64 {
        self.acknowledged + self.gaps()
    }

    pub(crate) const fn gaps(self) -> u64 {
        self.thinned + self.lost + self.refused
    }
}

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

    fn make(&mut self, kind: Kind) {
        match kind {
            Kind::Cut => self.cut(Way::Up, 1200),
            Kind::CutBack => self.cut(Way::Down, 120),
            Kind::HalfOpen => self.interrupt(&Mode::Hole),
            Kind::NeverReads => self.interrupt(&Mode::Deaf),
            Kind::NoAcks => self.interrupt(&Mode::NoAcks),
            Kind::HalfOpenForLong => self.until_it_gives_up(Mode::Hole),
            Kind::NoAcksForLong => self.until_it_gives_up(Mode::NoAcks),
            Kind::Refused => {
                self.shut(Mode::Refuses);
                self.rest(0.0..2.0);
            }
            Kind::Status401 => {
                self.shut(Mode::Answers(answer("401 Unauthorized", "")));
                self.link_when("rejected", |link| link["state"] == "rejected");
                self.proxy.set(Mode::Through);
                self.nudge();
            }
            Kind::Status413 => {
                self.shut(Mode::Answers(answer("413 Content Too Large", "")));
                // By POST a batch is halved each time, until a single item is refused.
                let times = self.rng.u64(1..=8);
                let (proxy, path) = (self.proxy.clone(), self.path);
                until("413 was answered", || (path != Path::Post || proxy.hits() >= times).then_some(()));
            }
            Kind::Status429 => self.too_much(),
            Kind::Status503 => drop(self.shut(Mode::Answers(answer("503 Service Unavailable", "")))),
            Kind::RedirectLoop => {
                let to = format!("Location: http://{}/agent\r\n", self.proxy.address());
                self.shut(Mode::Answers(answer("301 Moved Permanently", &to)));
                self.error_with("redirects");
            }
            Kind::CloudKilled => self.cloud.ends_by("KILL", self.a_while(0.0..2.0)),
            Kind::CloudRestarted => self.cloud.ends_by("TERM", self.a_while(0.0..2.0)),
            Kind::AgentKilled => {
                // With nothing that waits, or with all of some seconds.
                if self.rng.bool() {
                    self.shut(Mode::Refuses);
                }
                self.rest(0.0..4.0);
                self.end_run(true);
                self.agent.kill();
                self.begin_run();
            }
            Kind::AgentRestarted => {
                let cloud = self.cloud;
                let _calm = cloud.calm.read().unwrap();
                self.recover();
                self.end_run(false);
                self.agent.stop();
                self.begin_run();
            }
            Kind::AgentEndsAway => {
                self.shut(Mode::Refuses);
                self.rest(1.0..4.0);
                self.end_run(true);
                self.agent.stop();
                self.begin_run();
            }
            Kind::Sleep => {
                self.agent.signal("STOP");
                self.rest(2.0..12.0);
                self.agent.signal("CONT");
            }
            Kind::RingFull => {
                let before = self.ledger().gaps();
                self.shut(Mode::Refuses);
                self.link_when("thinning", |link| Ledger::of(link).gaps() > before + 30);
            }
            Kind::Expired => {
                self.shut(Mode::Expired);
                self.error_with("expired");
            }
            Kind::DnsDead => {
                fs::write(self.dir.path().join("hosts"), hosts(false)).unwrap();
                self.proxy.cut_all();
                self.error_with("DNS");
                fs::write(self.dir.path().join("hosts"), hosts(true)).unwrap();
            }
            Kind::ClockJump => {
                let before = self.endings("clock");
                let secs = self.rng.i64(60..7200);
                self.jumped_secs += if self.rng.bool() { secs } else { -secs };
                fs::write(self.dir.path().join("clock"), format!("{:+}", self.jumped_secs)).unwrap();
                self.link_when("aware of its clock", |link| endings(link, "clock") > before);
            }
            Kind::NoTunnel => {
                let refusal = if self.rng.bool() { "407 Proxy Authentication Required" } else { "502 Bad Gateway" };
                self.shut(Mode::NoTunnel(answer(refusal, "")));
                self.error_with("proxy");
            }
        }
        self.proxy.set(Mode::Through);
    }

    /// Cuts one connection after a few bytes of this way.
    fn cut(&mut self, way: Way, most: usize) {
        let mode = Mode::Cut { way, after: self.rng.usize(1..most), resets: self.rng.bool() };
        self.proxy.set(mode);
        self.feel();
    }

    /// Lets nothing through for some seconds, and then all that was held back, or cuts.
    fn interrupt(&mut self, mode: &Mode) {
        self.proxy.set(mode.clone());
        self.feel();
        self.rest(1.0..8.0);
        // What was left out of a stream of frames does not come any more.
        if *mode == Mode::NoAcks || self.rng.bool() {
            self.proxy.cut_all();
        }
    }

    /// The same until the agent ends the connection by itself: its deadlines are what they are, a minute.
    fn until_it_gives_up(&mut self, mode: Mode) {
        let cloud = self.cloud;
        let _calm = cloud.calm.read().unwrap();
        self.recover();
        let before: u64 = ["silent", "broken"].iter().map(|reason| self.endings(reason)).sum();
        self.proxy.set(mode);
        let is_over =
            |link: &Value| ["silent", "broken"].iter().map(|reason| endings(link, reason)).sum::<u64>() > before;
        self.link_when("giving up", is_over);
        assert!(self.proxy.was_felt());
    }

    /// Cuts what is open, and lets nobody in; waits until somebody was turned away.
    fn shut(&mut self, mode: Mode) -> bool {
        self.proxy.set(mode);
        self.proxy.cut_all();
        self.feel()
    }

    /// Waits until the fault was felt; tells whether without a nudge.
    fn feel(&mut self) -> bool {
        let (proxy, nudges) = (self.proxy.clone(), self.nudges);
        let mut nudged_at = Instant::now();
        until("the fault is felt", || {
            if nudged_at.elapsed() > NUDGE_AFTER {
                nudged_at = Instant::now();
                self.nudge();
            }
            proxy.was_felt().then_some(())
        });
        nudges == self.nudges
    }

    /// 429 with `Retry-After`: until then it does not come back.
    fn too_much(&mut self) {
        let secs = self.rng.u64(1..=3);
        let was_not_nudged =
            self.shut(Mode::Answers(answer("429 Too Many Requests", &format!("Retry-After: {secs}\r\n"))));
        let (asked, seen) = (Instant::now(), self.proxy.asked_at().len());
        self.proxy.set(Mode::Through);
        let proxy = self.proxy.clone();
        let came = until("it comes back", || proxy.asked_at().get(seen).copied());
        // What is heard here of the answer is some milliseconds old.
        let least = Duration::from_millis(1000 * secs - 200);
        assert!(
            !was_not_nudged || came.duration_since(asked) >= least,
            "{:?} after {secs} s were asked for",
            came - asked
        );
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
            assert!(begun.elapsed() < crate::programs::PATIENCE, "{} does not recover: {link:#}", self.name);
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

    fn endings(&self, reason: &str) -> u64 {
        endings(&self.agent.link(), reason)
    }

    fn link_when(&self, what: &str, is_so: impl Fn(&Value) -> bool) {
        let mut last = Value::Null;
        let begun = Instant::now();
        while !is_so(&last) {
            assert!(begun.elapsed() < crate::programs::PATIENCE, "{} is not {what}: {last:#}", self.name);
            sleep(Duration::from_millis(50));
            last = self.agent.link();
        }
    }

    /// Waits until the agent tells its operator in these words.
    fn error_with(&mut self, words: &str) {
        let mut nudged_at = Instant::now();
        let mut last = Value::Null;
        let begun = Instant::now();
        while !last["last_error"].as_str().is_some_and(|error| error.contains(words)) {
            assert!(begun.elapsed() < crate::programs::PATIENCE, "{}: no {words:?} in {last:#}", self.name);
            if nudged_at.elapsed() > NUDGE_AFTER {
                nudged_at = Instant::now();
                self.nudge();
            }
            sleep(Duration::from_millis(50));
            last = self.agent.link();
        }
    }

    fn a_while(&mut self, secs: std::ops::Range<f64>) -> Duration {
        Duration::from_secs_f64(secs.start + (secs.end - secs.start) * self.rng.f64())
    }

    fn rest(&mut self, secs: std::ops::Range<f64>) {
        sleep(self.a_while(secs));
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

/// Whatever fails between the two, neither does anything that the other must not see, and nobody is taken for a second copy.
fn assert_understood(link: &Value) {
    for attempt in link["attempts"].as_array().into_iter().flatten() {
        let text = attempt["text"].as_str().unwrap_or_default();
        for never in ["did not understand", "two copies may run", "run as one", "cannot be read"] {
            assert!(!text.contains(never), "{link:#}");
        }
    }
}

fn endings(link: &Value, reason: &str) -> u64 {
    link["endings"][reason].as_u64().unwrap_or(0)
}

pub(crate) fn source_id(index: usize) -> String {
    format!("device-{index:02}")
}

fn hosts(is_known: bool) -> String {
    format!("127.0.0.1 localhost\n{}", if is_known { format!("127.0.0.1 {NAME}\n") } else { String::new() })
}

fn answer(status: &str, more: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n")
}

fn config(path: Path, means: Means, fleet: &Fleet, proxy: &Proxy, token: &str) -> Value {
    let source = |(index, device): (usize, &gssa_sim::Device)| json!({ "id": source_id(index), "kind": "axeos", "address": format!("http://{}", device.address()) });
    let sources: Vec<Value> = fleet.devices().iter().enumerate().map(source).collect();
    let (at, port) = (proxy.address(), proxy.address().port());
    let endpoint = match path {
        Path::Plain => format!("ws://{at}/agent"),
        Path::Post => format!("http://{at}/agent"),
        Path::Named if means.names => format!("wss://{NAME}:{port}/agent"),
        Path::Named => format!("wss://{at}/agent"),
        Path::Tunnel => "ws://cloud.invalid/agent".to_owned(),
    };
    let ring_max_bytes = if path == Path::Plain { 65536 } else { 1 << 20 };
    json!({
        "server": { "listen": "127.0.0.1:0" },
        "polling": { "interval_secs": 1 },
        "sources": sources,
        "uplinks": [{ "id": "cloud", "endpoint": endpoint, "token": token, "flush_secs": 1, "ca_file": "ca-0.pem",
                      "ring_max_bytes": ring_max_bytes, "allow_plaintext": true }],
    })
}

/// What becomes the agent.
fn command(path: Path, means: Means, dir: &tempfile::TempDir, proxy: &Proxy) -> Command {
    let own_names = path == Path::Named && means.names;
    let mut command = if own_names {
        let script = "mount --bind hosts /etc/hosts && mount --bind resolv.conf /etc/resolv.conf && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]);
        command
    } else {
        Command::new("env")
    };
    if own_names {
        command.arg("env");
    }
    command.arg("-i");
    if path == Path::Tunnel {
        command.arg(format!("HTTP_PROXY=http://{}", proxy.address()));
    }
    if let Some(library) = faketime().filter(|_| path == Path::Named && means.clock) {
        command.arg(format!("LD_PRELOAD={}", library.display()));
        command.arg(format!("FAKETIME_TIMESTAMP_FILE={}", dir.path().join("clock").display()));
        command.args([
            "FAKETIME_NO_CACHE=1",
            "DONT_FAKE_MONOTONIC=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "NO_FAKE_STAT=1",
        ]);
    }
    command.arg(agent_binary()).args(["run", "--config", "config.json"]).current_dir(dir.path());
    command
}
