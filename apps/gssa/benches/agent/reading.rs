//! One reading from bytes to the store, without a socket.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gssa::observe::{Attempt, Past, Rules, observe};
use gssa_model::{Reading, Snapshot, Source, SourceKind, Timestamp};
use gssa_view::store::Store;

use crate::polls::median;
use crate::{Plan, Result, row};

/// Replies of three firmwares, small to large.
pub(crate) const BODIES: [(&str, &[u8]); 3] = [
    ("Gamma 2.12", include_bytes!("../../../../fixtures/axeos/gamma/v2.12.2/info.json")),
    ("NerdQAxe++ 1.1", include_bytes!("../../../../fixtures/axeos/nerdqaxe-plus-plus/v1.1.0/info.json")),
    ("Gamma 2.15", include_bytes!("../../../../fixtures/axeos/gamma/v2.15.0/info.json")),
];

/// As many sources as the store has while it is measured.
const SOURCES: usize = 1_000;

pub(crate) fn measure(plan: &Plan) -> Result<()> {
    let batches = plan.either(500, 100);
    let mut sums = [0.0; 3];
    for (name, body) in BODIES {
        let info = gssa_axeos::parse(body)?;
        let snapshot = Snapshot::from(gssa_axeos::normalize(&info, None));
        let steps = [
            ("parse", micros(batches, || (), |()| drop(black_box(gssa_axeos::parse(black_box(body)))))),
            ("normalize", micros(batches, || (), |()| drop(black_box(gssa_axeos::normalize(black_box(&info), None))))),
            ("observe and store", observing(batches, &snapshot)?),
        ];
        for ((step, micros), sum) in steps.into_iter().zip(&mut sums) {
            *sum += micros;
            row(&format!("{step}, {name} ({} bytes)", body.len()), &format!("{micros:.2} µs"), "");
        }
    }
    let mean = sums.iter().sum::<f64>() / BODIES.len() as f64;
    row("one reading, mean of the three", &format!("{mean:.2} µs"), "");
    Ok(())
}

/// The sources of a store, by number.
pub(crate) fn source(index: usize) -> Result<Source> {
    Ok(Source {
        id: format!("sim-{index:05}").parse()?,
        name: format!("Simulated {index}"),
        kind: SourceKind::Axeos,
        address: format!("http://127.88.0.1:{index}"),
        group: Some("sim".to_owned()),
        tags: Vec::new(),
    })
}

fn observing(batches: usize, snapshot: &Snapshot) -> Result<f64> {
    let sources = (0..SOURCES).map(|index| Ok(Arc::new(source(index)?))).collect::<Result<Vec<_>>>()?;
    let store = Store::new(16 << 20);
    store.fit_history(16 << 20, SOURCES);
    for source in &sources {
        store.put(Arc::new(Reading::pending(source.clone())), Arc::new([]));
    }
    let (rules, mut round) = (Rules { down_after_misses: 2, limits: gssa::config::Limits::default() }, 0);
    let took = Duration::from_millis(40);
    Ok(micros(
        batches,
        || snapshot.clone(),
        |snapshot| {
            let source = &sources[round % SOURCES];
            let at = Timestamp::from_unix_ms(1_795_000_000_000 + (round / SOURCES) as i64 * 10_000);
            round += 1;
            let attempt = Attempt { outcome: Ok(snapshot), at, took, since_last_good: Duration::from_secs(10) };
            let before = store.get(source.id.as_str());
            let last = before.as_ref().map(|before| (&*before.reading, &*before.findings));
            let observed = observe(source, last, Past::default(), attempt, &rules);
            store.put(Arc::new(observed.reading), observed.findings.into());
        },
    ))
}

/// The median over batches of what one call takes; what it is given is made outside of the time.
fn micros<T>(batches: usize, mut make: impl FnMut() -> T, mut call: impl FnMut(T)) -> f64 {
    // Short enough that most batches are not interrupted on a busy machine.
    const CALLS: u32 = 50;
    let batch = |_| {
        let given: Vec<T> = (0..CALLS).map(|_| make()).collect();
        let begun = Instant::now();
        given.into_iter().for_each(&mut call);
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
    };
    median((0..batches).map(batch).collect())
}
