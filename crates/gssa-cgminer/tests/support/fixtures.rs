//! How fixtures are read.

use std::fs;
use std::path::Path;

use gssa_cgminer::{Command, Replies, Reply, canaan, generic, parse_reply};
use gssa_model::MinerSnapshot;

/// The families whose fixtures these are, each a folder.
pub(crate) const FAMILIES: [&str; 2] = ["canaan", "cgminer"];

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
