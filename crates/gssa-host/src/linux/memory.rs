//! Memory and swap: `/proc/meminfo` (`proc_meminfo(5)`).

use gssa_model::Usage;

/// Main memory and swap space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) main: Usage,
    pub(crate) swap: Option<Usage>,
}

pub(crate) fn parse(meminfo: &str) -> Option<Memory> {
    let bytes = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kibibytes.checked_mul(1024)
    };
    let main = usage(bytes("MemTotal")?, bytes("MemAvailable").or_else(|| older(bytes))?);
    let swap = bytes("SwapTotal").zip(bytes("SwapFree")).map(|(total, free)| usage(total, free));
    Some(Memory { main, swap })
}

/// What `MemAvailable` comes to on kernels before 3.14, which some NAS systems run.
fn older(bytes: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    bytes("MemFree")?.checked_add(bytes("Buffers")?)?.checked_add(bytes("Cached")?)
}

fn usage(total_bytes: u64, free_bytes: u64) -> Usage {
    Usage { used_bytes: total_bytes.saturating_sub(free_bytes), total_bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(used_kib: u64, total_kib: u64) -> Usage {
        Usage { used_bytes: used_kib * 1024, total_bytes: total_kib * 1024 }
    }

    #[test]
    fn used_is_what_is_not_available() {
        let text =
            "MemTotal:       1000 kB\nMemFree:  100 kB\nMemAvailable:  600 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\n";
        assert_eq!(parse(text), Some(Memory { main: usage(400, 1000), swap: Some(usage(30, 50)) }));
    }

    #[test]
    fn an_old_kernel_says_it_in_parts() {
        let text = "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 20 kB\nCached: 30 kB\nSwapCached: 9 kB\n";
        assert_eq!(parse(text), Some(Memory { main: usage(850, 1000), swap: None }));
    }

    #[test]
    fn what_is_no_size_is_none() {
        let max = u64::MAX;
        for bad in [
            "",
            "MemTotal: 1000 kB\n",
            "MemTotal: 1000\nMemAvailable: 1 kB\n",
            &format!("MemTotal: {max} kB\nMemAvailable: 1 kB\n"),
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
