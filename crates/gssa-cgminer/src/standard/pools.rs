//! Pools: which are configured, which get the work.

use gssa_model::unit::Difficulty;
use gssa_model::{Fault, FaultCode, Gap, HashingState, Pool, PoolRole, PoolState, Severity, pool_url};
use gssa_wire::{Path, Report as _};

use super::positive;
use crate::wire::standard::{PoolRow, count};

/// Pools of a firmware's own fee have priorities from here on (993, 9998, 9999).
const FEE_PRIORITY: u64 = 990;

/// The pools that are configured; empty slots are left out.
pub(crate) fn pools(rows: &[PoolRow], gaps: &mut Vec<Gap>) -> Vec<Pool> {
    let mut pools = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        row.report(Path::Entry(&Path::Document("POOLS"), place), gaps);
        let Some(written) = row.url.known() else { continue };
        // A fee may name itself where its address would stand.
        let is_name = is_fee(row) && !written.0.contains(['.', ':']);
        let url = if is_name { None } else { pool_url(&written.0, None, None) };
        if url.is_none() && !is_name {
            gaps.push(Gap::new(format!("POOLS.{place}.URL"), "no host"));
        }
        pools.push(Pool {
            index: count(&row.pool).and_then(|index| u32::try_from(index).ok()).unwrap_or(place as u32),
            url,
            user: row.user.known().cloned(),
            state: state(row, rows),
            role: Some(role(row, rows)),
            accepted: count(&row.accepted),
            rejected: count(&row.rejected),
            stale: count(&row.stale),
            difficulty: difficulty(row),
            ping_ms: None,
        });
    }
    pools
}

/// Whether the miner says of every pool that it is dead or off.
pub(crate) fn has_no_pool(pools: &[Pool]) -> bool {
    let mut own = pools.iter().filter(|pool| pool.role != Some(PoolRole::Fee));
    own.all(|pool| matches!(pool.state, Some(PoolState::Dead | PoolState::Disabled)))
}

/// What is wrong with a miner that has no work because every pool is dead or off.
pub(crate) fn no_pool_fault(state: Option<HashingState>, pools: &[Pool]) -> Option<Fault> {
    let is_idle = state == Some(HashingState::Idle) && !pools.is_empty() && has_no_pool(pools);
    let message = || "no pool is alive".to_owned();
    is_idle.then(|| Fault { code: FaultCode::Pool, severity: Severity::Critical, message: message() })
}

/// `Stratum Active` is the sign of use. S17 sets it for several: the first choice of them is meant.
fn state(row: &PoolRow, rows: &[PoolRow]) -> Option<PoolState> {
    match row.status.text()?.to_ascii_lowercase().as_str() {
        "alive" => match row.stratum_active.get() {
            Some(true) if first_of_group(row, rows, |other| is_alive(other) && is_active(other)) => {
                Some(PoolState::Active)
            }
            Some(_) => Some(PoolState::Standby),
            None => None,
        },
        // `Deed` is how Bitmain spells it from 2020 on.
        "dead" | "deed" | "rejecting" => Some(PoolState::Dead),
        "disabled" => Some(PoolState::Disabled),
        _ => None,
    }
}

fn is_alive(row: &PoolRow) -> bool {
    row.status.text().is_some_and(|status| status.eq_ignore_ascii_case("alive"))
}

fn is_active(row: &PoolRow) -> bool {
    row.stratum_active.get() == Some(true)
}

/// Whether no other such pool of the group is preferred. Fees are a group of their own.
fn first_of_group(row: &PoolRow, rows: &[PoolRow], is_meant: impl Fn(&PoolRow) -> bool) -> bool {
    let group = |row: &PoolRow| (is_fee(row), count(&row.group));
    let mut same =
        rows.iter().filter(|other| group(other) == group(row) && other.url.known().is_some() && is_meant(other));
    let place = |row: &PoolRow| (count(&row.priority).unwrap_or(u64::MAX), count(&row.pool).unwrap_or(u64::MAX));
    same.all(|other| place(row) <= place(other))
}

fn role(row: &PoolRow, rows: &[PoolRow]) -> PoolRole {
    let is_first = first_of_group(row, rows, |_| true);
    match (is_fee(row), is_first, count(&row.group).unwrap_or(0)) {
        (true, ..) => PoolRole::Fee,
        (false, true, 0) => PoolRole::Primary,
        (false, true, _) => PoolRole::Second,
        (false, false, _) => PoolRole::Fallback,
    }
}

fn is_fee(row: &PoolRow) -> bool {
    const NAME: &[u8] = b"devfee";
    let is_name = |part: &[u8]| part.eq_ignore_ascii_case(NAME);
    let names_it = |text: Option<&str>| text.is_some_and(|text| text.as_bytes().windows(NAME.len()).any(is_name));
    names_it(row.url.known().map(|url| url.0.as_str()))
        || names_it(row.user.text())
        || count(&row.priority).is_some_and(|priority| priority >= FEE_PRIORITY)
}

/// What the pool asks for; 0 while it has said nothing.
fn difficulty(row: &PoolRow) -> Option<Difficulty> {
    let told = [&row.stratum_difficulty, &row.diff, &row.work_difficulty];
    told.into_iter().find_map(|field| field.get().and_then(positive)).and_then(Difficulty::from_difficulty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::row::Lenient as _;
    use serde_json::{Value, json};

    fn pools_of(rows: &[Value]) -> Vec<Pool> {
        let read = |row: &Value| PoolRow::read(&row.clone().into()).known().cloned();
        let rows: Vec<PoolRow> = rows.iter().filter_map(read).collect();
        pools(&rows, &mut Vec::new())
    }

    fn row(index: u64, url: &str, members: &Value) -> Value {
        let mut row =
            json!({ "POOL": index, "Priority": index, "URL": url, "Status": "Alive", "Stratum Active": false });
        for (key, value) in members.as_object().unwrap() {
            row[key] = value.clone();
        }
        row
    }

    #[test]
    fn the_pool_in_use_is_the_preferred_one_of_those_that_say_so() {
        use PoolState as S;
        let pools = pools_of(&[
            row(0, "a.example:3333", &json!({ "Priority": 1, "Stratum Active": true })),
            row(1, "b.example:3333", &json!({ "Priority": 0, "Stratum Active": true })),
            row(2, "c.example:3333", &json!({ "Status": "Deed", "Stratum Active": true })),
            row(3, "d.example:3333", &json!({ "Status": "Disabled" })),
            row(4, "", &json!({})),
            row(5, "DevFee", &json!({ "Priority": 999, "Stratum Active": true })),
        ]);
        let states: Vec<_> = pools.iter().map(|pool| (pool.index, pool.role, pool.state)).collect();
        let expected = [
            (0, Some(PoolRole::Fallback), Some(S::Standby)),
            (1, Some(PoolRole::Primary), Some(S::Active)),
            (2, Some(PoolRole::Fallback), Some(S::Dead)),
            (3, Some(PoolRole::Fallback), Some(S::Disabled)),
            (5, Some(PoolRole::Fee), Some(S::Active)),
        ];
        assert_eq!(states, expected);
        assert_eq!(pools[4].url, None, "a name is no address");
    }

    #[test]
    fn groups_share_the_work() {
        let pools = pools_of(&[
            row(0, "a.example:1", &json!({ "GROUP": 0, "Stratum Active": true })),
            row(1, "b.example:1", &json!({ "GROUP": 1, "Stratum Active": true })),
        ]);
        assert!(pools.iter().all(|pool| pool.state == Some(PoolState::Active)));
        assert_eq!(pools[1].role, Some(PoolRole::Second));
    }

    #[test]
    fn a_difficulty_is_what_the_pool_asks_for() {
        for (members, difficulty) in [
            (json!({ "Stratum Difficulty": 8192.0 }), Some(8192.0)),
            (json!({ "Stratum Difficulty": 0, "Diff": "524K" }), Some(524e3)),
            (json!({ "Diff": "", "Work Difficulty": 65_536 }), Some(65_536.0)),
            (json!({ "Diff": "  0.0000" }), None),
        ] {
            let pools = pools_of(&[row(0, "a.example", &members)]);
            assert_eq!(pools[0].difficulty.map(Difficulty::get), difficulty, "{members}");
        }
    }
}
