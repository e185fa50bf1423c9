//! What the goldens of whole machines leave open: composed replies with one figure each.

mod verdicts;

use gssa_model::unit::{Celsius, Hashrate};
use gssa_model::{HashingState, Sensor};

use super::*;
use crate::parse_reply;

/// Replies of commands, as they are written.
fn replies(list: &[(Command, &str)]) -> Replies {
    let mut replies = Replies::default();
    for (command, text) in list {
        replies.insert(*command, parse_reply(text.as_bytes()).unwrap());
    }
    replies
}

/// `stats` in the layout of 2021 on, of a machine of this type.
fn stats(kind: &str, figures: &str) -> Replies {
    let text = format!(
        r#"{{"STATUS":{{"STATUS":"S"}},"INFO":{{"miner_version":"1.3","type":"{kind}"}},"STATS":[{{{figures}}}]}}"#
    );
    replies(&[(Command::Stats, &text)])
}

fn snapshot(replies: &Replies) -> MinerSnapshot {
    normalize(replies, &Pages::default())
}

#[test]
fn a_machine_hashes_if_it_says_a_rate_above_zero() {
    let says = |figures| hashes(&stats("Antminer S21", figures));
    assert!(says(r#""rate_5s":200000.5,"rate_unit":"GH""#));
    assert!(!says(r#""rate_5s":0,"rate_unit":"GH""#));
    assert!(!says(r#""elapsed":20"#));
}

#[test]
fn what_cannot_be_read_and_a_unit_that_is_not_known_are_gaps() {
    let gaps = |figures| {
        let gaps = snapshot(&stats("Antminer S21", figures)).gaps;
        gaps.into_iter().map(|gap| gap.field).collect::<Vec<_>>()
    };
    assert_eq!(gaps(r#""rate_5s":200000.5,"rate_unit":"GH""#), Vec::<String>::new());
    assert_eq!(gaps(r#""rate_5s":200000.5,"rate_unit":"GH","Elapsed":"soon""#), ["Elapsed"]);
    assert_eq!(gaps(r#""rate_5s":9000000000000000"#), ["GHS 5s"], "too much in every unit");
}

#[test]
fn a_model_that_is_not_known_is_called_as_it_calls_itself() {
    let model = |kind| snapshot(&stats(kind, r#""rate_5s":5,"rate_unit":"GH""#)).identity.model;
    assert_eq!(model("Antminer Q77").as_deref(), Some("Antminer Q77"));
    assert_eq!(model("Antminer S21").as_deref(), Some("Antminer S21"));
}

#[test]
fn the_nominal_rate_goes_before_the_sum_of_the_boards() {
    let expected = |nominal: u32| {
        let figures = format!(
            r#""rate_5s":200000,"rate_unit":"GH","rate_ideal":{nominal},"chain":[{{"index":0,"rate_ideal":60000,"asic_num":108}}]"#
        );
        snapshot(&stats("Antminer S21", &figures)).hashing.expected_hps.map(Hashrate::get)
    };
    assert_eq!((expected(200_000), expected(0)), (Some(2e14), Some(6e13)));
}

#[test]
fn an_address_that_means_the_machine_itself_is_none() {
    let ip = |text: &str| {
        let page = parse_reply(format!(r#"{{"minertype":"Antminer S21","ipaddress":"{text}"}}"#).as_bytes()).unwrap();
        let pages = Pages { system_info: Some(page), ..Pages::default() };
        normalize(&stats("Antminer S21", r#""elapsed":5000"#), &pages).network.ip.map(|ip| ip.to_string())
    };
    assert_eq!(ip("192.168.1.70").as_deref(), Some("192.168.1.70"));
    assert_eq!((ip("127.0.0.1"), ip("0.0.0.0")), (None, None));
}

#[test]
fn a_machine_at_zero_is_starting_for_five_minutes() {
    let state = |figures| snapshot(&stats("Antminer S21", figures)).hashing.state;
    assert_eq!(state(r#""rate_5s":0,"rate_unit":"GH","elapsed":299"#), Some(HashingState::Starting));
    assert_eq!(state(r#""rate_5s":0,"rate_unit":"GH","elapsed":300"#), None);
    assert_eq!(state(r#""elapsed":20"#), None, "it has figures, and says no rate");
    let old = r#"{"STATUS":[{"STATUS":"S"}],"STATS":[{"Type":"Antminer S9"},{"Elapsed":20}]}"#;
    assert_eq!(snapshot(&replies(&[(Command::Stats, old)])).hashing.state, None, "the first layout says no rate");
}

#[test]
fn a_board_beyond_the_slots_is_none() {
    let boards = |index: u32| {
        let figures =
            format!(r#""rate_5s":5,"rate_unit":"GH","chain":[{{"index":{index},"asic_num":108,"rate_real":5}}]"#);
        snapshot(&stats("Antminer S21", &figures)).boards.iter().filter(|board| board.chips == Some(108)).count()
    };
    let slots = crate::antminer::slots::MAX_SLOT;
    assert_eq!((boards(slots - 1), boards(slots)), (1, 0));
}

#[test]
fn with_water_the_lists_of_temperatures_mean_other_things() {
    let temperatures = |kind| {
        let chain =
            r#""chain":[{"index":0,"asic_num":108,"rate_real":5,"temp_chip":[31,44,60,61],"temp_pcb":[50,51,52,53]}]"#;
        let all = snapshot(&stats(kind, &format!(r#""rate_5s":5,"rate_unit":"GH",{chain}"#))).temperatures;
        all.into_iter().map(|entry| (entry.sensor, entry.celsius.get())).collect::<Vec<_>>()
    };
    let of = |list: &[(Sensor, f64)], sensor| {
        list.iter().filter(|entry| entry.0 == sensor).map(|entry| entry.1).collect::<Vec<_>>()
    };
    let hydro = temperatures("Antminer S21 Hyd.");
    assert_eq!((of(&hydro, Sensor::Intake), of(&hydro, Sensor::Outlet)), (vec![31.0], vec![44.0]));
    let air = temperatures("Antminer S21");
    assert_eq!((of(&air, Sensor::Intake), of(&air, Sensor::Chip)), (vec![], vec![61.0]));
    let sensors = |kind| {
        let chain = r#""chain":[{"index":0,"asic_num":108,"rate_real":5,"temp_chip":[31,44,60,61]}]"#;
        let all = snapshot(&stats(kind, &format!(r#""rate_5s":5,"rate_unit":"GH",{chain}"#))).boards;
        all[0].chips_celsius.iter().map(|celsius| Celsius::get(*celsius)).collect::<Vec<_>>()
    };
    assert_eq!((sensors("Antminer S21"), sensors("Antminer S19 Pro+ Hyd.")), (vec![31.0, 44.0, 60.0, 61.0], vec![]));
}

#[test]
fn a_machine_that_says_nothing_of_its_program_has_no_firmware() {
    let summary = r#"{"STATUS":[{"STATUS":"S"}],"SUMMARY":[{"Elapsed":5000,"GHS 5s":"13500"}]}"#;
    assert_eq!(snapshot(&replies(&[(Command::Summary, summary)])).identity.firmware, None);
    let version =
        r#"{"STATUS":[{"STATUS":"S"}],"VERSION":[{"Miner":"16.8.1.3","CompileTime":"Fri Nov 17 17:37:49 CST 2017"}]}"#;
    let named = snapshot(&replies(&[(Command::Summary, summary), (Command::Version, version)])).identity.firmware;
    assert_eq!(named.as_deref(), Some("Bitmain"));
}

#[test]
fn as_many_fans_as_there_should_be_exist_even_at_zero() {
    let fans = |fans: &str| {
        let old = format!(
            r#"{{"STATUS":[{{"STATUS":"S"}}],"STATS":[{{"Type":"Antminer S9"}},{{"GHS 5s":"13500",{fans}}}]}}"#
        );
        snapshot(&replies(&[(Command::Stats, &old)])).fans.iter().map(|fan| (fan.index, fan.rpm)).collect::<Vec<_>>()
    };
    let (still, turns) = (Some(0), Some(3720));
    assert_eq!(fans(r#""fan_num":2,"fan5":0,"fan6":3720"#), [(4, still), (5, turns)]);
    assert_eq!(fans(r#""fan_num":2,"fan1":0,"fan2":3720,"fan3":0"#), [(0, still), (1, turns)]);
    assert_eq!(
        fans(r#""fan_num":2,"fan1":0,"fan5":3720,"fan6":0"#),
        [(4, turns)],
        "which one is missing cannot be told"
    );
    assert_eq!(fans(r#""fan1":0,"fan2":3720"#), [(1, turns)]);
}

#[test]
fn the_pool_with_the_lowest_priority_comes_first_wherever_it_stands() {
    use gssa_model::PoolRole::{Fallback, Primary};
    let pools = |first: u32, second: u32| {
        let text = format!(
            r#"{{"STATUS":[{{"STATUS":"S"}}],"POOLS":[{{"POOL":0,"URL":"a.example:1","Priority":{first},"Status":"Alive"}},
               {{"POOL":1,"URL":"b.example:2","Priority":{second},"Status":"Alive"}}]}}"#
        );
        snapshot(&replies(&[(Command::Pools, &text)])).pools.iter().map(|pool| pool.role).collect::<Vec<_>>()
    };
    assert_eq!(pools(0, 1), [Some(Primary), Some(Fallback)]);
    assert_eq!(pools(1, 0), [Some(Fallback), Some(Primary)]);
    assert_eq!(pools(5, 5), [Some(Primary), Some(Fallback)], "then the lowest number");
}

#[test]
fn a_machine_without_figures_is_what_its_settings_say() {
    let text = r#"{"STATUS":{"STATUS":"S"},"INFO":{"miner_version":"1.3","type":"Antminer S21"},"STATS":[]}"#;
    let empty = replies(&[(Command::Stats, text)]);
    let with = |mode: &str| {
        let conf = parse_reply(format!(r#"{{"bitmain-work-mode":{mode}}}"#).as_bytes()).unwrap();
        normalize(&empty, &Pages { miner_conf: Some(conf), ..Pages::default() }).hashing.state
    };
    assert_eq!(snapshot(&empty).hashing.state, None);
    assert_eq!((with("0"), with("1")), (Some(HashingState::Starting), Some(HashingState::Paused)));
}

#[test]
fn luxos_says_that_it_is_curtailed() {
    let state = |mode: &str| {
        let stats = r#"{"STATUS":[{"STATUS":"S"}],"STATS":[{"LUXminer":"2024.5"},{"Elapsed":5000,"GHS 5s":0}]}"#;
        let config = format!(r#"{{"STATUS":[{{"STATUS":"S"}}],"CONFIG":[{{"CurtailMode":"{mode}"}}]}}"#);
        snapshot(&replies(&[(Command::Stats, stats), (Command::Config, &config)])).hashing.state
    };
    assert_eq!((state("Sleep"), state("None")), (Some(HashingState::Paused), None));
}
