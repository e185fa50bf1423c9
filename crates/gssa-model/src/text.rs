//! Text from devices: hostile until cleaned.

use std::borrow::Cow;

/// The longest text of a device that we keep, in characters.
pub const MAX_TEXT_CHARS: usize = 256;

/// A device's text fit to be shown: control and direction characters removed, trimmed, cut to [`MAX_TEXT_CHARS`].
///
/// Gives `None` when nothing is left, so that an empty text counts as not reported. Host names, reject reasons and coinbase texts
/// come from whoever can reach the device; a terminal or a log must not obey them.
pub fn clean(text: &str) -> Option<String> {
    let kept = if text.contains(is_unprintable) { Cow::Owned(text.replace(is_unprintable, "")) } else { text.into() };
    let kept = kept.trim();
    let cut = kept.char_indices().nth(MAX_TEXT_CHARS).map_or(kept.len(), |(at, _)| at);
    (cut > 0).then(|| kept[..cut].trim_end().to_owned())
}

/// Control characters, and the invisible ones that reorder or hide the text around them.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_stripped_of_what_a_terminal_would_obey() {
        assert_eq!(clean(" bit\u{1b}[31maxe\r\n\0 ").as_deref(), Some("bit[31maxe"));
        assert_eq!(clean("rig\u{202e}1").as_deref(), Some("rig1"));
        assert_eq!(clean("NerdOCTAXE-γ").as_deref(), Some("NerdOCTAXE-γ"));
    }

    #[test]
    fn an_empty_text_is_not_reported() {
        assert_eq!(clean(""), None);
        assert_eq!(clean(" \0\t "), None);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let cut = clean(&"γ".repeat(MAX_TEXT_CHARS + 9)).unwrap();
        assert_eq!(cut.chars().count(), MAX_TEXT_CHARS);
    }
}
