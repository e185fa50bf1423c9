//! What a reading means to a person: one word for its state, and what needs attention about it.
//!
//! Decided here once, from the reading and the operator's limits; the API, the journal, the metrics and the UI repeat it.

mod pools;
mod servers;

use std::borrow::Cow;

use gssa_model::unit::{Celsius, Hashrate, Percent};
use gssa_model::{
    FailureKind, FaultCode, Gap, HashingState, Health, Mark, MarkKind, MinerSnapshot, PoolRole, Reading, Severity,
    Snapshot, State,
};
use gssa_view::finding::{Finding, IssueCode};

pub use self::pools::is_running;
use crate::config::{Limit, Limits};

/// A device that was just started has not reached its hashrate yet, in seconds.
const SETTLING_SECS: u64 = 300;

/// So few answered shares say nothing about the rate of rejects.
const MIN_SHARES: u64 = 50;

/// The word for the state of a source, and the findings about it. `reading.state` is not looked at.
pub fn assess(reading: &Reading, limits: &Limits) -> (State, Vec<Finding>) {
    let now = reading.observed_at.unwrap_or(gssa_model::Timestamp::from_unix_ms(0));
    let mut findings = Findings { since: now, list: Vec::new() };
    let state = match (reading.health, reading.snapshot.as_deref()) {
        (Health::Disabled, _) => State::Disabled,
        (Health::Pending, _) => State::Pending,
        (Health::Stale, _) => State::Stale,
        (Health::Refused, _) => findings.failed(reading, IssueCode::Auth, State::Auth),
        (Health::Down, _) => findings.down(reading),
        (Health::Up | Health::Partial, Some(Snapshot::Miner(miner))) => findings.miner(miner, &reading.marks, limits),
        (Health::Up | Health::Partial, Some(Snapshot::Pool(pool))) => findings.pool(pool),
        (Health::Up | Health::Partial, Some(Snapshot::Infrastructure(servers))) => findings.infrastructure(servers),
        (Health::Up | Health::Partial, _) => State::Unknown,
    };
    (state, findings.list)
}

/// Keeps the time since when a finding holds, for those that held before.
pub fn keep_since(findings: &mut [Finding], before: &[Finding]) {
    for finding in findings {
        if let Some(same) = before.iter().find(|other| other.is_same(finding)) {
            finding.since = finding.since.min(same.since);
        }
    }
}

struct Findings {
    since: gssa_model::Timestamp,
    list: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, code: IssueCode, severity: Severity, detail: impl Into<Cow<'static, str>>) {
        self.list.push(Finding { code, severity, reason: None, part: None, detail: detail.into(), since: self.since });
    }

    /// The same about one part of several.
    fn add_at(&mut self, part: &str, code: IssueCode, severity: Severity, detail: impl Into<Cow<'static, str>>) {
        let part = Some(part.into());
        self.list.push(Finding { code, severity, reason: None, part, detail: detail.into(), since: self.since });
    }

    /// What could not be read, in one line.
    fn incomplete(&mut self, gaps: &[Gap]) {
        let [first, rest @ ..] = gaps else { return };
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        let detail = format!("could not be read: {} ({}){more}", first.field, first.found);
        self.add(IssueCode::Incomplete, Severity::Warning, detail);
    }

    /// The state of what has no better word than that it runs.
    fn running(&self) -> State {
        let is_bad = self.list.iter().any(|finding| finding.severity > Severity::Info);
        if is_bad { State::Degraded } else { State::Running }
    }

    fn down(&mut self, reading: &Reading) -> State {
        let unsupported = reading.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Unsupported);
        let code = if unsupported { IssueCode::Unsupported } else { IssueCode::Offline };
        self.failed(reading, code, if unsupported { State::Unknown } else { State::Offline })
    }

    fn failed(&mut self, reading: &Reading, code: IssueCode, state: State) -> State {
        if let Some(failure) = &reading.failure {
            let detail = failure.detail.clone().into();
            let reason = Some(failure.reason);
            self.list.push(Finding {
                code,
                severity: Severity::Critical,
                reason,
                part: None,
                detail,
                since: failure.since,
            });
        }
        state
    }

    fn miner(&mut self, miner: &MinerSnapshot, marks: &[Mark], limits: &Limits) -> State {
        if miner.hashing.state == Some(HashingState::Paused) {
            return State::Standby;
        }
        let is_hot = self.heat(miner, limits);
        self.faults(miner);
        self.marks(marks);
        if let Some(state) = self.not_hashing(miner, is_hot) {
            return state;
        }
        self.output(miner, limits);
        if miner.active_pool().is_some_and(|pool| pool.role == Some(PoolRole::Fallback)) {
            self.add(IssueCode::OnFallbackPool, Severity::Warning, "works for its fallback pool");
        }
        let is_starting = miner.hashing.state == Some(HashingState::Starting);
        if is_hot {
            State::Hot
        } else if is_starting || self.list.iter().any(|finding| finding.severity > Severity::Info) {
            State::Degraded
        } else {
            State::Hashing
        }
    }

    /// Whether it is too hot.
    fn heat(&mut self, miner: &MinerSnapshot, limits: &Limits) -> bool {
        let protected = miner.faults.iter().any(|fault| fault.code == FaultCode::Overheat);
        let chip = miner.hottest_chip().map(Celsius::get);
        let limit = limits.chip_celsius;
        match (reached(chip, limit.critical), reached(chip, limit.warning)) {
            _ if protected => self.add(IssueCode::Hot, Severity::Critical, "its overheat protection is on"),
            (Some((celsius, limit)), _) => {
                let detail = format!("hottest chip at {celsius:.0} °C (limit {limit:.0} °C)");
                self.add(IssueCode::Hot, Severity::Critical, detail);
            }
            (None, Some((celsius, limit))) => {
                let detail = format!("hottest chip at {celsius:.0} °C (warning from {limit:.0} °C)");
                self.add(IssueCode::Warm, Severity::Warning, detail);
            }
            _ => {}
        }
        self.list.iter().any(|finding| finding.code == IssueCode::Hot)
    }

    fn faults(&mut self, miner: &MinerSnapshot) {
        for fault in &miner.faults {
            let code = match fault.code {
                FaultCode::Overheat => continue,
                FaultCode::Power => IssueCode::PowerFault,
                _ => IssueCode::Fault,
            };
            self.add(code, fault.severity, fault.message.clone());
        }
    }

    fn marks(&mut self, marks: &[Mark]) {
        for mark in marks {
            match mark.mark {
                MarkKind::Frozen => {
                    self.add(
                        IssueCode::Frozen,
                        Severity::Warning,
                        "its hashrate stands still and no share is accepted",
                    );
                }
                MarkKind::Impossible => {
                    self.add(IssueCode::Impossible, Severity::Warning, format!("{} cannot be", mark.field));
                }
                MarkKind::Restarted | MarkKind::CounterWentBack => {}
            }
        }
    }

    /// The state of a miner that does no work, if it does none.
    fn not_hashing(&mut self, miner: &MinerSnapshot, is_hot: bool) -> Option<State> {
        let hashrate = miner.hashing.current_hps.map(Hashrate::get);
        let detail = match (miner.hashing.state, hashrate) {
            (Some(HashingState::Idle), _) => "has no pool to work for",
            (Some(HashingState::Stopped), _) => "stopped by its own protection",
            (Some(HashingState::Starting), _) => return None,
            (_, Some(hps)) if hps <= 0.0 => "answers and does not hash",
            (None, None) => return Some(State::Unknown),
            _ => return None,
        };
        if is_hot {
            // Why it does not hash is said already.
            return Some(State::Hot);
        }
        self.add(IssueCode::NotHashing, Severity::Critical, detail);
        Some(State::NotHashing)
    }

    fn output(&mut self, miner: &MinerSnapshot, limits: &Limits) {
        let settled = miner.uptime_secs.is_none_or(|secs| secs >= SETTLING_SECS);
        if let Some(percent) = steady_percent(miner).filter(|_| settled)
            && let Some(severity) = severity(limits.expected_percent, |limit| percent < limit)
        {
            self.add(IssueCode::LowHashrate, severity, format!("hashes at {percent:.0} % of what is expected"));
        }
        let answered = miner.work.accepted.unwrap_or(0) + miner.work.rejected.unwrap_or(0);
        let rejects = miner.reject_percent().map(Percent::get).filter(|_| answered >= MIN_SHARES);
        if let Some(percent) = rejects
            && let Some(severity) = severity(limits.reject_percent, |limit| percent > limit)
        {
            self.add(IssueCode::HighRejects, severity, format!("{percent:.1} % of its shares are rejected"));
        }
    }
}

/// The figure and the limit that it has reached, if it has.
fn reached(figure: Option<f64>, limit: Option<f64>) -> Option<(f64, f64)> {
    figure.zip(limit).filter(|(figure, limit)| figure >= limit)
}

/// How bad it is to be beyond the limits; `None` if not beyond any.
fn severity(limit: Limit, is_beyond: impl Fn(f64) -> bool) -> Option<Severity> {
    if limit.critical.is_some_and(&is_beyond) {
        Some(Severity::Critical)
    } else {
        limit.warning.is_some_and(is_beyond).then_some(Severity::Warning)
    }
}

/// The hashrate in percent of the expected one, over the steadiest window up to an hour: the shortest one jumps on many devices.
fn steady_percent(miner: &MinerSnapshot) -> Option<f64> {
    let expected = miner.hashing.expected_hps?.get();
    let windows = ["10m", "15m", "5m", "1h"].into_iter().find_map(|window| miner.hashing.windows_hps.get(window));
    let steady = windows.or(miner.hashing.current_hps)?.get();
    (expected > 0.0).then(|| steady / expected * 100.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gssa_model::unit::Watts;
    use gssa_model::{
        Failure, FailureReason, Fault, Pool, PoolState, Sensor, Source, SourceKind, Temperature, Timestamp,
    };

    use super::*;

    const fn limit(warning: f64, critical: f64) -> Limit {
        Limit { warning: Some(warning), critical: Some(critical) }
    }

    const LIMITS: Limits = Limits {
        chip_celsius: limit(65.0, 80.0),
        expected_percent: limit(95.0, 80.0),
        reject_percent: limit(1.0, 5.0),
    };

    fn healthy() -> MinerSnapshot {
        let mut miner = MinerSnapshot { uptime_secs: Some(9000), ..MinerSnapshot::default() };
        miner.hashing.state = Some(HashingState::Mining);
        miner.hashing.current_hps = Hashrate::from_ths(1.25);
        miner.hashing.expected_hps = Hashrate::from_ths(1.275);
        miner.power.watts = Watts::from_watts(20.0);
        (miner.work.accepted, miner.work.rejected) = (Some(1000), Some(2));
        miner.temperatures.push(Temperature {
            sensor: Sensor::Chip,
            index: 0,
            celsius: Celsius::from_celsius(60.0).unwrap(),
        });
        miner
    }

    fn reading(health: Health, miner: Option<MinerSnapshot>) -> Reading {
        let source = Source { name: "A".into(), ..Source::new("a".parse().unwrap(), SourceKind::Axeos, "") };
        let mut reading = Reading::pending(Arc::new(source));
        reading.health = health;
        reading.observed_at = Some(Timestamp::from_unix_ms(1000));
        reading.snapshot = miner.map(|miner| Arc::new(miner.into()));
        reading
    }

    fn of(change: impl FnOnce(&mut MinerSnapshot)) -> (State, Vec<(IssueCode, Severity)>) {
        let mut miner = healthy();
        change(&mut miner);
        let (state, findings) = assess(&reading(Health::Up, Some(miner)), &LIMITS);
        (state, findings.into_iter().map(|finding| (finding.code, finding.severity)).collect())
    }

    #[test]
    fn a_miner_has_one_word_for_its_state() {
        use IssueCode as C;
        use Severity::{Critical, Warning};
        let celsius =
            |miner: &mut MinerSnapshot, to| miner.temperatures[0].celsius = Celsius::from_celsius(to).unwrap();
        assert_eq!(of(|_| {}), (State::Hashing, vec![]));
        assert_eq!(of(|m| m.hashing.state = Some(HashingState::Paused)), (State::Standby, vec![]));
        assert_eq!(
            of(|m| m.hashing.state = Some(HashingState::Idle)),
            (State::NotHashing, vec![(C::NotHashing, Critical)])
        );
        assert_eq!(
            of(|m| m.hashing.state = Some(HashingState::Stopped)),
            (State::NotHashing, vec![(C::NotHashing, Critical)])
        );
        assert_eq!(of(|m| m.hashing.state = Some(HashingState::Starting)), (State::Degraded, vec![]));
        assert_eq!(
            of(|m| m.hashing.current_hps = Hashrate::from_hps(0.0)),
            (State::NotHashing, vec![(C::NotHashing, Critical)])
        );
        assert_eq!(of(|m| m.hashing = gssa_model::Hashing::default()), (State::Unknown, vec![]));
        assert_eq!(of(|m| celsius(m, 65.0)), (State::Degraded, vec![(C::Warm, Warning)]));
        assert_eq!(of(|m| celsius(m, 80.0)), (State::Hot, vec![(C::Hot, Critical)]));
        assert_eq!(
            of(|m| m.hashing.current_hps = Hashrate::from_ths(1.15)),
            (State::Degraded, vec![(C::LowHashrate, Warning)])
        );
        assert_eq!(
            of(|m| m.hashing.current_hps = Hashrate::from_ths(0.5)),
            (State::Degraded, vec![(C::LowHashrate, Critical)])
        );
        assert_eq!(of(|m| m.work.rejected = Some(20)), (State::Degraded, vec![(C::HighRejects, Warning)]));
    }

    #[test]
    fn a_device_gets_time_to_settle() {
        let slow = |uptime| of(|m| (m.hashing.current_hps, m.uptime_secs) = (Hashrate::from_ths(0.5), Some(uptime))).0;
        assert_eq!((slow(200), slow(300)), (State::Hashing, State::Degraded));
        assert_eq!(
            of(|m| (m.work.accepted, m.work.rejected) = (Some(5), Some(5))).0,
            State::Hashing,
            "ten shares say nothing"
        );
    }

    #[test]
    fn the_steadiest_window_counts() {
        let window = of(|m| {
            m.hashing.current_hps = Hashrate::from_ths(0.9);
            m.hashing.windows_hps.push("10m", Hashrate::from_ths(1.26).unwrap());
        });
        assert_eq!(window.0, State::Hashing);
    }

    #[test]
    fn what_the_device_says_is_wrong_is_found() {
        let fault = |code| Fault { code, severity: Severity::Critical, message: "it says so".into() };
        let latched = of(|m| m.faults.push(fault(FaultCode::Overheat)));
        assert_eq!(latched, (State::Hot, vec![(IssueCode::Hot, Severity::Critical)]));
        assert_eq!(of(|m| m.faults.push(fault(FaultCode::Power))).1, [(IssueCode::PowerFault, Severity::Critical)]);
        let pool = Pool { state: Some(PoolState::Active), role: Some(PoolRole::Fallback), ..Pool::default() };
        assert_eq!(of(|m| m.pools.push(pool)), (State::Degraded, vec![(IssueCode::OnFallbackPool, Severity::Warning)]));
    }

    #[test]
    fn a_source_that_cannot_be_read_is_named_by_its_failure() {
        let failing = |health, reason: FailureReason| {
            let mut reading = reading(health, Some(healthy()));
            let since = Timestamp::from_unix_ms(5);
            reading.failure = Some(Failure { kind: reason.kind(), reason, detail: "why".into(), since, in_a_row: 2 });
            let (state, findings) = assess(&reading, &LIMITS);
            (state, findings.into_iter().map(|finding| (finding.code, finding.reason)).collect::<Vec<_>>())
        };
        assert_eq!(
            failing(Health::Down, FailureReason::Timeout),
            (State::Offline, vec![(IssueCode::Offline, Some(FailureReason::Timeout))])
        );
        assert_eq!(failing(Health::Stale, FailureReason::Timeout), (State::Stale, vec![]));
        assert_eq!(
            failing(Health::Refused, FailureReason::PasswordNeeded),
            (State::Auth, vec![(IssueCode::Auth, Some(FailureReason::PasswordNeeded))])
        );
        assert_eq!(
            failing(Health::Down, FailureReason::NotAMiner),
            (State::Unknown, vec![(IssueCode::Unsupported, Some(FailureReason::NotAMiner))])
        );
        assert_eq!(assess(&reading(Health::Pending, None), &LIMITS).0, State::Pending);
        assert_eq!(assess(&reading(Health::Disabled, None), &LIMITS).0, State::Disabled);
    }

    #[test]
    fn a_finding_keeps_the_time_since_when_it_holds() {
        let finding = |code, since| Finding {
            code,
            severity: Severity::Warning,
            reason: None,
            part: None,
            detail: "".into(),
            since: Timestamp::from_unix_ms(since),
        };
        let mut now = [finding(IssueCode::Warm, 500), finding(IssueCode::Hot, 500)];
        keep_since(&mut now, &[finding(IssueCode::Warm, 100)]);
        assert_eq!(now.map(|finding| finding.since.unix_ms()), [100, 500]);
    }
}
