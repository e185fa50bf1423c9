//! One pass over JSON that is not quite JSON. It knows whether it is inside of a string, and changes nothing that is right.
//!
//! | fault | where it was seen | what becomes of it |
//! |---|---|---|
//! | `}{` | `stats` of Antminer S9, L3+, D3, Z11, Blackminer; `tsileo/pycgminer#4` | a comma between |
//! | `,}` `,]` `[,` `{,` `,,` | a removed pool 0 and others | the comma goes |
//! | `""temp0` | a Whatsminer build | `"","temp0` |
//! | `nan` `-nan` `inf` | the first seconds of Avalon 1047 and others | `null` |
//! | `0x1F`, `007`, `1e999`, any other bare word | | a text, or `null` if it is a number too large |
//! | `"a":}` | | `null` |
//! | raw control characters in texts | network names, pool users | escaped |
//! | `"` inside of a text that a driver wrote | network names on Avalon | escaped, where what follows shows that the text goes on |
//! | `\'` and other escapes that are none | | the backslash goes |
//! | half a surrogate pair | | U+FFFD |
//! | anything after the end | | dropped |

use std::fmt::Write as _;

/// Why a document cannot be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It ends too early.
    Cut,
    /// It is no JSON in a way that has no repair.
    Hopeless,
    /// It is nested deeper than 127 levels.
    TooDeep,
}

/// How deep a document may be nested: as deep as `serde_json` reads.
const MAX_DEPTH: usize = 127;

/// Gives JSON for what was meant. JSON without a fault comes back as it is.
pub fn repair(text: &str) -> Result<String, Fault> {
    Repair::new(text).run()
}

struct Repair<'a> {
    text: &'a str,
    at: usize,
    out: String,
    open: Vec<Open>,
    expects: Expects,
    /// Where in `out` the last comma stands, while nothing came after it.
    comma: Option<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
    Object,
    List,
}

#[derive(Clone, Copy, PartialEq)]
enum Expects {
    Key,
    Colon,
    Value,
    Next,
}

impl<'a> Repair<'a> {
    fn new(text: &'a str) -> Self {
        let out = String::with_capacity(text.len() + 64);
        Self { text, at: 0, out, open: Vec::new(), expects: Expects::Value, comma: None }
    }

    fn run(mut self) -> Result<String, Fault> {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.copy(1),
                b'{' | b'[' => self.begin(byte)?,
                b'}' | b']' => self.end(byte)?,
                b',' => self.divide()?,
                b':' if self.expects == Expects::Colon => {
                    self.copy(1);
                    self.expects = Expects::Value;
                }
                b':' => return Err(Fault::Hopeless),
                b'"' => self.string()?,
                _ => self.bare()?,
            }
            if self.open.is_empty() && self.expects == Expects::Next {
                // All that may follow is the white space of a document that needs no repair.
                let rest = &self.text[self.at..];
                self.out.push_str(&rest[..rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len()]);
                return Ok(self.out);
            }
        }
        Err(Fault::Cut)
    }

    fn copy(&mut self, bytes: usize) {
        self.out.push_str(&self.text[self.at..self.at + bytes]);
        self.at += bytes;
    }

    fn begin(&mut self, byte: u8) -> Result<(), Fault> {
        self.item()?;
        if self.expects == Expects::Key {
            return Err(Fault::Hopeless);
        }
        if self.open.len() == MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        let (open, expects) = if byte == b'{' { (Open::Object, Expects::Key) } else { (Open::List, Expects::Value) };
        self.open.push(open);
        self.copy(1);
        self.expects = expects;
        Ok(())
    }

    fn end(&mut self, byte: u8) -> Result<(), Fault> {
        let wanted = if byte == b'}' { Open::Object } else { Open::List };
        if self.open.last() != Some(&wanted) || self.expects == Expects::Colon {
            return Err(Fault::Hopeless);
        }
        if let Some(comma) = self.comma.take() {
            self.out.remove(comma);
        } else if wanted == Open::Object && self.expects == Expects::Value {
            self.out.push_str("null");
        }
        self.open.pop();
        self.copy(1);
        self.expects = Expects::Next;
        Ok(())
    }

    fn divide(&mut self) -> Result<(), Fault> {
        match (self.expects, self.open.last()) {
            (Expects::Colon, _) | (_, None) => return Err(Fault::Hopeless),
            (Expects::Value, Some(Open::Object)) => self.out.push_str("null"),
            // After `{`, `[` or another comma: one too many.
            (Expects::Key, _) | (Expects::Value, Some(Open::List)) => {
                self.at += 1;
                return Ok(());
            }
            (Expects::Next, _) => {}
        }
        self.comma = Some(self.out.len());
        self.copy(1);
        self.expects = self.first_of_item();
        Ok(())
    }

    /// Before anything that begins an item: the comma that is missing.
    fn item(&mut self) -> Result<(), Fault> {
        match self.expects {
            Expects::Colon => return Err(Fault::Hopeless),
            Expects::Next => {
                self.out.push(',');
                self.expects = self.first_of_item();
            }
            Expects::Key | Expects::Value => {}
        }
        self.comma = None;
        Ok(())
    }

    fn first_of_item(&self) -> Expects {
        if self.open.last() == Some(&Open::Object) { Expects::Key } else { Expects::Value }
    }

    /// After a key or a value.
    fn done(&mut self) {
        self.expects = if self.expects == Expects::Key { Expects::Colon } else { Expects::Next };
    }

    fn string(&mut self) -> Result<(), Fault> {
        self.item()?;
        self.copy(1);
        self.inside()?;
        self.done();
        Ok(())
    }

    /// The rest of a string, with its closing quote.
    fn inside(&mut self) -> Result<(), Fault> {
        let begin = self.at;
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or(Fault::Cut)?;
            self.copy(plain);
            match self.text.as_bytes()[self.at] {
                b'"' if self.closes(begin) => {
                    self.copy(1);
                    return Ok(());
                }
                b'"' => {
                    self.out.push_str("\\\"");
                    self.at += 1;
                }
                b'\\' => self.escape()?,
                control => {
                    let _ = write!(self.out, "\\u{control:04x}");
                    self.at += 1;
                }
            }
        }
    }

    /// Whether the quote here ends its string. In JSON a colon follows a key, and a comma or the end of the object or list a value. A
    /// quote follows where a comma is missing, and a letter after an empty string where a comma and a quote are.
    fn closes(&self, begin: usize) -> bool {
        let next = self.text[self.at + 1..].trim_start().bytes().next();
        let is_empty = self.at == begin;
        match (next, self.open.last()) {
            _ if self.expects == Expects::Key => true,
            (None | Some(b',' | b'"'), _) | (Some(b'}'), Some(Open::Object)) | (Some(b']'), Some(Open::List)) => true,
            (Some(b'}' | b']' | b':'), _) => false,
            (Some(_), _) => is_empty,
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let rest = &self.text[self.at..];
        match rest.as_bytes().get(1).ok_or(Fault::Cut)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.copy(2),
            b'u' => match (unit(rest), unit(rest.get(6..).unwrap_or_default())) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => self.copy(12),
                (Some(0xd800..=0xdfff), _) => {
                    self.out.push('\u{fffd}');
                    self.at += 6;
                }
                (Some(_), _) => self.copy(6),
                (None, _) => self.at += 1,
            },
            _ => self.at += 1,
        }
        Ok(())
    }

    /// A word without quotes: a number, a literal, or something that should not be there.
    fn bare(&mut self) -> Result<(), Fault> {
        let rest = &self.text[self.at..];
        let length = rest.find([',', ':', '{', '}', '[', ']', '"', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        if self.at + length == self.text.len() {
            return Err(Fault::Cut);
        }
        // `""temp0":5`: the string before was empty, and its comma and this one's quote are missing.
        let lacks_quote = self.expects == Expects::Next && rest[length..].starts_with('"');
        if lacks_quote {
            self.item()?;
            self.out.push('"');
            self.inside()?;
            self.done();
            return Ok(());
        }
        self.item()?;
        if self.expects == Expects::Key {
            return Err(Fault::Hopeless);
        }
        let word = &rest[..length];
        if is_scalar(word) {
            self.copy(length);
        } else {
            self.out.push_str(&meant(word));
            self.at += length;
        }
        self.done();
        Ok(())
    }
}

/// The UTF-16 unit of a `\uXXXX` at the beginning.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if digits.bytes().all(|b| b.is_ascii_hexdigit()) { u16::from_str_radix(digits, 16).ok() } else { None }
}

/// Whether a word is a literal or a finite number of JSON.
fn is_scalar(word: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(word).is_ok()
}

/// What a word that is no JSON stands for.
fn meant(word: &str) -> String {
    let bare = word.trim_start_matches(['-', '+']).to_ascii_lowercase();
    let is_number = bare.parse::<f64>().is_ok();
    let is_finite = bare.parse::<f64>().is_ok_and(f64::is_finite);
    if matches!(&*bare, "nan" | "inf" | "infinity" | "none" | "undefined") || (is_number && !is_finite) {
        return "null".to_owned();
    }
    serde_json::Value::from(word).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_known_fault_has_its_repair() {
        for (broken, json) in [
            (r#"{"STATS":[{"a":1}{"b":2}]}"#, r#"{"STATS":[{"a":1},{"b":2}]}"#),
            (r#"{"a":"x}{y"}"#, r#"{"a":"x}{y"}"#),
            (r#"{"a":1,}"#, r#"{"a":1}"#),
            (r#"{"a":[1,2,],"b":[,{}]}"#, r#"{"a":[1,2],"b":[{}]}"#),
            (r#"{,"a":1,,"b":2, }"#, r#"{"a":1,"b":2 }"#),
            (r#"{"a":""temp0":5}"#, r#"{"a":"","temp0":5}"#),
            (r#"{"a":1"b":2}"#, r#"{"a":1,"b":2}"#),
            (r#"{"a":"x""b":2}"#, r#"{"a":"x","b":2}"#),
            (r#"{"a":nan,"b":-nan,"c":inf,"d":-INF}"#, r#"{"a":null,"b":null,"c":null,"d":null}"#),
            (r#"{"a":1e999,"b":007,"c":0x0C.0,"d":+5}"#, r#"{"a":null,"b":"007","c":"0x0C.0","d":"+5"}"#),
            (r#"{"a":,"b":}"#, r#"{"a":null,"b":null}"#),
            ("{\"a\":\"x\ny\"}", r#"{"a":"x\u000ay"}"#),
            (r#"{"a":"SSID[my"net] X[1]"}"#, r#"{"a":"SSID[my\"net] X[1]"}"#),
            (r#"{"a":"SSID["net"] X[1]"}"#, r#"{"a":"SSID[\"net\"] X[1]"}"#),
            (r#"{"a":"it\'s"}"#, r#"{"a":"it's"}"#),
            (
                r#"{"a":"\ud83d","b":"\ud83d\ude00","c":"\uZZ"}"#,
                "{\"a\":\"\u{fffd}\",\"b\":\"\\ud83d\\ude00\",\"c\":\"uZZ\"}",
            ),
            ("{\"a\":1}\ntrailing", "{\"a\":1}\n"),
        ] {
            assert_eq!(repair(broken).as_deref(), Ok(json), "{broken}");
            assert!(serde_json::from_str::<serde_json::Value>(json).is_ok(), "{json}");
        }
    }

    #[test]
    fn what_is_nested_as_deep_as_can_be_read_is_not_refused() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let repaired = repair(&nested(MAX_DEPTH)).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&repaired).is_ok());
        assert!(serde_json::from_str::<serde_json::Value>(&nested(MAX_DEPTH + 1)).is_err());
        assert_eq!(repair(&nested(MAX_DEPTH + 1)), Err(Fault::TooDeep));
    }

    #[test]
    fn what_has_no_repair_is_refused() {
        for (broken, fault) in [
            (r#"{"a":1"#, Fault::Cut),
            (r#"{"a":"x"#, Fault::Cut),
            (r#"{"a":12"#, Fault::Cut),
            ("", Fault::Cut),
            (r#"{"a" 1}"#, Fault::Hopeless),
            ("{a:1}", Fault::Hopeless),
            (r#"{"a":[1}"#, Fault::Hopeless),
            (r#"{"a"}"#, Fault::Hopeless),
            (&"[".repeat(200), Fault::TooDeep),
        ] {
            assert_eq!(repair(broken), Err(fault), "{broken}");
        }
    }
}
