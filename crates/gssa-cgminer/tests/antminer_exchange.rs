//! What is asked of an Antminer and when: on 4028, and through its web interface with a digest login.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::time::Duration;

use gssa_cgminer::{Collector, Credentials, HttpError, Kind, Options, Page, Web};
use gssa_model::{Collector as _, FailureReason, HashingState, MinerSnapshot};
use gssa_testkit::fixtures;
use tokio::net::TcpListener;

mod antminer_support;
use antminer_support as support;
#[path = "antminer_exchange/machine.rs"]
mod machine;
use machine::Machine;

fn login(password: &str) -> Credentials {
    Credentials { username: "root".to_owned(), password: password.to_owned() }
}

fn web(port: u16, credentials: impl Into<Option<Credentials>>) -> Web {
    Web::new(&"127.0.0.1:4028".parse().unwrap(), port, credentials.into())
}

fn collector(kind: Kind, api_port: u16, http_port: u16, credentials: impl Into<Option<Credentials>>) -> Collector {
    let options = Options { timeout: Duration::from_secs(5), http_port, credentials: credentials.into() };
    Collector::new("rig".parse().unwrap(), &format!("127.0.0.1:{api_port}").parse().unwrap(), kind, options).unwrap()
}

async fn collect(collector: &Collector) -> MinerSnapshot {
    collector.collect().await.unwrap().as_miner().unwrap().clone()
}

/// A port where nobody listens.
async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

const DEADLINE: Duration = Duration::from_secs(5);
const INFO: &str =
    r#"{"minertype":"Antminer S21","macaddr":"02:00:00:00:00:0E","hostname":"antMiner","serinum":"SNEXAMPLE0000004"}"#;
const INFO_PATH: &str = "/cgi-bin/get_system_info.cgi";
const CONF_PATH: &str = "/cgi-bin/get_miner_conf.cgi";

#[tokio::test]
async fn a_nonce_is_used_until_the_server_wants_another() {
    let machine = Machine::default().with_page(INFO_PATH, INFO);
    let web = web(machine.web().await, login("example-password"));
    for expected in [2, 1, 1] {
        web.fetch(Page::SystemInfo, DEADLINE).await.unwrap();
        assert_eq!(machine.take_asked().len(), expected, "requests for one page");
    }
    for says_stale in [true, false] {
        machine.let_nonce_expire(says_stale);
        web.fetch(Page::SystemInfo, DEADLINE).await.unwrap();
        assert_eq!(machine.take_asked().len(), 2, "one answer 401 in between");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_missing_one() {
    let machine = Machine::default().with_page(INFO_PATH, INFO);
    let port = machine.web().await;
    let reason = async |credentials: Option<Credentials>| {
        web(port, credentials).fetch(Page::SystemInfo, DEADLINE).await.unwrap_err().reason()
    };
    assert_eq!(reason(None).await, FailureReason::PasswordNeeded);
    assert_eq!(machine.take_asked().len(), 1);
    assert_eq!(reason(Some(login("wrong"))).await, FailureReason::PasswordWrong);
    assert_eq!(machine.take_asked().len(), 2, "a password is tried once");
}

#[tokio::test]
async fn a_password_that_was_changed_is_not_tried_twice() {
    let machine = Machine::default().with_page(INFO_PATH, INFO);
    let web = web(machine.web().await, login("example-password"));
    web.fetch(Page::SystemInfo, DEADLINE).await.unwrap();
    machine.take_asked();
    machine.change_password("another-password");
    let error = web.fetch(Page::SystemInfo, DEADLINE).await.unwrap_err();
    assert_eq!(
        (error.reason(), machine.take_asked().len()),
        (FailureReason::PasswordWrong, 1),
        "the nonce is still good"
    );
}

#[tokio::test]
async fn a_login_of_another_kind_and_other_answers_are_errors() {
    let mut server = mockito::Server::new_async().await;
    let challenge = r#"Digest realm="a", nonce="1", algorithm=SHA-256, qop="auth""#;
    server.mock("GET", INFO_PATH).with_status(401).with_header("www-authenticate", challenge).create_async().await;
    server.mock("GET", CONF_PATH).with_status(404).create_async().await;
    let failed = "Socket connect failed: Connection refused\n";
    server.mock("GET", "/cgi-bin/stats.cgi").with_body(failed).create_async().await;
    server.mock("GET", "/cgi-bin/pools.cgi").with_body("<html>").create_async().await;
    let port = server.socket_address().port();
    let web = web(port, login("example-password"));
    assert!(matches!(web.fetch(Page::SystemInfo, DEADLINE).await, Err(HttpError::OtherLogin)));
    assert!(matches!(web.fetch(Page::MinerConf, DEADLINE).await, Err(HttpError::Status { status: 404, .. })));
    assert_eq!(web.fetch(Page::Stats, DEADLINE).await.unwrap_err().reason(), FailureReason::Busy);
    assert_eq!(web.fetch(Page::Pools, DEADLINE).await.unwrap_err().reason(), FailureReason::NotAMiner);
}

#[tokio::test]
async fn the_second_layout_is_found_once_and_asked_in_one_request() {
    let machine = Machine::of_fixture("s21/2024").with_new_api();
    let collector = collector(Kind::Auto, machine.api().await, closed_port().await, None);
    let first = collect(&collector).await;
    assert_eq!(machine.take_asked(), ["version", "stats new", "[summary pools]"]);
    let second = collect(&collector).await;
    assert_eq!(machine.take_asked(), ["[stats summary pools]"]);
    assert_eq!(first, second);
    assert_eq!((first.boards.len(), first.pools.len()), (3, 2));
}

#[tokio::test]
async fn the_second_layout_is_asked_word_by_word_where_lists_are_not_known() {
    let machine = Machine::of_fixture("s21/2024").with_new_api();
    machine.refuse_lists();
    let collector = collector(Kind::Antminer, machine.api().await, closed_port().await, None);
    collect(&collector).await;
    assert_eq!(machine.take_asked(), ["version", "stats new", "[summary pools]", "summary new", "pools new"]);
    let snapshot = collect(&collector).await;
    assert_eq!(machine.take_asked(), ["stats new", "summary new", "pools new"]);
    assert_eq!(snapshot.pools.len(), 2);
}

#[tokio::test]
async fn a_machine_that_ignores_the_flag_has_answered_stats_already() {
    let machine = Machine::of_fixture("s19j-pro/2021");
    let collector = collector(Kind::Auto, machine.api().await, closed_port().await, None);
    let snapshot = collect(&collector).await;
    assert_eq!(machine.take_asked(), ["version", "stats new", "summary", "pools"]);
    assert_eq!(snapshot.hashing.state, Some(HashingState::Mining));
    collect(&collector).await;
    assert_eq!(machine.take_asked(), ["stats", "summary", "pools"]);
}

#[tokio::test]
async fn without_credentials_the_web_interface_is_left_alone() {
    let machine = Machine::of_fixture("s19/2020-asleep").with_page(INFO_PATH, INFO);
    let collector = collector(Kind::Antminer, machine.api().await, machine.web().await, None);
    let snapshot = collect(&collector).await;
    assert_eq!((snapshot.hashing.state, snapshot.identity.mac), (None, None));
    assert!(!machine.take_asked().iter().any(|asked| asked.starts_with('/')));
}

#[tokio::test]
async fn who_it_is_is_asked_once_and_its_settings_while_it_does_not_hash() {
    let machine = Machine::of_fixture("s19/2020-asleep").with_page(INFO_PATH, INFO).with_page(
        CONF_PATH,
        r#"{"pools":[{"url":"p","user":"u","pass":"example-pool-password"}],"bitmain-work-mode":"1"}"#,
    );
    let collector = collector(Kind::Antminer, machine.api().await, machine.web().await, login("example-password"));
    for round in 0..3 {
        let snapshot = collect(&collector).await;
        assert_eq!(snapshot.hashing.state, Some(HashingState::Paused));
        assert_eq!(snapshot.identity.serial.as_deref(), Some("SNEXAMPLE0000004"));
        assert!(!format!("{snapshot:?} {collector:?}").contains("example-p"));
        let asked = machine.take_asked();
        let times = |path: &str| asked.iter().filter(|asked| *asked == path).count();
        assert_eq!((times(INFO_PATH), times(CONF_PATH)), if round == 0 { (1, 2) } else { (0, 1) }, "{asked:?}");
    }
}

#[tokio::test]
async fn a_refused_login_beside_an_open_api_is_a_gap_and_not_tried_for_ever() {
    let machine = Machine::of_fixture("s19j-pro/2021").with_page(INFO_PATH, INFO);
    let collector = collector(Kind::Antminer, machine.api().await, machine.web().await, login("wrong"));
    let mut tried = 0;
    for _ in 0..10 {
        let snapshot = collect(&collector).await;
        let gap = snapshot.gaps.iter().find(|gap| gap.field == INFO_PATH).unwrap();
        assert_eq!((gap.found.as_str(), snapshot.hashing.state), ("password_wrong", Some(HashingState::Mining)));
        tried += machine.take_asked().iter().filter(|asked| *asked == INFO_PATH).count();
    }
    assert_eq!(tried, 4, "two logins of two requests");
}

#[tokio::test]
async fn a_closed_api_is_read_through_the_web_interface() {
    let machine = Machine::default().with_page(INFO_PATH, INFO);
    for (path, name) in
        [("/cgi-bin/stats.cgi", "stats"), ("/cgi-bin/summary.cgi", "summary"), ("/cgi-bin/pools.cgi", "pools")]
    {
        let body = support::file(&fixtures::root().join(support::FAMILY).join("s21/2024"), name).unwrap();
        machine.put_page(path, body);
    }
    let collector = collector(Kind::Antminer, closed_port().await, machine.web().await, login("example-password"));
    let snapshot = collect(&collector).await;
    assert_eq!(snapshot.hashing.state, Some(HashingState::Mining));
    assert_eq!((snapshot.boards.len(), snapshot.identity.hostname.as_deref()), (3, Some("antMiner")));
    assert_eq!(snapshot.gaps, []);
}

#[tokio::test]
async fn a_machine_whose_program_is_stopped_is_asleep_by_its_settings() {
    let failed = "Socket connect failed: Connection refused\n";
    let machine = Machine::default()
        .with_page(INFO_PATH, INFO)
        .with_page(CONF_PATH, r#"{"bitmain-work-mode":1}"#)
        .with_page("/cgi-bin/stats.cgi", failed);
    let (api, web) = (closed_port().await, machine.web().await);
    let asleep = collect(&collector(Kind::Antminer, api, web, login("example-password"))).await;
    assert_eq!(
        (asleep.hashing.state, asleep.identity.model.as_deref()),
        (Some(HashingState::Paused), Some("Antminer S21"))
    );
    let awake = machine.with_page(CONF_PATH, r#"{"bitmain-work-mode":0}"#);
    let error = collector(Kind::Antminer, api, web, login("example-password")).collect().await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionRefused, "{error}");
    drop(awake);
}

#[tokio::test]
async fn a_closed_api_behind_a_login_says_what_is_needed() {
    let machine = Machine::default().with_page("/cgi-bin/stats.cgi", "{}");
    let (api, web) = (closed_port().await, machine.web().await);
    let reason = async |credentials: Option<Credentials>| {
        collector(Kind::Antminer, api, web, credentials).collect().await.unwrap_err().reason()
    };
    assert_eq!(reason(None).await, FailureReason::PasswordNeeded);
    assert_eq!(reason(Some(login("wrong"))).await, FailureReason::PasswordWrong);
    let wrong = collector(Kind::Antminer, api, web, login("wrong"));
    machine.take_asked();
    for _ in 0..10 {
        let error = wrong.collect().await.unwrap_err();
        assert_eq!(error.reason(), FailureReason::PasswordWrong, "also while it is not tried");
    }
    assert_eq!(machine.take_asked().len(), 4, "two logins of two requests");
    let error = collector(Kind::Auto, api, web, None).collect().await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionRefused, "nothing says that it is an Antminer");
}
