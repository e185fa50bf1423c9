//! A fleet of all kinds for as long as one likes, a tenth of it misbehaving, the configuration changed again and again, the receiver coming
//! and going. CI does half a minute of it; `just soak` an hour with 2,000 devices, and only then figures of time and memory are judged.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gssa_sim::{Behaviour, Device, Listen};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::receiver::Receiver;
use crate::support::{Agent, Devices, at_free_port, tell, until};

/// The port of the simulated devices, each at an address of its own.
const PORT: u16 = 18480;
/// What a tenth of the devices does.
const MISBEHAVIOURS: &[Behaviour] = &[
    Behaviour::Hang,
    Behaviour::Refuse,
    Behaviour::ResetMidBody,
    Behaviour::Drip,
    Behaviour::Oversize,
    Behaviour::Garbage,
    Behaviour::EmptyReply,
    Behaviour::Truncate,
    Behaviour::Flapping { up: Duration::from_secs(40), down: Duration::from_secs(20) },
    Behaviour::Reboot { after: Duration::from_secs(90), down: Duration::from_secs(10) },
];
const LOG_MAX_BYTES: usize = 5 * 1024 * 1024;
const MEMORY_MAX_BYTES_FEW: u64 = 64 * 1024 * 1024;

/// How long, how large, and whether figures are judged.
struct Form {
    time: Duration,
    devices: usize,
    interval: Duration,
    /// How often the configuration changes, and the receiver comes or goes.
    change_every: Duration,
    is_judged: bool,
}

impl Form {
    fn asked_for() -> Self {
        let minutes = std::env::var("GSSA_SOAK_MINUTES").ok().map(|text| text.parse::<u64>().unwrap());
        match minutes {
            Some(minutes) => Self {
                time: Duration::from_secs(minutes * 60),
                devices: 2000,
                interval: Duration::from_secs(30),
                change_every: Duration::from_secs(60),
                is_judged: true,
            },
            None => Self {
                time: Duration::from_secs(24),
                devices: 60,
                interval: Duration::from_secs(3),
                change_every: Duration::from_secs(4),
                is_judged: false,
            },
        }
    }
}

/// A receiver behind a door that closes: what is connected is cut, and nobody gets in.
struct Cloud {
    receiver: Receiver,
    address: SocketAddr,
    is_open: watch::Sender<bool>,
    _runtime: Runtime,
}

impl Cloud {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let receiver = runtime.block_on(Receiver::new());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (address, (is_open, door)) = (listener.local_addr().unwrap(), watch::channel(true));
        let behind = receiver.address;
        runtime.spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut door = door.clone();
                tokio::spawn(async move {
                    let Ok(mut inner) = TcpStream::connect(behind).await else { return };
                    tokio::select! {
                        _ = door.wait_for(|is_open| !is_open) => {}
                        _ = tokio::io::copy_bidirectional(&mut stream, &mut inner) => {}
                    }
                });
            }
        });
        Self { receiver, address, is_open, _runtime: runtime }
    }
}

fn source(device: &Device) -> Value {
    let kind = device.model().kind();
    let address = if kind == "axeos" { format!("http://{}", device.address()) } else { device.address().to_string() };
    json!({ "id": format!("d{}", device.spec().number), "kind": kind, "address": address })
}

fn config(devices: &Devices, form: &Form, cloud: &Cloud, change: usize) -> Value {
    let sources: Vec<Value> = devices.all().iter().map(source).collect();
    json!({
        "agent": { "name": format!("Soak {change}") },
        "polling": { "interval_secs": form.interval.as_secs(), "timeout_ms": 2000, "jitter_percent": 0 },
        "sources": sources,
        "uplinks": [{ "id": "cloud", "endpoint": format!("ws://{}/agent", cloud.address), "token": "soak", "flush_secs": 5 }],
    })
}

/// How often memory is looked at.
const SAMPLE_EVERY: Duration = Duration::from_secs(5);

/// What of `/proc/PID/status` tells in KiB, in bytes.
fn resident_bytes(agent: &Agent) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", agent.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// The beginnings of the polls of a device: the first request after a pause of half an interval.
fn polls(device: &Device, interval: Duration) -> Vec<Instant> {
    let mut begun: Vec<Instant> = Vec::new();
    let mut last: Option<Instant> = None;
    for instant in device.counts().instants {
        if last.is_none_or(|last| instant.duration_since(last) > interval / 2) {
            begun.push(instant);
        }
        last = Some(instant);
    }
    begun
}

/// How far each poll is from where the earliest phase of its device puts it.
fn lateness(device: &Device, interval: Duration) -> Vec<Duration> {
    let begun = polls(device, interval);
    let Some(first) = begun.first().copied() else { return Vec::new() };
    let (whole, half) = (interval.as_nanos(), interval.as_nanos() / 2);
    let phase = |instant: &Instant| (((*instant - first).as_nanos() + half) % whole) as u64;
    // The median is where the device is due: a poll too early counts as much as one too late.
    let mut phases: Vec<u64> = begun.iter().map(phase).collect();
    phases.sort_unstable();
    let due = phases[phases.len() / 2];
    phases.into_iter().map(|phase| Duration::from_nanos(phase.abs_diff(due))).collect()
}

/// By how many bytes an hour a straight line through the samples rises.
fn slope_per_hour(samples: &[(Duration, u64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: &dyn Fn(&(Duration, u64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(&|it| it.0.as_secs_f64()), mean(&|it| it.1 as f64));
    let above: f64 = samples.iter().map(|it| (it.0.as_secs_f64() - x) * (it.1 as f64 - y)).sum();
    let below: f64 = samples.iter().map(|it| (it.0.as_secs_f64() - x).powi(2)).sum();
    above / below * 3600.0
}

/// The median of each twelfth of the samples, in MiB.
fn course(samples: &[(Duration, u64)]) -> String {
    let median = |part: &[(Duration, u64)]| {
        let mut bytes: Vec<u64> = part.iter().map(|(_, bytes)| *bytes).collect();
        bytes.sort_unstable();
        format!("{:.1}", bytes[bytes.len() / 2] as f64 / 1_048_576.0)
    };
    samples.chunks(samples.len().div_ceil(12).max(1)).map(median).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_fleet_is_watched_for_long_while_everything_changes() {
    let form = Form::asked_for();
    let mut specs = gssa_sim::demo::mixed_fleet(form.devices, 7);
    for (index, spec) in specs.iter_mut().enumerate() {
        // The demo has troubles of its own; here they are counted.
        spec.behaviour = match index % 10 {
            9 => MISBEHAVIOURS[index / 10 % MISBEHAVIOURS.len()],
            _ => Behaviour::Healthy,
        };
    }
    let devices = Devices::listening(specs, Listen::Shared { port: PORT });
    let cloud = Cloud::start();
    let base = at_free_port(&config(&devices, &form, &cloud, 0));
    let agent = Agent::start(&base);
    let healthy = || devices.all().iter().filter(|device| device.behaviour() == Behaviour::Healthy);
    let up = || agent.get("/api/v1/summary")["by_health"]["up"].as_u64();
    until("the healthy devices are up", Duration::from_secs(180), || {
        (up()? as usize >= healthy().count()).then_some(())
    });
    healthy().for_each(Device::reset_counts);

    let (begun, mut changes) = (Instant::now(), 0);
    let mut samples: Vec<(Duration, u64)> = Vec::new();
    while begun.elapsed() < form.time {
        let next = form.change_every * (changes + 1);
        until("the time of the next change", form.change_every * 3, || {
            if samples.last().is_none_or(|(at, _)| begun.elapsed() >= *at + SAMPLE_EVERY) {
                samples.push((begun.elapsed(), resident_bytes(&agent)));
            }
            (begun.elapsed() >= next).then_some(())
        });
        changes += 1;
        cloud.is_open.send_replace(changes % 2 == 0);
        let mut candidate = base.clone();
        candidate["agent"]["name"] = format!("Soak {changes}").into();
        // One source stops being asked and comes back.
        candidate["sources"][9]["enabled"] = (changes % 2 == 0).into();
        agent.edit(&candidate.to_string());
        agent.signal("HUP");
        until("the change is in force", Duration::from_secs(60), || {
            (agent.get("/api/v1/agent")["name"] == candidate["agent"]["name"]).then_some(())
        });
    }

    let mut late: Vec<Duration> = healthy().flat_map(|device| lateness(device, form.interval)).collect();
    late.sort_unstable();
    let due = begun.elapsed().as_secs() / form.interval.as_secs() * healthy().count() as u64;
    let in_time = late.iter().filter(|late| **late <= form.interval / 10).count();
    let kept = &samples[samples.len() / 4..];
    let most = samples.iter().map(|(_, bytes)| *bytes).max().unwrap_or(0);
    let slope = slope_per_hour(kept) / 1_048_576.0;
    let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
    let metrics = agent.send("GET", "/metrics", "", None).text();
    let log = agent.log();
    tell(&format!(
        "{} devices of which {} misbehave, {:?}: {} polls of {due}, {:.2} % within a tenth of the interval, p99 {:?}; {changes} changes; memory at most \
         {:.1} MiB, slope of the last three quarters {slope:.2} MiB an hour, medians of each twelfth {}; log {} bytes in {} lines; {} items stored",
        form.devices,
        form.devices - healthy().count(),
        begun.elapsed(),
        late.len(),
        in_time as f64 * 100.0 / late.len().max(1) as f64,
        late.get(late.len() * 99 / 100),
        mib(most),
        course(&samples),
        log.len(),
        log.lines().count(),
        cloud.receiver.log().stored(),
    ));
    assert!(late.len() as u64 >= due / 2, "{} polls of {due}", late.len());
    assert!(
        metrics.lines().any(|line| line == "gssa_task_panics_total 0.0"),
        "a task panicked, or nothing is told of it"
    );
    assert!(log.len() < LOG_MAX_BYTES, "{} bytes of log", log.len());
    for device in devices.all() {
        assert_eq!(device.counts().write_requests, 0, "{} was written to", device.spec().name);
    }
    cloud.is_open.send_replace(true);
    let before = cloud.receiver.log().stored();
    until("the receiver is sent to again", Duration::from_secs(120), || {
        (cloud.receiver.log().stored() > before).then_some(())
    });
    cloud.receiver.log().check();
    if form.is_judged {
        assert!(in_time * 100 >= late.len() * 99, "{in_time} of {} polls in time", late.len());
        assert!(slope < 1.0, "memory rises by {slope:.2} MiB an hour");
        assert!(late.len() as u64 >= due * 98 / 100, "{} polls of {due}", late.len());
    } else {
        assert!(most < MEMORY_MAX_BYTES_FEW, "{:.1} MiB", mib(most));
    }
}
