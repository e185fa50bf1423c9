//! The transport of the cgminer API: one thread, one read, one reply, the end.

#[path = "support/api.rs"]
mod api;
mod support;

use std::time::{Duration, Instant};

use api::{A_WHILE, ask, code, command, document, machine, text, whole};
use gssa_sim::cgminer::{DeviceSpec, Model};
use gssa_sim::{Behaviour, Fleet, FleetConfig, Listen};
use support::{DEADLINE, End, Received, exchange, get, read, until};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_request_is_answered_with_a_nul_and_the_end() {
    let (fleet, address) = machine(Model::Cgminer4, Behaviour::Healthy);
    let version = document(address, "version").await;
    assert_eq!((code(&version), &version["id"]), (Some(22), &1.into()));
    let plain = ask(address, "summary").await;
    assert!(text(&plain).starts_with("STATUS=S,When=") && text(&plain).contains("|SUMMARY,Elapsed="), "{plain:?}");
    assert_eq!((plain.bytes.last(), plain.end), (Some(&0), Some(End::Closed)));
    let counts = fleet.devices()[0].counts();
    assert_eq!((counts.requests, counts.commands, counts.connections, counts.write_requests), (2, 2, 2, 0));
    assert_eq!(counts.by_command["version"], 1);
}

#[tokio::test]
async fn a_newline_makes_a_text_command_unknown_and_json_does_not_mind() {
    let (_fleet, address) = machine(Model::CanaanMini3, Behaviour::Healthy);
    assert!(text(&ask(address, "version\n").await).contains(",Code=14,"));
    assert_eq!(code(&whole(&ask(address, "{\"command\":\"version\"}\n").await)), Some(22));
    assert!(text(&ask(address, " {\"command\":\"version\"}").await).contains("Code=14"));
    for (wrong, expected) in [("{\"command\"", 23), ("{}", 24), ("{\"command\":\"nothing\"}", 14)] {
        assert_eq!(code(&whole(&ask(address, wrong).await)), Some(expected), "{wrong}");
    }
}

#[tokio::test]
async fn the_request_is_what_one_read_brings() {
    let (_fleet, address) = machine(Model::Cgminer4, Behaviour::Healthy);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(b"{\"command\":").await.unwrap();
    let mut received = Received::default();
    read(&mut stream, &mut received, DEADLINE).await;
    assert!(text(&received).contains("\"Code\":23"), "{received:?}");
}

#[tokio::test]
async fn unread_bytes_turn_the_close_into_a_reset() {
    let (_fleet, address) = machine(Model::Cgminer4, Behaviour::Healthy);
    let sent = format!("{{\"command\":\"version\"}}{}", " ".repeat(6000));
    assert_eq!(exchange(address, sent.as_bytes(), DEADLINE).await.end, Some(End::Reset));
}

#[tokio::test]
async fn an_idle_connection_blocks_all_others() {
    let (fleet, address) = machine(Model::CanaanA1566, Behaviour::Healthy);
    let idle = TcpStream::connect(address).await.unwrap();
    until("it is accepted", async || fleet.devices()[0].counts().open_now == 1).await;
    let unheard = exchange(address, b"{\"command\":\"version\"}", A_WHILE).await;
    assert!(unheard.bytes.is_empty() && unheard.end.is_none(), "{unheard:?}");
    drop(idle);
    assert_eq!(code(&document(address, "version").await), Some(22));
}

#[tokio::test]
async fn clients_are_served_one_after_another() {
    let service = Duration::from_millis(100);
    let config = FleetConfig::new(vec![DeviceSpec::new(Model::AntminerS19Pro, 1)]).serving_in(service);
    let fleet = Fleet::start(config).unwrap();
    let address = fleet.devices()[0].address();
    let begun = Instant::now();
    tokio::join!(document(address, "stats"), document(address, "pools"), document(address, "summary"));
    assert!(begun.elapsed() >= service * 3);
    assert_eq!(fleet.devices()[0].counts().max_open, 3);
}

#[tokio::test]
async fn joined_commands_are_known_to_some() {
    let (fleet, address) = machine(Model::CanaanNano3s, Behaviour::Healthy);
    let joined = document(address, "summary++nothing+version+summary+quit").await;
    let members: Vec<&String> = joined.as_object().unwrap().keys().collect();
    assert_eq!(members.len(), 5, "{members:?}");
    assert_eq!(code(&joined["summary"][0]), Some(11));
    assert_eq!((code(&joined["nothing"][0]), code(&joined["quit"][0])), (Some(14), Some(45)));
    assert!(text(&ask(address, "summary+version").await).starts_with("CMD=summary|STATUS=S"));
    let counts = fleet.devices()[0].counts();
    assert_eq!((counts.commands, counts.write_requests), (6, 1));
    for model in [Model::AntminerS21, Model::Cgminer3] {
        let (_fleet, address) = machine(model, Behaviour::Healthy);
        assert_eq!(code(&document(address, "summary+version").await), Some(14), "{model}");
    }
}

#[tokio::test]
async fn writes_are_refused_and_counted() {
    for model in [Model::AntminerS9, Model::AntminerS21, Model::CanaanQ, Model::WhatsminerM30s, Model::Cgminer4] {
        let (fleet, address) = machine(model, Behaviour::Healthy);
        for write in ["restart", "addpool", "ascset", "switchpool"] {
            assert_eq!(code(&document(address, write).await), Some(45), "{model} {write}");
        }
        assert!(text(&ask(address, "{\"cmd\":\"set_low_power\",\"token\":\"x\"}").await).contains("\"STATUS\":"));
        assert_eq!(fleet.devices()[0].counts().write_requests, 5, "{model}");
    }
}

#[tokio::test]
async fn a_command_that_is_not_there_has_the_code_of_its_firmware() {
    for (model, name, expected) in [
        (Model::AntminerS9, "config", 45),
        (Model::AntminerS19Pro, "config", 14),
        (Model::AntminerS19jProHiveon, "devdetails", 45),
        (Model::AntminerS21ProVnish, "version", 0),
        (Model::CanaanQ, "minerstats", 14),
        (Model::Cgminer4, "privileged", 45),
    ] {
        let (_fleet, address) = machine(model, Behaviour::Healthy);
        let refusal = document(address, name).await;
        assert_eq!((code(&refusal), refusal["STATUS"][0]["STATUS"].as_str()), (Some(expected), Some("E")), "{model}");
        assert_eq!(refusal.get("id").is_some(), expected != 0, "{model}");
    }
}

#[tokio::test]
async fn whatsminer_is_asked_by_another_key() {
    let (fleet, address) = machine(Model::WhatsminerM30s, Behaviour::Healthy);
    let version = whole(&ask(address, "{\"cmd\":\"get_version\"}").await);
    assert_eq!((version["STATUS"].as_str(), version["Code"].as_u64()), (Some("S"), Some(131)));
    assert!(version["Msg"].is_object());
    assert_eq!(code(&whole(&ask(address, "{\"cmd\":\"summary\"}").await)), Some(11));
    assert_eq!(code(&whole(&ask(address, "{\"get\":\"summary\"}").await)), Some(24));
    assert_eq!(fleet.devices()[0].counts().by_command["cmd:summary"], 1);
}

#[tokio::test]
async fn the_new_layout_is_asked_for_in_two_ways() {
    let (fleet, address) = machine(Model::AntminerS21, Behaviour::Healthy);
    let stats = whole(&ask(address, "{\"command\":\"stats\",\"new_api\":true}").await);
    assert_eq!(stats["STATUS"]["api_version"], "1.0.0");
    assert_eq!(stats["STATS"][0]["chain"].as_array().map(Vec::len), Some(3));
    let list = whole(&ask(address, "{\"command\":[\"stats\",\"pools\"],\"new_api\":true}").await);
    assert!(list["stats"]["STATS"].is_array() && list["pools"]["POOLS"].is_array());
    let old = whole(&ask(address, "{\"command\":[\"summary\",\"devs\"]}").await);
    assert_eq!((code(&old["summary"]), code(&old["devs"])), (Some(11), Some(9)));
    let unknown = whole(&ask(address, "{\"command\":\"x\",\"new_api\":true}").await);
    assert_eq!(unknown["error_message"], "not support (x)");
    assert_eq!(fleet.devices()[0].counts().by_command["stats (new_api)"], 2);
    fleet.devices()[0].set_behaviour(Behaviour::Paused);
    let asleep = whole(&ask(address, "{\"command\":\"stats\",\"new_api\":true}").await);
    assert_eq!(asleep["STATS"].as_array().map(Vec::len), Some(0));
    let (_old, address) = machine(Model::AntminerS19Pro, Behaviour::Healthy);
    assert!(whole(&ask(address, "{\"command\":\"stats\",\"new_api\":true}").await)["STATUS"].is_array());
}

#[tokio::test]
async fn the_web_pages_ask_for_a_login() {
    let (fleet, _) = machine(Model::AntminerS21, Behaviour::Healthy);
    let web = fleet.devices()[0].web_address().unwrap();
    let refused = get(web, "/cgi-bin/stats.cgi").await;
    let challenge = refused.header("www-authenticate").unwrap().to_owned();
    assert_eq!(refused.status, 401);
    assert!(challenge.starts_with("Digest realm=\"antMiner Configuration\", nonce=\""), "{challenge}");
    // What a client makes of the nonce of this machine, computed elsewhere.
    let nonce = challenge.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
    let headers = format!(
        "Authorization: Digest username=\"root\", realm=\"antMiner Configuration\", nonce=\"{nonce}\", \
         uri=\"/cgi-bin/stats.cgi\", qop=auth, nc=00000001, cnonce=\"5a17\", response=\"{RESPONSE}\"\r\n"
    );
    let reply = support::ask(web, "GET", "/cgi-bin/stats.cgi", &headers).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, None), "{nonce}");
    assert!(reply.body.starts_with(b"\n\n{"), "{}", reply.text());
    assert_eq!(support::ask(web, "GET", "/cgi-bin/pools.cgi", &headers).await.status, 401);
    assert_eq!(fleet.devices()[0].counts().by_path["GET /cgi-bin/stats.cgi"], 2);
    fleet.devices()[0].set_behaviour(Behaviour::ProcessDown);
    let reply = support::ask(web, "GET", "/cgi-bin/stats.cgi", &headers).await;
    assert_eq!((reply.status, reply.text().trim()), (200, "Socket connect failed: Connection refused"));

    let (open, _) = machine(Model::AntminerS21ProVnish, Behaviour::Healthy);
    let web = open.devices()[0].web_address().unwrap();
    assert_eq!(get(web, "/api/v1/summary").await.json()["miner"]["miner_status"]["miner_state"], "mining");
    assert_eq!(support::ask(web, "POST", "/api/v1/mining/stop", "").await.status, 403);
    assert_eq!(open.devices()[0].counts().write_requests, 1);
}

/// `MD5(MD5(root:antMiner Configuration:root):nonce:00000001:5a17:auth:MD5(GET:/cgi-bin/stats.cgi))` for machine 7.
const RESPONSE: &str = "d608b56a7ea0ba5a125c6b84d69d12de";

#[tokio::test]
async fn machines_share_one_socket_and_their_web_pages_another() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let specs = || vec![DeviceSpec::new(Model::AntminerS21ProVnish, 1), DeviceSpec::new(Model::CanaanQ, 2)];
    // Two ports in a row, below those that the system gives to whoever asks for any: other tests run at the same time.
    let start = |port| Some((port, Fleet::start(FleetConfig::new(specs()).listening(Listen::Shared { port })).ok()?));
    let (port, fleet) = (21_000..22_000).step_by(2).find_map(start).unwrap();
    let [first, second] = fleet.devices() else { panic!("there are two") };
    assert_eq!(code(&document(second.address(), "version").await), Some(22));
    assert_eq!(first.web_address().map(|at| at.port()), Some(port + 1));
    assert_eq!(second.web_address(), None);
    assert_eq!(get(first.web_address().unwrap(), "/api/v1/info").await.status, 200);
    assert!(command(first.address(), "stats").await.bytes.ends_with(b"\0"));
}

#[tokio::test]
async fn web_pages_can_be_told_their_port() {
    if !cfg!(target_os = "linux") {
        return;
    }
    // Below the ports that the system gives to whoever asks for any, as above.
    let start = |port, listen| {
        let mut config = FleetConfig::new(vec![DeviceSpec::new(Model::AntminerS21ProVnish, 1)]).listening(listen);
        config.web_port = Some(port + 7);
        Some((port, Fleet::start(config).ok()?))
    };
    for make in [|port| Listen::Addresses { port }, |port| Listen::Shared { port }] {
        let (port, fleet) = (20_000..21_000).step_by(10).find_map(|port| start(port, make(port))).unwrap();
        let web = fleet.devices()[0].web_address().unwrap();
        assert_eq!((fleet.devices()[0].address().port(), web.port()), (port, port + 7));
        assert_eq!(get(web, "/api/v1/info").await.status, 200);
    }
}
