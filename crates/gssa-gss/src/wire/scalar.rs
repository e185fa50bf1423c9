//! Scalars: a number, a numeric text or nothing, whatever the member.

use std::net::{IpAddr, SocketAddr};

use gssa_model::Timestamp;
use gssa_wire::{Field, Lenient, Report, Scalar, Spelling, decimal};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use super::duration;

/// A time written as a number of at least this many is in milliseconds: as seconds it would be in the year 5138.
const MIN_UNIX_MS: f64 = 1e11;

/// A time written as a number above this many milliseconds (also the year 5138) is in a unit that is not known.
const MAX_UNIX_MS: f64 = 1e14;

/// A hundred years. An uptime above it is not in seconds.
const MAX_UPTIME_SECS: f64 = 3.2e9;

/// The spelling of both programs.
#[derive(Debug)]
pub(crate) enum Pools {}

impl Spelling for Pools {
    type Unread = IgnoredAny;

    fn number(scalar: &Scalar<'_>) -> Field<f64> {
        match scalar {
            Scalar::Number(number) => scalar.field(number.as_f64()),
            Scalar::Flag(_) => scalar.unreadable(),
            Scalar::Text(text) if text.trim().is_empty() => Field::Null,
            Scalar::Text(text) => scalar.field(decimal(text.trim())),
        }
    }

    /// A rate, a difficulty, a percentage: never below zero.
    fn figure(scalar: &Scalar<'_>) -> Field<f64> {
        match Self::number(scalar) {
            Field::Known(below_zero) if below_zero < 0.0 => scalar.unreadable(),
            other => other,
        }
    }
}

/// A point in time: RFC 3339 with any offset, or seconds or milliseconds since 1970. What lies before 1970 means "never": Go writes the
/// year 1 for a time that was not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct When(pub(crate) Timestamp);

impl Report for When {}

impl Lenient<Pools> for When {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        if let Scalar::Text(text) = scalar
            && let Ok(time) = text.trim().parse::<Timestamp>()
        {
            return if time.unix_ms() > 0 { Field::Known(Self(time)) } else { Field::Null };
        }
        match Pools::number(scalar) {
            Field::Known(..=0.0) | Field::Null => Field::Null,
            Field::Known(unix) if unix <= MAX_UNIX_MS => {
                let unix_ms = if unix < MIN_UNIX_MS { unix * 1000.0 } else { unix };
                Field::Known(Self(Timestamp::from_unix_ms(unix_ms as i64)))
            }
            _ => scalar.unreadable(),
        }
    }
}

/// Seconds since a program started: a number, or a text as Go prints a duration (`72h3m0.5s`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Uptime(pub(crate) f64);

impl Report for Uptime {}

impl Lenient<Pools> for Uptime {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        let secs = match (Pools::number(scalar), scalar) {
            (Field::Known(secs), _) => Some(secs),
            (Field::Null, _) => return Field::Null,
            (_, Scalar::Text(text)) => duration::parse_secs(text.trim()),
            _ => None,
        };
        scalar.field(secs.filter(|secs| (0.0..MAX_UPTIME_SECS).contains(secs)).map(Self))
    }
}

/// The IP address in `ip:port`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RemoteIp(pub(crate) IpAddr);

impl Report for RemoteIp {}

impl Lenient<Pools> for RemoteIp {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        let Scalar::Text(text) = scalar else { return scalar.unreadable() };
        // Go writes the zone of a link-local address: `[fe80::1%eth0]:3333`.
        let without_zone = match (text.find('%'), text.find(']')) {
            (Some(zone), Some(end)) if zone < end => format!("{}{}", &text[..zone], &text[end..]),
            _ => (*text).to_owned(),
        };
        match without_zone.trim() {
            "" => Field::Null,
            address => {
                let address = address.parse::<SocketAddr>().ok();
                scalar.field(address.map(|address| Self(address.ip().to_canonical())))
            }
        }
    }
}

/// A value whose shape is not known: there if it can be read, and no gap if it cannot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IfReadable<T>(pub(crate) T);

impl<T> Report for IfReadable<T> {}

impl<T: Lenient<Pools>> Lenient<Pools> for IfReadable<T> {
    fn scalar(scalar: &Scalar<'_>) -> Field<Self> {
        Self::of(T::scalar(scalar))
    }

    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Field<Self>, A::Error> {
        T::list(list).map(Self::of)
    }

    fn object<'de, A: MapAccess<'de>>(object: A) -> Result<Field<Self>, A::Error> {
        T::object(object).map(Self::of)
    }
}

impl<T> IfReadable<T> {
    fn of(field: Field<T>) -> Field<Self> {
        match field {
            Field::Known(value) => Field::Known(Self(value)),
            Field::Absent | Field::Null | Field::Unreadable(_) => Field::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gssa_wire::Count;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "the values are written where they are handed over")]
    fn read<T: Lenient<Pools>>(written: Value) -> Field<T> {
        Pools::read(&written.to_string()).unwrap()
    }

    #[test]
    fn a_number_is_bare_or_a_text() {
        for (written, number) in
            [(json!(1.5e14), 1.5e14), (json!("12.5"), 12.5), (json!(" 7 "), 7.0), (json!("1e3"), 1e3), (json!(0), 0.0)]
        {
            assert_eq!(read(written.clone()), Field::Known(number), "{written}");
        }
        for nothing in [json!(null), json!(""), json!("  ")] {
            assert_eq!(read::<f64>(nothing), Field::Null);
        }
    }

    #[test]
    fn what_is_no_figure_is_shown_as_it_was() {
        for (written, found) in [
            (json!(-3), "-3"),
            (json!("inf"), "\"inf\""),
            (json!("NaN"), "\"NaN\""),
            (json!("12 TH/s"), "\"12 TH/s\""),
            (json!("1e999"), "\"1e999\""),
            (json!(true), "true"),
            (json!({ "key": "secret" }), "an object"),
            (json!(["secret"]), "a list"),
        ] {
            assert_eq!(read::<f64>(written), Field::Unreadable(found.to_owned()));
        }
    }

    #[test]
    fn a_counter_is_whole_and_bounded() {
        assert_eq!(read(json!("19")), Field::Known(Count(19)));
        assert_eq!(read(json!(19.0)), Field::Known(Count(19)));
        for wrong in [json!(-1), json!(9_007_199_254_740_992_u64), json!(u64::MAX), json!("many")] {
            assert!(matches!(read::<Count>(wrong.clone()), Field::Unreadable(_)), "{wrong}");
        }
    }

    #[test]
    fn a_time_is_read_in_each_form() {
        const AT: i64 = 1_795_301_559_517;
        for (written, unix_ms) in [
            (json!("2026-11-21T22:52:39.517839987Z"), AT),
            (json!("2026-11-21T23:52:39.517+01:00"), AT),
            (json!("2026-11-21T17:22:39.517-05:30"), AT),
            (json!(1_795_301_559), AT - 517),
            (json!(1_795_301_559.517), AT),
            (json!(AT), AT),
            (json!("1795301559"), AT - 517),
        ] {
            assert_eq!(read(written.clone()), Field::Known(When(Timestamp::from_unix_ms(unix_ms))), "{written}");
        }
    }

    #[test]
    fn a_time_that_was_not_set_is_none() {
        let never = ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00", "1970-01-01T00:00:00Z", "0", ""];
        for never in never.map(Value::from).into_iter().chain([json!(0), json!(-62_135_596_800_i64), json!(null)]) {
            assert_eq!(read::<When>(never.clone()), Field::Null, "{never}");
        }
        for wrong in [json!("yesterday"), json!("2026-11-21T22:52:39"), json!(1e15), json!(false)] {
            assert!(matches!(read::<When>(wrong.clone()), Field::Unreadable(_)), "{wrong}");
        }
    }

    #[test]
    fn an_uptime_is_seconds_or_a_duration() {
        for (written, secs) in [(json!(86_400), 86_400.0), (json!("90"), 90.0), (json!("1h2m3.5s"), 3723.5)] {
            assert_eq!(read(written.clone()), Field::Known(Uptime(secs)), "{written}");
        }
        // A Go duration as a bare number is in nanoseconds; what the unit is cannot be told, so it is not read.
        for wrong in [json!(86_400_000_000_000_u64), json!("a while"), json!(-1), json!(true)] {
            assert!(matches!(read::<Uptime>(wrong.clone()), Field::Unreadable(_)), "{wrong}");
        }
    }

    #[test]
    fn the_address_of_a_session_loses_its_port() {
        for (written, ip) in [
            ("192.168.1.50:39566", "192.168.1.50"),
            ("[fd00::5]:39566", "fd00::5"),
            ("[fe80::1%eth0]:39566", "fe80::1"),
            ("[::ffff:192.168.1.50]:39566", "192.168.1.50"),
        ] {
            assert_eq!(read(json!(written)), Field::Known(RemoteIp(ip.parse().unwrap())));
        }
        assert_eq!(read::<RemoteIp>(json!("")), Field::Null);
        for wrong in ["rig.local:3333", "192.168.1.50", "%]", "]%"] {
            assert!(matches!(read::<RemoteIp>(json!(wrong)), Field::Unreadable(_)), "{wrong}");
        }
    }
}
