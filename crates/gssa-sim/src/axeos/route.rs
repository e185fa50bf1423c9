//! What a device answers when it behaves: paths, gates, actions.

use super::profile::{Profile, Shape, UnknownRoute};
use super::release::Release;
use super::{DeviceSpec, asic_body, figures_at, info_body, probe_body, statistics_body};
use crate::Device;
use crate::axeos::Behaviour;
use crate::counts::Counted;
use crate::http::{Reply, Request};
use crate::json::{Json, Style};
use crate::misbehave::redirect;

const JSON: &str = "application/json";

/// A reply, and whether the device restarts after it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) reply: Reply,
    pub(super) restarts: bool,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self { reply, restarts: false }
    }
}

/// Answers a request as the device's firmware does.
pub(super) fn answer(device: &Device, spec: &DeviceSpec, request: &Request) -> Answer {
    let profile = spec.model.profile();
    if request.header_bytes > profile.header_limit_bytes() {
        device.counters().too_long += 1;
        let mut reply = Reply::message(431, "Header fields are too long");
        reply.closes = true;
        return reply.into();
    }
    if request.has_origin && profile.refuses_origin() {
        return framed(profile, Reply::message(401, "Unauthorized")).into();
    }
    let mut answer = match request.method.as_str() {
        "GET" | "HEAD" => read(device, spec, profile, request).into(),
        "OPTIONS" => Reply::new(200, "text/html", "").into(),
        _ => change(device, profile, request),
    };
    answer.reply = framed(profile, answer.reply);
    answer
}

fn framed(profile: &Profile, mut reply: Reply) -> Reply {
    reply.chunked |= profile.chunked() && reply.content_type == JSON;
    reply.closes |= profile.closes();
    reply
}

fn json(body: &Json, style: Style) -> Reply {
    Reply::new(200, JSON, body.to_bytes(style))
}

fn read(device: &Device, spec: &DeviceSpec, profile: &Profile, request: &Request) -> Reply {
    let figures = || figures_at(spec, device.behaviour(), &device.moment());
    let known = match request.path.as_str() {
        "/api/system/info" => {
            let told = device.telling(figures());
            Some(json(&info_body(spec, device.behaviour(), &told), profile.info_style()))
        }
        "/api/system/asic" => asic_body(spec).map(|body| json(&body, profile.info_style())),
        "/api/system/statistics" => statistics_body(spec, device.behaviour(), &device.moment(), &request.query)
            .map(|body| json(&body, Style::Compact)),
        "/probe" => probe_body(spec, &figures()).map(|body| json(&body, Style::Compact)),
        "/" => Some(Reply::new(200, "text/html", root_page(profile))),
        _ => None,
    };
    known.unwrap_or_else(|| unknown(profile, &request.path))
}

fn root_page(profile: &Profile) -> String {
    let title = match profile.shape {
        Shape::Nerd(_) | Shape::NerdDual(_) => "Nerd* Dashboard",
        _ => "AxeOS",
    };
    format!("<!doctype html><html><head><title>{title}</title></head><body></body></html>")
}

fn unknown(profile: &Profile, path: &str) -> Reply {
    if path.starts_with("/api/") && profile.unknown_route() == UnknownRoute::NotFound {
        return Reply::new(404, JSON, br#"{"error":"unknown route"}"#.as_slice());
    }
    redirect()
}

/// Answers a request that would change something.
fn change(device: &Device, profile: &Profile, request: &Request) -> Answer {
    let release = match profile.shape {
        Shape::Bitaxe(release) => release,
        _ => Release(2, 0, 0),
    };
    let done =
        |text: &'static str| if release >= Release(2, 13, 0) { message(text) } else { Reply::message(200, text) };
    match (request.method.as_str(), request.path.as_str()) {
        ("PATCH", "/api/system") => {
            // Saved or not, known keys or not: 200 and an empty chunked body.
            let mut reply = Reply::message(200, "");
            reply.chunked = true;
            reply.into()
        }
        ("POST", "/api/system/restart") => Answer { reply: done("System will restart shortly."), restarts: true },
        ("POST", "/api/system/pause") if release >= Release(2, 14, 0) => {
            device.set_behaviour(Behaviour::Paused);
            message("Mining paused").into()
        }
        ("POST", "/api/system/resume") if release >= Release(2, 14, 0) => {
            device.set_behaviour(Behaviour::Healthy);
            message("Mining resumed").into()
        }
        ("POST", "/api/system/identify") if release >= Release(2, 12, 0) => message("The device says hi").into(),
        (_, path) if path.starts_with("/api/") && profile.unknown_route() == UnknownRoute::NotFound => {
            unknown(profile, path).into()
        }
        _ => Reply::message(405, "Request method is not supported by server").into(),
    }
}

fn message(text: &'static str) -> Reply {
    json(&Json::object([("message", text.into())]), Style::Compact)
}
