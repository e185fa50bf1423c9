//! The objects inside of the documents.

use gssa_model::Gap;
use gssa_wire::{Count, Endpoint, Field, Lenient, Path, Report, Scalar, Spelling as _};
use serde::de::MapAccess;

use super::AxeOs;

object! {
    /// Bitaxe ≥ v2.11. Without entries, or not there at all, until the chips answered.
    HashrateMonitor {
        asics: Vec<Field<MonitoredAsic>> = "asics",
    }
}

object! {
    /// One chip.
    MonitoredAsic {
        /// GH/s.
        total: f64 = "total",
        /// GH/s of each part of the chip.
        domains: Vec<Field<f64>> = "domains",
        error_count: Count = "errorCount",
    }
}

object! {
    /// One of the reasons for rejected shares, in the pool's words.
    RejectedReason {
        message: String = "message",
        count: Count = "count",
    }
}

object! {
    /// One fan: Nerd*Axe ≥ v1.0.37 (`rpm`, `speedPerc`), NMAxe ≥ v2.9.30 (`id`, `rpm`, `speed`).
    FanMember {
        id: Count = "id",
        rpm: f64 = "rpm",
        speed_perc: f64 = "speedPerc",
        speed: f64 = "speed",
    }
}

object! {
    /// One pool of Bitaxe ≥ v2.15.
    PoolSlot {
        id: Count = "id",
        url: Endpoint = "stratumURL",
        port: f64 = "stratumPort",
        user: String = "stratumUser",
        tls: bool = "stratumTLS",
        protocol: String = "stratumProtocol",
    }
}

object! {
    /// `stratum`: of Nerd*Axe ≥ v1.0.35 what the pools do, of NMAxe where they are.
    StratumObject {
        // Nerd*Axe
        /// 0 failover, 1 dual.
        pool_mode: f64 = "poolMode",
        active_pool_mode: f64 = "activePoolMode",
        using_fallback: bool = "usingFallback",
        pools: Vec<Field<StratumPool>> = "pools",
        // NMAxe ≥ v3
        url: Endpoint = "url",
        user: String = "user",
        // NMAxe v2.9.30
        used: NmPool = "used",
        primary: NmPool = "primary",
        fallback: NmPool = "fallback",
    }
}

object! {
    /// One pool of a Nerd*Axe. In failover mode there is one entry, the pool in use.
    StratumPool {
        /// Told by newer firmware that lists both pools in failover mode.
        active: bool = "active",
        connected: bool = "connected",
        pool_difficulty: f64 = "poolDifficulty",
        accepted: Count = "accepted",
        rejected: Count = "rejected",
        /// ms.
        ping_rtt: f64 = "pingRtt",
    }
}

object! {
    /// One pool of NMAxe v2.9.30. `pwd` is not read.
    NmPool {
        url: Endpoint = "url",
        user: String = "user",
    }
}

object! {
    /// `power` of NMAxe ≥ v3.
    PowerObject {
        /// W.
        power: f64 = "power",
        /// mV at the input.
        vbus: f64 = "vbus",
    }
}

object! {
    /// `temps` of NMAxe ≥ v3, °C.
    TempsObject {
        asic: f64 = "asic",
        vcore: f64 = "vcore",
    }
}

object! {
    /// `asic` of NMAxe ≥ v3: mV and MHz.
    AsicObject {
        model: String = "model",
        count: Count = "count",
        small_core_cnt: f64 = "smallCoreCnt",
        vcore_req: f64 = "vcoreReq",
        vcore_real: f64 = "vcoreReal",
        freq_req: f64 = "freqReq",
    }
}

object! {
    /// `miner` of NMAxe ≥ v3.
    MinerObject {
        /// `running`, `pausing`, `paused`, `resuming`, `error`, `unknown`.
        state: String = "state",
        paused: bool = "paused",
        /// GH/s.
        hash_rate: f64 = "hashRate",
        best_diff_ever: f64 = "bestDiffEver",
        best_diff_session: f64 = "bestDiffSession",
        pool_diff: f64 = "poolDiff",
        blkhits: Count = "blkhits",
        accepted: Count = "sAccepted",
        rejected: Count = "sRejected",
        uptime_seconds: Count = "uptimeSeconds",
    }
}

object! {
    /// `identity` of NMAxe ≥ v3. `ssid` is not read.
    IdentityObject {
        fw_version: String = "fwVersion",
        hw_model: String = "hwModel",
        display_name: String = "displayName",
        host_name: String = "hostName",
        /// dBm.
        rssi: f64 = "rssi",
    }
}

/// `power`: watts, or an object on NMAxe ≥ v3.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PowerMember {
    Watts(f64),
    Object(PowerObject),
}

impl Lenient<AxeOs> for PowerMember {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        AxeOs::figure(scalar).map(Self::Watts)
    }

    fn object<'de, A: MapAccess<'de>>(object: A) -> Result<Field<Self>, A::Error> {
        Ok(PowerObject::object(object)?.map(Self::Object))
    }
}

impl Report for PowerMember {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        if let Self::Object(object) = self {
            object.report(path, gaps);
        }
    }
}

/// `asic`: the name of the chip on NMAxe v2.9.30, an object on NMAxe ≥ v3.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AsicMember {
    Model(String),
    Object(AsicObject),
}

impl AsicMember {
    pub(crate) const fn object(&self) -> Option<&AsicObject> {
        match self {
            Self::Object(object) => Some(object),
            Self::Model(_) => None,
        }
    }
}

impl Lenient<AxeOs> for AsicMember {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        scalar.text().map(Self::Model)
    }

    fn object<'de, A: MapAccess<'de>>(object: A) -> Result<Field<Self>, A::Error> {
        Ok(AsicObject::object(object)?.map(Self::Object))
    }
}

impl Report for AsicMember {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        if let Self::Object(object) = self {
            object.report(path, gaps);
        }
    }
}
