//! Whole replies of the cgminer API, from bytes to the snapshot of each family. An input is one observation: parts divided by the byte
//! 0x1e, each the command (several joined with `+`, or a page of the web interface) in its first line and the bytes that came.

use gssa_cgminer::antminer::{self, Pages};
use gssa_cgminer::{Command, Replies, Reply, canaan, generic, parse_reply, recognise};

use crate::sound::assert_sound;

/// Divides the parts of an input.
const DIVIDER: u8 = 0x1e;

/// The most parts of an input that are read.
const MAX_PARTS: usize = 8;

fn add(replies: &mut Replies, pages: &mut Pages, name: &str, reply: Reply) {
    let command = |word: &str| Command::ALL.iter().copied().find(|command| command.as_str() == word);
    match name {
        "get_system_info" => pages.system_info = Some(reply),
        "get_miner_conf" => pages.miner_conf = Some(reply),
        name if name.contains('+') => {
            let parts = name.split('+').filter_map(command);
            replies.extend(parts.filter_map(|command| Some((command, reply.part(command)?))));
        }
        name => replies.extend(command(name).map(|command| (command, reply))),
    }
}

/// Panics unless any bytes are a reply or an error, and any replies a sound snapshot of each family.
pub(crate) fn check(input: &[u8]) {
    let (mut replies, mut pages) = (Replies::default(), Pages::default());
    for part in input.split(|b| *b == DIVIDER).take(MAX_PARTS) {
        let line_end = part.iter().position(|b| *b == b'\n').unwrap_or(part.len());
        let name = String::from_utf8_lossy(&part[..line_end]);
        match parse_reply(part.get(line_end + 1..).unwrap_or_default()) {
            Ok(reply) => add(&mut replies, &mut pages, &name, reply),
            Err(error) => assert!(error.to_string().len() < 1024, "{error}"),
        }
    }
    assert!(format!("{replies:?}").len() < 64 * 1024, "what is logged is bounded");
    let _ = recognise(&replies);
    assert_sound(&antminer::normalize_with(&replies, &pages));
    assert_sound(&canaan::normalize(&replies));
    assert_sound(&generic::normalize(&replies));
}
