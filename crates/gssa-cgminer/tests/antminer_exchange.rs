//! What is asked of an Antminer and when: on 4028, and through its web interface with a digest login.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gssa_cgminer::{Collector, Credentials, HttpError, Kind, Options, Page, Web};
use gssa_model::{Collector as _, FailureReason, HashingState, MinerSnapshot};
use gssa_testkit::fixtures;
use md5::{Digest as _, Md5};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

mod antminer_support;
use antminer_support as support;

const REALM: &str = "antMiner Configuration";

/// A machine of our own making on loopback. It shares no code with the client.
#[derive(Clone, Default)]
struct Machine(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// Replies by what was asked: the command, or the words of the second layout with `+` between them.
    replies: BTreeMap<String, Vec<u8>>,
    pages: BTreeMap<&'static str, Vec<u8>>,
    /// The nonce that is taken, and whether another one is called stale.
    nonce: u32,
    uses_left: u32,
    says_stale: bool,
    password: &'static str,
    asked: Vec<String>,
}

impl Machine {
    fn of_fixture(name: &str) -> Self {
        let folder = fixtures::root().join(support::FAMILY).join(name);
        let machine = Self::default();
        for name in support::names(&folder) {
            let bytes = support::file(&folder, &name).unwrap();
            machine.0.lock().unwrap().replies.insert(name, bytes);
        }
        machine
    }

    /// The replies of the second layout answer `new_api` only.
    fn with_new_api(self) -> Self {
        let mut inner = self.0.lock().unwrap();
        for word in ["stats", "summary", "pools"] {
            if let Some(reply) = inner.replies.remove(word) {
                inner.replies.insert(format!("{word} new"), reply);
            }
        }
        drop(inner);
        self
    }

    fn with_page(self, path: &'static str, body: &str) -> Self {
        self.0.lock().unwrap().pages.insert(path, body.as_bytes().to_vec());
        self
    }

    fn let_nonce_expire(&self, says_stale: bool) {
        let mut inner = self.0.lock().unwrap();
        (inner.uses_left, inner.says_stale) = (0, says_stale);
    }

    fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    /// Listens on 4028 or what stands for it.
    async fn api(&self) -> u16 {
        self.serve(Self::answer_api).await
    }

    async fn web(&self) -> u16 {
        {
            let mut inner = self.0.lock().unwrap();
            (inner.uses_left, inner.password) = (u32::MAX, "example-password");
        }
        self.serve(Self::answer_web).await
    }

    async fn serve(&self, answer: fn(&Self, &str) -> Vec<u8>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let machine = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                machine.one(stream, answer).await;
            }
        });
        port
    }

    async fn one(&self, mut stream: TcpStream, answer: fn(&Self, &str) -> Vec<u8>) {
        let mut request = vec![0; 4095];
        let Ok(count) = stream.read(&mut request).await else { return };
        let request = String::from_utf8_lossy(&request[..count]).into_owned();
        let answer = answer(self, &request);
        let _ = stream.write_all(&answer).await;
    }

    fn answer_api(&self, request: &str) -> Vec<u8> {
        let request: serde_json::Value = serde_json::from_str(request).unwrap();
        let is_new = request["new_api"] == true;
        let mut inner = self.0.lock().unwrap();
        let key = |word: &str| if is_new { format!("{word} new") } else { word.to_owned() };
        let error = br#"{"STATUS":[{"STATUS":"E","When":1,"Code":14,"Msg":"Invalid command","Description":"cgminer 1.0.0"}],"id":1}"#;
        let mut reply = if let Some(words) = request["command"].as_array() {
            let words: Vec<&str> = words.iter().filter_map(serde_json::Value::as_str).collect();
            inner.asked.push(format!("[{}]", words.join(" ")));
            if inner.replies.contains_key("no lists") {
                error.to_vec()
            } else {
                let member = |word: &&str| {
                    Some(format!("\"{word}\":{}", String::from_utf8_lossy(inner.replies.get(&key(word))?)))
                };
                format!("{{{}}}", words.iter().filter_map(member).collect::<Vec<_>>().join(",")).into_bytes()
            }
        } else {
            let word = request["command"].as_str().unwrap();
            inner.asked.push(key(word));
            // Who does not know the flag ignores it.
            let has_new = inner.replies.keys().any(|key| key.ends_with(" new"));
            let key = if has_new { key(word) } else { word.to_owned() };
            inner.replies.get(&key).cloned().unwrap_or_else(|| error.to_vec())
        };
        reply.push(0);
        reply
    }

    fn answer_web(&self, request: &str) -> Vec<u8> {
        let path = request.split(' ').nth(1).unwrap().to_owned();
        let mut inner = self.0.lock().unwrap();
        inner.asked.push(path.clone());
        assert!(request.starts_with("GET "), "only reads: {request}");
        if inner.accepts(request, &path) {
            inner.uses_left -= 1;
            return match inner.pages.get(path.as_str()) {
                // Without a Content-Type and with blank lines before the body, as Bitmain's scripts answer.
                Some(body) => [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\n\n", &body[..]].concat(),
                None => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
            };
        }
        if inner.uses_left == 0 {
            (inner.nonce, inner.uses_left) = (inner.nonce + 1, u32::MAX);
        }
        let stale = if inner.says_stale { ", stale=true" } else { "" };
        let challenge = format!(r#"Digest realm="{REALM}", nonce="{:x}", qop="auth"{stale}"#, inner.nonce);
        format!("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n401")
            .into_bytes()
    }
}

impl Inner {
    fn accepts(&self, request: &str, path: &str) -> bool {
        let Some(header) = request.lines().find_map(|line| line.strip_prefix("authorization: Digest ")) else {
            return false;
        };
        let given = |name: &str| {
            let rest = header.split_once(&format!("{name}="))?.1;
            Some(rest.trim_start_matches('"').split(['"', ',']).next()?.to_owned())
        };
        let md5 = |text: String| {
            Md5::digest(text).iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
        };
        let nonce = format!("{:x}", self.nonce);
        let secret = md5(format!("root:{REALM}:{}", self.password));
        let request = md5(format!("GET:{path}"));
        let (count, client) = (given("nc").unwrap(), given("cnonce").unwrap());
        let wanted = md5(format!("{secret}:{nonce}:{count}:{client}:auth:{request}"));
        self.uses_left > 0 && given("nonce") == Some(nonce) && given("response") == Some(wanted)
    }
}

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
    machine.0.lock().unwrap().password = "another-password";
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
    machine.0.lock().unwrap().replies.insert("no lists".to_owned(), Vec::new());
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
        machine.0.lock().unwrap().pages.insert(path, body);
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
