//! What lies between a real agent and its receiver: certificates, redirects, proxies, and the words for them.

use std::fs;

use serde_json::json;

use crate::between::proxy;
use crate::certificates::Authority;
use crate::receiver::Fault;
use crate::support::{Agent, at_free_port};
use crate::uplink::{Cloud, agent, devices, has_snapshots, link_when};

/// What the agent says of its uplink after it could not get through.
fn trouble(agent: &Agent) -> String {
    let told = link_when(agent, "in trouble", |link| link["state"] == "trouble");
    told["last_error"].as_str().unwrap().to_owned()
}

/// An agent with this authority for its uplink, and these variables.
fn with_authority(config: &serde_json::Value, authority: &str, variables: &[(&str, &str)]) -> Agent {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("ca.pem"), authority).unwrap();
    fs::write(dir.path().join("config.json"), at_free_port(config).to_string()).unwrap();
    Agent::start_in(dir, &["run", "--config", "config.json"], variables)
}

#[test]
fn an_expired_certificate_is_told_in_words() {
    let authority = Authority::new();
    let server = authority.server(&["127.0.0.1"], true);
    let (cloud, devices) = (Cloud::with_tls(server), devices());
    let endpoint = format!("wss://{}/agent", cloud.receiver.address);
    let config = agent(&cloud, &devices, &json!({ "endpoint": endpoint, "ca_file": "ca.pem" }));
    let agent = with_authority(&config, &authority.pem, &[]);
    let error = trouble(&agent);
    assert!(error.contains("certificate has expired"), "{error}");
    assert_eq!(cloud.receiver.log().requests.len(), 0, "the token does not go there");
}

#[test]
fn a_redirect_is_told_with_where_it_leads_and_is_not_followed() {
    let (cloud, elsewhere, devices) = (Cloud::start(), Cloud::start(), devices());
    let to = format!("http://{}/agent", elsewhere.receiver.address);
    cloud.receiver.always(Some(Fault::Status(301, vec![("location", to.clone())], String::new())));
    let agent = Agent::start(&agent(&cloud, &devices, &json!({})));
    let error = trouble(&agent);
    assert!(error.contains("redirects") && error.contains(&to), "{error}");
    cloud.until("it is tried again", |log| log.requests.len() > 1);
    assert_eq!(elsewhere.receiver.log().requests.len(), 0);
}

#[test]
fn https_proxy_is_asked_for_a_tunnel_and_sees_no_token() {
    let authority = Authority::new();
    let server = authority.server(&["receiver.invalid"], false);
    let (cloud, devices) = (Cloud::with_tls(server), devices());
    let (url, mut told) = cloud.run(proxy("HTTP/1.1 200 OK\r\n\r\n"));
    let endpoint = format!("wss://receiver.invalid:{}/agent", cloud.receiver.address.port());
    let config = agent(&cloud, &devices, &json!({ "endpoint": endpoint, "ca_file": "ca.pem" }));
    let agent = with_authority(&config, &authority.pem, &[("HTTPS_PROXY", &url)]);
    cloud.until("readings", |log| has_snapshots(log, 1)).check();
    let head = told.try_recv().unwrap();
    assert!(head.starts_with("CONNECT receiver.invalid:") && head.contains("Proxy-Authorization: Basic "), "{head}");
    assert!(!head.contains("planted-uplink-token"), "{head}");
    assert!(!agent.log().contains(":secret@"), "{}", agent.log());
}

#[test]
fn a_proxy_that_refuses_is_told_in_words_without_its_password() {
    for (status, answer) in [
        ("407", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
        ("502", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let (cloud, devices) = (Cloud::start(), devices());
        let (url, _told) = cloud.run(proxy(answer));
        let config = agent(&cloud, &devices, &json!({ "endpoint": "wss://receiver.invalid/agent" }));
        let agent = Agent::start_with(&at_free_port(&config).to_string(), &[("HTTPS_PROXY", &url)]);
        let error = trouble(&agent);
        assert!(error.contains("proxy") && !error.contains("secret"), "{status}: {error}");
        assert!(!agent.log().contains("secret"), "{}", agent.log());
    }
}
