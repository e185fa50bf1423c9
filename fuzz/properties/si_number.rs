//! Numbers with an SI letter: `2.1941k`, `572.14 M`, `12..3M`. An input is the text.

/// The letters and their powers of ten.
const LETTERS: [(char, i32); 9] =
    [('k', 3), ('K', 3), ('M', 6), ('G', 9), ('T', 12), ('P', 15), ('E', 18), ('Z', 21), ('Y', 24)];

/// Outside of these sizes rounding decides, and a product rounds twice.
const SIZES: std::ops::Range<f64> = 1e-250..1e307;

/// The same number by another way: the letter is multiplied, not written as an exponent. `None` where it is not said here.
fn by_product(text: &str) -> Option<f64> {
    let text = text.trim();
    let (last, power) = LETTERS.iter().find(|(letter, _)| text.ends_with(*letter)).copied().unwrap_or((' ', 0));
    let number = text.strip_suffix(last).unwrap_or(text).trim_end();
    let is_plain = number.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+'));
    let has_exponent = number.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    let number: f64 = number.parse().ok()?;
    (is_plain || (power == 0 && has_exponent)).then(|| number * 10_f64.powi(power))
}

/// Panics unless `read` gives a finite number or none, and the one that the text says.
pub(crate) fn check(input: &[u8], read: fn(&str) -> Option<f64>) {
    let text = String::from_utf8_lossy(input);
    let number = read(&text);
    assert!(number.is_none_or(f64::is_finite), "{text:?} is {number:?}");
    if text.trim_end().ends_with('%') {
        // Only one of the two readers knows percent.
        assert!(number.is_none() || number == read(text.trim_end().trim_end_matches('%').trim_end()));
        return;
    }
    match (number, by_product(&text).filter(|number| number.is_finite())) {
        (Some(number), Some(product)) => {
            let is_near = (number - product).abs() <= 1e-14 * product.abs();
            assert!(is_near || number.abs() < SIZES.start, "{text:?}: {number}, not {product}");
        }
        (None, None) => {}
        (number, product) => {
            let size = number.or(product).unwrap_or_default().abs();
            assert!(size > SIZES.end, "{text:?}: {number:?}, not {product:?}");
        }
    }
}
