//! Every way in which a device misbehaves ends as the right words, and costs the others nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use gssa_sim::Device;
use gssa_sim::axeos::Behaviour as B;
use serde_json::{Value, json};

use crate::support::{Agent, Devices, polls, source, until};

const INTERVAL_SECS: u64 = 2;
const TIMEOUT_MS: u64 = 1500;

/// What a reading says in the end.
struct Words {
    health: &'static str,
    state: &'static str,
    /// Kind and reason of the failure.
    failure: Option<(&'static str, &'static str)>,
    mark: Option<&'static str>,
    issue: Option<&'static str>,
}

const fn answers(state: &'static str) -> Words {
    Words { health: "up", state, failure: None, mark: None, issue: None }
}

const fn fails(health: &'static str, state: &'static str, kind: &'static str, reason: &'static str) -> Words {
    Words { health, state, failure: Some((kind, reason)), mark: None, issue: None }
}

const fn down(kind: &'static str, reason: &'static str) -> Words {
    fails("down", "offline", kind, reason)
}

const fn marked(mark: &'static str, state: &'static str, issue: Option<&'static str>) -> Words {
    Words { mark: Some(mark), issue, ..answers(state) }
}

const fn issue(state: &'static str, issue: &'static str) -> Words {
    Words { issue: Some(issue), ..answers(state) }
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[rustfmt::skip]
const TABLE: &[(B, Words)] = &[
    (B::Hang,             down("timeout", "timeout")),
    (B::Drip,             down("timeout", "timeout")),
    (B::Refuse,           down("unreachable", "connection_refused")),
    (B::Reset,            down("unreachable", "connection_reset")),
    (B::ResetOnAccept,    down("unreachable", "connection_reset")),
    (B::ResetMidBody,     down("unreachable", "connection_reset")),
    (B::Truncate,         down("unreachable", "connection_reset")),
    (B::EmptyReply,       down("unreachable", "connection_reset")),
    (B::Oversize,         down("protocol", "too_large")),
    (B::Garbage,          down("protocol", "malformed")),
    (B::DeepJson,         down("protocol", "malformed")),
    (B::ServerError,      down("protocol", "malformed")),
    (B::Busy,             down("overloaded", "busy")),
    (B::Unauthorized,     fails("refused", "auth", "refused", "api_disabled")),
    (B::WrongContentType, fails("down", "unknown", "unsupported", "not_a_miner")),
    (B::Redirect,         fails("down", "unknown", "unsupported", "not_a_miner")),
    (B::NotAMiner,        fails("down", "unknown", "unsupported", "not_a_miner")),
    (B::NullFloats,       answers("unknown")),
    (B::BadUtf8,          answers("hashing")),
    (B::SlowAnswer(Duration::from_millis(500)), answers("hashing")),
    (B::Paused,           answers("standby")),
    (B::NoPool,           issue("not_hashing", "not_hashing")),
    (B::OnFallback,       issue("degraded", "on_fallback_pool")),
    (B::Overheated,       issue("hot", "hot")),
    (B::PowerFault,       issue("not_hashing", "power_fault")),
    (B::HardwareFault,    issue("not_hashing", "fault")),
    (B::Frozen,           marked("frozen", "degraded", Some("frozen"))),
    (B::Spike,            marked("impossible", "degraded", Some("impossible"))),
    (B::Reboot { after: secs(5), down: secs(1) }, marked("restarted", "hashing", None)),
];

/// It is there and away in turn, and both is seen.
const FLAPPING: B = B::Flapping { up: secs(4), down: secs(4) };

/// Devices that answer as they should, beside the others.
const HEALTHY: usize = 8;

#[test]
fn every_misbehaviour_gets_its_words_and_the_others_keep_their_schedule() {
    let behaviours: Vec<B> = TABLE.iter().map(|(it, _)| *it).chain([FLAPPING]).chain([B::Healthy; HEALTHY]).collect();
    let devices = Devices::behaving(&behaviours);
    let id = |n: usize| if behaviours[n] == B::Healthy { format!("healthy-{n}") } else { behaviours[n].name().into() };
    let sources: Vec<Value> = (0..).zip(devices.all()).map(|(n, device)| source(&id(n), device)).collect();
    let polling = json!({ "interval_secs": INTERVAL_SECS, "timeout_ms": TIMEOUT_MS, "jitter_percent": 0 });
    let begun = Instant::now();
    let agent = Agent::start(&json!({ "polling": polling, "sources": sources }));

    let mut open: BTreeMap<&str, Value> = TABLE.iter().map(|(it, _)| (it.name(), Value::Null)).collect();
    let mut flaps = BTreeSet::new();
    until_all("every source has its words", || {
        flaps.extend(agent.reading(FLAPPING.name())["health"].as_str().map(str::to_owned));
        for (behaviour, words) in TABLE {
            if let Some(seen) = open.get_mut(behaviour.name()) {
                *seen = agent.reading(behaviour.name());
                if words.fit(seen, &agent) {
                    open.remove(behaviour.name());
                }
            }
        }
        let has_flapped = ["up", "stale", "down"].into_iter().all(|health| flaps.contains(health));
        (!open.is_empty() || !has_flapped).then(|| format!("{flaps:?} {open:#?}"))
    });
    let healthy = devices.all().iter().enumerate().filter(|(n, _)| behaviours[*n] == B::Healthy);
    for (n, device) in healthy {
        assert_schedule_was_kept(device, begun.elapsed());
        let reading = agent.reading(&id(n));
        assert_eq!((&reading["health"], &reading["state"]), (&json!("up"), &json!("hashing")), "{reading}");
    }
    for (n, device) in devices.all().iter().enumerate() {
        let counts = device.counts();
        assert_eq!((counts.write_requests, counts.with_origin), (0, 0), "{}", id(n));
        assert!(counts.max_in_flight <= 1, "{} was asked twice at once", id(n));
    }
    #[cfg(target_os = "linux")]
    assert_memory_is_bounded(&agent);
}

impl Words {
    fn fit(&self, reading: &Value, agent: &Agent) -> bool {
        let failure = &reading["failure"];
        let failure = failure["kind"].as_str().zip(failure["reason"].as_str());
        let has_mark =
            |word| reading["marks"].as_array().is_some_and(|marks| marks.iter().any(|it| it["mark"] == word));
        let id = &reading["source"]["id"];
        let has_issue = |code| {
            let issues = agent.get("/api/v1/issues");
            let of_it = |issue: &&Value| issue["source_ids"].as_array().is_some_and(|ids| ids.contains(id));
            issues["issues"].as_array().unwrap().iter().filter(of_it).any(|issue| issue["code"] == code)
        };
        reading["health"] == self.health
            && reading["state"] == self.state
            && failure == self.failure
            && self.mark.is_none_or(has_mark)
            && self.issue.is_none_or(has_issue)
    }
}

/// Waits until nothing is told to be missing; what is missing in the end is the failure.
fn until_all(what: &str, mut missing: impl FnMut() -> Option<String>) {
    const WITHIN: Duration = secs(45);
    let begun = Instant::now();
    until(what, WITHIN + secs(5), || {
        let missing = missing();
        assert!(missing.is_none() || begun.elapsed() < WITHIN, "not {what}: {}", missing.unwrap_or_default());
        missing.is_none().then_some(())
    });
}

/// The second poll comes up to two intervals after the first, and on a busy machine one may be left out. Waiting for one device that hangs
/// after the other would take half a minute.
fn assert_schedule_was_kept(device: &Device, watched: Duration) {
    let longest = secs(3 * INTERVAL_SECS + 1);
    let instants = device.counts().instants;
    let gaps = instants.iter().zip(instants.iter().skip(1)).map(|(before, after)| *after - *before);
    let widest = gaps.chain(instants.back().map(Instant::elapsed)).max().unwrap();
    assert!(widest < longest, "{widest:?} between two polls of {}", device.spec().name);
    let least = watched.as_secs() / (3 * INTERVAL_SECS);
    assert!(polls(device) >= least, "{} polls in {watched:?}", polls(device));
}

/// A peer that sends 200 MiB, and every other, costs no memory to speak of.
#[cfg(target_os = "linux")]
fn assert_memory_is_bounded(agent: &Agent) {
    const MOST_KIB: u64 = 64 * 1024;
    let status = std::fs::read_to_string(format!("/proc/{}/status", agent.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    crate::support::tell(&format!("memory at the most {peak} KiB"));
    assert!(peak < MOST_KIB, "{peak} KiB of memory at the most");
}
