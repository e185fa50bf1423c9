//! Difficulties as text. Each firmware writes them in its own way.

use crate::json::Json;

/// How a firmware writes a difficulty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// A whole number: Bitaxe ≥ 2.11, NerdQAxe ≥ 1.0.35.
    Number,
    /// Three digits that count, no blank: `258M`, `2.88M`, `0`.
    ThreeDigits,
    /// Two decimals, no blank: `142.80M` (Bitaxe 2.9).
    TwoDecimals,
    /// Two decimals and a blank, even where no suffix follows: `572.14 M`, `0 ` (Bitaxe 2.10).
    Blank,
    /// Four characters that count and a capital K: `2.049K` (NMAxe).
    FourDigits,
}

impl Notation {
    /// Writes a difficulty.
    pub(super) fn write(self, difficulty: f64) -> Json {
        let (figure, suffix) = scaled(difficulty);
        match self {
            Self::Number => Json::Int(difficulty as i64),
            Self::ThreeDigits => format!("{}{suffix}", digits(figure, suffix, 3)).into(),
            Self::TwoDecimals if suffix.is_empty() => format!("{figure:.0}").into(),
            Self::TwoDecimals => format!("{figure:.2}{suffix}").into(),
            Self::Blank if suffix.is_empty() => format!("{figure:.0} ").into(),
            Self::Blank => format!("{figure:.2} {suffix}").into(),
            Self::FourDigits => format!("{}{}", digits(figure, suffix, 4), suffix.to_uppercase()).into(),
        }
    }
}

fn scaled(difficulty: f64) -> (f64, &'static str) {
    const STEPS: [(f64, &str); 6] = [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    STEPS
        .into_iter()
        .find(|(step, _)| difficulty >= *step)
        .map_or((difficulty, ""), |(step, suffix)| (difficulty / step, suffix))
}

fn digits(figure: f64, suffix: &str, wanted: usize) -> String {
    let before = if figure >= 100.0 {
        3
    } else if figure >= 10.0 {
        2
    } else {
        1
    };
    if suffix.is_empty() { format!("{figure:.0}") } else { format!("{figure:.*}", wanted - before) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_firmware_writes_a_difficulty_in_its_own_way() {
        let table = [
            (Notation::Number, 5_561_234_567.0, "5561234567"),
            (Notation::ThreeDigits, 258_400_000.0, "\"258M\""),
            (Notation::ThreeDigits, 2_881_000.0, "\"2.88M\""),
            (Notation::ThreeDigits, 0.0, "\"0\""),
            (Notation::ThreeDigits, 483_100.0, "\"483k\""),
            (Notation::TwoDecimals, 142_800_000.0, "\"142.80M\""),
            (Notation::Blank, 572_141_152.0, "\"572.14 M\""),
            (Notation::Blank, 0.0, "\"0 \""),
            (Notation::FourDigits, 2_049.0, "\"2.049K\""),
            (Notation::FourDigits, 474_700_000.0, "\"474.7M\""),
        ];
        for (notation, difficulty, written) in table {
            assert_eq!(
                notation.write(difficulty).to_bytes(crate::json::Style::Compact),
                written.as_bytes(),
                "{notation:?}"
            );
        }
    }
}
