//! `gsscloud healthcheck`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use gssa_http::{Client, Limits, Origin};
use gssa_model::Address;
use serde_json::json;

use super::{FileArg, fail, say};

#[derive(Debug, thiserror::Error)]
enum Unhealthy {
    #[error("{url:?} is no address of a receiver: {why}")]
    Address { url: String, why: String },
    #[error("the receiver at {url} answers {status}")]
    Status { url: String, status: u16 },
}

pub(super) fn healthcheck(url: Option<&str>, file: &FileArg) -> ExitCode {
    let url = match url {
        Some(url) => url.to_owned(),
        None => match file.load(json!({})) {
            Ok(config) => {
                let scheme = if config.server.tls.is_some() { "https" } else { "http" };
                format!("{scheme}://{}", near(config.server.listen))
            }
            Err(error) => return fail(&error),
        },
    };
    let origin = url.parse::<Address>().map_err(|error| error.to_string());
    let origin = match origin.and_then(|address| Origin::of(&address, 3020).map_err(|error| error.to_string())) {
        Ok(origin) => origin,
        Err(why) => return fail(&Unhealthy::Address { url, why }),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(Client::new(Limits::default()).get(&origin, "/healthz")) {
        Ok(reply) if reply.status == 200 => {
            say("alive");
            ExitCode::SUCCESS
        }
        Ok(reply) => fail(&Unhealthy::Status { url, status: reply.status }),
        Err(error) => fail(&error),
    }
}

/// Where something that listens there is reached from this machine.
fn near(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
