//! `gssa healthcheck`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use gssa_http::{Client, Limits, Origin};
use gssa_model::Address;

use super::discover::load;
use super::{FAILED, USAGE, block_on, complain, fail, say};

pub(super) fn healthcheck(url: Option<&str>, config: &Path) -> ExitCode {
    let url = url.map_or_else(|| configured(config), str::to_owned);
    let origin = url.parse::<Address>().map_err(|error| error.to_string());
    let origin = match origin.and_then(|address| Origin::of(&address, 3010).map_err(|error| error.to_string())) {
        Ok(origin) => origin,
        Err(error) => {
            complain(&format!("{url:?} is no address of an agent: {error}"));
            return ExitCode::from(USAGE);
        }
    };
    match block_on(Client::new(Limits::default()).get(&origin, "/healthz")) {
        Ok(Ok(reply)) if reply.status == 200 => {
            say("alive");
            ExitCode::SUCCESS
        }
        Ok(Ok(reply)) => {
            complain(&format!("the agent at {origin} answers {}", reply.status));
            ExitCode::from(FAILED)
        }
        Ok(Err(error)) => fail(&error),
        Err(error) => fail(&error),
    }
}

/// Where the agent with this configuration is reached from this machine.
fn configured(path: &Path) -> String {
    let listen = load(path).current().config.server.listen;
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, listen.port()))
}
