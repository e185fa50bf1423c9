//! The event stream: from where on, and of what.

use gssa_view::View;
use gssa_view::follow::{Follower, Position};

use super::{Shows, stream};
use crate::call::Call;
use crate::problem::Error;
use crate::response::Response;
use crate::sse::Watch;

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
enum Kind {
    /// Readings as they come.
    Readings,
    /// Small changes of the table.
    Table,
}

impl Kind {
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

pub(super) async fn get<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    let shown = call.app.shown(&call.params)?;
    let view = &*shown.view;
    let kind = call.query.read("view", Kind::parse)?.unwrap_or(Kind::Readings);
    let seq = call.query.read("seq", |seq| seq.parse::<u64>().map_err(|_| "a whole number".to_owned()))?;
    if seq.is_some() && kind == Kind::Readings {
        return Err(Error::BadQuery { name: "seq".into(), found: "belongs to view=table".into() });
    }
    let last = call.head.headers.get(LAST_EVENT_ID).map(|id| id.to_str().ok());
    let after = match (last, seq) {
        (Some(id), _) => Some(id.and_then(|id| position(id.trim(), view.run(), kind))),
        (None, Some(seq)) => Some(Some(Position { readings: seq, journal: *view.journal().subscribe().borrow() })),
        (None, None) => None,
    };
    let (follower, is_reset) = match after {
        None => (follow(view, kind, None), false),
        // An id that we never gave: whatever the caller saw, it was not this stream.
        Some(None) => (follow(view, kind, None), true),
        Some(Some(position)) => match follow(view, kind, Some(position)) {
            None => (follow(view, kind, None), true),
            known => (known, false),
        },
    };
    let follower = follower.ok_or(Error::Internal)?;
    stream::response(shown.clone(), follower, is_reset, Watch::new(call))
}

fn follow(view: &View, kind: Kind, after: Option<Position>) -> Option<Follower> {
    match kind {
        Kind::Readings => Follower::new(view, after),
        Kind::Table => Follower::of_table(view, after),
    }
}

/// The id of an event: the run of the view and how far the stream was.
pub(super) fn id(follower: &Follower, run: &str) -> String {
    let kind = if follower.is_of_table() { Kind::Table } else { Kind::Readings };
    write_id(follower.position(), run, kind)
}

fn write_id(position: Position, run: &str, kind: Kind) -> String {
    format!("{run}-{}{}-{}", kind.mark(), position.readings, position.journal)
}

/// The position that an id of this run and view tells.
fn position(id: &str, run: &str, kind: Kind) -> Option<Position> {
    let (readings, journal) = id.strip_prefix(run)?.strip_prefix('-')?.strip_prefix(kind.mark())?.split_once('-')?;
    Some(Position { readings: readings.parse().ok()?, journal: journal.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_given() {
        let at = Position { readings: 17, journal: 4 };
        for (kind, other, text) in [(Kind::Readings, Kind::Table, "5f-17-4"), (Kind::Table, Kind::Readings, "5f-t17-4")]
        {
            assert_eq!(write_id(at, "5f", kind), text);
            assert_eq!((position(text, "5f", kind), position(text, "5f", other)), (Some(at), None));
        }
        for other in ["", "17", "6a-17-4", "5f-17", "5f-17-x", "5f--4"] {
            assert_eq!(position(other, "5f", Kind::Readings), None, "{other}");
        }
    }
}
