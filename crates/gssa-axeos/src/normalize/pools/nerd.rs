//! What `NerdQAxe` ≥ v1.0.35 tells of each pool in `stratum`.

use gssa_model::unit::Difficulty;
use gssa_model::{Pool, PoolRole, PoolState};

use super::ping;
use crate::normalize::{Device, positive};
use crate::wire::part::{StratumObject, StratumPool};

impl Device<'_> {
    /// Whether two pools share the work (`NerdQAxe` ≥ v1.0.35).
    pub(super) fn is_dual(&self) -> bool {
        let mode = |stratum: &StratumObject| stratum.active_pool_mode.get().or(stratum.pool_mode.get());
        self.document.stratum.known().and_then(mode) == Some(1.0)
    }
}

/// In failover mode one entry is listed, the pool in use, which may be the fallback; two entries are in the order of the configuration
/// only in dual mode.
pub(super) fn add_figures(device: &Device<'_>, pools: &mut [Pool]) {
    let Some(stratum) = device.document.stratum.known() else { return };
    if device.is_dual() {
        for (place, told) in stratum.pools.entries() {
            if let Some(pool) = pools.iter_mut().find(|pool| pool.index == place) {
                pool.state = told.connected.get().map(|up| if up { PoolState::Active } else { PoolState::Dead });
                add_told(pool, told);
            }
        }
        return;
    }
    let in_use = stratum.pools.entries().map(|(_, told)| told).find(|told| told.active.get() == Some(true));
    let only = || stratum.pools.entries().map(|(_, told)| told).next().filter(|_| stratum.pools.entries().count() == 1);
    let pool = pools
        .iter_mut()
        .find(|pool| matches!(pool.state, Some(PoolState::Active | PoolState::Dead)) && is_in_use(device, pool));
    if let Some((told, pool)) = in_use.or_else(only).zip(pool) {
        add_told(pool, told);
    }
}

fn is_in_use(device: &Device<'_>, pool: &Pool) -> bool {
    (pool.role == Some(PoolRole::Fallback)) == device.uses_fallback()
}

fn add_told(pool: &mut Pool, told: &StratumPool) {
    pool.accepted = told.accepted.get().map(|count| count.0);
    pool.rejected = told.rejected.get().map(|count| count.0);
    pool.difficulty = told.pool_difficulty.get().and_then(positive).and_then(Difficulty::from_difficulty);
    pool.ping_ms = told.ping_rtt.get().and_then(ping);
}

#[cfg(test)]
mod tests {
    use crate::normalize::testing::snapshot;
    use gssa_model::PoolState;
    use serde_json::{Value, json};

    /// Each pool's state and accepted shares.
    fn pools(stratum: &Value) -> Vec<(Option<PoolState>, Option<u64>)> {
        let nerd = json!({ "deviceModel": "NerdQX", "stratumURL": "a.example", "fallbackStratumURL": "b.example", "stratum": stratum });
        snapshot(&nerd).pools.into_iter().map(|pool| (pool.state, pool.accepted)).collect()
    }

    #[test]
    fn in_failover_mode_the_figures_are_those_of_the_pool_in_use() {
        let one = json!([{ "connected": true, "accepted": 7 }]);
        let (active, standby, dead) = (Some(PoolState::Active), Some(PoolState::Standby), Some(PoolState::Dead));
        assert_eq!(
            pools(&json!({ "poolMode": 0, "usingFallback": false, "pools": one })),
            [(active, Some(7)), (standby, None)]
        );
        assert_eq!(
            pools(&json!({ "poolMode": 0, "usingFallback": true, "pools": one })),
            [(dead, None), (active, Some(7))]
        );
        let two = json!([{ "connected": true, "accepted": 1 }, { "connected": true, "accepted": 9, "active": true }]);
        assert_eq!(
            pools(&json!({ "poolMode": 0, "usingFallback": false, "pools": two })),
            [(active, Some(9)), (standby, None)]
        );
        let untold = json!([{ "accepted": 1 }, { "accepted": 9 }]);
        assert_eq!(pools(&json!({ "poolMode": 0, "pools": untold })), [(active, None), (standby, None)]);
    }

    #[test]
    fn in_dual_mode_each_pool_has_its_own() {
        let two = json!([{ "connected": true, "accepted": 5 }, { "connected": false, "accepted": 3 }]);
        let expected = [(Some(PoolState::Active), Some(5)), (Some(PoolState::Dead), Some(3))];
        assert_eq!(pools(&json!({ "activePoolMode": 1, "pools": two })), expected);
    }
}
