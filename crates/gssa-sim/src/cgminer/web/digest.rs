//! The digest login, as lighttpd asks for it.

use super::md5::hex;
use crate::cgminer::DeviceSpec;
use crate::http::Request;

const REALM: &str = "antMiner Configuration";
const USER: &str = "root";
const PASSWORD: &str = "root";

/// What the login page asks for.
pub(super) fn challenge(spec: &DeviceSpec) -> String {
    format!("Digest realm=\"{}\", nonce=\"{}\", qop=\"auth\"", realm(spec), nonce(spec))
}

/// Whether a request carries the right answer.
pub(super) fn accepts(spec: &DeviceSpec, request: &Request) -> bool {
    let Some(given) = request.authorization.as_deref().and_then(|header| header.strip_prefix("Digest ")) else {
        return false;
    };
    let value = |name: &str| field(given, name).unwrap_or_default();
    let uri =
        if request.query.is_empty() { request.path.clone() } else { format!("{}?{}", request.path, request.query) };
    let login = hex(&format!("{USER}:{}:{PASSWORD}", realm(spec)));
    let asked = hex(&format!("{}:{uri}", request.method));
    let wanted = hex(&format!("{login}:{}:{}:{}:auth:{asked}", nonce(spec), value("nc"), value("cnonce")));
    value("username") == USER && value("nonce") == nonce(spec) && value("uri") == uri && value("response") == wanted
}

fn realm(spec: &DeviceSpec) -> &'static str {
    spec.model.profile().fact("realm").unwrap_or(REALM)
}

fn nonce(spec: &DeviceSpec) -> String {
    format!("{:032x}", u128::from(spec.chance_seed()) * 0x1_0000_0001)
}

/// The value of a field, quoted or bare.
fn field<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    header.split(',').find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        (name == wanted).then(|| value.trim_matches('"'))
    })
}
