//! Points in time as Go writes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What Go writes for a time that was not set.
pub(super) const NEVER: &str = "0001-01-01T00:00:00Z";

/// RFC 3339 in UTC with nine decimals.
pub(super) fn stamp(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let (days, secs) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:09}Z", since.subsec_nanos())
}

/// The date so many days after 1970-01-01, by the rule of the Gregorian calendar.
fn date(days: u64) -> (u64, u64, u64) {
    // Counted from 0000-03-01, so that the leap day is the last of its year.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_the_moment_that_it_names() {
        for (unix_ms, written) in [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000000000Z"),
            (1_795_276_077_325, "2026-11-21T15:47:57.325000000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999000000Z"),
        ] {
            assert_eq!(stamp(UNIX_EPOCH + Duration::from_millis(unix_ms)), written);
        }
    }
}
