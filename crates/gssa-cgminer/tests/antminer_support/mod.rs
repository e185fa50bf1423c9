//! How the fixtures of Antminers are read.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::Path;

use gssa_cgminer::antminer::{Pages, normalize_with};
use gssa_cgminer::{Command, Replies, parse_reply};
use gssa_model::MinerSnapshot;

/// The folder of these fixtures.
pub(crate) const FAMILY: &str = "antminer";

/// The file of a command or a page, with the fault that some firmware makes (`.txt`) or without.
pub(crate) fn file(folder: &Path, name: &str) -> Option<Vec<u8>> {
    ["json", "txt"].iter().find_map(|kind| fs::read(folder.join(format!("{name}.{kind}"))).ok())
}

/// The names of all files, without what kind they are.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// What a machine gives that answers so.
pub(crate) fn snapshot_of(folder: &Path) -> MinerSnapshot {
    let page = |name| file(folder, name).map(|bytes| parse_reply(&bytes).unwrap());
    let pages = Pages { system_info: page("get_system_info"), miner_conf: page("get_miner_conf") };
    normalize_with(&replies_of(folder, &|_, bytes| bytes), &pages)
}

/// The replies of a fixture, each changed by `change`; what is no reply any more is left out.
pub(crate) fn replies_of(folder: &Path, change: &dyn Fn(&str, Vec<u8>) -> Vec<u8>) -> Replies {
    let mut replies = Replies::default();
    for command in Command::ALL {
        let Some(bytes) = file(folder, command.as_str()) else { continue };
        if let Ok(reply) = parse_reply(&change(command.as_str(), bytes)) {
            replies.extend([(*command, reply)]);
        }
    }
    replies
}
