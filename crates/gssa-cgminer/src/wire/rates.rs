//! Hash rates, whose keys carry the unit and the window: `MHS 5s`, `GHS av`, `KHS 1m`, `Hashrate24h`.

use gssa_model::unit::Hashrate;
use gssa_model::{Gap, Windows};
use gssa_wire::{Field, MAX_GAPS, Path, Report};

use super::row::{Gathered, Lenient as _};
use super::scalar::from_si;
use crate::reply::value::{Members, Value};

/// The longest window that is believed, in seconds.
const MAX_WINDOW_SECS: u64 = 7 * 24 * 3600;

/// The most windows of one row. Honest ones have five. Each is compared with those before it, and a reply has room for sixty thousand.
const MAX_WINDOWS: usize = Windows::MAX;

/// From here on a window that is longer than the miner is up may count the time before as zero.
const LONG_WINDOW_SECS: u64 = 3600;

/// The rates of one row.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Rates {
    /// Shortest first.
    windows: Vec<Window>,
    average: Option<Hashrate>,
    gaps: Vec<Gap>,
}

#[derive(Debug, Clone, PartialEq)]
struct Window {
    secs: u64,
    /// As the key writes it.
    name: String,
    /// Unknown while it is 0/0.
    rate: Option<Hashrate>,
}

impl Rates {
    /// The rate over the shortest window.
    pub(crate) fn current(&self) -> Option<Hashrate> {
        self.windows.first().and_then(|window| window.rate)
    }

    /// The rate over so many seconds.
    pub(crate) fn over(&self, secs: u64) -> Option<Hashrate> {
        self.windows.iter().find(|window| window.secs == secs).and_then(|window| window.rate)
    }

    /// The rate since the start.
    pub(crate) const fn average(&self) -> Option<Hashrate> {
        self.average
    }

    /// The windows by name, without the shortest where it is the present rate, and without those that are not what their names say:
    /// `BOSminer` divides an hour's work by 24 hours for the first day (`MHS 24h`).
    pub(crate) fn windows(&self, uptime_secs: Option<u64>) -> Windows {
        let mut windows = Windows::default();
        for window in &self.windows {
            let Some(rate) = window.rate else { continue };
            let is_long = window.secs >= LONG_WINDOW_SECS;
            if !is_long || !self.counts_time_before(window, rate, uptime_secs) {
                windows.push(window.name.clone(), rate);
            }
        }
        windows
    }

    /// Whether a window that is not filled yet is about as much too low as it is not filled.
    fn counts_time_before(&self, window: &Window, rate: Hashrate, uptime_secs: Option<u64>) -> bool {
        let Some((average, uptime)) = self.average.zip(uptime_secs) else { return false };
        let filled = uptime as f64 / window.secs as f64;
        filled < 1.0 && rate.get() < average.get() * filled.sqrt()
    }
}

impl Gathered for Rates {
    fn gather(row: &Members) -> Self {
        let mut rates = Self::default();
        for (key, value) in row.iter() {
            let Some((unit_hps, window)) = unit_of(key) else { continue };
            let secs = secs(window);
            if secs.is_none() && window != AVERAGE {
                continue;
            }
            let rate = match read(value, unit_hps) {
                Field::Known(rate) => Some(rate),
                Field::Unreadable(found) => {
                    if rates.gaps.len() < MAX_WINDOWS {
                        rates.gaps.push(Gap::new(key, &found));
                    }
                    None
                }
                Field::Absent | Field::Null => None,
            };
            match secs {
                Some(_) if rates.windows.len() == MAX_WINDOWS => {}
                Some(secs) if rates.windows.iter().all(|other| other.secs != secs) => {
                    rates.windows.push(Window { secs, name: window.to_owned(), rate });
                }
                Some(_) => {}
                None => rates.average = rates.average.or(rate),
            }
        }
        rates.windows.sort_by_key(|window| window.secs);
        rates
    }
}

impl Report for Rates {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        let more = self.gaps.iter().map(|gap| Gap::new(Path::Member(&path, &gap.field).to_string(), &gap.found));
        gaps.extend(more.take(MAX_GAPS.saturating_sub(gaps.len())));
    }
}

/// The unit of a key in hashes per second, and its window.
fn unit_of(key: &str) -> Option<(f64, &str)> {
    let units = [("KHS ", 1e3), ("MHS ", 1e6), ("GHS ", 1e9), ("THS ", 1e12), ("Hashrate", 1e9)];
    units.iter().find_map(|(prefix, unit)| Some((*unit, key.strip_prefix(prefix)?)))
}

/// The window that is none: since the start.
const AVERAGE: &str = "av";

/// `5s`, `1m`, `24h`. The key comes from the device and its window is shown, so nothing but a few digits may stand before the letter.
fn secs(window: &str) -> Option<u64> {
    let (at, unit) = window.char_indices().next_back()?;
    let unit = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 24 * 3600,
        _ => return None,
    };
    let digits = Some(&window[..at]).filter(|text| text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit()))?;
    digits.parse::<u64>().ok()?.checked_mul(unit).filter(|secs| (1..=MAX_WINDOW_SECS).contains(secs))
}

/// A rate in the unit of its key, or in its own where it carries one: `"5463.34 MH/s"`.
pub(crate) fn read(value: &Value, unit_hps: f64) -> Field<Hashrate> {
    if let Value::String(text) = value
        && let Some(rate) = with_unit(text)
    {
        return Field::Known(rate);
    }
    f64::read(value).and_then(|number| Hashrate::from_hps(number * unit_hps))
}

/// `21632.89GH/s`: the number with its SI letter is what stands before `H/s`.
fn with_unit(text: &str) -> Option<Hashrate> {
    let number = text.trim().strip_suffix("H/s")?;
    Hashrate::from_hps(from_si(number)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::value::json;

    fn rates(row: &Value) -> Rates {
        Rates::gather(row.as_object().unwrap())
    }

    #[test]
    fn the_key_names_unit_and_window() {
        let rates = rates(&json!({ "MHS av": 2.0, "MHS 5m": 5, "MHS 30s": "3.0", "MHS rolling": 9, "MHS 15m": "nan" }));
        assert_eq!(rates.current().map(Hashrate::get), Some(3e6));
        assert_eq!(rates.average().map(Hashrate::get), Some(2e6));
        assert_eq!(serde_json::to_value(rates.windows(None)).unwrap(), serde_json::json!({ "30s": 3e6, "5m": 5e6 }));
        for (row, hps) in [
            (json!({ "GHS 5s": "13301.38" }), Some(13_301.38e9)),
            (json!({ "KHS 20s": 4 }), Some(4e3)),
            (json!({ "Hashrate1m": 2 }), Some(2e9)),
            (json!({ "GHS 5s": "21632.89GH/s" }), Some(21_632.89e9)),
            (json!({ "GHS 5s": "5463.5 MH/s" }), Some(5_463.5e6)),
            (json!({ "MHS 5s": null, "MHS 1m": 1 }), None),
            (json!({ "MHS": 1, "MHS 5": 1, "MHS 5x": 1 }), None),
        ] {
            assert_eq!(super::tests::rates(&row).current().map(Hashrate::get), hps, "{row:?}");
        }
    }

    #[test]
    fn a_day_that_counts_the_time_before_the_start_is_no_window() {
        let windows = |day: f64| {
            let row = json!({ "MHS av": 12e6, "MHS 24h": day });
            rates(&row).windows(Some(3600)).get("24h").is_some()
        };
        assert!(!windows(0.5e6), "an hour's work divided by 24");
        assert!(windows(12e6));
    }

    #[test]
    fn an_unreadable_rate_is_a_gap_unless_its_key_is_none_of_ours() {
        let mut gaps = Vec::new();
        let row = json!({ "MHS 5s": "fast", "MHS \u{1b}[2J": "x", "Hashrate of the neighbour": "x", "MHS +5s": "x", "MHS 0000000005s": "x" });
        rates(&row).report(Path::Document("SUMMARY"), &mut gaps);
        assert_eq!(gaps, [Gap::new("SUMMARY.MHS 5s", "\"fast\"")]);
    }

    #[test]
    fn a_row_of_windows_is_not_read_to_its_end() {
        let keys = |unit: &'static str| (1..60_000).map(move |secs| (format!("{unit} {secs}s").into(), json!("x")));
        let row = Value::Object(keys("MHS").chain(keys("GHS")).collect());
        let rates = rates(&row);
        assert_eq!((rates.windows.len(), rates.gaps.len()), (MAX_WINDOWS, MAX_WINDOWS));
    }
}
