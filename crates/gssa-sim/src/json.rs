//! JSON as a device writes it: members in the firmware's order, tabs or no blanks at all, text that may not be UTF-8.
//!
//! A general JSON library sorts members or refuses what is not UTF-8; both would hide what a real device does.

use std::borrow::Cow;

/// A JSON value that keeps the order of members and may hold text that is not UTF-8.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A measured number. NaN and infinity are written as `null`, as the firmware's libraries do.
    Float(f64),
    /// Text.
    Text(Cow<'static, str>),
    /// Text as raw bytes between quotes, escaped by nobody.
    Raw(Vec<u8>),
    /// An array.
    List(Vec<Json>),
    /// An object, members in the order they are written.
    Object(Members),
}

/// The members of an object, in order.
pub type Members = Vec<(Cow<'static, str>, Json)>;

/// How blanks are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No blanks.
    Compact,
    /// One member a line, indented with tabs, as cJSON prints.
    Tabs,
}

impl Json {
    /// Makes an object of members with fixed names.
    pub fn object<const N: usize>(members: [(&'static str, Json); N]) -> Self {
        Self::Object(members.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
    }

    /// Writes the value as bytes.
    pub fn to_bytes(&self, style: Style) -> Vec<u8> {
        let mut out = Vec::with_capacity(2048);
        self.write(&mut out, style, 0);
        out
    }

    fn write(&self, out: &mut Vec<u8>, style: Style, depth: usize) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Self::Float(value) if !value.is_finite() => out.extend_from_slice(b"null"),
            // cJSON's `%1.15g` turns to an exponent here.
            Self::Float(value) if value.abs() >= 1e15 => {
                out.extend_from_slice(format!("{value:e}").replace('e', "e+").as_bytes());
            }
            Self::Float(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Self::Text(text) => write_text(out, text),
            Self::Raw(bytes) => {
                out.push(b'"');
                out.extend_from_slice(bytes);
                out.push(b'"');
            }
            // cJSON breaks lines in objects only; arrays stay on one line.
            Self::List(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.extend_from_slice(if style == Style::Tabs { b", " } else { b"," });
                    }
                    item.write(out, style, depth + 1);
                }
                out.push(b']');
            }
            Self::Object(members) => write_object(out, members, style, depth),
        }
    }
}

fn write_object(out: &mut Vec<u8>, members: &Members, style: Style, depth: usize) {
    out.push(b'{');
    for (index, (key, value)) in members.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        break_line(out, style, depth + 1);
        write_text(out, key);
        out.extend_from_slice(if style == Style::Tabs { b":\t" } else { b":" });
        value.write(out, style, depth + 1);
    }
    if !members.is_empty() {
        break_line(out, style, depth);
    }
    out.push(b'}');
}

fn break_line(out: &mut Vec<u8>, style: Style, depth: usize) {
    if style == Style::Tabs {
        out.push(b'\n');
        out.resize(out.len() + depth, b'\t');
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

impl From<f64> for Json {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<i32> for Json {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&'static str> for Json {
    fn from(value: &'static str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_blanks_follow_the_style() {
        let value = Json::object([
            ("z", 1.into()),
            ("a", vec![1.5, 2.0].into()),
            ("o", Json::object([("t", "x\"\u{1}".into())])),
        ]);
        assert_eq!(value.to_bytes(Style::Compact), br#"{"z":1,"a":[1.5,2],"o":{"t":"x\"\u0001"}}"#);
        assert_eq!(
            value.to_bytes(Style::Tabs),
            b"{\n\t\"z\":\t1,\n\t\"a\":\t[1.5, 2],\n\t\"o\":\t{\n\t\t\"t\":\t\"x\\\"\\u0001\"\n\t}\n}"
        );
    }

    #[test]
    fn what_json_cannot_say_becomes_null() {
        assert_eq!(Json::from(f64::NAN).to_bytes(Style::Compact), b"null");
        assert_eq!(Json::from(f64::INFINITY).to_bytes(Style::Compact), b"null");
        assert_eq!(Json::from(2.5e19).to_bytes(Style::Compact), b"2.5e+19");
    }
}
