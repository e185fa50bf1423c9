//! The event stream.

use std::sync::Arc;

use gssa_view::follow::{Follower, Position};

use super::Api;
use super::problem::Error;
use super::request::Call;
use super::response::Response;
use super::sse::{self, Watch};

const LAST_EVENT_ID: &str = "last-event-id";

/// The event `config`.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(super) struct ConfigChange {
    /// Of the configuration that is in force, without quotes.
    pub(super) etag: String,
}

/// The event `reset`.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(super) struct Reset {}

/// What a stream is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// Readings as they come.
    Readings,
    /// Small changes of the table.
    Table,
}

impl View {
    fn parse(word: &str) -> Result<Self, String> {
        match word {
            "readings" => Ok(Self::Readings),
            "table" => Ok(Self::Table),
            _ => Err("readings or table".into()),
        }
    }

    /// What ids of the one have and those of the other have not.
    const fn mark(self) -> &'static str {
        match self {
            Self::Readings => "",
            Self::Table => "t",
        }
    }
}

pub(super) async fn get(call: Call) -> Result<Response, Error> {
    let api = &call.api;
    let view = call.query.read("view", View::parse)?.unwrap_or(View::Readings);
    let seq = call.query.read("seq", |seq| seq.parse::<u64>().map_err(|_| "a whole number".to_owned()))?;
    if seq.is_some() && view == View::Readings {
        return Err(Error::BadQuery { name: "seq".into(), found: "belongs to view=table".into() });
    }
    let last = call.head.headers.get(LAST_EVENT_ID).map(|id| id.to_str().ok());
    let after = match (last, seq) {
        (Some(id), _) => Some(id.and_then(|id| position(id.trim(), api.view.run(), view))),
        (None, Some(seq)) => Some(Some(Position { readings: seq, journal: *api.parts.journal.subscribe().borrow() })),
        (None, None) => None,
    };
    let (follower, is_reset) = match after {
        None => (follow(api, view, None), false),
        // An id that we never gave: whatever the caller saw, it was not this stream.
        Some(None) => (follow(api, view, None), true),
        Some(Some(position)) => match follow(api, view, Some(position)) {
            None => (follow(api, view, None), true),
            known => (known, false),
        },
    };
    sse::response(follower.ok_or(Error::Internal)?, is_reset, Watch::new(call))
}

fn follow(api: &Arc<Api>, view: View, after: Option<Position>) -> Option<Follower> {
    match view {
        View::Readings => Follower::new(&api.view, after),
        View::Table => Follower::of_table(&api.view, after),
    }
}

/// The id of an event: this run of the agent and how far the stream was.
pub(super) fn id(follower: &Follower, run: &str) -> String {
    let view = if follower.is_of_table() { View::Table } else { View::Readings };
    write_id(follower.position(), run, view)
}

fn write_id(position: Position, run: &str, view: View) -> String {
    format!("{run}-{}{}-{}", view.mark(), position.readings, position.journal)
}

/// The position that an id of this run and view tells.
fn position(id: &str, run: &str, view: View) -> Option<Position> {
    let (readings, journal) = id.strip_prefix(run)?.strip_prefix('-')?.strip_prefix(view.mark())?.split_once('-')?;
    Some(Position { readings: readings.parse().ok()?, journal: journal.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_given() {
        let at = Position { readings: 17, journal: 4 };
        for (view, other, text) in [(View::Readings, View::Table, "5f-17-4"), (View::Table, View::Readings, "5f-t17-4")]
        {
            assert_eq!(write_id(at, "5f", view), text);
            assert_eq!((position(text, "5f", view), position(text, "5f", other)), (Some(at), None));
        }
        for other in ["", "17", "6a-17-4", "5f-17", "5f-17-x", "5f--4"] {
            assert_eq!(position(other, "5f", View::Readings), None, "{other}");
        }
    }
}
