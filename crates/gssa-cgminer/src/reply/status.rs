//! The STATUS block: whether the miner gave what was asked, and if not, why.

use gssa_model::text;
use gssa_wire::Field;

use super::value::{Members, Value};
use crate::wire::row::Lenient as _;

/// What a miner says of its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Done, or not.
    pub letter: Letter,
    /// What kind of answer it is; 14 and 45 are the ones that decide something.
    pub code: Option<i64>,
    /// For people; firmware words it freely.
    pub message: Option<String>,
    /// The program: `cgminer 4.11.1`.
    pub description: Option<String>,
}

/// How an answer is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Letter {
    /// `S`: done.
    Success,
    /// `I`: good to know.
    Information,
    /// `W`: done, with a doubt.
    Warning,
    /// `E`: not done.
    Error,
    /// `F`: a bug in the miner.
    Fatal,
}

/// Why a miner did not give what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It has no such command (code 14; 0 on `VNish`).
    Unknown,
    /// It has the command and does not allow it to this address (code 45).
    Denied,
    /// It wants another dialect: 23 bad JSON, 24 no `command`. A Whatsminer answers so to the wrong key.
    Dialect,
    /// It is starting.
    NotReady,
    /// It has nothing to list: no pools (8), no devices (10, 56, 105).
    Nothing,
    /// Another error.
    Other(i64),
}

const UNKNOWN_COMMAND: i64 = 14;
const ACCESS_DENIED: i64 = 45;

impl Status {
    /// Reads the three shapes that are seen: a list of one (upstream), an object (Bitmain's second layout), or a word beside the rest
    /// (newer calls of Whatsminer, `{"STATUS":"BYE"}`).
    pub(crate) fn of(document: &Members) -> Option<Self> {
        match document.get("STATUS")? {
            Value::Array(list) => Self::of_members(list.first()?.as_object()?),
            Value::Object(members) => Self::of_members(members),
            Value::String(_) => Self::of_members(document),
            _ => None,
        }
    }

    fn of_members(members: &Members) -> Option<Self> {
        let letter = match members.get("STATUS")?.as_str()?.trim().as_bytes().first()? {
            b'I' => Letter::Information,
            b'W' => Letter::Warning,
            b'E' => Letter::Error,
            b'F' => Letter::Fatal,
            _ => Letter::Success,
        };
        let member = |keys: [&str; 2]| keys.into_iter().find_map(|key| members.get(key));
        let words = |keys| member(keys).and_then(Value::as_str).and_then(text::clean);
        let code = member(["Code", "code"]).map(f64::read);
        let code = if let Some(Field::Known(code)) = code { Some(code as i64) } else { None };
        Some(Self { letter, code, message: words(["Msg", "msg"]), description: words(["Description", "description"]) })
    }

    /// Why the miner did not give what was asked, if it did not. Judged by the letter: `I` and `W` come with an answer.
    pub fn refusal(&self) -> Option<Refusal> {
        let says = |words: &str| self.message.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains(words));
        if !matches!(self.letter, Letter::Error | Letter::Fatal) {
            return None;
        }
        Some(match self.code.unwrap_or(0) {
            UNKNOWN_COMMAND => Refusal::Unknown,
            ACCESS_DENIED => Refusal::Denied,
            23 | 24 => Refusal::Dialect,
            8 | 10 | 56 | 105 => Refusal::Nothing,
            _ if says("not ready") => Refusal::NotReady,
            _ if says("invalid command") => Refusal::Unknown,
            other => Refusal::Other(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::value::json;

    fn refusal(document: &Value) -> Option<Refusal> {
        Status::of(document.as_object().unwrap()).unwrap().refusal()
    }

    #[test]
    fn a_status_is_read_in_its_three_shapes() {
        for document in [
            json!({ "STATUS": [{ "STATUS": "S", "Code": 11, "Msg": "Summary", "Description": "cgminer 4.11.1" }] }),
            json!({ "STATUS": { "STATUS": "S", "Code": 11, "Msg": "Summary", "Description": "cgminer 4.11.1" } }),
            json!({ "STATUS": "S", "Code": "11", "Msg": "Summary", "Description": "cgminer 4.11.1" }),
        ] {
            let status = Status::of(document.as_object().unwrap()).unwrap();
            assert_eq!((status.letter, status.code), (Letter::Success, Some(11)), "{document:?}");
            assert_eq!(status.description.as_deref(), Some("cgminer 4.11.1"), "{document:?}");
        }
    }

    #[test]
    fn a_code_decides_what_a_refusal_is() {
        for (letter, code, message, expected) in [
            ("S", 11, "Summary", None),
            ("I", 88, "No USB stats", None),
            ("W", 117, "not supported", None),
            ("E", 14, "Invalid command", Some(Refusal::Unknown)),
            ("E", 0, "Invalid command", Some(Refusal::Unknown)),
            ("E", 45, "Access denied to 'config' command", Some(Refusal::Denied)),
            ("E", 24, "Missing JSON 'command'", Some(Refusal::Dialect)),
            ("E", 8, "No pools", Some(Refusal::Nothing)),
            ("E", 300, "Not ready", Some(Refusal::NotReady)),
            ("E", 15, "Missing device id", Some(Refusal::Other(15))),
            ("F", 0, "", Some(Refusal::Other(0))),
        ] {
            let document = json!({ "STATUS": [{ "STATUS": letter, "Code": code, "Msg": message }] });
            assert_eq!(refusal(&document), expected, "{document:?}");
        }
    }
}
