//! Points in time as the contract writes them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A point in time, UTC, to the millisecond. In JSON: RFC 3339 with exactly three decimals, `2026-11-21T15:47:57.325Z`.
///
/// It is a wall-clock time for people and for the cloud; durations between readings are measured with a monotonic clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// A text that is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time: {0:?}")]
pub struct BadTimestamp(String);

impl Timestamp {
    /// The earliest and the latest milliseconds since 1970 that RFC 3339 can write (years 0 to 9999).
    const RANGE_UNIX_MS: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_207_199_999;

    /// From milliseconds since 1970-01-01T00:00:00Z; clamped to the years that RFC 3339 can write.
    pub fn from_unix_ms(unix_ms: i64) -> Self {
        Self(unix_ms.clamp(*Self::RANGE_UNIX_MS.start(), *Self::RANGE_UNIX_MS.end()))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = jiff::Timestamp::from_millisecond(self.0).expect("the range is checked when a Timestamp is made");
        write!(f, "{time:.3}")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = BadTimestamp;

    fn from_str(text: &str) -> Result<Self, BadTimestamp> {
        let time: jiff::Timestamp = text.parse().map_err(|_| BadTimestamp(text.chars().take(40).collect()))?;
        Ok(Self::from_unix_ms(time.as_millisecond()))
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> String {
        time.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = BadTimestamp;

    fn try_from(text: String) -> Result<Self, BadTimestamp> {
        text.parse()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_three_decimals() {
        assert_eq!(Timestamp::from_unix_ms(1_795_276_077_325).to_string(), "2026-11-21T15:47:57.325Z");
        assert_eq!(Timestamp::from_unix_ms(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!("2026-11-21T16:47:57.325+01:00".parse(), Ok(Timestamp::from_unix_ms(1_795_276_077_325)));
    }

    #[test]
    fn times_out_of_range_are_clamped_and_still_written() {
        for unix_ms in [i64::MIN, i64::MAX] {
            let text = Timestamp::from_unix_ms(unix_ms).to_string();
            assert_eq!(text.parse::<Timestamp>().map(|time| time.to_string()), Ok(text));
        }
    }
}
