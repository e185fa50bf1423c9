//! What a tap hears of a miner: the bytes as they were, before anything read them.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gssa_cgminer::{Client, Command, Error, Request};
use gssa_http::tap::{self, Exchange, Outcome, Tap, tapped};
use gssa_model::{Address, FailureReason};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<Exchange>>);

impl Tap for Heard {
    fn exchanged(&self, exchange: Exchange) {
        self.0.lock().unwrap().push(exchange);
    }
}

/// A miner that answers its first connections so, one after the other.
async fn answering(answers: &'static [&'static [u8]]) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string().parse().unwrap();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 256];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream.write_all(answer).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_tap_is_told_the_bytes_of_each_exchange() {
    const BROKEN: &[u8] = b"{\"STATUS\":[{\"STATUS\":\"S\"}],\"SUMMARY\":[{\"User\":\"\xff\"}{}],\"id\":1}\0";
    let address = answering(&[BROKEN, b"no reply at all", b""]).await;
    let heard = Arc::new(Heard::default());
    tapped(heard.clone(), async {
        let client = Client::new(&address).unwrap();
        let ask = |request| client.fetch(request, Duration::from_secs(5));
        ask(Request::One(Command::Summary)).await.unwrap();
        assert!(matches!(ask(Request::Text(Command::Pools)).await, Err(Error::Malformed { .. })));
        assert!(matches!(ask(Request::One(Command::Stats)).await, Err(Error::Empty)));
    })
    .await;
    let told = heard.0.lock().unwrap();
    let requests: Vec<&tap::Request> = told.iter().map(|exchange| &exchange.request).collect();
    let bare = |text: &str| tap::Request::Bare(text.into());
    assert_eq!(requests, [&bare(r#"{"command":"summary"}"#), &bare("pools"), &bare(r#"{"command":"stats"}"#)]);
    assert!(matches!(&told[0].outcome, Outcome::Bare(bytes) if &bytes[..] == BROKEN));
    assert!(matches!(&told[1].outcome, Outcome::Bare(bytes) if &bytes[..] == b"no reply at all"));
    assert!(matches!(told[2].outcome, Outcome::Failed { reason: FailureReason::ApiDisabled, .. }));
    assert!(told.iter().all(|exchange| Some(exchange.port) == address.port()));
}
