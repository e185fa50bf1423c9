//! A receiver for tests: both doors of the protocol over the receiver's core, with a log in memory, and faults on demand.
#![allow(dead_code, unreachable_pub, reason = "each of the tests that share this file uses a part of it")]

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use gssa_model::Timestamp;
use gssa_uplink::pack;
use gssa_uplink::receiver::{Action, Append, Connection, Content, Rejection};
use gssa_uplink::wire::{
    FromAgent, FromReceiver, Hello, Letter, Limits, Program, Refused, RefusedReason, Seq, Welcome,
};
use gssa_uplink::{PROTOCOL, SUBPROTOCOL};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

/// What a receiver does with one connection or POST, in place of what it should.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answers the request with this.
    Status(u16, Vec<(&'static str, String)>, String),
    /// Cuts TCP after so many bytes came, which is in the middle of a message.
    CutAfter(usize),
    /// Takes the connection and says nothing.
    NoUpgrade,
    /// Upgrades, and never says welcome.
    NoWelcome,
    /// Takes everything and acknowledges nothing.
    NoAcks,
    /// Says welcome, and never reads again.
    NeverReads,
    /// Says welcome, takes what comes and answers nothing, not even a ping: half-open.
    HalfOpen,
    /// Says welcome and then this.
    Says(Vec<FromReceiver>),
    /// Says welcome and closes.
    Closes(u16),
    /// Says to have stored so much.
    Stored(Seq),
    /// Its clock goes so far before ours, in milliseconds.
    Clock(i64),
    /// Has no differences: refuses everything but whole reports.
    ForgetsBases,
}

/// What came.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// Method, path and headers of each request.
    pub requests: Vec<(String, String, BTreeMap<String, String>)>,
    pub hellos: Vec<Hello>,
    /// By epoch: what is stored, in order.
    pub epochs: BTreeMap<String, Epoch>,
    /// The text of every message as it was unpacked.
    pub messages: Vec<String>,
    pub shown: Vec<(String, String)>,
    pub outcomes: Vec<(String, String)>,
    pub refusals: usize,
    /// How each connection ended: the code of the close, if there was one.
    pub ends: Vec<Option<u16>>,
}

#[derive(Debug, Clone, Default)]
pub struct Epoch {
    pub entries: Vec<(Seq, Content)>,
    pub gaps: Vec<gssa_uplink::wire::Gap>,
    pub stored: Seq,
    pub bye: Option<Seq>,
}

impl Log {
    /// The one epoch that there is.
    pub fn epoch(&self) -> &Epoch {
        assert_eq!(self.epochs.len(), 1, "{:?}", self.epochs.keys());
        self.epochs.values().next().unwrap()
    }

    pub fn stored(&self) -> Seq {
        self.epochs.values().map(|epoch| epoch.stored).max().unwrap_or(0)
    }

    /// Checks that nothing is missing and nothing twice.
    pub fn check(&self) {
        for (id, epoch) in &self.epochs {
            let mut all: Vec<Seq> = epoch.entries.iter().map(|(seq, _)| *seq).collect();
            all.extend(epoch.gaps.iter().flat_map(|gap| gap.missing.iter().flat_map(|(first, n)| *first..first + n)));
            all.sort_unstable();
            assert_eq!(all, (1..=epoch.stored).collect::<Vec<_>>(), "epoch {id}");
            assert!(epoch.entries.is_sorted_by_key(|(seq, _)| *seq));
        }
    }
}

#[derive(Debug, Default)]
struct Script {
    faults: VecDeque<Fault>,
    always: Option<Fault>,
    /// Texts of items that are not taken.
    poison: HashSet<String>,
    limits: Limits,
    only_post: bool,
    tokens: Option<HashSet<String>>,
}

/// A receiver that listens on loopback until it is dropped.
#[derive(Debug, Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    log: Arc<watch::Sender<Log>>,
    script: Arc<Mutex<Script>>,
    _stop: Arc<tokio_util::sync::DropGuard>,
}

impl Receiver {
    pub async fn new() -> Self {
        Self::with_tls(None).await
    }

    pub async fn with_tls(tls: Option<ServerConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::at(listener, tls)
    }

    pub fn at(listener: TcpListener, tls: Option<ServerConfig>) -> Self {
        let stop = tokio_util::sync::CancellationToken::new();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            log: Arc::new(watch::Sender::new(Log::default())),
            script: Arc::default(),
            _stop: Arc::new(stop.clone().drop_guard()),
        };
        let shared = Shared { log: receiver.log.clone(), script: receiver.script.clone() };
        let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                tokio::spawn(stop.clone().run_until_cancelled_owned(shared.clone().serve(stream, acceptor.clone())));
            }
        }));
        receiver
    }

    /// The next connections, or POSTs, are treated so.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.script.lock().unwrap().faults.extend(faults);
    }

    /// All of them are, from now on.
    pub fn always(&self, fault: Option<Fault>) {
        self.script.lock().unwrap().always = fault;
    }

    /// Does not take items with this text in them.
    pub fn poison(&self, text: &str) {
        self.script.lock().unwrap().poison.insert(text.to_owned());
    }

    pub fn limits(&self, limits: Limits) {
        self.script.lock().unwrap().limits = limits;
    }

    /// Lets no WebSocket through.
    pub fn only_post(&self, only_post: bool) {
        self.script.lock().unwrap().only_post = only_post;
    }

    /// Takes these tokens and no others.
    pub fn tokens(&self, tokens: &[&str]) {
        self.script.lock().unwrap().tokens = Some(tokens.iter().map(|token| (*token).to_owned()).collect());
    }

    pub fn log(&self) -> Log {
        self.log.borrow().clone()
    }

    /// Waits until what came is so.
    pub async fn until(&self, what: &str, is_so: impl FnMut(&Log) -> bool) -> Log {
        let mut log = self.log.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(20), log.wait_for(is_so)).await;
        match waited {
            Ok(log) => log.unwrap().clone(),
            Err(_) => panic!("{what} did not come about: {:#?}", self.log()),
        }
    }
}

#[derive(Debug, Clone)]
struct Shared {
    log: Arc<watch::Sender<Log>>,
    script: Arc<Mutex<Script>>,
}

type Reply = Response<Full<Bytes>>;

impl Shared {
    fn fault(&self) -> Option<Fault> {
        let mut script = self.script.lock().unwrap();
        script.faults.pop_front().or_else(|| script.always.clone())
    }

    fn note(&self, note: impl FnOnce(&mut Log)) {
        self.log.send_modify(note);
    }

    async fn serve(self, stream: TcpStream, acceptor: Option<TlsAcceptor>) {
        // A cut is one of TCP, so it has to be known before.
        let cut = {
            let mut script = self.script.lock().unwrap();
            match script.faults.front() {
                Some(Fault::CutAfter(bytes)) => {
                    let bytes = *bytes;
                    script.faults.pop_front();
                    Some(bytes)
                }
                _ => None,
            }
        };
        let stream = Cut { stream, left: cut };
        match acceptor {
            None => self.http(stream).await,
            Some(acceptor) => {
                if let Ok(stream) = acceptor.accept(stream).await {
                    self.http(stream).await;
                }
            }
        }
    }

    async fn http<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let service = service_fn(move |request| self.clone().answer(request));
        let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let _ = serving.with_upgrades().await;
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Reply, Infallible> {
        let headers: BTreeMap<String, String> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        let (method, path) = (request.method().to_string(), request.uri().to_string());
        self.note(|log| log.requests.push((method, path, headers.clone())));
        let fault = self.fault();
        if let Some(Fault::Status(status, headers, body)) = &fault {
            return Ok(status_reply(*status, headers, body));
        }
        let token = headers.get("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let is_known = self.script.lock().unwrap().tokens.as_ref().is_none_or(|tokens| tokens.contains(token));
        if !is_known {
            return Ok(status_reply(401, &[], ""));
        }
        if matches!(fault, Some(Fault::NoUpgrade)) {
            return std::future::pending().await;
        }
        let Some(key) = headers.get("sec-websocket-key").cloned() else { return Ok(self.post(request, fault).await) };
        if self.script.lock().unwrap().only_post {
            return Ok(status_reply(400, &[], "no upgrade here"));
        }
        assert_eq!(headers.get("sec-websocket-protocol").map(String::as_str), Some(SUBPROTOCOL));
        tokio::spawn(async move {
            let upgraded = hyper::upgrade::on(request).await.unwrap();
            let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
            let end = self.clone().speak(socket, fault).await;
            self.note(|log| log.ends.push(end));
        });
        let reply = Response::builder()
            .status(101)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-accept", derive_accept_key(key.as_bytes()))
            .header("sec-websocket-protocol", SUBPROTOCOL);
        Ok(reply.body(Full::default()).unwrap())
    }

    /// Speaks over a WebSocket; gives the code that the agent closed with.
    async fn speak<S: AsyncRead + AsyncWrite + Unpin>(
        self,
        mut socket: WebSocketStream<S>,
        fault: Option<Fault>,
    ) -> Option<u16> {
        let (mut core, mut greeted) = (None::<Connection>, false);
        loop {
            let message = match socket.next().await? {
                Ok(Message::Text(text)) => text.to_string(),
                Ok(Message::Binary(bytes)) => String::from_utf8(pack::gunzip(&bytes, 8 << 20).unwrap()).unwrap(),
                Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Ok(_) => continue,
                Err(_) => return None,
            };
            if matches!(fault, Some(Fault::NoWelcome)) {
                continue;
            }
            let mut answers = self.take(&mut core, &message, fault.as_ref());
            if !greeted {
                greeted = true;
                match &fault {
                    Some(Fault::Says(more)) => answers.extend(more.iter().cloned().map(Ok)),
                    Some(Fault::Closes(code)) => answers.push(Err(*code)),
                    _ => {}
                }
            }
            for answer in answers {
                match answer {
                    Ok(answer) => {
                        let text = serde_json::to_string(&answer).unwrap();
                        if socket.send(Message::text(text)).await.is_err() {
                            return None;
                        }
                    }
                    Err(code) => {
                        let _ = socket
                            .send(Message::Close(Some(CloseFrame { code: code.into(), reason: "".into() })))
                            .await;
                        while let Some(Ok(_)) = socket.next().await {}
                        return None;
                    }
                }
            }
            match &fault {
                Some(Fault::NeverReads) => std::future::pending().await,
                Some(Fault::HalfOpen) => {
                    // Reading the stream below answers no ping.
                    let mut bytes = [0; 4096];
                    while tokio::io::AsyncReadExt::read(socket.get_mut(), &mut bytes).await.is_ok_and(|n| n > 0) {}
                    return None;
                }
                _ => {}
            }
        }
    }

    async fn post(self, request: Request<Incoming>, fault: Option<Fault>) -> Reply {
        let is_gzip = request.headers().get("content-encoding").is_some();
        let body = match request.into_body().collect().await {
            Ok(body) => body.to_bytes(),
            Err(_) => return status_reply(400, &[], ""),
        };
        let text = if is_gzip { pack::gunzip(&body, 8 << 20).unwrap() } else { body.to_vec() };
        let letter: Letter<serde_json::Value> = serde_json::from_slice(&text).unwrap();
        let (mut core, mut messages) = (None, Vec::new());
        for message in letter.messages {
            for answer in self.take(&mut core, &message.to_string(), fault.as_ref()) {
                match answer {
                    Ok(FromReceiver::Refused(refused)) => {
                        let body = serde_json::json!({ "title": "refused", "first": refused.first, "last": refused.last,
                            "seq": refused.seq, "reason": refused.reason, "detail": refused.detail });
                        let json = ("content-type", "application/problem+json".to_owned());
                        return status_reply(400, &[json], &body.to_string());
                    }
                    Ok(answer) => messages.push(answer),
                    Err(_) => return status_reply(400, &[], ""),
                }
            }
        }
        let json = ("content-type", "application/json".to_owned());
        status_reply(200, &[json], &serde_json::to_string(&Letter { messages }).unwrap())
    }

    /// What is answered to a message, or the code to close with.
    fn take(
        &self,
        core: &mut Option<Connection>,
        message: &str,
        fault: Option<&Fault>,
    ) -> Vec<Result<FromReceiver, u16>> {
        self.note(|log| log.messages.push(message.to_owned()));
        let limits = self.script.lock().unwrap().limits;
        let read: FromAgent = serde_json::from_str(message).unwrap();
        let Some(core) = core else {
            let FromAgent::Hello(hello) = read else { panic!("no hello: {message}") };
            let epoch = hello.epoch.to_string();
            let clock_ms = match fault {
                Some(Fault::Clock(ms)) => *ms,
                _ => 0,
            };
            let mut stored = 0;
            self.note(|log| {
                log.hellos.push(hello.clone());
                stored = log.epochs.entry(epoch).or_default().stored;
            });
            if let Some(Fault::Stored(other)) = fault {
                stored = *other;
            }
            *core = Some(Connection::new(hello.epoch.clone(), stored, limits));
            return vec![Ok(FromReceiver::Welcome(Welcome {
                protocol: PROTOCOL.to_owned(),
                agent: "garage-7f3a".to_owned(),
                server: Program { name: "test".to_owned(), version: "1".to_owned(), site: None },
                stored,
                clock: Timestamp::from_unix_ms(now_ms() + clock_ms),
                limits,
            }))];
        };
        if let FromAgent::Outcome { id, outcome } = &read {
            self.note(|log| log.outcomes.push((id.clone(), outcome.clone())));
        }
        if let FromAgent::Batch(batch) = &read {
            let poison = self.script.lock().unwrap().poison.clone();
            let items = serde_json::to_string(&batch.items).unwrap();
            let is_bad = poison.iter().any(|text| items.contains(text.as_str()));
            let has_changes = message.contains("\"changes\"") && matches!(fault, Some(Fault::ForgetsBases));
            if is_bad || has_changes {
                self.note(|log| log.refusals += 1);
                let reason = if is_bad { RefusedReason::Malformed } else { RefusedReason::UnknownBase };
                // As the core would.
                let _ = core.batch(gssa_uplink::wire::Batch { last: 0, ..batch.clone() });
                let refused =
                    Refused { first: batch.first, last: batch.last, reason, seq: None, detail: "poison".into() };
                return vec![Ok(FromReceiver::Refused(refused))];
            }
        }
        match core.on(read) {
            Ok(Action::Append(append)) => {
                let last = append.last;
                self.store(append);
                if matches!(fault, Some(Fault::NoAcks)) { vec![] } else { vec![Ok(FromReceiver::Ack { stored: last })] }
            }
            Ok(Action::Acknowledge) => vec![Ok(FromReceiver::Ack { stored: core.taken() })],
            Ok(Action::Show(shown)) => {
                let shown = shown.into_iter().map(|shown| (shown.source_id.to_string(), shown.report.to_string()));
                self.note(|log| log.shown.extend(shown));
                vec![]
            }
            Ok(Action::End { last }) => {
                self.note(|log| log.epochs.values_mut().for_each(|epoch| epoch.bye = Some(last)));
                vec![]
            }
            Ok(Action::Nothing) => vec![],
            Err(Rejection::Refused(refused)) => {
                self.note(|log| log.refusals += 1);
                vec![Ok(FromReceiver::Refused(refused))]
            }
            Err(Rejection::Close(close)) => vec![Err(close.code)],
        }
    }

    fn store(&self, append: Append) {
        self.note(|log| {
            let epoch = log.epochs.entry(append.epoch.to_string()).or_default();
            assert_eq!(append.first, epoch.stored + 1, "nothing twice, nothing left out");
            epoch.stored = append.last;
            epoch.entries.extend(append.entries.into_iter().map(|entry| (entry.seq, entry.content)));
            epoch.gaps.extend(append.gaps);
        });
    }
}

fn status_reply(status: u16, headers: &[(&'static str, String)], body: &str) -> Reply {
    let mut reply = Response::builder().status(status);
    for (name, value) in headers {
        reply = reply.header(*name, value);
    }
    reply.body(Full::from(body.to_owned())).unwrap()
}

fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_millis() as i64
}

/// A connection that is cut after so many bytes.
struct Cut {
    stream: TcpStream,
    left: Option<usize>,
}

impl AsyncRead for Cut {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let Some(left) = self.left else { return std::pin::Pin::new(&mut self.stream).poll_read(cx, buf) };
        if left == 0 {
            return std::task::Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()));
        }
        let mut part = buf.take(left);
        std::task::ready!(std::pin::Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        self.left = Some(left - read);
        // Its bytes are those at the front of the rest of `buf`.
        buf.initialize_unfilled_to(read);
        buf.advance(read);
        std::task::Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Cut {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::pin::Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
