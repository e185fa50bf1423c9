//! What is told about a pool beside its address.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::Error;

/// The most coin keys of one instance.
pub const MAX_COINS: usize = 32;

/// The longest coin key, in bytes.
const MAX_KEY_BYTES: usize = 64;

/// The most endpoints of one's own.
pub const MAX_ENDPOINTS: usize = 16;

/// The longest path of an endpoint of one's own, in bytes.
const MAX_PATH_BYTES: usize = 512;

/// How a pool is asked.
#[derive(Clone)]
pub struct Options {
    /// For all that one observation takes. Lists of workers can be slow, so give more than to a device: 15 to 20 s.
    pub timeout: Duration,
    /// Which of the two programs it is.
    pub dialect: Dialect,
    /// The coin keys of a `GoSlimStratum`, which no known path lists. A `GoStratumEngine` tells its own; of them only these are kept,
    /// if there are any here.
    pub coins: Vec<String>,
    /// Sent as `X-API-Key` to this pool, and nowhere else. `Debug` does not show it.
    pub api_key: Option<String>,
    /// Further documents to pass on as they are.
    pub extra_endpoints: Vec<Endpoint>,
}

impl Default for Options {
    /// 20 s, the dialect is found out, no coin keys, no API key, no further documents.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            dialect: Dialect::Auto,
            coins: Vec::new(),
            api_key: None,
            extra_endpoints: Vec::new(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timeout, dialect, coins, api_key, extra_endpoints } = self;
        f.debug_struct("Options")
            .field("timeout", timeout)
            .field("dialect", dialect)
            .field("coins", coins)
            .field("api_key", &api_key.as_ref().map(|_| crate::REDACTED))
            .field("extra_endpoints", extra_endpoints)
            .finish()
    }
}

/// Which program a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// Found out by asking, and anew when it no longer fits.
    #[default]
    Auto,
    /// `GoSlimStratum`.
    Gss,
    /// `GoStratumEngine`.
    Gse,
}

/// A document that is asked for because the operator says so. It is passed on as it comes, without what looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What it is called in the snapshot.
    pub name: String,
    /// The path, behind that of the address. `{coin}` in it stands for each coin key in turn.
    pub path: String,
    /// It is asked for in every so many observations, beginning with the first; 0 counts as 1.
    pub every: u32,
}

impl Options {
    /// The same with the coin keys sorted, each once.
    ///
    /// # Errors
    ///
    /// [`Error::CoinKey`] and [`Error::Endpoint`] for what cannot be asked for.
    pub(crate) fn checked(mut self) -> Result<Self, Error> {
        self.coins.sort();
        self.coins.dedup();
        if let Some(key) = self.coins.get(MAX_COINS) {
            return Err(Error::CoinKey { key: shown(key), problem: "there are more than 32" });
        }
        for key in &self.coins {
            check_key(key)?;
        }
        let mut names = BTreeSet::new();
        for (at, endpoint) in self.extra_endpoints.iter().enumerate() {
            let problem = match endpoint.problem() {
                None if at >= MAX_ENDPOINTS => Some("there are more than 16"),
                None if !names.insert(&endpoint.name) => Some("the name is taken"),
                problem => problem,
            };
            if let Some(problem) = problem {
                return Err(Error::Endpoint { name: shown(&endpoint.name), problem });
            }
        }
        Ok(self)
    }
}

fn check_key(key: &str) -> Result<(), Error> {
    let problem = match key {
        "" => "it is empty",
        _ if key.len() > MAX_KEY_BYTES => "it is longer than 64 bytes",
        _ if gssa_model::text::clean(key).as_deref() != Some(key) => "it has control characters, or blanks around it",
        _ => return Ok(()),
    };
    Err(Error::CoinKey { key: shown(key), problem })
}

/// As much of a wrong text as an error may show.
fn shown(text: &str) -> String {
    text.chars().take(MAX_KEY_BYTES).collect()
}

impl Endpoint {
    fn problem(&self) -> Option<&'static str> {
        let is_path_byte =
            |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'#');
        if gssa_model::text::clean(&self.name).as_deref() != Some(&self.name) {
            return Some("it needs a name without control characters");
        }
        if !self.path.starts_with('/') {
            return Some("its path does not begin with a slash");
        }
        if self.path.len() > MAX_PATH_BYTES {
            return Some("its path is longer than 512 bytes");
        }
        let plain = self.path.replace("{coin}", "");
        let is_path = plain.bytes().all(|b| is_path_byte(b) && !matches!(b, b'{' | b'|' | b'}'));
        (!is_path).then_some("its path holds characters that a URL cannot")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(name: &str, path: &str) -> Endpoint {
        Endpoint { name: name.to_owned(), path: path.to_owned(), every: 1 }
    }

    fn problem(coins: &[&str], endpoints: Vec<Endpoint>) -> Option<String> {
        let coins = coins.iter().map(|key| (*key).to_owned()).collect();
        let options = Options { coins, extra_endpoints: endpoints, ..Options::default() };
        options.checked().err().map(|error| error.to_string())
    }

    #[test]
    fn options_do_not_show_the_key() {
        let options = Options { api_key: Some("s3cret-key".to_owned()), ..Options::default() };
        let shown = format!("{options:?}");
        assert!(shown.contains("api_key: Some(\"<redacted>\")") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn a_coin_key_may_be_anything_that_is_a_text() {
        assert_eq!(problem(&["DGB", "DGB-BIG", "btc/knots", "Ünsinn 7"], Vec::new()), None);
        for wrong in ["", " DGB", "DG\nB", &"x".repeat(65)] {
            assert!(problem(&[wrong], Vec::new()).is_some(), "{wrong:?}");
        }
        let many: Vec<String> = (0..=MAX_COINS).map(|number| format!("K{number:02}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(problem(&many, Vec::new()).is_some());
        assert_eq!(problem(&many[1..], Vec::new()), None);
    }

    #[test]
    fn coin_keys_are_sorted_and_each_is_there_once() {
        let coins = ["DGB", "BTC", "DGB"].map(str::to_owned).to_vec();
        let options = Options { coins, ..Options::default() }.checked().unwrap();
        assert_eq!(options.coins, ["BTC", "DGB"]);
    }

    #[test]
    fn an_endpoint_has_a_name_and_a_path() {
        assert_eq!(problem(&[], vec![endpoint("blocks", "/api/v1/{coin}/blocks?limit=20")]), None);
        for wrong in [
            endpoint("", "/x"),
            endpoint("a", "x"),
            endpoint("a", "http://elsewhere/x"),
            endpoint("a", "/a b"),
            endpoint("a", "/{key}"),
            endpoint("a", "/\r\nX-Evil: 1"),
            endpoint("a", &"/x".repeat(300)),
        ] {
            assert!(problem(&[], vec![wrong.clone()]).is_some(), "{wrong:?}");
        }
        assert!(problem(&[], vec![endpoint("a", "/x"), endpoint("a", "/y")]).is_some());
    }
}
