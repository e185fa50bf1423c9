//! `/api/system/info` of `bitaxeorg/ESP-Miner`, from v2.0 to v2.15, and of the TinyChipHub fork.

use super::difficulty::Notation;
use super::{FALLBACK_POOL, Subject, flag, rounded, widened};
use crate::axeos::Behaviour;
use crate::axeos::profile::{Meter, Shape};
use crate::axeos::release::{Document, Release};
use crate::chance::between;
use crate::json::Json;

/// From here on floats are rounded to seven decimals; before, `f32` shows through.
const ROUNDED_FLOATS: Release = Release(2, 12, 0);

pub(super) fn info(subject: &Subject<'_>, release: Release) -> Json {
    let mut document = Document::new(release);
    electrical(&mut document, subject, release);
    hashing(&mut document, subject, release);
    work(&mut document, subject, release);
    network(&mut document, subject);
    shares(&mut document, subject, release);
    chip(&mut document, subject);
    pools(&mut document, subject, release);
    firmware(&mut document, subject, release);
    panel_and_fan(&mut document, subject, release);
    chain(&mut document, subject, release);
    monitor(&mut document, subject, release);
    document.finish()
}

fn float(release: Release, value: f64) -> Json {
    if release >= ROUNDED_FLOATS { rounded(value, 7) } else { widened(value) }
}

fn is_tch(subject: &Subject<'_>) -> bool {
    matches!(subject.profile.shape, Shape::Tch(_))
}

fn electrical(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let (figures, profile) = (subject.figures, subject.profile);
    let absent = if release >= Release(2, 11, 0) { -1 } else { 0 };
    let second = if profile.has_second_sensor() { Json::Float(figures.second_celsius) } else { absent.into() };
    let regulator = if profile.has_regulator_sensor() { Json::Float(figures.regulator_celsius) } else { 0.into() };
    document
        .put("power", float(release, figures.watts))
        .put("voltage", float(release, figures.input_millivolts))
        .put("current", float(release, figures.current_milliamps))
        .before(Release(2, 1, 4), "fanSpeed", figures.fan_rpm)
        .span(Release(2, 1, 4), Release(2, 1, 9), "fanSpeedRpm", figures.fan_rpm)
        .put("temp", figures.chip_celsius)
        .since(Release(2, 10, 0), "temp2", second)
        .since(Release(2, 1, 9), "vrTemp", regulator)
        .since(Release(2, 6, 0), "maxPower", profile.max_watts)
        .since(Release(2, 6, 0), "nominalVoltage", profile.input_volts as i64);
}

fn hashing(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let figures = subject.figures;
    // Before the chips' own counters were read, the rate was a double worked out from found nonces.
    let rate = if release < Release(2, 11, 0) { Json::Float(figures.ghs) } else { float(release, figures.ghs) };
    document
        .put("hashRate", rate)
        .since(Release(2, 12, 0), "hashRate_1m", float(release, figures.ghs_1m))
        .since(Release(2, 12, 0), "hashRate_10m", float(release, figures.ghs_10m))
        .since(Release(2, 12, 0), "hashRate_1h", float(release, figures.ghs_1h))
        .since(Release(2, 8, 0), "expectedHashrate", figures.expected_ghs)
        .since(Release(2, 11, 0), "errorPercentage", float(release, figures.error_percent))
        .since(Release(2, 14, 0), "miningPaused", subject.behaviour == Behaviour::Paused);
}

fn work(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let figures = subject.figures;
    let notation = match release {
        _ if release >= Release(2, 11, 0) => Notation::Number,
        _ if release >= Release(2, 10, 0) => Notation::Blank,
        _ if release >= Release(2, 9, 0) => Notation::TwoDecimals,
        _ => Notation::ThreeDigits,
    };
    let pool_difficulty = figures.pool_difficulty as i64;
    document
        .put("bestDiff", notation.write(figures.best_difficulty))
        .since(Release(2, 1, 5), "bestSessionDiff", notation.write(figures.best_session_difficulty))
        .span(Release(2, 4, 1), Release(2, 9, 0), "stratumDiff", pool_difficulty)
        .since(Release(2, 9, 0), "poolDifficulty", pool_difficulty)
        .since(Release(2, 3, 0), "isUsingFallbackStratum", flag(subject.on_fallback()))
        .since(Release(2, 15, 0), "useFallbackStratum", 0)
        .span(Release(2, 11, 0), Release(2, 13, 0), "poolAddrFamily", 2)
        .since(Release(2, 13, 0), "poolConnectionInfo", if subject.connected() { "IPv4" } else { "Not Connected" })
        .since(Release(2, 6, 0), "isPSRAMAvailable", 1)
        .put("freeHeap", figures.free_heap_bytes)
        .since(Release(2, 11, 0), "freeHeapInternal", 101_300 + figures.free_heap_bytes % 4000)
        .since(Release(2, 11, 0), "freeHeapSpiram", figures.free_heap_bytes - 71_000)
        .since(Release(2, 15, 0), "minFreeHeap", figures.free_heap_bytes - 350_000)
        .since(Release(2, 15, 0), "maxAllocHeap", 7_995_392)
        .since(Release(2, 14, 0), "cpuUsage", rounded(between(subject.spec.chance_seed(), 81, 9.0, 23.0), 1))
        .put("coreVoltage", subject.profile.core_millivolts as i64)
        .put("coreVoltageActual", figures.core_millivolts)
        .put("frequency", figures.frequency_mhz)
        .since(Release(2, 14, 0), "actualFrequency", if subject.hashes() { figures.frequency_mhz } else { 0.0 });
}

fn network(document: &mut Document, subject: &Subject<'_>) {
    let hostname = subject.spec.hostname();
    document
        .put("ssid", "sim-wifi")
        .before(Release(2, 0, 5), "wifiPass", "sim-wifi-password")
        .since(Release(2, 3, 0), "macAddr", subject.spec.mac())
        .since(Release(2, 1, 5), "hostname", hostname.clone())
        .since(Release(2, 15, 0), "fullHostname", format!("{hostname}.local"))
        .since(Release(2, 15, 0), "mdnsHostname", hostname)
        .since(Release(2, 11, 0), "ipv4", subject.spec.lan_address())
        .since(Release(2, 11, 0), "ipv6", "FE80::5A:17FF:FE00:1")
        .put("wifiStatus", "Connected!")
        .since(Release(2, 6, 0), "wifiRSSI", subject.figures.rssi_dbm)
        .since(Release(2, 6, 0), "apEnabled", 0);
}

fn shares(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let figures = subject.figures;
    let reason = |(message, count): &(&'static str, u64)| {
        Json::object([("message", (*message).into()), ("count", (*count).into())])
    };
    let reasons: Vec<Json> = figures.reject_reasons.iter().map(reason).collect();
    document
        .put("sharesAccepted", figures.accepted)
        .put("sharesRejected", figures.rejected)
        .since(Release(2, 15, 0), "sharesPending", 0)
        .since(Release(2, 6, 0), "sharesRejectedReasons", reasons)
        .since(Release(2, 15, 0), "workReceived", figures.up_secs / 27)
        .put("uptimeSeconds", figures.up_secs)
        .since(Release(2, 15, 0), "totalUptimeSeconds", figures.total_up_secs)
        .since(Release(2, 15, 0), "totalHashes", figures.total_hashes)
        .since(Release(2, 15, 0), "totalLog2Work", float(release, figures.total_hashes.log2()));
}

fn chip(document: &mut Document, subject: &Subject<'_>) {
    let profile = subject.profile;
    document
        .span(Release(2, 1, 9), Release(2, 9, 0), "asicCount", profile.chips)
        .since(Release(2, 1, 9), "smallCoreCount", profile.chip.small_cores())
        .put("ASICModel", profile.chip.name());
}

fn pools(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let switch = |on: bool| if release >= Release(2, 14, 0) { Json::Bool(on) } else { flag(on) };
    let (url, port) = subject.pool();
    let (fallback_url, fallback_port) = FALLBACK_POOL;
    document
        .put("stratumURL", url)
        .put("stratumPort", port)
        .put("stratumUser", subject.pool_user())
        .since(Release(2, 9, 0), "stratumSuggestedDifficulty", 1000)
        .since(Release(2, 9, 0), "stratumExtranonceSubscribe", switch(false))
        .since(Release(2, 13, 0), "stratumTLS", 0)
        .since(Release(2, 13, 0), "stratumCert", "")
        .since(Release(2, 13, 0), "stratumDecodeCoinbase", switch(true))
        .since(Release(2, 14, 0), "stratumProtocol", "SV1")
        .since(Release(2, 14, 0), "stratumV2ChannelType", "extended")
        .since(Release(2, 14, 0), "stratumV2AuthorityPubkey", "")
        .since(Release(2, 3, 0), "fallbackStratumURL", fallback_url)
        .since(Release(2, 3, 0), "fallbackStratumPort", fallback_port)
        .since(Release(2, 3, 0), "fallbackStratumUser", subject.pool_user())
        .since(Release(2, 9, 0), "fallbackStratumSuggestedDifficulty", 1000)
        .since(Release(2, 9, 0), "fallbackStratumExtranonceSubscribe", switch(false))
        .since(Release(2, 13, 0), "fallbackStratumTLS", 1)
        .since(Release(2, 13, 0), "fallbackStratumCert", "")
        .since(Release(2, 13, 0), "fallbackStratumDecodeCoinbase", switch(true))
        .since(Release(2, 14, 0), "fallbackStratumProtocol", "SV1")
        .since(Release(2, 14, 0), "fallbackStratumV2ChannelType", "extended")
        .since(Release(2, 14, 0), "fallbackStratumV2AuthorityPubkey", "")
        .since(Release(2, 15, 0), "primaryPoolIndex", 0)
        .since(Release(2, 15, 0), "secondaryPoolIndex", 1)
        .since(Release(2, 15, 0), "pools", vec![pool_slot(subject, 0), pool_slot(subject, 1)])
        .since(Release(2, 9, 0), "responseTime", rounded(subject.figures.pool_ms, 3))
        .since(Release(2, 14, 0), "responseShareBatch", 0)
        .since(Release(2, 14, 0), "processTime", rounded(between(subject.spec.chance_seed(), 82, 1.2, 4.5), 3));
}

fn pool_slot(subject: &Subject<'_>, id: u32) -> Json {
    let (url, port) = if id == 0 { subject.pool() } else { super::fallback_pool() };
    Json::object([
        ("id", id.into()),
        ("stratumProtocol", "SV1".into()),
        ("stratumURL", url.into()),
        ("stratumPort", port.into()),
        ("stratumUser", subject.pool_user().into()),
        ("stratumPassword", "*****".into()),
        ("stratumSuggestedDifficulty", 1000.into()),
        ("stratumExtranonceSubscribe", false.into()),
        ("stratumTLS", id.into()),
        ("stratumCert", "".into()),
        ("stratumDecodeCoinbase", true.into()),
        ("stratumV2ChannelType", "extended".into()),
        ("stratumV2AuthorityPubkey", "".into()),
        ("stratumV2RequireAuth", false.into()),
    ])
}

fn firmware(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let profile = subject.profile;
    let page_version = if release >= Release(2, 15, 0) { "Unified" } else { profile.version };
    let reset_reason = "Software reset via esp_restart";
    document
        .put("version", profile.version)
        .since(Release(2, 9, 0), "axeOSVersion", page_version)
        .since(Release(2, 4, 3), "idfVersion", if release >= Release(2, 11, 0) { "v5.5.1" } else { "v5.4" })
        .since(Release(2, 0, 7), "boardVersion", profile.board)
        .since(Release(2, 12, 0), "resetReason", reset_reason)
        .put("runningPartition", "ota_0")
        .since(Release(2, 15, 0), "partitions", partitions(profile.version))
        .since(Release(2, 15, 0), "useCustomWWW", 0);
}

/// Three partitions; of the one that was never written only label and flags are known.
fn partitions(version: &'static str) -> Json {
    let partition = |label: &'static str, written: Option<&'static str>| {
        let known = |value: &'static str| written.map_or(Json::Null, |_| value.into());
        Json::object([
            ("label", label.into()),
            ("isCurrent", (label == "ota_0").into()),
            ("isFactory", (label == "factory").into()),
            ("version", written.map_or(Json::Null, Into::into)),
            ("compileDate", known("Aug 20 2026")),
            ("compileTime", known("11:42:07")),
            ("usagePercent", written.map_or(Json::Null, |_| Json::Float(63.4))),
        ])
    };
    Json::List(vec![partition("factory", Some("v2.13.0")), partition("ota_0", Some(version)), partition("ota_1", None)])
}

fn panel_and_fan(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let (figures, tch) = (subject.figures, is_tch(subject));
    let overheated = flag(subject.behaviour == Behaviour::Overheated);
    let percent = if release >= Release(2, 11, 0) {
        float(release, figures.fan_percent)
    } else {
        (figures.fan_percent as i64).into()
    };
    document
        .before(Release(2, 9, 0), "flipscreen", 1)
        .span(Release(2, 1, 9), Release(2, 1, 10), "overheat", overheated.clone())
        .since(Release(2, 1, 10), "overheat_mode", overheated)
        .since(Release(2, 6, 0), "overclockEnabled", 0)
        .since(Release(2, 8, 0), "display", "SSD1306 (128x32)")
        .since(Release(2, 9, 0), "rotation", 0)
        .put("invertscreen", 0)
        .when(!tch && release >= Release(2, 7, 0), "displayTimeout", -1)
        .when(tch || release >= Release(2, 0, 2) && release < Release(2, 7, 0), "invertfanpolarity", 1)
        .since(Release(2, 0, 2), "autofanspeed", 1)
        .since(Release(2, 0, 2), "fanspeed", percent)
        .since(Release(2, 11, 0), "manualFanSpeed", 70)
        .since(Release(2, 10, 0), "minFanSpeed", 25)
        .when(!tch && release >= Release(2, 7, 0), "temptarget", subject.profile.target_celsius as i64)
        .since(Release(2, 1, 9), "fanrpm", figures.fan_rpm)
        .since(Release(2, 11, 0), "fan2rpm", figures.second_fan_rpm)
        .since(Release(2, 9, 0), "statsFrequency", 120)
        .span(Release(2, 8, 0), Release(2, 9, 0), "statsDuration", 720)
        .when(
            release >= Release(2, 14, 0) || release >= Release(2, 8, 0) && release < Release(2, 9, 0),
            "statsLimit",
            720,
        )
        .when(tch, "chipSubmitStr", submissions(subject));
    faults(document, subject);
}

/// The fork's per-chip submissions: an array inside a string.
fn submissions(subject: &Subject<'_>) -> String {
    let chips = u64::from(subject.profile.chips);
    let each: Vec<String> = (0..chips).map(|chip| (subject.figures.accepted / chips + chip * 7).to_string()).collect();
    format!("[{}]", each.join(", "))
}

/// Fault texts: the keys exist only while there is a fault.
fn faults(document: &mut Document, subject: &Subject<'_>) {
    if subject.behaviour == Behaviour::PowerFault && subject.profile.meter == Meter::Output {
        document.since(Release(2, 6, 0), "power_fault", "TPS546 over-current fault, STATUS_WORD 0x4010");
    }
    if subject.behaviour == Behaviour::HardwareFault {
        document.since(Release(2, 14, 0), "hardware_fault", "ASIC did not answer on the serial line");
    }
}

/// What was decoded from the pool's last job; absent until there was one.
fn chain(document: &mut Document, subject: &Subject<'_>, release: Release) {
    let figures = subject.figures;
    document.since(Release(2, 11, 0), "blockFound", 0).since(Release(2, 13, 0), "showNewBlock", false);
    if figures.pool_difficulty <= 0.0 || figures.up_secs < 4 {
        return;
    }
    let reward_sats = 312_500_000_i64 + 4_187_322;
    let output = Json::object([("value", reward_sats.into()), ("address", "bc1qsimulated0pool0payout".into())]);
    document
        .since(Release(2, 11, 0), "blockHeight", figures.block_height)
        .since(Release(2, 11, 0), "scriptsig", "/simulated pool/")
        .since(Release(2, 11, 0), "networkDifficulty", figures.network_difficulty as i64)
        .since(Release(2, 13, 0), "coinbaseOutputs", vec![output])
        .since(Release(2, 13, 0), "coinbaseValueTotalSatoshis", reward_sats)
        .since(Release(2, 13, 0), "coinbaseValueUserSatoshis", 0)
        .when(release >= Release(2, 14, 0), "blockSignals", Json::List(Vec::new()));
}

/// The chips' own counters: an empty list up to 2.13 and no key at all from 2.14 while the chips are stopped.
fn monitor(document: &mut Document, subject: &Subject<'_>, release: Release) {
    if !subject.hashes() {
        document.span(
            Release(2, 11, 0),
            Release(2, 14, 0),
            "hashrateMonitor",
            Json::object([("asics", Json::List(Vec::new()))]),
        );
        return;
    }
    let chips = i32::try_from(subject.profile.chips).unwrap_or(1);
    let domains = subject.profile.chip.hash_domains();
    let chip = |index: i32| {
        let total = subject.figures.ghs / f64::from(chips);
        let tilt = |domain: u32| 1.0 + 0.04 * (f64::from(domain) - f64::from(domains - 1) / 2.0);
        let parts: Vec<Json> =
            (0..domains).map(|domain| float(release, total / f64::from(domains) * tilt(domain))).collect();
        let errors = subject.figures.hardware_errors / u64::from(subject.profile.chips) + index as u64;
        Json::object([("total", float(release, total)), ("domains", parts.into()), ("errorCount", errors.into())])
    };
    let asics: Vec<Json> = (0..chips).map(chip).collect();
    document.since(Release(2, 11, 0), "hashrateMonitor", Json::object([("asics", asics.into())]));
}
