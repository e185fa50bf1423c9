//! The MM string: `Ver[…] DNA[…] Temp[31] PS[0 1209 …] …`, one text in which a module tells everything.
//!
//! Items are `Key[value]`, parted by one blank, two, or none (`Elapsed[103840]BOOTBY[1]`). Values may hold blanks, commas and nested
//! brackets. Around all there may be `'STATS':{…}` (Avalon Q). Keys may repeat; the first counts.

/// The most items of one string. A debug build writes some hundred for each chip.
const MAX_ITEMS: usize = 4096;

/// The one key that holds a blank.
const KEY_WITH_BLANK: &str = "Nonce Mask";

/// The items of an MM string, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Items<'a>(Vec<Item<'a>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Item<'a> {
    /// The beginning of the key as one number: fifty keys are looked for among a hundred, and nearly none of them is it.
    head: u64,
    key: &'a str,
    value: &'a str,
}

impl<'a> Items<'a> {
    /// Reads a string, whatever it holds. A value that is not closed goes to the end.
    pub(super) fn parse(text: &'a str) -> Self {
        let mut items = Vec::new();
        let mut rest = text;
        while items.len() < MAX_ITEMS {
            let Some(open) = rest.find('[') else { break };
            let key = key_at_end_of(&rest[..open]);
            let inner = &rest[open + 1..];
            let close = closing(inner);
            if !key.is_empty() {
                items.push(Item { head: head(key), key, value: &inner[..close] });
            }
            rest = inner.get(close + 1..).unwrap_or_default();
        }
        Self(items)
    }

    /// The value of a key, compared whole: `HW` is not `DHW`, `MW` not `MW0`.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        let head = head(key);
        self.0.iter().find(|item| item.head == head && item.key == key).map(|item| item.value.trim())
    }

    /// The values of `prefix0`, `prefix1`…, each with its number.
    pub(super) fn numbered(&self, prefix: &str) -> impl Iterator<Item = (u32, &'a str)> {
        self.0.iter().filter_map(move |Item { key, value, .. }| {
            let digits = key.strip_prefix(prefix)?;
            let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            Some((digits.parse().ok().filter(|_| is_number)?, value.trim()))
        })
    }
}

/// The first eight bytes of a key; what is shorter has zeros behind it.
fn head(key: &str) -> u64 {
    let (mut head, length) = ([0; 8], key.len().min(8));
    head[..length].copy_from_slice(&key.as_bytes()[..length]);
    u64::from_ne_bytes(head)
}

/// The key is what stands right before the bracket: its last word, whatever wraps it.
fn key_at_end_of(text: &str) -> &str {
    if text.ends_with(KEY_WITH_BLANK) {
        return KEY_WITH_BLANK;
    }
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let start = text.bytes().rposition(|byte| !is_part(byte)).map_or(0, |last| last + 1);
    &text[start..]
}

/// Where the bracket that is open before `text` closes.
fn closing(text: &str) -> usize {
    let mut open = 1_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => open += 1,
            b']' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, key: &str) -> Option<String> {
        Items::parse(text).get(key).map(str::to_owned)
    }

    #[test]
    fn items_are_read_however_they_are_parted() {
        for (text, key, value) in [
            (" Ver[1047-1] Temp[28]", "Temp", Some("28")),
            ("Elapsed[103840]BOOTBY[1] LW[8]", "BOOTBY", Some("1")),
            ("HVer[x]  DNA[0]  HDNA[7]", "HDNA", Some("7")),
            (
                "SYSTEMSTATU[Work: In Work, Hash Board: 3 ] Elapsed[5]",
                "SYSTEMSTATU",
                Some("Work: In Work, Hash Board: 3"),
            ),
            ("'STATS':{Ver[Q-1] Nonce Mask[25]}", "Ver", Some("Q-1")),
            ("'STATS':{Ver[Q-1] Nonce Mask[25]}", "Nonce Mask", Some("25")),
            ("'HB0':{PVT_T0[ 58  59] MW0[1]}", "PVT_T0", Some("58  59")),
            ("A[b[c]d] E[f]", "A", Some("b[c]d")),
            ("A[b[c]d] E[f]", "E", Some("f")),
            ("DHW[4] HW[0] HW[9]", "HW", Some("0")),
            ("PS[0 1210", "PS", Some("0 1210")),
            ("MW0[5] MW[6]", "MW", Some("6")),
            ("ITemp[-273]", "Temp", None),
            ("[x] ]]", "x", None),
            ("", "Ver", None),
        ] {
            assert_eq!(get(text, key).as_deref(), value, "{text}");
        }
    }

    #[test]
    fn numbered_keys_are_told_from_longer_ones() {
        let text = "Fan1[10] Fan2[20] FanR[5%] FanErr[0] Fan[7] Fan1234[1]";
        assert_eq!(Items::parse(text).numbered("Fan").collect::<Vec<_>>(), [(1, "10"), (2, "20")]);
    }
}
