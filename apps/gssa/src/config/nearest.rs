//! Finding the word that was meant.

/// Longer words are not compared: the work grows with the square.
const MAX_WORD_CHARS: usize = 64;

/// The known word nearest to a wrong one, if it is near enough to be meant.
pub(super) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = plain(wrong);
    if wrong.is_empty() || wrong.chars().nth(MAX_WORD_CHARS).is_some() {
        return None;
    }
    let near = |word: &&str| 1 + word.chars().count() / 4;
    known
        .into_iter()
        .map(|word| (effort(&wrong, &plain(word)), word))
        .filter(|(distance, word)| *distance <= near(word))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// `; did you mean …?`, or nothing.
pub(super) fn hint<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wrong, known).map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

/// The [`distance`], but a beginning of a word is always near.
fn effort(wrong: &str, word: &str) -> usize {
    const LEAST_BEGINNING: usize = 3;
    if wrong.len() >= LEAST_BEGINNING && word.starts_with(wrong) {
        usize::from(wrong != word)
    } else {
        distance(wrong, word)
    }
}

/// Without the differences of habit: `intervalSecs`, `Interval-Secs`.
fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// How many letters must be added, removed, changed or swapped with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut two_above: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut char_before = None;
    for (i, from) in a.chars().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let changed = above[j] + usize::from(from != *to);
            let mut least = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if j > 0 && char_before == Some(*to) && b[j - 1] == from {
                least = least.min(two_above[j - 1] + 1);
            }
            row.push(least);
        }
        two_above = std::mem::replace(&mut above, row);
        char_before = Some(from);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_was_meant_is_found() {
        let known = ["interval_secs", "timeout_ms", "max_concurrent", "listen"];
        for (wrong, meant) in [
            ("intervall_secs", Some("interval_secs")),
            ("intervalSecs", Some("interval_secs")),
            ("interval-secs", Some("interval_secs")),
            ("interval", Some("interval_secs")),
            ("timeuot_ms", Some("timeout_ms")),
            ("Listen", Some("listen")),
            ("lisen", Some("listen")),
            ("port", None),
            ("max", Some("max_concurrent")),
            ("", None),
            (&"x".repeat(1000), None),
        ] {
            assert_eq!(nearest(wrong, known), meant, "{wrong}");
        }
        for (wrong, known, meant) in [
            ("", &["a"][..], None),
            ("mz", &["ms"], Some("ms")),
            ("intrvl_scs", &["interval_secs"], Some("interval_secs")),
            ("name", &["name_of", "name"], Some("name")),
        ] {
            assert_eq!(nearest(wrong, known.iter().copied()), meant, "{wrong}");
        }
    }

    #[test]
    fn a_distance_counts_letters() {
        for (a, b, expected) in [("", "", 0), ("ab", "ba", 1), ("abc", "", 3), ("kitten", "sitting", 3), ("γ", "g", 1)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
