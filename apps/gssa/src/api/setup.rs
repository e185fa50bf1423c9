//! The first set-up, for whoever can read the agent's log.

use std::sync::{Mutex, PoisonError};

use gssa_serve::token::{Digest, random};
use gssa_serve::{Call, Error, Response};
use serde::Deserialize;
use serde_json::Value;
use tracing::warn;

use super::Api;
use super::problem::Refused;
use super::session::{log_in, note, set_password};
use crate::config::Password;

/// Letters and digits that nobody confuses; 32, so that each has the same chance.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_CHARS: usize = 8;
/// Wrong codes until there is another one.
const MAX_WRONG: u32 = 10;

/// The one-time code, in memory.
pub(super) struct SetupCode(Mutex<(String, u32)>);

impl Default for SetupCode {
    fn default() -> Self {
        Self(Mutex::new((fresh(), 0)))
    }
}

fn fresh() -> String {
    random::<CODE_CHARS>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

impl SetupCode {
    /// The code that counts.
    pub(super) fn code(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Whether this is the code. Case, blanks and dashes do not matter. After some wrong ones there is another, told to the log.
    fn is(&self, presented: &str) -> bool {
        let presented: String = presented.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if Digest::of(&presented.to_ascii_uppercase()).is(&Digest::of(&kept.0)) {
            return true;
        }
        kept.1 += 1;
        if kept.1 >= MAX_WRONG {
            *kept = (fresh(), 0);
            warn!(code = %kept.0, "too many wrong set-up codes; this is the one that counts");
        }
        false
    }

    /// Makes another code: this one was used.
    fn renew(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (fresh(), 0);
    }
}

/// What the first set-up asks for.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Setup {
    /// The one-time code of the agent's log.
    code: String,
    /// The admin's password.
    password: String,
    /// What the site is called.
    name: Option<String>,
    /// Its time zone, `Europe/Berlin`.
    time_zone: Option<String>,
}

pub(super) async fn post(mut call: Call<Api>) -> Result<Response, Error> {
    let setup: Setup = call.json().await?;
    let (api, from) = (&call.app, call.facts.client);
    let loaded = api.parts.configuration.current();
    match loaded.config.server.password {
        Password::NotSet => {}
        Password::Hash(_) => return Err(Refused::SetupDone.into()),
        Password::Unusable if loaded.file.is_replaceable() => return Err(Refused::PasswordUnusable.into()),
        Password::Unusable => return Err(Refused::FileBroken(loaded.file.clone()).into()),
    }
    api.passwords.guess(from)?;
    if !api.setup.is(&setup.code) {
        note(&call, "wrong set-up code");
        return Err(Refused::CodeWrong.into());
    }
    api.passwords.right(from);
    let agent = [("name", setup.name), ("time_zone", setup.time_zone)];
    let agent = agent.into_iter().filter_map(|(key, value)| Some(("agent", key, Value::from(value?)))).collect();
    let mark = set_password(api, setup.password, agent).await?;
    api.setup.renew();
    note(&call, "set up");
    log_in(&call, mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let setup = SetupCode::default();
        let code = setup.code();
        assert_eq!(code.len(), CODE_CHARS);
        let (left, right) = code.split_at(4);
        assert!(setup.is(&format!(" {}-{right} ", left.to_lowercase())));
    }

    #[test]
    fn ten_wrong_codes_make_another() {
        let setup = SetupCode::default();
        let code = setup.code();
        for _ in 1..MAX_WRONG {
            assert!(!setup.is("wrong"));
            assert_eq!(setup.code(), code);
        }
        assert!(!setup.is("wrong"));
        assert!(!setup.is(&code));
    }
}
