//! The table of routes: the router, `Allow`, the `OpenAPI` document and the access tests are all made from it.

use gssa_serve::route::{Event, Gives, Takes, schema_of};
use gssa_serve::{Route, routes, view};

use super::access::Class::{Admin, Gate, Here, Open, User};
use super::{Api, agents, door, issues, openapi, overview, session, status, stream, users};

/// The largest body of these routes, in bytes.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// The events of the stream of all agents.
static EVENTS: &[Event] = &[Event {
    name: "agents",
    summary: "The agents that the caller sees, when something about them changed; at most one a second",
    schema: schema_of::<overview::Overview>,
}];

/// Every route, in the order of the document.
pub(super) fn routes() -> Vec<Route<Api>> {
    [own(), administration(), view::routes("/api/v1/agents/{agent_id}", User)].into_iter().flatten().collect()
}

fn own() -> Vec<Route<Api>> {
    routes! {
        Open GET "/healthz" "healthz" status::healthz,
            "Whether it is alive", query &[], takes None, gives Gives::json::<status::Alive>();
        Open GET "/readyz" "readyz" status::readyz,
            "Whether the log can be written", query &[], takes None, gives Gives::json::<status::Alive>();
        Here GET "/metrics" "metrics" status::metrics,
            "Metrics as Prometheus text", query &[], takes None, gives Gives::text(crate::metrics::CONTENT_TYPE);
        Gate GET "/agent" "agent_socket" door::answer,
            "The door for agents by WebSocket", query &[], takes None, gives Gives::NOTHING.with_status(101);
        Gate POST "/agent" "agent_letter" door::answer,
            "The door for agents by POST", query &[], takes None, gives Gives::json::<serde_json::Value>();

        Open GET "/api/v1/version" "version" status::version,
            "Name, version and commit", query &[], takes None, gives Gives::json::<status::Version>();
        User GET "/api/v1/openapi.json" "openapi" openapi::get,
            "The OpenAPI document of this API", query &[], takes None, gives Gives::json::<serde_json::Value>();
        Open GET "/api/v1/session" "session" session::get,
            "Who calls", query &[], takes None, gives Gives::json::<session::Caller>();
        Open POST "/api/v1/session" "login" session::post,
            "Logs in; the session is a cookie", query &[],
            takes Some(Takes::json::<session::Login>(MAX_BODY_BYTES)), gives Gives::json::<session::Caller>();
        Open DELETE "/api/v1/session" "logout" session::delete,
            "Logs out", query &[], takes None, gives Gives::NOTHING;
        User PUT "/api/v1/password" "change_password" session::password,
            "Changes one's own password; all other sessions end", query &[],
            takes Some(Takes::json::<session::PasswordChange>(MAX_BODY_BYTES)), gives Gives::json::<session::Caller>();

        User GET "/api/v1/agents" "agents" overview::list,
            "The agents that the caller sees: whether they are there, their ledger, what is kept",
            query &[], takes None, gives Gives::json::<overview::Overview>();
        User GET "/api/v1/agents/{agent_id}" "agent_overview" overview::one,
            "One of them", query &[], takes None, gives Gives::json::<overview::AgentOverview>();
        User GET "/api/v1/issues" "agent_issues" issues::get,
            "What needs attention about agents themselves", query &[], takes None, gives Gives::json::<issues::CloudIssues>();
        User GET "/api/v1/events" "agent_events" stream::get,
            "What changes about agents, as server-sent events", query &[], takes None, gives Gives::events(EVENTS);
    }
}

fn administration() -> Vec<Route<Api>> {
    routes! {
        Admin POST "/api/v1/agents" "add_agent" agents::add,
            "Enrols an agent; its token is shown once", query &[],
            takes Some(Takes::json::<agents::Enrolment>(MAX_BODY_BYTES)), gives Gives::json::<agents::Enrolled>();
        Admin POST "/api/v1/agents/{agent_id}/rotate" "rotate_agent" agents::rotate,
            "Gives it another token; the one that it has works until the new one is used",
            query &[], takes None, gives Gives::json::<agents::Enrolled>();
        Admin POST "/api/v1/agents/{agent_id}/revoke" "revoke_agent" agents::revoke,
            "Takes its tokens away; what it sent stays for as long as it is kept", query &[], takes None, gives Gives::NOTHING;
        Admin DELETE "/api/v1/agents/{agent_id}" "remove_agent" agents::remove,
            "Forgets it and everything that it sent", query &[], takes None, gives Gives::NOTHING;

        Admin GET "/api/v1/users" "users" users::list,
            "Everybody", query &[], takes None, gives Gives::json::<users::Users>();
        Admin POST "/api/v1/users" "add_user" users::add,
            "Adds somebody", query &[],
            takes Some(Takes::json::<users::NewUser>(MAX_BODY_BYTES)), gives Gives::json::<users::UserShown>();
        Admin DELETE "/api/v1/users/{user}" "remove_user" users::remove,
            "Removes somebody", query &[], takes None, gives Gives::NOTHING;
        Admin PUT "/api/v1/users/{user}/password" "set_password" users::password,
            "Gives somebody another password; their sessions end", query &[],
            takes Some(Takes::json::<users::NewPassword>(MAX_BODY_BYTES)), gives Gives::NOTHING;
        Admin PUT "/api/v1/users/{user}/admin" "promote" users::promote,
            "Makes somebody an administrator", query &[], takes None, gives Gives::json::<users::UserShown>();
        Admin DELETE "/api/v1/users/{user}/admin" "demote" users::demote,
            "Makes an administrator a user as others are", query &[], takes None, gives Gives::json::<users::UserShown>();
        Admin PUT "/api/v1/users/{user}/agents/{agent_id}" "grant" users::grant,
            "Lets somebody see an agent", query &[], takes None, gives Gives::json::<users::UserShown>();
        Admin DELETE "/api/v1/users/{user}/agents/{agent_id}" "withdraw" users::withdraw,
            "Lets somebody see an agent no more", query &[], takes None, gives Gives::json::<users::UserShown>();
    }
}
