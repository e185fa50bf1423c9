//! A demo with a receiver beside it: two real programs, from one command.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Agent, SOON, binary, gssa, said, until};
use gssa_testkit::http::send;

/// The agent ends within 5 s, and the receiver has nobody to wait for then.
const STOPPED: Duration = Duration::from_secs(15);

fn built() -> PathBuf {
    let program = binary().with_file_name("gsscloud");
    assert!(program.is_file(), "this test runs {}: build it with cargo build -p gsscloud", program.display());
    program
}

/// A running demo, with a configuration of a receiver about that must not count.
fn demo() -> Agent {
    built();
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("config")).unwrap();
    fs::write(dir.path().join("config/gsscloud.json"), "not for this one").unwrap();
    // Where it puts its folders, so that a test sees what is left of them.
    let temporary = dir.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let port = free_port().to_string();
    let args = ["demo", "--devices", "4", "--listen", "127.0.0.1:0", "--cloud", "--cloud-port", &port];
    let variables =
        [("TMPDIR", temporary.to_str().unwrap().to_owned()), ("GSSCLOUD_LIMITS__AGENTS", "no number".into())];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Agent::start_in(dir, &args, &variables)
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Who may see the receiver's page, and where that is.
struct Login {
    address: std::net::SocketAddr,
    user: String,
    password: String,
}

fn login(demo: &Agent) -> Login {
    until("it tells how to log in", SOON, || {
        let printed = demo.printed();
        let (_, rest) = printed.split_once("the receiver shows them too: http://")?;
        let (address, rest) = rest.split_once("/, user ")?;
        let (user, rest) = rest.split_once(", password ")?;
        let password = rest.split_once('\n')?.0.to_owned();
        Some(Login { address: address.parse().unwrap(), user: user.to_owned(), password })
    })
}

impl Login {
    fn cookie(&self) -> String {
        let origin = format!("Origin: http://{}\r\n", self.address);
        let who = json!({ "user": self.user, "password": self.password });
        let answer = send(self.address, "POST", "/api/v1/session", &origin, Some(&who));
        assert_eq!(answer.status, 200, "{}", answer.text());
        format!("Cookie: {}\r\n", answer.header("set-cookie").unwrap().split(';').next().unwrap())
    }

    fn is_gone(&self) -> bool {
        std::net::TcpStream::connect(self.address).is_err()
    }
}

#[test]
fn the_receiver_of_a_demo_shows_what_its_agent_shows() {
    let mut demo = demo();
    let login = login(&demo);
    let cookie = login.cookie();
    let get = |path: &str| -> Value { send(login.address, "GET", path, &cookie, None).json() };
    let agent =
        until("it knows the agent", SOON, || get("/api/v1/agents")["agents"][0]["id"].as_str().map(str::to_owned));
    let sources = &demo.get("/api/v1/summary")["sources"];
    until("it has heard of every source", SOON, || {
        (&get(&format!("/api/v1/agents/{agent}/summary"))["sources"] == sources).then_some(())
    });
    let link = &demo.get("/api/v1/uplinks")["uplinks"][0];
    assert_eq!(link["id"], "demo-cloud", "{link}");
    assert!(!demo.log().contains(&login.password) && !demo.get("/api/v1/config").to_string().contains(&login.password));

    demo.signal("INT");
    assert_eq!(demo.wait(STOPPED).code(), Some(0));
    assert!(login.is_gone(), "the receiver ends with the demo");
    assert_eq!(demo.dir().join("tmp").read_dir().unwrap().count(), 0, "and leaves nothing behind");
}

#[test]
fn a_receiver_does_not_outlive_a_demo_that_is_killed() {
    let mut demo = demo();
    let login = login(&demo);
    login.cookie();
    demo.signal("KILL");
    demo.wait(STOPPED);
    until("the receiver is gone", STOPPED, || login.is_gone().then_some(()));
}

#[test]
fn without_the_program_of_a_receiver_it_is_told_how_to_get_it() {
    let dir = tempfile::tempdir().unwrap();
    let run = |dir: &TempDir| {
        let alone = dir.path().join("gssa");
        // By a process of its own: what other tests start while this one writes would have the file open, and what is written is not run.
        assert!(std::process::Command::new("cp").args([binary(), alone.clone()]).status().unwrap().success());
        let args = ["demo", "--devices", "1", "--listen", "127.0.0.1:0", "--cloud", "--cloud-port"];
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut command = std::process::Command::new(&alone);
        command
            .args(args)
            .arg(taken.local_addr().unwrap().port().to_string())
            .env_clear()
            .env("PATH", dir.path().join("bin"));
        said(&command.output().unwrap())
    };
    let (code, printed, complaint) = run(&dir);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(complaint.contains("cargo build --release -p gsscloud"), "{complaint}");

    // Found in the PATH; now it is the port that it cannot have.
    fs::create_dir(dir.path().join("bin")).unwrap();
    symlink(built(), dir.path().join("bin/gsscloud")).unwrap();
    let (code, printed, complaint) = run(&dir);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(
        complaint.contains("cannot listen at 127.0.0.1:") && complaint.contains("ended while it started"),
        "{complaint}"
    );

    let (code, _, _) = said(&gssa(&["demo", "--cloud-port", "3020"]).output().unwrap());
    assert_eq!(code, Some(64), "a port of no receiver");
}
