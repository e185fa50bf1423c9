//! What a device measures at a moment: a pure function, the same for the same seed.

use std::time::Duration;

use super::profile::{Meter, Profile};
use super::{Behaviour, DeviceSpec, Moment, Timeline};
use crate::chance::{Wander, between, share};
use crate::work::{HASHES_PER_DIFFICULTY, Work};

/// How far the hashrate wanders from the expected one.
const HASHRATE_SPREAD: f64 = 0.03;
/// Air at the intake.
const AMBIENT_CELSIUS: f64 = 27.0;
/// How fast a device warms up after boot.
const WARM_UP_SECS: f64 = 90.0;
/// The share of the input power that a stopped device still takes.
const IDLE_POWER: f64 = 0.12;
/// What Vcore × Iout leaves out on boards that measure behind the regulator.
const OFFSET_WATTS: f64 = 5.0;
const MINUTE_SECS: f64 = 60.0;
const HOUR_SECS: f64 = 3600.0;
const DAY_SECS: f64 = 86_400.0;

/// What a device measures and has counted. Units are the firmware's: GH/s, W, mV, mA, °C, %, rpm, ms.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each field is named after its unit and its meaning")]
pub struct Figures {
    pub ghs: f64,
    pub ghs_1m: f64,
    pub ghs_10m: f64,
    pub ghs_1h: f64,
    pub ghs_1d: f64,
    pub expected_ghs: f64,
    pub frequency_mhz: f64,
    pub error_percent: f64,
    pub watts: f64,
    pub input_millivolts: f64,
    pub current_milliamps: f64,
    pub core_millivolts: f64,
    /// -1 while the chips are stopped.
    pub chip_celsius: f64,
    pub second_celsius: f64,
    pub regulator_celsius: f64,
    pub fan_percent: f64,
    pub fan_rpm: f64,
    pub second_fan_rpm: f64,
    pub accepted: u64,
    pub rejected: u64,
    /// Most frequent first; the counts add up to `rejected`.
    pub reject_reasons: Vec<(&'static str, u64)>,
    pub best_difficulty: f64,
    pub best_session_difficulty: f64,
    pub last_share_difficulty: f64,
    pub pool_difficulty: f64,
    pub network_difficulty: f64,
    pub block_height: u64,
    pub pool_ms: f64,
    pub rssi_dbm: i64,
    pub free_heap_bytes: i64,
    pub up_secs: u64,
    pub total_up_secs: u64,
    pub total_hashes: f64,
    pub hardware_errors: u64,
}

/// Gives the figures of a device, `elapsed` after its fleet started.
pub fn figures(spec: &DeviceSpec, elapsed: Duration) -> Figures {
    figures_at(spec, spec.behaviour, &Timeline::new(spec).moment(elapsed))
}

/// Gives the figures of a device at a moment of its life.
pub fn figures_at(spec: &DeviceSpec, behaviour: Behaviour, moment: &Moment) -> Figures {
    let profile = spec.model.profile();
    let seed = spec.chance_seed();
    let clock = moment.clock_secs;
    let hashes = behaviour.hashes();
    let expected_ghs = profile.expected_ghs();
    let rates = Rates::new(seed, expected_ghs, hashes, moment);
    let heat = Heat::new(seed, profile, behaviour, moment);
    let work = Work::new(seed, expected_ghs * 1e9, HASHES_PER_DIFFICULTY, moment);

    let supply = Wander::new(seed, 21, [13.0, 240.0, 3000.0]).at(clock);
    let load = if hashes { 1.0 + 0.02 * Wander::new(seed, 22, [9.0, 75.0, 1300.0]).at(clock) } else { IDLE_POWER };
    let watts = profile.watts * load;
    let input_millivolts = profile.input_volts * 1000.0 * (1.005 + 0.015 * supply);
    let sag = if hashes { 12.0 } else { -4.0 };
    let core_millivolts = (profile.core_millivolts - sag - 3.0 * supply).round();
    let current_milliamps = match profile.meter {
        Meter::Input => watts / input_millivolts * 1e6,
        Meter::Output if hashes => (watts - OFFSET_WATTS).max(0.5) / core_millivolts * 1e6,
        Meter::Output => 120.0,
    };
    let signal = Wander::new(seed, 23, [31.0, 400.0, 5000.0]).at(clock);

    Figures {
        ghs: if behaviour == Behaviour::Spike { rates.now * 10.0 } else { rates.now },
        ghs_1m: rates.minute,
        ghs_10m: rates.ten_minutes,
        ghs_1h: rates.hour,
        ghs_1d: rates.day,
        expected_ghs: if hashes { expected_ghs } else { 0.0 },
        frequency_mhz: if behaviour == Behaviour::Overheated { 50.0 } else { profile.mhz },
        error_percent: if hashes { 0.45 + 0.35 * supply } else { 0.0 },
        watts,
        input_millivolts,
        current_milliamps,
        core_millivolts,
        chip_celsius: heat.chip,
        second_celsius: heat.second,
        regulator_celsius: heat.regulator,
        fan_percent: heat.fan_percent,
        fan_rpm: heat.rpm(seed, 31),
        second_fan_rpm: if profile.has_second_sensor() { heat.rpm(seed, 32) } else { 0.0 },
        accepted: work.accepted,
        rejected: work.rejected,
        reject_reasons: work.reject_reasons,
        best_difficulty: work.best,
        best_session_difficulty: work.best_session,
        last_share_difficulty: work.pool_difficulty * (1.0 + 3.0 * share(seed, 500 + work.accepted)),
        pool_difficulty: work.pool_difficulty,
        network_difficulty: 149_301_884_512_077.0,
        block_height: 934_210 + (clock / 600.0) as u64,
        pool_ms: between(seed, 41, 25.0, 90.0) * (1.0 + 0.4 * Wander::new(seed, 42, [7.0, 60.0, 900.0]).at(clock)),
        rssi_dbm: (between(seed, 43, -72.0, -42.0) + 4.0 * signal).round() as i64,
        free_heap_bytes: 8_150_000 + (40_000.0 * signal) as i64,
        up_secs: moment.up_secs as u64,
        total_up_secs: (moment.lifetime_hashing_secs + (moment.up_secs - moment.session_hashing_secs).max(0.0)) as u64,
        total_hashes: expected_ghs * 1e9 * moment.lifetime_hashing_secs,
        hardware_errors: (expected_ghs * moment.session_hashing_secs / 40_000.0) as u64,
    }
}

/// The hashrate now and over windows. A window that is not full yet averages what there is.
struct Rates {
    now: f64,
    minute: f64,
    ten_minutes: f64,
    hour: f64,
    day: f64,
}

impl Rates {
    fn new(seed: u64, expected_ghs: f64, hashes: bool, moment: &Moment) -> Self {
        if !hashes {
            return Self { now: 0.0, minute: 0.0, ten_minutes: 0.0, hour: 0.0, day: 0.0 };
        }
        let noise = Wander::new(seed, 11, [17.0, 190.0, 2400.0]);
        let mean = |window_secs: f64| {
            let window_secs = window_secs.min(moment.session_hashing_secs);
            expected_ghs * (1.0 + HASHRATE_SPREAD * noise.mean(moment.clock_secs, window_secs))
        };
        Self {
            now: mean(0.0),
            minute: mean(MINUTE_SECS),
            ten_minutes: mean(10.0 * MINUTE_SECS),
            hour: mean(HOUR_SECS),
            day: mean(DAY_SECS),
        }
    }
}

/// Temperatures, and the fan that follows them.
struct Heat {
    chip: f64,
    second: f64,
    regulator: f64,
    fan_percent: f64,
}

impl Heat {
    fn new(seed: u64, profile: &Profile, behaviour: Behaviour, moment: &Moment) -> Self {
        let drift = Wander::new(seed, 51, [45.0, 330.0, 2700.0]).at(moment.clock_secs);
        let warmth = 1.0 - (-moment.up_secs / WARM_UP_SECS).exp();
        let over_ambient = (profile.target_celsius - AMBIENT_CELSIUS + 1.2 * drift) * warmth;
        let base_percent = between(seed, 52, 36.0, 58.0);
        if !behaviour.hashes() {
            let fan_percent = if behaviour == Behaviour::Overheated { 100.0 } else { 30.0 };
            return Self { chip: -1.0, second: -1.0, regulator: AMBIENT_CELSIUS + 8.0, fan_percent };
        }
        // Sensors step by an eighth of a degree.
        let eighths = |celsius: f64| (celsius * 8.0).round() / 8.0;
        let chip = eighths(AMBIENT_CELSIUS + over_ambient);
        Self {
            chip,
            second: eighths(chip + between(seed, 53, -2.0, 2.0)),
            regulator: (chip + between(seed, 54, 5.0, 15.0)).round(),
            fan_percent: (base_percent * (0.5 + 0.5 * warmth) + 4.0 * drift).clamp(20.0, 100.0),
        }
    }

    fn rpm(&self, seed: u64, name: u64) -> f64 {
        (self.fan_percent * between(seed, name, 58.0, 74.0)).round()
    }
}
