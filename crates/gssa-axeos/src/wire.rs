//! Bytes → wire: the two documents in the peer's own words. No socket, no unit.
//!
//! Every member is a [`Field`], so that one unreadable member never costs the others, and a body of unknown firmware
//! gives what it has. Keys are compared with case: `fanSpeed` and `fanspeed` stand side by side in one body and mean different
//! things (`bitaxeorg/ESP-Miner#169`).

use gssa_wire::{Field, Lenient, Spelling as _};

use crate::Error;

/// Declares an object in the spelling of the family.
macro_rules! object {
    ($($declaration:tt)+) => { gssa_wire::object! { $crate::wire::AxeOs; $($declaration)+ } };
}

pub(crate) mod document;
pub(crate) mod part;
mod passed;
mod scalar;

use document::{AsicDocument, Document};
pub(crate) use scalar::AxeOs;

/// The largest body that is read. Bodies measure 0.7 to 5 KB, several tens of KB with eight pools and their certificates.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// The status document of a device, `GET /api/system/info`, as the device wrote it.
///
/// Opaque: [`normalize`](crate::normalize) turns it into a snapshot. It holds no password, key or network name; these members are
/// not read at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Info(pub(crate) Document);

/// The facts about chip and board, `GET /api/system/asic`, as the device wrote them.
#[derive(Debug, Clone, PartialEq)]
pub struct AsicInfo(pub(crate) AsicDocument);

impl Info {
    /// The firmware version as the device writes it. It is not semver: `2.7.0-TCH-All-In-One`, `v2.4.5-3-gb5d1e36-dirty`.
    pub fn version(&self) -> Option<&str> {
        let document = &self.0;
        let version = document.version.known().or(document.fw_version.known());
        version.or_else(|| document.identity.at(|identity| &identity.fw_version)).map(String::as_str)
    }

    /// Seconds since the device started.
    pub fn uptime_secs(&self) -> Option<u64> {
        let document = &self.0;
        let uptime = document.uptime_seconds.known().or_else(|| document.miner.at(|miner| &miner.uptime_seconds));
        uptime.map(|count| count.0)
    }
}

/// Reads the body of `GET /api/system/info`.
///
/// Text is read as UTF-8 with replacement, since network and host names are raw bytes.
///
/// # Errors
///
/// [`Error::TooLarge`] above [`MAX_BODY_BYTES`], [`Error::Malformed`] if it is not JSON, [`Error::NotAxeos`] if it is the document of
/// something else.
pub fn parse(body: &[u8]) -> Result<Info, Error> {
    let document: Document = object_of(body)?;
    if document.is_axeos() { Ok(Info(document)) } else { Err(Error::NotAxeos { found: "the JSON of something else" }) }
}

/// Reads the body of `GET /api/system/asic`.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_asic(body: &[u8]) -> Result<AsicInfo, Error> {
    let document: AsicDocument = object_of(body)?;
    let is_asic = document.asic_model.is_present() || document.device_model.is_present();
    if is_asic { Ok(AsicInfo(document)) } else { Err(Error::NotAxeos { found: "the JSON of something else" }) }
}

fn object_of<T: Lenient<AxeOs>>(body: &[u8]) -> Result<T, Error> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Error::TooLarge);
    }
    // Raw control characters are blanks between members and not allowed inside of texts, where some firmware leaves them.
    let body: Vec<u8> = body.iter().map(|b| if b.is_ascii_control() { b' ' } else { *b }).collect();
    let text = String::from_utf8(body).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        return Err(Error::NotAxeos { found: "an HTML page" });
    }
    match AxeOs::read(text).map_err(|source| Error::Malformed { source })? {
        Field::Known(object) => Ok(object),
        _ => Err(Error::NotAxeos { found: "JSON that is no object" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str = r#"{"ASICModel":"BM1366","hashRate":null,"uptimeSeconds":5}"#;

    #[test]
    fn a_document_is_known_by_its_keys() {
        for (body, is_axeos) in [
            (SMALLEST, true),
            (r#"{"ASICModel":"","hashRate_10m":470.5,"uptimeSeconds":"5"}"#, true),
            (r#"{"hwModel":"NMAxe","hashRate":1,"uptimeSeconds":1}"#, true),
            (r#"{"identity":{"hwModel":"NMAxe"},"miner":{}}"#, true),
            (r#"{"ASICModel":"BM1366","hashRate":1}"#, false),
            (r#"{"hashRate":1,"uptimeSeconds":5}"#, false),
            (r#"{"identity":{"name":"lamp"},"power":{"power":3}}"#, false),
            (r#"{"state":"ON","uptimeSeconds":9}"#, false),
            ("{}", false),
        ] {
            assert_eq!(parse(body.as_bytes()).is_ok(), is_axeos, "{body}");
        }
    }

    #[test]
    fn what_is_no_document_is_told_apart() {
        assert!(matches!(parse(b"<!doctype html>"), Err(Error::NotAxeos { .. })));
        assert!(matches!(parse(b"[]"), Err(Error::NotAxeos { .. })));
        assert!(matches!(parse(b""), Err(Error::Malformed { .. })));
        assert!(matches!(parse(&SMALLEST.as_bytes()[..40]), Err(Error::Malformed { .. })));
        assert!(matches!(parse(&vec![b' '; MAX_BODY_BYTES + 1]), Err(Error::TooLarge)));
        assert!(matches!(parse(&b"{\"a\":".repeat(10_000)), Err(Error::Malformed { .. })), "nested too deep");
    }

    #[test]
    fn bytes_that_are_not_text_cost_nothing_else() {
        let body = b"{\"ASICModel\":\"BM1366\",\"hostname\":\"b\xffx\x07\",\"hashRate\":1,\"uptimeSeconds\":5}";
        let info = parse(body).unwrap();
        assert_eq!(info.0.hostname.known().map(String::as_str), Some("b\u{fffd}x"));
    }

    #[test]
    fn keys_are_compared_with_case_and_may_repeat() {
        let body =
            br#"{"ASICModel":"BM1366","hashRate":1,"hashRate":2,"uptimeSeconds":5,"fanSpeed":5320,"fanspeed":100}"#;
        let document = parse(body).unwrap().0;
        assert_eq!((document.fan_speed_rpm_2_0.get(), document.fanspeed.get()), (Some(5320.0), Some(100.0)));
        assert_eq!(document.hash_rate.get(), Some(2.0));
    }
}
