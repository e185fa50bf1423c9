//! `gssa record`

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use gssa_command::StopSignals;
use gssa_model::Timestamp;
use gssa_view::clock::{Clock as _, SystemClock};
use serde_json::json;

use super::discover::load;
use super::{FAILED, RecordArgs, USAGE, block_on, complain, fail};
use crate::collectors::SUPPORTED;
use crate::config::{Configuration, Options};
use crate::record::{Recording, record};
use crate::redact::{Redactor, What};
use crate::schedule::Spec;
use crate::specs::specs;

pub(super) fn run(args: &RecordArgs) -> ExitCode {
    let (spec, redactor) = match wanted(args) {
        Ok(wanted) => wanted,
        Err(problem) => {
            complain(&problem);
            return ExitCode::from(USAGE);
        }
    };
    let begun = SystemClock.now();
    let (address, secs) = (&spec.address, args.seconds);
    complain(&format!("recording {address} for {secs} s as kind {}; Ctrl-C ends it earlier", spec.source.kind));
    let stop = async {
        // Without a handler there is no signal to wait for.
        match StopSignals::catch() {
            Ok(mut signals) => signals.next().await,
            Err(_) => std::future::pending().await,
        }
    };
    let recorded = block_on(record(&spec, Duration::from_secs(secs.into()), &SystemClock, redactor, stop));
    let recording = match recorded {
        Ok(Ok(recording)) => recording,
        Ok(Err(error)) => return fail(&error),
        Err(error) => return fail(&error),
    };
    let path = match write(args.out.as_deref(), begun, &recording) {
        Ok(path) => path,
        Err(error) => {
            complain(&format!("the recording could not be written: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    tell(&recording, &path);
    ExitCode::from(if recording.failure().is_none() { 0 } else { FAILED })
}

/// What to record: a source of the configuration by its id, else an address.
fn wanted(args: &RecordArgs) -> Result<(Spec, Redactor), String> {
    let mut redactor = Redactor::default();
    let configuration = load(&args.file.path()).current();
    if let Some(source) = configuration.config.source(&args.address) {
        if args.kind.is_some() {
            return Err(format!("{} is a source of the configuration and has its kind there", args.address));
        }
        let password = source.credentials.as_ref().and_then(|credentials| credentials.password.as_ref());
        for secret in password.into_iter().chain(&source.service.api_key) {
            redactor.learn(What::Secret, secret.expose());
        }
        let spec = specs(&configuration.config).into_iter().find(|spec| spec.source.id == source.id);
        return spec.map(|spec| (spec, redactor)).ok_or_else(|| format!("{} cannot be observed", args.address));
    }
    let source = json!({ "id": "recorded", "kind": args.kind.as_deref().unwrap_or("auto"), "address": args.address });
    let alone = Configuration::load(Options {
        path: PathBuf::new(),
        env: Vec::new(),
        overrides: json!({ "sources": [source] }),
        supported: SUPPORTED,
    })
    .current();
    let why = || {
        let why = alone.problems.iter().find(|problem| problem.path.starts_with("sources"));
        format!("{}: {}", args.address, why.map_or("it cannot be recorded", |why| &why.message))
    };
    specs(&alone.config).into_iter().next().map(|spec| (spec, redactor)).ok_or_else(why)
}

fn write(out: Option<&Path>, begun: Timestamp, recording: &Recording) -> std::io::Result<PathBuf> {
    let text = serde_json::to_vec_pretty(recording)?;
    let path = out.map_or_else(|| usual_path(begun, recording), Path::to_owned);
    // A name that nobody typed overwrites nothing.
    let mut file = match out {
        Some(_) => File::create(&path)?,
        None => OpenOptions::new().write(true).create_new(true).open(&path)?,
    };
    file.write_all(&text)?;
    file.write_all(b"\n")?;
    Ok(path)
}

/// `gssa-antminer-20261120-080910.json`: neither name nor address of the peer is in it.
fn usual_path(begun: Timestamp, recording: &Recording) -> PathBuf {
    let time: String = begun.to_string().chars().filter(char::is_ascii_digit).collect();
    let kind = recording.kind().map_or("nothing", |kind| kind.as_str());
    format!("gssa-{kind}-{}-{}.json", &time[..8], &time[8..14]).into()
}

fn tell(recording: &Recording, path: &Path) {
    let counted =
        |count: u64, (one, several): (&str, &str)| format!("{count} {}", if count == 1 { one } else { several });
    let exchanges = counted(recording.exchanges() as u64, ("exchange", "exchanges"));
    match (recording.kind(), recording.failure()) {
        (Some(kind), _) => complain(&format!("{exchanges} with a source of kind {kind}")),
        (None, why) => complain(&format!("{exchanges}, and no reading: {}", why.unwrap_or("it was ended before"))),
    }
    let redacted: Vec<String> = recording.counts().iter().map(|(what, count)| counted(*count, what.names())).collect();
    let redacted = if redacted.is_empty() { "nothing".to_owned() } else { redacted.join(", ") };
    complain(&format!("redacted: {redacted}"));
    complain(&format!(
        "written to {}; look through it before you send it to anybody: what is redacted was told by its name and its form",
        path.display()
    ));
}
