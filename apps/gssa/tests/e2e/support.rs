//! An agent as a process of its own, devices to ask, and waiting.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::{Device, Fleet, FleetConfig, Listen, Spec};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use gssa_testkit::http::{Answer, Events, send};

/// Whatever is waited for happens before this, or the test fails. Generous: the machine may be busy with other things.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// Looks until there is what is looked for; fails with `what` after `within`.
pub(crate) fn until<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    const PAUSE: Duration = Duration::from_millis(25);
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < within, "not in {within:?}: {what}");
        sleep(PAUSE);
    }
}

/// Tells a figure to whoever runs the tests with `--nocapture`.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
pub(crate) fn tell(figure: &str) {
    println!("{figure}");
}

/// Simulated devices, served by a thread of their own.
pub(crate) struct Devices {
    fleet: Fleet,
    _runtime: Runtime,
}

impl Devices {
    /// Each on a port of its own.
    pub(crate) fn start(specs: Vec<impl Into<Spec<gssa_sim::Model>>>) -> Self {
        Self::listening(specs, Listen::Ports)
    }

    pub(crate) fn listening(specs: Vec<impl Into<Spec<gssa_sim::Model>>>, listen: Listen) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let entered = runtime.enter();
        let fleet = Fleet::start(FleetConfig::new(specs).listening(listen)).unwrap();
        drop(entered);
        Self { fleet, _runtime: runtime }
    }

    /// One for each behaviour, all of one model.
    pub(crate) fn behaving(behaviours: &[Behaviour]) -> Self {
        let spec = |(number, behaviour): (u32, &Behaviour)| DeviceSpec::new(MODEL, number).behaving(*behaviour);
        Self::start((1..).zip(behaviours).map(spec).collect())
    }

    pub(crate) fn all(&self) -> &[Device] {
        self.fleet.devices()
    }
}

/// A device that tells everything that this family can tell.
pub(crate) const MODEL: Model = Model::GammaV2_14_0;

/// The configuration of a source.
pub(crate) fn source(id: &str, device: &Device) -> Value {
    json!({ "id": id, "kind": "axeos", "address": format!("http://{}", device.address()) })
}

/// How often a device was asked for its status document.
pub(crate) fn polls(device: &Device) -> u64 {
    device.counts().by_path.get("GET /api/system/info").copied().unwrap_or(0)
}

/// The program that is tried: the one built with these tests, or one that is built for a release, which `GSSA_BIN` names.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("GSSA_BIN").map_or_else(|| env!("CARGO_BIN_EXE_gssa").into(), PathBuf::from)
}

/// The binary, with nothing of this process's environment.
pub(crate) fn gssa(args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(args).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command of the binary to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    gssa(args).output().unwrap()
}

/// Runs a command with this standard input.
pub(crate) fn run_with_input(args: &[&str], input: &str) -> Output {
    let mut child = gssa(args).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// What a command printed, and its exit code.
pub(crate) fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A running agent; it is killed when this is dropped, and its log is printed when the test has failed.
pub(crate) struct Agent {
    child: Child,
    address: SocketAddr,
    output: [Arc<Mutex<String>>; 2],
    dir: TempDir,
    /// Header lines that go with every request.
    credentials: String,
}

impl Agent {
    /// With a configuration file of this content, at a free port.
    pub(crate) fn start(config: &Value) -> Self {
        Self::start_with(&at_free_port(config).to_string(), &[])
    }

    /// With this text as its configuration file and these variables.
    pub(crate) fn start_with(file: &str, variables: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("config.json"), file).unwrap();
        Self::start_in(dir, &["run", "--config", "config.json"], variables)
    }

    /// As this command, in this folder.
    pub(crate) fn start_in(dir: TempDir, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = gssa(args).current_dir(dir.path()).envs(variables.iter().copied()).spawn().unwrap();
        let output = [follow(child.stdout.take().unwrap()), follow(child.stderr.take().unwrap())];
        let nobody = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut agent = Self { child, address: nobody, output, dir, credentials: String::new() };
        agent.address = until("the agent says where it listens", SOON, || {
            assert_eq!(agent.child.try_wait().unwrap(), None, "the agent ended");
            agent.told_address()
        });
        // Its signal handlers are there when it answers.
        assert_eq!(agent.send("GET", "/healthz", "", None).status, 200);
        agent
    }

    fn told_address(&self) -> Option<SocketAddr> {
        let log = self.log();
        let line = log.lines().find(|line| line.contains("agent started"))?;
        // As text `listen=127.0.0.1:1234`, as JSON `"listen":"127.0.0.1:1234"`.
        let address = line.split_once("listen")?.1.trim_start_matches(['"', ':', '=']);
        address.split(['"', ' ']).next()?.parse().ok()
    }

    /// Sends these header lines with every request.
    #[must_use]
    pub(crate) fn with_credentials(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.credentials);
        self
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The folder that it runs in.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn config_path(&self) -> PathBuf {
        self.dir().join("config.json")
    }

    /// What it has printed to standard output.
    pub(crate) fn printed(&self) -> String {
        lock(&self.output[0]).clone()
    }

    /// What it has logged to the terminal.
    pub(crate) fn log(&self) -> String {
        lock(&self.output[1]).clone()
    }

    pub(crate) fn send(&self, method: &str, path: &str, more: &str, body: Option<&Value>) -> Answer {
        send(self.address, method, path, &format!("{}{more}", self.credentials), body)
    }

    /// Changes something, as the agent's own page does.
    pub(crate) fn change(&self, method: &str, path: &str, more: &str, body: Option<&Value>) -> Answer {
        self.send(method, path, &format!("Origin: http://{}\r\n{more}", self.address), body)
    }

    /// The same on a thread of its own, for a request whose answer takes time.
    pub(crate) fn change_later(&self, method: &'static str, path: &'static str) -> JoinHandle<Answer> {
        let (to, more) = (self.address, format!("{}Origin: http://{}\r\n", self.credentials, self.address));
        std::thread::spawn(move || send(to, method, path, &more, None))
    }

    /// The JSON at a path.
    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, "", None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The reading of a source, `None` if there is no such source.
    pub(crate) fn find(&self, id: &str) -> Option<Value> {
        let answer = self.send("GET", &format!("/api/v1/readings/{id}"), "", None);
        (answer.status == 200).then(|| answer.json())
    }

    pub(crate) fn reading(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/readings/{id}"))
    }

    /// Waits until a source shows a reading as wanted, and gives it.
    pub(crate) fn reading_when(&self, id: &str, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        until(&format!("{id} is {what}"), SOON, || {
            last = self.find(id)?;
            is_wanted(&last).then(|| last.clone())
        })
    }

    /// Waits until a source has answered.
    pub(crate) fn reading_when_up(&self, id: &str) -> Value {
        self.reading_when(id, "up", |reading| reading["health"] == "up")
    }

    pub(crate) fn events(&self) -> Events {
        Events::open(self.address, &self.credentials)
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([format!("-{name}"), self.pid().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end; gives how it ended.
    pub(crate) fn wait(&mut self, within: Duration) -> ExitStatus {
        until("the agent has ended", within, || self.child.try_wait().unwrap())
    }

    /// Replaces the configuration file as editors do: another file takes its place.
    pub(crate) fn edit(&self, text: &str) {
        let new = self.dir().join("config.json.new");
        fs::write(&new, text).unwrap();
        fs::rename(new, self.config_path()).unwrap();
    }
}

impl Drop for Agent {
    #[expect(clippy::print_stderr, reason = "shown with a test that failed")]
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            const MAX_SHOWN_BYTES: usize = 16 * 1024;
            let log = self.log();
            let end = &log.as_bytes()[log.len().saturating_sub(MAX_SHOWN_BYTES)..];
            eprintln!("--- log of the agent at {} ---\n{}", self.address, String::from_utf8_lossy(end));
        }
    }
}

/// The configuration, listening at a free port of loopback.
pub(crate) fn at_free_port(config: &Value) -> Value {
    let mut config = config.clone();
    config["server"]["listen"] = "127.0.0.1:0".into();
    config
}

/// Collects the lines of a pipe.
fn follow(pipe: impl std::io::Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&text);
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while lines.by_ref().read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            lock(&kept).push_str(&String::from_utf8_lossy(&bytes));
            bytes.clear();
        }
    });
    text
}

fn lock(text: &Mutex<String>) -> MutexGuard<'_, String> {
    text.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
