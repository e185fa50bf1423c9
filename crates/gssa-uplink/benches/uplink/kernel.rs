//! What the kernel says of this process.

use std::fs;
use std::time::Duration;

use crate::Result;

/// Time on a CPU so far.
pub(crate) fn cpu() -> Result<Duration> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = text.split_whitespace().next().ok_or("/proc/self/schedstat")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// Resident memory now, in bytes, after which the highest is counted anew.
pub(crate) fn resident() -> Result<usize> {
    fs::write("/proc/self/clear_refs", "5")?;
    status("VmRSS:")
}

/// The highest resident memory since [`resident`], in bytes.
pub(crate) fn highest_resident() -> Result<usize> {
    status("VmHWM:")
}

fn status(name: &str) -> Result<usize> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("/proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? * 1024)
}
