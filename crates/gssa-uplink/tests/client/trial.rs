//! Trying a receiver before there is a link.

use std::net::SocketAddr;
use std::sync::Arc;

use gssa_http::Trust;
use gssa_uplink::PROTOCOL;
use gssa_uplink::client::{Dialer, NotTried, Proxies, Tried, try_out};
use gssa_uplink::session::{Carrier, Reason};
use gssa_uplink::wire::{Epoch, Hello, Program};

use crate::receiver::{Fault, Receiver};
use crate::support::wall;

fn hello() -> Hello {
    Hello {
        protocols: vec![PROTOCOL.into()],
        agent: Program { name: "gssa".into(), version: "0".into(), site: None },
        epoch: Epoch::from_random(9),
        started_at: wall(),
        clock: wall(),
        first_kept: 1,
        next: 1,
    }
}

async fn attempt(receiver: &Receiver, carrier: Carrier, hello: Option<Hello>) -> Result<Tried, NotTried> {
    attempt_at(receiver.address, carrier, hello).await
}

async fn attempt_at(address: SocketAddr, carrier: Carrier, hello: Option<Hello>) -> Result<Tried, NotTried> {
    let dialer = Dialer {
        endpoint: format!("ws://{address}/agent").parse().unwrap(),
        trust: Trust::system(),
        proxies: Proxies::none(),
        token: Arc::new(|| Box::pin(std::future::ready(Ok("a-token".to_owned())))),
        user_agent: "gssa/0".to_owned(),
    };
    try_out(Arc::new(dialer), carrier, hello, Arc::new(wall)).await
}

const BOTH: [Carrier; 2] = [Carrier::WebSocket, Carrier::Post];

#[tokio::test]
async fn a_receiver_that_works_is_greeted_and_left_in_order() {
    for carrier in BOTH {
        let receiver = Receiver::new().await;
        receiver.always(Some(Fault::Clock(600_000)));
        let tried = attempt(&receiver, carrier, Some(hello())).await.unwrap();
        assert_eq!(tried.welcome.unwrap().agent, "garage-7f3a");
        let offset = tried.clock_offset_ms.unwrap();
        assert!((590_000..660_000).contains(&offset), "{offset}");
        let log = receiver.until("its goodbye", |log| log.epochs.values().any(|epoch| epoch.bye == Some(0))).await;
        assert!(log.epoch().entries.is_empty());
    }
}

#[tokio::test]
async fn without_a_hello_only_address_and_token_are_tried() {
    for carrier in BOTH {
        let receiver = Receiver::new().await;
        assert_eq!(attempt(&receiver, carrier, None).await, Ok(Tried { welcome: None, clock_offset_ms: None }));
        assert!(receiver.log().hellos.is_empty());
        receiver.tokens(&["another"]);
        assert_eq!(attempt(&receiver, carrier, None).await.unwrap_err().reason, Reason::Rejected);
        // As one answers that wants a hello and looks at the token first.
        receiver.tokens(&["a-token"]);
        receiver.always(Some(Fault::Status(400, vec![], "no hello".into())));
        assert_eq!(attempt(&receiver, carrier, None).await.is_ok(), carrier == Carrier::Post);
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_as_a_link_tells_it() {
    let location = || vec![("location", "https://elsewhere.example/".to_owned())];
    for (fault, by_websocket, by_post) in [
        (Fault::Status(401, vec![], String::new()), Reason::Rejected, Reason::Rejected),
        (Fault::Status(302, location(), String::new()), Reason::Upgrade, Reason::Upgrade),
        (Fault::Status(503, vec![], String::new()), Reason::Busy, Reason::Busy),
        (Fault::Status(404, vec![], String::new()), Reason::Upgrade, Reason::Version),
        // A page of a web server, of which only that it is none of a receiver is told.
        (Fault::Status(200, vec![], "<html>secret".into()), Reason::Upgrade, Reason::Protocol),
    ] {
        for (carrier, reason) in BOTH.into_iter().zip([by_websocket, by_post]) {
            let receiver = Receiver::new().await;
            receiver.always(Some(fault.clone()));
            let failed = attempt(&receiver, carrier, Some(hello())).await.unwrap_err();
            assert_eq!(failed.reason, reason, "{fault:?} by {carrier:?}: {}", failed.text);
            assert!(!failed.text.contains("secret") && !failed.text.is_empty(), "{}", failed.text);
            assert_eq!(receiver.log().requests.len(), 1, "nothing is followed or tried again");
        }
    }
    let receiver = Receiver::new().await;
    receiver.always(Some(Fault::Closes(4401)));
    // The welcome comes first, and a receiver that takes it back is not waited for.
    assert!(attempt(&receiver, Carrier::WebSocket, Some(hello())).await.is_ok());
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for carrier in BOTH {
        assert_eq!(attempt_at(nobody, carrier, Some(hello())).await.unwrap_err().reason, Reason::Unreachable);
    }
}
