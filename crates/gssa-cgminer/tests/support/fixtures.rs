//! Where fixtures are and how they are read.

use std::fs;
use std::path::{Path, PathBuf};

use gssa_cgminer::{Command, Replies, Reply, canaan, generic, parse_reply};
use gssa_model::MinerSnapshot;

/// The families whose fixtures these are, each a folder.
pub(crate) const FAMILIES: [&str; 2] = ["canaan", "cgminer"];

/// The folder of all fixtures.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Every folder `<device>/<firmware>` of a family, sorted.
pub(crate) fn of(family: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = folders(&root().join(family)).into_iter().flat_map(|device| folders(&device)).collect();
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

/// The files of a fixture: what was asked, and the bytes that came.
pub(crate) fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The replies in files, each named by its command or by several joined with `+`.
pub(crate) fn replies_of(files: &[(String, Vec<u8>)]) -> Replies {
    let mut replies = Replies::default();
    for (name, bytes) in files {
        let Ok(reply) = parse_reply(bytes) else { continue };
        add(&mut replies, name, &reply);
    }
    replies
}

fn add(replies: &mut Replies, name: &str, reply: &Reply) {
    let command = |word: &str| Command::ALL.iter().copied().find(|command| command.as_str() == word);
    if let Some(command) = command(name) {
        return replies.insert(command, reply.clone());
    }
    for word in name.split('+') {
        let command = command(word).unwrap_or_else(|| panic!("no such command: {word}"));
        if let Some(part) = reply.part(command) {
            replies.insert(command, part);
        }
    }
}

/// What a family makes of replies.
pub(crate) fn normalize(family: &str, replies: &Replies) -> MinerSnapshot {
    if family == "canaan" { canaan::normalize(replies) } else { generic::normalize(replies) }
}

/// What a fixture is normalized to. Every file of it can be read.
pub(crate) fn snapshot_of(family: &str, folder: &Path) -> MinerSnapshot {
    let files = files_of(folder);
    for (name, bytes) in &files {
        parse_reply(bytes).unwrap_or_else(|error| panic!("{} {name}: {error}", folder.display()));
    }
    normalize(family, &replies_of(&files))
}
