//! Each behaviour does to the bytes what its name says.

mod support;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::{Fleet, FleetConfig, Listen};
use serde_json::Value;
use support::{
    DEADLINE, End, INFO, Received, exchange, get, info, is_refused, one, parse, read, reply_and_end, request_bytes,
    until,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Long enough to see that nothing happens, short enough to wait for.
const A_WHILE: Duration = Duration::from_millis(250);

fn address(fleet: &Fleet) -> SocketAddr {
    fleet.devices()[0].address()
}

/// Asks a Gamma that behaves so for its status.
async fn asked(behaviour: Behaviour, for_long: Duration) -> Received {
    let fleet = one(Model::GammaV2_12_2, behaviour);
    let received = exchange(address(&fleet), &request_bytes("GET", INFO, ""), for_long).await;
    fleet.stop().await;
    received
}

fn split(received: &Received) -> (String, usize) {
    let end = received.bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("there is a head") + 4;
    (String::from_utf8_lossy(&received.bytes[..end]).into_owned(), received.bytes.len() - end)
}

fn announced(head: &str) -> usize {
    head.lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .and_then(|length| length.parse().ok())
        .expect("there is a length")
}

#[tokio::test]
async fn healthy_answers_and_keeps_the_connection() {
    let fleet = one(Model::GammaV2_12_2, Behaviour::Healthy);
    let received = reply_and_end(address(&fleet), &request_bytes("GET", INFO, "")).await;
    assert_eq!(received.end, None);
    assert_eq!(parse(&received.bytes).unwrap().json()["ASICModel"], "BM1370");
}

#[tokio::test]
async fn hang_accepts_and_never_answers() {
    let received = asked(Behaviour::Hang, A_WHILE).await;
    assert_eq!((received.bytes.len(), received.end), (0, None));
}

#[tokio::test]
async fn refuse_closes_the_port_and_opens_it_again() {
    let fleet = one(Model::GammaV2_12_2, Behaviour::Refuse);
    let device = &fleet.devices()[0];
    assert!(is_refused(device.address()).await);
    device.set_behaviour(Behaviour::Healthy);
    until("the port opens", async || !is_refused(device.address()).await).await;
    assert_eq!(get(device.address(), INFO).await.status, 200);
    device.set_behaviour(Behaviour::Refuse);
    until("the port closes", async || is_refused(device.address()).await).await;
}

#[tokio::test]
async fn reset_ends_a_connection_after_the_request_or_at_once() {
    let received = asked(Behaviour::Reset, DEADLINE).await;
    assert_eq!((received.bytes.len(), received.end), (0, Some(End::Reset)));

    let fleet = one(Model::GammaV2_12_2, Behaviour::ResetOnAccept);
    let received = exchange(address(&fleet), b"", DEADLINE).await;
    assert_eq!((received.bytes.len(), received.end), (0, Some(End::Reset)));
    assert_eq!(fleet.devices()[0].counts().requests, 0);
}

#[tokio::test]
async fn half_a_body_ends_with_a_reset_or_with_a_close() {
    for (behaviour, end) in [(Behaviour::ResetMidBody, End::Reset), (Behaviour::Truncate, End::Closed)] {
        let received = asked(behaviour, DEADLINE).await;
        assert_eq!(received.end, Some(end), "{behaviour}");
        let (head, body_bytes) = split(&received);
        assert!(body_bytes > 100 && body_bytes < announced(&head), "{behaviour}: {body_bytes} of {}", announced(&head));
    }
}

#[tokio::test]
async fn drip_sends_a_byte_each_tenth_of_a_second() {
    let fleet = one(Model::GammaV2_12_2, Behaviour::Drip);
    let mut stream = TcpStream::connect(address(&fleet)).await.unwrap();
    stream.write_all(&request_bytes("GET", INFO, "")).await.unwrap();
    let begun = Instant::now();
    let mut received = Received::default();
    let body = |received: &Received| received.bytes.split(|byte| *byte == b'{').nth(1).map_or(0, |rest| rest.len() + 1);
    while body(&received) < 5 && begun.elapsed() < DEADLINE {
        read(&mut stream, &mut received, Duration::from_millis(10)).await;
    }
    assert_eq!((body(&received), received.end), (5, None));
    assert!(begun.elapsed() >= Duration::from_millis(400));
    assert!(announced(&split(&received).0) > 10_000);
}

#[tokio::test]
async fn oversize_streams_two_hundred_mebibytes() {
    let received = asked(Behaviour::Oversize, DEADLINE).await;
    let (head, body_bytes) = split(&received);
    assert_eq!(announced(&head), 200 * 1024 * 1024);
    assert!(body_bytes > 3 * 1024 * 1024, "{body_bytes} bytes came");
}

#[tokio::test]
async fn garbage_is_not_http_and_the_same_for_a_seed() {
    let received = asked(Behaviour::Garbage, DEADLINE).await;
    assert_eq!(received.end, Some(End::Closed));
    assert!(received.bytes.len() > 1000 && parse(&received.bytes).is_none());
    assert_eq!(received.bytes, asked(Behaviour::Garbage, DEADLINE).await.bytes);
}

#[tokio::test]
async fn an_empty_reply_is_a_close_without_a_byte() {
    let received = asked(Behaviour::EmptyReply, DEADLINE).await;
    assert_eq!((received.bytes.len(), received.end), (0, Some(End::Closed)));
}

#[tokio::test]
async fn wrong_replies_are_well_formed() {
    let table = [
        (Behaviour::WrongContentType, 200, "text/html", "<!doctype html>"),
        (Behaviour::Redirect, 302, "text/html", "Redirect to the captive portal"),
        (Behaviour::Unauthorized, 401, "text/html", "Unauthorized"),
        (Behaviour::ServerError, 500, "text/html", "Internal Server Error"),
        (Behaviour::Busy, 503, "text/html", "OTA in progress"),
        (Behaviour::NotAMiner, 200, "application/json", "{\"device\":\"lamp\""),
    ];
    for (behaviour, status, content_type, body) in table {
        let reply = get(address(&one(Model::GammaV2_12_2, behaviour)), INFO).await;
        assert_eq!((reply.status, reply.header("content-type")), (status, Some(content_type)), "{behaviour}");
        assert!(reply.text().starts_with(body), "{behaviour}: {}", reply.text());
        assert_eq!(reply.header("location"), (status == 302).then_some("/"), "{behaviour}");
    }
}

#[tokio::test]
async fn null_floats_leaves_counters_and_nulls_what_is_measured() {
    let body = info(&one(Model::GammaV2_12_2, Behaviour::NullFloats)).await;
    for key in ["hashRate", "power", "temp", "vrTemp", "voltage", "current", "fanspeed"] {
        assert_eq!(body[key], Value::Null, "{key}");
    }
    assert!(body["sharesAccepted"].is_u64() && body["version"].is_string());
}

#[tokio::test]
async fn bad_utf8_sits_in_the_names_and_nowhere_else() {
    for model in Model::ALL {
        let reply = get(address(&one(model, Behaviour::BadUtf8)), INFO).await;
        assert!(std::str::from_utf8(&reply.body).is_err(), "{model}");
        let repaired: Value = serde_json::from_str(&reply.text()).unwrap();
        assert!(repaired.is_object(), "{model}");
    }
}

#[tokio::test]
async fn deep_json_is_deep() {
    let reply = get(address(&one(Model::GammaV2_12_2, Behaviour::DeepJson)), INFO).await;
    assert_eq!(reply.text().matches('{').count(), 10_000);
    assert_eq!(reply.text().matches('}').count(), 10_000);
}

#[tokio::test]
async fn a_slow_answer_is_right_but_late() {
    let fleet = one(Model::GammaV2_12_2, Behaviour::SlowAnswer(A_WHILE));
    let begun = Instant::now();
    assert!(info(&fleet).await["hashRate"].is_number());
    assert!(begun.elapsed() >= A_WHILE);
}

#[tokio::test]
async fn flapping_comes_and_goes_and_keeps_its_uptime() {
    let flapping = Behaviour::Flapping { up: Duration::from_secs(1), down: Duration::from_millis(300) };
    let fleet = one(Model::GammaV2_12_2, flapping);
    let uptime = info(&fleet).await["uptimeSeconds"].as_u64();
    until("it goes", async || is_refused(address(&fleet)).await).await;
    until("it comes back", async || !is_refused(address(&fleet)).await).await;
    assert!(info(&fleet).await["uptimeSeconds"].as_u64() >= uptime);
}

#[tokio::test]
async fn reboot_goes_away_and_begins_anew() {
    let behaviour = Behaviour::Reboot { after: Duration::from_secs(1), down: Duration::from_millis(300) };
    let fleet = one(Model::GammaV2_15_0, behaviour);
    let before = info(&fleet).await;
    assert!(before["uptimeSeconds"].as_u64() > Some(800) && before["sharesAccepted"].as_u64() > Some(50));
    until("it goes", async || is_refused(address(&fleet)).await).await;
    until("it comes back", async || !is_refused(address(&fleet)).await).await;
    let after = info(&fleet).await;
    assert!(after["uptimeSeconds"].as_u64() < Some(5) && after["sharesAccepted"].as_u64() < Some(5), "{after}");
    assert!(after["bestDiff"].as_u64() >= before["bestDiff"].as_u64());
}

#[tokio::test]
async fn a_shared_socket_resets_where_it_cannot_refuse() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let specs = vec![
        DeviceSpec::new(Model::GammaV2_12_2, 1).behaving(Behaviour::Refuse),
        DeviceSpec::new(Model::HexV2_12_2, 2),
    ];
    let fleet = Fleet::start(FleetConfig::new(specs).listening(Listen::Shared { port: 0 })).unwrap();
    let received = exchange(fleet.devices()[0].address(), b"", DEADLINE).await;
    assert_eq!(received.end, Some(End::Reset));
    assert_eq!(get(fleet.devices()[1].address(), INFO).await.json()["boardVersion"], "303");
    let nobodys = SocketAddr::from(([127, 0, 0, 1], fleet.devices()[0].address().port()));
    assert_eq!(exchange(nobodys, b"", DEADLINE).await.end, Some(End::Reset));
}

#[tokio::test]
async fn a_paused_device_says_so_and_one_without_pool_does_not() {
    for (behaviour, paused, pool) in [(Behaviour::Paused, true, "IPv4"), (Behaviour::NoPool, false, "Not Connected")] {
        let body = info(&one(Model::GammaV2_15_0, behaviour)).await;
        assert_eq!(
            (body["hashRate"].as_f64(), body["expectedHashrate"].as_f64()),
            (Some(0.0), Some(0.0)),
            "{behaviour}"
        );
        assert_eq!(body["temp"].as_f64(), Some(-1.0), "{behaviour}");
        assert_eq!((body["miningPaused"].as_bool(), body["poolConnectionInfo"].as_str()), (Some(paused), Some(pool)));
        assert!(body.get("hashrateMonitor").is_none(), "{behaviour}");
    }
    assert_eq!(info(&one(Model::NerdQAxePlusPlusV1_1_0, Behaviour::Paused)).await["shutdown"], true);
    let nmaxe = info(&one(Model::NmAxeV3_0_21, Behaviour::Paused)).await;
    assert_eq!((nmaxe["miner"]["state"].as_str(), nmaxe["miner"]["paused"].as_bool()), (Some("paused"), Some(true)));
}

#[tokio::test]
async fn the_fallback_pool_shows_in_each_family() {
    let on = Behaviour::OnFallback;
    assert_eq!(info(&one(Model::GammaV2_12_2, on)).await["isUsingFallbackStratum"], 1);
    assert_eq!(info(&one(Model::NerdQAxePlusV1_0_26, on)).await["isUsingFallbackStratum"], true);
    assert_eq!(info(&one(Model::NerdQAxePlusPlusV1_1_0, on)).await["stratum"]["usingFallback"], true);
    let nmaxe = info(&one(Model::NmAxeV3_0_21, on)).await;
    assert_eq!(nmaxe["stratum"]["url"], "stratum+tcp://solo.ckpool.org:3333");
}

#[tokio::test]
async fn faults_are_told_as_the_firmware_tells_them() {
    let hot = info(&one(Model::GammaV2_12_2, Behaviour::Overheated)).await;
    assert_eq!(
        (hot["overheat_mode"].as_u64(), hot["fanspeed"].as_f64(), hot["hashRate"].as_f64()),
        (Some(1), Some(100.0), Some(0.0))
    );
    assert!(hot.get("power_fault").is_none());

    let fleet = one(Model::GammaV2_14_0, Behaviour::PowerFault);
    assert!(info(&fleet).await["power_fault"].is_string());
    fleet.devices()[0].set_behaviour(Behaviour::HardwareFault);
    let faulty = info(&fleet).await;
    assert!(faulty["hardware_fault"].is_string() && faulty.get("power_fault").is_none());
    fleet.devices()[0].set_behaviour(Behaviour::Healthy);
    assert!(info(&fleet).await.get("hardware_fault").is_none());
}

#[tokio::test]
async fn a_frozen_device_repeats_its_hashrate_and_a_spike_is_out_of_reach() {
    let fleet = one(Model::GammaV2_12_2, Behaviour::Frozen);
    let first = info(&fleet).await;
    until("a second has passed", async || info(&fleet).await["uptimeSeconds"] != first["uptimeSeconds"]).await;
    let later = info(&fleet).await;
    assert_eq!((&first["hashRate"], &first["sharesAccepted"]), (&later["hashRate"], &later["sharesAccepted"]));

    let spike = info(&one(Model::GammaV2_12_2, Behaviour::Spike)).await;
    assert!(spike["hashRate"].as_f64() > spike["expectedHashrate"].as_f64().map(|expected| expected * 3.0));
}

#[tokio::test]
async fn a_stopped_fleet_leaves_no_connection_behind() {
    let fleet = one(Model::GammaV2_12_2, Behaviour::Hang);
    let at = address(&fleet);
    let mut stream = TcpStream::connect(at).await.unwrap();
    until("it is accepted", async || fleet.devices()[0].counts().open_now == 1).await;
    fleet.stop().await;
    let ended = timeout(DEADLINE, stream.read(&mut [0; 8])).await.expect("the connection ends in time");
    assert!(matches!(ended, Ok(0) | Err(_)));
    assert!(is_refused(at).await);
}

#[tokio::test]
async fn what_a_device_tells_is_numbered_and_kept() {
    let fleet = one(Model::GammaV2_14_0, Behaviour::Healthy);
    let device = &fleet.devices()[0];
    info(&fleet).await;
    assert!(device.told().is_empty(), "only from when on it is wanted");
    device.keep_what_it_tells();
    let documents = [info(&fleet).await, info(&fleet).await];
    let told = device.told();
    assert_eq!(told.len(), 2);
    for (number, (document, figures)) in (1..).zip(documents.iter().zip(&told)) {
        assert_eq!((document["sharesAccepted"].as_u64(), figures.accepted), (Some(number), number));
        assert_eq!(document["uptimeSeconds"].as_u64(), Some(figures.up_secs));
        assert_eq!(document["temp"].as_f64(), Some(figures.chip_celsius));
    }
    get(device.address(), "/").await;
    assert_eq!(device.told().len(), 2, "a page is no status document");
}
