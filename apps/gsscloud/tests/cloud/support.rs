//! A receiver in this process, and an agent that does as it is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use gssa_uplink::pack::{Packed, Packer, pack, unpack, unpack_gzip};
use gssa_uplink::wire::{Batch, Body, Epoch, FromAgent, FromReceiver, Hello, Item, Program, Seq, Welcome};
use gsscloud::cloud::Cloud;
use gsscloud::config::Config;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;

/// Everything here ends within this, or something is wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Bench {
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) address: SocketAddr,
    pub(crate) dir: tempfile::TempDir,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(json!({})).await
    }

    /// With this configuration, in a new folder.
    pub(crate) async fn with(config: Value) -> Self {
        Self::at(tempfile::tempdir().unwrap(), config).await
    }

    /// The same, in a folder that may have a log.
    pub(crate) async fn at(dir: tempfile::TempDir, mut config: Value) -> Self {
        config["storage"]["dir"] = json!(dir.path());
        config["server"]["listen"] = json!("127.0.0.1:0");
        if config["server"]["drain_secs"].is_null() {
            config["server"]["drain_secs"] = json!(0);
        }
        let config = Config::load(None, &config).unwrap();
        let (cloud, address) = Cloud::start(config).await.unwrap();
        Self { cloud, address, dir }
    }

    /// Enrols an agent and gives its token.
    pub(crate) async fn enrol(&self, name: &str) -> String {
        self.cloud.registry.add_agent(name).await.unwrap().token
    }

    pub(crate) async fn connect(&self, token: &str) -> Result<Agent, u16> {
        Agent::connect(self.address, token).await
    }

    /// Ends it and gives the folder.
    pub(crate) async fn stop(self) -> tempfile::TempDir {
        self.cloud.stop().await;
        self.dir
    }
}

/// An agent's end of a WebSocket.
pub(crate) struct Agent {
    socket: WebSocketStream<TcpStream>,
    /// Where its messages are one stream.
    packer: Option<Packer>,
}

pub(crate) fn request(address: SocketAddr, token: &str) -> Request {
    let mut request = format!("ws://{address}/agent").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    headers.insert("sec-websocket-protocol", "gssa.uplink.v1".parse().unwrap());
    request
}

impl Agent {
    /// Connects, or gives the status of the refusal.
    pub(crate) async fn connect(address: SocketAddr, token: &str) -> Result<Self, u16> {
        Self::connect_by(address, request(address, token)).await
    }

    pub(crate) async fn connect_by(address: SocketAddr, request: Request) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).await.unwrap();
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, response)) => {
                let chosen = response.headers()["sec-websocket-protocol"].to_str().unwrap();
                let packer = (chosen == gssa_uplink::SUBPROTOCOL_STREAM).then(Packer::default);
                Ok(Self { socket, packer })
            }
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Connects to something that may just be gone.
    pub(crate) async fn try_connect(address: SocketAddr, token: &str) -> Result<Self, ()> {
        let stream = TcpStream::connect(address).await.map_err(drop)?;
        let (socket, _) = tokio_tungstenite::client_async(request(address, token), stream).await.map_err(drop)?;
        Ok(Self { socket, packer: None })
    }

    /// Says hello to something that may just be gone; gives what is stored.
    pub(crate) async fn try_hello(&mut self, epoch: &Epoch, next: Seq) -> Result<Seq, ()> {
        self.try_say(&FromAgent::Hello(hello(epoch, next))).await?;
        match self.hear().await {
            Ok(FromReceiver::Welcome(welcome)) => Ok(welcome.stored),
            _ => Err(()),
        }
    }

    pub(crate) async fn try_say(&mut self, message: &FromAgent) -> Result<(), ()> {
        let message = match pack(message) {
            Packed::Plain(text) => Message::text(text),
            Packed::Gzip(bytes) => Message::binary(bytes),
        };
        self.socket.send(message).await.map_err(drop)
    }

    pub(crate) async fn say(&mut self, message: &FromAgent) {
        if let Some(packer) = &mut self.packer {
            let part = Message::binary(packer.pack(message));
            return self.raw(part).await;
        }
        let message = match pack(message) {
            Packed::Plain(text) => Message::text(text),
            Packed::Gzip(bytes) => Message::binary(bytes),
        };
        self.raw(message).await;
    }

    pub(crate) async fn raw(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// The next message, or the code of the close.
    pub(crate) async fn hear(&mut self) -> Result<FromReceiver, u16> {
        tokio::time::timeout(PATIENCE, async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(unpack(text.as_bytes()).unwrap()),
                    Some(Ok(Message::Binary(bytes))) => return Ok(unpack_gzip(&bytes, 1 << 20).unwrap()),
                    Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Err(1006),
                }
            }
        })
        .await
        .expect("an answer in time")
    }

    /// Says hello and gives the answer.
    pub(crate) async fn hello(&mut self, epoch: &Epoch, next: Seq) -> Welcome {
        self.say(&FromAgent::Hello(hello(epoch, next))).await;
        match self.hear().await {
            Ok(FromReceiver::Welcome(welcome)) => welcome,
            other => panic!("{other:?}"),
        }
    }

    /// Sends reports of these numbers and waits for their acknowledgement.
    pub(crate) async fn deliver(&mut self, source: &str, first: Seq, last: Seq) {
        self.say(&FromAgent::Batch(batch(source, first, last))).await;
        self.acknowledged(last).await;
    }

    pub(crate) async fn acknowledged(&mut self, wanted: Seq) {
        loop {
            match self.hear().await {
                Ok(FromReceiver::Ack { stored }) if stored >= wanted => return,
                Ok(FromReceiver::Ack { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

pub(crate) fn hello(epoch: &Epoch, next: Seq) -> Hello {
    let now = gsscloud::clock::now();
    Hello {
        protocols: vec![gssa_uplink::PROTOCOL.into()],
        agent: Program { name: "gssa".into(), version: "0.1.0".into(), site: Some("garage".into()) },
        epoch: epoch.clone(),
        started_at: now,
        clock: now,
        first_kept: 1,
        next,
    }
}

pub(crate) fn report(source: &str, seq: Seq) -> Value {
    json!({
        "reading": {
            "schema": "gssa.reading/1",
            "source": { "id": source, "name": source, "kind": "axeos", "address": "", "tags": [] },
            "observed_at": gsscloud::clock::now(),
            "took_ms": 41,
            "health": "up",
            "state": "hashing",
            "snapshot_at": gsscloud::clock::now(),
            "snapshot": { "kind": "miner", "hashing": { "current_hps": 1.0e12 + seq as f64 } },
        },
        "findings": [],
    })
}

pub(crate) fn batch(source: &str, first: Seq, last: Seq) -> Batch {
    let items = (first..=last).map(|seq| Item {
        seq: None,
        age_ms: 10,
        body: Body::Report { source_id: source.parse().unwrap(), report: report(source, seq) },
    });
    Batch { first, last, items: items.collect(), gaps: Vec::new() }
}

pub(crate) fn epoch(n: u128) -> Epoch {
    Epoch::from_random(n)
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(tokio::time::Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Sends a letter; gives status and body.
pub(crate) async fn post(address: SocketAddr, token: &str, letter: &Value) -> (u16, Value) {
    let request = http::Request::post("/agent").header("authorization", format!("Bearer {token}"));
    let (status, _, body) = exchange(address, request, Some(letter)).await;
    (status, body)
}

/// One request; gives status, headers and body.
pub(crate) async fn exchange(
    address: SocketAddr,
    request: http::request::Builder,
    body: Option<&Value>,
) -> (u16, http::HeaderMap, Value) {
    let response = send(address, request, body).await;
    let (head, body) = response.into_parts();
    let body = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
    (head.status.as_u16(), head.headers, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// One request; gives the answer as it begins.
pub(crate) async fn send(
    address: SocketAddr,
    request: http::request::Builder,
    body: Option<&Value>,
) -> http::Response<hyper::body::Incoming> {
    let text = body.map(Value::to_string).unwrap_or_default();
    let is_named = request.headers_ref().is_some_and(|headers| headers.contains_key("host"));
    let request = if is_named { request } else { request.header("host", address.to_string()) };
    let request = request
        .header("content-type", "application/json")
        .body(http_body_util::Full::new(bytes::Bytes::from(text)))
        .unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender.send_request(request).await.unwrap()
}

/// Somebody with a browser.
pub(crate) struct Person {
    pub(crate) address: SocketAddr,
    pub(crate) cookie: Option<String>,
}

impl Person {
    pub(crate) const fn nobody(address: SocketAddr) -> Self {
        Self { address, cookie: None }
    }

    /// Logs in, or gives the status of the refusal.
    pub(crate) async fn log_in(address: SocketAddr, user: &str, password: &str) -> Result<Self, u16> {
        let login = json!({ "user": user, "password": password });
        let request = http::Request::post("/api/v1/session").header("origin", format!("http://{address}"));
        let (status, headers, _) = exchange(address, request, Some(&login)).await;
        if status != 200 {
            return Err(status);
        }
        let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Ok(Self { address, cookie: Some(cookie) })
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let request = http::Request::builder().method(method).uri(path);
        let request = request.header("origin", format!("http://{}", self.address));
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let (status, _, body) = exchange(self.address, self.request(method, path), body).await;
        (status, body)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Reads a stream until `is_it`.
    pub(crate) async fn stream_until(&self, path: &str, is_it: impl Fn(&str) -> bool) -> String {
        let mut body = send(self.address, self.request("GET", path), None).await.into_body();
        let mut text = String::new();
        let reading = async {
            while !is_it(&text) {
                let frame = http_body_util::BodyExt::frame(&mut body).await.expect("the stream goes on").unwrap();
                text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("it comes in time");
        text
    }
}

impl Bench {
    /// Adds somebody and logs them in.
    pub(crate) async fn person(&self, name: &str, is_admin: bool) -> Person {
        self.cloud.registry.add_user(name, PASSWORD.into(), is_admin).await.unwrap();
        Person::log_in(self.address, name, PASSWORD).await.unwrap()
    }
}

pub(crate) const PASSWORD: &str = "correct horse";
