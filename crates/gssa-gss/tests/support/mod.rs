//! How fixtures are read.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use gssa_gss::gse::{self, Estimates};
use gssa_gss::gss::{self, CoinAnswers};
use gssa_model::PoolSnapshot;

/// The folder of this protocol's fixtures, `<program>/<version>`.
pub(crate) const FAMILY: &str = "gss";

/// The documents of a fixture by file name, sorted.
pub(crate) fn documents(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let named =
        |file: PathBuf| (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap());
    files.into_iter().map(named).collect()
}

/// What a fixture is normalized to.
pub(crate) fn snapshot_of(folder: &Path) -> PoolSnapshot {
    let documents = documents(folder);
    let body = |name: &str| documents.iter().find(|(file, _)| file == name).map(|(_, body)| body.as_bytes());
    if let Some(stats) = body("stats.json") {
        let stats = gse::parse_stats(stats).unwrap();
        let sessions = body("miners.json").map(|body| gse::parse_sessions(body).unwrap());
        return gse::normalize(&stats, sessions.as_ref(), &Estimates::default());
    }
    let health = gss::parse_health(body("health.json").unwrap()).unwrap();
    let answers = |key: &str| CoinAnswers {
        key: key.to_owned(),
        pool: gss::parse_pool(body(&format!("{key}.pool.json")).unwrap()).unwrap(),
        workers: body(&format!("{key}.miners.json")).map(|body| gss::parse_workers(body).unwrap()),
    };
    let mut keys: Vec<&str> = documents.iter().filter_map(|(file, _)| file.strip_suffix(".pool.json")).collect();
    keys.sort_unstable();
    gss::normalize(Some(&health), &keys.into_iter().map(answers).collect::<Vec<_>>())
}
