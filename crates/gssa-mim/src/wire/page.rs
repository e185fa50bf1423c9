//! What a page gives away: its title, whether it names MIM, and perhaps a version.
//!
//! No page of MIM was ever published. So a name is only that, and a version is taken only where the page leaves no choice.

use gssa_model::text;

/// The first page of a web server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) title: Option<String>,
    pub(crate) names_mim: bool,
}

/// Whether an answer is a page.
pub(crate) fn is_page(content_type: Option<&str>, body: &[u8]) -> bool {
    let essence = content_type.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    let begins = body.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
    essence.ends_with("html") || essence == "application/xhtml+xml" || (essence.is_empty() && begins == Some(&b'<'))
}

/// Reads a page.
pub(crate) fn read(body: &[u8]) -> Page {
    let html = String::from_utf8_lossy(body);
    let lower = html.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let begins = at + lower[at..].find('>')? + 1;
        let ends = begins + lower[begins..].find("</title")?;
        text::clean(&html[begins..ends]).map(|title| without_entities(&title))
    });
    let content = without_blocks(&html, &lower);
    Page { title, names_mim: names_mim(&content) }
}

/// The word, not a part of another one (MIME, minimum): in a title, a text, or the description of an app.
fn names_mim(content: &str) -> bool {
    let is_inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let is_word = |(at, word): (usize, &str)| {
        !is_inside(content[..at].chars().next_back()) && !is_inside(content[at + word.len()..].chars().next())
    };
    content.match_indices("MIM").any(is_word) || content.to_ascii_lowercase().contains("mining infrastructure manager")
}

/// The version that a page tells, if it tells one and no other: `major.minor.patch` behind the word, with nothing but signs between.
pub(crate) fn version(body: &[u8]) -> Option<String> {
    const MAX_WORDS: usize = 64;
    let html = String::from_utf8_lossy(body);
    let words = without_tags(&without_blocks(&html, &html.to_ascii_lowercase())).to_ascii_lowercase();
    let mut told: Vec<(bool, &str)> = Vec::new();
    for (at, word) in words.match_indices("version").take(MAX_WORDS) {
        let before = last_chars(&words[..at], 24);
        let is_other = OTHERS.iter().any(|other| before.contains(other));
        if let Some(version) = leading_version(&words[at + word.len()..]).filter(|_| !is_other) {
            told.push((before.split(|c: char| !c.is_alphanumeric()).any(|word| word == "mim"), version));
        }
    }
    let of_mim: Vec<&str> = told.iter().filter(|(is_mim, _)| *is_mim).map(|(_, version)| *version).collect();
    let all = if of_mim.is_empty() { told.into_iter().map(|(_, version)| version).collect() } else { of_mim };
    let first = *all.first()?;
    all.iter().all(|version| *version == first).then(|| first.to_owned())
}

/// Words before "version" that say that it is not the running one, or not that of MIM.
const OTHERS: [&str; 16] = [
    "latest",
    "newest",
    "new ",
    "available",
    "minimum",
    "min ",
    "recommended",
    "required",
    "previous",
    "docker",
    "compose",
    "node",
    "go ",
    "kernel",
    "api",
    "postgres",
];

fn leading_version(after: &str) -> Option<&str> {
    const MAX_SIGNS: usize = 24;
    let begins = after.char_indices().take(MAX_SIGNS).find(|(_, c)| c.is_alphanumeric()).map(|(at, _)| at)?;
    let after = after[begins..].strip_prefix('v').unwrap_or(&after[begins..]);
    let end = after.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(after.len());
    let version = after[..end].trim_end_matches('.');
    let parts: Vec<&str> = version.split('.').collect();
    let is_version = parts.len() == 3 && parts.iter().all(|part| (1..=5).contains(&part.len()));
    is_version.then_some(version)
}

fn last_chars(text: &str, chars: usize) -> &str {
    text.char_indices().rev().take(chars).last().map_or("", |(at, _)| &text[at..])
}

/// A page without comments and without what is inside of scripts and styles.
fn without_blocks(html: &str, lower: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut at = 0;
    while let Some(begins) = lower[at..].find('<').map(|found| at + found) {
        kept.push_str(&html[at..begins]);
        let block = BLOCKS.iter().find(|(start, _)| lower[begins..].starts_with(start));
        at = if let Some((start, end)) = block {
            let inside = begins + start.len();
            kept.push(' ');
            lower[inside..].find(end).map_or(lower.len(), |found| inside + found + end.len())
        } else {
            kept.push('<');
            begins + 1
        };
    }
    kept.push_str(&html[at..]);
    kept
}

const BLOCKS: [(&str, &str); 3] = [("<script", "</script"), ("<style", "</style"), ("<!--", "-->")];

fn without_tags(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' if is_tag => {
                is_tag = false;
                kept.push(' ');
            }
            c if !is_tag => kept.push(c),
            _ => {}
        }
    }
    kept
}

fn without_entities(text: &str) -> String {
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_its_title_and_whether_it_names_mim() {
        for (html, title, names_mim) in [
            ("<html><head><TITLE>\n MIM &amp; more </TITLE></head>", Some("MIM & more"), true),
            ("<title>Mining Infrastructure Manager</title>", Some("Mining Infrastructure Manager"), true),
            ("<title>App</title><meta name=\"application-name\" content=\"MIM\">", Some("App"), true),
            ("<title lang=en>Dashboard</title><p>Servers of MIM</p>", Some("Dashboard"), true),
            ("<title>Uploads</title><p>MIME types, MIM_TYPE, minimum</p>", Some("Uploads"), false),
            ("<title>x</title><script>var MIM=1</script><style>.MIM{}</style><!-- MIM -->", Some("x"), false),
            ("<title></title>", None, false),
            ("<title>never closed", None, false),
            ("", None, false),
            ("<<<<script", None, false),
        ] {
            assert_eq!(read(html.as_bytes()), Page { title: title.map(str::to_owned), names_mim }, "{html}");
        }
    }

    #[test]
    fn a_version_is_taken_where_there_is_no_choice() {
        for (html, wanted) in [
            ("<dt>Version</dt><dd>3.3.6</dd>", Some("3.3.6")),
            ("<p>MIM version: v3.3.6</p>", Some("3.3.6")),
            ("<p>version 3.3.6</p><footer>Version 3.3.6.</footer>", Some("3.3.6")),
            ("<p>Version 3.3.6</p><p>Latest version 3.3.7</p>", Some("3.3.6")),
            ("<p>MIM version 3.3.6</p><p>OpenSSL version 3.0.11</p>", Some("3.3.6")),
            ("<p>Version 3.3.6</p><p>Version 1.2.3</p>", None),
            ("<p>Docker version 29.1.2</p>", None),
            ("<p>Versions 3.3.6</p>", None),
            ("<p>version history since 1.0.0</p>", None),
            ("<p>version 3.3</p>", None),
            ("<p>version 192.168.1.10</p>", None),
            ("<script>version = '3.3.6'</script>", None),
            ("<script src=\"/app.js?version=3.3.6\"></script>", None),
            ("<img alt=\"version 3.3.6\">", None),
            ("", None),
        ] {
            assert_eq!(version(html.as_bytes()).as_deref(), wanted, "{html}");
        }
    }

    #[test]
    fn a_page_is_told_by_its_type_or_its_first_sign() {
        assert!(is_page(Some("text/html; charset=utf-8"), b""));
        assert!(is_page(None, b"\xef\xbb\xbf \n<!doctype html>"));
        assert!(!is_page(Some("application/json"), b"<html>"));
        assert!(!is_page(None, b"{}"));
    }
}
