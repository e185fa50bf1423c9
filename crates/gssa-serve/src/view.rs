//! The routes that show what is known of the sources of an agent.

mod aside;
mod events;
mod fields;
mod history;
mod journal;
mod readings;
mod stream;
mod summary;

use std::sync::Arc;

pub use aside::Aside;
use gssa_view::View;
use gssa_view::agent::AgentStatus;

use crate::app::App;
use crate::call::Call;
use crate::problem::Error;
use crate::response::{Response, json};
use crate::route::{Event, Gives, Route, parameter, schema_of};
use crate::router::Params;
use crate::routes;
use crate::sse::Streams;

/// A program that shows views.
pub trait Shows: App {
    /// What the variable parts of a path name, which [`admit`](App::admit) let the caller see.
    fn shown(self: &Arc<Self>, params: &Params) -> Result<Shown, Error>;

    /// The streams of all views.
    fn streams(&self) -> &Streams;

    /// What streams tell beside the view.
    fn aside(self: &Arc<Self>) -> Option<Aside> {
        None
    }
}

/// A view and how its agent is doing.
#[derive(Clone)]
pub struct Shown {
    /// What is known of the sources.
    pub view: Arc<View>,
    /// Gives the agent itself, at the time of the call.
    pub agent: Arc<dyn Fn() -> AgentStatus + Send + Sync>,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown").field("view", &self.view).finish_non_exhaustive()
    }
}

impl<A: Shows> Call<A> {
    /// The view that is asked about.
    pub fn view(&self) -> Result<Arc<View>, Error> {
        Ok(self.app.shown(&self.params)?.view)
    }
}

/// The agent itself.
pub async fn agent<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    json(&(call.app.shown(&call.params)?.agent)())
}

/// What readings may be shown as.
const VIEWS: &[&str] = &["readings", "table"];

/// The filters of lists of readings and their pages; `$more` come first.
macro_rules! readings_query {
    ($($more:expr),*) => {
        &[
            $($more,)*
            parameter("kind", "Only these kinds of source, divided by commas"),
            parameter("health", "Only with one of these words of health, divided by commas"),
            parameter("state", "Only in one of these states, divided by commas"),
            parameter("group", "Only in this group"),
            parameter("q", "Only with this text in id, name, address, group, tags or identity"),
            parameter("limit", "At most so many; 1000 if not given").number(1, 10_000),
            parameter("cursor", "Go on after the page that gave this `next_cursor`"),
            parameter("fields", "Keep only these dotted paths of each reading, divided by commas: `source.id,health`"),
        ]
    };
}

macro_rules! event {
    ($name:literal, $summary:literal, $type:ty) => {
        Event { name: $name, summary: $summary, schema: schema_of::<$type> }
    };
}

/// The events of the stream.
static EVENTS: &[Event] = &[
    event!("reading", "A new reading of a source; not with view=table", gssa_model::Reading),
    event!("delta", "What changed in the table, at most one a second; with view=table", gssa_view::table::DeltaShape),
    event!("summary", "The totals, when they change, at most once a second", gssa_view::summary::Summary),
    event!("issues", "What needs attention, when it changes, at most once a second", gssa_view::issues::Issues),
    event!("config", "The entity tag of the configuration, when another one is in force", events::ConfigChange),
    event!("event", "An entry of the journal", gssa_view::journal::Entry),
    event!("agent", "The agent itself, every 15 seconds; with view=table", AgentStatus),
    event!("reset", "Something was missed: fetch the readings or the table again", events::Reset),
];

/// The routes that show a view, below a prefix and all of one class.
pub fn routes<A: Shows>(prefix: &str, class: A::Class) -> Vec<Route<A>> {
    let routes: Vec<Route<A>> = routes! {
        class GET "/agent" "agent" agent,
            "The agent itself: version, clock, what it uses, how late it is",
            query &[], takes None, gives Gives::json::<AgentStatus>();
        class GET "/readings" "readings" readings::list,
            "The readings of all sources, sorted by id, or each as a flat row",
            query readings_query!(parameter("view", "`readings` (if not given) or `table`: all that fit, each as a flat row").words(VIEWS)),
            takes None, gives Gives::json::<readings::Listed>();
        class GET "/miners" "miners" readings::miners,
            "The readings of mining devices",
            query readings_query!(), takes None, gives Gives::json::<readings::ReadingList>();
        class GET "/pools" "pools" readings::pools,
            "The readings of mining pools",
            query readings_query!(), takes None, gives Gives::json::<readings::ReadingList>();
        class GET "/infrastructure" "infrastructure" readings::infrastructure,
            "The readings of servers and what runs on them",
            query readings_query!(), takes None, gives Gives::json::<readings::ReadingList>();
        class GET "/readings/{source_id}" "reading" readings::one,
            "The reading of one source",
            query &[parameter("fields", "Keep only these dotted paths, divided by commas")],
            takes None, gives Gives::json::<gssa_model::Reading>();
        class GET "/history" "fleet_history" history::fleet,
            "The points of one figure of the fleet: sums, or the highest temperature, of what was known at each moment",
            query &[
                parameter("metric", "current_hps if not given").words(&["current_hps", "watts", "chip_celsius"]),
                parameter("algorithm", "Only miners of this algorithm; for current_hps that of the most miners if not given, else all"),
                parameter("since", "Only later ones: an RFC 3339 time or Unix milliseconds"),
            ],
            takes None, gives Gives::json::<history::FleetHistory>();
        class GET "/history/{source_id}" "history" history::get,
            "The points of one figure of a source, kept in memory",
            query &[
                parameter("metric", "current_hps if not given")
                    .words(&["current_hps", "watts", "chip_celsius", "accepted", "rejected"]),
                parameter("coin", "Of a pool: the key of the coin, of which there are current_hps, accepted and rejected"),
                parameter("since", "Only later ones: an RFC 3339 time or Unix milliseconds"),
            ],
            takes None, gives Gives::json::<gssa_view::store::Series>();
        class GET "/summary" "summary" summary::summary,
            "Totals of the fleet", query &[], takes None, gives Gives::json::<gssa_view::summary::Summary>();
        class GET "/issues" "issues" summary::issues,
            "What needs attention", query &[], takes None, gives Gives::json::<gssa_view::issues::Issues>();
        class GET "/events" "events" events::get,
            "What happens, as server-sent events; goes on after `Last-Event-ID`",
            query &[
                parameter("view", "`readings` (if not given) or `table`: small changes of the table in place of readings").words(VIEWS),
                parameter("seq", "With view=table: go on after the `seq` of the table that was fetched").number(0, u64::MAX),
            ],
            takes None, gives Gives::events(EVENTS);
        class GET "/journal" "journal" journal::get,
            "What happened: the last events kept in memory",
            query &[
                parameter("since", "Only later ones: an RFC 3339 time or Unix milliseconds"),
                parameter("kind", "Only of this kind"),
                parameter("source_id", "Only about this source"),
                parameter("limit", "At most so many of the newest").number(1, 5000),
            ],
            takes None, gives Gives::json::<journal::Journal>();
    };
    routes.into_iter().map(|route| route.below(prefix)).collect()
}
