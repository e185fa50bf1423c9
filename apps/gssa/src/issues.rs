//! What needs attention now, with related trouble in one line.

use std::collections::BTreeMap;

use gssa_model::{Severity, SourceId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::assess::{Finding, IssueCode};
use crate::store::Versioned;

/// So many sources of one group with the same trouble at the same time are one issue.
const MIN_GROUP: usize = 3;

/// How far apart troubles may begin to be the same, in milliseconds.
const TOGETHER_MS: i64 = 60_000;

/// Everything that needs attention now.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Issues {
    /// Worst first, then oldest first.
    pub issues: Vec<Issue>,
}

/// One thing that needs attention, at one source or at several of a group.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Issue {
    /// The same as long as the issue lasts.
    pub id: String,
    /// What it is.
    pub code: IssueCode,
    /// How bad it is.
    pub severity: Severity,
    /// In a few words.
    pub title: String,
    /// With its figures.
    pub detail: String,
    /// Since when.
    pub since: Timestamp,
    /// The sources concerned.
    pub source_ids: Vec<SourceId>,
    /// The group, for an issue of several sources.
    pub group: Option<String>,
}

/// A finding and whose it is.
struct Found<'a> {
    entry: &'a Versioned,
    finding: &'a Finding,
}

/// The issues of these readings.
pub fn issues(readings: &[Versioned]) -> Issues {
    let mut alike: BTreeMap<(IssueCode, &str, Option<&str>), Vec<Found<'_>>> = BTreeMap::new();
    for entry in readings {
        for finding in &*entry.findings {
            let key = (finding.code, finding.reason, entry.reading.source.group.as_deref());
            alike.entry(key).or_default().push(Found { entry, finding });
        }
    }
    let mut issues = Vec::new();
    for ((.., group), mut found) in alike {
        found.sort_by_key(|found| found.finding.since);
        for together in begun_together(found) {
            match group {
                Some(group) if together.len() >= MIN_GROUP => issues.push(of_group(group, &together)),
                _ => issues.extend(together.iter().map(of_source)),
            }
        }
    }
    issues.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.since.cmp(&b.since)).then_with(|| a.id.cmp(&b.id)));
    Issues { issues }
}

/// Cuts findings that are sorted by time where one begins more than [`TOGETHER_MS`] after the first of its part.
fn begun_together(found: Vec<Found<'_>>) -> Vec<Vec<Found<'_>>> {
    let mut parts: Vec<Vec<Found<'_>>> = Vec::new();
    for next in found {
        match parts.last_mut() {
            Some(part) if next.finding.since.unix_ms() - part[0].finding.since.unix_ms() <= TOGETHER_MS => {
                part.push(next);
            }
            _ => parts.push(vec![next]),
        }
    }
    parts
}

fn of_source(found: &Found<'_>) -> Issue {
    let (source, finding) = (&found.entry.reading.source, found.finding);
    Issue {
        id: match &finding.part {
            Some(part) => format!("{}-{}-{part}", code_word(finding.code), source.id),
            None => format!("{}-{}", code_word(finding.code), source.id),
        },
        code: finding.code,
        severity: finding.severity,
        title: format!("{} {}", source.name, predicate(finding.code, false)),
        detail: finding.detail.to_string(),
        since: finding.since,
        source_ids: vec![source.id.clone()],
        group: None,
    }
}

fn of_group(group: &str, together: &[Found<'_>]) -> Issue {
    let first = &together[0];
    let mut source_ids: Vec<SourceId> = together.iter().map(|found| found.entry.reading.source.id.clone()).collect();
    source_ids.sort();
    Issue {
        id: format!("{}-{}-{}", code_word(first.finding.code), source_ids[0], first.finding.since.unix_ms()),
        code: first.finding.code,
        severity: together.iter().map(|found| found.finding.severity).max().unwrap_or(Severity::Warning),
        title: format!("{} devices in {group} {}", together.len(), predicate(first.finding.code, true)),
        detail: first.finding.detail.to_string(),
        since: first.finding.since,
        source_ids,
        group: Some(group.to_owned()),
    }
}

const fn code_word(code: IssueCode) -> &'static str {
    match code {
        IssueCode::Offline => "offline",
        IssueCode::Auth => "auth",
        IssueCode::Hot => "hot",
        IssueCode::Warm => "warm",
        IssueCode::NotHashing => "not-hashing",
        IssueCode::LowHashrate => "low-hashrate",
        IssueCode::HighRejects => "high-rejects",
        IssueCode::OnFallbackPool => "on-fallback-pool",
        IssueCode::PowerFault => "power-fault",
        IssueCode::Fault => "fault",
        IssueCode::Frozen => "frozen",
        IssueCode::Impossible => "impossible",
        IssueCode::Unsupported => "unsupported",
        IssueCode::NotEarning => "not-earning",
        IssueCode::Incomplete => "incomplete",
        IssueCode::CoinTrouble => "coin-trouble",
        IssueCode::NotCounted => "not-counted",
        IssueCode::ServerUnreachable => "server-unreachable",
        IssueCode::DiskFull => "disk-full",
        IssueCode::MemoryFull => "memory-full",
        IssueCode::ContainerTrouble => "container-trouble",
        IssueCode::UpdateAvailable => "update-available",
        IssueCode::RebootRequired => "reboot-required",
    }
}

/// What a sentence about one or several devices says.
const fn predicate(code: IssueCode, several: bool) -> &'static str {
    match (code, several) {
        (IssueCode::Offline, false) => "is offline",
        (IssueCode::Offline, true) => "are offline",
        (IssueCode::Auth, false) => "refuses access",
        (IssueCode::Auth, true) => "refuse access",
        (IssueCode::Hot, false) => "is too hot",
        (IssueCode::Hot, true) => "are too hot",
        (IssueCode::Warm, false) => "runs warm",
        (IssueCode::Warm, true) => "run warm",
        (IssueCode::NotHashing, false) => "is not hashing",
        (IssueCode::NotHashing, true) => "are not hashing",
        (IssueCode::LowHashrate, false) => "is below its hashrate",
        (IssueCode::LowHashrate, true) => "are below their hashrate",
        (IssueCode::HighRejects, _) => "with many rejected shares",
        (IssueCode::OnFallbackPool, false) => "works for its fallback pool",
        (IssueCode::OnFallbackPool, true) => "work for their fallback pool",
        (IssueCode::PowerFault, _) => "with a power fault",
        (IssueCode::Fault, _) => "with a fault",
        (IssueCode::Frozen, _) => "with frozen figures",
        (IssueCode::Impossible, _) => "with an impossible figure",
        (IssueCode::Unsupported, _) => "cannot be read",
        (IssueCode::NotEarning, false) => "hashes and does not earn",
        (IssueCode::NotEarning, true) => "hash and do not earn",
        (IssueCode::Incomplete, false) => "is read in part",
        (IssueCode::Incomplete, true) => "are read in part",
        (IssueCode::CoinTrouble, _) => "with a coin that does not work",
        (IssueCode::NotCounted, _) => "with shares that are not counted",
        (IssueCode::ServerUnreachable, _) => "with a server that cannot be reached",
        (IssueCode::DiskFull, _) => "with a disk that is nearly full",
        (IssueCode::MemoryFull, _) => "with little memory left",
        (IssueCode::ContainerTrouble, _) => "with a container in trouble",
        (IssueCode::UpdateAvailable, _) => "with an update",
        (IssueCode::RebootRequired, false) => "waits for a restart",
        (IssueCode::RebootRequired, true) => "wait for a restart",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gssa_model::{Reading, Source, SourceKind};

    use super::*;

    fn entry(id: &str, group: Option<&str>, code: IssueCode, reason: &'static str, since_secs: i64) -> Versioned {
        let source = Source {
            name: id.to_uppercase(),
            group: group.map(Into::into),
            ..Source::new(id.parse().unwrap(), SourceKind::Axeos, "")
        };
        let since = Timestamp::from_unix_ms(since_secs * 1000);
        let finding = Finding { code, severity: Severity::Critical, reason, part: None, detail: "why".into(), since };
        Versioned { revision: 1, reading: Arc::new(Reading::pending(Arc::new(source))), findings: Arc::new([finding]) }
    }

    fn titles(readings: &[Versioned]) -> Vec<String> {
        issues(readings).issues.into_iter().map(|issue| issue.title).collect()
    }

    #[test]
    fn three_of_a_group_at_the_same_time_are_one_issue() {
        let offline = |id, secs| entry(id, Some("R3"), IssueCode::Offline, "timeout", secs);
        let readings = [offline("a", 100), offline("b", 130), offline("c", 160), offline("d", 400)];
        assert_eq!(titles(&readings), ["3 devices in R3 are offline", "D is offline"]);
        assert_eq!(issues(&readings).issues[0].source_ids.len(), 3);
    }

    #[test]
    fn what_differs_stays_apart() {
        let readings = [
            entry("a", Some("R3"), IssueCode::Offline, "timeout", 100),
            entry("b", Some("R3"), IssueCode::Offline, "no_route", 100),
            entry("c", Some("R4"), IssueCode::Offline, "timeout", 100),
            entry("d", None, IssueCode::Offline, "timeout", 100),
            entry("e", None, IssueCode::Offline, "timeout", 100),
            entry("f", None, IssueCode::Offline, "timeout", 100),
        ];
        assert_eq!(titles(&readings).len(), 6);
    }

    #[test]
    fn the_worst_and_the_oldest_come_first() {
        let mut mild = entry("a", None, IssueCode::Warm, "", 1);
        mild.findings = mild.findings.iter().map(|f| Finding { severity: Severity::Warning, ..f.clone() }).collect();
        let readings = [mild, entry("b", None, IssueCode::Hot, "", 50), entry("c", None, IssueCode::Hot, "", 20)];
        assert_eq!(titles(&readings), ["C is too hot", "B is too hot", "A runs warm"]);
    }
}
