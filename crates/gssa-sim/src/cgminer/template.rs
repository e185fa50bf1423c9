//! Templates: text with places for figures, and parts that are repeated.
//!
//! | in a template | becomes |
//! | --- | --- |
//! | `${elapsed}`, `${u_5s.2}` | a figure, with decimals where they are given |
//! | `$[boards\|"chain_hw#":${b_errors}$]` | the part once for each, with commas between |
//! | `$[boards~\|PLL#[${steps}]$]` | the same with blanks between |
//! | `#` in such a part | the number of the one at hand |
//!
//! Where nothing is repeated, the comma before the part goes too.

use super::value::Value;

/// Where in the repetitions a figure is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct At {
    /// The number of the one at hand: a slot, a pool, a fan, a module.
    pub(super) number: usize,
    /// Its place in the repetition, from 0.
    pub(super) place: usize,
}

/// Where figures come from.
pub(super) trait Source {
    /// The figure of that name.
    fn value(&self, name: &str, at: At) -> Option<Value>;
    /// The numbers of whatever is repeated under that name.
    fn numbers(&self, repeated: &str) -> Option<Vec<usize>>;
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw(pub(super) String);

/// Fills a template.
pub(super) fn fill(template: &str, source: &impl Source) -> Result<String, Flaw> {
    let mut out = String::with_capacity(template.len() * 2);
    part(template, source, None, &mut out)?;
    Ok(out)
}

fn part(template: &str, source: &impl Source, at: Option<At>, out: &mut String) -> Result<(), Flaw> {
    let mut rest = template;
    while let Some(next) = rest.find(['$', '#']) {
        out.push_str(&rest[..next]);
        rest = &rest[next..];
        if let Some(inside) = rest.strip_prefix("${") {
            let (expression, after) = inside.split_once('}').ok_or_else(|| Flaw(format!("open: {inside}")))?;
            print(expression, source, at.unwrap_or_default(), out)?;
            rest = after;
        } else if let Some(inside) = rest.strip_prefix("$[") {
            let end = end_of_part(inside).ok_or_else(|| Flaw(format!("open: {inside}")))?;
            let (repeated, body) = inside[..end].split_once('|').ok_or_else(|| Flaw(format!("no bar: {inside}")))?;
            repeat(repeated, body, source, at, out)?;
            rest = &inside[end + 2..];
        } else if let (Some(at), Some(after)) = (at, rest.strip_prefix('#')) {
            out.push_str(&at.number.to_string());
            rest = after;
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Ok(())
}

/// Where the part ends that begins before `inside`.
fn end_of_part(inside: &str) -> Option<usize> {
    let mut depth = 0;
    for (index, _) in inside.match_indices('$') {
        match inside.as_bytes().get(index + 1) {
            Some(b'[') => depth += 1,
            Some(b']') if depth == 0 => return Some(index),
            Some(b']') => depth -= 1,
            _ => {}
        }
    }
    None
}

fn repeat(repeated: &str, body: &str, source: &impl Source, around: Option<At>, out: &mut String) -> Result<(), Flaw> {
    let (repeated, between) = repeated.strip_suffix('~').map_or((repeated, ','), |repeated| (repeated, ' '));
    let numbers = match repeated {
        // A part that is there or not keeps the number of what is around it.
        "awake" | "asleep" => {
            source.numbers(repeated).map(|found| vec![around.unwrap_or_default().number; found.len()])
        }
        _ => listed(repeated).or_else(|| source.numbers(repeated)),
    };
    let numbers = numbers.ok_or_else(|| Flaw(format!("nothing is called {repeated}")))?;
    if numbers.is_empty() && out.ends_with(',') {
        out.pop();
    }
    for (place, number) in numbers.into_iter().enumerate() {
        if place > 0 {
            out.push(between);
        }
        part(body, source, Some(At { number, place }), out)?;
    }
    Ok(())
}

/// Numbers that are written out: `1-3,8-13`.
fn listed(repeated: &str) -> Option<Vec<usize>> {
    let mut numbers = Vec::new();
    for range in repeated.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        numbers.extend(first.parse::<usize>().ok()?..=last.parse::<usize>().ok()?);
    }
    Some(numbers)
}

fn print(expression: &str, source: &impl Source, at: At, out: &mut String) -> Result<(), Flaw> {
    let (name, decimals) = match expression.split_once('.') {
        Some((name, decimals)) => (name, decimals.parse().ok()),
        None => (expression, None),
    };
    let value = source.value(name, at).ok_or_else(|| Flaw(format!("no figure is called {name}")))?;
    value.print(out, decimals);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Source for Fixed {
        fn value(&self, name: &str, at: At) -> Option<Value> {
            match name {
                "rate" => Some(1.5.into()),
                "n" => Some((at.number * 10 + at.place).into()),
                _ => None,
            }
        }

        fn numbers(&self, repeated: &str) -> Option<Vec<usize>> {
            match repeated {
                "boards" => Some(vec![6, 8]),
                "awake" => Some(Vec::new()),
                "asleep" => Some(vec![0]),
                _ => None,
            }
        }
    }

    #[test]
    fn places_are_filled_and_parts_repeated() {
        for (template, filled) in [
            ("a${rate.2}b", "a1.50b"),
            ("#${rate}", "#2"),
            ("{$[boards|\"t#\":${n}$]}", "{\"t6\":60,\"t8\":81}"),
            ("[$[1-2,5|#$]]", "[1,2,5]"),
            ("$[boards~|#$]", "6 8"),
            ("\"a\":1,$[awake|{}$],\"b\":2", "\"a\":1,\"b\":2"),
            ("$[boards|#:[$[asleep|#$]]$]", "6:[6],8:[8]"),
        ] {
            assert_eq!(fill(template, &Fixed).as_deref(), Ok(filled), "{template}");
        }
        for wrong in ["${nothing}", "${rate", "$[boards|x", "$[rooms|x$]"] {
            assert!(fill(wrong, &Fixed).is_err(), "{wrong}");
        }
    }
}
