//! What lies between: names, ports, certificates, proxies.

use std::time::Duration;

use gssa_http::Trust;
use gssa_uplink::client::Proxies;
use gssa_uplink::session::{Reason, State};
use tokio::net::TcpListener;
use tokio_rustls::rustls::ServerConfig;

use crate::between::proxy;
use crate::certificates::Authority;
use crate::receiver::Receiver;
use crate::support::Bench;

/// A server's side of TLS for `127.0.0.1`, and who vouches for it.
fn tls(is_expired: bool) -> (ServerConfig, Trust) {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, &authority.pem).unwrap();
    (authority.server(&["127.0.0.1"], is_expired), Trust::ca_file(&path).unwrap())
}

async fn trouble(bench: &mut Bench) -> (Reason, String) {
    let report = bench.until("trouble", |report| report.status.trouble.is_some()).await;
    assert_eq!(report.status.state, State::Trouble);
    let trouble = report.status.trouble.unwrap();
    (trouble.reason, trouble.text)
}

#[tokio::test]
async fn over_tls_everything_arrives_by_both_carriers() {
    for scheme in ["wss", "https"] {
        let (config, trust) = tls(false);
        let receiver = Receiver::with_tls(Some(config)).await;
        let bench = Bench::with(&format!("{scheme}://{}/agent", receiver.address), trust, Proxies::none());
        for n in 0..50 {
            bench.report_of("a", n, Duration::ZERO);
        }
        receiver.until("everything", |log| log.stored() == 50).await.check();
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_good_is_told_in_words() {
    let (expired, trust) = tls(true);
    let receiver = Receiver::with_tls(Some(expired)).await;
    let mut bench = Bench::with(&format!("wss://{}", receiver.address), trust, Proxies::none());
    let (reason, text) = trouble(&mut bench).await;
    assert!(reason == Reason::Tls && text.contains("its certificate has expired"), "{text}");

    let (other, trust) = (tls(false).0, tls(false).1);
    let receiver = Receiver::with_tls(Some(other)).await;
    let mut bench = Bench::with(&format!("wss://{}", receiver.address), trust, Proxies::none());
    let (_, text) = trouble(&mut bench).await;
    assert!(text.contains("CA file"), "{text}");

    let receiver = Receiver::new().await;
    let mut bench = Bench::new(&format!("wss://{}", receiver.address));
    let (_, text) = trouble(&mut bench).await;
    assert!(text.contains("does not speak TLS"), "{text}");
    assert_eq!(receiver.log().requests.len(), 0, "nothing is said to one that is not sure");
}

#[tokio::test]
async fn nobody_there_is_told_in_words() {
    let mut bench = Bench::new("wss://no-such-name.invalid/agent");
    let (reason, text) = trouble(&mut bench).await;
    assert!(reason == Reason::Unreachable && text.contains("no-such-name.invalid") && text.contains("DNS"), "{text}");

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut bench = Bench::new(&format!("ws://{closed}/"));
    let (reason, text) = trouble(&mut bench).await;
    assert!(reason == Reason::Unreachable && text.contains("connection refused"), "{text}");
}

#[tokio::test]
async fn a_receiver_that_comes_later_gets_everything() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut bench = Bench::new(&format!("ws://{address}/"));
    for n in 0..20 {
        bench.report_of("a", n, Duration::ZERO);
    }
    trouble(&mut bench).await;
    let receiver = Receiver::at(TcpListener::bind(address).await.unwrap(), None);
    receiver.until("everything", |log| log.stored() == 20).await.check();
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_the_name_is_left_to_it() {
    let receiver = Receiver::new().await;
    let (url, mut told) = proxy("HTTP/1.1 200 OK\r\n\r\n").await;
    let endpoint = format!("ws://receiver.invalid:{}/agent", receiver.address.port());
    let bench = Bench::with(&endpoint, Trust::system(), Proxies::all(&url, ""));
    bench.report_of("a", 1, Duration::ZERO);
    receiver.until("everything", |log| log.stored() == 1).await;
    let head = told.recv().await.unwrap();
    assert!(head.starts_with(&format!("CONNECT receiver.invalid:{} HTTP/1.1\r\n", receiver.address.port())), "{head}");
    assert!(head.contains("Proxy-Authorization: Basic "), "{head}");
    assert!(!head.contains("Bearer"), "the token is not for the proxy");
}

#[tokio::test]
async fn a_proxy_that_says_no_is_told_and_exceptions_go_past_it() {
    let (url, _told) = proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    let mut bench = Bench::with("wss://receiver.invalid/agent", Trust::system(), Proxies::all(&url, ""));
    let (reason, text) = trouble(&mut bench).await;
    assert!(reason == Reason::Unreachable && text.contains("proxy") && !text.contains("secret"), "{text}");

    let mut bench =
        Bench::with("wss://receiver.invalid/agent", Trust::system(), Proxies::all(&url, "receiver.invalid"));
    let (_, text) = trouble(&mut bench).await;
    assert!(text.contains("DNS"), "it was looked up here: {text}");
}
