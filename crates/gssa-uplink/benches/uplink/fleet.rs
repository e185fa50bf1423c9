//! Miners as a reading shows them: the shape of a Bitaxe Gamma with AxeOS 2.14 after masking, with values that move as those of a device do.
//!
//! Hashrates have the seven decimals of that firmware, and those of the four parts of the chip come in its steps: such digits are what does
//! not compress.

use std::time::Duration;

use fastrand::Rng;
use gssa_model::{SourceId, Timestamp};
use gssa_uplink::ring::{Content, Entry};
use serde_json::{Value, json};

/// Between two readings of one device.
pub(crate) const INTERVAL_SECS: u64 = 30;

/// 2026-11-21T15:00:00Z.
const START_MS: i64 = 1_795_273_200_000;

/// One reading in so many is one of a device that has changed its state.
const CHANGES_ONE_IN: u32 = 5000;

pub(crate) struct Fleet {
    rng: Rng,
    miners: Vec<Miner>,
}

struct Miner {
    source_id: SourceId,
    report: Value,
    phase_ms: u64,
    accepted: u64,
    chip_celsius: f64,
    regulator_celsius: f64,
    fan_rpm: i64,
    expected_ghs: f64,
    /// Over a minute, ten minutes, an hour.
    windows_ghs: [f64; 3],
    boot_secs: u64,
}

/// A part of a chip counts in steps of 2^32 hashes in five seconds.
const STEP_GHS: f64 = 0.858_993_459_2;

impl Fleet {
    pub(crate) fn new(size: usize) -> Self {
        let mut rng = Rng::with_seed(7);
        let miners = (0..size).map(|n| Miner::new(n, size, &mut rng)).collect();
        Self { rng, miners }
    }

    /// All readings of one round, in the order of their times, with the events that go with them.
    pub(crate) fn round(&mut self, round: u64) -> impl Iterator<Item = Entry> {
        let rng = &mut self.rng;
        self.miners.iter_mut().flat_map(move |miner| miner.read(round, rng))
    }
}

impl Miner {
    fn new(n: usize, size: usize, rng: &mut Rng) -> Self {
        let id = format!("{}-{n:04}", ["garage", "attic", "cellar"][n % 3]);
        let expected_ghs = [1249.5, 1071.0, 1200.25][n % 3];
        let worker = format!("bc1q…4f2k.{id}");
        let report = json!({
            "reading": {
                "schema": "gssa.reading/1",
                "source": { "id": id, "name": format!("Gamma {n}"), "kind": "axeos", "group": id.split('-').next(), "tags": [] },
                "observed_at": "", "took_ms": 0, "health": "up", "state": "hashing", "snapshot_at": "",
                "snapshot": {
                    "kind": "miner",
                    "identity": { "make": "Bitaxe", "model": "Gamma", "board": "602", "chip": "BM1370", "firmware": "AxeOS",
                                  "firmware_version": "v2.14.0" },
                    "hashing": { "algorithm": "sha256d", "state": "mining", "expected_hps": expected_ghs * 1e9,
                                 "windows_hps": {} },
                    "work": { "rejected": n % 9, "best_difficulty": rng.u64(1_000_000_000..9_000_000_000),
                              "best_session_difficulty": rng.u64(100_000_000..900_000_000), "blocks_found": 0,
                              "reject_reasons": [ { "reason": "Job not found", "count": n % 9 } ] },
                    "power": { "core_millivolts_set": 1165, "frequency_mhz": 612.5 },
                    "temperatures": [ { "sensor": "chip", "index": 0 }, { "sensor": "regulator", "index": 0 } ],
                    "fans": [ { "index": 0 } ],
                    "boards": [ { "index": 0, "state": "hashing", "chips": 1, "frequency_mhz": 612.5, "domains_hps": [] } ],
                    "pools": [
                        { "index": 0, "url": "stratum+tcp://pool.example:3333", "user": worker, "state": "active",
                          "role": "primary", "difficulty": 4096 },
                        { "index": 1, "url": "stratum+tcp://fallback.example:3334", "user": worker, "state": "standby",
                          "role": "fallback" } ],
                    "network": {}, "faults": [], "gaps": [],
                },
            },
            "findings": [],
        });
        Self {
            source_id: id.parse().expect("an id"),
            report,
            phase_ms: n as u64 * INTERVAL_SECS * 1000 / size as u64,
            accepted: rng.u64(0..5000),
            chip_celsius: 60.0,
            regulator_celsius: 67.0,
            fan_rpm: 3500,
            expected_ghs,
            windows_ghs: [expected_ghs; 3],
            boot_secs: rng.u64(0..900_000),
        }
    }

    fn read(&mut self, round: u64, rng: &mut Rng) -> impl Iterator<Item = Entry> + use<> {
        let at_ms = round * INTERVAL_SECS * 1000 + self.phase_ms + rng.u64(0..40);
        let took_ms = rng.u64(24..90);
        let made = Duration::from_millis(at_ms + took_ms);
        self.walk(rng);
        self.write(at_ms, took_ms, rng);
        let has_changed = rng.u32(0..CHANGES_ONE_IN) == 0;
        let report = Entry {
            source_id: Some(self.source_id.clone()),
            made,
            important: has_changed,
            content: Content::Report(self.report.clone()),
        };
        let event = has_changed.then(|| Entry {
            source_id: Some(self.source_id.clone()),
            made,
            important: true,
            content: Content::Event(
                json!({ "at": time(at_ms), "kind": "state", "source_id": self.source_id, "text": "hashing" }),
            ),
        });
        std::iter::once(report).chain(event)
    }

    fn walk(&mut self, rng: &mut Rng) {
        self.chip_celsius = (self.chip_celsius + f64::from(rng.i32(-3..=3)) * 0.125).clamp(55.0, 65.0);
        self.regulator_celsius = (self.regulator_celsius + f64::from(rng.i32(-1..=1))).clamp(60.0, 75.0);
        self.fan_rpm = (self.fan_rpm + rng.i64(-25..=25)).clamp(3000, 4200);
        self.accepted += u64::from(rng.u32(0..10) < 6);
    }

    fn write(&mut self, at_ms: u64, took_ms: u64, rng: &mut Rng) {
        let steps = (self.expected_ghs / 4.0 / STEP_GHS) as i32;
        let parts = [(); 4].map(|()| f64::from(steps + rng.i32(-40..=40)) * STEP_GHS);
        let current_ghs: f64 = parts.iter().sum();
        for (window, readings) in self.windows_ghs.iter_mut().zip([2.0, 20.0, 120.0]) {
            *window += (current_ghs - *window) / readings;
        }
        let (current, domains) = (hps(current_ghs), parts.map(hps));
        let [minute, ten_minutes, hour] = self.windows_ghs.map(hps);
        let watts = decimals(21.0 + rng.f64());
        let reading = &mut self.report["reading"];
        reading["observed_at"] = time(at_ms + took_ms).into();
        reading["snapshot_at"] = reading["observed_at"].clone();
        reading["took_ms"] = took_ms.into();
        let snapshot = &mut reading["snapshot"];
        snapshot["uptime_secs"] = (self.boot_secs + at_ms / 1000).into();
        snapshot["hashing"]["current_hps"] = current.into();
        snapshot["hashing"]["average_hps"] = hour.into();
        snapshot["hashing"]["windows_hps"] = json!({ "1m": minute, "10m": ten_minutes, "1h": hour });
        snapshot["work"]["accepted"] = self.accepted.into();
        snapshot["work"]["hardware_errors"] = (self.accepted / 7).into();
        snapshot["work"]["error_percent"] = (f64::from(rng.u32(2800..3400)) / 10_000.0).into();
        snapshot["power"]["watts"] = watts.into();
        snapshot["power"]["input_volts"] = (5.0 + f64::from(rng.u32(0..12)) / 256.0).into();
        snapshot["power"]["core_millivolts"] = rng.u32(1150..1158).into();
        snapshot["power"]["efficiency_joules_per_terahash"] = (watts / current * 1e12).into();
        snapshot["temperatures"][0]["celsius"] = self.chip_celsius.into();
        snapshot["temperatures"][1]["celsius"] = self.regulator_celsius.into();
        snapshot["fans"][0]["rpm"] = self.fan_rpm.into();
        snapshot["fans"][0]["percent"] = (self.fan_rpm / 90).into();
        snapshot["boards"][0]["current_hps"] = current.into();
        snapshot["boards"][0]["domains_hps"] = json!(domains);
        snapshot["boards"][0]["hardware_errors"] = (self.accepted / 7).into();
        snapshot["pools"][0]["ping_ms"] = (f64::from(rng.u32(40_000..60_000)) / 1000.0).into();
    }
}

/// As the firmware writes it, in hashes per second.
fn hps(ghs: f64) -> f64 {
    (decimals(ghs) * 1e9).round()
}

/// With seven decimals.
fn decimals(value: f64) -> f64 {
    (value * 1e7).round() / 1e7
}

fn time(at_ms: u64) -> String {
    Timestamp::from_unix_ms(START_MS + at_ms as i64).to_string()
}
