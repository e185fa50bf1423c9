//! In which unit a machine counts. The keys say `GHS` whatever the coin.

use super::model::{Coin, Model};
use super::scalar::{Rate, Unit};
use super::wire::{Machine, Summary};

/// A rate of so many times what the model can do was written in another unit.
const MAX_TIMES_RATED: f64 = 20.0;

/// The units of the machine as a whole and of its boards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Units {
    total: Option<Unit>,
    chain: Option<Unit>,
}

impl Units {
    /// The unit that the reply names, then the one of the coin; the first under which the nominal rate, or else the highest rate, is
    /// one that the model can have. None if no unit fits: a wrong rate is worse than none.
    pub(super) fn of(machine: Option<&Machine>, summary: Option<&Summary>, model: Option<Model>) -> Self {
        let named = machine.and_then(|machine| machine.unit.get()).or(summary.and_then(|summary| summary.unit.get()));
        let unknown = [summary.and_then(from_total).unwrap_or(Unit::GH)];
        let usual = model.map_or(&unknown[..], |model| model.coin.units());
        let sample = Sample::of(machine, summary);
        let mut candidates = named.into_iter().chain(usual.iter().copied());
        let fits = |unit: &Unit| model.is_none_or(|model| sample.fits(*unit, model.rated_hps));
        let mut total = candidates.find(fits);
        let sum = machine.map_or(0.0, sum_of_boards);
        let times_sum = if sum > 0.0 { sample.momentary / sum } else { 0.0 };
        // Boards of a Z11 and an E9 Pro count in thousands of what the whole does.
        let chain = total.map(|unit| if (500.0..2000.0).contains(&times_sum) { Unit(unit.0 * 1e3) } else { unit });
        // Stock firmware of the Z11 adds thousands up as they are and does not say so; others count single solutions.
        if model.is_some_and(|model| model.coin == Coin::Equihash) && named.is_none() && (0.9..1.1).contains(&times_sum)
        {
            total = Some(Unit::KSOL);
            return Self { total, chain: total };
        }
        Self { total, chain }
    }

    /// Hashes per second of the whole machine.
    pub(super) fn total(self, rate: Rate) -> Option<f64> {
        scaled(rate, self.total)
    }

    /// Hashes per second of a board.
    pub(super) fn chain(self, rate: Rate) -> Option<f64> {
        scaled(rate, self.chain)
    }

    /// Whether rates without a unit of their own can be read.
    pub(super) const fn is_known(self) -> bool {
        self.total.is_some()
    }
}

fn scaled(rate: Rate, unit: Option<Unit>) -> Option<f64> {
    Some(rate.value * rate.unit.or(unit)?.0).filter(|hps| *hps >= 0.0)
}

/// The unit of a machine that is not known: its total, which is in megahashes everywhere, over the time that it took. A D3 shows by it
/// that its `GHS av` are megahashes. None without a total; then the key is all there is to go by.
fn from_total(summary: &Summary) -> Option<Unit> {
    let mean_mhs = summary.megahashes.get()? / summary.elapsed.get().filter(|elapsed| elapsed.0 > 0)?.0 as f64;
    let average = summary.average.get().filter(|average| average.value > 0.0)?.value;
    let is_near = |unit: &Unit| (0.5..2.0).contains(&(average * unit.0 / (mean_mhs * 1e6)));
    [Unit::GH, Unit::MH].into_iter().find(is_near)
}

fn sum_of_boards(machine: &Machine) -> f64 {
    machine.slots.boards.values().filter_map(|slot| slot.rate.get()).map(|rate| rate.value).sum()
}

/// The figures that a unit is tried on.
#[derive(Debug, Clone, Copy)]
struct Sample {
    nominal: f64,
    momentary: f64,
    highest: f64,
}

impl Sample {
    fn of(machine: Option<&Machine>, summary: Option<&Summary>) -> Self {
        let value = |of_machine: fn(&Machine) -> Option<Rate>, of_summary: fn(&Summary) -> Option<Rate>| {
            let rate = machine.and_then(of_machine).or_else(|| summary.and_then(of_summary));
            rate.map_or(0.0, |rate| rate.value)
        };
        let momentary = value(|m| m.current.get(), |s| s.current.get());
        let average = value(|m| m.average.get(), |s| s.average.get());
        Self { nominal: value(|m| m.ideal.get(), |s| s.ideal.get()), momentary, highest: momentary.max(average) }
    }

    /// The nominal rate must be near the rated one; without it, the others must not be far above: a machine may be slow.
    fn fits(self, unit: Unit, rated_hps: f64) -> bool {
        if self.nominal > 0.0 {
            let times = self.nominal * unit.0 / rated_hps;
            return (1.0 / MAX_TIMES_RATED..=MAX_TIMES_RATED).contains(&times);
        }
        self.highest * unit.0 <= rated_hps * MAX_TIMES_RATED
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gssa_wire::Field;

    use crate::reply::value::{Value, json};
    use crate::wire::row::Lenient as _;

    fn hps(model: &str, machine: &Value) -> Option<f64> {
        let Field::Known(machine) = Machine::read(machine) else { panic!("{machine:?}") };
        let units = Units::of(Some(&machine), None, Model::of(model));
        units.total(machine.current.get()?)
    }

    #[test]
    fn the_unit_is_named_or_that_of_the_coin_and_fits_the_model() {
        for (model, machine, expected) in [
            (
                "S19 Pro",
                json!({ "GHS 5s": 110_566.0, "rate_unit": "GH", "total_rateideal": 110_000.0 }),
                Some(110.566e12),
            ),
            ("S9", json!({ "GHS 5s": "13500" }), Some(13.5e12)),
            ("L3+", json!({ "GHS 5s": "504.5" }), Some(504.5e6)),
            ("D3", json!({ "GHS 5s": "16346" }), Some(16.346e9)),
            ("D9", json!({ "GHS 5s": 1780, "GHS av": 1770, "total_rateideal": 1770 }), Some(1.78e12)),
            ("E3", json!({ "GHS 5s": "197.5" }), Some(197.5e6)),
            ("E9 Pro", json!({ "GHS 5s": 3680 }), Some(3.68e9)),
            ("L7", json!({ "GHS 5s": 9500, "rate_unit": "GH", "total_rateideal": 9500 }), Some(9.5e9)),
            ("L9", json!({ "rate_5s": 16_000, "rate_unit": "MH/s", "rate_ideal": 16_000 }), Some(16e9)),
            ("KS5", json!({ "RT HASHRATE": "21632.5GH/s" }), Some(21_632.5e9)),
            ("Z11", json!({ "GHS 5s": "145474.5", "chain_rate1": "72.5", "chain_rate2": "73" }), Some(145_474.5)),
            ("Z11", json!({ "GHS 5s": "141.5", "chain_rate1": "70.5", "chain_rate2": "71" }), Some(141.5e3)),
            ("Z15", json!({ "rate_5s": 420, "rate_unit": "kSol/s", "rate_ideal": 420 }), Some(420e3)),
            ("Z15", json!({ "GHS 5s": 422.5, "rate_unit": "GH", "total_rateideal": 420 }), Some(422.5e3)),
            ("B3", json!({ "GHS 5s": "780" }), None),
            ("S9", json!({ "GHS 5s": "13500000" }), None),
            ("nothing known", json!({ "GHS 5s": "46839.5" }), Some(46_839.5e9)),
        ] {
            let got = hps(model, &machine);
            let same = got.zip(expected).is_some_and(|(a, b)| (a / b - 1.0).abs() < 1e-9) || got == expected;
            assert!(same, "{model} {machine:?}: {got:?}");
        }
    }

    #[test]
    fn boards_may_count_in_thousands() {
        let board = |model: &str, machine: Value| {
            let Field::Known(machine) = Machine::read(&machine) else { panic!("{machine:?}") };
            let units = Units::of(Some(&machine), None, Model::of(model));
            units.chain(machine.slots.boards[&1].rate.get()?)
        };
        assert_eq!(board("E9 Pro", json!({ "GHS 5s": 3690, "chain_rate1": 1.5, "chain_rate2": 2.25 })), Some(1.5e9));
        assert_eq!(board("E3", json!({ "GHS 5s": "190.5", "chain_rate1": "95.5", "chain_rate2": "95" })), Some(95.5e6));
        assert_eq!(
            board("Z11", json!({ "GHS 5s": "145000", "chain_rate1": "72.5", "chain_rate2": "73" })),
            Some(72.5e3)
        );
        assert_eq!(
            board("Z11", json!({ "GHS 5s": "145.5", "chain_rate1": "72.5", "chain_rate2": "73" })),
            Some(72.5e3)
        );
    }

    #[test]
    fn the_total_tells_the_unit_of_a_machine_that_is_not_known() {
        let unit = |summary: &Value| match Summary::read(summary) {
            Field::Known(summary) => from_total(&summary).map(|unit| unit.0),
            _ => None,
        };
        let summary = |average: f64, total: f64| json!({ "Elapsed": 1000, "GHS av": average, "Total MH": total });
        assert_eq!(unit(&summary(15_900.0, 15.3e6)), Some(1e6));
        assert_eq!(unit(&summary(54_400.0, 54.3e9)), Some(1e9));
        assert_eq!(unit(&summary(54_400.0, 54.3e12)), None);
        assert_eq!(unit(&summary(54_400.0, 0.0)), None);
    }
}
