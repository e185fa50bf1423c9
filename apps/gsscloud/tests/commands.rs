//! The command line against the real program.
//! It is administered over a Unix socket.
#![cfg(unix)]
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
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_gsscloud")))
    }

    /// With no more than these file descriptors to begin with, as `ulimit` takes them; what it says is in a file.
    #[cfg(target_os = "linux")]
    fn start_with_descriptors(limit: &str, log: std::fs::File) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_gsscloud")]);
        Self::start_by(command.stderr(log))
    }

    fn start_by(command: impl std::borrow::BorrowMut<Command>) -> Self {
        let mut command = command;
        let dir = tempfile::tempdir().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = command
            .borrow_mut()
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

/// The release asks for them.
#[test]
fn packages_get_completions_and_manual_pages() {
    let said = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_gsscloud")).args(args).output().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = said(&["completions", shell]);
        assert!(script.status.success() && text(&script.stdout).contains("healthcheck"), "{shell}");
    }
    assert!(text(&said(&["man"]).stdout).contains(".TH gsscloud 1"));
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    let written = said(&["man", "--out", pages.to_str().unwrap()]);
    assert!(written.status.success(), "{}", text(&written.stderr));
    for page in ["gsscloud.1", "gsscloud-serve.1", "gsscloud-agent-add.1"] {
        assert!(pages.join(page).is_file(), "{page}");
    }
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(said(&["man", "--out", file.to_str().unwrap()]).status.code(), Some(1));
}

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

#[test]
#[cfg(target_os = "linux")]
fn it_asks_for_all_the_file_descriptors_that_the_system_allows() {
    let log = tempfile::NamedTempFile::new().unwrap();
    let program = Program::start_with_descriptors("-S -n 64", log.reopen().unwrap());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.child.id())).unwrap();
    let files: Vec<&str> =
        limits.lines().find(|line| line.starts_with("Max open files")).unwrap().split_whitespace().collect();
    assert_eq!(files[3], files[4], "soft and hard limit: {limits}");

    let log = tempfile::NamedTempFile::new().unwrap();
    let _program = Program::start_with_descriptors("-n 256", log.reopen().unwrap());
    let said = std::fs::read_to_string(log.path()).unwrap();
    assert!(said.contains("descriptors=256") && said.contains("limits.agents"), "{said}");
}
