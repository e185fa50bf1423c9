//! What an agent tells is shown as it tells it.

use gssa_model::{Severity, Timestamp};
use gssa_view::finding::{Finding, IssueCode};
use gssa_view::journal::{Entry, EntryKind};
use serde_json::json;

use super::support::Cloud;

#[tokio::test]
async fn findings_are_issues_and_rows_have_the_plans_of_the_agent() {
    let cloud = Cloud::new();
    let finding = Finding {
        code: IssueCode::NotEarning,
        severity: Severity::Critical,
        reason: None,
        part: None,
        detail: "hashes at 1.00 TH/s, pool credits 0 H/s (0 %) at DGB".into(),
        since: Timestamp::from_unix_ms(1_795_276_800_000),
    };
    // As they come: as JSON.
    let findings: Vec<Finding> = serde_json::from_value(json!([finding])).unwrap();
    cloud.tell("attic", "gamma", 1.0, findings);
    let ann = cloud.log_in("ann");
    let (_, issues) = cloud.get("/api/v1/agents/attic/issues", &ann).await;
    let issue = &issues["issues"][0];
    assert_eq!(
        (&issue["id"], &issue["title"]),
        (&"not-earning-gamma".into(), &"gamma hashes and does not earn".into())
    );
    assert_eq!((&issue["since"], &issue["detail"]), (&json!(finding.since), &json!(finding.detail)));
    let (_, table) = cloud.get("/api/v1/agents/attic/readings?view=table", &ann).await;
    let row = &table["rows"][0];
    assert_eq!((&row["interval_secs"], &row["current_hps"]), (&30.into(), &1e12.into()));
    let (_, history) = cloud.get("/api/v1/agents/attic/history/gamma", &ann).await;
    assert_eq!(history["points"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn entries_of_the_journal_of_an_agent_keep_their_time() {
    let cloud = Cloud::new();
    let at = Timestamp::from_unix_ms(1_795_276_800_000);
    let entry = Entry { seq: 17, at, kind: EntryKind::State, source_id: None, text: "went down".into(), hook: None };
    cloud.view("barn").journal().take(entry.clone());
    let bob = cloud.log_in("bob");
    assert_eq!(cloud.get("/api/v1/agents/barn/journal", &bob).await, (200, json!({ "entries": [entry] })));
}
