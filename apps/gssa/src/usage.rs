//! What this process itself uses.

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

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_something() {
        assert!(Usage::now().is_some_and(|usage| usage.resident_bytes > 100_000));
    }
}
