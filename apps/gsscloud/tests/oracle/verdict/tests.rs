//! The oracle sees what is wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use gssa_model::Timestamp;
use gssa_sim::axeos::{DeviceSpec, Model, figures};
use gssa_uplink::wire::Gap;
use gsscloud::log::Item;
use serde_json::json;

use super::*;
use crate::lane::{Ledger, source_id};

fn at() -> Timestamp {
    Timestamp::from_unix_ms(0)
}

/// What a device told: a figure a minute.
fn told() -> BTreeMap<String, Vec<Figures>> {
    let spec = DeviceSpec::new(Model::GammaV2_14_0, 1);
    let told = (1..=9).map(|number| Figures { accepted: number, ..figures(&spec, Duration::from_secs(60 * number)) });
    BTreeMap::from([(source_id(0), told.collect())])
}

fn report(seq: Seq, told: &Figures) -> Item {
    let snapshot = json!({
        "hashing": { "current_hps": told.ghs * 1e9, "expected_hps": told.expected_ghs * 1e9 },
        "uptime_secs": told.up_secs,
        "power": { "watts": told.watts, "input_volts": told.input_millivolts / 1e3, "core_millivolts": told.core_millivolts },
        "temperatures": [{ "celsius": told.chip_celsius }],
        "work": { "accepted": told.accepted, "rejected": told.rejected },
        "fans": [{ "rpm": told.fan_rpm }],
    });
    let report = json!({ "reading": { "source": { "id": source_id(0) }, "snapshot": snapshot } });
    let content = Content::Report { source_id: source_id(0).parse().unwrap(), report: report.to_string().into() };
    Item { seq, made_at: at(), content }
}

/// Nine items: seven readings, of which the two before the last are in a gap record, and a list of sources at each end. The device told
/// nine times, twice of it too late for the log.
fn log() -> (Vec<Item>, Vec<Gap>) {
    let told = told();
    let told = &told[&source_id(0)];
    let sources = |seq| Item { seq, made_at: at(), content: Content::Sources(vec![source_id(0).parse().unwrap()]) };
    let items = vec![
        sources(1),
        report(2, &told[0]),
        report(3, &told[1]),
        report(4, &told[2]),
        report(5, &told[3]),
        report(8, &told[6]),
        sources(9),
    ];
    let count = BTreeMap::from([(source_id(0), 2)]);
    (items, vec![Gap { first: 6, last: 7, missing: vec![(6, 2)], count, reason: GapReason::Thinned }])
}

fn run() -> Run {
    let ledger = Ledger { produced: 9, acknowledged: 7, thinned: 2, lost: 0, refused: 0 };
    Run { told_before: vec![0], told_after: vec![9], ledger, was_cut_off: false }
}

fn is_right(items: Vec<Item>, gaps: Vec<Gap>, run: &Run) -> bool {
    let entry = Entry::Range { first: 1, last: 9, items, gaps };
    let record = Record { position: 1, epoch: Epoch::from_random(1), received_at: at(), entry };
    catch_unwind(AssertUnwindSafe(|| {
        let mut stored = Stored::default();
        stored.take(record, &told());
        assert!(stored.is_of(run));
        stored.check("a test", run, true, &told());
    }))
    .is_ok()
}

/// Makes something wrong.
type Spoil = fn(&mut Vec<Item>, &mut Vec<Gap>, &mut Run);

#[test]
fn whatever_is_wrong_with_a_log_is_seen() {
    let (items, gaps) = log();
    assert!(is_right(items, gaps, &run()));
    let spoils: [(&str, Spoil); 13] = [
        ("an item is missing", |items, _, _| drop(items.remove(2))),
        ("an item is there twice", |items, _, _| items.insert(3, items[2].clone())),
        ("a reading is there twice, under two numbers", |items, _, _| items[3].content = items[2].content.clone()),
        ("two are in a wrong order", |items, _, _| {
            let content = items[2].content.clone();
            items[2].content = std::mem::replace(&mut items[3].content, content);
        }),
        ("a figure is another", |items, _, _| {
            let mut told = told()[&source_id(0)][1].clone();
            told.watts += 0.01;
            items[2] = report(3, &told);
        }),
        ("one was never told", |items, _, _| {
            let told = Figures { accepted: 10, ..told()[&source_id(0)][8].clone() };
            items[5] = report(8, &told);
        }),
        ("a stored item is in a gap record as well", |_, gaps, _| {
            gaps[0].missing[0].1 = 3;
            *gaps[0].count.get_mut(&source_id(0)).unwrap() = 3;
        }),
        ("a gap record does not add up", |_, gaps, _| *gaps[0].count.get_mut(&source_id(0)).unwrap() = 1),
        ("a gap record is of another source", |_, gaps, _| {
            gaps[0].count = BTreeMap::from([(String::new(), 2)]);
        }),
        ("a gap record has another reason", |_, gaps, _| gaps[0].reason = GapReason::Lost),
        ("more was acknowledged than is there", |_, _, run| run.ledger.acknowledged = 10),
        ("more was made than is there", |_, _, run| run.ledger.produced = 10),
        ("more was told than is there", |_, _, run| run.told_after[0] = 10),
    ];
    for (what, spoil) in spoils {
        let ((mut items, mut gaps), mut run) = (log(), run());
        spoil(&mut items, &mut gaps, &mut run);
        assert!(!is_right(items, gaps, &run), "{what}");
    }
}
