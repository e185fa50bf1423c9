//! What is in the log, against what the agent said and what the devices told.

mod tests;

use std::collections::{BTreeMap, BTreeSet};

use gssa_sim::axeos::Figures;
use gssa_uplink::wire::{Epoch, GapReason, Seq};
use gsscloud::log::{AgentId, Content, EmbeddedLog, Entry, Log as _, Record};
use serde_json::Value;

use crate::lane::Run;

/// Answers of a device that need not be in a reading of the log: one that was under way at the start or the end of a run.
const UNDER_WAY: u64 = 2;

/// Figures over everything that was checked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figure {
    pub(crate) epochs: u64,
    pub(crate) epochs_lost: u64,
    pub(crate) runs_cut_off: u64,
    /// What the agents said, of those that were cut off the last time that they were asked, or what is stored of it if that is more.
    pub(crate) produced: u64,
    pub(crate) stored: u64,
    pub(crate) readings: u64,
    pub(crate) thinned: u64,
    pub(crate) lost: u64,
    pub(crate) refused: u64,
    /// What agents that were cut off had produced and nobody has.
    pub(crate) lost_with_epoch: u64,
}

impl std::ops::AddAssign for Figure {
    fn add_assign(&mut self, other: Self) {
        self.epochs += other.epochs;
        self.epochs_lost += other.epochs_lost;
        self.runs_cut_off += other.runs_cut_off;
        self.produced += other.produced;
        self.stored += other.stored;
        self.readings += other.readings;
        self.thinned += other.thinned;
        self.lost += other.lost;
        self.refused += other.refused;
        self.lost_with_epoch += other.lost_with_epoch;
    }
}

/// What the log has of one epoch.
#[derive(Debug, Default)]
struct Stored {
    /// Everything up to here is an item or in a gap record.
    last: Seq,
    items: u64,
    /// By reason.
    gaps: BTreeMap<&'static str, u64>,
    /// By source, of gap records.
    missing: BTreeMap<String, u64>,
    /// By source: the numbers that its device gave to what it told.
    numbers: BTreeMap<String, Vec<u64>>,
    /// By source: reports of polls without an answer.
    without: BTreeMap<String, u64>,
    lost_after: Option<Seq>,
}

/// Checks the log of one agent and gives its figures.
pub(crate) async fn judge(
    log: &EmbeddedLog,
    agent: &AgentId,
    runs: &[Run],
    told: &BTreeMap<String, Vec<Figures>>,
) -> Figure {
    let mut epochs: Vec<(Epoch, Stored)> = Vec::new();
    for record in log.read(agent, 0, usize::MAX).await.unwrap() {
        if epochs.last().is_none_or(|(epoch, _)| *epoch != record.epoch) {
            assert!(epochs.iter().all(|(epoch, _)| *epoch != record.epoch), "{agent}: an epoch goes on after another");
            epochs.push((record.epoch.clone(), Stored::default()));
        }
        let (_, stored) = epochs.last_mut().unwrap();
        stored.take(record, told);
    }
    let mut figure = Figure::default();
    let (mut followed, mut spoke) = (0, vec![false; runs.len()]);
    let count = epochs.len();
    for (index, (epoch, stored)) in epochs.iter().enumerate() {
        let of = |run: &Run| stored.is_of(run);
        let found: Vec<usize> = (followed..runs.len()).filter(|run| of(&runs[*run])).collect();
        // An epoch without any reading may be that of any run; the next one is as good a guess as any.
        let run =
            *found.first().unwrap_or_else(|| panic!("{agent}: epoch {epoch} is of no run: {stored:#?} {runs:#?}"));
        (followed, spoke[run]) = (run + 1, true);
        stored.check(&format!("{agent}, run {run}"), &runs[run], index + 1 == count, told);
        figure += stored.figure(&runs[run]);
    }
    // A run that was cut off before it ever got through has left nothing.
    for (run, _) in runs.iter().zip(spoke).filter(|(_, spoke)| !spoke) {
        assert!(run.was_cut_off, "{agent}: nothing is known of a run that ended in order: {run:?}");
        figure.produced += run.ledger.produced;
        figure.lost_with_epoch += run.ledger.produced;
    }
    figure.runs_cut_off = runs.iter().filter(|run| run.was_cut_off).count() as u64;
    let known = figure.stored + figure.thinned + figure.lost + figure.refused + figure.lost_with_epoch;
    assert_eq!(figure.produced, known, "{agent}: {figure:?}");

    let counts = log.account(agent).await.unwrap().counts;
    assert_eq!(
        (counts.stored, counts.thinned, counts.lost, counts.refused, counts.epochs_lost),
        (figure.stored, figure.thinned, figure.lost, figure.refused, figure.epochs_lost),
        "{agent}: what the receiver counts"
    );
    // What ends with everything told is not declared lost by the next one that comes.
    let next = log.open(agent, &Epoch::from_random(u128::MAX), gsscloud::clock::now()).await.unwrap();
    assert!(next.is_new && next.lost_after.is_none(), "{agent}: the last epoch has no goodbye: {next:?}");
    figure
}

impl Stored {
    fn take(&mut self, record: Record, told: &BTreeMap<String, Vec<Figures>>) {
        assert_eq!(self.lost_after, None, "nothing comes after the end");
        match record.entry {
            Entry::EpochLost { after } => {
                assert_eq!(after, self.last);
                self.lost_after = Some(after);
            }
            Entry::Range { first, last, items, gaps } => {
                assert_eq!(first, self.last + 1, "a hole or an overlap");
                let mut numbers: BTreeSet<Seq> = BTreeSet::new();
                let mut once = |seq| assert!(numbers.insert(seq), "{seq} twice");
                for gap in gaps {
                    let reason = match gap.reason {
                        GapReason::Thinned => "thinned",
                        GapReason::Lost => "lost",
                        GapReason::Refused => "refused",
                    };
                    let missing: u64 = gap.missing.iter().map(|(_, length)| length).sum();
                    assert_eq!(gap.count.values().sum::<u64>(), missing);
                    gap.missing.iter().flat_map(|(first, length)| *first..first + length).for_each(&mut once);
                    *self.gaps.entry(reason).or_default() += missing;
                    for (source, count) in gap.count {
                        *self.missing.entry(source).or_default() += count;
                    }
                }
                assert!(items.is_sorted_by(|a, b| a.seq < b.seq));
                for item in items {
                    once(item.seq);
                    self.items += 1;
                    if let Content::Report { source_id, report } = &item.content {
                        self.take_report(source_id.as_str(), report, told);
                    }
                }
                assert!(numbers.into_iter().eq(first..=last), "{first} to {last} has a hole");
                self.last = last;
            }
        }
    }

    /// A reading is what its device told, and comes after the one before.
    fn take_report(&mut self, source: &str, report: &str, told: &BTreeMap<String, Vec<Figures>>) {
        let report: Value = serde_json::from_str(report).unwrap();
        let reading = &report["reading"];
        assert_eq!(reading["source"]["id"], source);
        if reading["failure"].is_object() || reading["snapshot"].is_null() {
            *self.without.entry(source.to_owned()).or_default() += 1;
            return;
        }
        let snapshot = &reading["snapshot"];
        let number = snapshot["work"]["accepted"].as_u64().unwrap();
        let figures = number.checked_sub(1).and_then(|index| told[source].get(index as usize));
        let figures = figures.unwrap_or_else(|| panic!("{source} never told its number {number}: {snapshot:#}"));
        let figure = |path: &str| snapshot.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
        for (path, was_told) in [
            ("/hashing/current_hps", figures.ghs * 1e9),
            ("/hashing/expected_hps", figures.expected_ghs * 1e9),
            ("/uptime_secs", figures.up_secs as f64),
            ("/power/watts", figures.watts),
            ("/power/input_volts", figures.input_millivolts / 1e3),
            ("/power/core_millivolts", figures.core_millivolts),
            ("/temperatures/0/celsius", figures.chip_celsius),
            ("/work/rejected", figures.rejected as f64),
            ("/fans/0/rpm", figures.fan_rpm),
        ] {
            let is = figure(path);
            // Firmware rounds to seven decimals of its own unit.
            assert!(
                (is - was_told).abs() <= 1e-6 * was_told.abs().max(1.0),
                "{source} {number} {path}: {is}, told {was_told}"
            );
        }
        let numbers = self.numbers.entry(source.to_owned()).or_default();
        let last = numbers.last().copied().unwrap_or(0);
        assert!(number > last, "{source}: {number} after {last}");
        numbers.push(number);
    }

    fn of_reason(&self, reason: &str) -> u64 {
        self.gaps.get(reason).copied().unwrap_or(0)
    }

    /// Whether its readings were all told during a run.
    fn is_of(&self, run: &Run) -> bool {
        self.numbers.iter().all(|(source, numbers)| {
            let index: usize = source.rsplit('-').next().unwrap().parse().unwrap();
            numbers.iter().all(|number| (run.told_before[index] + 1..=run.told_after[index]).contains(number))
        })
    }

    fn check(&self, what: &str, run: &Run, is_last: bool, told: &BTreeMap<String, Vec<Figures>>) {
        let gaps: u64 = self.gaps.values().sum();
        assert_eq!(self.items + gaps, self.last, "{what}");
        let ledger = run.ledger;
        assert!(self.last >= ledger.acknowledged, "{what}: acknowledged and not stored: {ledger:?}, {}", self.last);
        assert_eq!(self.lost_after.is_some(), run.was_cut_off && !is_last, "{what}: how it ended");
        if !run.was_cut_off {
            // It went on for a moment after it was asked, and then said goodbye.
            assert!(self.last >= ledger.produced, "{what}: {ledger:?}, {}", self.last);
            assert_eq!(
                (self.of_reason("thinned"), self.of_reason("lost"), self.of_reason("refused")),
                (ledger.thinned, ledger.lost, ledger.refused),
                "{what}"
            );
        }
        for (index, source) in told.keys().enumerate() {
            let numbers = self.numbers.get(source).map_or(&[][..], Vec::as_slice);
            let told_last = if run.was_cut_off {
                numbers.last().copied().unwrap_or(run.told_before[index])
            } else {
                run.told_after[index]
            };
            let told = told_last - run.told_before[index];
            let of = |amounts: &BTreeMap<String, u64>| amounts.get(source).copied().unwrap_or(0);
            let known = numbers.len() as u64 + of(&self.missing) + of(&self.without);
            assert!(
                told <= known + UNDER_WAY,
                "{what}: {source} told {told} times, stored {}, in gap records {}, without an answer {}",
                numbers.len(),
                of(&self.missing),
                of(&self.without)
            );
        }
    }

    fn figure(&self, run: &Run) -> Figure {
        let produced = self.last.max(run.ledger.produced);
        Figure {
            epochs: 1,
            produced,
            // Of a run that ended in order nothing is missing: that was checked.
            lost_with_epoch: produced - self.last,
            epochs_lost: u64::from(self.lost_after.is_some()),
            stored: self.items,
            readings: self.numbers.values().map(|numbers| numbers.len() as u64).sum(),
            thinned: self.of_reason("thinned"),
            lost: self.of_reason("lost"),
            refused: self.of_reason("refused"),
            ..Figure::default()
        }
    }
}
