//! Start, stop and signals.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gssa_sim::Device;
use gssa_sim::axeos::Behaviour;
use serde_json::json;

use crate::support::{Agent, Devices, SOON, gssa, polls, said, source, until};
use gssa_testkit::http::half_a_request;

/// A stop takes this long at the most; what is above 5 s is for a busy machine.
const STOPPED: Duration = Duration::from_secs(7);

#[test]
fn a_signal_ends_the_agent_in_order_whatever_is_under_way() {
    for signal in ["TERM", "INT"] {
        let devices = Devices::behaving(&[Behaviour::Healthy, Behaviour::Hang, Behaviour::Hang]);
        let sources: Vec<_> = (0..).zip(devices.all()).map(|(n, device)| source(&format!("d{n}"), device)).collect();
        let polling = json!({ "interval_secs": 60, "timeout_ms": 25_000 });
        let mut agent = Agent::start(&json!({ "polling": polling, "sources": sources }));
        agent.reading_when_up("d0");
        let are_asked = |times| move |device: &Device| polls(device) >= times;
        until("all are asked", SOON, || devices.all().iter().all(are_asked(1)).then_some(()));
        let events = agent.events();
        devices.all()[0].set_behaviour(Behaviour::Hang);
        let refresh = agent.change_later("POST", "/api/v1/readings/d0/refresh");
        until("the refresh waits for the device", SOON, || are_asked(2)(&devices.all()[0]).then_some(()));

        let begun = Instant::now();
        agent.signal(signal);
        let ended = agent.wait(STOPPED);
        assert_eq!(ended.code(), Some(0), "{signal}, after {:?}", begun.elapsed());
        assert!(agent.log().contains("agent stopped"));
        events.ended();
        assert_eq!(refresh.join().unwrap().status, 202, "who waits for a poll that is given up gets what is known");
        until("the devices are let go", SOON, || {
            devices.all().iter().all(|device| device.counts().open_now == 0).then_some(())
        });
    }
}

#[test]
fn a_client_that_does_not_finish_is_no_failure() {
    let mut agent = Agent::start(&json!({}));
    let half = half_a_request(agent.address());
    assert_eq!(agent.send("GET", "/healthz", "", None).status, 200);
    agent.signal("TERM");
    assert_eq!(agent.wait(STOPPED).code(), Some(0));
    drop(half);
}

#[test]
fn a_second_signal_ends_the_agent_at_once() {
    let mut agent = Agent::start(&json!({}));
    // A stop waits for a request that has begun.
    let half = half_a_request(agent.address());
    // Connections are taken in their order, so that this one was taken when a later one is answered.
    assert_eq!(agent.send("GET", "/healthz", "", None).status, 200);
    agent.signal("TERM");
    until("the agent does not listen any more", SOON, || {
        std::net::TcpStream::connect(agent.address()).is_err().then_some(())
    });
    let begun = Instant::now();
    agent.signal("TERM");
    let ended = agent.wait(STOPPED);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(ended.code(), Some(1), "not everything was waited for");
    drop(half);
}

#[test]
fn a_port_that_is_taken_is_told_plainly() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let output = gssa(&["run", "--listen", &address]).current_dir(dir.path()).output().unwrap();
    let (code, printed, complaint) = said(&output);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(complaint.contains(&format!("gssa: cannot listen at {address}: Address already in use")), "{complaint}");
}

#[test]
fn a_demo_needs_nothing_and_shows_its_devices() {
    let dir = tempfile::tempdir().unwrap();
    let mut agent = Agent::start_in(dir, &["demo", "--devices", "5", "--listen", "127.0.0.1:0"], &[]);
    assert_eq!(
        agent.get("/api/v1/summary")["sources"],
        10,
        "three pools, a manager and this machine beside the miners"
    );
    let miners = until("its miners answer", SOON, || {
        let miners = agent.get("/api/v1/miners")["total"].as_u64()?;
        (miners > 0).then_some(miners)
    });
    assert!(miners <= 5);
    until("its miners are the workers of its pools, on both sides", SOON, || {
        let linked = |path: &str| {
            let readings = agent.get(path)["readings"].as_array()?.clone();
            let pairs = readings.iter().flat_map(|reading| {
                let id = reading["source"]["id"].as_str().unwrap_or_default().to_owned();
                let others = reading["links"].as_array().into_iter().flatten();
                others.map(move |link| (id.clone(), link["source_id"].as_str().unwrap_or_default().to_owned()))
            });
            Some(pairs.collect::<BTreeSet<(String, String)>>())
        };
        let (miners, pools) = (linked("/api/v1/miners")?, linked("/api/v1/pools")?);
        let turned: BTreeSet<(String, String)> = pools.into_iter().map(|(pool, miner)| (miner, pool)).collect();
        (miners.len() >= 4 && miners == turned).then_some(())
    });
    until("its manager and this machine answer", SOON, || {
        (agent.get("/api/v1/infrastructure")["total"] == 2).then_some(())
    });
    let printed = agent.printed();
    assert!(printed.contains(&format!("look at http://{}/ (", agent.address())), "{printed}");
    agent.signal("INT");
    assert_eq!(agent.wait(STOPPED).code(), Some(0));
    assert_eq!(agent.dir().read_dir().unwrap().count(), 0, "a demo leaves nothing behind");
}
