//! Boards, faults, pools and states by what a machine says of each.

use gssa_model::PoolRole::{Fallback, Fee, Primary, Second};
use gssa_model::{BoardState, FaultCode};

use super::*;

/// The first layout: a machine of this type with these figures.
fn old(kind: &str, figures: &str) -> Replies {
    let text =
        format!(r#"{{"STATUS":[{{"STATUS":"S"}}],"STATS":[{{"Type":"{kind}"}},{{"GHS 5s":"13500",{figures}}}]}}"#);
    replies(&[(Command::Stats, &text)])
}

#[test]
fn which_board_is_missing_depends_on_where_the_model_has_them() {
    let slots = |kind: &str, present: &[u32]| {
        let keys = present.iter().map(|slot| format!(r#""chain_acn{slot}":63,"chain_rate{slot}":"4500""#));
        let boards = snapshot(&old(kind, &keys.collect::<Vec<_>>().join(","))).boards;
        boards.iter().map(|board| (board.index + 1, board.state == Some(BoardState::Missing))).collect::<Vec<_>>()
    };
    assert_eq!(slots("Antminer S9", &[7, 8]), [(6, true), (7, false), (8, false)], "its boards are in 6 to 8");
    assert_eq!(slots("Antminer S9", &[6, 7]), [(6, false), (7, false), (8, true)]);
    assert_eq!(slots("Antminer S9", &[2, 3]), [(1, true), (2, false), (3, false)], "another program numbers from 1");
    assert_eq!(slots("Antminer T9", &[2, 3]), [(2, false), (3, false)], "of a T9 nothing is known");
    assert_eq!(slots("Antminer S19", &[2, 3]), [(1, true), (2, false), (3, false)]);
    assert_eq!(slots("Antminer S19", &[6, 8]), [(6, false), (7, true), (8, false)]);
}

/// The second layout: two boards, the second with these members.
fn with_board(total: u32, second: &str) -> MinerSnapshot {
    let first = r#"{"index":0,"asic_num":4,"asic":"oooo","rate_real":5}"#;
    snapshot(&stats(
        "Antminer S21",
        &format!(r#""rate_5s":{total},"rate_unit":"GH","elapsed":5000,"chain":[{first},{{"index":1,{second}}}]"#),
    ))
}

#[test]
fn a_board_is_what_its_rate_and_its_chips_say() {
    let board = |second| {
        let board = with_board(5, second).boards.swap_remove(1);
        (board.state, board.chips, board.frequency_mhz.is_some())
    };
    let (hashing, failed, idle) = (Some(BoardState::Hashing), Some(BoardState::Failed), Some(BoardState::Idle));
    assert_eq!(board(r#""asic_num":4,"asic":"oooo","rate_real":5,"freq_avg":490"#), (hashing, Some(4), true));
    assert_eq!(board(r#""asic_num":0,"asic":"oooo","rate_real":5,"freq_avg":0"#), (hashing, Some(4), false));
    assert_eq!(board(r#""asic_num":4,"asic":"xxxx","rate_real":0"#), (failed, Some(4), false));
    assert_eq!(board(r#""asic_num":4,"asic":"oxxx","rate_real":0"#), (idle, Some(4), false));
}

#[test]
fn a_board_that_does_not_do_what_the_others_do_is_a_fault() {
    let faults =
        |total, second| with_board(total, second).faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>();
    assert_eq!(faults(5, r#""asic_num":4,"asic":"xxxx","rate_real":0"#), ["board 2 does not hash"]);
    assert_eq!(faults(5, r#""asic_num":4,"asic":"ooox","rate_real":5"#), ["1 of 4 chips of board 2 do not hash"]);
    assert_eq!(faults(5, r#""asic_num":3,"asic":"ooo","rate_real":5"#), ["board 2 has 3 chips, others 4"]);
    assert_eq!(faults(5, r#""asic_num":4,"asic":"oooo","rate_real":5"#), Vec::<String>::new());
    assert_eq!(faults(0, r#""asic_num":4,"asic":"ooox","rate_real":5"#), Vec::<String>::new(), "nothing hashes");
}

/// A machine at this rate whose summary has these verdicts.
fn judged(rate: u32, figures: &str, verdicts: &str) -> MinerSnapshot {
    let info = r#""STATUS":{"STATUS":"S"},"INFO":{"miner_version":"1.3","type":"Antminer S21"}"#;
    let stats = format!(r#"{{{info},"STATS":[{{"rate_5s":{rate},"rate_unit":"GH","elapsed":5000{figures}}}]}}"#);
    let summary = format!(r#"{{{info},"SUMMARY":[{{"elapsed":5000,"status":[{verdicts}]}}]}}"#);
    snapshot(&replies(&[(Command::Stats, &stats), (Command::Summary, &summary)]))
}

#[test]
fn what_the_machine_says_of_its_parts_is_a_fault_once() {
    let faults = |rate, figures: &str, verdicts: &str| {
        let faults = judged(rate, figures, verdicts).faults;
        faults.into_iter().map(|fault| (fault.code, fault.message)).collect::<Vec<_>>()
    };
    let hot = r#","chain":[{"index":0,"asic_num":4,"rate_real":0,"temp_chip":[90,91,90,91]}]"#;
    let out_of_range = (FaultCode::Overheat, "its temperature is out of range".to_owned());
    let stopped = (FaultCode::Overheat, "stopped by its overheat protection".to_owned());
    assert_eq!(faults(5, "", r#"{"type":"temp","status":"w"}"#), std::slice::from_ref(&out_of_range));
    assert_eq!(faults(5, "", r#"{"type":"fans","status":"e"}"#), [(FaultCode::Hardware, "a fan fails".to_owned())]);
    assert_eq!(faults(0, hot, r#"{"type":"temp","status":"e"}"#), [out_of_range]);
    assert_eq!(
        faults(0, hot, r#"{"type":"temp","status":"s"}"#),
        std::slice::from_ref(&stopped),
        "it says that all is well"
    );
    assert_eq!(
        faults(0, hot, r#"{"type":"rate","status":"e","msg":"low"}"#),
        [(FaultCode::Hardware, "low".to_owned()), stopped]
    );
    let still = r#","fan_num":2,"fan":[0,3720]"#;
    assert_eq!(faults(5, still, ""), [(FaultCode::Hardware, "fan 1 stands still".to_owned())]);
    assert_eq!(faults(0, still, ""), [], "nothing hashes");
}

#[test]
fn a_machine_at_zero_tells_why_in_one_of_many_ways() {
    let state = |figures: &str, verdicts: &str| judged(0, figures, verdicts).hashing.state;
    let chain = |chip: u32, board: u32| {
        format!(r#","chain":[{{"index":0,"asic_num":4,"rate_real":0,"temp_chip":[{chip}],"temp_pcb":[{board}]}}]"#)
    };
    assert_eq!(state("", ""), None);
    assert_eq!(state("", r#"{"type":"temp","status":"e"}"#), Some(HashingState::Stopped));
    assert_eq!(state("", r#"{"type":"temp","status":"w"}"#), None);
    assert_eq!(state("", r#"{"type":"network","status":"e"}"#), Some(HashingState::Idle));
    assert_eq!(state(&chain(85, 60), ""), Some(HashingState::Stopped));
    assert_eq!(state(&chain(70, 80), ""), Some(HashingState::Stopped));
    assert_eq!(state(&chain(84, 79), ""), None);
    assert_eq!(state(r#","miner-mode":1"#, ""), Some(HashingState::Paused));
    assert_eq!(state(r#","miner-mode":0"#, ""), None);
    assert_eq!(state(r#","Mode":"254""#, ""), Some(HashingState::Paused));
}

/// What the pools say, beside the totals of the program.
fn with_pools(accepted: &str, pools: &str) -> MinerSnapshot {
    let summary = format!(
        r#"{{"STATUS":[{{"STATUS":"S"}}],"SUMMARY":[{{"Elapsed":5000,"GHS 5s":"13500","Accepted":{accepted}}}]}}"#
    );
    let pools = format!(r#"{{"STATUS":[{{"STATUS":"S"}}],"POOLS":[{pools}]}}"#);
    snapshot(&replies(&[(Command::Summary, &summary), (Command::Pools, &pools)]))
}

#[test]
fn one_mark_is_enough_to_know_the_pool_of_the_makers() {
    let own = r#"{"POOL":0,"URL":"a.example:1","User":"me","Priority":0,"Status":"Alive","Accepted":60}"#;
    for (mark, role) in [
        (r#""URL":"DevFee","User":"x""#, Fee),
        (r#""URL":"b.example:2","User":"devfee.1""#, Fee),
        (r#""URL":"b.example:2","User":"x","Type":1"#, Fee),
        (r#""URL":"b.example:2","User":"x","Priority":900"#, Fee),
        (r#""URL":"b.example:2","User":"x","Priority":899"#, Fallback),
    ] {
        let pools = format!(r#"{own},{{"POOL":1,"Status":"Alive","Accepted":7,{mark}}}"#);
        let miner = with_pools("100", &pools);
        assert_eq!(miner.pools.iter().map(|pool| pool.role).collect::<Vec<_>>(), [Some(Primary), Some(role)], "{mark}");
        let accepted = if role == Fee { 60 } else { 100 };
        assert_eq!(miner.work.accepted, Some(accepted), "with a fee the total counts shares of others: {mark}");
        let as_text = with_pools(r#""100""#, &pools).work.accepted;
        assert_eq!(as_text, Some(if role == Fee { 60 } else { 67 }), "a total that is text is not relied on: {mark}");
    }
}

#[test]
fn the_pool_in_use_of_another_group_is_a_second_one() {
    let pool = |number: u32, group: u32, is_active: bool| {
        format!(
            r#"{{"POOL":{number},"URL":"p{number}.example:1","GROUP":{group},"Priority":{number},"Status":"Alive","Stratum Active":{is_active}}}"#
        )
    };
    let pools = [pool(0, 0, true), pool(1, 1, true), pool(2, 1, false)].join(",");
    let roles: Vec<_> = with_pools("1", &pools).pools.iter().map(|pool| pool.role).collect();
    assert_eq!(roles, [Some(Primary), Some(Second), Some(Fallback)]);
}
