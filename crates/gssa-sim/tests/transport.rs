//! Devices speak HTTP as their firmware does.

mod support;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::{Fleet, FleetConfig, Listen, stats};
use serde_json::Value;
use support::{
    DEADLINE, End, INFO, Received, ask, exchange, get, info, is_refused, one, parse, read, reply_and_end,
    request_bytes, until,
};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

fn healthy(model: Model) -> (Fleet, SocketAddr) {
    let fleet = one(model, Behaviour::Healthy);
    let address = fleet.devices()[0].address();
    (fleet, address)
}

#[tokio::test]
async fn every_model_answers_with_an_object_and_its_version() {
    for model in Model::ALL {
        let (_fleet, address) = healthy(model);
        let reply = get(address, INFO).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")), "{model}");
        let body = reply.json();
        let version = [&body["version"], &body["fwVersion"], &body["identity"]["fwVersion"]];
        assert!(version.iter().any(|version| version.as_str() == Some(model.firmware())), "{model}");
    }
}

#[tokio::test]
async fn the_newest_bitaxe_has_pools_partitions_with_nulls_and_hashes_beyond_what_a_double_counts() {
    let (fleet, _) = healthy(Model::GammaV2_15_0);
    let body = info(&fleet).await;
    assert_eq!(body["pools"].as_array().map(Vec::len), Some(2));
    assert_eq!(body["pools"][0]["stratumPassword"], "*****");
    assert_eq!((&body["partitions"][2]["label"], &body["partitions"][2]["version"]), (&"ota_1".into(), &Value::Null));
    assert!(body["totalHashes"].as_f64() > Some(2_f64.powi(53)) && body["axeOSVersion"] == "Unified");
}

#[tokio::test]
async fn difficulties_are_written_as_each_release_writes_them() {
    let blank_and_decimals = |best: &Value| {
        let text = best.as_str()?;
        let decimals = text.split_once('.').map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).count());
        Some((text.contains(' '), decimals?))
    };
    for (model, written) in [
        (Model::GammaV2_9_0, Some((false, 2))),
        (Model::GammaV2_10_1, Some((true, 2))),
        (Model::GammaV2_11_0, None),
        (Model::BitForgeV1_5, None),
    ] {
        let (fleet, _) = healthy(model);
        let best = &info(&fleet).await["bestDiff"];
        assert_eq!(blank_and_decimals(best), written, "{model}: {best}");
        assert_eq!(best.is_u64(), written.is_none(), "{model}: {best}");
    }
}

#[tokio::test]
async fn framing_and_blanks_follow_the_firmware() {
    let table = [
        (Model::GammaV2_12_2, false, true, false),
        (Model::GammaV2_14_0, false, false, false),
        (Model::NerdQAxePlusPlusV1_0_30, false, false, false),
        (Model::NerdQAxePlusPlusDualV1_0_36, true, false, true),
        (Model::NmAxeV3_0_21, false, false, false),
    ];
    for (model, chunked, tabs, closes) in table {
        let (_fleet, address) = healthy(model);
        let received = reply_and_end(address, &request_bytes("GET", INFO, "")).await;
        assert_eq!(received.end, closes.then_some(End::Closed), "{model}");
        let reply = parse(&received.bytes).unwrap();
        assert_eq!(reply.header("transfer-encoding").is_some(), chunked, "{model}");
        assert_eq!(reply.header("connection") == Some("close"), closes, "{model}");
        assert_eq!(reply.text().starts_with("{\n\t\""), tabs, "{model}");
    }
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let (fleet, address) = healthy(Model::GammaV2_12_2);
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(&request_bytes("GET", INFO, "")).await.unwrap();
        let mut received = Received::default();
        while parse(&received.bytes).is_none() {
            read(&mut stream, &mut received, Duration::from_millis(20)).await;
            assert_eq!(received.end, None);
        }
    }
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut received = Received::default();
    read(&mut stream, &mut received, DEADLINE).await;
    assert_eq!(received.end, Some(End::Closed), "HTTP/1.0 ends the connection");
    let counts = fleet.devices()[0].counts();
    assert_eq!((counts.connections, counts.requests, counts.max_open, counts.instants.len()), (1, 4, 1, 4));
}

#[tokio::test]
async fn a_device_answers_one_at_a_time() {
    let service = Duration::from_millis(80);
    let specs = vec![DeviceSpec::new(Model::GammaV2_12_2, 1)];
    let fleet = Fleet::start(FleetConfig::new(specs).serving_in(service)).unwrap();
    let address = fleet.devices()[0].address();
    let begun = Instant::now();
    tokio::join!(get(address, INFO), get(address, INFO), get(address, INFO));
    assert!(begun.elapsed() >= service * 3);
    let counts = fleet.devices()[0].counts();
    assert_eq!((counts.max_in_flight, counts.max_open), (3, 3));
    until("all are gone", async || fleet.devices()[0].counts().open_now == 0).await;
}

#[tokio::test]
async fn sockets_run_out_on_old_firmware_and_are_purged_on_later_one() {
    for (model, most, purges) in [(Model::UltraV2_1_8, 7, false), (Model::GammaV2_12_2, 20, true)] {
        let (fleet, address) = healthy(model);
        let mut idle = Vec::new();
        for _ in 0..most {
            idle.push(TcpStream::connect(address).await.unwrap());
        }
        until("all are accepted", async || fleet.devices()[0].counts().open_now == most).await;
        let sent = request_bytes("GET", INFO, "Connection: close\r\n");
        // Long enough for a reply where one is due, and to see that none comes where none is.
        let patience = if purges { DEADLINE } else { Duration::from_millis(250) };
        let received = exchange(address, &sent, patience).await;
        assert_eq!(parse(&received.bytes).is_some(), purges, "{model}");
        if !purges {
            idle.pop();
            assert_eq!(get(address, INFO).await.status, 200, "{model}");
        }
    }
}

#[tokio::test]
async fn an_unknown_route_is_answered_by_age() {
    for (model, status, body) in [
        (Model::GammaV2_7_0, 302, "Redirect to the captive portal"),
        (Model::GammaV2_9_0, 404, "{\"error\":\"unknown route\"}"),
        (Model::NerdQAxePlusPlusV1_1_0, 302, "Redirect to the captive portal"),
        (Model::NmAxeV3_0_21, 302, "Redirect to the captive portal"),
    ] {
        let (_fleet, address) = healthy(model);
        let reply = get(address, "/api/system/nothing").await;
        assert_eq!((reply.status, reply.text().as_str()), (status, body), "{model}");
        assert_eq!(get(address, "/nothing").await.status, 302, "{model}");
    }
}

#[tokio::test]
async fn an_origin_is_refused_where_the_firmware_has_the_gate() {
    for (model, status) in [(Model::SupraV2_4_5, 200), (Model::GammaV2_12_2, 401), (Model::NmAxeV3_0_21, 200)] {
        let (fleet, address) = healthy(model);
        let reply = ask(address, "GET", INFO, "Origin: http://evil.example\r\n").await;
        assert_eq!(reply.status, status, "{model}");
        assert_eq!(fleet.devices()[0].counts().with_origin, 1, "{model}");
    }
}

#[tokio::test]
async fn long_headers_are_too_long_for_old_firmware_first() {
    let headers = format!("User-Agent: {}\r\n", "x".repeat(600));
    for (model, status) in [(Model::GammaV2_9_0, 431), (Model::GammaV2_10_1, 200)] {
        let (_fleet, address) = healthy(model);
        assert_eq!(ask(address, "GET", INFO, &headers).await.status, status, "{model}");
    }
    let (fleet, address) = healthy(Model::GammaV2_10_1);
    assert_eq!(ask(address, "GET", INFO, &headers.repeat(2)).await.status, 431);
    assert_eq!(fleet.devices()[0].counts().too_long, 1);
}

#[tokio::test]
async fn chip_facts_and_history_exist_where_the_firmware_has_them() {
    for (model, asic, statistics) in [
        (Model::SupraV2_4_5, false, false),
        (Model::GammaV2_7_0, true, false),
        (Model::GammaV2_12_2, true, true),
        (Model::NerdQAxePlusPlusV1_0_30, false, false),
        (Model::NerdQAxePlusPlusV1_1_0, true, false),
        (Model::BitForgeV1_0, false, false),
    ] {
        let (_fleet, address) = healthy(model);
        assert_eq!(get(address, "/api/system/asic").await.status == 200, asic, "{model}");
        assert_eq!(get(address, "/api/system/statistics").await.status == 200, statistics, "{model}");
    }
    let (_fleet, address) = healthy(Model::GammaV2_12_2);
    let history = get(address, "/api/system/statistics?columns=power%2Chashrate_1m").await.json();
    assert_eq!(history["labels"], serde_json::json!(["hashrate_1m", "power", "timestamp"]));
    let rows = history["statistics"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.as_array().is_some_and(|row| row.len() == 3)));
}

#[tokio::test]
async fn writes_are_counted_and_answered() {
    let (fleet, address) = healthy(Model::GammaV2_14_0);
    let body = "Content-Length: 15\r\n";
    let sent =
        [request_bytes("PATCH", "/api/system", &format!("{body}Connection: close\r\n")), b"{\"frequency\":1}".to_vec()]
            .concat();
    let reply = parse(&exchange(address, &sent, DEADLINE).await.bytes).unwrap();
    assert_eq!((reply.status, reply.body.len(), reply.header("transfer-encoding")), (200, 0, Some("chunked")));

    assert_eq!(ask(address, "POST", "/api/system/pause", "").await.status, 200);
    assert_eq!(info(&fleet).await["miningPaused"], true);
    assert_eq!(ask(address, "POST", "/api/system/resume", "").await.status, 200);
    assert_eq!(info(&fleet).await["miningPaused"], false);
    let counts = fleet.devices()[0].counts();
    assert_eq!((counts.write_requests, counts.by_path["PATCH /api/system"]), (3, 1));
}

#[tokio::test]
async fn a_restart_is_answered_before_the_device_goes_away() {
    let mut config = FleetConfig::new(vec![DeviceSpec::new(Model::GammaV2_12_2, 1)]);
    config.restart_time = Duration::from_millis(200);
    let fleet = Fleet::start(config).unwrap();
    let address = fleet.devices()[0].address();
    assert_eq!(ask(address, "POST", "/api/system/restart", "").await.text(), "System will restart shortly.");
    until("it goes", async || is_refused(address).await).await;
    until("it comes back", async || !is_refused(address).await).await;
    assert!(info(&fleet).await["uptimeSeconds"].as_u64() < Some(5));
}

#[tokio::test]
async fn a_probe_in_http_1_0_is_answered() {
    let (_fleet, address) = healthy(Model::NmAxeV3_0_21);
    let received = exchange(address, b"GET /probe HTTP/1.0\r\n\r\n", DEADLINE).await;
    let body = parse(&received.bytes).unwrap().json();
    assert!(body["hr"].as_f64() > Some(1e11), "{body}");
}

#[tokio::test]
async fn devices_on_addresses_share_a_port() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let specs: Vec<DeviceSpec> = (1..=300).map(|number| DeviceSpec::new(Model::GammaV2_12_2, number)).collect();
    // Below the ports that the system gives to whoever asks for any: other tests run at the same time.
    let listen = |port| FleetConfig::new(specs.clone()).listening(Listen::Addresses { port });
    let (port, fleet) = (22_000..23_000).find_map(|port| Some((port, Fleet::start(listen(port)).ok()?))).unwrap();
    assert_eq!(fleet.devices()[299].address(), SocketAddr::from(([127, 88, 1, 50], port)));
    assert_eq!(get(fleet.devices()[299].address(), INFO).await.json()["macAddr"], "02:5A:17:00:01:2C");
}

#[tokio::test]
async fn the_counters_page_adds_up_and_begins_anew_on_request() {
    let specs = vec![DeviceSpec::new(Model::GammaV2_12_2, 1), DeviceSpec::new(Model::HexV2_12_2, 2)];
    let fleet = Fleet::start(FleetConfig::new(specs)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let page = tokio::spawn(stats::serve(listener, fleet.handles()));
    for device in fleet.devices() {
        get(device.address(), INFO).await;
    }
    get(fleet.devices()[0].address(), INFO).await;
    let body = get(address, "/stats?instants&reset").await.json();
    assert_eq!((body["requests"].as_u64(), body["max_open"].as_u64()), (Some(3), Some(1)));
    assert_eq!(body["each"][0]["by_path"]["GET /api/system/info"], 2);
    assert_eq!(body["each"][0]["instants_ms"].as_array().map(Vec::len), Some(2));
    assert!(body["each"][0]["gap_ms"]["mean"].is_number() && body["each"][1]["gap_ms"] == Value::Null);
    let after = get(address, "/stats?brief").await.json();
    assert_eq!((after["requests"].as_u64(), after.get("each")), (Some(0), None));
    page.abort();
}
