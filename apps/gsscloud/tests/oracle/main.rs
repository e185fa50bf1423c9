//! The fault oracle of the uplink: real agents and a real receiver, everything between them that can fail, and at the end the question
//! whether what the agents produced is what the receiver has.
//!
//! Each agent has simulated devices, which number what they tell and remember it, and a proxy, which fails on demand. When it is over the
//! receiver's file is opened and, for each run of each agent, without a hole: items produced = items stored ∪ gap records ∪ what comes after
//! `epoch_lost`; nothing is there twice; the readings of a source are in order; and each is what its device told, figure for figure.
//!
//! `GSSA_ORACLE_FAULTS` is how many faults are made, at least; without it each kind is made once. `GSSA_ORACLE_SEED` gives another order.
//! `GSSA_BIN` is another agent than the one that cargo built beside this receiver.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests, and what only they use")]

/// Certificates of the tests of the uplink.
#[path = "../../../../crates/gssa-uplink/tests/client/certificates.rs"]
mod certificates;
mod fault;
mod frames;
mod lane;
mod programs;
mod proxy;
mod tls;
mod verdict;

use std::collections::BTreeMap;
use std::env;
use std::time::Instant;

use fastrand::Rng;
use fault::{Kind, Means};
use gsscloud::db::Db;
use gsscloud::log::{EmbeddedLog, Retention};
use lane::Lane;
use programs::{Cloud, can_have_own_names, faketime};
use verdict::Figure;

/// Tells how it goes to whoever runs it with `--nocapture`, or when it has failed.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
pub(crate) fn tell(line: &str) {
    println!("{line}");
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text:?}")))
}

#[test]
fn what_agents_produce_is_stored_once_or_named_as_missing_whatever_fails_between() {
    let seed = number("GSSA_ORACLE_SEED").unwrap_or(1);
    let mut rng = Rng::with_seed(seed);
    let means = Means { clock: faketime().is_some(), names: can_have_own_names() };
    let scripts = match number("GSSA_ORACLE_FAULTS") {
        None => fault::short(&mut rng, means),
        Some(faults) => fault::long(&mut rng, means, faults as usize),
    };
    tell(&format!("seed {seed}, {} agents", scripts.len()));
    for (can, what) in [(means.clock, "jumps of the clock (no libfaketime)"), (means.names, "dead DNS (no unshare)")] {
        if !can {
            tell(&format!("left out, since this machine cannot do that: {what}"));
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (cloud, tls, begun) = (Cloud::start(dir.path()), tls::Tls::new(), Instant::now());
    let lanes: Vec<Lane<'_>> = (1..)
        .zip(&scripts)
        .map(|(number, script)| Lane::start(number, script, means, &cloud, &tls, &runtime, begun))
        .collect();
    let mut lanes: Vec<Lane<'_>> = std::thread::scope(|scope| {
        let playing = lanes.into_iter().zip(&scripts).map(|(mut lane, script)| {
            scope.spawn(move || {
                let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| lane.play(&script.faults)));
                if let Err(panic) = played {
                    tell(&format!("--- log of the agent of {} ---\n{}", lane.name, lane.log()));
                    std::panic::resume_unwind(panic);
                }
                lane
            })
        });
        let playing: Vec<_> = playing.collect();
        playing.into_iter().map(|lane| lane.join().expect("what goes wrong is played to its end")).collect()
    });
    lanes.iter_mut().for_each(Lane::stop);
    cloud.stop();
    // A killed receiver comes back, and a cut connection too: no agent is taken for two.
    let log = cloud.log();
    assert!(!log.contains("two copies") && !log.contains("panicked"), "{log}");

    let log = runtime.block_on(async {
        let db = Db::open(&dir.path().join("gsscloud.redb"), 4 << 20).unwrap();
        EmbeddedLog::new(db, Retention::default()).await.unwrap()
    });
    let (mut total, mut made) = (Figure::default(), BTreeMap::<Kind, u64>::new());
    for lane in &lanes {
        let figure = runtime.block_on(verdict::judge(&log, &lane.id, &lane.runs, &lane.told()));
        tell(&format!("{}: {figure:?}", lane.name));
        total += figure;
        for (kind, count) in &lane.made {
            *made.entry(*kind).or_default() += count;
        }
    }
    tell(&format!("{:.0} s, {} faults", begun.elapsed().as_secs_f64(), made.values().sum::<u64>()));
    for (kind, count) in &made {
        tell(&format!("{count:4}  {kind}"));
    }
    tell(&format!("{total:#?}"));
    let wanted = number("GSSA_ORACLE_FAULTS").unwrap_or(20);
    assert!(made.values().sum::<u64>() >= wanted.min(18), "too little went wrong");
    assert!(total.readings > 100 && total.thinned + total.lost > 0 && total.epochs_lost > 0, "too little was made");
}
