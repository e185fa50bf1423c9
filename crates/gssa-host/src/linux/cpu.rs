//! How busy the processors are: `/proc/stat` (`proc_stat(5)`).

use gssa_model::unit::Percent;

/// The time that all processors together have spent since the start, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticks {
    idle: u64,
    total: u64,
}

/// `user nice system idle iowait irq softirq steal`; what follows, the time of guests, is in `user` and `nice` already.
const FIELDS: usize = 8;

/// The ticks, and the number of processors that are on.
pub(crate) fn parse(stat: &str) -> Option<(Ticks, u64)> {
    let mut lines = stat.lines();
    let all = lines.next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = all.split_whitespace().take(FIELDS).map_while(|field| field.parse().ok()).collect();
    let &[_, _, _, idle, ..] = ticks.as_slice() else { return None };
    let waiting = ticks.get(4).copied().unwrap_or_default();
    let total = ticks.iter().try_fold(0_u64, |sum, ticks| sum.checked_add(*ticks))?;
    let cpus = lines.take_while(|line| line.starts_with("cpu")).count();
    Some((Ticks { idle: idle.checked_add(waiting)?, total }, cpus as u64))
}

/// The part of the time between two readings in which the processors worked; `None` where no time went by.
pub(crate) fn busy(before: Ticks, now: Ticks) -> Option<Percent> {
    let total = now.total.checked_sub(before.total).filter(|ticks| *ticks > 0)?;
    // The time of waiting for disks goes back now and then.
    let idle = now.idle.saturating_sub(before.idle).min(total);
    Percent::from_fraction((total - idle) as f64 / total as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str =
        "cpu  100 10 50 800 40 0 0 0 7 0\ncpu0 50 5 25 400 20 0 0 0 7 0\ncpu1 50 5 25 400 20 0 0 0 0 0\nintr 1 2\n";

    #[test]
    fn guests_are_not_counted_twice() {
        assert_eq!(parse(STAT), Some((Ticks { idle: 840, total: 1000 }, 2)));
    }

    #[test]
    fn what_is_no_count_of_ticks_is_none() {
        let max = u64::MAX;
        for bad in ["", "cpu0 1 2 3 4\n", "cpu  1 2 3\n", "cpu  a b c d\n", &format!("cpu  {max} 1 1 1 1\n")] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(parse("cpu  1 2 3 4\n"), Some((Ticks { idle: 4, total: 10 }, 0)), "a kernel of 2.4");
    }

    #[test]
    fn busy_is_what_was_not_idle_since_the_reading_before() {
        let ticks = |idle, total| Ticks { idle, total };
        for (before, now, percent) in [
            (ticks(840, 1000), ticks(900, 1200), Some(70.0)),
            (ticks(840, 1000), ticks(1040, 1200), Some(0.0)),
            (ticks(840, 1000), ticks(830, 1100), Some(100.0)),
            (ticks(840, 1000), ticks(2000, 1100), Some(0.0)),
            (ticks(840, 1000), ticks(840, 1000), None),
            (ticks(840, 1000), ticks(10, 20), None),
        ] {
            assert_eq!(busy(before, now).map(Percent::get), percent, "{before:?} {now:?}");
        }
    }
}
