//! The two programs as processes of their own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use gsscloud::admin::{Answer, Ask, ask};
use gsscloud::log::AgentId;
use serde_json::Value;

use gssa_testkit::http::send;

/// Whatever is waited for happens before this, or the test fails: the longest wait of an agent is a minute, and the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(150);

/// Looks until there is what is looked for.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "not in {PATIENCE:?}: {what}");
        sleep(Duration::from_millis(20));
    }
}

/// The agent's binary, which is that of another package.
pub(crate) fn agent_binary() -> PathBuf {
    let beside = || Path::new(env!("CARGO_BIN_EXE_gsscloud")).with_file_name("gssa");
    let path = std::env::var_os("GSSA_BIN").map_or_else(beside, PathBuf::from);
    assert!(
        path.is_file(),
        "there is no agent at {}: build it with `cargo build -p gssa`, run the tests of the whole workspace, or say in GSSA_BIN where it is",
        path.display()
    );
    path
}

/// The receiver, which is killed and started at one address.
pub(crate) struct Cloud {
    pub(crate) address: SocketAddr,
    pub(crate) dir: PathBuf,
    program: Mutex<Child>,
    /// Whoever holds it for reading needs the receiver as it is.
    pub(crate) calm: RwLock<()>,
}

impl Cloud {
    pub(crate) fn start(dir: &Path) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let program = Mutex::new(run_cloud(dir, address));
        Self { address, dir: dir.to_owned(), program, calm: RwLock::default() }
    }

    /// Gives an agent's id and token.
    pub(crate) fn enrol(&self, name: &str) -> (AgentId, String) {
        match ask(&self.dir.join("gsscloud.sock"), &Ask::AgentAdd { name: name.to_owned() }) {
            Ok(Answer::Token { id, token, .. }) => (id, token),
            _ => panic!("no token for {name}"),
        }
    }

    /// Ends it by this signal and starts it again after a while.
    pub(crate) fn ends_by(&self, name: &str, away: Duration) {
        let _alone = self.calm.write().unwrap();
        let mut program = self.program.lock().unwrap();
        signal(program.id(), name);
        program.wait().unwrap();
        sleep(away);
        *program = run_cloud(&self.dir, self.address);
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log.txt")).unwrap()
    }

    /// Ends it for good.
    pub(crate) fn stop(&self) {
        let mut program = self.program.lock().unwrap();
        signal(program.id(), "TERM");
        assert!(program.wait().unwrap().success());
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let mut program = self.program.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = program.kill();
        let _ = program.wait();
    }
}

fn run_cloud(dir: &Path, address: SocketAddr) -> Child {
    let program = Command::new(env!("CARGO_BIN_EXE_gsscloud"))
        .args(["serve", "--log-level", "warn", "--listen", &address.to_string(), "--data"])
        .arg(dir)
        .env("GSSCLOUD_SERVER__DRAIN_SECS", "1")
        .stdin(Stdio::null())
        .stderr(fs::OpenOptions::new().create(true).append(true).open(dir.join("log.txt")).unwrap())
        .spawn()
        .unwrap();
    let socket = dir.join("gsscloud.sock");
    until("the receiver listens", || (socket.exists() && std::net::TcpStream::connect(address).is_ok()).then_some(()));
    program
}

/// Sends a signal by its name.
pub(crate) fn signal(pid: u32, name: &str) {
    assert!(Command::new("kill").args([format!("-{name}"), pid.to_string()]).status().unwrap().success());
}

/// A running agent.
pub(crate) struct Agent {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Agent {
    /// Runs a command that becomes the agent.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the agent runs");
        let log = follow(child.stderr.take().unwrap());
        let address = until("the agent says where it listens", || {
            assert_eq!(child.try_wait().unwrap(), None, "the agent ended: {}", lock(&log));
            told_address(&lock(&log))
        });
        Self { child, address, log }
    }

    pub(crate) fn log(&self) -> String {
        lock(&self.log).clone()
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// How its uplink is.
    pub(crate) fn link(&self) -> Value {
        let answer = send(self.address, "GET", "/api/v1/uplinks", "", None);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["uplinks"][0].clone()
    }

    /// As `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As a person or a machine that goes down does.
    pub(crate) fn stop(&mut self) {
        self.signal("TERM");
        let status = until("the agent has ended", || self.child.try_wait().unwrap());
        assert!(status.success(), "{status}");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn told_address(log: &str) -> Option<SocketAddr> {
    let line = log.lines().find(|line| line.contains("agent started"))?;
    line.split_once("listen=")?.1.split(' ').next()?.parse().ok()
}

fn follow(pipe: impl std::io::Read + Send + 'static) -> Arc<Mutex<String>> {
    const MAX_BYTES: usize = 1 << 20;
    let text = Arc::new(Mutex::new(String::new()));
    let kept = text.clone();
    std::thread::spawn(move || {
        let (mut lines, mut line) = (BufReader::new(pipe), Vec::new());
        while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let mut kept = lock(&kept);
            if kept.len() < MAX_BYTES {
                kept.push_str(&String::from_utf8_lossy(&line));
            }
            line.clear();
        }
    });
    text
}

fn lock(text: &Mutex<String>) -> MutexGuard<'_, String> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The library that gives a program another wall clock, where the machine has it.
pub(crate) fn faketime() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok).map(|entry| entry.path().join("faketime"));
    let folders = folders.chain(["/usr/lib/faketime".into(), "/usr/local/lib/faketime".into()]);
    folders.map(|folder| folder.join("libfaketimeMT.so.1")).find(|path| path.is_file())
}

/// Whether a program can be given names of its own: a file system of its own, without being root.
pub(crate) fn can_have_own_names() -> bool {
    let mut command = Command::new("unshare");
    let script = "mount --bind /etc/hosts /etc/hosts && mount --bind /etc/resolv.conf /etc/resolv.conf";
    command.args(["--map-root-user", "--mount", "sh", "-c", script]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
