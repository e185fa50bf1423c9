//! A receiver that is away for days, in simulated time.

use std::process::Command;
use std::time::Duration;

use gssa_uplink::ring::{Ledger, Level, Ring};

use crate::Result;
use crate::fleet::{Fleet, INTERVAL_SECS};
use crate::kernel::{cpu, highest_resident, resident};

/// The default of the agent.
const RING_BYTES: usize = 8 * 1024 * 1024;

/// When each step of thinning begins, from two minutes on.
type Begins = [Option<Duration>; Level::ALL.len()];

/// The rows of the table. 2,000 sources for seven days are 40 million readings; every step has begun before a day is over, and nothing new comes after.
const ROWS: [(&str, &str); 3] = [("20", "7"), ("200", "7"), ("2000", "0.75")];

pub(crate) fn table() -> Result<()> {
    println!(
        "| sources | simulated | readings | B as JSON | B a reading | thinned to 2 min from | 10 min | 1 h | important | lost from | left | ring at most | resident at most | µs a push | longest, ms |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (sources, days) in ROWS {
        let output = Command::new(std::env::current_exe()?).args(["outage", sources, days]).output()?;
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
    Ok(())
}

pub(crate) fn print(sources: usize, days: f64) -> Result<()> {
    let mut fleet = Fleet::new(sources);
    for round in 0..20 {
        // The memory of the fleet itself is then as large as it gets.
        drop(fleet.round(round).collect::<Vec<_>>());
    }
    let resident_before = resident()?;
    let mut ring = Ring::new(RING_BYTES);
    let mut begins = Begins::default();
    let (mut held_most, mut unthinned_bytes) = (0, None);
    let (mut pushing, mut longest) = (Duration::ZERO, Duration::ZERO);
    for round in 0..(days * 86_400.0) as u64 / INTERVAL_SECS {
        for entry in fleet.round(round) {
            let made = entry.made;
            let before = cpu()?;
            ring.push(entry);
            let push = cpu()?.saturating_sub(before);
            (pushing, longest) = (pushing + push, longest.max(push));
            held_most = held_most.max(ring.held_bytes());
            let Ledger { queued, thinned, lost, .. } = ring.ledger();
            if thinned.items == 0 && lost.items == 0 {
                unthinned_bytes = Some(ring.held_bytes() as f64 / queued.items as f64);
            } else if round % 8 == 0 {
                note(&ring, made, &mut begins);
            }
        }
    }
    let Ledger { produced, queued, .. } = ring.ledger();
    let begins = begins[1..].iter().map(|begin| begin.map_or("–".to_owned(), span));
    println!(
        "| {sources} | {days} days | {} | {} | {:.0} | {} | {} | {:.1} MiB | {:.1} MiB | {:.0} | {:.0} |",
        produced.items,
        produced.bytes / produced.items,
        unthinned_bytes.unwrap_or_default(),
        begins.collect::<Vec<_>>().join(" | "),
        queued.items,
        held_most as f64 / 1_048_576.0,
        highest_resident()?.saturating_sub(resident_before) as f64 / 1_048_576.0,
        pushing.as_secs_f64() * 1e6 / produced.items as f64,
        longest.as_secs_f64() * 1e3,
    );
    Ok(())
}

/// Notes the levels that came into use.
fn note(ring: &Ring, made: Duration, begins: &mut Begins) {
    for ((_, bytes), begin) in ring.levels().zip(begins) {
        if bytes > 0 {
            begin.get_or_insert(made);
        }
    }
}

fn span(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        0..180 => format!("{minutes} min"),
        180..2880 => format!("{:.1} h", minutes as f64 / 60.0),
        _ => format!("{:.1} days", minutes as f64 / 1440.0),
    }
}
