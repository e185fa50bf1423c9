//! `/api/system/info` of NMAxe: flat, flat and renamed, nested. And its light `/probe`.

use super::difficulty::Notation;
use super::{Subject, fallback_pool, rounded};
use crate::axeos::profile::Shape;
use crate::axeos::release::{Document, Release};
use crate::axeos::{Behaviour, DeviceSpec, Figures};
use crate::json::Json;

/// The shapes differ as a whole, not key by key.
const ANY: Release = Release(0, 0, 0);
/// What the device sends in clear.
const POOL_PASSWORD: &str = "sim-pool-password";

/// Up to v2.9.21: names like a Bitaxe's, with the pool passwords.
pub(super) fn flat(subject: &Subject<'_>) -> Json {
    let (figures, profile) = (subject.figures, subject.profile);
    let user = subject.pool_user();
    Document::new(ANY)
        .put("power", rounded(figures.watts, 3))
        .put("voltage", figures.input_millivolts.round())
        .put("current", figures.current_milliamps.round())
        .put("temp", figures.chip_celsius)
        .put("vrTemp", figures.regulator_celsius)
        .put("mcuTemp", 47.3)
        .put("hashRate", rounded(figures.ghs_1m.max(spike(subject)), 6))
        .put("bestDiff", Notation::FourDigits.write(figures.best_difficulty))
        .put("bestSessionDiff", Notation::FourDigits.write(figures.best_session_difficulty))
        .put("freeHeap", figures.free_heap_bytes / 60)
        .put("coreVoltage", profile.core_millivolts as i64)
        .put("coreVoltageActual", figures.core_millivolts)
        .put("frequency", profile.mhz)
        .put("ssid", "sim-wifi")
        .put("hostname", subject.spec.hostname())
        .put("wifiStatus", "connected")
        .put("sharesAccepted", figures.accepted)
        .put("sharesRejected", figures.rejected)
        .put("uptimeSeconds", figures.up_secs)
        .put("asicCount", profile.chips)
        .put("smallCoreCount", profile.chip.small_cores())
        .put("ASICModel", profile.chip.name())
        .put("stratumURLUSED", pool_url(subject.pool_in_use()))
        .put("stratumUserUSED", user.clone())
        .put("stratumURL1", pool_url(subject.pool()))
        .put("stratumUser1", user.clone())
        .put("stratumPassword1", POOL_PASSWORD)
        .put("stratumURL2", pool_url(fallback_pool()))
        .put("stratumUser2", user)
        .put("stratumPassword2", "x")
        .put("version", profile.version)
        .put("boardVersion", profile.board)
        .put("flipscreen", 0)
        .put("overheat_mode", 0)
        .put("autofanspeed", true)
        .put("targetAsicTemp", format!("{:.0}", profile.target_celsius))
        .put("fanspeed", figures.fan_percent as i64)
        .put("fanrpm", figures.fan_rpm)
        .put("coin", "BTC")
        .finish()
}

/// v2.9.30 and v2.9.31: flat, with other names.
pub(super) fn renamed(subject: &Subject<'_>) -> Json {
    let (figures, profile) = (subject.figures, subject.profile);
    let pool = |at: (String, u32), password: &'static str| {
        Json::object([("url", pool_url(at).into()), ("user", subject.pool_user().into()), ("pwd", password.into())])
    };
    let stratum = Json::object([
        ("used", pool(subject.pool_in_use(), POOL_PASSWORD)),
        ("primary", pool(subject.pool(), POOL_PASSWORD)),
        ("fallback", pool(fallback_pool(), "x")),
    ]);
    Document::new(ANY)
        .put("power", rounded(figures.watts, 3))
        .put("voltage", figures.input_millivolts.round())
        .put("current", figures.current_milliamps.round())
        .put("asicTemp", figures.chip_celsius)
        .put("vcoreTemp", figures.regulator_celsius)
        .put("mcuTemp", 46.1)
        .put("hashRate", rounded(figures.ghs_1m.max(spike(subject)), 6))
        .put("bestDiffEver", Notation::FourDigits.write(figures.best_difficulty))
        .put("bestDiffSession", Notation::FourDigits.write(figures.best_session_difficulty))
        .put("vcoreReq", profile.core_millivolts as i64)
        .put("vcoreActual", figures.core_millivolts)
        .put("freqReq", profile.mhz)
        .put("wifiSSID", "sim-wifi")
        .put("hostName", subject.spec.hostname())
        .put("sharesAccepted", figures.accepted)
        .put("sharesRejected", figures.rejected)
        .put("uptimeSeconds", figures.up_secs)
        .put("asic", profile.chip.name())
        .put("asicCount", profile.chips)
        .put("smallCoreCnt", profile.chip.small_cores())
        .put("fwVersion", profile.version)
        .put("hwModel", profile.board)
        .put("stratum", stratum)
        .put("fans", vec![fan(0, figures.fan_percent, figures.fan_rpm)])
        .put("fanCount", 1)
        .put("asicTargetTemp", format!("{:.0}", profile.target_celsius))
        .put("coinPriceDisplay", true)
        .put("timeZone", 1)
        .put("Brightness", 60)
        .finish()
}

/// From v3.0.10: nested, and `power` is an object.
pub(super) fn nested(subject: &Subject<'_>) -> Json {
    let (figures, profile) = (subject.figures, subject.profile);
    let power = Json::object([
        ("power", rounded(figures.watts, 8)),
        ("vbus", figures.input_millivolts.round().into()),
        ("ibus", figures.current_milliamps.round().into()),
    ]);
    let temps =
        Json::object([("vcore", rounded(figures.regulator_celsius, 8)), ("asic", rounded(figures.chip_celsius, 8))]);
    let asic = Json::object([
        ("count", profile.chips.into()),
        ("model", profile.chip.name().into()),
        ("vcoreReq", (profile.core_millivolts as i64).into()),
        ("vcoreReal", (figures.core_millivolts as i64).into()),
        ("freqReq", profile.mhz.into()),
        ("smallCoreCnt", profile.chip.small_cores().into()),
    ]);
    let identity = Json::object([
        ("fwVersion", profile.version.into()),
        ("hwModel", profile.board.into()),
        ("displayName", profile.family.into()),
        ("hostName", subject.spec.hostname().into()),
        ("ssid", "sim-wifi".into()),
        ("rssi", figures.rssi_dbm.into()),
    ]);
    let stratum = Json::object([
        ("url", pool_url(subject.pool_in_use()).into()),
        ("user", subject.pool_user().into()),
        ("pwd", POOL_PASSWORD.into()),
    ]);
    Json::object([
        ("power", power),
        ("temps", temps),
        ("asic", asic),
        ("miner", miner(subject)),
        ("identity", identity),
        ("stratum", stratum),
        // The published body shows speed 0 beside a turning fan.
        ("fans", vec![fan(0, 0.0, figures.fan_rpm)].into()),
    ])
}

fn miner(subject: &Subject<'_>) -> Json {
    let figures = subject.figures;
    let paused = subject.behaviour == Behaviour::Paused;
    let state = match subject.behaviour {
        Behaviour::Paused => "paused",
        _ if !subject.hashes() => "error",
        _ => "running",
    };
    let difficulty = |value: f64| Notation::FourDigits.write(value);
    Json::object([
        ("state", state.into()),
        ("paused", paused.into()),
        ("pauseReason", if paused { "user" } else { "" }.into()),
        ("hashRate", rounded(figures.ghs_1m.max(spike(subject)), 6)),
        ("bestDiffEver", difficulty(figures.best_difficulty)),
        ("bestDiffSession", difficulty(figures.best_session_difficulty)),
        ("networkDiff", difficulty(figures.network_difficulty)),
        ("poolDiff", difficulty(figures.pool_difficulty)),
        ("lastDiff", difficulty(figures.last_share_difficulty)),
        ("blkhits", 0.into()),
        ("sAccepted", figures.accepted.into()),
        ("sRejected", figures.rejected.into()),
        ("uptimeSeconds", figures.up_secs.into()),
    ])
}

fn fan(id: i64, percent: f64, rpm: f64) -> Json {
    Json::object([("id", id.into()), ("speed", percent.trunc().into()), ("rpm", rpm.into())])
}

fn pool_url((host, port): (String, u32)) -> String {
    format!("stratum+tcp://{host}:{port}")
}

/// The rate is a mean here, so that a spike is what the momentary rate makes of it.
fn spike(subject: &Subject<'_>) -> f64 {
    if subject.behaviour == Behaviour::Spike { subject.figures.ghs } else { 0.0 }
}

/// Makes the light document `/probe`, where the hashrate is in H/s. Only an NMAxe v3 has it.
pub fn probe_body(spec: &DeviceSpec, figures: &Figures) -> Option<Json> {
    let profile = spec.model.profile();
    (profile.shape == Shape::NmNested).then(|| {
        Json::object([
            ("model", profile.board.into()),
            ("hostname", spec.hostname().into()),
            ("ver", profile.version.into()),
            ("sw", 320.into()),
            ("sh", 170.into()),
            ("hr", ((figures.ghs_1m * 1e9) as i64).into()),
            ("sbd", (figures.best_session_difficulty as i64).into()),
            ("ebd", (figures.best_difficulty as i64).into()),
            ("ut", figures.up_secs.into()),
        ])
    })
}
