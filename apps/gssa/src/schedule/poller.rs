//! The loop that asks one source.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gssa_model::{Address, CollectError, Collector, FailureReason, Reading, Source, SourceKind, State};
use gssa_view::clock::Clock;
use gssa_view::journal::{EntryKind, Journal};
use gssa_view::store::Store;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::gate::{Gate, HostKey, Standing};
use super::pace::{Pace, jitter_secs, next_delay, next_stretch};
use super::stats::PollStats;
use crate::config::{Credentials, Service};
use crate::observe::{Attempt, Past, Rules, observe};

/// A collector gets this much longer than its own deadline before it is dropped.
const GRACE: Duration = Duration::from_secs(1);

/// Everything that the configuration says about observing one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Who it is.
    pub source: Arc<Source>,
    /// Where it is asked.
    pub address: Address,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// The time between two attempts.
    pub interval: Duration,
    /// The deadline of one attempt.
    pub timeout: Duration,
    /// How far an attempt may be off its due time, in percent of the interval, both sides together.
    pub jitter_percent: f64,
    /// What the readings are judged by.
    pub rules: Rules,
    /// The web port beside the API port, for kinds that have both.
    pub http_port: u16,
    /// User and password, for kinds that take them.
    pub credentials: Option<Credentials>,
    /// What the kinds that answer for others are told: pools, managers, the host.
    pub service: Arc<Service>,
    /// What holds instead once the kind is found, for a source whose kind is not configured.
    pub as_found: BTreeMap<SourceKind, AsFound>,
}

/// What a kind has of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct AsFound {
    /// The time between two attempts.
    pub interval: Duration,
    /// What the readings are judged by.
    pub rules: Rules,
}

impl Spec {
    /// What holds for the kind that was found.
    fn as_found(&self, kind: Option<SourceKind>) -> (Duration, &Rules) {
        let own = kind.and_then(|kind| self.as_found.get(&kind));
        own.map_or((self.interval, &self.rules), |own| (own.interval, &own.rules))
    }
}

/// What all pollers share.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Where readings go.
    pub store: Arc<Store>,
    /// Where changes are written down.
    pub journal: Arc<Journal>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Who may ask now.
    pub gate: Arc<Gate>,
    /// Counts for the metrics.
    pub stats: Arc<PollStats>,
}

/// Asks one source until it is stopped.
#[derive(Debug)]
pub(super) struct Poller {
    /// What it was made from.
    spec: Spec,
    collector: Arc<dyn Collector>,
    host: HostKey,
    shared: Shared,
    asked: Notify,
    round: watch::Sender<Round>,
    /// The first attempt starts within this time, so that a fleet is seen soon and not all at once.
    first_within: Duration,
}

/// Where a poller is.
#[derive(Debug, Clone, Copy, Default)]
struct Round {
    under_way: bool,
    done: u64,
}

/// What a poller remembers between two attempts.
struct Memory {
    /// The due time without jitter; keeps its phase while all is well.
    anchor: Instant,
    past: Past,
    /// The state that was told last. One miss is not told.
    told: Option<State>,
    last_good: Option<Instant>,
    stretch: u32,
    /// As readings name it: with the kind that was found.
    source: Arc<Source>,
}

impl Poller {
    /// A poller that has not started.
    pub(super) fn new(spec: Spec, collector: Arc<dyn Collector>, shared: Shared, first_within: Duration) -> Self {
        let host = HostKey::of(&spec.address);
        Self { spec, collector, host, shared, asked: Notify::new(), round: watch::Sender::default(), first_within }
    }

    /// Asks at once, outside the schedule, and waits for the attempt to end; `false` if one was under way already or takes too long.
    pub(super) async fn refresh(&self) -> bool {
        let mut rounds = self.round.subscribe();
        let done = rounds.borrow_and_update().done;
        let is_ours = self.round.send_if_modified(|round| !std::mem::replace(&mut round.under_way, true));
        if !is_ours {
            return false;
        }
        self.asked.notify_one();
        let ended = rounds.wait_for(|round| round.done > done);
        matches!(timeout(self.spec.timeout + 2 * GRACE, ended).await, Ok(Ok(_)))
    }

    /// Asks on schedule until `stop`.
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let start = Instant::now();
        // The phase is spread over the interval; the first attempt does not wait for it.
        let anchor = start + self.spec.interval.mul_f64(fastrand::f64());
        let source = self.spec.source.clone();
        let mut memory = Memory { anchor, past: Past::default(), told: None, last_good: None, stretch: 1, source };
        let mut due = start + self.first_within.min(self.spec.interval).mul_f64(fastrand::f64());
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.asked.notified() => due = Instant::now(),
                () = sleep_until(due) => {}
            }
            self.round.send_modify(|round| round.under_way = true);
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                next = self.attempt(&mut memory, due) => due = next,
            }
            self.round.send_modify(|round| *round = Round { under_way: false, done: round.done + 1 });
        }
    }

    /// One attempt, published; gives the time of the next one.
    async fn attempt(&self, memory: &mut Memory, due: Instant) -> Instant {
        let before = self.shared.store.get(self.spec.source.id.as_str());
        let standing = match before.as_ref().map(|before| &*before.reading) {
            Some(Reading { failure: Some(_), .. }) => Standing::Failing,
            Some(Reading { observed_at: Some(_), .. }) => Standing::Good,
            _ => Standing::New,
        };
        let pass = self.shared.gate.pass(&self.host, standing).await;
        let started = Instant::now();
        let limit = self.spec.timeout + GRACE;
        let outcome = timeout(limit, self.collector.collect()).await.unwrap_or_else(|_| Err(overdue(limit)));
        drop(pass);
        let ended = Instant::now();
        let took = ended - started;
        self.shared.stats.polled(started.saturating_duration_since(due), took, outcome.as_ref().err());

        let failures =
            before.as_ref().and_then(|before| before.reading.failure.as_ref()).map_or(0, |failure| failure.in_a_row);
        let found = self.collector.found_kind();
        if let Some(kind) = found.filter(|kind| *kind != memory.source.kind) {
            memory.source = Arc::new(Source { kind, ..Source::clone(&self.spec.source) });
        }
        let (interval, rules) = self.spec.as_found(found);
        let mut pace = Pace { interval, failures: None, retry_after: None, stretch: memory.stretch };
        if let Err(error) = &outcome {
            debug!(source = %self.spec.source.id, error = %Chain(error), "attempt failed");
            (pace.failures, pace.retry_after) = (Some((failures.saturating_add(1), error.kind())), error.retry_after());
        } else {
            memory.stretch = next_stretch(memory.stretch, took, self.spec.timeout);
            pace.stretch = memory.stretch;
        }
        let delay = next_delay(&pace);

        let since_last_good = memory.last_good.map_or(Duration::ZERO, |good| ended - good);
        memory.last_good = if outcome.is_ok() { Some(ended) } else { memory.last_good };
        let attempt = Attempt { outcome, at: self.shared.clock.now(), took, since_last_good };
        let last = before.as_ref().map(|before| (&*before.reading, &*before.findings));
        let mut observed = observe(&memory.source, last, std::mem::take(&mut memory.past), attempt, rules);
        memory.past = observed.past;
        observed.reading.effective_interval_secs = (delay > interval).then_some(delay.as_secs());
        let shown = self.shared.store.put(Arc::new(observed.reading), observed.findings.into());
        let was = memory.told.or(last.map(|(reading, _)| reading.state)).unwrap_or(State::Pending);
        memory.told = Some(self.note_change(was, &shown));
        next_due(
            memory,
            pace.failures.is_none(),
            delay,
            jitter_secs(interval, self.spec.jitter_percent, fastrand::f64()),
        )
    }

    /// Writes a change of state into the log and the journal, once; gives the state that is told then. One miss is none yet: what comes
    /// after it is compared with what was before it.
    fn note_change(&self, was: State, after: &Reading) -> State {
        if was == after.state {
            return was;
        }
        let (source, from, to) = (&self.spec.source.id, was.as_str(), after.state.as_str());
        let why = after.failure.as_ref().map(|failure| failure.detail.as_str());
        match after.state {
            State::Hashing | State::Running | State::Degraded if was == State::Pending => {
                debug!(%source, state = to, "first answer");
                return after.state;
            }
            State::Stale => {
                debug!(%source, from, why, "missed once");
                return was;
            }
            State::Offline | State::Auth | State::Hot | State::NotHashing => {
                warn!(%source, from, state = to, why, "state changed");
            }
            _ => info!(%source, from, state = to, why, "state changed"),
        }
        let why = why.map_or(String::new(), |why| format!(": {why}"));
        let text = format!("{} changed from {from} to {to}{why}", self.spec.source.name);
        self.shared.journal.write(EntryKind::State, Some(source.clone()), text);
        after.state
    }
}

/// The next due time. While all is well the phase is kept and what was missed is skipped; after a failure it counts from now.
fn next_due(memory: &mut Memory, is_well: bool, delay: Duration, jitter: f64) -> Instant {
    let now = Instant::now();
    memory.anchor = if is_well { next_tick(memory.anchor, delay, now) } else { now + delay };
    let offset = Duration::from_secs_f64(jitter.abs());
    let due = if jitter < 0.0 { memory.anchor - offset } else { memory.anchor + offset };
    due.max(now)
}

/// The first of `anchor + delay`, `anchor + 2 × delay`, … that lies after `now`. An `anchor` that is still far ahead, as after the first
/// attempt, is the next one itself.
fn next_tick(anchor: Instant, delay: Duration, now: Instant) -> Instant {
    if anchor.saturating_duration_since(now) > delay / 2 {
        return anchor;
    }
    let passed = now.saturating_duration_since(anchor);
    let ticks = passed.as_nanos() / delay.as_nanos().max(1) + 1;
    anchor + delay.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX))
}

fn overdue(limit: Duration) -> CollectError {
    CollectError::new(FailureReason::Timeout, format!("no result in {} s", limit.as_secs()))
}

/// An error with its causes, in one line.
struct Chain<'a>(&'a CollectError);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = std::error::Error::source(self.0);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_ticks_are_skipped_and_the_phase_is_kept() {
        let anchor = Instant::now();
        let after = |secs_late: f64| {
            let next = next_tick(anchor, Duration::from_secs(10), anchor + Duration::from_secs_f64(secs_late));
            (next - anchor).as_secs()
        };
        assert_eq!([after(0.0), after(0.5), after(9.9), after(10.0), after(3605.0)], [10, 10, 10, 20, 3610]);
        let ahead =
            |secs| (next_tick(anchor + Duration::from_secs(secs), Duration::from_secs(10), anchor) - anchor).as_secs();
        assert_eq!(
            [ahead(9), ahead(6), ahead(5), ahead(4), ahead(1)],
            [9, 6, 15, 14, 11],
            "more than half an interval after the first"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn jitter_moves_an_attempt_to_either_side_and_never_before_now() {
        let (now, secs) = (Instant::now(), Duration::from_secs_f64);
        let due = |is_well, jitter| {
            let source = Arc::new(Source::new("a".parse().unwrap(), SourceKind::Axeos, "a"));
            let past = Past::default();
            let mut memory = Memory { anchor: now, past, told: None, last_good: None, stretch: 1, source };
            let due = next_due(&mut memory, is_well, secs(10.0), jitter);
            assert_eq!(memory.anchor, now + secs(10.0), "the phase has no jitter");
            due - now
        };
        for is_well in [true, false] {
            assert_eq!([-1.5, 0.0, 1.5, -11.0].map(|jitter| due(is_well, jitter)), [8.5, 10.0, 11.5, 0.0].map(secs));
        }
    }

    #[test]
    fn an_error_in_the_log_has_its_causes_behind_it() {
        let cause = std::io::Error::other("reset by peer");
        let error = CollectError::new(FailureReason::ConnectionReset, "no whole answer").with_source(cause);
        assert_eq!(Chain(&error).to_string(), "no whole answer: reset by peer");
    }
}
