//! What the agent costs, in figures: `just bench`, or
//! `cargo bench -p gssa --bench agent -- [--quick] [--bin FILE] [--asic-rs FILE] [PART …]`.
//!
//! | part | what is measured |
//! |---|---|
//! | `reading` | one reading from bytes to the store, in microseconds |
//! | `polls` | polls for each second of CPU time, beside a bare loop of the same requests |
//! | `idle` | CPU with 1,000 sources polled every 10 s, beside the same bare loop |
//! | `memory` | resident memory with a full history, readers, a follower and a login |
//! | `table` | what the table of 2,000 sources and its viewers cost |
//! | `start` | time from the start of the process to its first answer |
//! | `size` | size of the binary |
//! | `peers` | readings for each second of CPU time, of our collectors, asic-rs and bare loops, AxeOS and Avalon; memory |
//!
//! Everything that is measured is a process of its own: the agent is the binary that `--bin` names (else the one that cargo built for
//! the bench, with the features that tests add), the devices are simulated in another one. All of it stays on loopback. asic-rs is no
//! part of the workspace: `--asic-rs` names the program of `tools/peers`. Nothing is asserted; `docs/performance.md` keeps the figures
//! and the aims.

#![expect(clippy::print_stdout, reason = "a bench prints")]

mod bare;
mod host;
mod http;
mod library;
mod memory;
mod peers;
mod polls;
mod process;
mod reading;
mod sim;
mod start;
mod table;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// What was asked for.
struct Plan {
    /// The agent.
    binary: PathBuf,
    /// The program that polls with asic-rs, if there is one.
    asic_rs: Option<PathBuf>,
    /// Shorter windows and fewer rounds.
    quick: bool,
    /// The parts to run; all if empty.
    parts: Vec<String>,
}

impl Plan {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let binary = env!("CARGO_BIN_EXE_gssa").into();
        let mut plan = Self { binary, asic_rs: None, quick: false, parts: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {}
                "--quick" => plan.quick = true,
                "--bin" => plan.binary = arguments.next().ok_or("--bin needs a file")?.into(),
                "--asic-rs" => plan.asic_rs = Some(arguments.next().ok_or("--asic-rs needs a file")?.into()),
                part if PARTS.iter().any(|(name, _)| *name == part) => plan.parts.push(argument),
                other => return Err(format!("no such part or option: {other}").into()),
            }
        }
        Ok(plan)
    }

    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|wanted| wanted == part)
    }

    /// One of two, by the length of the run.
    const fn either<T: Copy>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

type Part = (&'static str, fn(&Plan) -> Result<()>);

const PARTS: [Part; 8] = [
    ("reading", reading::measure),
    ("polls", polls::saturated),
    ("idle", polls::idle),
    ("memory", memory::measure),
    ("table", table::measure),
    ("start", start::measure),
    ("size", size),
    ("peers", peers::measure),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((word, rest)) if word == process::CHILD => child(rest),
        // `cargo test --benches` starts it without.
        _ if !arguments.iter().any(|argument| argument == "--bench") => Ok(()),
        _ => run(arguments),
    };
    if let Err(error) = outcome {
        println!("failed: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run(arguments: Vec<String>) -> Result<()> {
    let plan = Plan::read(arguments.into_iter())?;
    println!("agent: {}", plan.binary.display());
    row("figure", "measured", "aim");
    for (part, measure) in PARTS {
        if plan.wants(part) {
            measure(&plan)?;
        }
    }
    Ok(())
}

fn child(arguments: &[String]) -> Result<()> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sim", kind, devices, port] => sim::run(kind, devices.parse()?, port.parse()?),
        ["bare", poll, port, targets, interval_ms] => {
            bare::run(poll, port.parse()?, targets.parse()?, interval_ms.parse()?)
        }
        ["library", kind, port, devices] => library::run(kind, port.parse()?, devices.parse()?),
        ["host", config] => host::run(config.into()),
        _ => Err("no such child".into()),
    }
}

/// One line of the table.
fn row(figure: &str, measured: &str, aim: &str) {
    println!("{figure:<58} {measured:>12}   {aim}");
}

/// A runtime for the bench itself.
fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn size(plan: &Plan) -> Result<()> {
    let bytes = std::fs::metadata(&plan.binary)?.len();
    row("size of the binary", &format!("{:.2} MiB", bytes as f64 / f64::from(1 << 20)), "8 MiB before the page");
    Ok(())
}
