//! Half of a large fleet is silent, and the other half is asked on time.

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
    let agent = Agent::start(&json!({ "polling": polling, "sources": sources }));

    // The first polls come as soon as there is room and are in no phase yet.
    until("every healthy device has answered", Duration::from_secs(45), || {
        (agent.get("/api/v1/summary")["by_health"]["up"] == DEVICES).then_some(())
    });
    assert_nobody_was_asked_twice_at_once(healthy);
    healthy.iter().for_each(Device::reset_counts);
    let begun = Instant::now();
    until("each was asked some more times", Duration::from_secs(45), || {
        healthy.iter().all(|device| polls(device) >= ROUNDS).then_some(())
    });

    let mut late: Vec<Duration> = healthy.iter().flat_map(lateness).collect();
    late.sort();
    // A device that is slow to answer, as all are on a busy machine, is asked half as often.
    let due = begun.elapsed().as_secs() / INTERVAL.as_secs() * u64::from(DEVICES);
    assert!(late.len() as u64 >= due / 2, "{} polls of {due}", late.len());
    let at = |percent: usize| late[(late.len() - 1) * percent / 100];
    let told = format!("{} polls, late p50 {:?}, p99 {:?}, most {:?}", late.len(), at(50), at(99), at(100));
    tell(&told);
    assert!(at(99) < MOST_LATE, "{told}");
    assert_nobody_was_asked_twice_at_once(devices.all());
    // At the start the facts of a chip are asked for right after the status, when a device may not have put down the phone yet.
    let calls = |device: &Device| device.counts().max_open;
    assert_eq!(devices.all().iter().map(calls).max(), Some(1), "one connection at a time");
    until("some silent devices are down", Duration::from_secs(30), || {
        (agent.get("/api/v1/summary")["by_health"]["down"].as_u64()? > 0).then_some(())
    });
    assert!(silent.iter().filter(|device| polls(device) > 0).count() > 100, "the silent ones are asked too");
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
    let first: Instant = instants[0];
    // Halfway around, so that a poll a little earlier than the first one does not look a whole interval late.
    let half = INTERVAL.as_nanos() / 2;
    let phase = |instant: &Instant| (((*instant - first).as_nanos() + half) % INTERVAL.as_nanos()) as u64;
    let earliest = instants.iter().map(phase).min().unwrap_or(0);
    instants.iter().map(|instant| Duration::from_nanos(phase(instant) - earliest)).collect()
}
