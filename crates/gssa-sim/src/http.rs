//! As much HTTP/1.1 as a small device speaks, on a bare socket, so that every byte can be wrong on purpose.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A head longer than this is not read to its end.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// A request body longer than this is not read.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// How long the rest of a request that has begun may take, as in ESP-IDF.
const RECEIVE_DEADLINE: Duration = Duration::from_secs(5);

/// The headers that a client proves itself with.
pub(crate) const PROOFS: [&str; 3] = ["authorization", "x-api-key", "cookie"];

/// A request, as far as a device looks at it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Whether the client wants the connection to end.
    pub(crate) closes: bool,
    pub(crate) has_origin: bool,
    /// Whether the client proves itself with one of [`PROOFS`].
    pub(crate) has_proof: bool,
    /// The `Authorization`, as it was sent.
    pub(crate) authorization: Option<String>,
    /// The `X-API-Key`, as it was sent.
    pub(crate) api_key: Option<String>,
    /// Size of the header block without the request line.
    pub(crate) header_bytes: usize,
}

impl Request {
    /// Whether the request is meant to change something.
    pub(crate) fn writes(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}

/// What came over a connection.
#[derive(Debug)]
pub(crate) enum Incoming {
    Request(Request),
    /// A head beyond any limit.
    TooLong,
    /// Not HTTP.
    Malformed,
    /// The client has left, or said too little for too long.
    Closed,
}

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        // Small replies should not wait for an acknowledgement.
        drop(stream.set_nodelay(true));
        Self { stream, received: Vec::new() }
    }

    /// Waits for the next request. An idle connection may stay idle, as on the device.
    pub(crate) async fn next(&mut self) -> io::Result<Incoming> {
        if self.received.is_empty() && !self.receive().await? {
            return Ok(Incoming::Closed);
        }
        timeout(RECEIVE_DEADLINE, self.rest()).await.unwrap_or(Ok(Incoming::Closed))
    }

    async fn rest(&mut self) -> io::Result<Incoming> {
        let end = loop {
            if let Some(at) = find(&self.received, b"\r\n\r\n") {
                break at + 4;
            }
            if self.received.len() > MAX_HEAD_BYTES {
                return Ok(Incoming::TooLong);
            }
            if !self.receive().await? {
                return Ok(Incoming::Closed);
            }
        };
        let head = String::from_utf8_lossy(&self.received[..end]).into_owned();
        self.received.drain(..end);
        let Some((request, body_bytes)) = parse(&head) else { return Ok(Incoming::Malformed) };
        while self.received.len() < body_bytes {
            if !self.receive().await? {
                return Ok(Incoming::Closed);
            }
        }
        self.received.drain(..body_bytes);
        Ok(Incoming::Request(request))
    }

    async fn receive(&mut self) -> io::Result<bool> {
        let mut block = [0; 2048];
        let count = self.stream.read(&mut block).await?;
        self.received.extend_from_slice(&block[..count]);
        Ok(count > 0)
    }

    /// Sends bytes.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Waits until the client has left; what it sends meanwhile is thrown away.
    pub(crate) async fn until_closed(&mut self) {
        let mut block = [0; 2048];
        while matches!(self.stream.read(&mut block).await, Ok(1..)) {}
    }

    /// Ends the connection properly and gives the client a moment to take what was sent.
    pub(crate) async fn close(mut self) {
        const LINGER: Duration = Duration::from_millis(500);
        // Unread bytes of the client would turn the close into a reset.
        drop(self.stream.shutdown().await);
        drop(timeout(LINGER, self.until_closed()).await);
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset(self) {
        reset(&self.stream);
    }
}

/// Makes the close that follows a reset.
pub(crate) fn reset(stream: &TcpStream) {
    drop(stream.set_zero_linger());
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn parse(head: &str) -> Option<(Request, usize)> {
    let (request_line, headers) = head.split_once("\r\n")?;
    let mut words = request_line.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return None;
    }
    let value = |wanted: &str| {
        let fields = headers.lines().filter_map(|line| line.split_once(':'));
        fields
            .into_iter()
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned())
    };
    let connection = value("connection").unwrap_or_default().to_ascii_lowercase();
    let body_bytes = value("content-length").and_then(|length| length.parse().ok()).unwrap_or(0_usize);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        closes: connection.contains("close") || version == "HTTP/1.0" && !connection.contains("keep-alive"),
        has_origin: value("origin").is_some(),
        has_proof: PROOFS.iter().any(|name| value(name).is_some()),
        authorization: value("authorization"),
        api_key: value("x-api-key"),
        header_bytes: headers.len(),
    };
    Some((request, body_bytes.min(MAX_BODY_BYTES)))
}

/// A reply before it is framed.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) location: Option<&'static str>,
    /// The `WWW-Authenticate` of a 401.
    pub(crate) challenge: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) chunked: bool,
    pub(crate) closes: bool,
}

impl Reply {
    /// Makes a reply. Without a content type the header is left out, as a bare CGI does.
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, location: None, challenge: None, body: body.into(), chunked: false, closes: false }
    }

    /// A message as the firmware sends them: one line, called HTML.
    pub(crate) fn message(status: u16, text: &'static str) -> Self {
        Self::new(status, "text/html", text)
    }

    /// The status line and the headers. `announced` is the `Content-Length`, whatever is sent afterwards.
    pub(crate) fn head(&self, announced: usize) -> Vec<u8> {
        let length =
            if self.chunked { "Transfer-Encoding: chunked".to_owned() } else { format!("Content-Length: {announced}") };
        let location = self.location.map(|at| format!("Location: {at}\r\n")).unwrap_or_default();
        let ending = if self.closes { "Connection: close\r\n" } else { "" };
        let challenge = self.challenge.as_ref().map(|text| format!("WWW-Authenticate: {text}\r\n")).unwrap_or_default();
        let (status, reason) = (self.status, reason(self.status));
        let content_type = match self.content_type {
            "" => String::new(),
            content_type => format!("Content-Type: {content_type}\r\n"),
        };
        format!(
            "HTTP/1.1 {status} {reason}\r\n{content_type}{length}\r\n\
             Access-Control-Allow-Origin: *\r\n{location}{challenge}{ending}\r\n"
        )
        .into_bytes()
    }

    /// The whole reply, or only its head if the request was a HEAD.
    pub(crate) fn to_bytes(&self, with_body: bool) -> Vec<u8> {
        let mut bytes = self.head(self.body.len());
        if !with_body {
            return bytes;
        }
        if self.chunked {
            // In two parts where there is enough, since one chunk proves little.
            for part in self.body.chunks(self.body.len().div_ceil(2).max(1)) {
                bytes.extend_from_slice(&chunk(part));
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        } else {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

fn chunk(part: &[u8]) -> Vec<u8> {
    let mut framed = format!("{:x}\r\n", part.len()).into_bytes();
    framed.extend_from_slice(part);
    framed.extend_from_slice(b"\r\n");
    framed
}

pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        _ => "Service Unavailable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_taken_apart() {
        let head = "PATCH /api/system?x=1 HTTP/1.1\r\nHost: a\r\nORIGIN: http://b\r\nConnection: Close\r\nContent-Length: 12\r\n\r\n";
        let (request, body_bytes) = parse(head).expect("this is a request");
        assert_eq!(
            (request.method.as_str(), request.path.as_str(), request.query.as_str()),
            ("PATCH", "/api/system", "x=1")
        );
        assert!(request.closes && request.has_origin && request.writes());
        assert_eq!(body_bytes, 12);
        assert!(parse("\x16\x03\x01 hello\r\n\r\n").is_none());
    }

    #[test]
    fn a_chunked_reply_has_two_chunks_and_an_end() {
        let mut reply = Reply::new(200, "application/json", "{\"a\":1}");
        reply.chunked = true;
        let text = String::from_utf8(reply.to_bytes(true)).expect("this is text");
        assert!(text.ends_with("\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n"), "{text}");
    }
}
