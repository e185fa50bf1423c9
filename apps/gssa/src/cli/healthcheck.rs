//! `gssa healthcheck`

use std::path::Path;
use std::process::ExitCode;

use gssa_command::{Unhealthy, near};

use super::discover::load;
use super::{USAGE, complain, fail, say};

pub(super) fn healthcheck(url: Option<&str>, config: &Path) -> ExitCode {
    let configured = || format!("http://{}", near(load(config).current().config.server.listen));
    let url = url.map_or_else(configured, str::to_owned);
    match gssa_command::healthcheck(&url, 3010, "an agent") {
        Ok(()) => {
            say("alive");
            ExitCode::SUCCESS
        }
        Err(error @ Unhealthy::Address { .. }) => {
            complain(&error.to_string());
            ExitCode::from(USAGE)
        }
        Err(error) => fail(&error),
    }
}
