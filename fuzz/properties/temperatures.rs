//! Temperatures joined by dashes, as Antminers write them: `2--1-20-22` is 2, −1, 20, 22. An input is the text.

use gssa_cgminer::antminer::temperatures;
use gssa_cgminer::{Command, Replies, antminer, parse_reply};
use serde_json::json;

use crate::sound::assert_sound;

/// The most temperatures of one list.
const MAX_TEMPERATURES: usize = 16;

/// The same list read another way: cut at every dash, an empty piece is the sign of the next.
fn by_pieces(text: &str) -> Option<Vec<f64>> {
    let mut list = Vec::new();
    let mut is_negative = false;
    for piece in text.trim().split('-') {
        match piece {
            "" if is_negative => return None,
            "" => is_negative = true,
            piece => {
                let is_plain = piece.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                let celsius = piece.parse::<f64>().ok().filter(|celsius| is_plain && celsius.is_finite())?;
                list.push(if is_negative { -celsius } else { celsius });
                is_negative = false;
            }
        }
    }
    (!is_negative && list.len() <= MAX_TEMPERATURES).then_some(list)
}

/// Panics unless a list is read as by another reader, is finite, and comes back when it is written; and unless a board with such lists
/// shows only what they say.
pub(crate) fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let list = temperatures(&text);
    assert_eq!(list, by_pieces(&text), "{text:?}");
    if let Some(list) = &list {
        assert!(list.iter().all(|celsius| celsius.is_finite()), "{list:?}");
        let written: Vec<String> = list.iter().map(ToString::to_string).collect();
        assert_eq!(temperatures(&written.join("-")).as_ref(), Some(list));
    }
    check_board(&text, &list.unwrap_or_default());
}

fn check_board(text: &str, list: &[f64]) {
    let figures = json!({ "GHS 5s": "1", "chain_acn1": 4, "chain_rate1": "1", "temp_pcb1": text, "temp_chip1": text, "temp_pic1": text });
    let reply = json!({ "STATUS": [{ "STATUS": "S" }], "STATS": [{ "Type": "Antminer S19" }, figures], "id": 1 });
    let reply = parse_reply(reply.to_string().as_bytes()).expect("JSON of ours can be read");
    let snapshot = antminer::normalize(&Replies::from_iter([(Command::Stats, reply)]));
    assert_sound(&snapshot);
    let told = |celsius: f64| list.contains(&celsius);
    for board in &snapshot.boards {
        assert!(board.chips_celsius.iter().all(|chip| told(chip.get())), "{:?} of {list:?}", board.chips_celsius);
        assert!([board.board_celsius_max, board.chip_celsius_max].iter().flatten().all(|max| told(max.get())));
    }
}
