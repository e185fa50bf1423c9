//! Who may ask the local API, and where.

use std::collections::HashSet;
use std::net::SocketAddr;

use gssa_model::Address;
use gssa_serve::network::Network;

use super::{Reader, Scope, unique};
use crate::config::problems::{nth, shown};
use crate::config::secret::Secret;
use crate::config::{defaults, raw};

/// The local API and its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The password of the page.
    pub password: Password,
    /// Tokens for programs.
    pub api_tokens: Vec<ApiToken>,
    /// Host names in lower case that browsers may ask by, besides IP addresses and `localhost`.
    pub allowed_hosts: Vec<String>,
    /// Proxies whose headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// Whether readings may be read without logging in.
    pub anonymous_read: bool,
}

/// The password of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    /// None was ever set: the page offers to set one.
    NotSet,
    /// Its Argon2 hash in PHC form.
    Hash(Secret),
    /// One was set, or may have been, but cannot be read: nobody logs in, and nobody sets another, until that is repaired.
    Unusable,
}

/// A token for a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// What it is for.
    pub name: String,
    /// `sha256:` and the digest of the token.
    pub hash: Secret,
    /// What its bearer may do.
    pub scope: Scope,
}

impl Server {
    pub(super) fn read(raw: Option<&raw::Server>, reader: &mut Reader<'_, '_>) -> Self {
        let none = raw::Server::default();
        let raw = raw.unwrap_or(&none);
        Self {
            listen: listen(raw.listen.as_deref(), reader),
            password: password(raw, reader),
            api_tokens: api_tokens(raw.api_tokens.as_deref().unwrap_or_default(), reader),
            allowed_hosts: each(raw.allowed_hosts.as_deref(), "server.allowed_hosts", host, reader),
            trusted_proxies: each(raw.trusted_proxies.as_deref(), "server.trusted_proxies", network, reader),
            anonymous_read: raw.anonymous_read.unwrap_or(false),
        }
    }
}

fn listen(text: Option<&str>, reader: &mut Reader<'_, '_>) -> SocketAddr {
    let parsed = text.and_then(|text| text.trim().parse().ok());
    if let (None, Some(text)) = (parsed, text) {
        let message = format!("`{}` is not an IP address and a port, such as `{}`", shown(text), defaults::LISTEN);
        reader.problems.error("server.listen", message);
    }
    parsed.unwrap_or_else(|| defaults::LISTEN.parse().expect("the built-in address is one"))
}

fn password(raw: &raw::Server, reader: &mut Reader<'_, '_>) -> Password {
    let path = "server.password_hash";
    if let Some(hash) = reader.secret(raw.password_hash.as_ref(), path) {
        if is_argon2(hash.expose()) {
            return Password::Hash(hash);
        }
        reader.problems.error(path, "is not an Argon2 hash in PHC form (`$argon2id$…`)");
    }
    if reader.problems.any_error_around(path) { Password::Unusable } else { Password::NotSet }
}

/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, the version optional.
fn is_argon2(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("$argon2") else { return false };
    let fields: Vec<&str> = rest.split('$').collect();
    let (kind, fields) = fields.split_first().expect("a split gives at least one part");
    let fields = fields.strip_prefix(&["v=19"]).unwrap_or(fields);
    let is_base64 =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
    matches!((*kind, fields), ("id" | "i" | "d", [params, salt, hash])
        if params.starts_with("m=") && is_base64(salt) && is_base64(hash))
}

fn api_tokens(raw: &[raw::ApiToken], reader: &mut Reader<'_, '_>) -> Vec<ApiToken> {
    let mut names = HashSet::new();
    let mut tokens = Vec::new();
    for (index, token) in raw.iter().enumerate() {
        let path = nth("server.api_tokens", index);
        let hash = reader.digest(token.hash.as_ref(), &format!("{path}.hash"));
        unique(&mut names, token.name.as_deref(), &format!("{path}.name"), reader.problems);
        if let (Some(name), Some(hash), false) = (token.name.clone(), hash, reader.problems.any_error_in(&path)) {
            tokens.push(ApiToken { name, hash, scope: token.scope.unwrap_or_default() });
        }
    }
    tokens
}

/// The elements that `read` takes; the others are problems.
fn each<T>(
    texts: Option<&[String]>,
    path: &str,
    read: impl Fn(&str) -> Result<T, String>,
    reader: &mut Reader<'_, '_>,
) -> Vec<T> {
    let mut taken = Vec::new();
    for (index, text) in texts.unwrap_or_default().iter().enumerate() {
        match read(text) {
            Ok(value) => taken.push(value),
            Err(message) => reader.problems.error(&nth(path, index), message),
        }
    }
    taken
}

fn host(text: &str) -> Result<String, String> {
    match text.parse::<Address>() {
        Ok(address) if address.scheme().is_none() && address.port().is_none() && address.path().is_empty() => {
            Ok(address.host().to_owned())
        }
        _ => Err(format!("`{}` is not a host name; write it without scheme and port", shown(text))),
    }
}

fn network(text: &str) -> Result<Network, String> {
    let told = |_| format!("`{}` is neither an IP address nor a network such as `10.0.0.0/8`", shown(text));
    text.parse().map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argon2_hash_is_recognised() {
        for (text, is_one) in [
            ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", true),
            ("$argon2i$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", true),
            ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ", false),
            ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$", false),
            ("$argon2x$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", false),
            ("$2b$12$abcdefghijklmnopqrstuv", false),
            ("$argon2id$…", false),
            ("$argon2d$m=19456,t=2,p=1$c2F+c2Fs/HQ$aGFz/GFz+c2g", true),
            ("$argon2d$m=19456,t=2,p=1$c2F c2FsdHQ$aGFzaGhhc2g", false),
            ("hunter2", false),
            ("", false),
        ] {
            assert_eq!(is_argon2(text), is_one, "{text}");
        }
    }
}
