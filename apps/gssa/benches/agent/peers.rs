//! Our collectors beside asic-rs, a library for the same devices, and beside bare loops: readings for each second of CPU time, and memory.
//!
//! All of them ask the same devices, 64 at once, and none keeps what it read. A reading is all that is told of one device. What parses
//! counts its readings itself, the devices count the requests of the bare loops. Each runs alone, from its start to its end, in turn:
//! one that stood still in between would hold connections, and such a device answers nobody else. asic-rs asks at the usual ports alone,
//! so with it the devices listen there.

use std::path::Path;
use std::time::Duration;

use gssa_sim::Device;
use tokio::time::sleep;

use crate::bare::{self, Poll};
use crate::polls::{ANY_PORT, SETTLE, median, start_agent};
use crate::process::Process;
use crate::sim::{Family, Sim};
use crate::{Plan, Result, library, row};

/// As many devices are read in turn: more than one core can ask within the pause that a cgminer API is given.
const DEVICES: usize = 1_000;

/// As many are read while the memory is measured.
const FEW: usize = 200;

pub(crate) fn measure(plan: &Plan) -> Result<()> {
    crate::runtime()?.block_on(async {
        speed(plan, Family::Axeos, "AxeOS", &[Poll::Info]).await?;
        speed(plan, Family::Nano3s, "Nano 3S", &[Poll::Joined, Poll::Apart]).await?;
        memory(plan).await
    })
}

/// One that reads as fast as it can.
struct Racer<'a> {
    name: &'static str,
    /// How many times as fast our collectors shall be.
    aim: &'static str,
    counts: Counts,
    start: Box<dyn Fn() -> Result<Process> + 'a>,
    rates: Vec<f64>,
}

/// Who counts the readings.
enum Counts {
    /// The devices, so many requests a reading.
    Devices(u64),
    Itself,
}

impl<'a> Racer<'a> {
    fn new(name: &'static str, aim: &'static str, counts: Counts, start: impl Fn() -> Result<Process> + 'a) -> Self {
        Self { name, aim, counts, start: Box::new(start), rates: Vec::new() }
    }

    fn bare(sim: &'a Sim, poll: Poll) -> Self {
        let (name, aim) = match poll {
            Poll::Info => ("a bare loop", "0.75"),
            Poll::Joined => ("a bare loop, commands joined", "0.75"),
            Poll::Apart => ("a bare loop, each command on its own", "1"),
        };
        Self::new(name, aim, Counts::Devices(poll.requests()), move || bare::start(sim, DEVICES, poll, None))
    }

    /// Readings for each second of CPU time, once it is going.
    async fn run(&mut self, sim: &Sim, window: Duration) -> Result<()> {
        let mut process = (self.start)()?;
        if matches!(self.counts, Counts::Itself) {
            process = started(process, DEVICES).await?;
        }
        sleep(SETTLE).await;
        let (readings, cpu) = (self.readings(sim, &mut process).await?, process.cpu()?);
        sleep(window).await;
        let (readings, cpu) = (self.readings(sim, &mut process).await? - readings, process.cpu()?.saturating_sub(cpu));
        self.rates.push(readings as f64 / cpu.as_secs_f64());
        Ok(())
    }

    async fn readings(&self, sim: &Sim, process: &mut Process) -> Result<u64> {
        match self.counts {
            Counts::Devices(requests) => Ok(sim.requests().await? / requests),
            Counts::Itself => Ok(process.ask()?.parse()?),
        }
    }

    /// The median of the rounds, and between what they lie.
    fn rate(&self) -> String {
        let (least, most) = self.rates.iter().fold((f64::MAX, 0.0_f64), |(a, b), rate| (a.min(*rate), b.max(*rate)));
        format!("{:.0} ({least:.0} to {most:.0})", median(self.rates.clone()))
    }
}

async fn speed(plan: &Plan, family: Family, what: &str, polls: &[Poll]) -> Result<()> {
    let (rounds, window) = plan.either((5, Duration::from_secs(6)), (2, Duration::from_secs(3)));
    let sim = Sim::start_at(family, DEVICES, port(plan, family))?;
    let mut ours = Racer::new("our collectors", "", Counts::Itself, || library::start(&sim, DEVICES));
    let mut others: Vec<_> = polls.iter().map(|poll| Racer::bare(&sim, *poll)).collect();
    match &plan.asic_rs {
        Some(program) => others.push(Racer::new("asic-rs", "5", Counts::Itself, || asic_rs(program, DEVICES))),
        None => row(&format!("{what}: asic-rs"), "not given", "--asic-rs FILE"),
    }
    for _ in 0..rounds {
        for racer in std::iter::once(&mut ours).chain(&mut others) {
            racer.run(&sim, window).await?;
        }
    }
    row(&format!("{what}: readings a CPU second, {}", ours.name), &ours.rate(), "");
    for other in &others {
        let ratios = ours.rates.iter().zip(&other.rates).map(|(ours, other)| ours / other).collect();
        row(&format!("{what}: readings a CPU second, {}", other.name), &other.rate(), "");
        row("  our collectors beside it", &format!("{:.2} times", median(ratios)), other.aim);
    }
    Ok(())
}

/// Where the devices listen.
const fn port(plan: &Plan, family: Family) -> u16 {
    if plan.asic_rs.is_some() { family.usual_port() } else { 0 }
}

/// Reads the first devices with asic-rs.
fn asic_rs(program: &Path, devices: usize) -> Result<Process> {
    let addresses = (0..devices).map(|index| Device::loopback_address(index).to_string());
    Process::start(program, std::iter::once("poll".to_owned()).chain(addresses))
}

/// The same process, after it has found out what each device is and read it once.
async fn started(mut process: Process, devices: usize) -> Result<Process> {
    while process.ask()?.parse::<usize>()? < devices {
        sleep(Duration::from_millis(100)).await;
    }
    Ok(process)
}

/// What each weighs while it reads the same devices. The agent does so in its own time, keeps what it reads and shows it.
async fn memory(plan: &Plan) -> Result<()> {
    let window = plan.either(Duration::from_secs(15), Duration::from_secs(5));
    let sim = Sim::start_at(Family::Axeos, FEW, port(plan, Family::Axeos))?;
    let (agent, _folder) = start_agent(&plan.binary, &sim.config(1), ANY_PORT)?;
    weigh(&agent, "the agent, each every second", window).await?;
    drop(agent);
    weigh(&started(library::start(&sim, FEW)?, FEW).await?, "our collectors", window).await?;
    match &plan.asic_rs {
        Some(program) => weigh(&started(asic_rs(program, FEW)?, FEW).await?, "asic-rs", window).await,
        None => Ok(()),
    }
}

async fn weigh(process: &Process, name: &str, window: Duration) -> Result<()> {
    sleep(window).await;
    let (now, peak) = (process.mib("VmRSS")?, process.mib("VmHWM")?);
    row(&format!("resident memory, {FEW} AxeOS devices, {name}"), &format!("{now:.1} MiB, at most {peak:.1}"), "");
    Ok(())
}
