//! A day of many sources together.

use gssa_model::SourceId;

use super::{History, Metric, Ring};

/// The most points of a trend.
pub const MAX_TREND_POINTS: usize = 720;

/// One source of a trend.
#[derive(Debug, Clone)]
pub struct Member {
    /// The source.
    pub id: SourceId,
    /// How long a value counts on when no other follows: a source that is asked rarely, or missed once, must not tear a hole.
    pub hold_secs: u64,
    /// What it is expected to do at present.
    pub expected_hps: Option<f64>,
}

/// One metric of many sources over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trend {
    /// The time between two points.
    pub step_secs: u64,
    /// Unix milliseconds and the sum, or for temperatures the highest, of the sources whose value was known then. Oldest first; where
    /// nothing was known there is no point.
    pub points: Vec<(i64, f64)>,
    /// The sum of what is expected at present of those that had been seen by then.
    pub expected: Vec<(i64, f64)>,
}

impl History {
    /// One metric of `members` together, from `since_ms` on, in at most [`MAX_TREND_POINTS`].
    pub fn trend(&self, metric: Metric, members: &[Member], since_ms: Option<i64>) -> Trend {
        let rings: Vec<_> = members.iter().filter_map(|member| Some((member, self.rings.get(&member.id)?))).collect();
        let known = |ring: &Ring| ring.slots().find(|slot| ring.value(*slot, metric).is_some());
        let oldest = rings.iter().filter_map(|(_, ring)| known(ring)).min();
        let (Some(oldest), Some(newest)) = (oldest, rings.iter().map(|(_, ring)| ring.newest).max()) else {
            return Trend { step_secs: self.step_secs, ..Trend::default() };
        };
        // A ring that was not written for long reaches further back than a day.
        let oldest = oldest.max(newest - super::cells_for(self.step_secs) as i64 + 1);
        let from = since_ms.map_or(oldest, |since| super::slot_of(since, self.step_secs).clamp(oldest, newest));
        let steps_a_point = ((newest - from + 1) as u64).div_ceil(MAX_TREND_POINTS as u64).max(1);
        let mut sums = Sums::new(self.step_secs, steps_a_point, oldest, newest);
        for (member, ring) in rings {
            sums.add(metric, member, ring);
        }
        sums.trend(since_ms)
    }
}

/// The points while they are summed up. Each is of several steps; they begin at multiples of their length, so that they stay where they are
/// while time goes on.
struct Sums {
    step_secs: u64,
    steps_a_point: i64,
    /// The first point.
    first: i64,
    totals: Vec<Option<f64>>,
    /// What is expected of those that are seen with this point for the first time.
    newly_expected: Vec<f64>,
    /// Sum and count of one member in each point.
    means: Vec<(f64, u32)>,
}

impl Sums {
    fn new(step_secs: u64, steps_a_point: u64, oldest: i64, newest: i64) -> Self {
        let steps_a_point = steps_a_point as i64;
        let first = oldest.div_euclid(steps_a_point);
        let count = (newest.div_euclid(steps_a_point) - first + 1) as usize;
        Self {
            step_secs,
            steps_a_point,
            first,
            totals: vec![None; count],
            newly_expected: vec![0.0; count],
            means: vec![(0.0, 0); count],
        }
    }

    fn add(&mut self, metric: Metric, member: &Member, ring: &Ring) {
        self.means.fill((0.0, 0));
        for slot in ring.slots() {
            let point = slot.div_euclid(self.steps_a_point) - self.first;
            let mean = usize::try_from(point).ok().and_then(|point| self.means.get_mut(point));
            if let (Some((sum, count)), Some(value)) = (mean, ring.value(slot, metric)) {
                (*sum, *count) = (*sum + value, *count + 1);
            }
        }
        let point_secs = self.step_secs * self.steps_a_point as u64;
        let hold = member.hold_secs.div_ceil(point_secs);
        let (mut last, mut age, mut is_seen) = (0.0, hold, false);
        for (point, (sum, count)) in self.means.iter().enumerate() {
            if *count > 0 {
                (last, age) = (sum / f64::from(*count), 0);
                if !std::mem::replace(&mut is_seen, true) {
                    self.newly_expected[point] += member.expected_hps.unwrap_or(0.0);
                }
            } else {
                age += 1;
            }
            if is_seen && age <= hold {
                let total = self.totals[point].get_or_insert(if metric == Metric::ChipCelsius { last } else { 0.0 });
                *total = if metric == Metric::ChipCelsius { total.max(last) } else { *total + last };
            }
        }
    }

    fn trend(self, since_ms: Option<i64>) -> Trend {
        let point_ms = self.step_secs as i64 * 1000 * self.steps_a_point;
        let at = |point: usize| (self.first + point as i64) * point_ms;
        let since_ms = since_ms.unwrap_or(i64::MIN);
        let is_wanted = |(at, _): &(i64, f64)| *at >= since_ms;
        let last_of = |mut points: Vec<(i64, f64)>| points.split_off(points.len().saturating_sub(MAX_TREND_POINTS));
        let points = self.totals.iter().enumerate().filter_map(|(point, total)| Some((at(point), rounded((*total)?))));
        let mut expected = 0.0;
        let reference =
            self.newly_expected.iter().zip(&self.totals).enumerate().filter_map(|(point, (more, total))| {
                expected += more;
                (total.is_some() && expected > 0.0).then(|| (at(point), rounded(expected)))
            });
        Trend {
            step_secs: self.step_secs * self.steps_a_point as u64,
            points: last_of(points.filter(is_wanted).collect()),
            expected: last_of(reference.filter(is_wanted).collect()),
        }
    }
}

/// To a thousandth: the history keeps seven digits, more would be noise.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use gssa_model::unit::{Celsius, Hashrate, Watts};
    use gssa_model::{MinerSnapshot, Sensor, Temperature, Timestamp};

    use super::*;

    const START_MS: i64 = 1_795_276_800_000;
    const MINUTE_MS: i64 = 60_000;

    fn history() -> History {
        History::new(16 << 20)
    }

    fn record(history: &mut History, id: &str, minute: i64, hps: f64) {
        let mut miner = MinerSnapshot::default();
        miner.hashing.current_hps = Hashrate::from_hps(hps);
        miner.power.watts = Watts::from_watts(hps);
        let celsius = Celsius::from_celsius(hps).unwrap();
        miner.temperatures.push(Temperature { sensor: Sensor::Chip, index: 0, celsius });
        history.record(&id.parse().unwrap(), Timestamp::from_unix_ms(START_MS + minute * MINUTE_MS), &miner);
    }

    fn member(id: &str, hold_secs: u64, expected_hps: f64) -> Member {
        Member { id: id.parse().unwrap(), hold_secs, expected_hps: Some(expected_hps) }
    }

    fn minutes(points: &[(i64, f64)]) -> Vec<(i64, f64)> {
        points.iter().map(|(at, value)| ((at - START_MS) / MINUTE_MS, *value)).collect()
    }

    #[test]
    fn a_fleet_is_the_sum_of_what_is_known() {
        let mut history = history();
        for minute in 0..4 {
            record(&mut history, "a", minute, 10.0);
        }
        record(&mut history, "b", 1, 5.0);
        record(&mut history, "b", 2, 7.0);
        let members = [member("a", 0, 12.0), member("b", 0, 6.0), member("never-seen", 0, 100.0)];
        let trend = history.trend(Metric::CurrentHps, &members, None);
        assert_eq!(minutes(&trend.points), [(0, 10.0), (1, 15.0), (2, 17.0), (3, 10.0)]);
        assert_eq!(minutes(&trend.expected), [(0, 12.0), (1, 18.0), (2, 18.0), (3, 18.0)], "the lost stay expected");
        assert_eq!(trend.step_secs, 60);
        let hottest = history.trend(Metric::ChipCelsius, &members, None);
        assert_eq!(minutes(&hottest.points), [(0, 10.0), (1, 10.0), (2, 10.0), (3, 10.0)]);
    }

    #[test]
    fn who_is_asked_rarely_tears_no_hole_and_who_is_lost_goes() {
        let mut history = history();
        for minute in 0..30 {
            record(&mut history, "often", minute, 1.0);
        }
        for minute in [0, 5, 10] {
            record(&mut history, "rarely", minute, 10.0);
        }
        let trend = history.trend(Metric::CurrentHps, &[member("often", 60, 1.0), member("rarely", 600, 1.0)], None);
        let expected: Vec<_> = (0..30).map(|minute| (minute, if minute <= 20 { 11.0 } else { 1.0 })).collect();
        assert_eq!(minutes(&trend.points), expected, "two intervals after the last answer it does not count any more");
    }

    #[test]
    fn a_gap_of_all_stays_a_gap() {
        let mut history = history();
        for minute in [0, 1, 10, 11] {
            record(&mut history, "a", minute, 1.0);
        }
        let trend = history.trend(Metric::Watts, &[member("a", 60, 1.0)], None);
        assert_eq!(minutes(&trend.points), [(0, 1.0), (1, 1.0), (2, 1.0), (10, 1.0), (11, 1.0)]);
    }

    #[test]
    fn a_day_is_720_points_and_an_hour_is_whole() {
        let mut history = history();
        for minute in 0..1440 {
            record(&mut history, "a", minute, if minute % 2 == 0 { 1.0 } else { 3.0 });
        }
        let day = history.trend(Metric::CurrentHps, &[member("a", 60, 1.0)], None);
        assert_eq!((day.step_secs, day.points.len()), (120, 720));
        assert!(day.points.iter().all(|(_, value)| (value - 2.0).abs() < 1e-9), "means of two steps");
        let hour = history.trend(Metric::CurrentHps, &[member("a", 60, 1.0)], Some(START_MS + 1380 * MINUTE_MS));
        assert_eq!((hour.step_secs, hour.points.len(), hour.expected.len()), (60, 60, 60));
        record(&mut history, "a", 1440, 1.0);
        let moved = history.trend(Metric::CurrentHps, &[member("a", 60, 1.0)], None);
        assert_eq!((moved.points.len(), moved.points[0].0), (720, day.points[1].0), "points stay where they are");
    }

    #[test]
    fn without_history_there_is_none() {
        let trend = history().trend(Metric::CurrentHps, &[member("a", 60, 1.0)], None);
        assert_eq!(trend, Trend { step_secs: 60, ..Trend::default() });
    }
}
