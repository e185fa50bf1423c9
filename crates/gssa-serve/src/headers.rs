//! Headers that every answer has.

use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// Nothing is loaded, nothing runs, nobody frames it. A page that needs more says so itself.
const STRICT_CSP: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For a year, and this name only.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Tells a browser to come by TLS only.
pub(crate) fn tls_only(headers: &mut HeaderMap) {
    headers.insert(STRICT_TRANSPORT_SECURITY, TLS_ONLY);
}

/// Adds what is missing.
pub(crate) fn secure(headers: &mut HeaderMap) {
    let always = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
        (CONTENT_SECURITY_POLICY, STRICT_CSP),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in always {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
