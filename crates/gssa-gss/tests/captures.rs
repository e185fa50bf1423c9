//! Real answers against figures that were derived by hand, where both are at hand.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use gssa_gss::gse::{self, Estimates};
use gssa_testkit::captures;

#[test]
fn every_capture_gives_the_figures_that_were_derived_by_hand() {
    let compared = captures::misses(&["gss"], |captures, case| {
        let body = |path: &str| captures.body(&case["http"][path]);
        let stats = gse::parse_stats(&body("/api/v1/stats")).unwrap();
        let sessions = gse::parse_sessions(&body("/api/v1/miners")).unwrap();
        let snapshot = gse::normalize(&stats, Some(&sessions), &Estimates::default());
        assert_eq!(snapshot.gaps, []);
        serde_json::to_value(snapshot).unwrap()
    });
    let Some((misses, count)) = compared else { return };
    assert_eq!(misses, Vec::<String>::new());
    assert!(count >= 2, "{count} cases");
}
