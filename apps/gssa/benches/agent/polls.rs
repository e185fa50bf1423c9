//! Polls for each second of CPU time: the agent beside the bare loop.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::bare::{self, Poll};
use crate::process::Process;
use crate::sim::Sim;
use crate::{Plan, Result, row};

/// More sources at one second each than one core can ask.
const SATURATING: usize = 8_000;

/// A port of the system's choice.
pub(crate) const ANY_PORT: &str = "127.0.0.1:0";

/// A process needs this long to get going again.
pub(crate) const SETTLE: Duration = Duration::from_secs(1);

/// The real binary over a configuration, listening at this address.
pub(crate) fn start_agent(binary: &Path, config: &Value, listen: &str) -> Result<(Process, TempDir)> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("config.json");
    std::fs::write(&file, config.to_string())?;
    let arguments = ["run", "--listen", listen, "--config"].map(AsRef::as_ref);
    Ok((Process::start(binary, arguments.into_iter().chain([file.as_os_str()]))?, dir))
}

/// Requests and CPU time of a stretch.
#[derive(Clone, Copy)]
struct Stretch {
    requests: u64,
    cpu: Duration,
}

impl Stretch {
    fn per_cpu_second(self) -> f64 {
        self.requests as f64 / self.cpu.as_secs_f64()
    }
}

async fn stretch(process: &Process, sim: &Sim, window: Duration) -> Result<Stretch> {
    let (requests, cpu) = (sim.requests().await?, process.cpu()?);
    sleep(window).await;
    Ok(Stretch { requests: sim.requests().await? - requests, cpu: process.cpu()?.saturating_sub(cpu) })
}

/// Both at full speed, in turn; while one runs the other stands still.
pub(crate) fn saturated(plan: &Plan) -> Result<()> {
    let (rounds, window) = plan.either((5, Duration::from_secs(6)), (2, Duration::from_secs(3)));
    crate::runtime()?.block_on(async {
        let sim = Sim::start(SATURATING)?;
        let (agent, _dir) = start_agent(&plan.binary, &sim.config(1), ANY_PORT)?;
        let bare = bare::start(&sim, SATURATING, Poll::Info, None)?;
        bare.pause()?;
        // Every source has been asked for its facts once by then.
        while sim.requests().await? < 4 * SATURATING as u64 {
            sleep(Duration::from_millis(200)).await;
        }
        let (mut agents, mut bares) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            for (process, other, stretches) in [(&agent, &bare, &mut agents), (&bare, &agent, &mut bares)] {
                other.pause()?;
                process.resume()?;
                sleep(SETTLE).await;
                stretches.push(stretch(process, &sim, window).await?.per_cpu_second());
            }
        }
        let ratios = agents.iter().zip(&bares).map(|(agent, bare)| 100.0 * agent / bare).collect();
        let (agent, bare, ratio) = (median(agents), median(bares), median(ratios));
        row(&format!("polls a CPU second, {SATURATING} sources at 1 s"), &format!("{agent:.0}"), "");
        row("bare requests a CPU second, at full speed", &format!("{bare:.0}"), "");
        row("  the agent beside it", &format!("{ratio:.0} %"), "75 %");
        Ok(())
    })
}

/// Both at 1,000 sources every ten seconds, at the same time, each with devices of its own.
pub(crate) fn idle(plan: &Plan) -> Result<()> {
    const SOURCES: usize = 1_000;
    const INTERVAL: Duration = Duration::from_secs(10);
    let window = plan.either(Duration::from_secs(60), Duration::from_secs(20));
    crate::runtime()?.block_on(async {
        let sims = (Sim::start(SOURCES)?, Sim::start(SOURCES)?);
        let (agent, _dir) = start_agent(&plan.binary, &sims.0.config(10), ANY_PORT)?;
        let bare = bare::start(&sims.1, SOURCES, Poll::Info, Some(INTERVAL))?;
        sleep(INTERVAL + 2 * SETTLE).await;
        let (agent, bare) = tokio::try_join!(stretch(&agent, &sims.0, window), stretch(&bare, &sims.1, window))?;
        let percent = |stretch: Stretch| format!("{:.2} %", 100.0 * stretch.cpu.as_secs_f64() / window.as_secs_f64());
        row("CPU, 1,000 sources every 10 s", &percent(agent), "");
        row("CPU of bare requests at that rate", &percent(bare), "");
        row("polls a CPU second, 1,000 sources every 10 s", &format!("{:.0}", agent.per_cpu_second()), "");
        row("bare requests a CPU second at that rate", &format!("{:.0}", bare.per_cpu_second()), "");
        let ratio = 100.0 * agent.per_cpu_second() / bare.per_cpu_second();
        row("  the agent beside it", &format!("{ratio:.0} %"), "75 %");
        Ok(())
    })
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
