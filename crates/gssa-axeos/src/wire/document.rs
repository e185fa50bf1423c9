//! The two documents. Units and versions are those of the firmware source at each release tag.

use std::net::IpAddr;

use gssa_wire::{Anything, Count, Endpoint, Field};

use super::part::{
    AsicMember, FanMember, HashrateMonitor, IdentityObject, MinerObject, PoolSlot, PowerMember, RejectedReason,
    StratumObject, TempsObject,
};
use super::scalar::WrittenMac;

object! {
    /// `GET /api/system/info` of every shape: flat (Bitaxe, Nerd*Axe, NMAxe up to v2.9.21, forks), renamed (NMAxe v2.9.30), nested
    /// (NMAxe v3). What one shape lacks is absent.
    ///
    /// Not declared, hence never read: `ssid`, `wifiPass` (Bitaxe v2.0.0–v2.0.4), `wifiSSID`, `stratumPassword`,
    /// `stratumPassword1/2` (NMAxe), `pwd`, certificates, and `current`, which is the input current on some boards and the output
    /// current of the regulator on others.
    Document {
        // Identity
        asic_model: String = "ASICModel",
        board_version: String = "boardVersion",
        /// Nerd*Axe ≥ v1.0.15.
        device_model: String = "deviceModel",
        /// `NMAxe` v2.9.30.
        hw_model: String = "hwModel",
        version: String = "version",
        fw_version: String = "fwVersion",
        hostname: String = "hostname",
        host_name: String = "hostName",
        mac_addr: WrittenMac = "macAddr",
        /// Up to Bitaxe v2.8; Nerd*Axe and `NMAxe` keep it.
        asic_count: Count = "asicCount",
        /// 0 or 65535 on unknown chips.
        small_core_count: f64 = "smallCoreCount",
        small_core_cnt: f64 = "smallCoreCnt",
        chip_submit_str: Anything = "chipSubmitStr",
        best_nonce_diff: Anything = "bestNonceDiff",

        // Hashing, GH/s
        hash_rate: f64 = "hashRate",
        hash_rate_1m: f64 = "hashRate_1m",
        hash_rate_10m: f64 = "hashRate_10m",
        hash_rate_1h: f64 = "hashRate_1h",
        hash_rate_1d: f64 = "hashRate_1d",
        hash_rate_timestamp: Anything = "hashRateTimestamp",
        expected_hashrate: f64 = "expectedHashrate",
        error_percentage: f64 = "errorPercentage",
        hashrate_monitor: HashrateMonitor = "hashrateMonitor",
        mining_paused: bool = "miningPaused",
        /// Nerd*Axe: the chips are switched off.
        shutdown: bool = "shutdown",

        // Electrical: W, mV, MHz
        power: PowerMember = "power",
        /// mV at the input.
        voltage: f64 = "voltage",
        core_voltage: f64 = "coreVoltage",
        core_voltage_actual: f64 = "coreVoltageActual",
        vcore_req: f64 = "vcoreReq",
        vcore_actual: f64 = "vcoreActual",
        frequency: f64 = "frequency",
        freq_req: f64 = "freqReq",

        // Temperatures, °C
        temp: f64 = "temp",
        temp2: f64 = "temp2",
        chiptemp1: f64 = "chiptemp1",
        chiptemp2: f64 = "chiptemp2",
        asic_temps: Vec<Field<f64>> = "asicTemps",
        vr_temp: f64 = "vrTemp",
        vr_temp_int: f64 = "vrTempInt",
        asic_temp: f64 = "asicTemp",
        vcore_temp: f64 = "vcoreTemp",
        /// Nerd*Axe: the threshold of its overheat protection.
        overheat_temp: f64 = "overheat_temp",

        // Fans: rpm and percent
        /// rpm up to Bitaxe v2.1.3; percent on forge-os v1.5.
        fan_speed_rpm_2_0: f64 = "fanSpeed",
        /// rpm in Bitaxe v2.1.4–v2.1.8.
        fan_speed_rpm_2_1: f64 = "fanSpeedRpm",
        fanrpm: f64 = "fanrpm",
        fan2rpm: f64 = "fan2rpm",
        fanrpm2: f64 = "fanrpm2",
        /// Percent.
        fanspeed: f64 = "fanspeed",
        fanspeed2: f64 = "fanspeed2",
        fan_count: Count = "fanCount",
        fans: Vec<Field<FanMember>> = "fans",

        // Faults
        overheat_mode: bool = "overheat_mode",
        /// The same in Bitaxe v2.1.9.
        overheat: bool = "overheat",
        power_fault: String = "power_fault",
        hardware_fault: String = "hardware_fault",

        // Shares
        shares_accepted: Count = "sharesAccepted",
        shares_rejected: Count = "sharesRejected",
        shares_rejected_reasons: Vec<Field<RejectedReason>> = "sharesRejectedReasons",
        best_diff: f64 = "bestDiff",
        best_session_diff: f64 = "bestSessionDiff",
        best_diff_ever: f64 = "bestDiffEver",
        best_diff_session: f64 = "bestDiffSession",
        block_found: Count = "blockFound",
        found_blocks: Count = "foundBlocks",
        total_found_blocks: Count = "totalFoundBlocks",

        // Pools
        stratum_url: Endpoint = "stratumURL",
        stratum_port: f64 = "stratumPort",
        stratum_user: String = "stratumUser",
        stratum_tls: bool = "stratumTLS",
        stratum_protocol: String = "stratumProtocol",
        fallback_url: Endpoint = "fallbackStratumURL",
        fallback_port: f64 = "fallbackStratumPort",
        fallback_user: String = "fallbackStratumUser",
        fallback_tls: bool = "fallbackStratumTLS",
        fallback_protocol: String = "fallbackStratumProtocol",
        is_using_fallback: bool = "isUsingFallbackStratum",
        /// Bitaxe ≥ v2.15: a person chose the fallback.
        use_fallback: bool = "useFallbackStratum",
        is_stratum_connected: bool = "isStratumConnected",
        /// Bitaxe ≥ v2.13.
        pool_connection_info: String = "poolConnectionInfo",
        /// Bitaxe v2.4.1–v2.8.
        stratum_diff: f64 = "stratumDiff",
        pool_difficulty: f64 = "poolDifficulty",
        /// ms.
        response_time: f64 = "responseTime",
        /// ms, Nerd*Axe; 0 for none.
        lastpingrtt: f64 = "lastpingrtt",
        primary_pool_index: Count = "primaryPoolIndex",
        secondary_pool_index: Count = "secondaryPoolIndex",
        pools: Vec<Field<PoolSlot>> = "pools",
        /// `NMAxe` v2.5–v2.9.21: the pool in use and the two that are configured.
        url_used: Endpoint = "stratumURLUSED",
        user_used: String = "stratumUserUSED",
        url_1: Endpoint = "stratumURL1",
        user_1: String = "stratumUser1",
        url_2: Endpoint = "stratumURL2",
        user_2: String = "stratumUser2",
        stratum: StratumObject = "stratum",

        // System
        uptime_seconds: Count = "uptimeSeconds",
        ipv4: IpAddr = "ipv4",
        hostip: IpAddr = "hostip",
        /// dBm.
        wifi_rssi: f64 = "wifiRSSI",
        ap_enabled: bool = "apEnabled",

        // NMAxe, nested and renamed
        temps: TempsObject = "temps",
        asic: AsicMember = "asic",
        miner: MinerObject = "miner",
        identity: IdentityObject = "identity",
    }
}

impl Document {
    /// Whether a device of this family wrote it. Many gadgets answer JSON on any path; these keys together are ours. The values do not
    /// matter: an unreadable one is a gap.
    pub(crate) fn is_axeos(&self) -> bool {
        let hashes = self.hash_rate.is_present() || self.hash_rate_10m.is_present();
        let flat = self.asic_model.is_present() && hashes && self.uptime_seconds.is_present();
        let renamed = self.hw_model.is_present() && hashes;
        let nested = self.miner.known().is_some()
            && (self.identity.known().is_some_and(|identity| identity.hw_model.is_present())
                || matches!(self.asic, Field::Known(AsicMember::Object(_))));
        flat || renamed || nested
    }
}

object! {
    /// `GET /api/system/asic`, Bitaxe ≥ v2.7 and Nerd*Axe ≥ v1.0.32.
    AsicDocument {
        asic_model: String = "ASICModel",
        device_model: String = "deviceModel",
        /// Chips on the board; nominal, not detected.
        asic_count: Count = "asicCount",
    }
}
