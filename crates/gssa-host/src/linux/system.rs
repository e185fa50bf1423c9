//! Everything that the kernel answers at once.

use gssa_model::unit::LoadAverage;
use gssa_model::{CollectError, FailureReason, Server};

use super::cpu::{self, Ticks};
use super::root::Root;
use super::{identity, memory};
use crate::collector::Seen;

/// Reads the machine; `before` are the ticks of the reading before and become those of this one.
///
/// # Errors
///
/// When there is nothing to read: the root is not that of a machine.
pub(crate) fn read(root: &Root, before: &mut Option<Ticks>) -> Result<Seen, CollectError> {
    let mut gaps = Vec::new();
    let stat = root.wanted("/proc/stat", &mut gaps, cpu::parse);
    let load = root.wanted("/proc/loadavg", &mut gaps, load);
    let memory = root.wanted("/proc/meminfo", &mut gaps, memory::parse);
    let uptime_secs = root.wanted("/proc/uptime", &mut gaps, uptime_secs);
    if stat.is_none() && load.is_none() && memory.is_none() && uptime_secs.is_none() {
        let folder = root.at("/proc");
        let detail = format!("nothing can be read in {}: mount the host's /proc there, read-only", folder.display());
        return Err(CollectError::new(FailureReason::ApiDisabled, detail));
    }
    let (now, cpus) = stat.unzip();
    let cpu_percent = before.zip(now).and_then(|(before, now)| cpu::busy(before, now));
    *before = now;
    let server = Server {
        id: identity::id(root).unwrap_or_default(),
        name: identity::name(root),
        reachable: Some(true),
        os: identity::os(root),
        kernel: identity::kernel(root),
        architecture: identity::architecture(root),
        uptime_secs,
        cpu_percent,
        cpus: cpus.filter(|cpus| *cpus > 0),
        load,
        memory: memory.map(|memory| memory.main),
        swap: memory.and_then(|memory| memory.swap),
        reboot_required: identity::reboot_required(root),
        ..Server::default()
    };
    Ok(Seen { server, gaps })
}

/// `0.52 0.58 0.59 1/467 12345` (`proc_loadavg(5)`).
fn load(text: &str) -> Option<[LoadAverage; 3]> {
    let mut numbers = text.split_whitespace().map(|number| LoadAverage::from_load(number.parse().ok()?));
    Some([numbers.next()??, numbers.next()??, numbers.next()??])
}

/// `350735.47 234388.90` (`proc_uptime(5)`).
fn uptime_secs(text: &str) -> Option<u64> {
    let (secs, _) = text.split_whitespace().next()?.split_once('.')?;
    secs.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_and_uptime_are_read_or_refused() {
        assert_eq!(
            load("0.52 1.58 2.59 1/467 12345\n").map(|load| load.map(LoadAverage::get)),
            Some([0.52, 1.58, 2.59])
        );
        for bad in ["", "0.52 1.58", "0.52 x 2.59", "0.1 NaN 0.2"] {
            assert_eq!(load(bad), None, "{bad}");
        }
        assert_eq!(uptime_secs("350735.47 234388.90\n"), Some(350_735));
        for bad in ["", "x.1", "-5.0 1"] {
            assert_eq!(uptime_secs(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_folder_without_a_machine_is_an_error_that_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(&Root::new(folder.path()), &mut None).unwrap_err();
        assert_eq!(error.reason(), FailureReason::ApiDisabled);
        assert!(error.detail().ends_with("/proc: mount the host's /proc there, read-only"), "{error}");
    }
}
