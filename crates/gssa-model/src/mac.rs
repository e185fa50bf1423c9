//! Hardware addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A MAC address of one device, written `02:00:00:00:00:09`.
///
/// Addresses that identify nobody (all zero, broadcast, multicast) and texts such as `XX:XX:XX:XX:XX:XX` are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mac([u8; 6]);

/// A text that is not the MAC address of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the MAC address of one device")]
pub struct BadMac;

impl Mac {
    /// From six octets, unless they are all zero or a group address.
    pub fn from_octets(octets: [u8; 6]) -> Result<Self, BadMac> {
        let is_group = octets[0] & 1 == 1;
        if is_group || octets == [0; 6] { Err(BadMac) } else { Ok(Self(octets)) }
    }
}

impl FromStr for Mac {
    type Err = BadMac;

    /// Reads twelve hexadecimal digits, bare or in pairs divided by `:` or `-`, upper or lower case.
    fn from_str(text: &str) -> Result<Self, BadMac> {
        let digits: Vec<u8> = match text.len() {
            12 => text.bytes().collect(),
            17 if text.bytes().skip(2).step_by(3).all(|b| matches!(b, b':' | b'-')) => {
                text.bytes().enumerate().filter(|(at, _)| at % 3 != 2).map(|(_, b)| b).collect()
            }
            _ => return Err(BadMac),
        };
        let mut octets = [0; 6];
        for (octet, pair) in octets.iter_mut().zip(digits.chunks(2)) {
            let high = char::from(pair[0]).to_digit(16).ok_or(BadMac)?;
            let low = char::from(pair[1]).to_digit(16).ok_or(BadMac)?;
            *octet = (high << 4 | low) as u8;
        }
        Self::from_octets(octets)
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, octet) in self.0.iter().enumerate() {
            write!(f, "{}{octet:02X}", if at == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

impl From<Mac> for String {
    fn from(mac: Mac) -> String {
        mac.to_string()
    }
}

impl TryFrom<String> for Mac {
    type Error = BadMac;

    fn try_from(text: String) -> Result<Self, BadMac> {
        text.parse()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Mac {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Mac".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([0-9A-F]{2}:){5}[0-9A-F]{2}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_address() {
        for text in ["02:00:00:00:00:0A", "02-00-00-00-00-0a", "02000000000a"] {
            assert_eq!(text.parse::<Mac>().map(|mac| mac.to_string()).as_deref(), Ok("02:00:00:00:00:0A"), "{text}");
        }
    }

    #[test]
    fn what_identifies_nobody_is_refused() {
        for text in [
            "XX:XX:XX:XX:XX:XX",
            "00:00:00:00:00:00",
            "FF:FF:FF:FF:FF:FF",
            "01:00:5E:00:00:01",
            "",
            "02:00:00:00:00",
            "02:00:00:00:00:é",
        ] {
            assert_eq!(text.parse::<Mac>(), Err(BadMac), "{text}");
        }
    }
}
