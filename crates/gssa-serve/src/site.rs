//! The web interface: files that everybody may have, since the way to log in is among them. Whatever they show comes from the API.
//!
//! Texts are kept packed with gzip and unpacked for the rare client that takes none. Browsers keep what is below `/assets/`, where names
//! change with the content, for ever, and ask about everything else each time.

use std::collections::HashMap;
use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, VARY,
};
use http::{HeaderMap, request};
use sha2::{Digest as _, Sha256};

use crate::problem::Error;
use crate::response::{Response, Tag, full};
use crate::token::hex;

/// What the page may load and reach: itself. Nothing inline, nothing evaluated, nothing from elsewhere.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const PAGE: &str = "index.html";
/// Where the names of files change with their content.
const HASHED: &str = "assets/";

/// The site that the build script of this program has put into it with `gssa_embed::embed()`; an empty one if it was built without.
#[macro_export]
macro_rules! embedded_site {
    () => {{
        const FILES: &[(&str, bool, &[u8])] = include!(concat!(env!("OUT_DIR"), "/web.rs"));
        $crate::Site::of_static(FILES)
    }};
}

/// Every file of it.
#[derive(Debug, Default)]
pub struct Site(HashMap<String, File>);

#[derive(Debug)]
struct File {
    content_type: &'static str,
    cache_control: &'static str,
    tag: Tag,
    is_packed: bool,
    bytes: Bytes,
}

impl Site {
    /// Of these files: path, whether the bytes are packed with gzip, and the bytes.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, bool, Bytes)>) -> Self {
        Self(
            files
                .into_iter()
                .map(|(path, is_packed, bytes)| (path.to_owned(), File::new(path, is_packed, bytes)))
                .collect(),
        )
    }

    /// Of files that are part of the program.
    pub fn of_static(files: &[(&str, bool, &'static [u8])]) -> Self {
        Self::new(files.iter().map(|(path, is_packed, bytes)| (*path, *is_packed, Bytes::from_static(bytes))))
    }

    /// The path of every file.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The answer to a GET or HEAD of a path that is none of the API: the file there or, since the page has paths of its own, the page.
    /// `None` if there is no page.
    pub fn answer(&self, head: &request::Parts) -> Option<Result<Response, Error>> {
        let page = self.0.get(PAGE)?;
        let path = head.uri.path().trim_start_matches('/');
        let file = match self.0.get(path) {
            // An old page that asks for a file of its own must not get another page for it.
            None if path.starts_with(HASHED) => return Some(Err(Error::UnknownPath)),
            None => page,
            Some(file) => file,
        };
        Some(file.answer(&head.headers))
    }
}

impl File {
    fn new(path: &str, is_packed: bool, bytes: Bytes) -> Self {
        let digest = Sha256::digest(&bytes);
        let cache_control = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        Self {
            content_type: content_type(path),
            cache_control,
            tag: Tag::of_content(&hex(&digest[..8])),
            is_packed,
            bytes,
        }
    }

    fn answer(&self, headers: &HeaderMap) -> Result<Response, Error> {
        if let Some(unchanged) = self.tag.unchanged(headers) {
            return Ok(self.with_headers(unchanged));
        }
        let is_taken_packed = self.is_packed && takes_gzip(headers);
        let bytes = if self.is_packed && !is_taken_packed { unpack(&self.bytes)? } else { self.bytes.clone() };
        let mut response = self.with_headers(self.tag.on(full(bytes)));
        if is_taken_packed {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Ok(response)
    }

    fn with_headers(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

fn unpack(packed: &[u8]) -> Result<Bytes, Error> {
    let mut plain = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut plain).map_err(|_| Error::Internal)?;
    Ok(plain.into())
}

/// Whether `Accept-Encoding` names gzip, or anything, and not with a weight of none.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let is_none = weight.trim().trim_start_matches("q=").parse::<f32>().is_ok_and(|weight| weight <= 0.0);
        matches!(name.trim(), "gzip" | "*") && !is_none
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (sent, taken) in [
            ("gzip, deflate", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0, identity", false),
            ("identity", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(sent))]);
            assert_eq!(takes_gzip(&headers), taken, "{sent}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
