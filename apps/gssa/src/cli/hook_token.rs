//! `gssa hook-token`

use std::path::Path;
use std::process::ExitCode;

use gssa_serve::token::{NewToken, new_token};
use serde_json::json;

use super::discover::load;
use super::{USAGE, complain, say};

pub(super) fn hook_token(name: &str, config: &Path) -> ExitCode {
    let Some(name) = gssa_model::text::clean(name).filter(|name| name.chars().count() <= MAX_NAME_CHARS) else {
        complain(&format!("a hook has a name of 1 to {MAX_NAME_CHARS} characters"));
        return ExitCode::from(USAGE);
    };
    let listen = load(config).current().config.server.listen;
    let NewToken { token, hash } = new_token();
    let host = if listen.ip().is_unspecified() {
        format!("ADDRESS-OF-THIS-MACHINE:{}", listen.port())
    } else {
        listen.to_string()
    };
    say(&format!("token:         {token}"));
    say(&format!("configuration: {}", json!({ "name": name, "hash": hash })));
    say(&format!("address:       http://{host}/api/v1/hooks/{token}"));
    if listen.ip().is_loopback() {
        complain(&format!(
            "the agent listens at {listen}, so that it is reached from this machine only; `server.listen` says where"
        ));
    }
    ExitCode::SUCCESS
}

/// As in the schema of the configuration.
const MAX_NAME_CHARS: usize = 64;
