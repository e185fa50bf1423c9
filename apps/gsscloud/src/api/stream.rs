//! What changes about agents, as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use gssa_serve::sse::{self, COMMENT, Tells, Watch, comments, to_json, write};
use gssa_serve::{Call, Error, Response};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, Interval, sleep_until};

use super::Api;
use super::overview::{AgentOverview, overview};
use crate::registry::User;

/// Figures that move all the time are told as often.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Somebody who comes or goes is told after so long, with all who come or go meanwhile.
const GATHER: Duration = Duration::from_secs(1);

pub(super) async fn get(call: Call<Api>) -> Result<Response, Error> {
    let user = call.caller.user()?.name.clone();
    let api = call.app.clone();
    let permit = api.streams.take()?;
    let now = Instant::now();
    Ok(sse::response(Agents {
        presence: api.parts.gateway.presence().changes(),
        registry: api.parts.registry.changes(),
        api,
        user,
        comments: comments(),
        watch: Watch::new(call),
        start: Some(sse::start(false)),
        told: Vec::new(),
        number: 0,
        due: now,
        last: now,
        _permit: permit,
    }))
}

struct Agents {
    api: Arc<Api>,
    user: String,
    presence: watch::Receiver<u64>,
    registry: watch::Receiver<u64>,
    comments: Interval,
    watch: Watch<Api>,
    start: Option<String>,
    told: Vec<AgentOverview>,
    number: u64,
    due: Instant,
    last: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Tells for Agents {
    async fn next(&mut self) -> Option<String> {
        if let Some(start) = self.start.take() {
            return Some(start);
        }
        loop {
            tokio::select! {
                biased;
                () = self.watch.stop.cancelled() => return None,
                _ = self.comments.tick() => {
                    return self.watch.is_allowed().then(|| COMMENT.to_owned());
                }
                Ok(()) = self.presence.changed() => self.due = self.due.min(self.last + GATHER),
                Ok(()) = self.registry.changed() => self.due = self.due.min(self.last + GATHER),
                () = sleep_until(self.due) => {
                    self.last = Instant::now();
                    self.due = self.last + LOOK_EVERY;
                    if !self.watch.is_allowed() {
                        return None;
                    }
                    if let Some(text) = self.tell().await {
                        return Some(text);
                    }
                }
            }
        }
    }
}

impl Agents {
    /// The agents that the user sees, as they are now, if that is something else than what was told.
    async fn tell(&mut self) -> Option<String> {
        let user: Arc<User> = self.api.parts.registry.user(&self.user)?;
        let overview = overview(&self.api, &user).await.ok()?;
        if self.number > 0 && overview.agents == self.told {
            return None;
        }
        self.number += 1;
        let mut text = String::new();
        write(&mut text, &self.number.to_string(), "agents", &to_json(&overview));
        self.told = overview.agents;
        Some(text)
    }
}
