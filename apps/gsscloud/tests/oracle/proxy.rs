//! What lies between an agent and the receiver, and fails on demand.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::frames::Frames;

/// What somebody who asks and is answered from here sends at most before.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Which way bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the agent.
    Up,
    /// To it.
    Down,
}

/// What it does with every connection, also with those that are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing: what comes passes.
    Through,
    /// The first connection over which more bytes than these travel this way is cut after them, and that is all.
    Cut { way: Way, after: usize, resets: bool },
    /// Nothing passes any more, and nobody is told.
    Hole,
    /// What the agent says is not read.
    Deaf,
    /// Everything passes but acknowledgements. What is left out does not come later.
    NoAcks,
    /// Every request is answered with these bytes.
    Answers(String),
    /// Connections are reset.
    Refuses,
    /// The certificate has expired.
    Expired,
    /// No tunnel is made.
    NoTunnel(String),
}

/// What an agent sees of the proxy.
#[derive(Default)]
pub(crate) struct Face {
    /// The good certificate, and the one that has expired.
    pub(crate) tls: Option<[TlsAcceptor; 2]>,
    /// It is asked for tunnels.
    pub(crate) tunnels: bool,
}

/// A proxy that listens on loopback.
#[derive(Clone)]
pub(crate) struct Proxy(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    cloud: SocketAddr,
    face: Face,
    modes: watch::Sender<Mode>,
    /// The connections that are open now.
    era: Mutex<CancellationToken>,
    hits: AtomicU64,
    asked_at: Mutex<Vec<Instant>>,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Proxy {
    /// Between whoever connects and `cloud`.
    pub(crate) async fn start(cloud: SocketAddr, face: Face) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self(Arc::new(Inner {
            address: listener.local_addr().unwrap(),
            cloud,
            face,
            modes: watch::Sender::new(Mode::Through),
            era: Mutex::default(),
            hits: AtomicU64::new(0),
            asked_at: Mutex::default(),
        }));
        let inner = proxy.0.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                inner.asked_at.lock().unwrap().push(Instant::now());
                let (inner, era) = (inner.clone(), inner.era.lock().unwrap().clone());
                tokio::spawn(async move { inner.serve(stream, era).await });
            }
        });
        proxy
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// From now on.
    pub(crate) fn set(&self, mode: Mode) {
        self.0.hits.store(0, Ordering::Relaxed);
        self.0.modes.send_replace(mode);
    }

    /// Cuts every connection that is open.
    pub(crate) fn cut_all(&self) {
        std::mem::take(&mut *self.0.era.lock().unwrap()).cancel();
    }

    /// Whether the mode that was set last has been felt.
    pub(crate) fn was_felt(&self) -> bool {
        self.hits() > 0
    }

    /// How often it was.
    pub(crate) fn hits(&self) -> u64 {
        self.0.hits.load(Ordering::Relaxed)
    }

    /// When somebody connected.
    pub(crate) fn asked_at(&self) -> Vec<Instant> {
        self.0.asked_at.lock().unwrap().clone()
    }
}

impl Inner {
    fn mode(&self) -> Mode {
        self.modes.borrow().clone()
    }

    fn hit(&self) {
        self.hits.fetch_add(1, Ordering::Relaxed);
    }

    async fn serve(&self, stream: TcpStream, era: CancellationToken) {
        // The same socket once more, to say how it ends.
        let stream = stream.into_std().unwrap();
        let handle = stream.try_clone().unwrap();
        let stream = TcpStream::from_std(stream).unwrap();
        let resets = tokio::select! {
            () = era.cancelled() => false,
            resets = self.converse(stream) => resets,
        };
        if resets {
            let _ = SockRef::from(&handle).set_linger(Some(Duration::ZERO));
        }
    }

    /// Until it ends; tells whether by a reset.
    async fn converse(&self, stream: TcpStream) -> bool {
        if self.mode() == Mode::Refuses {
            self.hit();
            return true;
        }
        let mut stream = stream;
        if self.face.tunnels && !self.tunnel(&mut stream).await {
            return false;
        }
        let Some([good, expired]) = &self.face.tls else { return self.speak(stream).await };
        let is_expired = self.mode() == Mode::Expired;
        let accepted = if is_expired { expired } else { good }.accept(stream).await;
        if is_expired {
            self.hit();
        }
        match accepted {
            Ok(stream) => self.speak(stream).await,
            Err(_) => false,
        }
    }

    /// Answers a `CONNECT`; tells whether there is a tunnel now.
    async fn tunnel(&self, stream: &mut TcpStream) -> bool {
        let Some(head) = read_head(stream).await else { return false };
        assert!(head.starts_with(b"CONNECT "), "{}", String::from_utf8_lossy(&head));
        assert!(!String::from_utf8_lossy(&head).contains("Bearer"), "the token is not for the proxy");
        if let Mode::NoTunnel(answer) = self.mode() {
            self.hit();
            let _ = stream.write_all(answer.as_bytes()).await;
            return false;
        }
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok()
    }

    async fn speak(&self, mut stream: impl Stream) -> bool {
        let mode = self.mode();
        if mode == Mode::Hole {
            self.hit();
            while self.mode() == Mode::Hole {
                let _ = self.modes.subscribe().changed().await;
            }
            return false;
        }
        if let Mode::Answers(answer) = mode {
            let _ = read_head(&mut stream).await;
            self.hit();
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
            // A body that is still coming is read, or the answer would be lost with the reset.
            let mut rest = [0; 4096];
            let reading = async { while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {} };
            let _ = tokio::time::timeout(Duration::from_secs(2), reading).await;
            return false;
        }
        let Ok(cloud) = TcpStream::connect(self.cloud).await else { return true };
        let ((from_agent, to_agent), (from_cloud, to_cloud)) = (split(stream), split(cloud));
        let up = self.pass(from_agent, to_cloud, Way::Up);
        let down = self.pass(from_cloud, to_agent, Way::Down);
        let (mut up, mut down) = (std::pin::pin!(up), std::pin::pin!(down));
        // An end of one side is passed on, and the other side may go on until it ends.
        tokio::select! {
            Some(resets) = &mut up => resets,
            Some(resets) = &mut down => resets,
            else => false,
        }
    }

    /// Passes on until the end (`None`) or a cut, which may be a reset.
    async fn pass<R: AsyncRead, W: AsyncWrite>(
        &self,
        mut from: ReadHalf<R>,
        mut to: WriteHalf<W>,
        way: Way,
    ) -> Option<bool> {
        let mut modes = self.modes.subscribe();
        let (mut block, mut passed) = (vec![0; 16 * 1024], 0);
        let mut frames = Frames::default();
        loop {
            let mode = modes.borrow_and_update().clone();
            let is_still = match mode {
                Mode::Hole => true,
                Mode::Deaf => way == Way::Up,
                _ => false,
            };
            if is_still {
                self.hit();
                let _ = modes.changed().await;
                continue;
            }
            let read = tokio::select! {
                read = from.read(&mut block) => read,
                _ = modes.changed() => {
                    passed = 0;
                    continue;
                }
            };
            let Ok(read @ 1..) = read else {
                let _ = to.shutdown().await;
                return None;
            };
            // What came in this moment belongs to the mode of this moment.
            let mode = self.mode();
            let mut bytes = block[..read].to_vec();
            if way == Way::Down {
                bytes = self.whole(&mut frames, &bytes, mode == Mode::NoAcks);
            }
            if let Mode::Cut { way: cut, after, resets } = mode
                && cut == way
            {
                if passed + bytes.len() > after {
                    let is_first = self.modes.send_if_modified(|now| {
                        let is_first = *now == mode;
                        if is_first {
                            *now = Mode::Through;
                        }
                        is_first
                    });
                    if is_first {
                        let _ = to.write_all(&bytes[..after - passed]).await;
                        let _ = to.flush().await;
                        self.hit();
                        return Some(resets);
                    }
                }
                passed += bytes.len();
            }
            if to.write_all(&bytes).await.is_err() || to.flush().await.is_err() {
                return Some(false);
            }
        }
    }

    /// The frames that are whole with these bytes, without acknowledgements if they are not to pass. Of an answer to a POST everything is one.
    fn whole(&self, frames: &mut Frames, bytes: &[u8], without_acks: bool) -> Vec<u8> {
        let mut whole = Vec::new();
        let pieces = frames.feed(bytes);
        for frame in pieces {
            if without_acks && (frames.are_answers() || frame.is_ack()) {
                self.hit();
            } else {
                whole.extend_from_slice(&frame.0);
            }
        }
        whole
    }
}

/// Up to the end of the head of a request.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < MAX_HEAD_BYTES {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(head)
}
