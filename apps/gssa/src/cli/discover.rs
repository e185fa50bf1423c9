//! `gssa discover`

use std::io::{IsTerminal as _, Write as _, stderr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use gssa_view::clock::SystemClock;
use gssa_view::store::Store;
use serde_json::Value;

use super::{DiscoverArgs, FAILED, USAGE, block_on, complain, fail, say};
use crate::collectors::SUPPORTED;
use crate::config::{Configuration, Options, PutError};
use crate::discovery::findings::{Finding, Status, model};
use crate::discovery::scan::Surroundings;
use crate::discovery::targets::OWN;
use crate::discovery::{Discovery, Progress, Report, Request, Stage, StartError, adding};
use crate::figures::hashrate;
use crate::naming::Names;
use crate::schedule::Gate;
use crate::supervise::Supervisor;

pub(super) fn discover(args: &DiscoverArgs) -> ExitCode {
    let configuration = load(&args.file.path());
    match block_on(search(args, &configuration)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

/// The configuration file, for what is known already and for what is added.
pub(super) fn load(path: &Path) -> Configuration {
    let env = std::env::vars().collect();
    Configuration::load(Options { path: path.to_owned(), env, overrides: serde_json::json!({}), supported: SUPPORTED })
}

async fn search(args: &DiscoverArgs, configuration: &Configuration) -> ExitCode {
    let around = Surroundings {
        store: Arc::new(Store::new(0)),
        gate: Arc::new(Gate::new(usize::from(args.concurrency))),
        clock: Arc::new(SystemClock),
    };
    let discovery = Discovery::new(around, configuration.clone(), Supervisor::default());
    let request = Request {
        range: if args.ranges.is_empty() { OWN.to_owned() } else { args.ranges.join(",") },
        ports: args.ports.clone(),
        concurrency: usize::from(args.concurrency),
        force: args.force,
    };
    let begun = match discovery.start(&request) {
        Ok(begun) => begun,
        Err(error) => {
            complain(&error.to_string());
            // Nothing that was typed is wrong with a machine that is in no network.
            let is_wrong = !args.ranges.is_empty() || !matches!(error, StartError::Targets(_));
            return ExitCode::from(if is_wrong { USAGE } else { FAILED });
        }
    };
    for note in &begun.notes {
        complain(&format!("note: {note}"));
    }
    let mut bar = stderr().is_terminal().then(Bar::default);
    discovery
        .follow(&begun.id, |progress| {
            if let Some(bar) = &mut bar {
                bar.show(progress);
            }
        })
        .await;
    let Some(report) = discovery.report(&begun.id) else { return ExitCode::from(FAILED) };
    show(args, &report);
    let is_found = report.results.iter().any(|finding| !matches!(finding.status, Status::Unknown | Status::Ignored));
    let is_well = report.progress.state == Stage::Done && is_found;
    if args.add
        && let Err(error) = add(configuration, &report.results).await
    {
        return not_saved(&error);
    }
    ExitCode::from(if is_well { 0 } else { FAILED })
}

fn show(args: &DiscoverArgs, report: &Report) {
    if args.json {
        match serde_json::to_string_pretty(report) {
            Ok(json) => say(&json),
            Err(error) => drop(fail(&error)),
        }
        return;
    }
    for line in table(&report.results) {
        say(&line);
    }
    let Progress { done, started_at, ended_at, .. } = &report.progress;
    let took_ms = ended_at.map_or(0, |ended| ended.unix_ms() - started_at.unix_ms());
    let answers = match report.results.len() {
        0 => "nothing answers".to_owned(),
        1 => "1 answers".to_owned(),
        count => format!("{count} answer"),
    };
    complain(&format!("{done} addresses asked in {:.1} s: {answers}", took_ms as f64 / 1000.0));
}

/// Writes the new ones into the file.
async fn add(configuration: &Configuration, findings: &[Finding]) -> Result<(), PutError> {
    let mut candidate = configuration.shown();
    let known = candidate["sources"].as_array().map_or(&[][..], Vec::as_slice);
    let new = adding::sources(findings, &mut Names::of(known));
    let count = new.len();
    if count == 0 {
        complain("nothing new to add");
        return Ok(());
    }
    let added = candidate.as_object_mut().map(|keys| keys.entry("sources").or_insert_with(|| Value::Array(Vec::new())));
    if let Some(Value::Array(sources)) = added {
        sources.extend(new);
    }
    let etag = configuration.current().etag.clone();
    configuration.put(candidate, Some(&etag)).await?;
    let sources = if count == 1 { "source" } else { "sources" };
    complain(&format!("{count} {sources} added to {}", configuration.path().display()));
    Ok(())
}

/// Says why a configuration was not saved, every problem of it.
pub(super) fn not_saved(error: &PutError) -> ExitCode {
    if let PutError::Invalid(problems) = error {
        for problem in problems {
            complain(&format!("{}: {}", problem.path, problem.message));
        }
    }
    fail(error)
}

/// One line for each finding under a line of headings, in columns.
fn table(findings: &[Finding]) -> Vec<String> {
    const HEADINGS: [&str; 7] = ["STATUS", "KIND", "MODEL", "ADDRESS", "MAC", "HOSTNAME", "HASHRATE"];
    if findings.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(findings.iter().map(cells));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 7] = std::array::from_fn(width);
    let line = |(number, row): (usize, &[String; 7])| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>().join("  ");
        let remark = number.checked_sub(1).and_then(|number| remark(&findings[number]));
        let line = remark.map_or(cells.clone(), |remark| format!("{cells}  ({remark})"));
        line.trim_end().to_owned()
    };
    rows.iter().enumerate().map(line).collect()
}

/// What no column is for.
fn remark(finding: &Finding) -> Option<String> {
    let announced = finding.announced.as_ref().map(|name| format!("announced as {name:?}"));
    let parts: Vec<String> = finding.why.iter().cloned().chain(announced).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn cells(finding: &Finding) -> [String; 7] {
    let identity = finding.identity.clone().unwrap_or_default();
    let status = match (finding.status, &finding.source_id) {
        (Status::Known, Some(id)) if finding.moved == Some(true) => format!("moved: {id}"),
        (Status::Known, Some(id)) => format!("known: {id}"),
        (Status::NeedsPassword, _) => "needs password".into(),
        (status, _) => status.as_str().into(),
    };
    let model = model(&identity);
    let or_dash = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| "-".into());
    [
        status,
        or_dash(finding.kind.map(|kind| kind.to_string())),
        or_dash(model),
        finding.address.clone(),
        or_dash(identity.mac.map(|mac| mac.to_string())),
        or_dash(identity.hostname),
        or_dash(finding.current_hps.map(|hps| hashrate(hps.get()))),
    ]
}

/// One line on the terminal that is written over and over; gone in the end.
#[derive(Debug, Default)]
struct Bar {
    shown_percent: Option<(u64, u64)>,
}

impl Bar {
    const CELLS: u64 = 30;

    fn show(&mut self, progress: &Progress) {
        let mut out = stderr().lock();
        if progress.state != Stage::Running {
            let _ = write!(out, "\r\x1b[K");
            return;
        }
        let Progress { done, total, found, .. } = progress;
        let now = (done * 100 / total.max(&1), *found);
        if self.shown_percent.replace(now) == Some(now) {
            return;
        }
        let full = done * Self::CELLS / total.max(&1);
        let bar: String = (0..Self::CELLS).map(|cell| if cell < full { '#' } else { '.' }).collect();
        let _ = write!(out, "\r\x1b[K[{bar}] {done}/{total} asked, {found} answer");
        let _ = out.flush();
    }
}
