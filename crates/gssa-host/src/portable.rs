//! macOS, Windows and the BSDs: what `sysinfo` gives.

use std::path::Path;
use std::time::Duration;

use gssa_model::text::clean;
use gssa_model::unit::{Celsius, LoadAverage, Percent};
use gssa_model::{CollectError, Disk, FailureReason, Gap, NamedTemperature, Server, Usage};
use sysinfo::{Components, Disks, System};

use crate::aside::Aside;
use crate::collector::Seen;

/// How long sensors and volumes may take, which healthy ones never do.
const SLOW_DEADLINE: Duration = Duration::from_secs(2);

/// The most volumes, and the most sensors, of one machine.
const MAX_ENTRIES: usize = 128;

/// The machine; there is no other root here.
#[derive(Debug)]
pub(crate) struct Machine {
    /// It keeps the times of the processors from one reading to the next.
    system: Aside<Option<System>>,
    sensors: Aside<()>,
    volumes: Aside<()>,
}

impl Machine {
    pub(crate) fn new(_root: &Path) -> Self {
        Self { system: Aside::new(None), sensors: Aside::new(()), volumes: Aside::new(()) }
    }

    pub(crate) async fn read(&self, timeout: Duration) -> Result<Seen, CollectError> {
        let slow = SLOW_DEADLINE.min(timeout);
        let (server, temperatures, disks) = tokio::join!(
            self.system.run(timeout, system),
            self.sensors.run(slow, |()| temperatures()),
            self.volumes.run(slow, |()| disks()),
        );
        let mut server = server.map_err(|missed| CollectError::new(FailureReason::Timeout, missed.to_string()))?;
        let mut gaps = Vec::new();
        match temperatures {
            Ok(temperatures) => server.temperatures = temperatures,
            Err(missed) => gaps.push(Gap::new("temperatures", &missed.to_string())),
        }
        match disks {
            Ok(disks) => server.disks = disks,
            Err(missed) => gaps.push(Gap::new("disks", &missed.to_string())),
        }
        Ok(Seen { server, gaps })
    }
}

fn system(known: &mut Option<System>) -> Server {
    let is_first = known.is_none();
    let system = known.get_or_insert_with(System::new);
    system.refresh_memory();
    system.refresh_cpu_usage();
    let busy = Percent::from_percent(rounded(system.global_cpu_usage()));
    let load = System::load_average();
    let load = match [load.one, load.five, load.fifteen].map(LoadAverage::from_load) {
        // Windows has no such figure.
        [Some(one), Some(five), Some(fifteen)] if !cfg!(windows) => Some([one, five, fifteen]),
        _ => None,
    };
    let usage =
        |total_bytes: u64, free_bytes: u64| Usage { used_bytes: total_bytes.saturating_sub(free_bytes), total_bytes };
    let cpus = system.cpus().len() as u64;
    Server {
        name: System::host_name().as_deref().and_then(clean),
        reachable: Some(true),
        os: System::long_os_version().as_deref().and_then(clean),
        kernel: System::kernel_version().as_deref().and_then(clean),
        architecture: clean(&System::cpu_arch()),
        uptime_secs: Some(System::uptime()).filter(|secs| *secs > 0),
        cpu_percent: busy.filter(|_| !is_first),
        cpus: (cpus > 0).then_some(cpus),
        load,
        memory: Some(usage(system.total_memory(), system.available_memory())).filter(|usage| usage.total_bytes > 0),
        swap: Some(usage(system.total_swap(), system.free_swap())),
        ..Server::default()
    }
}

fn disks() -> Vec<Disk> {
    let all = Disks::new_with_refreshed_list();
    let disks = all.list().iter().filter(|disk| disk.total_space() > 0).filter_map(|disk| {
        let mount = clean(&disk.mount_point().to_string_lossy())?;
        // macOS keeps its own parts of the one disk there.
        let is_part = mount.starts_with("/System/Volumes/");
        let used_bytes = disk.total_space().saturating_sub(disk.available_space());
        let usage = Usage { used_bytes, total_bytes: disk.total_space() };
        let file_system = clean(&disk.file_system().to_string_lossy());
        (!is_part).then_some(Disk { mount, usage, file_system })
    });
    disks.take(MAX_ENTRIES).collect()
}

fn temperatures() -> Vec<NamedTemperature> {
    let all = Components::new_with_refreshed_list();
    let sensors = all.list().iter().filter_map(|component| {
        let celsius = Celsius::from_celsius(rounded(component.temperature()?))?;
        let critical_celsius = component.critical().and_then(|celsius| Celsius::from_celsius(rounded(celsius)));
        Some(NamedTemperature { name: clean(component.label())?, celsius, critical_celsius })
    });
    sensors.take(MAX_ENTRIES).collect()
}

/// To hundredths: the digits of a wider number beyond them were never measured.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 100.0).round() / 100.0
}
