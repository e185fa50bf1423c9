//! The web pages beside the API: small scripts behind a digest login, or open to everybody.

mod digest;
mod md5;

use std::io;

use tokio::net::TcpStream;

use super::DeviceSpec;
use super::misbehave::spoil;
use super::profile::Web;
use super::serve::scope;
use crate::converse::{Answers, converse};
use crate::counts::Counted;
use crate::http::{Connection, Reply, Request};
use crate::misbehave::{Ending, respond};
use crate::{Behaviour, Device};

/// Pages that change something.
const WRITES: [&str; 9] =
    ["set_", "reset_", "blink.cgi", "reboot", "passwd", "upgrade", "upload_", "pool_protect", "kill_"];

/// Scripts that ask the API.
const ASK_THE_API: [&str; 5] =
    ["/cgi-bin/stats.cgi", "/cgi-bin/summary.cgi", "/cgi-bin/pools.cgi", "/cgi-bin/chart.cgi", "/cgi-bin/warning.cgi"];

pub(crate) async fn serve(device: &Device, spec: &DeviceSpec, stream: TcpStream) {
    converse(device, &Pages { device, spec }, stream).await;
}

struct Pages<'a> {
    device: &'a Device,
    spec: &'a DeviceSpec,
}

impl Answers for Pages<'_> {
    async fn answer(&self, connection: &mut Connection, request: &Request) -> io::Result<Ending> {
        let Self { device, spec } = self;
        if changes(request) && !request.writes() {
            device.counters().write_requests += 1;
        }
        let mut reply = page(device, spec, request).await;
        reply.closes |= request.closes;
        respond(connection, spec.chance_seed(), device.behaviour(), reply, request.method != "HEAD").await
    }
}

async fn page(device: &Device, spec: &DeviceSpec, request: &Request) -> Reply {
    let profile = spec.model.profile();
    if profile.web == Web::Digest && !digest::accepts(spec, request) {
        let mut refusal = Reply::new(401, "text/html", LOGIN_PAGE);
        refusal.challenge = Some(digest::challenge(spec));
        return refusal;
    }
    if changes(request) || request.writes() {
        return Reply::new(403, "text/html", "<html><body>403 - Forbidden</body></html>");
    }
    let Some(page) = profile.page(&request.path) else {
        return Reply::new(404, "text/html", "<html><body>404 - Not Found</body></html>");
    };
    // A script asks the API, and so waits for the one thread like everybody else.
    let _turn = device.turn().await;
    device.take_time().await;
    if device.behaviour() == Behaviour::ProcessDown && ASK_THE_API.contains(&request.path.as_str()) {
        return Reply::new(200, "", "\n\nSocket connect failed: Connection refused\n");
    }
    let body = spoil(scope(device, spec).page(page), device.behaviour());
    // The body of a bare script begins with the end of a head that it did not write.
    let blank = if profile.fact("web_blank") == Some("yes") { "\n\n" } else { "" };
    let content_type = if request.path == "/" { "text/html" } else { profile.fact("web_type").unwrap_or_default() };
    Reply::new(200, content_type, format!("{blank}{body}"))
}

const LOGIN_PAGE: &str =
    "<?xml version=\"1.0\"?>\n<html><head><title>401 - Unauthorized</title></head><body><h1>401</h1></body></html>\n";

fn changes(request: &Request) -> bool {
    let script = request.path.rsplit('/').next().unwrap_or_default();
    request.path.starts_with("/cgi-bin/") && WRITES.iter().any(|prefix| script.starts_with(prefix))
}
