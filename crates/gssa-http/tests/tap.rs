//! What a tap is told of.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gssa_http::header::{AUTHORIZATION, HeaderValue};
use gssa_http::tap::{Exchange, Outcome, Request, Tap, Watch, tapped};
use gssa_http::{Client, Limits, Origin};
use gssa_model::FailureReason;

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<Exchange>>);

impl Tap for Heard {
    fn exchanged(&self, exchange: Exchange) {
        self.0.lock().unwrap().push(exchange);
    }
}

impl Heard {
    fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn http(target: &str, with: &[&str]) -> Request {
    Request::Http { target: target.into(), with: with.iter().map(ToString::to_string).collect() }
}

#[tokio::test]
async fn every_exchange_in_the_future_is_told_and_no_other() {
    let mut server = mockito::Server::new_async().await;
    server.mock("GET", "/base/found").with_body("{}").expect(3).create_async().await;
    let origin = Origin::of(&format!("{}/base", server.url()).parse().unwrap(), 80).unwrap();
    let client = Client::new(Limits::default());
    let heard = Arc::new(Heard::default());

    client.get(&origin, "/found").await.unwrap();
    let secret = [(AUTHORIZATION, HeaderValue::from_static("Bearer hunter2"))];
    let replies = tapped(heard.clone(), async {
        let first = client.get(&origin, "/found").await.unwrap();
        let second = client.get_with(&origin, "/missing", &secret).await.unwrap();
        (first.status, second.status)
    });
    assert_eq!(replies.await, (200, 501));
    client.get(&origin, "/found").await.unwrap();

    let told = heard.take();
    let requests: Vec<&Request> = told.iter().map(|exchange| &exchange.request).collect();
    assert_eq!(requests, [&http("/base/found", &[]), &http("/base/missing", &["authorization"])]);
    assert!(told.iter().all(|exchange| exchange.port == origin.port()));
    assert!(
        matches!(&told[0].outcome, Outcome::Http(response) if response.status == 200 && &response.body[..] == b"{}")
    );
    assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
}

#[tokio::test]
async fn failures_are_told_with_their_reason_and_so_is_impatience() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (nobody, quiet) = (closed.local_addr().unwrap(), silent.local_addr().unwrap());
    drop(closed);
    let heard = Arc::new(Heard::default());
    let client = Client::new(Limits::default());
    tapped(heard.clone(), async {
        let ask = |address: std::net::SocketAddr| Origin::of(&address.to_string().parse().unwrap(), 80).unwrap();
        client.get(&ask(nobody), "/x").await.unwrap_err();
        let impatient = tokio::time::timeout(Duration::from_millis(50), async { client.get(&ask(quiet), "/y").await });
        impatient.await.unwrap_err();
    })
    .await;
    let told = heard.take();
    assert!(matches!(told[0].outcome, Outcome::Failed { reason: FailureReason::ConnectionRefused, .. }), "{told:?}");
    assert_eq!(told[1].request, http("/y", &[]));
    assert!(matches!(told[1].outcome, Outcome::GivenUp) && told[1].elapsed >= Duration::from_millis(50), "{told:?}");
}

#[tokio::test]
async fn nothing_is_made_where_nobody_listens() {
    Watch::begin(80, || unreachable!("nobody listens")).end(|| unreachable!("nobody listens"));
}
