//! From the start of the process to its first answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::polls::median;
use crate::process::Process;
use crate::{Plan, Result, http, row};

const DEADLINE: Duration = Duration::from_secs(10);

pub(crate) fn measure(plan: &Plan) -> Result<()> {
    let starts = plan.either(20, 5);
    let sources: Vec<Value> = (0..1_000)
        .map(|index| json!({ "id": format!("s{index}"), "kind": "axeos", "address": "127.0.0.1:9", "enabled": false }))
        .collect();
    for (what, config) in [("without sources", json!({})), ("1,000 sources", json!({ "sources": sources }))] {
        let times = (0..starts).map(|_| one(plan, &config)).collect::<Result<Vec<f64>>>()?;
        row(&format!("start to first answer, {what}"), &format!("{:.1} ms", median(times)), "50 ms");
    }
    Ok(())
}

fn one(plan: &Plan, config: &Value) -> Result<f64> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("config.json");
    std::fs::write(&file, config.to_string())?;
    let address = free_address()?;
    crate::runtime()?.block_on(async {
        let begun = Instant::now();
        let listen = address.to_string();
        let arguments = ["run", "--log-level", "warn", "--listen", &listen, "--config"].map(AsRef::as_ref);
        let _agent = Process::start(&plan.binary, arguments.into_iter().chain([file.as_os_str()]))?;
        while begun.elapsed() < DEADLINE {
            if http::get(address, "/healthz").await.is_ok_and(|reply| reply.status == 200) {
                return Ok(begun.elapsed().as_secs_f64() * 1e3);
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        Err("the agent does not answer".into())
    })
}

/// An address that was free a moment ago.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
