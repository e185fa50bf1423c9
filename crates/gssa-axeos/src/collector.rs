//! The [`Collector`](gssa_model::Collector) of one device.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use gssa_model::{Address, CollectError, FailureReason, Gap, MinerSnapshot, Snapshot, SourceId};
use tokio::sync::{Mutex, MutexGuard};

use crate::client::{ASIC_PATH, Client};
use crate::normalize::has_asic_facts;
use crate::wire::{AsicInfo, Info};
use crate::{Error, normalize};

/// Observes one device: its status document each time, the facts about its chip once for each start and firmware version.
///
/// At most one request is open at any time, also when `collect` is called twice at once: the second call waits for the first.
#[derive(Debug)]
pub struct Collector {
    id: SourceId,
    client: Client,
    timeout: Duration,
    /// Held while a request is open.
    learned: Mutex<Learned>,
}

/// What is known of the device beyond one observation.
#[derive(Debug, Default)]
struct Learned {
    version: Option<String>,
    uptime_secs: Option<u64>,
    asic: Asic,
}

/// What is known of `/api/system/asic`.
#[derive(Debug, Default)]
enum Asic {
    #[default]
    NotAsked,
    /// This firmware has no such document.
    None,
    Told(AsicInfo),
    /// It failed so many times in a row; so many observations go by before it is asked again.
    Failed {
        times: u32,
        skip: u32,
        reason: FailureReason,
    },
}

/// Each failure doubles the observations until the next attempt, so many times: a device that has trouble must not get twice the
/// requests because of it.
const MAX_DOUBLINGS: u32 = 6;

impl Collector {
    /// A collector of the device at `address`; `timeout` is for all that one observation takes.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] for a scheme other than `http`.
    pub fn new(id: SourceId, address: &Address, timeout: Duration) -> Result<Self, Error> {
        Ok(Self { id, client: Client::new(address)?, timeout, learned: Mutex::default() })
    }

    async fn observe(&self) -> Result<MinerSnapshot, Error> {
        let begun = Instant::now();
        let mut learned = self.turn().await?;
        let left = || self.timeout.saturating_sub(begun.elapsed());
        let info = self.client.fetch_info(left()).await?;
        learned.forget_if_changed(&info);
        if learned.asic.is_due() && has_asic_facts(&info) {
            learned.asic = learned.asic.after(self.client.fetch_asic(left()).await);
        }
        let mut snapshot = normalize(&info, learned.asic.told());
        snapshot.gaps.extend(learned.asic.gap());
        Ok(snapshot)
    }

    /// Waits until no other request is open.
    async fn turn(&self) -> Result<MutexGuard<'_, Learned>, Error> {
        tokio::time::timeout(self.timeout, self.learned.lock()).await.map_err(|_| Error::Waited(self.timeout))
    }
}

impl Learned {
    /// Another version, or an uptime that went back, may be another firmware or another device behind the address.
    fn forget_if_changed(&mut self, info: &Info) {
        let (version, uptime_secs) = (info.version().map(str::to_owned), info.uptime_secs());
        let restarted = self.uptime_secs.zip(uptime_secs).is_some_and(|(before, now)| now < before);
        let is_same = self.version == version;
        if !is_same || (restarted && !matches!(self.asic, Asic::None)) {
            self.asic = Asic::NotAsked;
        }
        (self.version, self.uptime_secs) = (version, uptime_secs);
    }
}

impl Asic {
    /// Whether to ask now; counts the observations that go by.
    const fn is_due(&mut self) -> bool {
        match self {
            Self::NotAsked | Self::Failed { skip: 0, .. } => true,
            Self::Failed { skip, .. } => {
                *skip -= 1;
                false
            }
            Self::None | Self::Told(_) => false,
        }
    }

    /// What is known after an answer. A failure costs the device's own word for its model, not the reading.
    fn after(&self, answer: Result<Option<AsicInfo>, Error>) -> Self {
        let times = if let Self::Failed { times, .. } = self { times.saturating_add(1) } else { 1 };
        match answer {
            Ok(told) => told.map_or(Self::None, Self::Told),
            Err(error) => {
                let skip = (1 << (times - 1).min(MAX_DOUBLINGS)) - 1;
                Self::Failed { times, skip, reason: error.reason() }
            }
        }
    }

    const fn told(&self) -> Option<&AsicInfo> {
        match self {
            Self::Told(asic) => Some(asic),
            Self::NotAsked | Self::None | Self::Failed { .. } => None,
        }
    }

    /// There as long as the document is missing, also in observations that do not ask for it.
    fn gap(&self) -> Option<Gap> {
        let Self::Failed { reason, .. } = self else { return None };
        Some(Gap::new(ASIC_PATH, reason.as_str()))
    }
}

#[async_trait]
impl gssa_model::Collector for Collector {
    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn collect(&self) -> Result<Snapshot, CollectError> {
        Ok(self.observe().await?.into())
    }
}
