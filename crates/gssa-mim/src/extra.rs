//! Answers of no known shape, kept as they are and bounded.

use std::collections::BTreeMap;

use gssa_model::Gap;
use serde_json::{Map, Value};

/// How much of such answers is kept of one observation, in bytes of JSON.
pub const MAX_EXTRA_BYTES: usize = 64 * 1024;

/// Collects answers up to [`MAX_EXTRA_BYTES`].
#[derive(Debug)]
pub(crate) struct Extra {
    left: usize,
    answers: BTreeMap<String, Value>,
}

impl Default for Extra {
    fn default() -> Self {
        Self { left: MAX_EXTRA_BYTES, answers: BTreeMap::new() }
    }
}

impl Extra {
    /// Keeps an answer, or its beginning; what is left out is a gap.
    pub(crate) fn keep(&mut self, name: &str, answer: &Value) -> Option<Gap> {
        let mut cut = Cut { left: &mut self.left, is_cut: false };
        if let Some(kept) = cut.value(answer) {
            self.answers.insert(name.to_owned(), kept);
        }
        cut.is_cut.then(|| Gap::new(name, "too much to keep, its end is left out"))
    }

    pub(crate) fn into_answers(self) -> BTreeMap<String, Value> {
        self.answers
    }
}

/// Cuts values to what is left of a number of bytes.
#[derive(Debug)]
struct Cut<'a> {
    left: &'a mut usize,
    is_cut: bool,
}

impl Cut<'_> {
    /// As much of a value as is allowed, whole members and entries only. `null` is never kept.
    fn value(&mut self, value: &Value) -> Option<Value> {
        /// Brackets, quotes, comma, colon.
        const SIGNS: usize = 4;
        let bytes = match value {
            Value::Null => return None,
            Value::String(text) => written_bytes(text),
            Value::Number(number) => number.to_string().len(),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => SIGNS,
        };
        if !self.take(SIGNS + bytes) {
            return None;
        }
        Some(match value {
            Value::Array(items) => {
                let kept = items.iter().map_while(|item| self.goes_on().then(|| self.value(item)));
                kept.flatten().collect()
            }
            Value::Object(members) => {
                let kept = members.iter().map_while(|(name, value)| {
                    let goes_on = self.goes_on() && self.take(written_bytes(name));
                    goes_on.then(|| Some((name.clone(), self.value(value)?)))
                });
                Value::Object(kept.flatten().collect::<Map<_, _>>())
            }
            scalar => scalar.clone(),
        })
    }

    /// Takes so many bytes, or, where there are not as many, all that is left.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.is_cut |= left.is_none();
        *self.left = left.unwrap_or(0);
        left.is_some()
    }

    fn goes_on(&mut self) -> bool {
        self.is_cut |= *self.left == 0;
        *self.left > 0
    }
}

/// How long a text is in JSON, at most.
fn written_bytes(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if c.is_control() {
                6
            } else if matches!(c, '"' | '\\') {
                2
            } else {
                c.len_utf8()
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_small_answer_is_kept_whole_but_for_nulls() {
        let mut extra = Extra::default();
        assert_eq!(extra.keep("x", &json!({ "a": [1, null, "b"], "c": null, "d": { "e": true } })), None);
        assert_eq!(extra.into_answers()["x"], json!({ "a": [1, "b"], "d": { "e": true } }));
    }

    #[test]
    fn all_answers_together_are_bounded() {
        for big in
            [json!("x\n".repeat(200_000)), json!(vec!["\"long\""; 50_000]), json!({ "k".repeat(100_000): 1, "z": 2 })]
        {
            let mut extra = Extra::default();
            assert_eq!(extra.keep("small", &json!({ "a": 1 })), None);
            assert!(extra.keep("big", &big).is_some());
            assert!(extra.keep("late", &json!([1, 2, 3])).is_some());
            let answers = extra.into_answers();
            assert_eq!(answers["small"], json!({ "a": 1 }));
            assert!(serde_json::to_string(&answers).unwrap().len() <= MAX_EXTRA_BYTES, "{}", big.to_string().len());
        }
    }
}
