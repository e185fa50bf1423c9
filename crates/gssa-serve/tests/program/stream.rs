//! The event stream of one of several agents.

use gssa_serve::token::Digest;
use tokio::io::AsyncReadExt as _;
use tokio::time::{Duration, Instant};

use super::support::{Cloud, read_until};

/// A stream signs every 15 s.
const SIGN_EVERY: Duration = Duration::from_secs(15);

#[tokio::test(start_paused = true)]
async fn a_viewer_gets_the_changes_of_its_agent_and_of_no_other() {
    let cloud = Cloud::new();
    cloud.tell("attic", "gamma", 1.0, Vec::new());
    let ann = cloud.log_in("ann");
    let mut stream = cloud.open("/api/v1/agents/attic/events?view=table", &ann).await;
    let start = read_until(&mut stream, "event: issues").await;
    assert!(start.contains("retry: 3000") && start.contains("event: summary\ndata: {\"sources\":1,"), "{start}");
    cloud.tell("barn", "supra", 9.0, Vec::new());
    cloud.tell("attic", "gamma", 1.5, Vec::new());
    let told = read_until(&mut stream, "event: delta").await;
    assert!(!told.contains("supra"), "{told}");
    let told = read_until(&mut stream, "event: agent").await;
    assert!(told.contains("event: agent\ndata: {\"name\":\"attic\""), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_the_session_that_it_was_opened_in() {
    let cloud = Cloud::new();
    let (ann, bob) = (cloud.log_in("ann"), cloud.log_in("bob"));
    let mut streams = Vec::new();
    for session in [&ann, &bob] {
        let mut stream = cloud.open("/api/v1/agents/barn/events", session).await;
        read_until(&mut stream, "event: issues").await;
        streams.push(stream);
    }
    assert_eq!(cloud.get("/api/v1/agents/barn/events", &ann).await.0, 503, "there are places for two");
    let began = Instant::now();
    for _ in 0..3 {
        read_until(&mut streams[0], ": still here").await;
        read_until(&mut streams[1], ": still here").await;
    }
    assert!(began.elapsed() >= 2 * SIGN_EVERY && began.elapsed() <= 3 * SIGN_EVERY, "{:?}", began.elapsed());
    cloud.sessions.close(&Digest::of(&ann));
    let mut rest = String::new();
    streams[0].read_to_string(&mut rest).await.unwrap();
    assert!(!rest.contains("still here"), "{rest}");
    read_until(&mut streams[1], ": still here").await;
}
