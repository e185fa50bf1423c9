//! `/api/system/info` of `shufps/ESP-Miner-NerdQAxePlus`, from v1.0.20 on.

use super::difficulty::Notation;
use super::{FALLBACK_POOL, Subject, flag, rounded};
use crate::axeos::Behaviour;
use crate::axeos::profile::Shape;
use crate::axeos::release::{Document, Release};
use crate::chance::between;
use crate::json::Json;

const INSTANT_RATE: Release = Release(1, 0, 33);
const DAY_SECS: f64 = 86_400.0;

pub(super) fn info(subject: &Subject<'_>, release: Release) -> Json {
    let mut document = Document::new(release);
    identity(&mut document, subject);
    electrical(&mut document, subject);
    hashing(&mut document, subject, release);
    fans(&mut document, subject);
    work(&mut document, subject, release);
    pools(&mut document, subject);
    settings(&mut document, subject);
    document.finish()
}

fn is_off(subject: &Subject<'_>) -> bool {
    matches!(
        subject.behaviour,
        Behaviour::Paused | Behaviour::Overheated | Behaviour::PowerFault | Behaviour::HardwareFault
    )
}

fn identity(document: &mut Document, subject: &Subject<'_>) {
    let profile = subject.profile;
    document
        .put("asicCount", profile.chips)
        .put("smallCoreCount", profile.chip.small_cores())
        .since(Release(1, 0, 15), "deviceModel", profile.family)
        .since(Release(1, 0, 26), "hostip", subject.spec.lan_address())
        .since(Release(1, 0, 30), "macAddr", subject.spec.mac())
        .since(Release(1, 0, 31), "wifiRSSI", subject.figures.rssi_dbm);
}

fn electrical(document: &mut Document, subject: &Subject<'_>) {
    let figures = subject.figures;
    let sixteenths = |celsius: f64| (celsius * 16.0).round() / 16.0;
    // The regulator chip's own sensor sits on one class of boards only.
    let inner =
        if subject.profile.family.starts_with("NerdQAxe") { sixteenths(figures.regulator_celsius + 2.8) } else { 0.0 };
    document
        .put("power", rounded(figures.watts, 1))
        .since(Release(1, 0, 14), "maxPower", subject.profile.max_watts)
        .since(Release(1, 0, 14), "minPower", subject.profile.max_watts / 2)
        .since(Release(1, 0, 14), "maxVoltage", 13)
        .since(Release(1, 0, 14), "minVoltage", 11)
        .put("voltage", rounded(figures.input_millivolts, 1))
        .put("current", rounded(figures.current_milliamps, 1))
        .since(Release(1, 0, 36), "currentA", rounded(figures.current_milliamps / 1000.0, 4))
        .since(Release(1, 0, 36), "minCurrentA", 0)
        .since(Release(1, 0, 36), "maxCurrentA", subject.profile.max_watts / 12)
        .put("temp", figures.chip_celsius)
        .put("vrTemp", sixteenths(figures.regulator_celsius))
        .since(Release(1, 0, 37), "vrTempInt", inner)
        .since(Release(1, 0, 34), "asicTemps", vec![0; subject.profile.chips as usize])
        .put("coreVoltage", subject.profile.core_millivolts as i64)
        .since(Release(1, 0, 29), "defaultCoreVoltage", i64::from(subject.profile.chip.defaults().1))
        .put("coreVoltageActual", figures.core_millivolts);
}

fn hashing(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let figures = subject.figures;
    // v1.1 counts the part of a window before boot as zero.
    let filled = if release >= Release(1, 1, 0) { (figures.up_secs as f64 / DAY_SECS).min(1.0) } else { 1.0 };
    let instant = if release >= INSTANT_RATE { figures.ghs } else { figures.ghs_10m };
    let rate = if subject.behaviour == Behaviour::Spike { figures.ghs } else { instant };
    // Up to v1.0.32 the longer windows are the ten-minute one.
    let long = |mean: f64| if release >= INSTANT_RATE { mean } else { figures.ghs_10m };
    document
        .put("hashRateTimestamp", figures.up_secs * 1000)
        .since(Release(1, 0, 20), "hashRate", rounded(rate, 3))
        .since(Release(1, 0, 31), "hashRate_1m", rounded(figures.ghs_1m, 3))
        .put("hashRate_10m", rounded(figures.ghs_10m, 3))
        .put("hashRate_1h", rounded(long(figures.ghs_1h), 3))
        .put("hashRate_1d", rounded(long(figures.ghs_1d) * filled, 3))
        .put("frequency", subject.profile.mhz)
        .since(Release(1, 0, 29), "defaultFrequency", i64::from(subject.profile.chip.defaults().0))
        .since(Release(1, 0, 35), "shutdown", is_off(subject))
        .since(Release(1, 0, 33), "duplicateHWNonces", figures.hardware_errors / 5000)
        .put("jobInterval", 500);
}

fn fans(document: &mut Document, subject: &Subject<'_>) {
    let figures = subject.figures;
    let percent = figures.fan_percent as i64;
    document
        .put("fanspeed", percent)
        .since(Release(1, 0, 35), "manualFanSpeed", 80)
        .put("fanrpm", figures.fan_rpm)
        .since(Release(1, 0, 37), "fanspeed2", 45)
        .since(Release(1, 0, 37), "fanrpm2", figures.second_fan_rpm)
        .since(Release(1, 0, 37), "fanCount", 2)
        .since(
            Release(1, 0, 37),
            "fans",
            vec![
                fan("ASIC", 2, percent, figures.fan_rpm, subject.profile.target_celsius),
                fan("VR", 0, 45, figures.second_fan_rpm, 65.0),
            ],
        )
        .since(Release(1, 0, 29), "pidTargetTemp", subject.profile.target_celsius as i64)
        .since(Release(1, 0, 29), "pidP", 6.5)
        .since(Release(1, 0, 29), "pidI", 0.2)
        .since(Release(1, 0, 29), "pidD", 9.0);
}

fn fan(label: &'static str, mode: i64, percent: i64, rpm: f64, target_celsius: f64) -> Json {
    let pid =
        Json::object([("targetTemp", target_celsius.into()), ("p", 6.5.into()), ("i", 0.2.into()), ("d", 9.0.into())]);
    Json::object([
        ("label", label.into()),
        ("mode", mode.into()),
        ("manualSpeed", 45.into()),
        ("overheatTemp", 75.into()),
        ("rpm", rpm.into()),
        ("speedPerc", percent.into()),
        ("pid", pid),
    ])
}

fn work(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let figures = subject.figures;
    let notation = if release >= Release(1, 0, 35) { Notation::Number } else { Notation::ThreeDigits };
    let ping = if subject.connected() { rounded(figures.pool_ms, 9) } else { 0.into() };
    document
        .since(Release(1, 0, 30), "lastpingrtt", ping)
        .since(Release(1, 0, 34), "recentpingloss", flag(!subject.connected()))
        .since(Release(1, 0, 30), "poolDifficulty", figures.pool_difficulty as i64)
        .since(Release(1, 0, 37), "networkDifficulty", figures.network_difficulty as i64)
        .since(Release(1, 0, 33), "foundBlocks", 0)
        .since(Release(1, 0, 33), "totalFoundBlocks", 0)
        .put("sharesAccepted", figures.accepted)
        .put("sharesRejected", figures.rejected)
        .put("bestDiff", notation.write(figures.best_difficulty))
        .put("bestSessionDiff", notation.write(figures.best_session_difficulty))
        .span(Release(1, 0, 25), Release(1, 0, 35), "isUsingFallbackStratum", subject.on_fallback())
        .span(Release(1, 0, 29), Release(1, 0, 35), "isStratumConnected", subject.connected())
        .since(Release(1, 0, 35), "stratum", stratum(subject));
}

/// The pools in use: one in failover mode, whichever it is, and two when mining for both.
fn stratum(subject: &Subject<'_>) -> Json {
    let figures = subject.figures;
    let dual = matches!(subject.profile.shape, Shape::NerdDual(_));
    let mut document = Document::new(Release(1, 0, 36));
    document
        .put("poolMode", i64::from(dual))
        .put("activePoolMode", i64::from(dual))
        .put("poolBalance", if dual { 70 } else { 50 })
        .put("totalBestDiff", figures.best_difficulty as i64)
        .when(!dual, "usingFallback", subject.on_fallback());
    let pools = if dual { vec![pool(subject, 0.7), pool(subject, 0.3)] } else { vec![pool(subject, 1.0)] };
    document.put("pools", pools).finish()
}

fn pool(subject: &Subject<'_>, part: f64) -> Json {
    let figures = subject.figures;
    // The larger part takes what rounding leaves, so that the pools add up to the device.
    let of = |count: u64| {
        if part < 0.5 { (count as f64 * part) as u64 } else { count - (count as f64 * (1.0 - part)) as u64 }
    };
    Json::object([
        ("connected", subject.connected().into()),
        ("verifyBlocked", "".into()),
        ("poolDifficulty", (figures.pool_difficulty as i64).into()),
        ("networkDifficulty", (figures.network_difficulty as i64).into()),
        ("poolDiffErr", false.into()),
        ("accepted", of(figures.accepted).into()),
        ("rejected", of(figures.rejected).into()),
        ("pingRtt", rounded(figures.pool_ms, 9)),
        ("pingLoss", i64::from(!subject.connected()).into()),
        ("bestDiff", ((figures.best_session_difficulty * part.sqrt()) as i64).into()),
        ("activeProtocol", 0.into()),
        ("encrypted", false.into()),
    ])
}

fn pools(document: &mut Document, subject: &Subject<'_>) {
    let (url, port) = subject.pool();
    let (fallback_url, fallback_port) = FALLBACK_POOL;
    document
        .put("hostname", subject.spec.hostname())
        .put("ssid", "sim-wifi")
        .put("stratumURL", url)
        .put("stratumPort", port)
        .put("stratumUser", subject.pool_user())
        .since(Release(1, 0, 33), "stratumEnonceSubscribe", true)
        .since(Release(1, 0, 36), "stratumTLS", false)
        .since(Release(1, 0, 25), "fallbackStratumURL", fallback_url)
        .since(Release(1, 0, 25), "fallbackStratumPort", fallback_port)
        .since(Release(1, 0, 25), "fallbackStratumUser", subject.pool_user())
        .since(Release(1, 0, 33), "fallbackStratumEnonceSubscribe", false)
        .since(Release(1, 0, 36), "fallbackStratumTLS", false)
        .since(Release(1, 0, 37), "stratumProtocol", 0)
        .since(Release(1, 0, 37), "fallbackStratumProtocol", 0)
        .since(Release(1, 0, 37), "sv2AuthorityPubkey", "")
        .since(Release(1, 0, 37), "fallbackSv2AuthorityPubkey", "")
        .since(Release(1, 0, 37), "sv2ChannelType", 0)
        .since(Release(1, 0, 37), "fallbackSv2ChannelType", 0)
        .since(Release(1, 0, 30), "stratumDifficulty", 1000);
}

fn settings(document: &mut Document, subject: &Subject<'_>) {
    let figures = subject.figures;
    document
        .since(Release(1, 0, 4), "overheat_temp", 75)
        .put("flipscreen", 0)
        .put("invertscreen", 0)
        .put("autoscreenoff", 0)
        .put("invertfanpolarity", 0)
        .span(Release(1, 0, 29), Release(1, 0, 35), "autofanpolarity", flag(true))
        .put("autofanspeed", if subject.profile.shape == Shape::Nerd(Release(1, 0, 26)) { 1 } else { 2 })
        .since(Release(1, 0, 32), "stratum_keep", 0)
        .since(Release(1, 0, 33), "vrFrequency", 25_004)
        .since(Release(1, 0, 33), "defaultVrFrequency", 25_004)
        .since(Release(1, 0, 34), "otp", false)
        .put("ASICModel", subject.profile.chip.name())
        .put("uptimeSeconds", figures.up_secs)
        .put("lastResetReason", "SYSTEM.RESET_SOFTWARE")
        .put("wifiStatus", "WiFi Connected!")
        .put("freeHeap", figures.free_heap_bytes - 1_300_000)
        .since(Release(1, 0, 31), "freeHeapInt", between(subject.spec.chance_seed(), 83, 120_000.0, 160_000.0) as i64)
        .put("version", subject.profile.version)
        .put("runningPartition", "ota_1")
        .since(Release(1, 0, 34), "defaultTheme", "dark");
}
