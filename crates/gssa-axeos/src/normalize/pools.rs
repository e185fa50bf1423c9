//! Pools: which are configured, which gets the work.

use gssa_model::unit::Difficulty;
use gssa_model::{Gap, Pool, PoolRole, PoolScheme, PoolState, pool_url};
use gssa_wire::{Count, Endpoint, Field};

use super::family::Family;
use super::{Device, positive};

mod nerd;
mod nm_axe;

/// A round trip above a minute is an artefact: hours were seen (`bitaxeorg/ESP-Miner` v2.9).
const MAX_PING_MS: f64 = 60_000.0;

pub(super) fn pools(device: &Device<'_>, gaps: &mut Vec<Gap>) -> Vec<Pool> {
    let mut pools = match device.family {
        Family::NmAxe => nm_axe::pools(device, gaps),
        _ => slots(device, gaps).unwrap_or_else(|| twins(device, gaps)),
    };
    if device.family == Family::Nerd {
        nerd::add_figures(device, &mut pools);
    }
    add_current_figures(device, &mut pools);
    pools
}

/// One pool as the device spells it. `None` without a host; a host that is none is a gap under `key`.
struct Spelled<'a> {
    key: &'a str,
    url: &'a Field<Endpoint>,
    port: Option<f64>,
    user: Option<&'a String>,
    scheme: Option<PoolScheme>,
}

impl Spelled<'_> {
    fn pool(&self, index: u32, role: Option<PoolRole>, gaps: &mut Vec<Gap>) -> Option<Pool> {
        let port = self.port.filter(|port| (1.0..=65_535.0).contains(port)).map(|port| port as u16);
        let written = self.url.known()?;
        let url = pool_url(&written.0, port, self.scheme);
        if url.is_none() {
            gaps.push(Gap::new(self.key, "no host"));
        }
        Some(Pool { index, url: Some(url?), user: self.user.cloned(), role, ..Pool::default() })
    }
}

/// Stratum V2 by name or number, else TLS by its switch (0 off, 1 bundled certificates, 2 one of the owner's).
fn scheme(protocol: &Field<String>, tls: &Field<bool>) -> Option<PoolScheme> {
    let is_v2 = protocol.known().is_some_and(|name| name.eq_ignore_ascii_case("SV2") || name == "1");
    match (is_v2, tls.get()) {
        (true, _) => Some(PoolScheme::V2),
        (false, Some(true)) => Some(PoolScheme::Ssl),
        (false, _) => None,
    }
}

/// The configured slots of Bitaxe ≥ v2.15. A slot that is neither first nor second choice is never used.
fn slots(device: &Device<'_>, gaps: &mut Vec<Gap>) -> Option<Vec<Pool>> {
    let document = device.document;
    let chosen = |index: &Field<Count>| index.get().map(|count| count.0);
    let (primary, secondary) = (chosen(&document.primary_pool_index), chosen(&document.secondary_pool_index));
    let mut pools = Vec::new();
    for (place, slot) in document.pools.entries() {
        let id = slot.id.get().map_or(u64::from(place), |id| id.0);
        let role = match Some(id) {
            id if id == primary => Some(PoolRole::Primary),
            id if id == secondary => Some(PoolRole::Fallback),
            _ => None,
        };
        let key = format!("pools.{place}.stratumURL");
        let scheme = scheme(&slot.protocol, &slot.tls);
        let spelled = Spelled { key: &key, url: &slot.url, port: slot.port.get(), user: slot.user.known(), scheme };
        pools.extend(spelled.pool(u32::try_from(id).unwrap_or(place), role, gaps));
    }
    if pools.is_empty() {
        return None;
    }
    for pool in &mut pools {
        pool.state = if pool.role.is_some() { in_failover(device, pool.role) } else { Some(PoolState::Disabled) };
    }
    Some(pools)
}

/// `stratumURL` and its twin `fallbackStratumURL`.
fn twins(device: &Device<'_>, gaps: &mut Vec<Gap>) -> Vec<Pool> {
    let document = device.document;
    let primary = Spelled {
        key: "stratumURL",
        url: &document.stratum_url,
        port: document.stratum_port.get(),
        user: document.stratum_user.known(),
        scheme: scheme(&document.stratum_protocol, &document.stratum_tls),
    };
    let fallback = Spelled {
        key: "fallbackStratumURL",
        url: &document.fallback_url,
        port: document.fallback_port.get(),
        user: document.fallback_user.known(),
        scheme: scheme(&document.fallback_protocol, &document.fallback_tls),
    };
    let second = if device.is_dual() { PoolRole::Second } else { PoolRole::Fallback };
    let pools = [primary.pool(0, Some(PoolRole::Primary), gaps), fallback.pool(1, Some(second), gaps)];
    let mut pools: Vec<Pool> = pools.into_iter().flatten().collect();
    for pool in &mut pools {
        pool.state = in_failover(device, pool.role);
    }
    pools
}

/// What a pool does where one works and the other waits. While the second works, the firmware tries the first once a minute and
/// goes back as soon as it answers (`bitaxeorg/ESP-Miner` `main/tasks/stratum_task.c`): it is down, unless a person asked for the
/// second (told by Bitaxe ≥ v2.15).
fn in_failover(device: &Device<'_>, role: Option<PoolRole>) -> Option<PoolState> {
    let document = device.document;
    let is_in_use = (role == Some(PoolRole::Fallback)) == device.uses_fallback();
    match (is_in_use, device.is_connected()) {
        (true, Some(false)) if device.is_paused() => Some(PoolState::Standby),
        (true, Some(false)) => Some(PoolState::Dead),
        (true, _) => Some(PoolState::Active),
        (false, Some(false)) => None,
        (false, _) if device.uses_fallback() && document.use_fallback.get() != Some(true) => Some(PoolState::Dead),
        (false, _) => Some(PoolState::Standby),
    }
}

impl Device<'_> {
    fn uses_fallback(&self) -> bool {
        let nerd = self.document.stratum.at(|stratum| &stratum.using_fallback).copied();
        self.document.is_using_fallback.get().or(nerd) == Some(true)
    }
}

/// Difficulty and round trip of the pool that works, where the firmware tells only those.
fn add_current_figures(device: &Device<'_>, pools: &mut [Pool]) {
    let document = device.document;
    let Some(pool) = pools.iter_mut().find(|pool| pool.state == Some(PoolState::Active)) else { return };
    if device.is_dual() {
        return;
    }
    let nested = document.miner.at(|miner| &miner.pool_diff).copied();
    let difficulty = document.pool_difficulty.get().or(document.stratum_diff.get()).or(nested);
    pool.difficulty = pool.difficulty.or_else(|| difficulty.and_then(positive).and_then(Difficulty::from_difficulty));
    let round_trip = document.response_time.get().or(document.lastpingrtt.get());
    pool.ping_ms = pool.ping_ms.or_else(|| round_trip.and_then(ping));
}

/// A round trip that can be one; 0 stands for none.
fn ping(ms: f64) -> Option<f64> {
    positive(ms).filter(|ms| *ms <= MAX_PING_MS)
}

#[cfg(test)]
mod tests {
    use crate::normalize::testing::snapshot;
    use gssa_model::{PoolRole, PoolState};
    use serde_json::{Value, json};

    /// Each pool's place, role and state.
    fn pools(members: &Value) -> Vec<(u32, Option<PoolRole>, Option<PoolState>)> {
        snapshot(members).pools.into_iter().map(|pool| (pool.index, pool.role, pool.state)).collect()
    }

    fn with_twins(members: &Value) -> Value {
        let mut all = json!({ "stratumURL": "a.example", "stratumPort": 3333, "fallbackStratumURL": "b.example" });
        for (key, value) in members.as_object().unwrap() {
            all[key] = value.clone();
        }
        all
    }

    #[test]
    fn the_twins_are_what_the_device_tells_of_them() {
        use PoolState as S;
        for (members, primary, fallback) in [
            (json!({}), Some(S::Active), Some(S::Standby)),
            (json!({ "isUsingFallbackStratum": true }), Some(S::Dead), Some(S::Active)),
            (json!({ "isUsingFallbackStratum": 1, "useFallbackStratum": 1 }), Some(S::Standby), Some(S::Active)),
            (json!({ "poolConnectionInfo": "Not Connected" }), Some(S::Dead), None),
            (json!({ "poolConnectionInfo": "SV2: Not Connected" }), Some(S::Dead), None),
            (json!({ "poolConnectionInfo": "Not Connected", "miningPaused": true }), Some(S::Standby), None),
        ] {
            let expected = [(0, Some(PoolRole::Primary), primary), (1, Some(PoolRole::Fallback), fallback)];
            assert_eq!(pools(&with_twins(&members)), expected, "{members}");
        }
    }

    #[test]
    fn without_a_url_there_is_no_pool_and_without_a_host_a_gap() {
        assert_eq!(pools(&json!({ "stratumURL": "", "fallbackStratumURL": null })), []);
        let gaps = snapshot(&json!({ "stratumURL": "not a host" })).gaps;
        assert_eq!((gaps.len(), gaps[0].field.as_str(), gaps[0].found.as_str()), (1, "stratumURL", "no host"));
    }

    #[test]
    fn pools_without_a_host_are_no_gaps_without_end() {
        let fans = vec![json!({ "id": "x", "rpm": "x", "speed": "x" }); 32];
        let pools = vec![json!({ "stratumURL": "not a host" }); 32];
        let gaps = snapshot(&json!({ "fans": fans, "pools": pools })).gaps;
        assert_eq!(gaps.len(), gssa_wire::MAX_GAPS);
    }

    #[test]
    fn a_slot_that_is_not_chosen_is_disabled() {
        let slots = json!({ "primaryPoolIndex": 4, "secondaryPoolIndex": 1, "pools": [
            { "id": 1, "stratumURL": "a.example" }, { "id": 2, "stratumURL": "b.example" }, { "id": 4, "stratumURL": "c.example" },
        ] });
        let expected = [
            (1, Some(PoolRole::Fallback), Some(PoolState::Standby)),
            (2, None, Some(PoolState::Disabled)),
            (4, Some(PoolRole::Primary), Some(PoolState::Active)),
        ];
        assert_eq!(pools(&slots), expected);
    }

    #[test]
    fn a_round_trip_of_hours_is_none() {
        let ping = |ms: f64| snapshot(&with_twins(&json!({ "responseTime": ms }))).pools[0].ping_ms;
        assert_eq!([48.2, 0.0, 15_702_638.5].map(ping), [Some(48.2), None, None]);
    }
}
