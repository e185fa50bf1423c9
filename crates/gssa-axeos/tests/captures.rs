//! Real replies against figures that were derived by hand, where both are at hand.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use gssa_testkit::captures;

#[test]
fn every_capture_gives_the_figures_that_were_derived_by_hand() {
    let compared = captures::misses(&["axeos"], |captures, case| {
        let http = case["http"].as_object().unwrap();
        let info = gssa_axeos::parse(&captures.body(&http["/api/system/info"])).unwrap();
        let asic = http.get("/api/system/asic").map(|body| gssa_axeos::parse_asic(&captures.body(body)).unwrap());
        serde_json::to_value(gssa_axeos::normalize(&info, asic.as_ref())).unwrap()
    });
    let Some((misses, count)) = compared else { return };
    assert_eq!(misses, Vec::<String>::new());
    assert!(count > 5, "{count} cases");
}
