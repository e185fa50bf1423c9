//! What is answered to a request.

use std::time::Duration;

use super::facts::VERSION;
use super::style::{Topic, document, enveloped};
use super::{DeviceSpec, Model};
use crate::Device;
use crate::http::{Reply, Request};
use crate::json::{Json, Style};
use crate::misbehave::redirect;

const JSON: &str = "application/json";
/// A command over SSH to a server that is busy or away.
const SLOW: Duration = Duration::from_secs(30);
/// More than any honest answer.
const HUGE_BYTES: usize = 8 * 1024 * 1024;

/// What a request is answered with.
#[derive(Debug)]
pub(super) enum Answer {
    Reply(Reply),
    /// The same, but late.
    Late(Duration, Reply),
    /// A stream that never ends, with an event each second or with none.
    Events {
        event: Option<Vec<u8>>,
    },
}

pub(super) fn answer(device: &Device, spec: &DeviceSpec, request: &Request) -> Answer {
    if request.method != "GET" && request.method != "HEAD" {
        return Answer::Reply(error(405, "method not allowed"));
    }
    let page = |html: String| Answer::Reply(Reply::new(200, "text/html; charset=utf-8", html));
    match request.path.as_str() {
        "/" => page(app()),
        "/version" => page(version_page()),
        "/api/server/updates" | "/api/server/product/repair" => Answer::Reply(error(404, "not found")),
        path => match path.strip_prefix("/sim/") {
            Some(fault) => faulty(device, spec, fault),
            None => Answer::Reply(endpoint(device, spec, request).unwrap_or_else(|| unknown(spec.model, path))),
        },
    }
}

/// The page of the app, which some servers give for any path.
pub(super) fn app() -> String {
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>MIM</title><link rel=\"manifest\" href=\"/manifest.json\">\
     </head><body><div id=\"root\"></div><script src=\"/app.js\"></script></body></html>"
        .to_owned()
}

fn version_page() -> String {
    format!(
        "<!doctype html><html><head><title>MIM</title></head><body><dl><dt>MIM version</dt><dd>{VERSION}</dd>\
         <dt>Latest version</dt><dd>3.4.0</dd></dl></body></html>"
    )
}

fn unknown(model: Model, path: &str) -> Reply {
    if path.starts_with("/api/") && matches!(model, Model::Bare | Model::Enveloped) {
        return error(404, "not found");
    }
    Reply::new(200, "text/html; charset=utf-8", app())
}

fn error(status: u16, message: &'static str) -> Reply {
    json(status, &Json::object([("error", message.into())]))
}

fn json(status: u16, body: &Json) -> Reply {
    Reply::new(status, JSON, body.to_bytes(Style::Compact))
}

/// One of the paths of the model.
fn endpoint(device: &Device, spec: &DeviceSpec, request: &Request) -> Option<Reply> {
    let servers = spec.model.servers();
    let (known, of) = spec.model.endpoints().iter().find_map(|known| match known.path.split_once("{server}") {
        None => (known.path == request.path).then_some((known, None)),
        Some((before, after)) => {
            let id = request.path.strip_prefix(before)?.strip_suffix(after)?;
            Some((known, Some(id)))
        }
    })?;
    if of.is_some_and(|id| !servers.contains(&id)) {
        return Some(error(404, "no such server"));
    }
    let topic = match known.map {
        "servers" => Topic::Servers,
        "containers" => Topic::Containers,
        _ => Topic::Products,
    };
    Some(json(200, &document(spec, &device.moment(), topic, of)))
}

/// The paths that misbehave.
fn faulty(device: &Device, spec: &DeviceSpec, fault: &str) -> Answer {
    let containers = || document(spec, &device.moment(), Topic::Containers, None);
    Answer::Reply(match fault {
        "slow" => return Answer::Late(SLOW, json(200, &containers())),
        "events" => return Answer::Events { event: Some(containers().to_bytes(Style::Compact)) },
        "silent-events" => return Answer::Events { event: None },
        "html" => Reply::new(200, "text/html; charset=utf-8", app()),
        "html-called-json" => Reply::new(200, JSON, app()),
        "redirect" => redirect(),
        "text" => Reply::new(200, JSON, "NAME      STATE\nmim       running\n"),
        "huge" => Reply::new(200, JSON, format!("[\"{}\"]", "x".repeat(HUGE_BYTES))),
        "error" => {
            let error = Json::object([("code", "SSH_TIMEOUT".into()), ("message", "no answer in 30 s".into())]);
            json(
                200,
                &Json::object([("status", "error".into()), ("data", Json::Null), ("errors", Json::List(vec![error]))]),
            )
        }
        "unknown-shape" => {
            json(200, &enveloped(Json::object([("licence", "free".into()), ("api_token", "example-token".into())])))
        }
        status => match status.parse() {
            Ok(status @ (400..=599)) => error(status, "as asked for"),
            _ => error(404, "not found"),
        },
    })
}
