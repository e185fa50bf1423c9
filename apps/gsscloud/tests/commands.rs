//! The command line against the real program.

#![allow(clippy::unwrap_used, reason = "tests, and what only they use")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

struct Program {
    child: Child,
    dir: tempfile::TempDir,
    address: std::net::SocketAddr,
}

impl Program {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_gsscloud"))
            .args(["serve", "--log-level", "warn", "--listen", &address.to_string(), "--data"])
            .arg(dir.path())
            .spawn()
            .unwrap();
        let program = Self { child, dir, address };
        let end = Instant::now() + Duration::from_secs(20);
        while !program.dir.path().join("gsscloud.sock").exists() || !program.is_alive() {
            assert!(Instant::now() < end, "it does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        program
    }

    fn is_alive(&self) -> bool {
        let output = run(self.dir.path(), &["healthcheck", "--url", &format!("http://{}", self.address)], "");
        output.status.success()
    }

    fn run(&self, args: &[&str], input: &str) -> Output {
        run(self.dir.path(), args, input)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(dir: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gsscloud"))
        .args(args)
        .arg("--data")
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that does not read its input is no failure.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn agents_and_users_are_managed_while_it_runs() {
    let program = Program::start();
    let added = program.run(&["agent", "add", "Garage 1"], "");
    assert!(added.status.success(), "{}", text(&added.stderr));
    let token = text(&added.stdout).lines().last().unwrap().to_owned();
    assert!(token.starts_with("gsa_") && token.len() == 68, "{token}");
    let again = program.run(&["agent", "add", "Garage 1"], "");
    assert!(!again.status.success() && text(&again.stderr).contains("is taken"), "{}", text(&again.stderr));
    let listed = program.run(&["agent", "list"], "");
    assert!(text(&listed.stdout).contains("garage-1-") && text(&listed.stdout).contains("away"));
    assert!(!text(&listed.stdout).contains(&token));
    let other = program.run(&["agent", "rotate", "Garage 1", "--json"], "");
    let other: serde_json::Value = serde_json::from_slice(&other.stdout).unwrap();
    assert!(other["id"].as_str().unwrap().starts_with("garage-1-"), "{other}");
    assert!(other["token"].as_str().is_some_and(|it| it.len() == 68 && it != token));

    assert!(program.run(&["user", "add", "ada", "--admin"], "correct horse\n").status.success());
    assert!(program.run(&["user", "add", "bob"], "battery staple\n").status.success());
    let short = program.run(&["user", "add", "eve"], "short\n");
    assert!(text(&short.stderr).contains("at least"), "{}", text(&short.stderr));
    assert!(program.run(&["user", "grant", "bob", "Garage 1"], "").status.success());
    assert!(!program.run(&["user", "grant", "bob", "nothing"], "").status.success());
    let users = program.run(&["user", "list", "--json"], "");
    let users: serde_json::Value = serde_json::from_slice(&users.stdout).unwrap();
    assert_eq!(users[0]["name"], "ada");
    assert!(users[1]["agents"][0].as_str().unwrap().starts_with("garage-1-"));
    assert!(!users.to_string().contains("argon2"));
    for attempt in [&["user", "remove", "ada"], &["user", "demote", "ada"]] {
        let refused = program.run(attempt, "");
        assert!(
            !refused.status.success() && text(&refused.stderr).contains("is the last administrator"),
            "{attempt:?}"
        );
    }
    assert!(program.run(&["user", "promote", "bob"], "").status.success());
    assert!(program.run(&["user", "demote", "ada"], "").status.success());
    let users = program.run(&["user", "list", "--json"], "");
    let users: serde_json::Value = serde_json::from_slice(&users.stdout).unwrap();
    assert_eq!((&users[0]["admin"], &users[1]["admin"]), (&serde_json::json!(false), &serde_json::json!(true)));
    assert!(!program.run(&["user", "promote", "nobody"], "").status.success());

    assert!(program.run(&["agent", "revoke", "Garage 1"], "").status.success());
    assert!(text(&program.run(&["agent", "list"], "").stdout).contains("revoked"));
    assert!(program.run(&["agent", "remove", "Garage 1"], "").status.success());
    assert!(!text(&program.run(&["agent", "list"], "").stdout).contains("garage"));
}

#[cfg(unix)]
#[test]
fn the_folder_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let program = Program::start();
    for name in ["gsscloud.sock", "gsscloud.redb"] {
        let mode = std::fs::metadata(program.dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn without_a_running_program_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["agent", "list"], "");
    assert!(!output.status.success() && text(&output.stderr).contains("no gsscloud runs"), "{}", text(&output.stderr));
}

#[cfg(target_os = "linux")]
#[test]
fn a_second_one_in_the_same_folder_does_not_start() {
    let program = Program::start();
    let output = program.run(&["serve", "--listen", "127.0.0.1:0"], "");
    assert!(!output.status.success() && text(&output.stderr).contains("already open"), "{}", text(&output.stderr));
    assert!(program.is_alive());
}
