//! From an agent into the log.

use gssa_uplink::wire::FromAgent;
use gsscloud::log::{Entry, Log as _};

use super::support::{Bench, batch, epoch};

#[tokio::test]
async fn what_is_acknowledged_is_stored_once_and_survives() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let welcome = agent.hello(&epoch(1), 1).await;
    assert_eq!(welcome.stored, 0);
    agent.deliver("attic", 1, 10).await;
    // The same again, cut in another way.
    agent.say(&FromAgent::Batch(batch("attic", 6, 12))).await;
    agent.acknowledged(12).await;
    let id = welcome.agent.parse().unwrap();

    let dir = bench.stop().await;
    let bench = Bench::at(dir, serde_json::json!({})).await;
    let mut agent = bench.connect(&token).await.unwrap();
    assert_eq!(agent.hello(&epoch(1), 13).await.stored, 12);
    let mut seqs = Vec::new();
    for record in bench.cloud.log.read(&id, 0, usize::MAX).await.unwrap() {
        let Entry::Range { items, .. } = record.entry else { panic!("{record:?}") };
        seqs.extend(items.iter().map(|item| item.seq));
    }
    assert_eq!(seqs, (1..=12).collect::<Vec<_>>());
}
