//! `gssa run`

use std::process::ExitCode;
use std::sync::Arc;

use super::{FAILED, RunArgs, block_on, complain, fail};
use crate::agent::{Agent, log_settings};
use crate::collectors::SUPPORTED;
use crate::config::{Configuration, Options};
use crate::logging;
use crate::signals::Signals;

pub(super) fn run(args: &RunArgs) -> ExitCode {
    let configuration = Configuration::load(Options {
        path: args.file.path(),
        env: std::env::vars().collect(),
        overrides: args.overrides.to_json(),
        supported: SUPPORTED,
    });
    run_agent(configuration, async |_| {})
}

/// Runs an agent until a signal ends it. `started` is told the address that it listens at.
pub(super) fn run_agent(configuration: Configuration, started: impl AsyncFnOnce(std::net::SocketAddr)) -> ExitCode {
    let (level, log_file) = logging::start(&log_settings(&configuration.current().config));
    if let Err(error) = log_file {
        tracing::warn!("{error}; the log goes to the terminal only");
    }
    let outcome = block_on(async {
        let mut signals = match Signals::catch() {
            Ok(signals) => signals,
            Err(error) => return fail(&error),
        };
        let agent = Arc::new(Agent::new(configuration, level));
        match agent.start().await {
            Ok(address) => started(address).await,
            Err(error) => return fail(&error),
        }
        signals.stopped(async || agent.reload().await).await;
        tokio::select! {
            in_time = agent.stop() => ExitCode::from(if in_time { 0 } else { FAILED }),
            () = signals.stopped(async || {}) => ExitCode::from(FAILED),
        }
    });
    outcome.unwrap_or_else(|error| {
        complain(&format!("cannot start: {error}"));
        ExitCode::from(FAILED)
    })
}
