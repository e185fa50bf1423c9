//! An Antminer of our own making on loopback: port 4028, and the web interface with its digest login. It shares no code with the client.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use gssa_testkit::fixtures;
use md5::{Digest as _, Md5};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support;

const REALM: &str = "antMiner Configuration";

/// The machine; clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Machine(Arc<Mutex<Inner>>);

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
    pub(crate) fn of_fixture(name: &str) -> Self {
        let folder = fixtures::root().join(support::FAMILY).join(name);
        let machine = Self::default();
        for name in support::names(&folder) {
            let bytes = support::file(&folder, &name).unwrap();
            machine.0.lock().unwrap().replies.insert(name, bytes);
        }
        machine
    }

    /// The replies of the second layout answer `new_api` only.
    pub(crate) fn with_new_api(self) -> Self {
        let mut inner = self.0.lock().unwrap();
        for word in ["stats", "summary", "pools"] {
            if let Some(reply) = inner.replies.remove(word) {
                inner.replies.insert(format!("{word} new"), reply);
            }
        }
        drop(inner);
        self
    }

    pub(crate) fn with_page(self, path: &'static str, body: &str) -> Self {
        self.put_page(path, body.as_bytes().to_vec());
        self
    }

    pub(crate) fn put_page(&self, path: &'static str, body: Vec<u8>) {
        self.0.lock().unwrap().pages.insert(path, body);
    }

    /// It knows no list of commands.
    pub(crate) fn refuse_lists(&self) {
        self.0.lock().unwrap().replies.insert("no lists".to_owned(), Vec::new());
    }

    pub(crate) fn change_password(&self, password: &'static str) {
        self.0.lock().unwrap().password = password;
    }

    pub(crate) fn let_nonce_expire(&self, says_stale: bool) {
        let mut inner = self.0.lock().unwrap();
        (inner.uses_left, inner.says_stale) = (0, says_stale);
    }

    pub(crate) fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    /// Listens on 4028 or what stands for it.
    pub(crate) async fn api(&self) -> u16 {
        self.serve(Self::answer_api).await
    }

    pub(crate) async fn web(&self) -> u16 {
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
