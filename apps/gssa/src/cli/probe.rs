//! `gssa probe`

use std::process::ExitCode;
use std::time::Duration;

use gssa_model::Address;

use super::{FAILED, USAGE, block_on, complain, fail, say};
use crate::clock::SystemClock;
use crate::collectors;
use crate::probe::{Reach, probe as ask};

/// How long an address may take to tell what it is.
const TIMEOUT: Duration = Duration::from_secs(4);

pub(super) fn probe(address: &str) -> ExitCode {
    let address: Address = match address.parse() {
        Ok(address) => address,
        Err(error) => {
            complain(&format!("{address:?} is no address: {error}"));
            return ExitCode::from(USAGE);
        }
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
