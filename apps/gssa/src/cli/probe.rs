//! `gssa probe`

use std::process::ExitCode;
use std::time::Duration;

use gssa_model::Address;
use gssa_view::clock::SystemClock;

use super::{FAILED, USAGE, block_on, complain, fail, say};
use crate::collectors;
use crate::probe::{Reach, probe as ask};

/// How long an address may take to tell what it is.
const TIMEOUT: Duration = Duration::from_secs(4);

/// How long each path of a MIM may take.
const PATH_TIMEOUT: Duration = Duration::from_secs(10);

/// Looks for the API of a MIM, so that an operator can choose paths to configure.
pub(super) fn mim_paths(address: &str) -> ExitCode {
    let address = match parsed(address) {
        Ok(address) => address,
        Err(code) => return code,
    };
    let found = match block_on(gssa_mim::probe_capabilities(&address, PATH_TIMEOUT)) {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            complain(&format!("no MIM at {address}: {error}"));
            return ExitCode::from(FAILED);
        }
        Err(error) => return fail(&error),
    };
    match serde_json::to_string_pretty(&found) {
        Ok(json) => say(&json),
        Err(error) => return fail(&error),
    }
    let (answered, asked) = (found.found.len(), found.found.len() + found.others.len());
    complain(&format!("{answered} of {asked} paths answered JSON; nothing was saved"));
    ExitCode::from(if answered > 0 { 0 } else { FAILED })
}

fn parsed(address: &str) -> Result<Address, ExitCode> {
    address.parse().map_err(|error| {
        complain(&format!("{address:?} is no address: {error}"));
        ExitCode::from(USAGE)
    })
}

pub(super) fn probe(address: &str) -> ExitCode {
    let address = match parsed(address) {
        Ok(address) => address,
        Err(code) => return code,
    };
    let report = match block_on(ask(&collectors::spec_at(&address, TIMEOUT), Reach::Any, &SystemClock)) {
        Ok(report) => report,
        Err(error) => return fail(&error),
    };
    match serde_json::to_string_pretty(&*report.reading) {
        Ok(json) => say(&json),
        Err(error) => return fail(&error),
    }
    if let Some(kind) = report.kind {
        let identity = report.identity.as_ref();
        let known = identity.map(|of| [&of.make, &of.model, &of.firmware, &of.firmware_version]);
        let words: Vec<&str> = known.into_iter().flatten().filter_map(|word| word.as_deref()).collect();
        complain(&format!("{address} is of kind {kind}: {}", words.join(" ")));
        return ExitCode::SUCCESS;
    }
    let why = report.reading.failure.as_ref().map_or("nothing known answers", |failure| failure.detail.as_str());
    complain(&format!("no device at {address}: {why}"));
    ExitCode::from(FAILED)
}
