//! An agent in a process of this binary, with a day of history from the start: the command line cannot make a day pass.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gssa::agent::Agent;
use gssa::collectors::SUPPORTED;
use gssa::config::{Config, Configuration, Options};
use gssa::logging::{self, Format, Settings};
use gssa_model::{Reading, Snapshot, Timestamp};
use gssa_view::clock::{Clock, SystemClock};
use gssa_view::store::{Metric, Store};
use tracing::level_filters::LevelFilter;

use crate::Result;
use crate::reading::BODIES;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// The clock of the machine, set back by a time that shrinks to nothing.
#[derive(Debug)]
struct Behind(AtomicI64);

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(SystemClock.now().unix_ms() - self.0.load(Ordering::Relaxed))
    }
}

/// What the process does: fills the history, starts the agent, prints its address and runs until it is ended.
pub(crate) fn run(path: PathBuf) -> Result<()> {
    let options = Options { path, env: Vec::new(), overrides: serde_json::json!({}), supported: SUPPORTED };
    let (level, _) = logging::start(&Settings { level: LevelFilter::WARN, format: Format::Text, file: None });
    let configuration = Configuration::load(options);
    let clock = Arc::new(Behind(AtomicI64::new(DAY_MS)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(2).build()?;
    runtime.block_on(async {
        let agent = Arc::new(Agent::with_clock(configuration.clone(), level, clock.clone()));
        fill(agent.store(), &configuration.current().config, &clock)?;
        println!("{}", agent.start().await?);
        std::future::pending().await
    })
}

/// Puts a reading of every source for each step of a day.
fn fill(store: &Store, config: &Config, clock: &Behind) -> Result<()> {
    store.fit_history(config.polling.history_max_bytes, config.sources.len());
    let Some(first) = config.sources.first() else { return Ok(()) };
    let sources: Vec<_> = config.sources.iter().map(|source| Arc::new(source.described())).collect();
    let snapshot = Arc::new(Snapshot::from(gssa_axeos::normalize(&gssa_axeos::parse(BODIES[0].1)?, None)));
    store.put(Arc::new(Reading::pending(sources[0].clone())), Arc::new([]));
    let step_secs = store.history(first.id.as_str(), None, Metric::Watts, None).ok_or("no history")?.step_secs;
    let step_ms = step_secs as i64 * 1000;
    for behind in (0..DAY_MS / step_ms).rev() {
        clock.0.store(behind * step_ms, Ordering::Relaxed);
        for source in &sources {
            let mut reading = Reading::pending(source.clone());
            (reading.snapshot_at, reading.snapshot) = (Some(clock.now()), Some(snapshot.clone()));
            store.put(Arc::new(reading), Arc::new([]));
        }
    }
    Ok(())
}
