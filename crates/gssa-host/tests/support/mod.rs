//! Where fixtures are, and how a machine is read.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use gssa_host::{Collector, Options};
use gssa_model::{Collector as _, InfrastructureSnapshot, Server};

pub(crate) fn fixtures_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/host")
}

/// The folders in a folder of the fixtures, sorted.
pub(crate) fn fixtures(of: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures_folder().join(of)).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

pub(crate) fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap().to_str().unwrap().to_owned()
}

pub(crate) fn collector(options: Options) -> Collector {
    Collector::new("here".parse().unwrap(), options).unwrap()
}

/// What one observation says.
pub(crate) async fn observed(collector: &Collector) -> InfrastructureSnapshot {
    collector.collect().await.unwrap().as_infrastructure().unwrap().clone()
}

/// The one server of a snapshot.
pub(crate) fn server(snapshot: &InfrastructureSnapshot) -> &Server {
    let [server] = &snapshot.servers[..] else { panic!("one server: {snapshot:?}") };
    server
}
