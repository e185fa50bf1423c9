//! Each behaviour does to the cgminer API what its name says, byte by byte.

#[path = "support/api.rs"]
mod api;
mod support;

use std::time::{Duration, Instant};

use api::{A_WHILE, ask, code, command, document, machine, text, whole};
use gssa_sim::Behaviour;
use gssa_sim::cgminer::{DeviceSpec, Model, figures, reply};
use serde_json::Value;
use support::{End, exchange, get, is_refused, until};

const STATS: &[u8] = b"{\"command\":\"stats\"}";

fn stats_of(model: Model, behaviour: Behaviour, secs: u64) -> Value {
    let spec = DeviceSpec::new(model, 3).behaving(behaviour);
    let bytes = reply(&spec, Duration::from_secs(secs), 1_770_000_000, STATS);
    let body = bytes.strip_suffix(b"\0").expect("a NUL ends the reply");
    serde_json::from_slice(body).expect("the reply is JSON")
}

fn bytes_of(model: Model, behaviour: Behaviour, request: &str) -> Vec<u8> {
    reply(&DeviceSpec::new(model, 3).behaving(behaviour), Duration::from_secs(5), 1_770_000_000, request.as_bytes())
}

#[tokio::test]
async fn a_hanging_machine_keeps_its_clients() {
    let (fleet, address) = machine(Model::AntminerS19Pro, Behaviour::Hang);
    let received = exchange(address, STATS, A_WHILE).await;
    assert!(received.bytes.is_empty() && received.end.is_none());
    until("the client is let go", async || fleet.devices()[0].counts().open_now == 0).await;
}

#[tokio::test]
async fn ports_close_and_connections_break() {
    let (fleet, address) = machine(Model::AntminerS21ProVnish, Behaviour::Refuse);
    let web = fleet.devices()[0].web_address().unwrap();
    assert!(is_refused(address).await && is_refused(web).await);
    fleet.devices()[0].set_behaviour(Behaviour::ApiClosed);
    until("the web page is back", async || !is_refused(web).await).await;
    assert!(is_refused(address).await);
    assert_eq!(get(web, "/api/v1/info").await.status, 200);
    let (fleet, _) = machine(Model::ElphapexDg1Plus, Behaviour::Healthy);
    assert!(is_refused(fleet.devices()[0].address()).await);
    assert_eq!(get(fleet.devices()[0].web_address().unwrap(), "/").await.status, 401);
    for behaviour in [Behaviour::Reset, Behaviour::ResetOnAccept] {
        let (_fleet, address) = machine(Model::CanaanQ, behaviour);
        let received = command(address, "stats").await;
        assert_eq!((received.bytes.len(), received.end), (0, Some(End::Reset)), "{behaviour}");
    }
    let (_fleet, address) = machine(Model::CanaanQ, Behaviour::EmptyReply);
    let received = command(address, "stats").await;
    assert_eq!((received.bytes.len(), received.end), (0, Some(End::Closed)));
}

#[tokio::test]
async fn replies_are_cut_dripped_and_sent_in_pieces() {
    let (_fleet, address) = machine(Model::CanaanA1566, Behaviour::Truncate);
    let cut = command(address, "stats").await;
    assert!(cut.end == Some(End::Closed) && !cut.bytes.is_empty() && !cut.bytes.contains(&0));
    let (_fleet, address) = machine(Model::CanaanA1566, Behaviour::ResetMidBody);
    let broken = command(address, "stats").await;
    assert!(broken.end == Some(End::Reset) && !broken.bytes.is_empty());
    let (_fleet, address) = machine(Model::CanaanA1566, Behaviour::Drip);
    let dripped = exchange(address, STATS, A_WHILE * 2).await;
    assert!(dripped.end.is_none() && (2..20).contains(&dripped.bytes.len()), "{}", dripped.bytes.len());
    let (_fleet, address) = machine(Model::AntminerS19Pro, Behaviour::Pieces);
    assert_eq!(code(&document(address, "pools").await), Some(7));
    let (_fleet, address) = machine(Model::CanaanQ, Behaviour::SlowAnswer(A_WHILE));
    let begun = Instant::now();
    assert_eq!(code(&document(address, "version").await), Some(22));
    assert!(begun.elapsed() >= A_WHILE);
}

#[tokio::test]
async fn replies_are_too_much_or_nonsense() {
    let (_fleet, address) = machine(Model::Cgminer4, Behaviour::Oversize);
    let endless = exchange(address, STATS, Duration::from_secs(3)).await;
    assert!(endless.bytes.len() > 2 * 1024 * 1024 && !endless.bytes.contains(&0));
    let (_fleet, address) = machine(Model::Cgminer4, Behaviour::LargeReply);
    let large = command(address, "stats").await;
    assert!(large.bytes.len() > 64 * 1024);
    assert_eq!(code(&whole(&large)), Some(70));
    let (_fleet, address) = machine(Model::Cgminer4, Behaviour::Garbage);
    let garbage = command(address, "stats").await;
    assert_eq!((garbage.bytes.len(), garbage.bytes.first()), (4096, Some(&0xf5)));
    for (behaviour, start) in [
        (Behaviour::WrongContentType, "<!doctype html>"),
        (Behaviour::NotAMiner, "{\"device\":\"lamp\""),
        (Behaviour::DeepJson, "{\"a\":{\"a\":{\"a\":"),
    ] {
        assert!(
            bytes_of(Model::Cgminer4, behaviour, "{\"command\":\"stats\"}").starts_with(start.as_bytes()),
            "{behaviour}"
        );
    }
    let (_fleet, address) = machine(Model::WhatsminerM3, Behaviour::Healthy);
    assert!(command(address, "stats").await.bytes.len() > 64 * 1024);
}

#[tokio::test]
async fn a_closed_group_is_told_by_code_45() {
    let (_fleet, address) = machine(Model::CanaanQ, Behaviour::AccessDenied);
    for name in ["version", "summary", "stats"] {
        let refusal = document(address, name).await;
        assert_eq!(refusal["STATUS"][0]["Msg"], format!("Access denied to '{name}' command"));
        assert_eq!(code(&refusal), Some(45));
    }
    assert!(text(&ask(address, "summary").await).contains(",Code=45,"));
}

#[test]
fn nuls_are_missing_or_in_the_way() {
    let joined = "{\"command\":\"summary+version\"}";
    let nuls = |bytes: &[u8]| bytes.split(|byte| *byte == 0).count() - 1;
    assert_eq!(nuls(&bytes_of(Model::CanaanQ, Behaviour::NoNul, joined)), 0);
    let inside = bytes_of(Model::CanaanQ, Behaviour::NulInside, joined);
    assert_eq!((nuls(&inside), inside.last()), (3, Some(&0)));
    let first = inside.split(|byte| *byte == 0).next().unwrap();
    assert!(first.ends_with(b"\"id\":1}"), "each member keeps the NUL of its own reply");
    let without: Vec<u8> = inside.iter().copied().filter(|byte| *byte != 0).collect();
    assert!(serde_json::from_slice::<Value>(&without).is_ok());
    let single = bytes_of(Model::CanaanQ, Behaviour::NulInside, "{\"command\":\"stats\"}");
    assert_eq!(nuls(&single), 2);
}

#[test]
fn texts_are_spoilt_in_their_ways() {
    let asked = "{\"command\":\"stats\"}";
    let spoilt = |behaviour| String::from_utf8_lossy(&bytes_of(Model::AntminerS19Pro, behaviour, asked)).into_owned();
    assert!(spoilt(Behaviour::MissingComma).contains("} {\"STATS\""));
    assert!(spoilt(Behaviour::TrailingComma).contains(",},]"));
    let nan = spoilt(Behaviour::NanValues);
    assert!(
        nan.contains("\"GHS 5s\": nan") && nan.contains("\"GHS av\": nan") && nan.contains("\"chain_rate1\": \"nan\"")
    );
    let summary = bytes_of(Model::CanaanNano3s, Behaviour::NanValues, "{\"command\":\"summary\"}");
    assert!(String::from_utf8_lossy(&summary).contains("\"Total MH\":inf"));
    let twice = spoilt(Behaviour::DuplicateKeys);
    assert_eq!(twice.matches("\"Elapsed\":").count(), 2, "{twice}");
    let pools = bytes_of(Model::AntminerS19Pro, Behaviour::BadUtf8, "{\"command\":\"pools\"}");
    assert!(String::from_utf8(pools.clone()).is_err() && pools.windows(2).any(|pair| pair == [0xff, 0xfe]));
    // What the firmware itself gets wrong.
    let old = bytes_of(Model::AntminerS9, Behaviour::Healthy, asked);
    assert!(String::from_utf8_lossy(&old).contains("\"}{\"STATS\":0,"));
    let a1047 = bytes_of(Model::CanaanA1047, Behaviour::Healthy, asked);
    assert!(String::from_utf8_lossy(&a1047).contains("]BOOTBY[1]"));
}

#[test]
fn states_show_in_the_figures() {
    let old = |behaviour| stats_of(Model::AntminerS17Plus, behaviour, 5)["STATS"][1].clone();
    let asleep = old(Behaviour::Paused);
    assert_eq!(
        (asleep["Mode"].as_i64(), asleep["fan_num"].as_i64(), asleep["total_acn"].as_i64()),
        (Some(254), Some(0), Some(0))
    );
    assert_eq!(old(Behaviour::Healthy)["total_acn"], 195);
    let s19 = |behaviour| stats_of(Model::AntminerS19Pro, behaviour, 5)["STATS"][1].clone();
    assert!(s19(Behaviour::Paused)["chain_acs1"].as_str().unwrap().starts_with(" xxx xxx"));
    let missing = s19(Behaviour::MissingBoard);
    assert!(missing.get("temp1").is_none() && missing.get("temp2").is_some());
    assert_eq!((missing["chain_acn1"].as_i64(), missing["chain_rate1"].as_str()), (Some(0), Some("")));
    let rate = |stats: &Value| stats["GHS 5s"].as_f64().unwrap();
    assert!((rate(&missing) / rate(&s19(Behaviour::Healthy)) - 2.0 / 3.0).abs() < 0.03);
    assert!(rate(&s19(Behaviour::Spike)) > 9.0 * rate(&s19(Behaviour::Healthy)));
    let cold = s19(Behaviour::Cold)["temp_pcb1"].as_str().unwrap().to_owned();
    assert!(cold.starts_with('-') && cold.contains("--"), "{cold}");
    let hot = s19(Behaviour::Overheated);
    assert!(rate(&hot).abs() < f64::EPSILON);
    assert!(hot["temp1"].as_f64() > Some(75.0), "{hot}");
    let nano =
        |behaviour| stats_of(Model::CanaanNano3s, behaviour, 5)["STATS"][0]["MM ID0"].as_str().unwrap().to_owned();
    let idle = nano(Behaviour::Paused);
    assert!(idle.contains("Work: In Idle") && idle.contains("GHSspd[0.00]") && idle.contains("TMax[0]"), "{idle}");
    assert!(idle.contains("SoftOFF[5]") && nano(Behaviour::Overheated).contains("Work: In Fault"));
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for model in Model::ALL {
        let spec = DeviceSpec::new(model, 3).seeded(9);
        let at = |spec: &DeviceSpec, secs| reply(spec, Duration::from_secs(secs), 1_770_000_000, STATS);
        assert_eq!(at(&spec, 60), at(&spec, 60), "{model}");
        if model.has_api() && at(&spec, 60).len() > 400 {
            assert_ne!(at(&spec, 60), at(&spec, 200), "{model}");
            assert_ne!(at(&spec, 60), at(&spec.clone().seeded(10), 60), "{model}");
        }
        let (before, after) = (figures(&spec, Duration::ZERO), figures(&spec, Duration::from_secs(3600)));
        assert!(after.accepted > before.accepted && after.total_hashes > before.total_hashes, "{model}");
        assert!((after.hps(60.0) / model.rated_hps() - 1.0).abs() < 0.08, "{model}");
    }
}

#[test]
fn a_reboot_begins_from_nothing_and_climbs() {
    let reboot = Behaviour::Reboot { after: Duration::from_secs(600), down: Duration::from_secs(30) };
    let spec = DeviceSpec::new(Model::AntminerS19Pro, 3).behaving(reboot);
    let at = |secs| figures(&spec, Duration::from_secs(secs));
    assert!(at(599).elapsed_secs > 600.0);
    let (early, late) = (at(632), at(1200));
    assert!(early.elapsed_secs < 1.0 && early.hps(900.0) < late.hps(900.0) / 10.0);
    assert!(early.boards[0].chip_celsius < late.boards[0].chip_celsius);
}

#[tokio::test]
async fn a_frozen_machine_answers_and_shows_nothing_new() {
    let (fleet, address) = machine(Model::AntminerS19Pro, Behaviour::Frozen);
    let last_share = async || document(address, "devs").await["DEVS"][0]["Last Share Time"].as_u64();
    let found = last_share().await;
    let before = document(address, "summary").await["SUMMARY"][0].clone();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let after = document(address, "summary").await["SUMMARY"][0].clone();
    assert_eq!((&before["GHS 5s"], &before["Accepted"]), (&after["GHS 5s"], &after["Accepted"]));
    assert!(after["Elapsed"].as_u64() > before["Elapsed"].as_u64());
    // The seconds of two clocks need not turn at once.
    assert!(last_share().await.unwrap().abs_diff(found.unwrap()) <= 1);
    fleet.devices()[0].restart();
    until("it goes away", async || is_refused(address).await).await;
}
