//! Bitmain Antminer, whatever firmware it runs.
//!
//! Three ages of stock firmware and two layouts matter more than the model. The first layout, of `GHS 5s` and numbered slots, is that
//! of bmminer and cgminer from the S7 to the first S19; the second, of lists and `rate_5s`, came in 2021 and is what the web pages
//! show. Both are on 4028 without a login. One normalization reads either; other firmware keeps one of them, but for Braiins OS from
//! `BOSminer` on, which is read by the commands that upstream has.
//!
//! With credentials the web interface adds what 4028 does not tell: who the machine is, and whether it sleeps. When 4028 is closed,
//! which newer builds do asleep, the whole reading comes from there. Only pages that read are known, and none is posted to.
//!
//! # Quirks
//!
//! Sources are Bitmain's code (`bitmaintech/cgminer-dash`, bmminer 4.9.2 in `Zwilla/bmminer-cgminer492`, the firmware unpacked in
//! `HashSource/hashsource_antminer_S21x`), replies published by the projects named in `fixtures/README.md`, and issues where named.
//!
//! | quirk | where | what is made of it |
//! |---|---|---|
//! | no comma between the entries of `STATS` | 2013 to 2019; `tsileo/pycgminer#4` | repaired; the first entry names the machine, the one with rates has the figures |
//! | sixteen slots, most of them empty | until 2021 | a board is where chips are; S9 in 6 to 8, others from 1 |
//! | a missing board leaves out `tempN` and keeps the rest as zeros | 2020 on | `missing` where it is before or between others |
//! | `GHS 5s` is MH/s | L3+, D3, E3, E9 Pro; `bitmaintech/bmminer#11` | the unit that is named, else that of the coin; it must fit the model, or the rate is a gap |
//! | `rate_unit` is the fixed text `GH` | code of the S19 age, on every coin | not believed when the nominal rate is 20 times off |
//! | boards count in thousands of what the whole does | Z11, E9 Pro | told by the sum of the boards |
//! | `Total MH` is in megahashes whatever the coin | summary | tells the unit of a machine whose model is not known |
//! | rates are texts, some with a unit | until 2021; `21632.89GH/s` on KS3, KS5 | read with the unit |
//! | temperatures joined by dashes, negative ones too: `2--1-20-22` | 2018 on | a dash divides, one more is a sign |
//! | `-`, `m-m`, `NaN-NaN` | S9k, `VNish`, `LuxOS` | no sensor |
//! | 0, -64, -83, 255 | no sensor, or one that fails | left out |
//! | `temp2_N` is the lower of two readings | T15, S9k | the list of the chips goes first |
//! | `temp_max` is 0 | 2020 on | not read |
//! | `temp_chip` is `temp_pcb` + 5, `temp_pic` is - 10 | S19, S21: computed | chips as told, `temp_pic` not read |
//! | water in `temp_pcb`, chips in `temp_pic` | S21+ Hyd.; `UpstreamData/pyasic#295` | intake and outlet where it is known which is which |
//! | `total rate` is the average | 2020 on | not read |
//! | zeros for fans that do not exist | until 2021 | left out unless they are within the first `fan_num` |
//! | `Mode` 254 asleep, constantly 2 later | S17, T17; 2020 on | `paused`; later by the work mode of the web interface |
//! | asleep and stopped by heat look alike by the chips | 2020 on | told by work mode, else by heat; else no state |
//! | no figures at all asleep or starting, pools `Disabled` asleep | second layout | `paused`, else `starting` when the settings say that it is awake |
//! | several pools say `Stratum Active` | S17 | the first choice of them is in use |
//! | `Deed` | 2020 on | dead |
//! | `Accepted` and `Rejected` as padded text, both wrong | D3; `getminera/minera#194` | the sum of the pools |
//! | pools of the firmware's makers: `DevFee`, `*`, priority 993 and up | `VNish`, MSK, Blissz | role `fee`; their shares are not the owner's |
//! | `Device Hardware%` is 0 beside errors | 2020 on | left out |
//! | `no_matching_work` is 0 beside errors of the boards | Z11 | the sum of the boards |
//! | devs tells GH/s as MHS, a time as a difficulty | 2020 on | not asked |
//! | no power | stock; `Schnitzel/hass-miner#300` | absent; none is guessed |
//! | `967.50 (AB)`, `3250 W`, `total_power`, `chain_consumptionN` | MSK, Hiveon, `VNish` | watts; the consumption of `VNish` 3.x is not that of the wall and left out |
//! | `version` answers code 0 | `VNish` 1.x | the model comes from `stats` |
//! | `total_acn` 4 with 231 chips, board sensors repeated as chips | `LuxOS` | counted by board; chips without temperature |
//! | `Antminer BHB42XXX`, `S19-88 v.2.6`, `S9\nV1.3.58`, brackets behind the model | many; `UpstreamData/pyasic#397` | the longest known name at the start |
//! | a machine that does not know `new_api` ignores it | 2019 to 2021 | the reply is the one of the first layout and used as such |
//! | settings hold pool passwords | `get_miner_conf.cgi` | dropped when the reply is parsed; the work mode alone is read |

use crate::{Replies, Reply};

mod firmware;
mod model;
mod normalize;
mod observe;
mod pages;
mod rates;
mod scalar;
mod slots;
mod wire;

#[doc(hidden)] // For property tests and fuzz targets.
pub use scalar::temperatures;

pub(crate) use observe::{Learned, is_closed, observe, observe_web};

/// What the web interface of an Antminer answered. Empty without credentials.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// `get_system_info.cgi`.
    pub system_info: Option<Reply>,
    /// `get_miner_conf.cgi`.
    pub miner_conf: Option<Reply>,
}

/// Turns the replies of an Antminer into a snapshot.
///
/// `stats`, `summary` and `pools` may be of either layout. Braiins OS from `BOSminer` on has nothing of Bitmain's layout and is read by
/// the commands that upstream has.
pub fn normalize(replies: &Replies) -> gssa_model::MinerSnapshot {
    normalize_with(replies, &Pages::default())
}

/// [`normalize`] with what only the web interface tells: MAC address, serial number, host name and work mode.
pub fn normalize_with(replies: &Replies, pages: &Pages) -> gssa_model::MinerSnapshot {
    let snapshot = normalize::normalize(replies, pages);
    if observe::has_bitmain_layout(replies) {
        return snapshot;
    }
    let of_upstream = crate::generic::normalize(replies);
    gssa_model::MinerSnapshot { identity: snapshot.identity, network: snapshot.network, ..of_upstream }
}
