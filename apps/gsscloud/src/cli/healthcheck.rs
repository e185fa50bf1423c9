//! `gsscloud healthcheck`

use std::process::ExitCode;

use serde_json::json;

use super::{FileArg, fail, say};

pub(super) fn healthcheck(url: Option<&str>, file: &FileArg) -> ExitCode {
    let url = match url {
        Some(url) => url.to_owned(),
        None => match file.load(json!({})) {
            Ok(config) => {
                let scheme = if config.server.tls.is_some() { "https" } else { "http" };
                format!("{scheme}://{}", gssa_command::near(config.server.listen))
            }
            Err(error) => return fail(&error),
        },
    };
    match gssa_command::healthcheck(&url, 3020, "a receiver") {
        Ok(()) => {
            say("alive");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}
