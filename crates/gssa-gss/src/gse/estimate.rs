//! A hashrate out of accepted shares.
//!
//! The engine tells none. A share of difficulty `d` takes `d × 2^32` hashes on average, and the counters tell how many were accepted
//! between two observations. Difficulties change between observations, and shares come by chance: over a quarter of an hour at four
//! shares a minute the error is about an eighth.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use gssa_model::unit::Hashrate;
use tokio::time::Instant;

use super::named::{NamedSessions, by_worker, members};
use super::normalize::is_silent;
use super::{Sessions, Stats};

/// How far an estimate looks back.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// What the window is called in a snapshot.
pub(super) const WINDOW_NAME: &str = "15m";

/// An estimate over less is none.
const MIN_SPAN: Duration = Duration::from_secs(10 * 60);

/// Points closer to each other are not kept, so that there are at most 31 of them.
const MIN_STEP: Duration = Duration::from_secs(30);

/// The most workers that are counted, of all coin keys together. One takes about a kilobyte.
const MAX_COUNTED: usize = 2000;

/// Hashes behind one share of difficulty 1.
const HASHES_PER_DIFFICULTY: f64 = 4_294_967_296.0;

/// An uptime that falls behind the clock by more was interrupted.
const RESTART_SLACK_SECS: f64 = 5.0;

/// Counts what was accepted since it began to look. It keeps counters and no figure of an earlier answer.
#[derive(Debug, Default)]
pub struct Estimator {
    /// When the last answer came, and for how long the engine ran then.
    last: Option<(Instant, f64)>,
    coins: BTreeMap<String, CoinCount>,
}

/// What can be said of the hashrate now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Estimates(BTreeMap<String, CoinEstimate>);

/// The same for one coin key.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct CoinEstimate {
    pub(super) total: Option<Hashrate>,
    pub(super) workers: BTreeMap<String, Hashrate>,
    /// Whether nothing was counted for a whole window, although somebody worked.
    pub(super) has_been_silent: bool,
}

impl Estimates {
    pub(super) fn coin(&self, key: &str) -> Option<&CoinEstimate> {
        self.0.get(key)
    }
}

#[derive(Debug)]
struct CoinCount {
    work: Work,
    workers: BTreeMap<String, WorkerCount>,
    silent_since: Option<Instant>,
}

#[derive(Debug)]
struct WorkerCount {
    accepted: u64,
    difficulty: f64,
    seen: Instant,
    work: Work,
}

impl Estimator {
    /// What the counters say of the time until `now`, which is when they came.
    ///
    /// A worker has an estimate ten minutes after it was first seen, a coin key ten minutes after the first observation or a restart
    /// of the engine. Observations that are further apart than a quarter of an hour give none.
    pub fn observe(&mut self, now: Instant, stats: &Stats, sessions: &Sessions) -> Estimates {
        let uptime = stats.0.uptime_seconds.get().map_or(0.0, |uptime| uptime.0);
        if self.has_restarted(now, uptime) {
            self.coins.clear();
        }
        self.last = Some((now, uptime));
        let counters: BTreeMap<_, _> = members(&stats.0.coins).collect();
        let mut estimates = Estimates::default();
        for (key, entries) in members(&sessions.0.miners) {
            let workers = by_worker(entries);
            let room = MAX_COUNTED.saturating_sub(self.counted());
            let coin = self.coins.entry(key.to_owned()).or_insert_with(|| CoinCount::begin(now));
            coin.count(now, &workers, room);
            coin.note_silence(now, is_silent(counters.get(key).copied(), &workers));
            estimates.0.insert(key.to_owned(), coin.estimate(now));
        }
        self.coins.retain(|key, _| estimates.0.contains_key(key));
        estimates
    }

    /// How many workers are counted.
    fn counted(&self) -> usize {
        self.coins.values().map(|coin| coin.workers.len()).sum()
    }

    /// Whether the engine started anew since the last answer, or nobody looked for so long that the counters say nothing of a window.
    fn has_restarted(&self, now: Instant, uptime: f64) -> bool {
        let Some((last, uptime_then)) = self.last else { return false };
        let elapsed = now.saturating_duration_since(last);
        elapsed > WINDOW || uptime + RESTART_SLACK_SECS < uptime_then + elapsed.as_secs_f64()
    }
}

impl CoinCount {
    fn begin(now: Instant) -> Self {
        Self { work: Work::begin(now), workers: BTreeMap::new(), silent_since: None }
    }

    /// Counts what `workers` did, with room for so many new ones.
    fn count(&mut self, now: Instant, workers: &BTreeMap<&str, NamedSessions<'_>>, mut room: usize) {
        for (name, sessions) in workers {
            let Some((accepted, difficulty)) = sessions.accepted().zip(sessions.mean_difficulty()) else {
                continue;
            };
            if let Some(worker) = self.workers.get_mut(*name) {
                self.work.add(worker.count(now, accepted, difficulty));
            } else if room > 0 {
                room -= 1;
                // When it did what it did before it was seen, nobody knows.
                let worker = WorkerCount { accepted, difficulty, seen: now, work: Work::begin(now) };
                self.workers.insert((*name).to_owned(), worker);
            }
        }
        // The counters of one that left come back with it, as long as the engine runs.
        self.workers.retain(|_, worker| now.saturating_duration_since(worker.seen) <= WINDOW);
        self.work.mark(now);
    }

    fn note_silence(&mut self, now: Instant, is_silent: bool) {
        self.silent_since = is_silent.then(|| self.silent_since.unwrap_or(now));
    }

    fn estimate(&self, now: Instant) -> CoinEstimate {
        let of_worker = |(name, worker): (&String, &WorkerCount)| Some((name.clone(), worker.work.rate(now)?));
        CoinEstimate {
            total: self.work.rate(now),
            workers: self.workers.iter().filter_map(of_worker).collect(),
            has_been_silent: self.silent_since.is_some_and(|since| now.saturating_duration_since(since) >= WINDOW),
        }
    }
}

impl WorkerCount {
    /// The work since the last time, in shares of difficulty 1.
    fn count(&mut self, now: Instant, accepted: u64, difficulty: f64) -> f64 {
        let work = if let Some(shares) = accepted.checked_sub(self.accepted) {
            // Which of them came at which difficulty is not known.
            shares as f64 * f64::midpoint(self.difficulty, difficulty)
        } else {
            // It counts anew.
            self.work = Work::begin(now);
            0.0
        };
        (self.accepted, self.difficulty, self.seen) = (accepted, difficulty, now);
        self.work.add(work);
        self.work.mark(now);
        work
    }
}

/// Work over time, as a sum that only grows and where it stood at moments of the last window.
#[derive(Debug)]
struct Work {
    sum: f64,
    points: VecDeque<(Instant, f64)>,
}

impl Work {
    fn begin(now: Instant) -> Self {
        Self { sum: 0.0, points: VecDeque::from([(now, 0.0)]) }
    }

    fn add(&mut self, work: f64) {
        self.sum += work;
    }

    /// Keeps where the sum stands now, and forgets what lies more than a window back.
    fn mark(&mut self, now: Instant) {
        let since = |point: &(Instant, f64)| now.saturating_duration_since(point.0);
        if self.points.back().is_none_or(|last| since(last) >= MIN_STEP) {
            self.points.push_back((now, self.sum));
        }
        while self.points.get(1).is_some_and(|second| since(second) >= WINDOW) {
            self.points.pop_front();
        }
    }

    fn rate(&self, now: Instant) -> Option<Hashrate> {
        let (begin, sum_then) = *self.points.front()?;
        let span = now.saturating_duration_since(begin);
        (span >= MIN_SPAN)
            .then(|| (self.sum - sum_then) * HASHES_PER_DIFFICULTY / span.as_secs_f64())
            .and_then(Hashrate::from_hps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_looks_is_kept_in_as_many_points_as_a_window_has() {
        let begun = Instant::now();
        let mut work = Work::begin(begun);
        for second in 0..86_400 {
            work.add(1.0);
            work.mark(begun + Duration::from_secs(second));
            assert!(work.points.len() <= 32, "{} points", work.points.len());
        }
    }

    #[test]
    fn a_crowd_of_workers_is_counted_as_far_as_there_is_room() {
        let session = |number| format!(r#"{{"worker_name":"rig{number}","difficulty":1,"shares_accepted":1}}"#);
        let list: Vec<String> = (0..900).map(session).collect();
        let list = list.join(",");
        let body = format!(r#"{{"miners":{{"A":[{list}],"B":[{list}],"C":[{list}]}}}}"#);
        let sessions = crate::gse::parse_sessions(body.as_bytes()).unwrap();
        let stats = crate::gse::parse_stats(br#"{"uptime_seconds":1,"coins":{}}"#).unwrap();
        let mut estimator = Estimator::default();
        for _ in 0..2 {
            estimator.observe(Instant::now(), &stats, &sessions);
            assert_eq!(estimator.counted(), MAX_COUNTED);
        }
    }
}
