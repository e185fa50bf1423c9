//! The table of routes: the router, `Allow`, the OpenAPI document and the access test are all made from it.

use gssa_serve::route::{Event, Gives, Takes, parameter, schema_of};
use gssa_serve::{Route, routes, view};

use super::access::Class::{Admin, Hook, Open, Read};
use super::{
    Api, about, configuration, discovery, hooks, importing, openapi, probe, readings, session, setup, status, uplinks,
};

/// The largest body of most routes, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// The largest configuration, in bytes.
const MAX_CONFIG_BYTES: usize = 1024 * 1024;

/// The events of the stream that only the agent has.
static OWN_EVENTS: &[Event] = &[Event {
    name: "uplinks",
    summary: "The links to receivers, when one is different, at most once a second",
    schema: schema_of::<crate::uplink::UplinkList>,
}];

/// Every route, in the order of the document. What shows sources is that of every program that does.
pub(super) fn routes() -> Vec<Route<Api>> {
    let shown = view::routes("/api/v1", Read).into_iter().map(|route| match route.operation {
        "events" => Route { gives: route.gives.and_events(OWN_EVENTS), ..route },
        _ => route,
    });
    let mut shown = shown.peekable();
    let mut until = |operation: &str| -> Vec<_> {
        std::iter::from_fn(|| shown.next_if(|route| route.operation != operation)).collect()
    };
    [status_routes(), until("readings"), program_routes(), until("fleet_history"), polls(), until(""), own()]
        .into_iter()
        .flatten()
        .collect()
}

fn status_routes() -> Vec<Route<Api>> {
    routes! {
        Open GET "/healthz" "healthz" status::healthz,
            "Whether the agent is alive", query &[], takes None, gives Gives::json::<status::Alive>();
        Open GET "/readyz" "readyz" status::readyz,
            "Whether the agent is configured and polls", query &[], takes None, gives Gives::json::<status::Alive>();
        Read GET "/metrics" "metrics" status::metrics,
            "Metrics as Prometheus text", query &[], takes None, gives Gives::text(status::PROMETHEUS_TEXT);
        Open GET "/api/v1/version" "version" status::version,
            "Name, version, commit and build target", query &[], takes None, gives Gives::json::<status::Version>();
    }
}

fn program_routes() -> Vec<Route<Api>> {
    routes! {
        Open GET "/api/v1/time_zones" "time_zones" about::time_zones,
            "The time zones that the machine knows", query &[], takes None, gives Gives::json::<about::TimeZones>();
        Read GET "/api/v1/openapi.json" "openapi" openapi::get,
            "The OpenAPI document of this API", query &[], takes None, gives Gives::json::<serde_json::Value>();
    }
}

fn polls() -> Vec<Route<Api>> {
    routes! {
        Admin POST "/api/v1/readings/{source_id}/refresh" "refresh" readings::refresh,
            "Polls a source at once; 202 with the reading before, if a poll is under way",
            query &[], takes None, gives Gives::json::<gssa_model::Reading>();
    }
}

fn own() -> Vec<Route<Api>> {
    routes! {
        Read GET "/api/v1/uplinks" "uplinks" uplinks::list,
            "The links to receivers outside: state, what became of what was made, attempts",
            query &[], takes None, gives Gives::json::<crate::uplink::UplinkList>();
        Read GET "/api/v1/uplinks/{uplink_id}/preview" "uplink_preview" uplinks::preview,
            "What a link sends, after masking",
            query &[parameter("source_id", "Only this source; the first one that is sent if not given")],
            takes None, gives Gives::json::<crate::uplink::Preview>();
        Read GET "/api/v1/uplink/preview" "default_preview" uplinks::default_preview,
            "What a link with default settings would send, after masking",
            query &[parameter("source_id", "Only this source; the first one if not given")],
            takes None, gives Gives::json::<crate::uplink::Preview>();

        Admin POST "/api/v1/uplinks/test" "test_uplink" uplinks::test,
            "Whether a link would work: tries its address and token once; nothing is saved and no reading is sent",
            query &[], takes Some(Takes::json::<uplinks::Test>(MAX_BODY_BYTES)), gives Gives::json::<crate::uplink::Trial>();

        Admin GET "/api/v1/config" "config" configuration::get,
            "The configuration, secrets masked", query &[], takes None, gives Gives::json::<serde_json::Value>();
        Admin PUT "/api/v1/config" "put_config" configuration::put,
            "Replaces the configuration",
            query &[], needs match, takes Some(Takes::json::<serde_json::Value>(MAX_CONFIG_BYTES)), gives Gives::json::<serde_json::Value>();
        Admin POST "/api/v1/config/check" "check_config" configuration::check,
            "What is wrong with a configuration; nothing is saved",
            query &[], takes Some(Takes::json::<serde_json::Value>(MAX_CONFIG_BYTES)), gives Gives::json::<configuration::Checked>();
        Admin GET "/api/v1/config/status" "config_status" configuration::status,
            "What is wrong with the file, and what the environment or the command line sets",
            query &[], takes None, gives Gives::json::<configuration::Status>();
        Admin GET "/api/v1/config/schema" "config_schema" configuration::schema,
            "The JSON Schema of the configuration", query &[], takes None, gives Gives::json::<serde_json::Value>();
        Admin GET "/api/v1/config/versions" "config_versions" configuration::versions,
            "The configurations that are kept", query &[], takes None, gives Gives::json::<configuration::Versions>();
        Admin GET "/api/v1/config/versions/{version}" "config_version" configuration::version,
            "One of them, secrets masked", query &[], takes None, gives Gives::json::<serde_json::Value>();
        Admin POST "/api/v1/config/versions/{version}/restore" "restore_config" configuration::restore,
            "Takes one of them again", query &[], needs match, takes None, gives Gives::json::<serde_json::Value>();
        Admin POST "/api/v1/config/import" "import_config" importing::post,
            "The sources and limits that a GSSM `config.json` means; nothing is saved",
            query &[], takes Some(Takes::json::<serde_json::Value>(MAX_CONFIG_BYTES)), gives Gives::json::<crate::import::Imported>();
        Admin POST "/api/v1/probe" "probe" probe::post,
            "What is at an address, or whether a source can be read as it is written; nothing is saved",
            query &[], takes Some(Takes::json::<probe::Probe>(MAX_BODY_BYTES)), gives Gives::json::<crate::probe::ProbeReport>();

        Admin POST "/api/v1/token" "new_token" about::token,
            "Makes a token for a program or a hook, and the hash of it for the configuration; nothing is saved",
            query &[], takes None, gives Gives::json::<about::NewToken>();

        Admin GET "/api/v1/discovery" "discovery" discovery::overview,
            "The networks of the agent, and the searches that are kept",
            query &[], takes None, gives Gives::json::<crate::discovery::Overview>();
        Admin POST "/api/v1/discovery" "discover" discovery::post,
            "Begins a search for devices; one at a time",
            query &[], takes Some(Takes::json::<discovery::Search>(MAX_BODY_BYTES)), gives Gives::json::<crate::discovery::Progress>().with_status(202);
        Admin GET "/api/v1/discovery/{search_id}" "search" discovery::get,
            "How far a search is and what it found",
            query &[], takes None, gives Gives::json::<crate::discovery::Report>();
        Admin DELETE "/api/v1/discovery/{search_id}" "stop_search" discovery::delete,
            "Stops a search; what it found is kept", query &[], takes None, gives Gives::NOTHING;

        Hook POST "/api/v1/hooks/{token}" "hook" hooks::post,
            "Takes a webhook of GoSlimStratum or GSSM; it is read later",
            query &[], takes Some(Takes::json::<hooks::Webhook>(crate::hooks::MAX_BODY_BYTES)), gives Gives::NOTHING.with_status(202);
        Hook POST "/api/v1/hooks" "hook_by_query" hooks::post,
            "The same with the token in the query or in `Authorization: Bearer`",
            query &[parameter("token", "The token of the webhook")],
            takes Some(Takes::json::<hooks::Webhook>(crate::hooks::MAX_BODY_BYTES)), gives Gives::NOTHING.with_status(202);

        Open GET "/api/v1/session" "session" session::get,
            "Who calls, and whether a login is needed", query &[], takes None, gives Gives::json::<session::Caller>();
        Open POST "/api/v1/session" "login" session::post,
            "Logs in; the session is a cookie", query &[], takes Some(Takes::json::<session::Login>(MAX_BODY_BYTES)), gives Gives::json::<session::Caller>();
        Open DELETE "/api/v1/session" "logout" session::delete,
            "Logs out", query &[], takes None, gives Gives::NOTHING;
        Open POST "/api/v1/setup" "setup" setup::post,
            "The first set-up, with the one-time code of the log",
            query &[], takes Some(Takes::json::<setup::Setup>(MAX_BODY_BYTES)), gives Gives::json::<session::Caller>();
        Admin PUT "/api/v1/password" "password" session::password,
            "Changes the password and ends all other sessions",
            query &[], takes Some(Takes::json::<session::PasswordChange>(MAX_BODY_BYTES)), gives Gives::json::<session::Caller>();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http::Method;

    use super::*;

    #[test]
    fn rows_differ_and_say_what_they_are() {
        let mut seen = HashSet::new();
        let routes = routes();
        for route in &routes {
            assert!(seen.insert((&route.method, &*route.path)), "{} {} is there twice", route.method, route.path);
            assert!(seen.insert((&Method::TRACE, route.operation)), "{} is there twice", route.operation);
            assert!(!route.summary.is_empty() && !route.summary.ends_with('.'), "{}", route.operation);
            assert!(route.path.matches('{').count() <= 1, "{} has one variable part at most", route.path);
        }
    }

    /// What everybody sees is decided here, not by the way.
    #[test]
    fn these_are_open_and_no_other() {
        let routes = routes();
        let open = routes.iter().filter(|route| route.class == Open);
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
        for route in routes().iter().filter(|route| route.class == Read) {
            assert_eq!(route.method, Method::GET, "{}", route.path);
            assert!(!route.path.contains("config") && route.takes.is_none(), "{}", route.path);
        }
    }
}
