//! Any other miner with the cgminer API, by the commands that upstream has. What it does not tell stays open.
//!
//! Rates are taken in the unit that their key names. Braiins OS and `LuxOS` add fans, temperatures and power, Whatsminer and `SealMiner`
//! keys of their own; a few of those are read where they are certain.
//!
//! # Quirks
//!
//! | quirk | where | what is made of it |
//! |---|---|---|
//! | `MHS 5s`, `MHS 20s`, `MHS 30s`, `GHS 5s`, `Hashrate1m` | the log interval; Braiins OS of 2018 | the key names unit and window |
//! | `5463.34 MH/s` | Bitmain derivatives | a rate with a unit has its own |
//! | `nan` in the first seconds | 0/0 | not reported |
//! | `MHS 24h` divides by a whole day | `BOSminer` | left out until it is about filled |
//! | units behind MHS keys are those of Equihash | Innosilicon A9 | no rate, a gap |
//! | percentages above 100, the same figure as best share | Innosilicon A9 | both left out |
//! | summary far from the boards (368 for 220 TH/s) | `SealMiner` A2 | rates of `stats` |
//! | `Temperature` 0 | drivers that do not fill it | left out |
//! | chip 0.0 | `BOSminer` `temps` | left out |
//! | four fans whatever is connected | `BOSminer` | the last ones that do not turn are left out |
//! | shares in fractions | bfgminer | cut off |
//! | no `version`; `Firmware Version` in quotes | Whatsminer | known by its keys; quotes removed |
//! | `btmineroff` | Whatsminer `status` | `paused` |
//! | one row of devs is a board, or the whole machine | Braiins OS, `LuxOS`, Whatsminer; others | one board for each row |
//! | `Stratum Active` for pools of two groups | `LuxOS` | both are active |
//! | `coin` says what is hashed | upstream | the algorithm; else only where the firmware hashes nothing else |

use gssa_model::unit::{Hashrate, Watts};
use gssa_model::{Algorithm, Gap, Hashing, HashingState, MinerSnapshot, Pool};
use gssa_wire::{MAX_GAPS, Path, Report as _};

use crate::collector::Peer;
use crate::family::firmware_of;
use crate::standard::{self, has_no_pool, no_pool_fault, pool_rows, positive};
use crate::wire::makers::{BtminerStatus, SealminerRow, WhatsminerRow};
use crate::wire::rates::Rates;
use crate::wire::standard::{CoinRow, DevRow, PowerRow, SummaryRow, count};
use crate::{Command, Error, Firmware, Replies};

mod boards;
mod identity;
mod sealminer;
mod sensors;
mod whatsminer;

/// So long after the start a hashrate of zero needs no other reason.
const STARTING_SECS: u64 = 120;

/// One poll of any miner.
const STANDARD: [&[Command]; 3] = [&[Command::Summary], &[Command::Devs], &[Command::Pools]];

/// Asks a miner once.
pub(crate) async fn observe(peer: &mut Peer<'_>, firmware: Firmware) -> Result<MinerSnapshot, Error> {
    let mut wants = STANDARD.to_vec();
    wants.extend(more_of(firmware).iter().copied());
    let mut replies = peer.talk.ask(&wants, false, peer.until).await?;
    replies.extend(peer.version.clone().map(|reply| (Command::Version, reply)));
    for command in once_of(firmware) {
        match peer.talk.once(*command, peer.until).await {
            Ok(reply) => replies.extend(reply.map(|reply| (*command, reply))),
            // What it is for is not worth a failure.
            Err(_) => peer.talk.leave(*command),
        }
    }
    Ok(normalize(&replies))
}

/// What a firmware tells beside.
const fn more_of(firmware: Firmware) -> &'static [&'static [Command]] {
    match firmware {
        Firmware::LuxOs => &[&[Command::Fans], &[Command::Temps], &[Command::Power]],
        Firmware::BraiinsOs => &[&[Command::Fans], &[Command::Temps]],
        Firmware::Btminer => &[&[Command::Status]],
        Firmware::BdMiner => &[&[Command::Stats]],
        _ => &[],
    }
}

/// What does not change until a miner starts anew.
const fn once_of(firmware: Firmware) -> &'static [Command] {
    match firmware {
        Firmware::LuxOs | Firmware::BraiinsOs | Firmware::BdMiner | Firmware::GcMiner => &[],
        Firmware::Btminer => &[Command::GetVersion],
        _ => &[Command::Coin],
    }
}

/// Turns the replies of a miner into a snapshot, whatever its maker: `summary`, `devs`, `pools`, `version` and what the firmware has
/// beside, as far as they are there.
pub fn normalize(replies: &Replies) -> MinerSnapshot {
    let mut gaps = replies.gaps.clone();
    let machine = Machine::read(replies, &mut gaps);
    let pool_rows = pool_rows(replies);
    let pools = standard::pools(&pool_rows, &mut gaps);
    let hashing = machine.hashing(&pools, &mut gaps);
    gaps.truncate(MAX_GAPS);
    let mut snapshot = MinerSnapshot {
        identity: identity::identity(replies, &machine),
        work: standard::work(machine.summary.as_ref(), &pool_rows),
        temperatures: sensors::temperatures(&machine),
        fans: sensors::fans(replies),
        boards: boards::boards(replies, &machine),
        uptime_secs: machine.uptime_secs(),
        faults: boards::faults(&machine).into_iter().chain(no_pool_fault(hashing.state, &pools)).collect(),
        pools,
        hashing,
        gaps,
        ..MinerSnapshot::default()
    };
    let power: Option<PowerRow> = replies.row(&[Command::Power], "POWER");
    snapshot.power.watts = power.and_then(|row| row.watts.get()).and_then(positive).and_then(Watts::from_watts);
    if let Some(row) = &machine.whatsminer {
        whatsminer::add(row, &mut snapshot);
    }
    if let Some(row) = &machine.sealminer {
        sealminer::add(row, &mut snapshot);
    }
    snapshot.with_derived()
}

/// What the parts of a normalization look at.
#[derive(Debug)]
struct Machine {
    firmware: Firmware,
    summary: Option<SummaryRow>,
    devices: Vec<DevRow>,
    whatsminer: Option<WhatsminerRow>,
    sealminer: Option<SealminerRow>,
    /// By what it says itself: a Whatsminer that a person switched off.
    is_off: bool,
    hash_method: Option<String>,
}

impl Machine {
    fn read(replies: &Replies, gaps: &mut Vec<Gap>) -> Self {
        let firmware = firmware_of(replies);
        let mut devices: Vec<DevRow> = replies.rows(&[Command::Devs, Command::Edevs], "DEVS");
        devices.report(Path::Document("DEVS"), gaps);
        devices.sort_by_key(|row| count(&row.index));
        let whatsminer = (firmware == Firmware::Btminer).then(|| replies.row(&[Command::Summary], "SUMMARY")).flatten();
        let sealminer = (firmware == Firmware::BdMiner).then(|| replies.row(&[Command::Stats], "STATS")).flatten();
        let status: Option<BtminerStatus> = replies.row(&[Command::Status], "Msg");
        let coin: Option<CoinRow> = replies.row(&[Command::Coin], "COIN");
        Self {
            firmware,
            summary: standard::summary(replies, gaps),
            devices,
            whatsminer,
            sealminer,
            is_off: status.is_some_and(|status| status.is_off.get() == Some(true)),
            hash_method: coin.and_then(|coin| coin.hash_method.known().cloned()),
        }
    }

    fn uptime_secs(&self) -> Option<u64> {
        count(&self.summary.as_ref()?.elapsed)
    }

    fn hashing(&self, pools: &[Pool], gaps: &mut Vec<Gap>) -> Hashing {
        let rates = self.summary.as_ref().map(|row| &row.rates);
        let mut hashing = Hashing {
            algorithm: self.algorithm(),
            current_hps: rates.and_then(Rates::current).or_else(|| self.sum_of_devices(Rates::current)),
            average_hps: rates.and_then(Rates::average).or_else(|| self.sum_of_devices(Rates::average)),
            expected_hps: self.nominal(),
            windows_hps: rates.map(|rates| rates.windows(self.uptime_secs())).unwrap_or_default(),
            ..Hashing::default()
        };
        hashing.state = self.state(hashing.current_hps, pools);
        // Innosilicon A9 counts solutions behind keys that say MH/s.
        if self.firmware == Firmware::Innominer {
            let told = hashing.current_hps.or(hashing.average_hps);
            gaps.extend(told.map(|_| Gap::new("SUMMARY.MHS 5s", "its unit is not known")));
            return Hashing { state: hashing.state, ..Hashing::default() };
        }
        hashing
    }

    /// A rate of all devices together, where the summary tells none.
    fn sum_of_devices(&self, rate: impl Fn(&Rates) -> Option<Hashrate>) -> Option<Hashrate> {
        let each: Option<Vec<f64>> = self.devices.iter().map(|row| rate(&row.rates).map(Hashrate::get)).collect();
        Hashrate::from_hps(each.filter(|each| !each.is_empty())?.iter().sum())
    }

    /// The rating of all boards together.
    fn nominal(&self) -> Option<Hashrate> {
        let each: Option<Vec<f64>> = self.devices.iter().map(|row| row.nominal_mhs.get()).collect();
        let sum: f64 = each.filter(|each| !each.is_empty())?.iter().sum();
        positive(sum).and_then(Hashrate::from_mhs)
    }

    /// What the miner says, else what its firmware is made for.
    fn algorithm(&self) -> Option<Algorithm> {
        use Firmware as F;
        let is_sha256d = || matches!(self.firmware, F::BraiinsOs | F::LuxOs | F::Btminer | F::BdMiner | F::GcMiner);
        match self.hash_method.as_deref() {
            Some("sha256" | "sha256d") => Some(Algorithm::SHA256D),
            Some(method) => Some(Algorithm::from_name(method)),
            None => is_sha256d().then_some(Algorithm::SHA256D),
        }
    }

    fn state(&self, current: Option<Hashrate>, pools: &[Pool]) -> Option<HashingState> {
        if self.is_off {
            return Some(HashingState::Paused);
        }
        if current?.get() > 0.0 {
            return Some(HashingState::Mining);
        }
        let is_young = self.uptime_secs().is_some_and(|uptime| uptime <= STARTING_SECS);
        if !pools.is_empty() && has_no_pool(pools) {
            Some(HashingState::Idle)
        } else {
            is_young.then_some(HashingState::Starting)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_reply;
    use serde_json::{Value, json};

    fn snapshot(summary: &Value, pools: &Value) -> MinerSnapshot {
        let reply = |section: &str, rows: &Value| {
            let document =
                json!({ "STATUS": [{ "STATUS": "S", "Code": 11, "Description": "cgminer 4.10.0" }], section: rows });
            parse_reply(document.to_string().as_bytes()).unwrap()
        };
        let summary = (Command::Summary, reply("SUMMARY", &json!([summary])));
        normalize(&Replies::from_iter([summary, (Command::Pools, reply("POOLS", pools))]))
    }

    #[test]
    fn the_state_follows_from_rate_pools_and_uptime() {
        use HashingState as S;
        let dead = json!([{ "POOL": 0, "URL": "a.example:3333", "Status": "Dead", "Priority": 0 }]);
        let alive = json!([{ "POOL": 0, "URL": "a.example:3333", "Status": "Alive", "Priority": 0 }]);
        for (summary, pools, state) in [
            (json!({ "MHS 5s": 5, "Elapsed": 9000 }), &alive, Some(S::Mining)),
            (json!({ "MHS 5s": 0, "Elapsed": 9000 }), &alive, None),
            (json!({ "MHS 5s": 0, "Elapsed": 9000 }), &dead, Some(S::Idle)),
            (json!({ "MHS 5s": 0, "Elapsed": 20 }), &alive, Some(S::Starting)),
            (json!({ "MHS 5s": "nan", "Elapsed": 2 }), &alive, None),
            (json!({ "Elapsed": 9000 }), &alive, None),
        ] {
            assert_eq!(snapshot(&summary, pools).hashing.state, state, "{summary}");
        }
    }

    #[test]
    fn without_a_rate_in_the_summary_it_is_that_of_the_devices() {
        let devs = br#"{"STATUS":[{"STATUS":"S","Code":9}],"DEVS":[{"ASC":0,"MHS 5s":2.0},{"ASC":1,"MHS 5s":3.0}]}"#;
        let hashing = normalize(&Replies::from_iter([(Command::Devs, parse_reply(devs).unwrap())])).hashing;
        assert_eq!((hashing.current_hps.map(Hashrate::get), hashing.average_hps), (Some(5e6), None));
        assert_eq!(hashing.state, Some(HashingState::Mining));
    }

    #[test]
    fn without_a_summary_shares_are_those_of_the_pools() {
        let pools = json!([{ "POOL": 0, "URL": "a.example", "Accepted": 5, "Rejected": 1, "Best Share": 9 }, { "Accepted": 2 }]);
        let work = snapshot(&json!({}), &pools).work;
        assert_eq!((work.accepted, work.rejected, work.stale), (Some(7), Some(1), None));
    }
}
