//! Requests with hyper and nothing else, each on a connection of its own.

use std::net::SocketAddr;
use std::pin::pin;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, COOKIE, HOST, ORIGIN, SET_COOKIE};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Result;

/// Whole replies end below this.
const MAX_BODY_BYTES: usize = 64 << 20;

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The cookie that was set, without its attributes.
    pub(crate) cookie: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// The request that a collector sends: the floor of what a poll can cost.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Result<Reply> {
    let request =
        Request::get(path).header(HOST, address.to_string()).header(ACCEPT, "*/*").header(CONNECTION, "close");
    exchange(address, request.body(Full::default())?).await
}

/// The same with a session.
pub(crate) async fn get_as(address: SocketAddr, path: &str, cookie: &str) -> Result<Reply> {
    let request =
        Request::get(path).header(HOST, address.to_string()).header(COOKIE, cookie).header(CONNECTION, "close");
    exchange(address, request.body(Full::default())?).await
}

/// Sends JSON from the agent's own page.
pub(crate) async fn post(address: SocketAddr, path: &str, body: String) -> Result<Reply> {
    let request = Request::post(path)
        .header(HOST, address.to_string())
        .header(ORIGIN, format!("http://{address}"))
        .header("content-type", "application/json")
        .header(CONNECTION, "close");
    exchange(address, request.body(Full::from(body))?).await
}

async fn exchange(address: SocketAddr, request: Request<Full<Bytes>>) -> Result<Reply> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let reading = async {
        let (head, mut body) = sender.send_request(request).await?.into_parts();
        let mut whole = Vec::new();
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                whole.extend_from_slice(&data);
            }
            if whole.len() > MAX_BODY_BYTES {
                return Err("no end of it".into());
            }
        }
        let cookie = head.headers.get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()?.split(';').next());
        Ok(Reply { status: head.status.as_u16(), cookie: cookie.map(str::to_owned), body: whole })
    };
    let (mut connection, mut reading) = (pin!(connection), pin!(reading));
    tokio::select! {
        biased;
        reply = &mut reading => reply,
        _ = &mut connection => reading.await,
    }
}
