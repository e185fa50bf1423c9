//! Where fixtures are and how they are read.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use gssa_mim::{Answer, Error, Map};
use gssa_testkit::fixtures;

/// Every answer of an endpoint, sorted: what it is read as, and its file.
pub(crate) fn answers() -> Vec<(Map, PathBuf)> {
    let files = |map: Map| {
        let entries =
            fs::read_dir(fixtures::root().join("mim").join(map.as_str())).unwrap().map(|entry| entry.unwrap().path());
        entries.map(move |path| (map, path))
    };
    let mut all: Vec<_> = [Map::Servers, Map::Containers, Map::Products].into_iter().flat_map(files).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all
}

/// `containers@row-states`.
pub(crate) fn name_of(map: Map, file: &Path) -> String {
    format!("{map}@{}", file.file_stem().unwrap().to_str().unwrap())
}

/// The content type that a server gives a file of this kind.
pub(crate) fn content_type(file: &Path) -> &'static str {
    match file.extension().unwrap().to_str().unwrap() {
        "sse" => "text/event-stream",
        "html" => "text/html; charset=utf-8",
        _ => "application/json",
    }
}

pub(crate) fn parse(file: &Path) -> Result<Answer, Error> {
    gssa_mim::parse(Some(content_type(file)), &fs::read(file).unwrap())
}
