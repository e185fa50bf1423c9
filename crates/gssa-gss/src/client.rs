//! One request at a time: what is sent, and what each status becomes.

use std::fmt;
use std::time::Duration;

use gssa_http::header::{HeaderName, HeaderValue};
use gssa_http::{Limits, Origin, Response, Trust};
use gssa_model::Address;

use crate::error::Said;
use crate::{Dialect, Error, Options};

/// The port of the API of `GoSlimStratum`.
pub const DEFAULT_PORT: u16 = 4004;

/// The port of the API of `GoStratumEngine`.
pub const GSE_DEFAULT_PORT: u16 = 8080;

/// Neither program speaks TLS: behind `https` stands a proxy, at the port of proxies.
const HTTPS_PORT: u16 = 443;

/// The name of the header with the API key (`mmfpsolutions/gssa` release notes, 4.0.0).
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Asks one pool. It can only GET; dropping a future closes its connection.
pub(crate) struct Client {
    origin: Origin,
    /// The API key in its header, if there is one.
    key: Option<(HeaderName, HeaderValue)>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("origin", &self.origin).field("has_key", &self.key.is_some()).finish()
    }
}

impl Client {
    pub(crate) fn new(address: &Address, options: &Options) -> Result<Self, Error> {
        let default_port = match (address.scheme(), options.dialect) {
            (Some("https"), _) => HTTPS_PORT,
            (_, Dialect::Gse) => GSE_DEFAULT_PORT,
            (_, Dialect::Auto | Dialect::Gss) => DEFAULT_PORT,
        };
        let header = |key: &String| {
            let mut value = HeaderValue::from_str(key).map_err(|_| Error::ApiKey)?;
            value.set_sensitive(true);
            Ok::<_, Error>((API_KEY, value))
        };
        let key = options.api_key.as_ref().filter(|key| !key.is_empty()).map(header).transpose()?;
        Ok(Self { origin: Origin::trusting(address, default_port, &Trust::system())?, key })
    }

    /// The answer to `path`, if it is one, within `deadline` and no larger than `max_body_bytes`.
    pub(crate) async fn fetch(&self, path: &str, deadline: Duration, max_body_bytes: usize) -> Result<Response, Error> {
        let client = gssa_http::Client::new(Limits::within(deadline, max_body_bytes));
        // Boxed, since two of them are in each observation, several layers deep.
        let response = Box::pin(client.get_with(&self.origin, path, self.key.as_slice())).await?;
        let (path, status) = (path.to_owned(), response.status);
        let said = || if is_page(&response) { Said::page() } else { Said::of(&response.body, self.secret()) };
        match status {
            200 if is_page(&response) => Err(Error::WebPage { path, status }),
            200 => Ok(response),
            300..=399 => Err(Error::WebPage { path, status }),
            401..=403 => Err(Error::Refused { path, status, had_key: self.key.is_some(), said: said() }),
            404 => Err(Error::NotFound { path, said: said() }),
            429 | 503 => Err(Error::Busy { path, status, said: said(), retry_after: response.retry_after }),
            _ => Err(Error::Status { path, status, said: said() }),
        }
    }

    /// What must not appear in anything that is told.
    pub(crate) fn secret(&self) -> Option<&str> {
        self.key.as_ref().and_then(|(_, value)| value.to_str().ok())
    }
}

/// Whether a browser would show it.
fn is_page(response: &Response) -> bool {
    let body = response.body.trim_ascii_start();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let is_html =
        response.content_type.as_ref().is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("text/html"));
    // A little service may call its JSON HTML.
    body.starts_with(b"<") || (is_html && !body.starts_with(b"{"))
}

/// The path of a document about a coin key: the key is one segment, whatever is in it.
pub(crate) fn coin_path(key: &str, document: &str) -> String {
    format!("/api/v1/{}/{document}", encoded(key))
}

/// A text as one segment of a path: all but the unreserved characters of RFC 3986 is encoded, and dots where they would mean a step.
pub(crate) fn encoded(segment: &str) -> String {
    let is_step = matches!(segment, "." | "..");
    let mut encoded = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        match byte {
            b'.' if is_step => encoded.push_str("%2E"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => {
                encoded.push('%');
                encoded.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coin_key_is_one_segment_of_the_path() {
        for (key, path) in [
            ("DGB", "/api/v1/DGB/metrics/pool"),
            ("DGB-BIG_2.x~", "/api/v1/DGB-BIG_2.x~/metrics/pool"),
            ("btc/knots", "/api/v1/btc%2Fknots/metrics/pool"),
            ("a b?c#d%", "/api/v1/a%20b%3Fc%23d%25/metrics/pool"),
            ("Ü", "/api/v1/%C3%9C/metrics/pool"),
            ("..", "/api/v1/%2E%2E/metrics/pool"),
        ] {
            assert_eq!(coin_path(key, "metrics/pool"), path);
        }
    }

    #[test]
    fn the_usual_port_is_that_of_the_dialect() {
        let port = |address: &str, dialect| {
            let options = Options { dialect, ..Options::default() };
            Client::new(&address.parse().unwrap(), &options).map(|client| client.origin.port()).ok()
        };
        assert_eq!(port("192.168.1.10", Dialect::Auto), Some(4004));
        assert_eq!(port("http://192.168.1.10/gss", Dialect::Gss), Some(4004));
        assert_eq!(port("192.168.1.10", Dialect::Gse), Some(8080));
        assert_eq!(port("192.168.1.10:3003", Dialect::Gse), Some(3003));
    }

    #[test]
    fn a_client_does_not_show_its_key() {
        let options = Options { api_key: Some("s3cret-key".to_owned()), ..Options::default() };
        let client = Client::new(&"192.168.1.10".parse().unwrap(), &options).unwrap();
        assert_eq!(client.secret(), Some("s3cret-key"));
        assert!(!format!("{client:?} {:?}", client.key).contains("s3cret"));
    }

    #[test]
    fn a_key_that_is_no_header_is_refused_without_being_shown() {
        let options = Options { api_key: Some("s3cret\r\nkey".to_owned()), ..Options::default() };
        let error = Client::new(&"192.168.1.10".parse().unwrap(), &options).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}
