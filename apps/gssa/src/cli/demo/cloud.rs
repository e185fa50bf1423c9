//! The receiver of `gssa demo --cloud`: `gsscloud` as a process of its own, over a folder that is gone with the demo.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use gssa_serve::token::{hex, random};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Where it listens if nobody says otherwise and nobody is there.
const PORT: u16 = 3020;

/// Who logs in at it.
const USER: &str = "demo";

/// How long its start may take.
const START_DEADLINE: Duration = Duration::from_secs(20);

/// How long its end may take: more than what it gives agents to leave.
const STOP_DEADLINE: Duration = Duration::from_secs(12);

/// The time between two looks at it.
const PAUSE: Duration = Duration::from_millis(20);

/// How long what is sent waits for others. Who looks at a demo does not wait as long as a line that costs money may.
const FLUSH_SECS: u32 = 2;

/// A running receiver that knows one agent and one administrator. It ends when this is dropped.
pub(super) struct Receiver {
    child: Child,
    address: SocketAddr,
    token: String,
    password: String,
    folder: TempDir,
}

/// Why there is no receiver.
#[derive(Debug, thiserror::Error)]
pub(super) enum CloudError {
    #[error("the administration of a receiver works on Unix systems only")]
    Unsupported,
    #[error(
        "there is no `gsscloud` next to this program and none in the PATH; build it: cargo build --release -p gsscloud"
    )]
    Missing,
    #[error("cannot start {}", .program.display())]
    Start { program: PathBuf, source: io::Error },
    #[error("the receiver ended while it started")]
    Ended,
    #[error("the receiver did not start within {START_DEADLINE:?}")]
    Late,
    #[error("{command}: {told}")]
    Refused { command: &'static str, told: String },
    #[error("the receiver cannot be prepared")]
    Io(#[from] io::Error),
}

/// What enrolling an agent prints.
#[derive(Deserialize)]
struct Enrolled {
    token: String,
}

impl Receiver {
    /// Starts it, enrols the agent of the demo and adds an administrator.
    pub(super) fn start(port: Option<u16>) -> Result<Self, CloudError> {
        if cfg!(not(unix)) {
            return Err(CloudError::Unsupported);
        }
        let program = program().ok_or(CloudError::Missing)?;
        let folder = tempfile::tempdir()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.map_or_else(free_port, Ok)?));
        let child = serve(&program, folder.path(), address);
        let child = child.map_err(|source| CloudError::Start { program: program.clone(), source })?;
        let password = hex(&random::<6>());
        let mut receiver = Self { child, address, token: String::new(), password, folder };
        receiver.wait_until_it_answers()?;
        let folder = receiver.folder.path();
        let added = ask(&program, folder, &["agent", "add", "Demo", "--json"], "", "gsscloud agent add")?;
        let enrolled: Enrolled = serde_json::from_slice(&added).map_err(io::Error::from)?;
        ask(&program, folder, &["user", "add", USER, "--admin"], &receiver.password, "gsscloud user add")?;
        receiver.token = enrolled.token;
        Ok(receiver)
    }

    /// The socket of its administration is the last thing that it makes.
    fn wait_until_it_answers(&mut self) -> Result<(), CloudError> {
        let (begun, socket) = (Instant::now(), self.folder.path().join("gsscloud.sock"));
        while !socket.exists() {
            if self.child.try_wait()?.is_some() {
                return Err(CloudError::Ended);
            }
            if begun.elapsed() > START_DEADLINE {
                return Err(CloudError::Late);
            }
            sleep(PAUSE);
        }
        Ok(())
    }

    /// The uplink of the agent to it.
    pub(super) fn uplink(&self) -> Value {
        json!({ "id": "demo-cloud", "endpoint": format!("ws://{}/agent", self.address), "token": self.token,
                "flush_secs": FLUSH_SECS })
    }

    /// Where its page is, and who may see it.
    pub(super) fn told(&self) -> String {
        format!("the receiver shows them too: http://{}/, user {USER}, password {}", self.address, self.password)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // The end of its standard input asks it to end.
        drop(self.child.stdin.take());
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if begun.elapsed() > STOP_DEADLINE {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            sleep(PAUSE);
        }
    }
}

/// The program: next to this one, else in the PATH.
fn program() -> Option<PathBuf> {
    let name = format!("gsscloud{}", std::env::consts::EXE_SUFFIX);
    let own = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.to_owned()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = own.into_iter().chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(&name)).find(|program| program.is_file())
}

/// A free port of this machine: the usual one, if it can be had.
fn free_port() -> io::Result<u16> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    bind(PORT).or_else(|_| bind(0))?.local_addr().map(|address| address.port())
}

/// The program over this folder. No configuration of the user counts: neither that of the folder they are in nor that of their environment.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let is_setting = |name: &OsString| name.to_string_lossy().starts_with("GSSCLOUD_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_setting(name)) {
        command.env_remove(name);
    }
    command.current_dir(folder).env("GSSCLOUD_STORAGE__DIR", folder);
    command
}

fn serve(program: &Path, folder: &Path, address: SocketAddr) -> io::Result<Child> {
    let mut command = command(program, folder);
    command.args(["serve", "--stop-with-stdin", "--log-level", "warn", "--listen", &address.to_string()]);
    // Ctrl-C is for the agent, which says goodbye to the receiver before that ends.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()
}

/// Runs a command of the administration; gives what it prints.
fn ask(program: &Path, folder: &Path, args: &[&str], input: &str, name: &'static str) -> Result<Vec<u8>, CloudError> {
    let mut command = command(program, folder);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|source| CloudError::Start { program: program.to_owned(), source })?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends before it has read this says why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(CloudError::Refused { command: name, told })
}
