//! Physical quantities, each with one base unit.
//!
//! A quantity is built by a constructor named after the unit of the wire, and only from a finite number: what a device reports as
//! NaN or infinite was not reported. Serialized, a quantity is the bare number in its base unit; the unit is in the JSON key.

use serde::{Deserialize, Serialize};

macro_rules! units {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$from_doc:meta])* $from:ident = $convert:expr; )+ } )+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            $(
                $(#[$from_doc])*
                ///
                /// Gives `None` unless the result is a finite number.
                pub fn $from(value: f64) -> Option<Self> {
                    let convert: fn(f64) -> f64 = $convert;
                    let base = convert(value);
                    base.is_finite().then_some(Self(base))
                }
            )+

            /// The number in the base unit; always finite.
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> f64 {
                value.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = NotFinite;

            fn try_from(value: f64) -> Result<Self, NotFinite> {
                if value.is_finite() { Ok(Self(value)) } else { Err(NotFinite) }
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "number" })
            }
        }
    )+ };
}

/// A NaN or an infinity where a quantity was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a finite number")]
pub struct NotFinite;

units! {
    /// Hashes per second.
    Hashrate {
        /// From hashes per second.
        from_hps = |v| v;
        /// From megahashes per second.
        from_mhs = |v| v * 1e6;
        /// From gigahashes per second.
        from_ghs = |v| v * 1e9;
        /// From terahashes per second.
        from_ths = |v| v * 1e12;
    }
    /// Electrical power in watts.
    Watts {
        /// From watts.
        from_watts = |v| v;
    }
    /// Volts: supply and input voltages.
    Volts {
        /// From volts.
        from_volts = |v| v;
        /// From millivolts.
        from_millivolts = |v| v / 1e3;
    }
    /// Millivolts: chip core voltages.
    Millivolts {
        /// From millivolts.
        from_millivolts = |v| v;
        /// From volts.
        from_volts = |v| v * 1e3;
    }
    /// Clock frequency in megahertz.
    Megahertz {
        /// From megahertz.
        from_mhz = |v| v;
    }
    /// Temperature in degrees Celsius.
    Celsius {
        /// From degrees Celsius.
        from_celsius = |v| v;
    }
    /// A share or network difficulty (difficulty 1 = the pool convention of the algorithm).
    Difficulty {
        /// From the plain difficulty.
        from_difficulty = |v| v;
    }
    /// A percentage, 0 to 100 for a whole.
    Percent {
        /// From percent.
        from_percent = |v| v;
        /// From a fraction, 0 to 1 for a whole.
        from_fraction = |v| v * 100.0;
    }
    /// A load average: how many programs ran or waited to run.
    LoadAverage {
        /// From the plain number.
        from_load = |v| v;
    }
    /// Energy per work: joules per terahash, the same number as watts per TH/s.
    JoulesPerTerahash {
        /// From joules per terahash.
        from_joules_per_terahash = |v| v;
    }
}

impl JoulesPerTerahash {
    /// The efficiency of a device that draws `watts` while it hashes at `hashrate`; `None` when either is not above zero.
    pub fn of(watts: Watts, hashrate: Hashrate) -> Option<Self> {
        (watts.get() > 0.0 && hashrate.get() > 0.0)
            .then(|| watts.get() / (hashrate.get() / 1e12))
            .and_then(Self::from_joules_per_terahash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_built_from_the_unit_of_the_wire() {
        assert_eq!(Hashrate::from_ghs(1275.0).map(Hashrate::get), Some(1.275e12));
        assert_eq!(Volts::from_millivolts(5000.0).map(Volts::get), Some(5.0));
        assert_eq!(Percent::from_fraction(0.25).map(Percent::get), Some(25.0));
    }

    #[test]
    fn what_is_not_finite_is_no_quantity() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
            assert_eq!(Hashrate::from_ths(value), None, "{value}");
        }
        assert!(Watts::try_from(f64::NAN).is_err());
    }

    #[test]
    fn efficiency_needs_power_and_work() {
        let of = |watts, ths| {
            JoulesPerTerahash::of(Watts::from_watts(watts).unwrap(), Hashrate::from_ths(ths).unwrap())
                .map(JoulesPerTerahash::get)
        };
        assert_eq!(of(20.0, 1.25), Some(16.0));
        assert_eq!(of(20.0, 0.0), None);
        assert_eq!(of(0.0, 1.0), None);
    }
}
