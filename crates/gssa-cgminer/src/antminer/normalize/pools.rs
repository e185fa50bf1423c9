//! Pools: which are the owner's, which gets the work.

use gssa_model::unit::Difficulty;
use gssa_model::{HashingState, Pool, PoolRole, PoolState, pool_url};

use super::Device;
use crate::antminer::wire::PoolRow;

/// Priorities from here on are given to pools of the firmware's makers: 993 and 998 (`VNish`, MSK), 9998 and 9999 (Blissz).
const FEE_PRIORITY: f64 = 900.0;

pub(super) fn pools(device: &Device<'_>, state: Option<HashingState>) -> Vec<Pool> {
    let rows: Vec<&PoolRow> = device.pools.iter().flatten().filter(|row| row.is_configured()).collect();
    let first = rows.iter().filter(|row| !row.is_fee()).map(|row| row.place()).reduce(Place::before);
    let in_use = InUse::of(&rows, state);
    let pool = |(place, row): (u32, &&PoolRow)| {
        let role = match row {
            row if row.is_fee() => PoolRole::Fee,
            row if Some(row.place()) == first => PoolRole::Primary,
            row if in_use.is_second(row) => PoolRole::Second,
            _ => PoolRole::Fallback,
        };
        Pool {
            index: row.index.get().and_then(|index| u32::try_from(index.0).ok()).unwrap_or(place),
            url: row.url.known().filter(|_| !row.hides_its_address()).and_then(|url| pool_url(&url.0, None, None)),
            user: row.user.known().cloned(),
            state: in_use.state(row),
            role: Some(role),
            accepted: row.accepted.get().map(|count| count.0),
            rejected: row.rejected.get().map(|count| count.0),
            stale: row.stale.get().map(|count| count.0),
            difficulty: row.difficulty.get().filter(|value| *value > 0.0).and_then(Difficulty::from_difficulty),
            ping_ms: None,
        }
    };
    (0..).zip(&rows).map(pool).collect()
}

/// Priority, then number: the order in which pools are preferred.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place(f64, u64);

impl Place {
    fn before(self, other: Self) -> Self {
        if (other.0, other.1) < (self.0, self.1) { other } else { self }
    }
}

/// Which pools get the work, by group; most machines have one.
struct InUse {
    /// Group and place of the pool in use of each group.
    active: Vec<(u64, Place)>,
    /// Whether the machine tells which pool is in use.
    is_told: bool,
}

impl InUse {
    /// Several pools of an S17 say `Stratum Active`: the one with the lowest priority gets the work. The second layout does not say;
    /// there it is the first that is alive while the machine hashes. `AsicSeer` says it of none.
    fn of(rows: &[&PoolRow], state: Option<HashingState>) -> Self {
        let tells = rows.iter().any(|row| row.is_active.is_present());
        let hashes = state == Some(HashingState::Mining);
        let is_used = |row: &PoolRow| row.is_alive() && if tells { row.is_active.get() == Some(true) } else { hashes };
        let mut active: Vec<(u64, Place)> = Vec::new();
        for row in rows.iter().filter(|row| !row.is_fee() && is_used(row)) {
            match active.iter_mut().find(|(group, _)| *group == row.group()) {
                Some((_, place)) => *place = place.before(row.place()),
                None => active.push((row.group(), row.place())),
            }
        }
        let is_told = !active.is_empty() || !hashes;
        Self { active, is_told }
    }

    fn is_active(&self, row: &PoolRow) -> bool {
        self.active.contains(&(row.group(), row.place()))
    }

    /// Used beside the first group.
    fn is_second(&self, row: &PoolRow) -> bool {
        self.is_active(row) && self.active.first().is_some_and(|(group, _)| *group != row.group())
    }

    fn state(&self, row: &PoolRow) -> Option<PoolState> {
        match row.status.text()?.to_ascii_lowercase().as_str() {
            "alive" if row.is_fee() => {
                Some(if row.is_active.get() == Some(true) { PoolState::Active } else { PoolState::Standby })
            }
            "alive" if self.is_active(row) => Some(PoolState::Active),
            "alive" => self.is_told.then_some(PoolState::Standby),
            // From 2020 on firmware writes `Deed`.
            "dead" | "deed" | "rejecting" => Some(PoolState::Dead),
            "disabled" => Some(PoolState::Disabled),
            _ => None,
        }
    }
}

/// Whether there are pools, or should be, and none of them answers.
pub(super) fn none_answers(device: &Device<'_>) -> bool {
    device.pools.as_ref().is_some_and(|rows| !rows.iter().any(|row| row.is_own() && row.is_alive()))
}

/// Whether there are pools, and every one is switched off.
pub(super) fn all_disabled(device: &Device<'_>) -> bool {
    let mut own = device.pools.iter().flatten().filter(|row| row.is_own()).peekable();
    own.peek().is_some()
        && own.all(|row| row.status.text().is_some_and(|status| status.eq_ignore_ascii_case("disabled")))
}

/// The best share of the owner's pools.
pub(super) fn best(device: &Device<'_>) -> Option<f64> {
    own(device).filter_map(|row| row.best.get()).reduce(f64::max)
}

pub(super) fn own<'a>(device: &'a Device<'_>) -> impl Iterator<Item = &'a PoolRow> {
    device.pools.iter().flatten().filter(|row| row.is_own())
}

pub(super) fn has_fee(device: &Device<'_>) -> bool {
    device.pools.iter().flatten().any(PoolRow::is_fee)
}

impl PoolRow {
    /// Slots without a pool have an empty address.
    fn is_configured(&self) -> bool {
        self.url.known().is_some()
    }

    pub(super) fn is_own(&self) -> bool {
        self.is_configured() && !self.is_fee()
    }

    fn is_fee(&self) -> bool {
        let names_it = |text: Option<&str>| text.is_some_and(|text| text.to_ascii_lowercase().contains("devfee"));
        names_it(self.url.known().map(|url| url.0.as_str()))
            || names_it(self.user.text())
            || self.kind.get() == Some(1.0)
            || self.priority() >= FEE_PRIORITY
    }

    /// `DevFee` and `*` stand where an address would.
    fn hides_its_address(&self) -> bool {
        self.url.known().is_some_and(|url| !url.0.contains(['.', ':']))
    }

    fn is_alive(&self) -> bool {
        self.status.text().is_some_and(|status| status.eq_ignore_ascii_case("alive"))
    }

    fn priority(&self) -> f64 {
        self.priority.get().or(self.index.get().map(|index| index.0 as f64)).unwrap_or(0.0)
    }

    fn place(&self) -> Place {
        Place(self.priority(), self.index.get().map_or(0, |index| index.0))
    }

    fn group(&self) -> u64 {
        self.group.get().map_or(0, |group| group.0)
    }
}
