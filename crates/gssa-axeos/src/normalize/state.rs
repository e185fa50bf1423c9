//! What the device does and what it says is wrong.

use gssa_model::unit::Hashrate;
use gssa_model::{Fault, FaultCode, Hashing, HashingState, Severity};

use super::Device;

/// So long after the start a hashrate of zero needs no other reason.
const STARTING_SECS: u64 = 120;

/// The state, or `None` where the device leaves it open: hashing nothing for no reason that it tells, or hashing with a power fault.
pub(super) fn state(device: &Device<'_>, current: Option<Hashrate>) -> Option<HashingState> {
    if device.is_paused() {
        return Some(HashingState::Paused);
    }
    if device.document.shutdown.get() == Some(true) {
        return Some(if device.is_too_hot() { HashingState::Stopped } else { HashingState::Paused });
    }
    if current?.get() > 0.0 {
        // A regulator that failed has stopped the chips, whatever rate is still shown (`bitaxeorg/ESP-Miner` PR #804).
        return device.document.power_fault.known().is_none().then_some(HashingState::Mining);
    }
    let is_starting = device.uptime_secs().is_some_and(|uptime| uptime <= STARTING_SECS);
    if device.is_protecting() {
        Some(HashingState::Stopped)
    } else if is_starting || device.nm_axe_state() == Some("resuming") {
        Some(HashingState::Starting)
    } else if device.is_connected() == Some(false) {
        Some(HashingState::Idle)
    } else {
        None
    }
}

pub(super) fn faults(device: &Device<'_>, hashing: &Hashing) -> Vec<Fault> {
    let document = device.document;
    let hashes = hashing.current_hps.is_some_and(|hps| hps.get() > 0.0);
    let worse_if_stopped = if hashes { Severity::Warning } else { Severity::Critical };
    let mut faults = Vec::new();
    let mut fault = |code, severity, message: String| faults.push(Fault { code, severity, message });
    if device.is_latched() {
        fault(FaultCode::Overheat, worse_if_stopped, "overheat protection is on".to_owned());
    } else if device.is_too_hot() && (!hashes || document.shutdown.get() == Some(true)) {
        fault(FaultCode::Overheat, Severity::Critical, "stopped above its temperature limit".to_owned());
    }
    if let Some(text) = document.power_fault.known() {
        fault(FaultCode::Power, Severity::Critical, text.clone());
    }
    if let Some(text) = document.hardware_fault.known() {
        fault(FaultCode::Hardware, Severity::Critical, text.clone());
    }
    if device.nm_axe_state() == Some("error") {
        fault(FaultCode::Hardware, worse_if_stopped, "the miner reports an error".to_owned());
    }
    if hashing.state == Some(HashingState::Idle) {
        fault(FaultCode::Pool, Severity::Critical, "no pool is connected".to_owned());
    }
    if document.ap_enabled.get() == Some(true) {
        let message = "its access point is on: in set-up mode, or its Wi-Fi is lost";
        fault(FaultCode::Setup, Severity::Warning, message.to_owned());
    }
    faults
}

impl Device<'_> {
    fn uptime_secs(&self) -> Option<u64> {
        let nested = self.document.miner.at(|miner| &miner.uptime_seconds).copied();
        self.document.uptime_seconds.get().or(nested).map(|count| count.0)
    }

    /// By a person. A pool that is lost stops the chips too and leaves this false (`bitaxeorg/ESP-Miner` PR #1689).
    pub(super) fn is_paused(&self) -> bool {
        let nested = self.document.miner.at(|miner| &miner.paused).copied();
        self.document.mining_paused.get().or(nested) == Some(true)
            || matches!(self.nm_axe_state(), Some("paused" | "pausing"))
    }

    fn nm_axe_state(&self) -> Option<&str> {
        self.document.miner.at(|miner| &miner.state).map(String::as_str)
    }

    /// The overheat latch: on until a person clears it. `NerdQAxe` has none.
    fn is_latched(&self) -> bool {
        self.document.overheat_mode.get().or(self.document.overheat.get()) == Some(true)
    }

    /// Whether the device's own protection keeps the chips off.
    fn is_protecting(&self) -> bool {
        let document = self.document;
        let has_fault = document.power_fault.known().is_some() || document.hardware_fault.known().is_some();
        has_fault || self.is_latched() || self.is_too_hot()
    }

    /// Whether a chip is above the limit that the device itself has (`overheat_temp` of `NerdQAxe`): nothing else tells its shutdown
    /// from one by hand.
    fn is_too_hot(&self) -> bool {
        let document = self.document;
        document.temp.get().zip(document.overheat_temp.get()).is_some_and(|(temp, limit)| limit > 0.0 && temp >= limit)
    }

    /// Whether a pool is connected, as far as the firmware tells: `poolConnectionInfo` (Bitaxe ≥ v2.13), `isStratumConnected`
    /// (`NerdQAxe` v1.0.29–v1.0.34), `stratum.pools[].connected` (≥ v1.0.35).
    pub(super) fn is_connected(&self) -> Option<bool> {
        let document = self.document;
        if let Some(text) = document.pool_connection_info.known() {
            let text = text.strip_prefix("SV2: ").unwrap_or(text);
            return Some(!text.eq_ignore_ascii_case("Not Connected"));
        }
        let each = document.stratum.known().map(|stratum| &stratum.pools);
        let any =
            each.and_then(|pools| pools.entries().filter_map(|(_, pool)| pool.connected.get()).reduce(|a, b| a | b));
        any.or(document.is_stratum_connected.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::testing::snapshot;
    use serde_json::json;

    #[test]
    fn the_state_is_derived_from_what_the_device_tells() {
        use HashingState as S;
        for (members, state) in [
            (json!({}), Some(S::Mining)),
            (json!({ "hashRate": null }), None),
            (json!({ "hashRate": 0 }), None),
            (json!({ "hashRate": 0, "uptimeSeconds": 20 }), Some(S::Starting)),
            (json!({ "hashRate": 0, "miningPaused": true }), Some(S::Paused)),
            (json!({ "hashRate": 0, "poolConnectionInfo": "Not Connected" }), Some(S::Idle)),
            (json!({ "hashRate": 0, "poolConnectionInfo": "Not Connected", "uptimeSeconds": 9 }), Some(S::Starting)),
            (json!({ "hashRate": 0, "poolConnectionInfo": "IPv4 (TLS)" }), None),
            (json!({ "hashRate": 0, "overheat_mode": 1 }), Some(S::Stopped)),
            (json!({ "hashRate": 0, "overheat": "1" }), Some(S::Stopped)),
            (json!({ "overheat_mode": 1 }), Some(S::Mining)),
            (json!({ "hashRate": 0, "power_fault": "VOUT" }), Some(S::Stopped)),
            (json!({ "power_fault": "VOUT" }), None),
            (json!({ "hashRate": 0, "power_fault": "" }), None),
            (json!({ "deviceModel": "NerdQX", "hashRate": 0, "shutdown": true }), Some(S::Paused)),
            (json!({ "deviceModel": "NerdQX", "shutdown": true, "temp": 71, "overheat_temp": 70 }), Some(S::Stopped)),
            (json!({ "deviceModel": "NerdQX", "hashRate": 0, "temp": 71, "overheat_temp": 70 }), Some(S::Stopped)),
            (json!({ "deviceModel": "NerdQX", "temp": 71, "overheat_temp": 70 }), Some(S::Mining)),
            (json!({ "deviceModel": "NerdQX", "hashRate": 0, "isStratumConnected": false }), Some(S::Idle)),
            (json!({ "deviceModel": "NerdQX", "hashRate": 0, "temp": 71, "overheat_temp": 0 }), None),
            (json!({ "hwModel": "NMAxe", "miner": { "state": "running" } }), Some(S::Mining)),
            (json!({ "hwModel": "NMAxe", "miner": { "state": "paused" } }), Some(S::Paused)),
            (json!({ "hwModel": "NMAxe", "miner": { "state": "pausing" } }), Some(S::Paused)),
            (json!({ "hwModel": "NMAxe", "hashRate": 0, "miner": { "state": "resuming" } }), Some(S::Starting)),
            (json!({ "hwModel": "NMAxe", "hashRate": 0, "miner": { "state": "unknown" } }), None),
        ] {
            assert_eq!(snapshot(&members).hashing.state, state, "{members}");
        }
    }

    #[test]
    fn a_fault_says_what_and_how_bad() {
        let faults = |members: &serde_json::Value| {
            let faults = snapshot(members).faults;
            faults.into_iter().map(|fault| (fault.code, fault.severity)).collect::<Vec<_>>()
        };
        assert_eq!(faults(&json!({})), []);
        assert_eq!(faults(&json!({ "overheat_mode": 1 })), [(FaultCode::Overheat, Severity::Warning)]);
        assert_eq!(faults(&json!({ "overheat_mode": 1, "hashRate": 0 })), [(FaultCode::Overheat, Severity::Critical)]);
        assert_eq!(faults(&json!({ "hardware_fault": "no ASIC" })), [(FaultCode::Hardware, Severity::Critical)]);
        assert_eq!(faults(&json!({ "apEnabled": 1 })), [(FaultCode::Setup, Severity::Warning)]);
        let error = json!({ "hwModel": "NMAxe", "miner": { "state": "error" } });
        assert_eq!(faults(&error), [(FaultCode::Hardware, Severity::Warning)]);
    }

    #[test]
    fn heat_above_the_limit_is_a_fault_once_it_has_stopped_the_device() {
        let faults = |hash_rate: u32, is_off: bool| {
            let hot = json!({ "deviceModel": "NerdQX", "hashRate": hash_rate, "shutdown": is_off, "temp": 71, "overheat_temp": 70 });
            snapshot(&hot).faults.into_iter().map(|fault| (fault.code, fault.severity)).collect::<Vec<_>>()
        };
        let stopped = [(FaultCode::Overheat, Severity::Critical)];
        assert_eq!(faults(1200, false), [], "it still hashes");
        assert_eq!(faults(0, false), stopped);
        assert_eq!(faults(1200, true), stopped, "the rate is from before");
        assert_eq!(faults(0, true), stopped);
    }

    #[test]
    fn one_pool_that_is_connected_is_enough() {
        let state = |pools: serde_json::Value| {
            snapshot(&json!({ "deviceModel": "NerdQX", "hashRate": 0, "stratum": { "pools": pools } })).hashing.state
        };
        assert_eq!(state(json!([{ "connected": false }, { "connected": true }])), None);
        assert_eq!(state(json!([{ "connected": false }, { "connected": false }])), Some(HashingState::Idle));
    }
}
