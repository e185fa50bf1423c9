//! Half of a large fleet is silent, and the other half is asked on time.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::{Device, Listen};
use serde_json::{Value, json};

use crate::support::{Agent, Devices, polls, source, tell, until};

/// Of each half.
const DEVICES: u32 = 500;
const INTERVAL: Duration = Duration::from_secs(5);
const TIMEOUT_MS: u64 = 1000;
/// So many polls of each healthy device are measured.
const ROUNDS: u64 = 3;
/// Many times what it takes, for a machine that has no time.
const PATIENCE: Duration = Duration::from_secs(120);
const MOST_LATE: Duration = Duration::from_secs(1);

#[test]
fn silent_devices_make_nobody_else_late() {
    let behaviour = |n: u32| if n < DEVICES { Behaviour::Healthy } else { Behaviour::Hang };
    let spec = |n: u32| DeviceSpec::new(Model::ALL[n as usize % Model::ALL.len()], n).behaving(behaviour(n));
    let devices = Devices::listening((0..2 * DEVICES).map(spec).collect(), Listen::Shared { port: 0 });
    let (healthy, silent) = devices.all().split_at(DEVICES as usize);
    // Without jitter the due times of a source are a whole number of intervals apart, and what is left of them is lateness.
    let polling = json!({ "interval_secs": INTERVAL.as_secs(), "timeout_ms": TIMEOUT_MS, "jitter_percent": 0 });
    let sources: Vec<Value> = (0..).zip(devices.all()).map(|(n, device)| source(&format!("d{n:04}"), device)).collect();
    let logging = json!({ "level": "debug" });
    let agent = Agent::start(&json!({ "polling": polling, "logging": logging, "sources": sources }));

    // The first polls come as soon as there is room and are in no phase yet.
    let up = until("nearly all healthy devices have answered", PATIENCE, || {
        let up = agent.get("/api/v1/readings?health=up&fields=source.id&limit=10000");
        let up: BTreeSet<u32> = up["readings"].as_array()?.iter().map(number).collect();
        are_enough(up.len()).then_some(up)
    });
    assert_nobody_was_asked_twice_at_once(healthy);
    healthy.iter().for_each(Device::reset_counts);
    let (begun, log_before) = (Instant::now(), agent.log().len());
    until("nearly all were asked some more times", PATIENCE, || {
        are_enough(healthy.iter().filter(|device| polls(device) >= ROUNDS).count()).then_some(())
    });

    // Who misses a timeout, as some do on a busy machine, is asked after the silent ones and in another phase.
    let missed = |n: u32| agent.log()[log_before..].contains(&format!("attempt failed source=d{n:04}"));
    let measured: Vec<&Device> =
        (0..).zip(healthy).filter(|(n, _)| up.contains(n) && !missed(*n)).map(|(_, device)| device).collect();
    assert!(are_enough(measured.len()), "only {} devices answered each time", measured.len());
    let mut late: Vec<Duration> = measured.iter().flat_map(|device| lateness(device)).collect();
    late.sort();
    // A device that is slow to answer, as all are on a busy machine, is asked half as often.
    let due = begun.elapsed().as_secs() / INTERVAL.as_secs() * measured.len() as u64;
    assert!(late.len() as u64 >= due / 2, "{} polls of {due}", late.len());
    let at = |percent: usize| late[(late.len() - 1) * percent / 100];
    let told = format!("{} polls, late p50 {:?}, p99 {:?}, most {:?}", late.len(), at(50), at(99), at(100));
    tell(&told);
    assert!(at(99) < MOST_LATE, "{told}");
    assert_nobody_was_asked_twice_at_once(devices.all());
    // At the start the facts of a chip are asked for right after the status, when a device may not have seen the end of that connection yet.
    let most_open = measured.into_iter().chain(silent).map(|device| device.counts().max_open).max();
    assert_eq!(most_open, Some(1), "one connection at a time");
    until("some silent devices are down", Duration::from_secs(30), || {
        (agent.get("/api/v1/summary")["by_health"]["down"].as_u64()? > 0).then_some(())
    });
    assert!(silent.iter().filter(|device| polls(device) > 0).count() > 100, "the silent ones are asked too");
}

/// Nine in ten of the healthy half.
fn are_enough(count: usize) -> bool {
    count * 10 >= DEVICES as usize * 9
}

/// The number in an id.
fn number(reading: &Value) -> u32 {
    reading["source"]["id"].as_str().unwrap().trim_start_matches('d').parse().unwrap()
}

fn assert_nobody_was_asked_twice_at_once(devices: &[Device]) {
    for device in devices {
        let (name, counts) = (&device.spec().name, device.counts());
        assert_eq!(counts.max_in_flight.max(1), 1, "{name} was asked twice at once");
        assert_eq!((counts.write_requests, counts.with_origin, counts.too_long), (0, 0, 0), "{name}");
    }
}

/// How much later than the earliest poll, in terms of the schedule, each poll of a device came.
fn lateness(device: &Device) -> Vec<Duration> {
    let instants = device.counts().instants;
    let Some(first) = instants.front().copied() else { return Vec::new() };
    // Halfway around, so that a poll a little earlier than the first one does not look a whole interval late.
    let half = INTERVAL.as_nanos() / 2;
    let phase = |instant: &Instant| (((*instant - first).as_nanos() + half) % INTERVAL.as_nanos()) as u64;
    let earliest = instants.iter().map(phase).min().unwrap_or(0);
    instants.iter().map(|instant| Duration::from_nanos(phase(instant) - earliest)).collect()
}
