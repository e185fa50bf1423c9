//! What this process itself uses.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Memory and CPU time of this process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Resident memory in bytes.
    pub resident_bytes: u64,
    /// User and system CPU time in seconds.
    pub cpu_secs: f64,
}

impl Usage {
    /// What the kernel says now; `None` where it has no `/proc`.
    pub fn now() -> Option<Self> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        Some(Self { resident_bytes: resident_bytes(&status)?, cpu_secs: cpu_secs(&stat)? })
    }
}

/// Tells what the process uses, and how much of a processor lately.
#[derive(Debug)]
pub struct Meter(Mutex<Measured>);

#[derive(Debug)]
struct Measured {
    /// Where the stretch begins that is looked at.
    from: (Instant, Option<Usage>),
    /// Where the next one begins.
    next: (Instant, Option<Usage>),
}

/// A stretch is between one and two of these long: short enough to be now, long enough to be no chance.
const STRETCH: Duration = Duration::from_secs(10);

impl Default for Meter {
    fn default() -> Self {
        let now = (Instant::now(), Usage::now());
        Self(Mutex::new(Measured { from: now, next: now }))
    }
}

impl Meter {
    /// What is used now, and the CPU time of the last seconds in percent of one processor. `None` where the kernel does not tell.
    pub fn read(&self) -> Option<(Usage, f64)> {
        self.at(Instant::now(), Usage::now()?)
    }

    fn at(&self, now: Instant, usage: Usage) -> Option<(Usage, f64)> {
        let mut measured = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now - measured.next.0 >= STRETCH {
            (measured.from, measured.next) = (measured.next, (now, Some(usage)));
        }
        let (from, before) = measured.from;
        let secs = (now - from).as_secs_f64();
        let used = usage.cpu_secs - before?.cpu_secs;
        Some((usage, if secs > 0.0 { 100.0 * used / secs } else { 0.0 }))
    }
}

/// `VmRSS` of `/proc/self/status`, which counts in KiB.
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Fields 14 and 15 of `/proc/self/stat` (proc(5)). The kernel gives them in hundredths of a second on every Linux that Rust runs on
/// (`USER_HZ`). The name in field 2 may hold blanks, so counting starts behind its bracket.
fn cpu_secs(stat: &str) -> Option<f64> {
    const USER_HZ: f64 = 100.0;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / USER_HZ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_tables_are_read() {
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t    5120 kB\nThreads:\t3\n"), Some(5_242_880));
        let stat = "1234 (a b) c) S 1 1 1 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 100 1 1";
        assert_eq!(cpu_secs(stat), Some(3.0));
    }

    #[tokio::test(start_paused = true)]
    async fn the_share_of_a_processor_is_that_of_the_last_seconds() {
        let usage = |cpu_secs| Usage { resident_bytes: 1, cpu_secs };
        let start = Instant::now();
        let meter = Meter(Mutex::new(Measured { from: (start, Some(usage(0.0))), next: (start, Some(usage(0.0))) }));
        let percent = |after_secs, cpu_secs| {
            let now = start + Duration::from_secs(after_secs);
            meter.at(now, usage(cpu_secs)).map(|(_, percent)| percent.round() as u64)
        };
        // Busy for twenty seconds, then idle.
        let shares = [(0, 0.0), (5, 5.0), (10, 10.0), (20, 20.0), (25, 20.0), (30, 20.0), (41, 20.0), (52, 20.0)];
        let shares = shares.map(|(after_secs, cpu_secs)| percent(after_secs, cpu_secs).unwrap());
        assert_eq!(shares, [0, 100, 100, 100, 67, 0, 0, 0]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_something() {
        assert!(Usage::now().is_some_and(|usage| usage.resident_bytes > 100_000));
    }
}
