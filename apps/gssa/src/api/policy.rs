//! The rules of access, made from the configuration: the one place of the API that reads `server`.

use std::sync::Arc;

use gssa_serve::door::Door;
use gssa_serve::host::AllowedHosts;
use gssa_serve::token::Digest;

use super::access::Scope;
use crate::config::{self, Password, Server};

/// Who may do what, as configured.
pub(super) struct Policy {
    /// The admin's password.
    pub(super) password: Password,
    /// Marks sessions with the password that they were opened with, so that they end with it.
    pub(super) password_mark: Option<Digest>,
    /// Whether everybody may look.
    pub(super) anonymous_read: bool,
    /// Names that the agent may be called by, and proxies that it believes.
    pub(super) door: Arc<Door>,
    tokens: Vec<Token>,
}

struct Token {
    name: String,
    digest: Digest,
    scope: Scope,
}

impl Policy {
    /// From the configuration; what cannot be read there gives no right here.
    pub(super) fn new(server: &Server, hostname: Option<&str>) -> Self {
        let token = |token: &config::ApiToken| {
            let scope = match token.scope {
                config::Scope::Read => Scope::Read,
                config::Scope::Admin => Scope::Admin,
            };
            Some(Token { name: token.name.clone(), digest: Digest::parse(token.hash.expose())?, scope })
        };
        let password_mark = match &server.password {
            Password::Hash(hash) => Some(Digest::of(hash.expose())),
            Password::NotSet | Password::Unusable => None,
        };
        Self {
            password: server.password.clone(),
            password_mark,
            anonymous_read: server.anonymous_read,
            door: Arc::new(Door {
                hosts: AllowedHosts::new(&server.allowed_hosts, hostname),
                proxies: server.trusted_proxies.clone(),
            }),
            tokens: server.api_tokens.iter().filter_map(token).collect(),
        }
    }

    /// The name and the scope of a token. Every known token is compared, whichever fits.
    pub(super) fn token(&self, presented: &Digest) -> Option<(&str, Scope)> {
        self.tokens.iter().fold(None, |found, token| {
            if token.digest.is(presented) { Some((token.name.as_str(), token.scope)) } else { found }
        })
    }
}
