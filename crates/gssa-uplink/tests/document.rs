//! The document of the protocol and the types say the same.

use gssa_uplink::wire::{FromAgent, FromReceiver};
use serde_json::Value;

#[test]
fn the_messages_are_written_as_the_document_says() {
    let document = include_str!("../../../docs/uplink-protocol.md");
    let blocks = document.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let messages = blocks.flat_map(|block| serde_json::Deserializer::from_str(block).into_iter::<Value>());
    let mut seen = 0;
    for message in messages {
        let message = message.expect("the examples are JSON");
        let from_agent = serde_json::from_value::<FromAgent>(message.clone());
        let from_receiver = serde_json::from_value::<FromReceiver>(message.clone());
        let written = [
            from_agent.as_ref().ok().map(|read| serde_json::to_value(read).unwrap()),
            from_receiver.as_ref().ok().map(|read| serde_json::to_value(read).unwrap()),
        ];
        let is_known = written.iter().flatten().any(|written| written["type"] == message["type"]);
        assert!(is_known, "{message}: {from_agent:?} {from_receiver:?}");
        seen += 1;
    }
    assert_eq!(seen, 11);
}
