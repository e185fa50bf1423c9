//! Where fixtures are and how they are read.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use gssa_model::MinerSnapshot;

/// The folder of this protocol's fixtures.
pub(crate) fn fixtures_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/axeos")
}

/// Every folder `<device>/<firmware>`, sorted.
pub(crate) fn fixtures() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = folders(&fixtures_folder()).into_iter().flat_map(|device| folders(&device)).collect();
    all.sort();
    all
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// `<device>@<firmware>`.
pub(crate) fn name_of(folder: &Path) -> String {
    let part = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    format!("{}@{}", part(folder.parent().unwrap()), part(folder))
}

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
