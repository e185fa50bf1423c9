//! MIM as it could be: pages, styles of API, paths that misbehave.

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use gssa_sim::mim::{DeviceSpec, Model};
use gssa_sim::{Behaviour, Fleet, FleetConfig};
use serde_json::Value;
use support::{ask, exchange, get, request_bytes};

fn one(model: Model, behaviour: Behaviour) -> (Fleet, SocketAddr) {
    let fleet =
        Fleet::start(FleetConfig::new(vec![DeviceSpec::new(model, 1).behaving(behaviour)])).expect("a port can be had");
    let address = fleet.devices()[0].address();
    (fleet, address)
}

#[tokio::test]
async fn every_model_has_its_pages_and_answers_json_at_its_paths_alone() {
    for model in Model::ALL {
        let (_fleet, address) = one(model, Behaviour::Healthy);
        assert!(get(address, "/").await.text().contains("<title>MIM</title>"), "{model}");
        assert!(get(address, "/version").await.text().contains("3.3.6"), "{model}");
        for endpoint in model.endpoints() {
            for id in model.servers() {
                let reply = get(address, &endpoint.path.replace("{server}", id)).await;
                assert_eq!(
                    (reply.status, reply.header("content-type")),
                    (200, Some("application/json")),
                    "{model} {}",
                    endpoint.path
                );
                let body = reply.json();
                assert_eq!(body["status"] == "ok", model == Model::Enveloped, "{model}");
            }
        }
        let unknown = get(address, "/api/nobody/knows").await;
        assert_eq!(unknown.status == 404, matches!(model, Model::Bare | Model::Enveloped), "{model}");
        assert_eq!(get(address, "/api/server/updates").await.status, 404, "{model}");
        assert_eq!(model.name().parse(), Ok(model));
    }
}

#[tokio::test]
async fn a_server_is_asked_for_by_its_id() {
    let (_fleet, address) = one(Model::Enveloped, Behaviour::Healthy);
    let of = |id: &str| format!("/api/v1/servers/{id}/containers");
    let node = get(address, &of(Model::Enveloped.servers()[1])).await.json();
    let names: Vec<&str> =
        node["data"].as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["dgb", "btc-core"]);
    assert_eq!(get(address, &of("nobody")).await.status, 404);
}

#[tokio::test]
async fn paths_that_misbehave_stand_beside_those_that_do_not() {
    let (_fleet, address) = one(Model::Bare, Behaviour::Healthy);
    for status in [401, 402, 403, 404, 500, 503] {
        assert_eq!(get(address, &format!("/sim/{status}")).await.status, status);
    }
    assert_eq!(get(address, "/sim/redirect").await.status, 302);
    assert!(get(address, "/sim/html").await.text().starts_with("<!doctype html>"));
    assert_eq!(get(address, "/sim/error").await.json()["status"], "error");
    assert_eq!(get(address, "/api/server/list").await.status, 200);
}

#[tokio::test]
async fn a_stream_has_an_event_each_second_or_none_and_no_end() {
    let (fleet, address) = one(Model::Bare, Behaviour::Healthy);
    for (path, events) in [("/sim/events", 2), ("/sim/silent-events", 0)] {
        let received = exchange(address, &request_bytes("GET", path, ""), Duration::from_millis(1500)).await;
        let text = String::from_utf8_lossy(&received.bytes).into_owned();
        assert!(text.contains("text/event-stream"), "{text}");
        assert_eq!((text.matches("data: [").count(), received.end), (events, None), "{text}");
    }
    support::until("its streams are closed", async || fleet.devices()[0].counts().open_now == 0).await;
}

#[tokio::test]
async fn a_late_answer_is_late() {
    let (_fleet, address) = one(Model::Bare, Behaviour::Healthy);
    let received = exchange(address, &request_bytes("GET", "/sim/slow", ""), Duration::from_millis(500)).await;
    assert_eq!((received.bytes.len(), received.end), (0, None));
}

#[tokio::test]
async fn nothing_but_get_is_taken_and_everything_else_is_counted() {
    let (fleet, address) = one(Model::Bare, Behaviour::Healthy);
    assert_eq!(ask(address, "POST", "/api/server/product/repair", "").await.status, 405);
    assert_eq!(fleet.devices()[0].counts().write_requests, 1);
}

#[tokio::test]
async fn a_restart_begins_the_uptime_of_its_own_container_anew() {
    let mut config = FleetConfig::new(vec![DeviceSpec::new(Model::Keyed, 1)]);
    config.restart_time = Duration::from_millis(50);
    let fleet = Fleet::start(config).expect("a port can be had");
    let address = fleet.devices()[0].address();
    let asked = request_bytes("GET", "/api/server/containers", "Connection: close\r\n");
    let is_young = |body: &Value, name: &str| {
        let containers = body[Model::Keyed.servers()[0]].as_array().expect("a list");
        let container = containers.iter().find(|one| one["Names"] == format!("/{name}")).expect("it is there");
        container["Status"].as_str().unwrap_or_default().contains("seconds")
    };
    let before = get(address, "/api/server/containers").await.json();
    assert!(!is_young(&before, "mim"), "{before}");
    fleet.devices()[0].restart();
    support::until("it is back", async || {
        let Ok(_) = tokio::net::TcpStream::connect(address).await else { return false };
        let received = exchange(address, &asked, support::DEADLINE).await;
        let Some(reply) = support::parse(&received.bytes) else { return false };
        let body = reply.json();
        assert!(!is_young(&body, "postgres"), "{body}");
        is_young(&body, "mim")
    })
    .await;
}

#[tokio::test]
async fn a_page_may_stand_where_json_was() {
    let (_fleet, address) = one(Model::Bare, Behaviour::WrongContentType);
    assert!(get(address, "/api/server/list").await.text().contains("<title>MIM</title>"));
    assert!(get(address, "/version").await.text().contains("3.3.6"));
}
