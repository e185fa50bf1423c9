//! The machine that runs the test, against what the system's own programs and files say.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gssa_host::{Collector, Options};
use gssa_model::{Collector as _, FailureReason};

mod support;

fn output(program: &str, arguments: &[&str]) -> String {
    String::from_utf8(Command::new(program).args(arguments).output().unwrap().stdout).unwrap()
}

#[tokio::test]
async fn figures_agree_with_the_system() {
    let snapshot = support::observed(&support::collector(Options::default())).await;
    let server = support::server(&snapshot);

    let meminfo = fs::read_to_string("/proc/meminfo").unwrap();
    let kibibytes = meminfo.lines().next().unwrap().split_whitespace().nth(1).unwrap();
    let memory = server.memory.unwrap();
    assert_eq!(memory.total_bytes, kibibytes.parse::<u64>().unwrap() * 1024);
    assert!(memory.used_bytes > 0 && memory.used_bytes < memory.total_bytes);

    assert_eq!(server.cpus.unwrap(), output("getconf", &["_NPROCESSORS_ONLN"]).trim().parse::<u64>().unwrap());
    assert_eq!(server.kernel.as_deref().unwrap(), output("uname", &["-r"]).trim());
    assert_eq!(server.architecture.as_deref().unwrap(), output("uname", &["-m"]).trim());
    let uptime = fs::read_to_string("/proc/uptime").unwrap();
    let now: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    let told = server.uptime_secs.unwrap() as f64;
    assert!(told <= now && now - told < 60.0, "{told} {now}");
    assert!(server.load.is_some() && server.cpu_percent.is_none(), "busy is told from the second time on");
}

#[tokio::test]
async fn disks_agree_with_df() {
    let snapshot = support::observed(&support::collector(Options::default())).await;
    for disk in &support::server(&snapshot).disks {
        let df = output("df", &["-P", "-B1", &disk.mount]);
        let columns: Vec<&str> = df.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(disk.usage.total_bytes, columns[1].parse::<u64>().unwrap(), "{df}");
        let (used, told) = (columns[2].parse::<f64>().unwrap(), disk.usage.used_bytes as f64);
        assert!((used - told).abs() < 0.1 * disk.usage.total_bytes as f64, "others write too: {told} {df}");
    }
}

#[tokio::test]
async fn busy_is_told_from_the_second_time_on() {
    let folder = tempfile::tempdir().unwrap();
    let proc = folder.path().join("proc");
    fs::create_dir(&proc).unwrap();
    let collector = support::collector(Options { root: folder.path().to_owned(), ..Options::default() });
    let mut told = Vec::new();
    for stat in
        ["cpu  100 0 0 100 0 0 0 0", "cpu  150 0 0 250 0 0 0 0", "cpu  150 0 0 250 0 0 0 0", "cpu  10 0 0 10 0 0 0 0"]
    {
        fs::write(proc.join("stat"), stat).unwrap();
        let snapshot = support::observed(&collector).await;
        told.push(support::server(&snapshot).cpu_percent.map(f64::from));
    }
    assert_eq!(told, [None, Some(25.0), None, None], "first, then, no time went by, started anew");
}

#[tokio::test]
async fn the_machine_id_is_not_shown() {
    let root = support::fixtures("machines").into_iter().find(|folder| folder.ends_with("mini-pc")).unwrap();
    let machine_id = fs::read_to_string(root.join("etc/machine-id")).unwrap();
    let snapshot = support::observed(&support::collector(Options { root, ..Options::default() })).await;
    assert!(!serde_json::to_string(&snapshot).unwrap().contains(machine_id.trim()));
}

#[tokio::test]
async fn a_root_without_a_machine_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { root: folder.path().to_owned(), ..Options::default() };
    let error = support::collector(options).collect().await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ApiDisabled);
    assert!(error.detail().contains("mount the host's /proc there"), "{error}");
}

#[test]
fn a_path_that_is_not_absolute_is_refused() {
    let id = || "here".parse().unwrap();
    let root = Options { root: "host".into(), ..Options::default() };
    assert_eq!(Collector::new(id(), root).unwrap_err().detail(), "host is not an absolute path");
    let socket = Options { docker_socket: Some("docker.sock".into()), ..Options::default() };
    assert!(Collector::new(id(), socket).is_err());
}

/// A file that blocks whoever opens it, as the file of a dead disk does: a FIFO that nobody writes to.
#[tokio::test]
async fn a_file_that_never_answers_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    copy(&support::fixtures_folder().join("machines/mini-pc"), folder.path());
    let (pipe, sensor) = (folder.path().join("pipe"), folder.path().join("sys/class/hwmon/hwmon1/temp1_input"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::remove_file(&sensor).unwrap();
    fs::hard_link(&pipe, &sensor).unwrap();
    let timeout = Duration::from_millis(300);
    let collector = support::collector(Options { root: folder.path().to_owned(), timeout, ..Options::default() });
    for _ in 0..3 {
        let begun = Instant::now();
        let snapshot = support::observed(&collector).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert!(support::server(&snapshot).memory.is_some());
        assert!(snapshot.gaps.iter().any(|gap| gap.field == "temperatures" && gap.found == "no answer in 0.3 s"));
    }
    fs::remove_file(&sensor).unwrap();
    fs::write(&sensor, "46000\n").unwrap();
    fs::write(&pipe, "46000\n").unwrap();
    let begun = Instant::now();
    while support::server(&support::observed(&collector).await).temperatures.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the reading that hung came to its end");
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
