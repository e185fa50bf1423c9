//! How fixtures are read.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::Path;

use gssa_model::MinerSnapshot;

/// The folder of this protocol's fixtures.
pub(crate) const FAMILY: &str = "axeos";

/// The status document of a fixture.
pub(crate) fn info_of(folder: &Path) -> String {
    fs::read_to_string(folder.join("info.json")).unwrap()
}

/// What a fixture is normalized to.
pub(crate) fn snapshot_of(folder: &Path) -> MinerSnapshot {
    let info = gssa_axeos::parse(info_of(folder).as_bytes()).unwrap();
    let asic = fs::read(folder.join("asic.json")).ok().map(|body| gssa_axeos::parse_asic(&body).unwrap());
    gssa_axeos::normalize(&info, asic.as_ref())
}
