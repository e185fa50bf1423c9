//! The event stream.

use std::sync::Arc;

use super::Api;
use super::problem::Error;
use super::request::Call;
use super::response::Response;
use super::sse::{self, Watch};
use crate::follow::{Follower, Position};

const LAST_EVENT_ID: &str = "last-event-id";

pub(super) async fn get(call: Call) -> Result<Response, Error> {
    let last = call.head.headers.get(LAST_EVENT_ID).map(|id| id.to_str().ok());
    let after = last.map(|id| id.and_then(|id| position(id.trim(), &call.api.run)));
    let (follower, is_reset) = match after {
        None => (follow(&call.api, None), false),
        // An id that we never gave: whatever the caller saw, it was not this stream.
        Some(None) => (follow(&call.api, None), true),
        Some(Some(position)) => match follow(&call.api, Some(position)) {
            None => (follow(&call.api, None), true),
            known => (known, false),
        },
    };
    sse::response(follower.ok_or(Error::Internal)?, is_reset, Watch::new(call))
}

fn follow(api: &Arc<Api>, after: Option<Position>) -> Option<Follower> {
    Follower::new(&api.parts.store, &api.parts.journal, &api.parts.configuration, after)
}

/// The id of an event: this run of the agent and how far the stream was.
pub(super) fn id(position: Position, run: &str) -> String {
    format!("{run}-{}-{}", position.readings, position.journal)
}

/// The position that an id of this run tells.
fn position(id: &str, run: &str) -> Option<Position> {
    let (readings, journal) = id.strip_prefix(run)?.strip_prefix('-')?.split_once('-')?;
    Some(Position { readings: readings.parse().ok()?, journal: journal.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_given() {
        let at = Position { readings: 17, journal: 4 };
        assert_eq!(id(at, "5f"), "5f-17-4");
        assert_eq!(position("5f-17-4", "5f"), Some(at));
        for other in ["", "17", "6a-17-4", "5f-17", "5f-17-x", "5f--4"] {
            assert_eq!(position(other, "5f"), None, "{other}");
        }
    }
}
