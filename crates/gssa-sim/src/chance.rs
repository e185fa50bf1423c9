//! Seeded chance without state: the same seed and name always give the same figure, at any moment, in any order.

use std::f64::consts::TAU;

/// Gives a number in `0.0..1.0` for a seed and a name.
pub(crate) fn share(seed: u64, name: u64) -> f64 {
    fastrand::Rng::with_seed(seed ^ name.wrapping_mul(0x9e37_79b9_7f4a_7c15)).f64()
}

/// Gives a number in `low..high` for a seed and a name.
pub(crate) fn between(seed: u64, name: u64, low: f64, high: f64) -> f64 {
    low + share(seed, name) * (high - low)
}

/// A smooth wandering figure in `-1.0..=1.0`: three waves whose periods have no common measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wander {
    seed: u64,
    periods_secs: [f64; 3],
}

impl Wander {
    /// How much each wave counts. Together 1, so that the sum never leaves its bounds.
    const WEIGHTS: [f64; 3] = [0.45, 0.35, 0.2];

    pub(crate) fn new(seed: u64, name: u64, periods_secs: [f64; 3]) -> Self {
        Self { seed: seed ^ name.wrapping_mul(0xd134_2543_de82_ef95), periods_secs }
    }

    fn waves(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let seed = self.seed;
        let phase = move |index: usize| share(seed, index as u64) * TAU;
        let periods = self.periods_secs;
        (0..3).map(move |index| (Self::WEIGHTS[index], TAU / periods[index], phase(index)))
    }

    /// The figure at a moment.
    pub(crate) fn at(&self, secs: f64) -> f64 {
        self.waves().map(|(weight, speed, phase)| weight * (speed * secs + phase).sin()).sum()
    }

    /// The mean over the `window_secs` before a moment.
    pub(crate) fn mean(&self, secs: f64, window_secs: f64) -> f64 {
        if window_secs <= 0.0 {
            return self.at(secs);
        }
        let integral = |speed: f64, phase: f64| {
            ((speed * (secs - window_secs) + phase).cos() - (speed * secs + phase).cos()) / speed
        };
        self.waves().map(|(weight, speed, phase)| weight * integral(speed, phase) / window_secs).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wander_stays_in_bounds_and_its_mean_is_calmer() {
        let wander = Wander::new(7, 1, [17.0, 190.0, 2400.0]);
        let (mut widest, mut widest_mean) = (0.0_f64, 0.0_f64);
        for second in 0..5000 {
            widest = widest.max(wander.at(f64::from(second)).abs());
            widest_mean = widest_mean.max(wander.mean(f64::from(second), 600.0).abs());
        }
        assert!(widest <= 1.0 && widest > 0.5, "{widest}");
        assert!(widest_mean < widest / 2.0, "{widest_mean}");
    }

    #[test]
    fn the_mean_is_the_mean_of_the_figures() {
        let wander = Wander::new(3, 9, [17.0, 190.0, 2400.0]);
        let sampled = (0..6000).map(|step| wander.at(900.0 + f64::from(step) / 100.0)).sum::<f64>() / 6000.0;
        assert!((wander.mean(960.0, 60.0) - sampled).abs() < 0.001);
    }
}
