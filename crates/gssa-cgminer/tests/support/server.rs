//! A miner that answers as a test wants it to. It shares no code with the client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gssa_model::Address;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The bytes of an answer and how they come.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// These bytes, and the connection stays open.
    Linger(Vec<u8>),
    /// These bytes one by one, a pause after each.
    Drip(Vec<u8>, Duration),
    /// No byte, the connection stays open.
    Hang,
    /// No byte, then the end.
    Close,
}

/// What it was asked, and how.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) requests: Vec<String>,
    pub(crate) open_now: usize,
    pub(crate) max_open: usize,
}

pub(crate) struct Miner {
    pub(crate) address: Address,
    pub(crate) seen: Arc<Mutex<Seen>>,
}

impl Miner {
    /// Answers each request by `script`, on a port of its own, until the test ends.
    pub(crate) async fn start(script: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string().parse().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (script, shared) = (Arc::new(script), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&shared)));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    /// Waits until no connection is open.
    pub(crate) async fn closed(&self) {
        for _ in 0..400 {
            if self.seen.lock().unwrap().open_now == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("a connection is still open");
    }
}

async fn serve(mut stream: TcpStream, script: Arc<impl Fn(&str) -> Answer>, seen: Arc<Mutex<Seen>>) {
    {
        let mut seen = seen.lock().unwrap();
        seen.open_now += 1;
        seen.max_open = seen.max_open.max(seen.open_now);
    }
    // As the real server: one read, whatever it gets.
    let mut request = [0; 4095];
    let count = stream.read(&mut request).await.unwrap_or(0);
    let request = String::from_utf8_lossy(&request[..count]).into_owned();
    seen.lock().unwrap().requests.push(request.clone());
    match script(&request) {
        Answer::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Answer::Linger(bytes) => {
            let _ = stream.write_all(&bytes).await;
            gone(&mut stream).await;
        }
        Answer::Drip(bytes, pause) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(pause).await;
            }
        }
        Answer::Hang => gone(&mut stream).await,
        Answer::Close => {}
    }
    drop(stream);
    seen.lock().unwrap().open_now -= 1;
}

/// Waits until the client has gone.
async fn gone(stream: &mut TcpStream) {
    let mut rest = [0; 64];
    while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
}

/// A reply with one section, and its NUL.
pub(crate) fn reply(code: u32, section: &str, rows: &str) -> Vec<u8> {
    let status =
        format!(r#""STATUS":[{{"STATUS":"S","When":1,"Code":{code},"Msg":"x","Description":"cgminer 4.11.1"}}]"#);
    format!("{{{status},\"{section}\":[{rows}],\"id\":1}}\0").into_bytes()
}

/// A refusal, and its NUL.
pub(crate) fn error(code: u32, message: &str) -> Vec<u8> {
    let status = format!(r#"{{"STATUS":"E","When":1,"Code":{code},"Msg":"{message}","Description":"cgminer 4.11.1"}}"#);
    format!("{{\"STATUS\":[{status}],\"id\":1}}\0").into_bytes()
}
