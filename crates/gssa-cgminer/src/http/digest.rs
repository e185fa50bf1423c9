//! Digest access authentication, RFC 7616 with MD5 and the older RFC 2069, as far as a miner's web server asks for it.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};

/// The longest challenge that is looked at. A real one has some 120 bytes.
const MAX_CHALLENGE_BYTES: usize = 2048;

/// What a server wants to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// `MD5-sess` hashes the nonces into the secret.
    is_session: bool,
    /// `qop="auth"`; without it the answer has no client nonce.
    has_qop: bool,
    /// The nonce was too old, the password may be right.
    is_stale: bool,
}

impl Challenge {
    /// The first challenge among these that can be answered here.
    pub(super) fn first_of(headers: &[String]) -> Option<Self> {
        headers.iter().find_map(|header| Self::parse(header))
    }

    fn parse(header: &str) -> Option<Self> {
        let header = header.get(..header.len().min(MAX_CHALLENGE_BYTES))?;
        let (scheme, rest) = header.trim_start().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let (mut realm, mut nonce, mut opaque, mut qop, mut algorithm, mut is_stale) =
            (None, None, None, None, None, false);
        for (name, value) in parameters(rest) {
            match name.to_ascii_lowercase().as_str() {
                "realm" => realm = Some(value),
                "nonce" => nonce = Some(value),
                "opaque" => opaque = Some(value),
                "qop" => qop = Some(value),
                "algorithm" => algorithm = Some(value.to_ascii_lowercase()),
                "stale" => is_stale = value.eq_ignore_ascii_case("true"),
                _ => {}
            }
        }
        let is_session = match algorithm.as_deref() {
            None | Some("md5") => false,
            Some("md5-sess") => true,
            Some(_) => return None,
        };
        let has_qop = match &qop {
            Some(options) if options.split(',').any(|option| option.trim().eq_ignore_ascii_case("auth")) => true,
            Some(_) => return None,
            None => false,
        };
        Some(Self { realm: realm?, nonce: nonce?, opaque, is_session, has_qop, is_stale })
    }
}

/// `name=value` and `name="quoted \"value\""`, divided by commas.
fn parameters(mut rest: &str) -> Vec<(&str, String)> {
    let mut all = Vec::new();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', '\t', ',']);
        let after = after.trim_start();
        let (value, end) = if after.starts_with('"') {
            quoted(after)
        } else {
            let end = after.find(',').unwrap_or(after.len());
            (after[..end].trim().to_owned(), end)
        };
        all.push((name, value));
        rest = &after[end..];
    }
    all
}

/// The text in quotes at the start of `text`, and where it ends.
fn quoted(text: &str) -> (String, usize) {
    let mut value = String::new();
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => {
                is_escaped = true;
                continue;
            }
            '"' => return (value, at + 1),
            _ => {}
        }
        value.push(c);
    }
    (value, text.len())
}

/// A challenge with the login to answer it: request after request until the server wants another nonce.
pub(super) struct Login {
    challenge: Challenge,
    username: String,
    /// The hash of user, realm and password; the password itself is not kept here.
    secret: String,
    /// How many requests used the nonce.
    count: u32,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("challenge", &self.challenge).field("count", &self.count).finish_non_exhaustive()
    }
}

impl Login {
    pub(super) fn new(challenge: Challenge, username: &str, password: &str) -> Self {
        let secret = md5(&[username, &challenge.realm, password]);
        Self { challenge, username: username.to_owned(), secret, count: 0 }
    }

    /// Whether this login answered `challenge` already and was not refused for its age.
    pub(super) fn is_for(&self, challenge: &Challenge) -> bool {
        !challenge.is_stale && self.challenge.nonce == challenge.nonce && self.challenge.realm == challenge.realm
    }

    /// The value of `Authorization` for one request.
    pub(super) fn answer(&mut self, method: &str, uri: &str, client_nonce: &str) -> String {
        self.count = self.count.wrapping_add(1);
        let Challenge { realm, nonce, opaque, is_session, has_qop, .. } = &self.challenge;
        let count = format!("{:08x}", self.count);
        let request = md5(&[method, uri]);
        let in_session = if *is_session { md5(&[&self.secret, nonce, client_nonce]) } else { self.secret.clone() };
        let response = if *has_qop {
            md5(&[&in_session, nonce, &count, client_nonce, "auth", &request])
        } else {
            md5(&[&in_session, nonce, &request])
        };
        let mut answer = format!(
            r#"Digest username="{}", realm="{}", nonce="{}", uri="{uri}", response="{response}""#,
            escaped(&self.username),
            escaped(realm),
            escaped(nonce),
        );
        if *has_qop {
            let _ = write!(answer, r#", qop=auth, nc={count}, cnonce="{client_nonce}""#);
        }
        if *is_session {
            answer.push_str(", algorithm=MD5-sess");
            if !has_qop {
                let _ = write!(answer, r#", cnonce="{client_nonce}""#);
            }
        }
        if let Some(opaque) = opaque {
            let _ = write!(answer, r#", opaque="{}""#, escaped(opaque));
        }
        answer
    }
}

/// Sixteen hexadecimal digits that nobody guesses.
pub(super) fn client_nonce() -> String {
    let random = getrandom::u64().unwrap_or_default();
    format!("{random:016x}")
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
}

/// The hash of the parts with colons between, in hexadecimal digits.
fn md5(parts: &[&str]) -> String {
    let mut hex = String::with_capacity(32);
    for byte in Md5::digest(parts.join(":")) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_2617_comes_out() {
        let header = r#"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#;
        let challenge = Challenge::parse(header).unwrap();
        let answer = Login::new(challenge, "Mufasa", "Circle Of Life").answer("GET", "/dir/index.html", "0a4f113b");
        assert!(answer.contains(r#"response="6629fae49393a05397450978507c4ef1""#), "{answer}");
        assert!(answer.contains(r#"qop=auth, nc=00000001, cnonce="0a4f113b""#), "{answer}");
        assert!(answer.contains(r#"opaque="5ccc069c403ebaf9f0171e9517f40e41""#), "{answer}");
    }

    #[test]
    fn the_example_of_rfc_7616_comes_out() {
        let header = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;
        let challenge = Challenge::parse(header).unwrap();
        let client_nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let answer = Login::new(challenge, "Mufasa", "Circle of Life").answer("GET", "/dir/index.html", client_nonce);
        assert!(answer.contains(r#"response="8ca523f5e9506fed4657c9700eebdbec""#), "{answer}");
    }

    #[test]
    fn each_request_counts() {
        let challenge = Challenge::parse(r#"digest realm="a",nonce="n",qop=auth"#).unwrap();
        let mut login = Login::new(challenge, "root", "root");
        assert!(login.answer("GET", "/", "c").contains("nc=00000001"));
        assert!(login.answer("GET", "/", "c").contains("nc=00000002"));
        assert!(!format!("{login:?}").contains(&login.secret));
    }

    #[test]
    fn what_cannot_be_answered_is_no_challenge() {
        for (header, is_one) in [
            (r#"Digest realm="antMiner Configuration", nonce="68a", qop="auth""#, true),
            (r#"Digest realm="a", nonce="1""#, true),
            (r#"Digest realm="a \"b\", c", nonce="1", algorithm=MD5-sess, stale=TRUE"#, true),
            (r#"Digest realm="a", nonce="1", algorithm=SHA-256"#, false),
            (r#"Digest realm="a", nonce="1", qop="auth-int""#, false),
            (r#"Digest realm="a""#, false),
            (r#"Basic realm="a""#, false),
            ("Digest", false),
            ("Digest =,=\",", false),
            ("", false),
        ] {
            assert_eq!(Challenge::parse(header).is_some(), is_one, "{header}");
        }
        let many =
            [r#"Digest realm="a", nonce="1", algorithm=SHA-256"#, r#"Digest realm="a", nonce="2""#].map(str::to_owned);
        assert_eq!(Challenge::first_of(&many).map(|challenge| challenge.nonce).as_deref(), Some("2"));
    }
}
