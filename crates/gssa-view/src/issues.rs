//! What needs attention now, with related trouble in one line.

use std::collections::BTreeMap;

use gssa_model::{FailureReason, Severity, SourceId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::finding::{Finding, IssueCode};
use crate::store::Versioned;
use crate::table::SnapshotKind;

/// So many sources of one group with the same trouble at the same time are one issue.
const MIN_GROUP: usize = 3;

/// How far apart troubles may begin to be the same, in milliseconds.
const TOGETHER_MS: i64 = 60_000;

/// Everything that needs attention now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Issues {
    /// Worst first, then oldest first.
    pub issues: Vec<Issue>,
}

/// One thing that needs attention, at one source or at several of a group.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// Code, reason, group.
    type Alike<'a> = (IssueCode, Option<&'a str>, Option<&'a str>);
    let mut alike: BTreeMap<Alike<'_>, Vec<Found<'_>>> = BTreeMap::new();
    for entry in readings {
        for finding in &*entry.findings {
            let key = (finding.code, finding.reason.map(FailureReason::as_str), entry.reading.source.group.as_deref());
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
        title: format!("{} {}", source.name, predicate(finding.code)),
        detail: finding.detail.to_string(),
        since: finding.since,
        source_ids: vec![source.id.clone()],
        group: None,
    }
}

fn of_group(group: &str, together: &[Found<'_>]) -> Issue {
    let first = &together[0];
    let (count, nouns) = (together.len(), nouns(together));
    let mut source_ids: Vec<SourceId> = together.iter().map(|found| found.entry.reading.source.id.clone()).collect();
    source_ids.sort();
    let place = SourceId::from_name(group).map_or_else(|| source_ids[0].to_string(), |place| place.to_string());
    Issue {
        id: format!("{}-{place}-{}", code_word(first.finding.code), first.finding.since.unix_ms()),
        code: first.finding.code,
        severity: together.iter().map(|found| found.finding.severity).max().unwrap_or(Severity::Warning),
        title: format!("{count} {nouns} {} in {group}", attribute(first.finding.code)),
        detail: first.finding.detail.to_string(),
        since: first.finding.since,
        source_ids,
        group: Some(group.to_owned()),
    }
}

/// What several sources are called together.
fn nouns(together: &[Found<'_>]) -> &'static str {
    let mut kinds = together.iter().map(|found| SnapshotKind::of(&found.entry.reading));
    let first = kinds.next().flatten();
    match first.filter(|first| kinds.all(|kind| kind == Some(*first))) {
        Some(SnapshotKind::Miner) => "miners",
        Some(SnapshotKind::Pool) => "pools",
        Some(SnapshotKind::Infrastructure) => "servers",
        None => "devices",
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
        IssueCode::Flapping => "flapping",
    }
}

/// What a sentence about one device says: "Attic Gamma is offline".
const fn predicate(code: IssueCode) -> &'static str {
    match code {
        IssueCode::Offline => "is offline",
        IssueCode::Auth => "refuses access",
        IssueCode::Hot => "is too hot",
        IssueCode::Warm => "runs warm",
        IssueCode::NotHashing => "is not hashing",
        IssueCode::LowHashrate => "is below its hashrate",
        IssueCode::HighRejects => "has many rejected shares",
        IssueCode::OnFallbackPool => "works for its fallback pool",
        IssueCode::PowerFault => "has a power fault",
        IssueCode::Fault => "has a fault",
        IssueCode::Frozen => "shows frozen figures",
        IssueCode::Impossible => "shows an impossible figure",
        IssueCode::Unsupported => "cannot be read",
        IssueCode::NotEarning => "hashes and does not earn",
        IssueCode::Incomplete => "is read in part",
        IssueCode::CoinTrouble => "has a coin that does not work",
        IssueCode::NotCounted => "does not count all shares",
        IssueCode::ServerUnreachable => "has a server that cannot be reached",
        IssueCode::DiskFull => "has a disk that is nearly full",
        IssueCode::MemoryFull => "has little memory left",
        IssueCode::ContainerTrouble => "has a container in trouble",
        IssueCode::UpdateAvailable => "has an update",
        IssueCode::RebootRequired => "waits for a restart",
        IssueCode::Flapping => "comes and goes",
    }
}

/// What stands behind a number of devices: "6 miners offline in R3".
const fn attribute(code: IssueCode) -> &'static str {
    match code {
        IssueCode::Offline => "offline",
        IssueCode::Auth => "refusing access",
        IssueCode::Hot => "too hot",
        IssueCode::Warm => "running warm",
        IssueCode::NotHashing => "not hashing",
        IssueCode::LowHashrate => "below their hashrate",
        IssueCode::HighRejects => "with many rejected shares",
        IssueCode::OnFallbackPool => "on their fallback pool",
        IssueCode::PowerFault => "with a power fault",
        IssueCode::Fault => "with a fault",
        IssueCode::Frozen => "with frozen figures",
        IssueCode::Impossible => "with an impossible figure",
        IssueCode::Unsupported => "that cannot be read",
        IssueCode::NotEarning => "hashing and not earning",
        IssueCode::Incomplete => "read in part",
        IssueCode::CoinTrouble => "with a coin that does not work",
        IssueCode::NotCounted => "that do not count all shares",
        IssueCode::ServerUnreachable => "with a server that cannot be reached",
        IssueCode::DiskFull => "with a disk that is nearly full",
        IssueCode::MemoryFull => "with little memory left",
        IssueCode::ContainerTrouble => "with a container in trouble",
        IssueCode::UpdateAvailable => "with an update",
        IssueCode::RebootRequired => "waiting for a restart",
        IssueCode::Flapping => "coming and going",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gssa_model::{Reading, Source, SourceKind};

    use super::*;

    fn entry(
        id: &str,
        group: Option<&str>,
        code: IssueCode,
        reason: Option<FailureReason>,
        since_secs: i64,
    ) -> Versioned {
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
        let offline = |id, secs| entry(id, Some("R3"), IssueCode::Offline, Some(FailureReason::Timeout), secs);
        let readings = [offline("a", 100), offline("b", 130), offline("c", 160), offline("d", 400)];
        assert_eq!(titles(&readings), ["3 miners offline in R3", "D is offline"]);
        assert_eq!(issues(&readings).issues[0].source_ids.len(), 3);
    }

    #[test]
    fn a_minute_is_the_same_time_and_two_are_a_pair() {
        let offline = |id, secs| entry(id, Some("R3"), IssueCode::Offline, Some(FailureReason::Timeout), secs);
        let sizes = |starts: [i64; 4]| {
            let readings: Vec<_> =
                ["a", "b", "c", "d"].into_iter().zip(starts).map(|(id, at)| offline(id, at)).collect();
            issues(&readings).issues.iter().map(|issue| issue.source_ids.len()).collect::<Vec<_>>()
        };
        assert_eq!(sizes([0, 60, 0, 60]), [4]);
        assert_eq!(sizes([0, 60, 60, 61]), [3, 1]);
        assert_eq!(sizes([0, 0, 100, 100]), [1, 1, 1, 1]);
    }

    #[test]
    fn an_issue_of_a_group_is_the_same_one_when_others_recover() {
        let offline = |id, secs| entry(id, Some("Rack 3"), IssueCode::Offline, Some(FailureReason::Timeout), secs);
        let id = |readings: &[Versioned]| issues(readings).issues[0].id.clone();
        let all = [offline("b", 100), offline("a", 130), offline("c", 160), offline("d", 160)];
        assert_eq!(id(&all), "offline-rack-3-100000");
        assert_eq!(id(&[all[0].clone(), all[2].clone(), all[3].clone()]), "offline-rack-3-100000");
    }

    #[test]
    fn what_several_are_called_is_what_all_of_them_are() {
        use SourceKind::{Antminer, Auto, Axeos, Gss, Host, Mim};
        let of = |kinds: [SourceKind; 3]| {
            let readings = kinds.into_iter().enumerate().map(|(n, kind)| {
                let mut entry = entry(&format!("s{n}"), Some("R3"), IssueCode::Flapping, None, 100);
                Arc::make_mut(&mut Arc::make_mut(&mut entry.reading).source).kind = kind;
                entry
            });
            titles(&readings.collect::<Vec<_>>()).remove(0)
        };
        assert_eq!(of([Axeos, Antminer, Axeos]), "3 miners coming and going in R3");
        assert_eq!(of([Gss, Gss, Gss]), "3 pools coming and going in R3");
        assert_eq!(of([Mim, Host, Mim]), "3 servers coming and going in R3");
        assert_eq!(of([Axeos, Gss, Axeos]), "3 devices coming and going in R3");
        assert_eq!(of([Axeos, Auto, Axeos]), "3 devices coming and going in R3");
    }

    #[test]
    fn what_differs_stays_apart() {
        let readings = [
            entry("a", Some("R3"), IssueCode::Offline, Some(FailureReason::Timeout), 100),
            entry("b", Some("R3"), IssueCode::Offline, Some(FailureReason::NoRoute), 100),
            entry("c", Some("R4"), IssueCode::Offline, Some(FailureReason::Timeout), 100),
            entry("d", None, IssueCode::Offline, Some(FailureReason::Timeout), 100),
            entry("e", None, IssueCode::Offline, Some(FailureReason::Timeout), 100),
            entry("f", None, IssueCode::Offline, Some(FailureReason::Timeout), 100),
        ];
        assert_eq!(titles(&readings).len(), 6);
    }

    #[test]
    fn the_worst_and_the_oldest_come_first() {
        let mut mild = entry("a", None, IssueCode::Warm, None, 1);
        mild.findings = mild.findings.iter().map(|f| Finding { severity: Severity::Warning, ..f.clone() }).collect();
        let readings = [mild, entry("b", None, IssueCode::Hot, None, 50), entry("c", None, IssueCode::Hot, None, 20)];
        assert_eq!(titles(&readings), ["C is too hot", "B is too hot", "A runs warm"]);
    }
}
