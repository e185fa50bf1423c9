//! A Docker engine on a unix socket that answers what a test says, well or badly. It shares no code with the client.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// What is done with a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Json(Value),
    Status(u16),
    /// These bytes in place of a reply.
    Bytes(&'static [u8]),
    /// A body without end.
    Flood,
    /// Nothing, for ever.
    Hang,
}

/// An engine; it ends with the test's runtime.
#[derive(Debug)]
pub(crate) struct SimulatedEngine {
    folder: tempfile::TempDir,
    heads: Arc<Mutex<Vec<String>>>,
    most_open: Arc<AtomicUsize>,
}

impl SimulatedEngine {
    /// Starts one that looks up each path, without the prefix of a version, in `answer`.
    pub(crate) fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("docker.sock")).unwrap();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let (open, most_open) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let shared = (Arc::new(answer), heads.clone(), open, most_open.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, heads, open, most_open) = shared.clone();
                tokio::spawn(async move {
                    most_open.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    serve(stream, &*answer, &heads).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { folder, heads, most_open }
    }

    /// Starts one with the answers in a folder of the fixtures.
    pub(crate) fn of(fixture: &Path) -> Self {
        let read = |name: &str| -> Value { serde_json::from_slice(&fs::read(fixture.join(name)).unwrap()).unwrap() };
        let (version, list, details) = (read("version.json"), read("containers.json"), read("details.json"));
        Self::start(move |path| match path {
            "/version" => Answer::Json(version.clone()),
            "/containers/json?all=1" => Answer::Json(list.clone()),
            path => {
                let id = path.strip_prefix("/containers/").and_then(|path| path.strip_suffix("/json"));
                let found = details.as_array().unwrap().iter().find(|container| container["Id"].as_str() == id);
                found.map_or(Answer::Status(404), |container| Answer::Json(container.clone()))
            }
        })
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    /// The first line of each request, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        let heads = self.heads.lock().unwrap();
        heads.iter().map(|head| head.lines().next().unwrap_or_default().to_owned()).collect()
    }

    /// The most requests that were open at once.
    pub(crate) fn most_open(&self) -> usize {
        self.most_open.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: UnixStream, answer: &(dyn Fn(&str) -> Answer + Send + Sync), heads: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.is_ok_and(|read| read > 0) {}
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heads.lock().unwrap().push(head);
    let path = match path.strip_prefix("/v1.") {
        Some(rest) => &rest[rest.find('/').unwrap_or_default()..],
        None => &path,
    };
    // The client may have gone away: that is for the test to judge.
    drop(write(&mut stream, answer(path)).await);
}

async fn write(stream: &mut UnixStream, answer: Answer) -> std::io::Result<()> {
    let whole = |status: u16, body: &str| {
        format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    match answer {
        Answer::Json(body) => stream.write_all(whole(200, &body.to_string()).as_bytes()).await,
        Answer::Status(status) => stream.write_all(whole(status, r#"{"message":"planted-in-error"}"#).as_bytes()).await,
        Answer::Bytes(bytes) => stream.write_all(bytes).await,
        Answer::Flood => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n[").await?;
            loop {
                stream.write_all(&[b' '; 8_192]).await?;
            }
        }
        Answer::Hang => {
            // Ends when the client closes.
            stream.read_u8().await.map(|_| ())
        }
    }
}
