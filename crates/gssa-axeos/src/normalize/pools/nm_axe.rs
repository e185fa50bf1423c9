//! The pools of `NMAxe`, in the four forms that its firmware had.

use gssa_model::{Gap, Pool, PoolRole, PoolState};
use gssa_wire::{Endpoint, Field};

use super::Spelled;
use crate::normalize::Device;
use crate::wire::part::NmPool;

/// `NMAxe`: one URL (v3), a set of three objects (v2.9.30), three URLs (v2.5), or as Bitaxe (≤ v2.4).
pub(super) fn pools(device: &Device<'_>, gaps: &mut Vec<Gap>) -> Vec<Pool> {
    let document = device.document;
    if let Some(stratum) = document.stratum.known() {
        if stratum.url.is_present() {
            let only = NmPool { url: stratum.url.clone(), user: stratum.user.clone() };
            // The pool in use, whichever of the two it is (`docs/API.md`).
            let pool = spelled("stratum.url", &only).pool(0, None, gaps);
            return pool.map(|pool| Pool { state: Some(PoolState::Active), ..pool }).into_iter().collect();
        }
        let [used, primary, fallback] = [&stratum.used, &stratum.primary, &stratum.fallback].map(Field::known);
        return chosen(["stratum.used", "stratum.primary", "stratum.fallback"], [used, primary, fallback], gaps);
    }
    if document.url_used.is_present() || document.url_1.is_present() {
        let pool = |url: &Field<Endpoint>, user: &Field<String>| NmPool { url: url.clone(), user: user.clone() };
        let used = pool(&document.url_used, &document.user_used);
        let primary = pool(&document.url_1, &document.user_1);
        let fallback = pool(&document.url_2, &document.user_2);
        let keys = ["stratumURLUSED", "stratumURL1", "stratumURL2"];
        return chosen(keys, [Some(&used), Some(&primary), Some(&fallback)], gaps);
    }
    super::twins(device, gaps)
}

fn spelled<'a>(key: &'a str, pool: &'a NmPool) -> Spelled<'a> {
    Spelled { key, url: &pool.url, port: None, user: pool.user.known(), scheme: None }
}

/// The two configured pools, with the one in use marked; and the one in use if it is neither.
fn chosen(keys: [&str; 3], pools: [Option<&NmPool>; 3], gaps: &mut Vec<Gap>) -> Vec<Pool> {
    let roles = [None, Some(PoolRole::Primary), Some(PoolRole::Fallback)];
    let mut read =
        |at: usize, index: u32| pools[at].and_then(|pool| spelled(keys[at], pool).pool(index, roles[at], gaps));
    let (used, primary, fallback) = (read(0, 2), read(1, 0), read(2, 1));
    let mut all: Vec<Pool> = primary.into_iter().chain(fallback).collect();
    let Some(used) = used else { return all };
    // Whether the first choice is down or a person chose the other, the device does not tell.
    for pool in all.iter_mut().filter(|pool| pool.role == Some(PoolRole::Fallback)) {
        pool.state = Some(PoolState::Standby);
    }
    let same_user = all.iter().position(|pool| pool.url == used.url && pool.user == used.user);
    match same_user.or_else(|| all.iter().position(|pool| pool.url == used.url)) {
        Some(at) => all[at].state = Some(PoolState::Active),
        None => all.push(Pool { state: Some(PoolState::Active), ..used }),
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::normalize::testing::snapshot;
    use serde_json::{Value, json};

    /// The URL and the state of each pool.
    fn pools(stratum: &Value) -> Value {
        let pools = snapshot(&json!({ "hwModel": "NMAxe", "stratum": stratum })).pools;
        pools.iter().map(|pool| json!([pool.url, pool.state])).collect()
    }

    #[test]
    fn the_pool_in_use_may_be_neither_of_the_two() {
        let (one, two, three) = ("stratum+tcp://a.example:1", "stratum+tcp://b.example:2", "stratum+ssl://c.example:3");
        let set =
            |used: &str| json!({ "used": { "url": used }, "primary": { "url": one }, "fallback": { "url": two } });
        assert_eq!(pools(&set(one)), json!([[one, "active"], [two, "standby"]]));
        assert_eq!(pools(&set(two)), json!([[one, null], [two, "active"]]));
        assert_eq!(pools(&set(three)), json!([[one, null], [two, "standby"], [three, "active"]]));
    }

    #[test]
    fn of_two_pools_with_one_url_the_user_tells_which_is_in_use() {
        let url = "stratum+tcp://a.example:1";
        let pool = |user: &str| json!({ "url": url, "user": user });
        let set = |used: &str| json!({ "used": pool(used), "primary": pool("one"), "fallback": pool("two") });
        assert_eq!(pools(&set("one")), json!([[url, "active"], [url, "standby"]]));
        assert_eq!(pools(&set("two")), json!([[url, null], [url, "active"]]));
        assert_eq!(pools(&set("other")), json!([[url, "active"], [url, "standby"]]), "the first of them");
    }

    #[test]
    fn pools_are_told_where_none_is_in_use() {
        let flat = json!({ "hwModel": "NMAxe", "stratumURL1": "a.example:1", "stratumURL2": "b.example:2" });
        let urls: Vec<_> = snapshot(&flat).pools.into_iter().filter_map(|pool| pool.url).collect();
        assert_eq!(urls, ["stratum+tcp://a.example:1", "stratum+tcp://b.example:2"]);
    }
}
