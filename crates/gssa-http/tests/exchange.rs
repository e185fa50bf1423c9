//! One exchange at a time, against mockito and against sockets that misbehave.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::net::SocketAddr;
use std::time::Duration;

use gssa_http::{Client, Error, Limits, Origin, Response, header};
use gssa_model::FailureReason;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const QUICK: Limits =
    Limits { connect: Duration::from_millis(500), total: Duration::from_millis(800), max_body_bytes: 1000 };

fn origin(address: &str) -> Origin {
    Origin::of(&address.parse().unwrap(), 80).unwrap()
}

async fn get(address: &str, path: &str) -> Result<Response, Error> {
    Client::new(QUICK).get(&origin(address), path).await
}

/// Accepts one connection, reads the request head, and does `answer` with the stream.
async fn answering<F, A>(answer: A) -> (SocketAddr, tokio::task::JoinHandle<String>)
where
    A: FnOnce(TcpStream) -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.unwrap() > 0 {}
        answer(stream).await;
        String::from_utf8(head).unwrap()
    });
    (address, served)
}

/// What a peer that writes these bytes and closes comes to.
async fn reply(bytes: &'static [u8]) -> Result<Response, Error> {
    let (address, served) = answering(move |mut stream| async move { stream.write_all(bytes).await.unwrap() }).await;
    let got = get(&address.to_string(), "/x").await;
    served.await.unwrap();
    got
}

#[tokio::test]
async fn a_reply_comes_whole_whatever_its_status() {
    let mut server = mockito::Server::new_async().await;
    server.mock("GET", "/found").with_header("content-type", "application/json").with_body("{}").create_async().await;
    server.mock("GET", "/moved").with_status(302).with_header("location", "/").with_body("go").create_async().await;
    server.mock("GET", "/busy").with_status(503).with_header("retry-after", "7").create_async().await;
    let url = server.url();

    let found = get(&url, "/found").await.unwrap();
    assert_eq!(
        (found.status, found.content_type.as_deref(), &found.body[..]),
        (200, Some("application/json"), &b"{}"[..])
    );
    let moved = get(&url, "/moved").await.unwrap();
    assert_eq!((moved.status, moved.location.as_deref()), (302, Some("/")), "not followed");
    assert_eq!(get(&url, "/busy").await.unwrap().retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn the_request_is_short_and_asks_to_close() {
    let (address, served) = answering(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
    })
    .await;
    get(&address.to_string(), "/api/system/info").await.unwrap();
    let head = served.await.unwrap().to_ascii_lowercase();
    assert!(head.starts_with("get /api/system/info http/1.1\r\n"), "{head}");
    assert!(head.contains("connection: close") && !head.contains("origin") && head.len() < 200, "{head}");
}

#[tokio::test]
async fn a_login_is_asked_for_and_given_in_headers() {
    let challenge = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"1\"\r\n\
        WWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n";
    let (address, served) =
        answering(move |mut stream| async move { stream.write_all(challenge).await.unwrap() }).await;
    let login = [(header::AUTHORIZATION, header::HeaderValue::from_static("Digest username=\"root\""))];
    let answer = Client::new(QUICK).get_with(&origin(&address.to_string()), "/x", &login).await.unwrap();
    assert_eq!(answer.www_authenticate, ["Digest realm=\"a\", nonce=\"1\"", "Basic realm=\"a\""]);
    assert!(served.await.unwrap().contains("authorization: Digest username=\"root\"\r\n"));
}

#[tokio::test]
async fn chunked_and_close_delimited_bodies_are_read() {
    assert_eq!(
        &reply(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
            .await
            .unwrap()
            .body[..],
        b"abc"
    );
    assert_eq!(&reply(b"HTTP/1.1 200 OK\r\n\r\nabc").await.unwrap().body[..], b"abc");
    assert_eq!(&reply(b"HTTP/1.0 200 OK\r\n\r\nold").await.unwrap().body[..], b"old");
}

#[tokio::test]
async fn what_is_not_a_whole_http_reply_is_named() {
    for (bytes, reason) in [
        (&b""[..], FailureReason::ConnectionReset),
        (b"HTTP/1.1 200 OK\r\nContent-Le", FailureReason::ConnectionReset),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this", FailureReason::ConnectionReset),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", FailureReason::ConnectionReset),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n", FailureReason::Malformed),
        (b"\x00\xff\xfe garbage \r\n\r\n", FailureReason::Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", FailureReason::Malformed),
    ] {
        let error = reply(bytes).await.unwrap_err();
        assert_eq!(error.reason(), reason, "{:?}: {error:?}", String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn a_body_above_the_cap_is_refused_announced_or_not() {
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n";
    assert!(matches!(reply(announced).await, Err(Error::TooLarge { max_bytes: 1000, .. })));
    let (address, _served) = answering(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'x'; 700]).await.is_ok() {}
    })
    .await;
    let error = get(&address.to_string(), "/x").await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::TooLarge, "{error}");
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    let (address, _served) = answering(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
        while stream.write_all(&[b"x-pad: ", &[b'y'; 500][..], b"\r\n"].concat()).await.is_ok() {}
    })
    .await;
    assert_eq!(get(&address.to_string(), "/x").await.unwrap_err().reason(), FailureReason::Malformed);
}

#[tokio::test]
async fn silence_and_drips_end_at_the_total_deadline() {
    let (silent, _served) = answering(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let error = get(&silent.to_string(), "/api/system/info").await.unwrap_err();
    assert_eq!(error.to_string(), "no answer to GET /api/system/info in 0.8 s");
    assert_eq!(error.reason(), FailureReason::Timeout);

    let (dripping, _served) = answering(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n").await.unwrap();
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        while stream.write_all(b".").await.is_ok() {
            tick.tick().await;
        }
    })
    .await;
    assert_eq!(get(&dripping.to_string(), "/x").await.unwrap_err().reason(), FailureReason::Timeout);
}

#[tokio::test]
async fn an_event_stream_is_left_after_its_first_event() {
    let (address, served) = answering(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n").await.unwrap();
        stream.write_all(b": hello\n\ndata: {\"n\":").await.unwrap();
        stream.write_all(b"1}\n\ndata: {\"n\":2}\n\n").await.unwrap();
        let mut rest = [0; 16];
        assert_eq!(stream.read(&mut rest).await.unwrap_or(0), 0, "closed by the client");
    })
    .await;
    let answer = get(&address.to_string(), "/events").await.unwrap();
    assert_eq!(&answer.body[..], b": hello\n\ndata: {\"n\":1}\n\n");
    tokio::time::timeout(Duration::from_secs(5), served).await.expect("the peer sees the end").unwrap();
}

#[tokio::test]
async fn an_event_stream_without_an_event_is_left_after_a_while() {
    let (address, served) = answering(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: wait\n\n";
        stream.write_all(head).await.unwrap();
        let mut rest = [0; 16];
        assert_eq!(stream.read(&mut rest).await.unwrap_or(0), 0, "closed by the client");
    })
    .await;
    let patient = Client::new(Limits { total: Duration::from_secs(60), ..QUICK });
    let answer = patient.get(&origin(&address.to_string()), "/events").await.unwrap();
    assert_eq!(&answer.body[..], b": wait\n\n");
    tokio::time::timeout(Duration::from_secs(5), served).await.expect("the peer sees the end").unwrap();
}

#[tokio::test]
async fn an_event_above_the_cap_is_refused() {
    let (address, _served) = answering(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'x'; 700]).await.is_ok() {}
    })
    .await;
    assert_eq!(get(&address.to_string(), "/x").await.unwrap_err().reason(), FailureReason::TooLarge);
}

#[tokio::test]
async fn who_is_not_there_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let error = get(&closed.to_string(), "/x").await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionRefused);
    assert_eq!(error.to_string(), format!("cannot connect to {closed}: connection refused"));
    let error = get("no-such-host.invalid", "/x").await.unwrap_err();
    assert!(matches!(error.reason(), FailureReason::NameNotFound | FailureReason::Timeout), "{error}");
}

#[tokio::test]
async fn dropping_the_future_closes_the_connection() {
    let (address, served) = answering(|mut stream| async move {
        let mut rest = [0; 16];
        assert_eq!(stream.read(&mut rest).await.unwrap_or(0), 0, "closed by the client");
    })
    .await;
    let client = Client::new(Limits { total: Duration::from_secs(60), ..QUICK });
    let target = origin(&address.to_string());
    assert!(tokio::time::timeout(Duration::from_millis(200), client.get(&target, "/x")).await.is_err());
    tokio::time::timeout(Duration::from_secs(5), served).await.expect("the peer sees the end").unwrap();
}

#[tokio::test]
async fn an_exchange_runs_over_a_connection_that_the_caller_opened() {
    let (ours, mut theirs) = tokio::io::duplex(1024);
    let peer = tokio::spawn(async move {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") && theirs.read_buf(&mut head).await.unwrap() > 0 {}
        theirs.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
        String::from_utf8(head).unwrap()
    });
    let answer = Client::new(QUICK).get_over(ours, &origin("localhost"), "/version").await.unwrap();
    assert_eq!(&answer.body[..], b"ok");
    let head = peer.await.unwrap();
    assert!(head.starts_with("GET /version HTTP/1.1\r\nhost: localhost\r\n"), "{head}");

    let (ours, _silent) = tokio::io::duplex(1024);
    let error = Client::new(QUICK).get_over(ours, &origin("localhost"), "/version").await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::Timeout);
}
