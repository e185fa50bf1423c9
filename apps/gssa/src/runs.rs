//! Texts in which runs of some characters are changed: what is not to be shown is found by the characters that it is made of.

/// The text with each run of characters that `is_part` takes as `change` wants it, which is told the character before the run.
pub(crate) fn runs(
    text: &str,
    is_part: impl Fn(char) -> bool,
    mut change: impl FnMut(Option<char>, &str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let begin = rest.find(&is_part).unwrap_or(rest.len());
        out.push_str(&rest[..begin]);
        let run = &rest[begin..];
        let run = &run[..run.find(|c| !is_part(c)).unwrap_or(run.len())];
        let before = text[..text.len() - rest.len() + begin].chars().next_back();
        match change(before, run) {
            Some(changed) => out.push_str(&changed),
            None => out.push_str(run),
        }
        rest = &rest[begin + run.len()..];
    }
    out
}
