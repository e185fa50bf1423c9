//! `/api/system/info` of BitForge Nano forge-os.

use super::difficulty::Notation;
use super::{FALLBACK_POOL, Subject, flag, widened};
use crate::axeos::Behaviour;
use crate::axeos::release::{Document, Release};
use crate::json::Json;

pub(super) fn info(subject: &Subject<'_>, release: Release) -> Json {
    let (figures, profile) = (subject.figures, subject.profile);
    let (url, port) = subject.pool();
    let (fallback_url, fallback_port) = FALLBACK_POOL;
    let reason = |(message, count): &(&'static str, u64)| {
        Json::object([("message", (*message).into()), ("count", (*count).into())])
    };
    let reasons: Vec<Json> = figures.reject_reasons.iter().map(reason).collect();
    // v1.5 writes the ever best as a number and the session best still as text.
    let best = if release >= Release(1, 5, 0) { Notation::Number } else { Notation::ThreeDigits };
    // `temp` is the mean of the two chips.
    let (first, second) =
        if subject.hashes() { (figures.chip_celsius - 1.5, figures.chip_celsius + 1.5) } else { (-1.0, -1.0) };
    Document::new(release)
        .put("power", widened(figures.watts))
        .put("voltage", figures.input_millivolts.round())
        .put("current", figures.current_milliamps.round())
        .put("temp", figures.chip_celsius)
        .put("vrTemp", figures.regulator_celsius)
        .put("maxPower", profile.max_watts)
        .put("nominalVoltage", profile.input_volts as i64)
        .put("hashRate", widened(figures.ghs))
        .put("bestDiff", best.write(figures.best_difficulty))
        .put("bestSessionDiff", Notation::ThreeDigits.write(figures.best_session_difficulty))
        .put("stratumDiff", figures.pool_difficulty as i64)
        .put("isUsingFallbackStratum", flag(subject.on_fallback()))
        .put("isPSRAMAvailable", 1)
        .put("freeHeap", figures.free_heap_bytes)
        .put("freeHeapInternal", 138_800)
        .put("freeHeapSpiram", figures.free_heap_bytes - 108_000)
        .put("coreVoltage", profile.core_millivolts as i64)
        .put("coreVoltageActual", figures.core_millivolts)
        .put("frequency", figures.frequency_mhz)
        .put("ssid", "sim-wifi")
        .put("macAddr", subject.spec.mac())
        .put("hostname", subject.spec.hostname())
        .put("wifiStatus", "Connected!")
        .put("wifiRSSI", figures.rssi_dbm)
        .put("apEnabled", 0)
        .put("requestFromAp", false)
        .put("sharesAccepted", figures.accepted)
        .put("sharesRejected", figures.rejected)
        .put("sharesRejectedReasons", reasons)
        .put("uptimeSeconds", figures.up_secs)
        .put("asicCount", profile.chips)
        .put("smallCoreCount", profile.chip.small_cores())
        .put("ASICModel", profile.chip.name())
        .put("stratumURL", url)
        .put("fallbackStratumURL", fallback_url)
        .put("stratumPort", port)
        .put("fallbackStratumPort", fallback_port)
        .put("stratumUser", subject.pool_user())
        .put("fallbackStratumUser", subject.pool_user())
        .put("version", profile.version)
        .put("idfVersion", "v5.5.1")
        .put("boardVersion", profile.board)
        .put("runningPartition", "factory")
        .put("overheat_mode", flag(subject.behaviour == Behaviour::Overheated))
        .put("overclockEnabled", 0)
        .put("autofanspeed", 1)
        .before(Release(1, 5, 0), "fanspeed", figures.fan_percent as i64)
        .since(Release(1, 5, 0), "fanSpeed", figures.fan_percent as i64)
        .put("fanrpm", figures.fan_rpm)
        .put("chiptemp1", first)
        .put("chiptemp2", second)
        .when(subject.behaviour == Behaviour::PowerFault, "power_fault", "TPS546 over-current fault")
        .finish()
}
