//! Resident memory with everything that a busy day brings: a full history, polls, a login, readers and a follower.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::process::Process;
use crate::sim::Sim;
use crate::{Plan, Result, http, row, start};

const PASSWORD: &str = "a password for a bench";
const READERS: usize = 3;
const INTERVAL_SECS: u32 = 10;

pub(crate) fn measure(plan: &Plan) -> Result<()> {
    // Longer than the interval: every source has been polled twice by then.
    let window = plan.either(Duration::from_secs(30), Duration::from_secs(22));
    for (sources, aim) in [(0, "12 MiB"), (1_000, "40 MiB"), (10_000, "160 MiB")] {
        let [after_start, rss, peak] = crate::runtime()?.block_on(one(plan, sources, window))?;
        row(&format!("resident memory, {sources} sources"), &format!("{rss:.1} MiB"), aim);
        row("  at most", &format!("{peak:.1} MiB"), "");
        row("  before the login and the first reader", &format!("{after_start:.1} MiB"), "");
    }
    Ok(())
}

async fn one(plan: &Plan, sources: usize, window: Duration) -> Result<[f64; 3]> {
    let sim = Sim::start(sources.max(1))?;
    let mut config = sim.config(INTERVAL_SECS);
    if sources == 0 {
        config["sources"] = json!([]);
    }
    let listen = start::free_address()?;
    config["server"] = json!({ "listen": listen.to_string(), "password_hash": hash(&plan.binary)? });
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("config.json");
    std::fs::write(&file, config.to_string())?;
    let mut agent = Process::start_child(&["host", file.to_str().ok_or("a strange folder for temporary files")?])?;
    let address: SocketAddr = agent.line()?.parse()?;

    sleep(Duration::from_secs(u64::from(INTERVAL_SECS))).await;
    let after_start = agent.mib("VmRSS")?;
    let login = http::post(address, "/api/v1/session", json!({ "password": PASSWORD }).to_string()).await?;
    let cookie = login.cookie.ok_or_else(|| format!("the login failed with {}", login.status))?;
    let _stream = follow(address, &cookie).await?;
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        readers.spawn(read(address, cookie.clone()));
    }
    let (begun, mut seen) = (Instant::now(), Vec::new());
    while begun.elapsed() < window {
        tokio::select! {
            Some(ended) = readers.join_next() => ended??,
            () = sleep(Duration::from_millis(100)) => seen.push(agent.mib("VmRSS")?),
        }
    }
    let late = seen.split_off(seen.len() / 2);
    Ok([after_start, crate::polls::median(late), agent.mib("VmHWM")?])
}

/// Reads every page and the totals, again and again.
async fn read(address: SocketAddr, cookie: String) -> Result<()> {
    loop {
        let mut path = "/api/v1/readings".to_owned();
        loop {
            let page = http::get_as(address, &path, &cookie).await?;
            if page.status != 200 {
                return Err(format!("{path} gives {}", page.status).into());
            }
            // The end of a page names the next one.
            let tail = String::from_utf8_lossy(&page.body[page.body.len().saturating_sub(300)..]);
            let next = tail.split_once("\"next_cursor\":\"").and_then(|(_, rest)| rest.split('"').next());
            let Some(next) = next else { break };
            path = format!("/api/v1/readings?cursor={next}");
        }
        http::get_as(address, "/api/v1/summary", &cookie).await?;
    }
}

/// Opens an event stream and reads it for ever.
async fn follow(address: SocketAddr, cookie: &str) -> Result<tokio::task::JoinHandle<()>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    Ok(tokio::spawn(async move {
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    }))
}

/// The hash of [`PASSWORD`], as a person would make it.
fn hash(binary: &Path) -> Result<Value> {
    let mut child = Command::new(binary).arg("hash-password").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no standard input")?.write_all(format!("{PASSWORD}\n").as_bytes())?;
    let output = child.wait_with_output()?;
    Ok(String::from_utf8(output.stdout)?.trim().into())
}
