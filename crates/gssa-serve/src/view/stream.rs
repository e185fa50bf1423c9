//! The event stream of a view: what it tells and when it ends.
//!
//! A stream holds a position in what happens, not a queue: a slow reader gets the newest of each source when it is ready for it, and one
//! that does not read at all is cut off by the server's own limit on writes. Whoever comes back with `Last-Event-ID` goes on from there, or
//! is told to start over.
//!
//! What is the same for all, totals and the changes of the table, is made once and shared.

use gssa_view::follow::{Change, Follower};
use gssa_view::totals::Told;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Interval;

use super::{Shown, Shows, aside, events};
use crate::problem::Error;
use crate::response::Response;
use crate::sse::{self, COMMENT, Tells, Watch, comments, to_json, write};

/// The stream of what `follower` sees, unless there are too many. `is_reset` tells the reader that it missed something.
pub(super) fn response<A: Shows>(
    shown: Shown,
    follower: Follower,
    is_reset: bool,
    watch: Watch<A>,
) -> Result<Response, Error> {
    let permit = watch.app.streams().take()?;
    let start = Some(sse::start(is_reset));
    let (comments, told) = (comments(), Told::default());
    let aside = watch.app.aside().map(aside::Told::new);
    Ok(sse::response(EventStream { start, shown, follower, comments, told, aside, watch, _permit: permit }))
}

struct EventStream<A: Shows> {
    start: Option<String>,
    shown: Shown,
    follower: Follower,
    comments: Interval,
    /// The totals that were told last; the same ones are not told again.
    told: Told,
    aside: Option<aside::Told>,
    watch: Watch<A>,
    _permit: OwnedSemaphorePermit,
}

impl<A: Shows> Tells for EventStream<A> {
    async fn next(&mut self) -> Option<String> {
        if let Some(start) = self.start.take() {
            return Some(start);
        }
        loop {
            let change = tokio::select! {
                biased;
                () = self.watch.stop.cancelled() => return None,
                _ = self.comments.tick() => {
                    self.follower.look();
                    return self.watch.is_allowed().then(|| self.sign_of_life());
                }
                change = self.follower.next() => change,
                (name, json) = aside(&mut self.aside) => {
                    let id = events::id(&self.follower, self.shown.view.run());
                    let mut text = String::new();
                    write(&mut text, &id, name, &json);
                    return Some(text);
                }
            };
            let text = self.tell(&change);
            if !text.is_empty() {
                return Some(text);
            }
        }
    }
}

/// What there is to tell beside the view; waits for ever without it.
async fn aside(aside: &mut Option<aside::Told>) -> (&'static str, String) {
    match aside {
        Some(aside) => aside.next().await,
        None => std::future::pending().await,
    }
}

impl<A: Shows> EventStream<A> {
    /// A comment, and for a page how the agent is doing.
    fn sign_of_life(&self) -> String {
        let mut text = COMMENT.to_owned();
        if self.follower.is_of_table() {
            let id = events::id(&self.follower, self.shown.view.run());
            write(&mut text, &id, "agent", &to_json(&(self.shown.agent)()));
        }
        text
    }

    /// The events that a change makes; none if nothing in it is new.
    fn tell(&mut self, change: &Change) -> String {
        let id = events::id(&self.follower, self.shown.view.run());
        let mut text = String::new();
        match change {
            Change::Reading(entry) => write(&mut text, &id, "reading", &to_json(&*entry.reading)),
            Change::Delta(delta) => write(&mut text, &id, "delta", &delta.json),
            Change::Missed => write(&mut text, &id, "reset", "{}"),
            Change::Entry(entry) => write(&mut text, &id, "event", &to_json(&**entry)),
            Change::Config(plans) => {
                write(&mut text, &id, "config", &to_json(&events::ConfigChange { etag: plans.etag().to_owned() }));
            }
            Change::Totals => {
                let (now, again) = self.shown.view.totals().told(self.shown.view.store());
                if now.summary != self.told.summary {
                    write(&mut text, &id, "summary", &now.summary);
                }
                if now.issues != self.told.issues {
                    write(&mut text, &id, "issues", &now.issues);
                }
                self.told = now;
                if let Some(again) = again {
                    self.follower.totals_again(again);
                }
            }
        }
        text
    }
}
