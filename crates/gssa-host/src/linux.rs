//! Linux: what the kernel writes into `/proc` and `/sys`, and what distributions keep in `/etc` and `/run`.
//!
//! `sysinfo` is not used here: it opens `/proc` and no other folder, so in a container it shows the container, and it asks every volume
//! how full it is, dead network volumes too.

mod cpu;
mod identity;
mod memory;
mod mounts;
mod root;
mod sensors;
mod system;
mod volumes;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gssa_model::{CollectError, FailureReason, Gap};

use crate::aside::Aside;
use crate::collector::Seen;
use cpu::Ticks;
use root::Root;

/// How long sensors and volumes may take, which healthy ones never do.
const SLOW_DEADLINE: Duration = Duration::from_secs(2);

/// The machine below a folder.
#[derive(Debug)]
pub(crate) struct Machine {
    root: Arc<Root>,
    /// The ticks of the processors at the reading before.
    system: Aside<Option<Ticks>>,
    sensors: Aside<()>,
    volumes: Aside<()>,
}

impl Machine {
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: Arc::new(Root::new(root)),
            system: Aside::new(None),
            sensors: Aside::new(()),
            volumes: Aside::new(()),
        }
    }

    pub(crate) async fn read(&self, timeout: Duration) -> Result<Seen, CollectError> {
        let slow = SLOW_DEADLINE.min(timeout);
        let root = || self.root.clone();
        let (for_system, for_sensors, for_volumes) = (root(), root(), root());
        let (system, temperatures, disks) = tokio::join!(
            self.system.run(timeout, move |before| system::read(&for_system, before)),
            self.sensors.run(slow, move |()| sensors::read(&for_sensors)),
            self.volumes.run(slow, move |()| volumes::read(&for_volumes)),
        );
        let Seen { mut server, mut gaps } =
            system.map_err(|missed| CollectError::new(FailureReason::Timeout, format!("/proc: {missed}")))??;
        match temperatures {
            Ok(temperatures) => server.temperatures = temperatures,
            Err(missed) => gaps.push(Gap::new("temperatures", &missed.to_string())),
        }
        match disks {
            Ok((disks, unread)) => {
                server.disks = disks;
                gaps.extend(unread);
            }
            Err(missed) => gaps.push(Gap::new("disks", &missed.to_string())),
        }
        Ok(Seen { server, gaps })
    }
}
