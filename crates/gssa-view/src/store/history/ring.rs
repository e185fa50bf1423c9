//! The cells of one miner or coin.

use super::{Metric, SPAN_SECS};

pub(super) const fn cells_for(step_secs: u64) -> usize {
    SPAN_SECS.div_ceil(step_secs) as usize
}

pub(super) const fn slot_of(unix_ms: i64, step_secs: u64) -> i64 {
    unix_ms.div_euclid(step_secs as i64 * 1000)
}

/// The values of one step: gauges as the bits of an `f32`, counters as they are.
pub(super) type Cell = [u32; Metric::ALL.len()];

/// Nothing was observed. As an `f32` it is a NaN, as a counter it is out of reach.
const MISSING: u32 = u32::MAX;

#[derive(Debug)]
pub(super) struct Ring {
    /// Slot `s` is in cell `s mod len`.
    pub(super) cells: Box<[Cell]>,
    /// The slot that was written last; the ring holds it and the `len - 1` before it.
    pub(super) newest: i64,
    /// How many values each mean of the newest slot is made of.
    samples: [u16; Metric::ALL.len()],
}

impl Ring {
    pub(super) fn new(cells: usize, newest: i64) -> Self {
        Self { cells: vec![[MISSING; Metric::ALL.len()]; cells].into(), newest, samples: [0; Metric::ALL.len()] }
    }

    fn index(&self, slot: i64) -> usize {
        slot.rem_euclid(self.cells.len() as i64) as usize
    }

    /// The slots that the ring can hold now, oldest first.
    pub(super) fn slots(&self) -> impl Iterator<Item = i64> + use<> {
        self.newest - self.cells.len() as i64 + 1..=self.newest
    }

    pub(super) fn record(&mut self, slot: i64, values: [Option<f64>; Metric::ALL.len()]) {
        let oldest = self.newest - self.cells.len() as i64;
        if slot > self.newest {
            let skipped = (slot - self.newest).min(self.cells.len() as i64);
            for passed in slot - skipped + 1..=slot {
                self.cells[self.index(passed)] = [MISSING; Metric::ALL.len()];
            }
            (self.newest, self.samples) = (slot, [0; Metric::ALL.len()]);
        } else if slot < self.newest {
            // The wall clock was set back. A little is an overlap and written over; more than the span starts anew.
            if slot <= oldest {
                *self = Self::new(self.cells.len(), slot);
            } else {
                self.samples = [0; Metric::ALL.len()];
            }
        }
        let at = self.index(slot);
        for ((metric, value), samples) in Metric::ALL.into_iter().zip(values).zip(&mut self.samples) {
            let Some(value) = value else { continue };
            let cell = &mut self.cells[at][metric as usize];
            *cell = if metric.is_counter() {
                (value as u64).min(u64::from(MISSING - 1)) as u32
            } else {
                *samples = samples.saturating_add(1);
                let before = if *samples == 1 { value } else { f64::from(f32::from_bits(*cell)) };
                ((before + (value - before) / f64::from(*samples)) as f32).to_bits()
            };
        }
    }

    pub(super) fn value(&self, slot: i64, metric: Metric) -> Option<f64> {
        let cell = self.cells[self.index(slot)][metric as usize];
        match cell {
            MISSING => None,
            count if metric.is_counter() => Some(f64::from(count)),
            bits => Some(f64::from(f32::from_bits(bits))),
        }
    }

    /// The same history in steps of another length. Finer steps leave gaps between the coarse points that were kept.
    pub(super) fn with_step(&self, from_secs: u64, to_secs: u64) -> Self {
        let convert = |slot: i64| slot_of(slot * from_secs as i64 * 1000, to_secs);
        let cells = cells_for(to_secs);
        let first = self.newest - self.cells.len() as i64 + 1;
        let mut ring = Self::new(cells, convert(first));
        for slot in self.slots() {
            let values = Metric::ALL.map(|metric| self.value(slot, metric));
            if values.iter().any(Option::is_some) {
                ring.record(convert(slot), values);
            }
        }
        ring
    }
}
