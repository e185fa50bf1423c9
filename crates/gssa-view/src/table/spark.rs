//! A day of a source in 48 small numbers, for a line in its row.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::store::HalfHours;

/// The hashrate of each half hour of the last 24 hours, in percent: of the expected hashrate, or of the highest of these half hours when
/// nothing is expected. Kept in 56 bytes.
///
/// In JSON: `[[slot, percent], …]`, slot 0 to 47 with 47 the current half hour, percent 0 to 255 where 255 is all above. Half hours
/// without an observation are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spark {
    /// Bit n says whether slot n is known.
    known: u64,
    percents: [u8; SLOTS],
}

const SLOTS: usize = 48;

impl Spark {
    /// Nothing is known.
    pub const EMPTY: Self = Self { known: 0, percents: [0; SLOTS] };

    /// From hashrates, against the expected one.
    pub fn new(half_hours: &HalfHours, expected_hps: Option<f64>) -> Self {
        let highest = half_hours.iter().flatten().copied().fold(0.0, f64::max);
        let whole = expected_hps.filter(|expected| *expected > 0.0).unwrap_or(highest);
        let mut spark = Self::EMPTY;
        for (slot, hps) in half_hours.iter().enumerate() {
            let Some(hps) = hps else { continue };
            spark.known |= 1 << slot;
            // A float becomes the nearest byte there is; nothing hashing at all has nothing to be measured by.
            spark.percents[slot] = if whole > 0.0 { (hps / whole * 100.0).round() as u8 } else { 0 };
        }
        spark
    }

    /// Whether nothing is known.
    pub const fn is_empty(&self) -> bool {
        self.known == 0
    }

    fn points(&self) -> impl Iterator<Item = (u8, u8)> {
        (0..).zip(self.percents).filter(|(slot, _)| self.known >> slot & 1 == 1)
    }
}

impl Serialize for Spark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut points = serializer.serialize_seq(Some(self.known.count_ones() as usize))?;
        for point in self.points() {
            points.serialize_element(&point)?;
        }
        points.end()
    }
}

impl JsonSchema for Spark {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Spark".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Slot and percent of each known half hour of the last 24 hours: slot 0 to 47 with 47 the current half \
                hour; percent of the expected hashrate, or of the highest half hour when nothing is expected; 255 is all above",
            "type": "array",
            "maxItems": SLOTS,
            "items": {
                "type": "array",
                "prefixItems": [
                    { "type": "integer", "minimum": 0, "maximum": SLOTS - 1 },
                    { "type": "integer", "minimum": 0, "maximum": 255 },
                ],
                "minItems": 2,
                "maxItems": 2,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(points: &[(usize, f64)], expected_hps: Option<f64>) -> String {
        let mut half_hours = [None; SLOTS];
        for (slot, hps) in points {
            half_hours[*slot] = Some(*hps);
        }
        serde_json::to_string(&Spark::new(&half_hours, expected_hps)).unwrap()
    }

    #[test]
    fn half_hours_are_percents_and_gaps_are_left_out() {
        assert_eq!(json(&[(0, 1.0), (3, 0.5), (47, 2.0)], Some(1.0)), "[[0,100],[3,50],[47,200]]");
        assert_eq!(json(&[(1, 1.0), (2, 4.0)], None), "[[1,25],[2,100]]", "of the highest");
        assert_eq!(json(&[(1, 900.0), (2, 0.0)], Some(1.0)), "[[1,255],[2,0]]", "255 is all above");
        assert_eq!(json(&[(1, 0.0)], None), "[[1,0]]");
        assert_eq!(json(&[], Some(1.0)), "[]");
    }
}
