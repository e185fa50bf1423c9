//! The table of routes: the router, `Allow`, the OpenAPI document and the access test are all made from it.

use std::future::Future;
use std::pin::Pin;

use http::Method;
use schemars::{Schema, SchemaGenerator};

use super::access::Class;
use super::problem::Error;
use super::request::Call;
use super::response::Response;
use super::{
    about, configuration, discovery, events, history, hooks, importing, journal, openapi, probe, readings, session,
    setup, status, summary, uplinks,
};

/// One operation.
pub(super) struct Route {
    pub(super) method: Method,
    /// With at most one variable part.
    pub(super) path: &'static str,
    /// The name of the operation.
    pub(super) operation: &'static str,
    /// What it gives, for people.
    pub(super) summary: &'static str,
    pub(super) class: Class,
    pub(super) query: &'static [Parameter],
    /// What it takes.
    pub(super) takes: Option<Takes>,
    /// What it gives.
    pub(super) gives: Gives,
    pub(super) handler: fn(Call) -> Answer,
}

/// A query parameter; every one is optional.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
}

/// A body that a route takes.
pub(super) struct Takes {
    pub(super) schema: SchemaOf,
    pub(super) limit: usize,
}

/// A body that a route gives.
pub(super) struct Gives {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) schema: Option<SchemaOf>,
    /// For a stream of events: their names and what each is.
    pub(super) events: &'static [Event],
}

/// An event of a stream.
pub(super) struct Event {
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) schema: SchemaOf,
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;
type Answer = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send>>;

/// The largest body of most routes, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// The largest configuration, in bytes.
const MAX_CONFIG_BYTES: usize = 1024 * 1024;

impl Route {
    /// The largest body that is read.
    pub(super) fn body_limit(&self) -> usize {
        self.takes.as_ref().map_or(0, |takes| takes.limit)
    }
}

/// JSON of a type.
macro_rules! json {
    ($type:ty) => {
        Gives {
            status: 200,
            content_type: "application/json",
            schema: Some(|schemas| schemas.subschema_for::<$type>()),
            events: &[],
        }
    };
}

/// Text of another kind.
const fn text(content_type: &'static str) -> Gives {
    Gives { status: 200, content_type, schema: None, events: &[] }
}

const NOTHING: Gives = Gives { status: 204, content_type: "", schema: None, events: &[] };
const ACCEPTED: Gives = Gives { status: 202, ..NOTHING };

macro_rules! body {
    ($type:ty) => {
        body!($type, MAX_BODY_BYTES)
    };
    ($type:ty, $limit:expr) => {
        Some(Takes { schema: |schemas| schemas.subschema_for::<$type>(), limit: $limit })
    };
}

macro_rules! routes {
    ($( $class:ident $method:ident $path:literal $operation:literal $handler:path,
        $summary:literal, query $query:expr, takes $takes:expr, gives $gives:expr; )+) => {
        &[$(Route {
            method: Method::$method, path: $path, operation: $operation, summary: $summary, class: Class::$class,
            query: $query, takes: $takes, gives: $gives, handler: |call| Box::pin($handler(call)),
        },)+]
    };
}

const fn parameter(name: &'static str, summary: &'static str) -> Parameter {
    Parameter { name, summary }
}

/// An event and its shape.
macro_rules! event {
    ($name:literal, $summary:literal, $type:ty) => {
        Event { name: $name, summary: $summary, schema: |schemas| schemas.subschema_for::<$type>() }
    };
}

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
            parameter("limit", "At most so many, 1 to 10000; 1000 if not given"),
            parameter("cursor", "Go on after the page that gave this `next_cursor`"),
            parameter("fields", "Keep only these dotted paths of each reading, divided by commas: `source.id,health`"),
        ]
    };
}

/// The events of the stream.
const EVENTS: Gives = Gives {
    events: &[
        event!("reading", "A new reading of a source; not with view=table", gssa_model::Reading),
        event!(
            "delta",
            "What changed in the table, at most one a second; with view=table",
            gssa_view::table::DeltaShape
        ),
        event!("summary", "The totals, when they change, at most once a second", gssa_view::summary::Summary),
        event!("issues", "What needs attention, when it changes, at most once a second", gssa_view::issues::Issues),
        event!(
            "uplinks",
            "The links to receivers, when one is different, at most once a second",
            crate::uplink::UplinkList
        ),
        event!("config", "The entity tag of the configuration, when another one is in force", events::ConfigChange),
        event!("event", "An entry of the journal", gssa_view::journal::Entry),
        event!("agent", "The agent itself, every 15 seconds; with view=table", about::AgentStatus),
        event!("reset", "Something was missed: fetch the readings or the table again", events::Reset),
    ],
    ..text("text/event-stream")
};

/// Every route.
pub(super) static ROUTES: &[Route] = routes! {
    Open GET "/healthz" "healthz" status::healthz,
        "Whether the agent is alive", query &[], takes None, gives json!(status::Alive);
    Open GET "/readyz" "readyz" status::readyz,
        "Whether the agent is configured and polls", query &[], takes None, gives json!(status::Alive);
    Read GET "/metrics" "metrics" status::metrics,
        "Metrics as Prometheus text", query &[], takes None, gives text(status::PROMETHEUS_TEXT);
    Open GET "/api/v1/version" "version" status::version,
        "Name, version, commit and build target", query &[], takes None, gives json!(status::Version);
    Read GET "/api/v1/agent" "agent" about::agent,
        "The agent itself: version, clock, what it uses, how late it is",
        query &[], takes None, gives json!(about::AgentStatus);
    Open GET "/api/v1/time_zones" "time_zones" about::time_zones,
        "The time zones that the machine knows", query &[], takes None, gives json!(about::TimeZones);
    Read GET "/api/v1/openapi.json" "openapi" openapi::get,
        "The OpenAPI document of this API", query &[], takes None, gives json!(serde_json::Value);

    Read GET "/api/v1/readings" "readings" readings::list,
        "The readings of all sources, sorted by id, or each as a flat row",
        query readings_query!(parameter("view", "`readings` (if not given) or `table`: all that fit, each as a flat row")),
        takes None, gives json!(readings::Listed);
    Read GET "/api/v1/miners" "miners" readings::miners,
        "The readings of mining devices",
        query readings_query!(), takes None, gives json!(readings::ReadingList);
    Read GET "/api/v1/pools" "pools" readings::pools,
        "The readings of mining pools",
        query readings_query!(), takes None, gives json!(readings::ReadingList);
    Read GET "/api/v1/infrastructure" "infrastructure" readings::infrastructure,
        "The readings of servers and what runs on them",
        query readings_query!(), takes None, gives json!(readings::ReadingList);
    Read GET "/api/v1/readings/{source_id}" "reading" readings::one,
        "The reading of one source",
        query &[parameter("fields", "Keep only these dotted paths, divided by commas")],
        takes None, gives json!(gssa_model::Reading);
    Admin POST "/api/v1/readings/{source_id}/refresh" "refresh" readings::refresh,
        "Polls a source at once; 202 with the reading before, if a poll is under way",
        query &[], takes None, gives json!(gssa_model::Reading);
    Read GET "/api/v1/history" "fleet_history" history::fleet,
        "The points of one figure of the fleet: sums, or the highest temperature, of what was known at each moment",
        query &[
            parameter("metric", "current_hps (if not given), watts or chip_celsius"),
            parameter("algorithm", "Only miners of this algorithm; for current_hps that of the most miners if not given, else all"),
            parameter("since", "Only later ones: an RFC 3339 time or Unix milliseconds"),
        ],
        takes None, gives json!(history::FleetHistory);
    Read GET "/api/v1/history/{source_id}" "history" history::get,
        "The points of one figure of a source, kept in memory",
        query &[
            parameter("metric", "current_hps (if not given), watts, chip_celsius, accepted or rejected"),
            parameter("since", "Only later ones: an RFC 3339 time or Unix milliseconds"),
        ],
        takes None, gives json!(gssa_view::store::Series);
    Read GET "/api/v1/summary" "summary" summary::summary,
        "Totals of the fleet", query &[], takes None, gives json!(gssa_view::summary::Summary);
    Read GET "/api/v1/issues" "issues" summary::issues,
        "What needs attention", query &[], takes None, gives json!(gssa_view::issues::Issues);
    Read GET "/api/v1/events" "events" events::get,
        "What happens, as server-sent events; goes on after `Last-Event-ID`",
        query &[
            parameter("view", "`readings` (if not given) or `table`: small changes of the table in place of readings"),
            parameter("seq", "With view=table: go on after the `seq` of the table that was fetched"),
        ],
        takes None, gives EVENTS;
    Read GET "/api/v1/journal" "journal" journal::get,
        "What happened: the last events kept in memory",
        query &[
            parameter("since", "Only later ones: an RFC 3339 time or Unix milliseconds"),
            parameter("kind", "Only of this kind"),
            parameter("source_id", "Only about this source"),
            parameter("limit", "At most so many of the newest, 1 to 5000"),
        ],
        takes None, gives json!(journal::Journal);
    Read GET "/api/v1/uplinks" "uplinks" uplinks::list,
        "The links to receivers outside: state, what became of what was made, attempts",
        query &[], takes None, gives json!(crate::uplink::UplinkList);
    Read GET "/api/v1/uplinks/{uplink_id}/preview" "uplink_preview" uplinks::preview,
        "What a link sends, after masking",
        query &[parameter("source_id", "Only this source; the first one that is sent if not given")],
        takes None, gives json!(crate::uplink::Preview);
    Read GET "/api/v1/uplink/preview" "default_preview" uplinks::default_preview,
        "What a link with default settings would send, after masking",
        query &[parameter("source_id", "Only this source; the first one if not given")],
        takes None, gives json!(crate::uplink::Preview);

    Admin GET "/api/v1/config" "config" configuration::get,
        "The configuration, secrets masked", query &[], takes None, gives json!(serde_json::Value);
    Admin PUT "/api/v1/config" "put_config" configuration::put,
        "Replaces the configuration; `If-Match` is required",
        query &[], takes body!(serde_json::Value, MAX_CONFIG_BYTES), gives json!(serde_json::Value);
    Admin POST "/api/v1/config/check" "check_config" configuration::check,
        "What is wrong with a configuration; nothing is saved",
        query &[], takes body!(serde_json::Value, MAX_CONFIG_BYTES), gives json!(configuration::Checked);
    Admin GET "/api/v1/config/status" "config_status" configuration::status,
        "What is wrong with the file, and what the environment or the command line sets",
        query &[], takes None, gives json!(configuration::Status);
    Admin GET "/api/v1/config/schema" "config_schema" configuration::schema,
        "The JSON Schema of the configuration", query &[], takes None, gives json!(serde_json::Value);
    Admin GET "/api/v1/config/versions" "config_versions" configuration::versions,
        "The configurations that are kept", query &[], takes None, gives json!(configuration::Versions);
    Admin GET "/api/v1/config/versions/{version}" "config_version" configuration::version,
        "One of them, secrets masked", query &[], takes None, gives json!(serde_json::Value);
    Admin POST "/api/v1/config/versions/{version}/restore" "restore_config" configuration::restore,
        "Takes one of them again; `If-Match` is required", query &[], takes None, gives json!(serde_json::Value);
    Admin POST "/api/v1/config/import" "import_config" importing::post,
        "The sources and limits that a GSSM `config.json` means; nothing is saved",
        query &[], takes body!(serde_json::Value, MAX_CONFIG_BYTES), gives json!(crate::import::Imported);
    Admin POST "/api/v1/probe" "probe" probe::post,
        "What is at an address, or whether a source can be read as it is written; nothing is saved",
        query &[], takes body!(probe::Probe), gives json!(crate::probe::ProbeReport);

    Admin POST "/api/v1/token" "new_token" about::token,
        "Makes a token for a program or a hook, and the hash of it for the configuration; nothing is saved",
        query &[], takes None, gives json!(about::NewToken);

    Admin GET "/api/v1/discovery" "discovery" discovery::overview,
        "The networks of the agent, and the searches that are kept",
        query &[], takes None, gives json!(crate::discovery::Overview);
    Admin POST "/api/v1/discovery" "discover" discovery::post,
        "Begins a search for devices; one at a time",
        query &[], takes body!(discovery::Search), gives Gives { status: 202, ..json!(crate::discovery::Progress) };
    Admin GET "/api/v1/discovery/{search_id}" "search" discovery::get,
        "How far a search is and what it found",
        query &[], takes None, gives json!(crate::discovery::Report);
    Admin DELETE "/api/v1/discovery/{search_id}" "stop_search" discovery::delete,
        "Stops a search; what it found is kept", query &[], takes None, gives NOTHING;

    Hook POST "/api/v1/hooks/{token}" "hook" hooks::post,
        "Takes a webhook of GoSlimStratum or GSSM; it is read later",
        query &[], takes body!(hooks::Webhook, crate::hooks::MAX_BODY_BYTES), gives ACCEPTED;
    Hook POST "/api/v1/hooks" "hook_by_query" hooks::post,
        "The same with the token in the query or in `Authorization: Bearer`",
        query &[parameter("token", "The token of the webhook")],
        takes body!(hooks::Webhook, crate::hooks::MAX_BODY_BYTES), gives ACCEPTED;

    Open GET "/api/v1/session" "session" session::get,
        "Who calls, and whether a login is needed", query &[], takes None, gives json!(session::Caller);
    Open POST "/api/v1/session" "login" session::post,
        "Logs in; the session is a cookie", query &[], takes body!(session::Login), gives json!(session::Caller);
    Open DELETE "/api/v1/session" "logout" session::delete,
        "Logs out", query &[], takes None, gives NOTHING;
    Open POST "/api/v1/setup" "setup" setup::post,
        "The first set-up, with the one-time code of the log",
        query &[], takes body!(setup::Setup), gives json!(session::Caller);
    Admin PUT "/api/v1/password" "password" session::password,
        "Changes the password and ends all other sessions",
        query &[], takes body!(session::PasswordChange), gives json!(session::Caller);
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn rows_differ_and_say_what_they_are() {
        let mut seen = HashSet::new();
        for route in ROUTES {
            assert!(seen.insert((&route.method, route.path)), "{} {} is there twice", route.method, route.path);
            assert!(seen.insert((&Method::TRACE, route.operation)), "{} is there twice", route.operation);
            assert!(!route.summary.is_empty() && !route.summary.ends_with('.'), "{}", route.operation);
            assert!(route.path.matches('{').count() <= 1, "{} has one variable part at most", route.path);
        }
    }

    /// What everybody sees is decided here, not by the way.
    #[test]
    fn these_are_open_and_no_other() {
        let open = ROUTES.iter().filter(|route| route.class == Class::Open);
        let open: Vec<_> = open.map(|route| format!("{} {}", route.method, route.path)).collect();
        let expected = [
            "GET /healthz",
            "GET /readyz",
            "GET /api/v1/version",
            "GET /api/v1/time_zones",
            "GET /api/v1/session",
            "POST /api/v1/session",
            "DELETE /api/v1/session",
            "POST /api/v1/setup",
        ];
        assert_eq!(open, expected);
    }

    #[test]
    fn what_changes_something_or_shows_the_set_up_is_for_the_admin() {
        for route in ROUTES.iter().filter(|route| route.class == Class::Read) {
            assert_eq!(route.method, Method::GET, "{}", route.path);
            assert!(!route.path.contains("config") && route.takes.is_none(), "{}", route.path);
        }
    }
}
