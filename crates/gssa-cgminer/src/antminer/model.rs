//! Which machine, what it hashes, and in which unit its old layout counts.

use super::scalar::Unit;

/// A kind of work with the units that the old layout counts it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coin {
    Sha256d,
    Scrypt,
    X11,
    Ethash,
    Equihash,
    KHeavyHash,
    Eaglesong,
    Handshake,
    Blake2b,
    Tensority,
    CryptoNight,
    Decred,
}

impl Coin {
    pub(super) const fn algorithm(self) -> &'static str {
        match self {
            Self::Sha256d => "sha256d",
            Self::Scrypt => "scrypt",
            Self::X11 => "x11",
            Self::Ethash => "ethash",
            Self::Equihash => "equihash",
            Self::KHeavyHash => "kheavyhash",
            Self::Eaglesong => "eaglesong",
            Self::Handshake => "handshake",
            Self::Blake2b => "blake2b",
            Self::Tensority => "tensority",
            Self::CryptoNight => "cryptonight",
            Self::Decred => "blake256r14",
        }
    }

    /// What `GHS 5s` may stand for, the likeliest first: GH/s on SHA-256 machines only (`bitmaintech/bmminer#11`,
    /// `anselal/antminer-monitor#22`; D9 in `UpstreamData/pyasic#229`). None for coins without evidence.
    pub(super) const fn units(self) -> &'static [Unit] {
        match self {
            Self::Sha256d | Self::KHeavyHash => &[Unit::GH],
            Self::Scrypt | Self::Ethash => &[Unit::MH],
            Self::X11 => &[Unit::MH, Unit::GH],
            Self::Equihash => &[Unit::SOL, Unit::KSOL],
            _ => &[],
        }
    }
}

/// A machine that Bitmain makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Model {
    /// The name without `Antminer`.
    pub(super) name: &'static str,
    pub(super) coin: Coin,
    /// About what the fastest of this name hashes, to tell a wrong unit by.
    pub(super) rated_hps: f64,
}

impl Model {
    /// The model whose name the text begins with, the longest one; blanks, dashes and case aside: `S19JPRO Hiveon` is an S19j Pro,
    /// `braiins-am1-s9` an S9. What follows must not go on with a letter or a digit.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = bare(text);
        let text = text.strip_prefix("braiins-am1-").unwrap_or(text);
        let known = MODELS.iter().filter(|(name, ..)| begins_with(text, name));
        known.max_by_key(|(name, ..)| name.len()).map(|&(written, coin, rated_hps)| {
            // A board name in place of a model (`UpstreamData/pyasic#397`).
            let name = if written == "BHB42XXX" { "S19j Pro+" } else { written };
            Self { name, coin, rated_hps }
        })
    }

    pub(super) fn is_hydro(self) -> bool {
        self.name.ends_with("Hyd.")
    }
}

/// The text without `Antminer` before it and brackets behind it. Odd brackets exist: `S19 XP (33432947623()()((())))`.
pub(super) fn bare(text: &str) -> &str {
    let text = text.split('(').next().unwrap_or_default().trim();
    match text.get(..8) {
        Some(maker) if maker.eq_ignore_ascii_case("antminer") => text[8..].trim_start(),
        _ => text,
    }
}

fn begins_with(text: &str, name: &str) -> bool {
    let is_divider = |c: &char| matches!(c, ' ' | '-' | '_' | '.');
    let mut rest = text.chars().filter(|c| !is_divider(c));
    let all = name.chars().filter(|c| !is_divider(c)).all(|c| rest.next().is_some_and(|r| r.eq_ignore_ascii_case(&c)));
    // What follows in the text as it is written: `S19-88` is an S19, `S190` is not.
    let mut left = name.chars().filter(|c| !is_divider(c)).count();
    let end = text.char_indices().find_map(|(at, c)| {
        left -= usize::from(!is_divider(&c));
        (left == 0).then_some(at + c.len_utf8())
    });
    all && end.is_some_and(|end| text[end..].chars().next().is_none_or(|next| !next.is_alphanumeric() && next != '+'))
}

use Coin::{
    Blake2b, CryptoNight, Decred, Eaglesong, Equihash, Ethash, Handshake, KHeavyHash, Scrypt, Sha256d, Tensority, X11,
};

const MODELS: &[(&str, Coin, f64)] = &[
    ("S7", Sha256d, 4.7e12),
    ("S9", Sha256d, 14.5e12),
    ("S9i", Sha256d, 14.5e12),
    ("S9j", Sha256d, 14.5e12),
    ("S9k", Sha256d, 14e12),
    ("S9 SE", Sha256d, 17e12),
    ("S9 Hydro", Sha256d, 18e12),
    ("T9", Sha256d, 12.5e12),
    ("T9+", Sha256d, 10.5e12),
    ("V9", Sha256d, 4e12),
    ("S11", Sha256d, 20.5e12),
    ("S15", Sha256d, 28e12),
    ("T15", Sha256d, 23e12),
    ("S17", Sha256d, 59e12),
    ("S17 Pro", Sha256d, 62e12),
    ("S17+", Sha256d, 76e12),
    ("S17e", Sha256d, 64e12),
    ("T17", Sha256d, 42e12),
    ("T17+", Sha256d, 64e12),
    ("T17e", Sha256d, 53e12),
    ("S19", Sha256d, 95e12),
    ("S19 Pro", Sha256d, 110e12),
    ("S19 Pro+", Sha256d, 120e12),
    ("S19a", Sha256d, 96e12),
    ("S19a Pro", Sha256d, 110e12),
    ("S19i", Sha256d, 90e12),
    ("S19j", Sha256d, 90e12),
    ("S19j Pro", Sha256d, 104e12),
    ("S19j Pro+", Sha256d, 122e12),
    ("BHB42XXX", Sha256d, 122e12),
    ("S19j XP", Sha256d, 151e12),
    ("S19k Pro", Sha256d, 136e12),
    ("S19 XP", Sha256d, 141e12),
    ("S19 XP+", Sha256d, 160e12),
    ("S19 Hyd.", Sha256d, 158e12),
    ("S19 Pro Hyd.", Sha256d, 184e12),
    ("S19 Pro+ Hyd.", Sha256d, 198e12),
    ("S19 XP Hyd.", Sha256d, 257e12),
    ("S19 XP+ Hyd.", Sha256d, 293e12),
    ("T19", Sha256d, 88e12),
    ("S21", Sha256d, 200e12),
    ("S21+", Sha256d, 235e12),
    ("S21 Pro", Sha256d, 234e12),
    ("S21 XP", Sha256d, 270e12),
    ("S21 Hyd.", Sha256d, 335e12),
    ("S21+ Hyd.", Sha256d, 395e12),
    ("S21 XP Hyd.", Sha256d, 473e12),
    ("S21e Hyd.", Sha256d, 288e12),
    ("S21e XP Hyd.", Sha256d, 430e12),
    ("S21 Imm.", Sha256d, 301e12),
    ("S21 XP Imm.", Sha256d, 300e12),
    ("T21", Sha256d, 190e12),
    ("L3", Scrypt, 250e6),
    ("L3+", Scrypt, 504e6),
    ("L3++", Scrypt, 596e6),
    ("L7", Scrypt, 9.5e9),
    ("L9", Scrypt, 17.6e9),
    ("D3", X11, 19.3e9),
    ("D5", X11, 119e9),
    ("D7", X11, 1.286e12),
    ("D9", X11, 1.77e12),
    ("E3", Ethash, 200e6),
    ("E9", Ethash, 2.4e9),
    ("E9 Pro", Ethash, 3.68e9),
    ("Z9", Equihash, 42e3),
    ("Z9 Mini", Equihash, 10e3),
    ("Z11", Equihash, 135e3),
    ("Z15", Equihash, 420e3),
    ("Z15 Pro", Equihash, 840e3),
    ("KS3", KHeavyHash, 9.4e12),
    ("KS5", KHeavyHash, 20e12),
    ("KS5 Pro", KHeavyHash, 21e12),
    ("K5", Eaglesong, 1.13e12),
    ("K7", Eaglesong, 63.5e12),
    ("HS3", Handshake, 9e12),
    ("A3", Blake2b, 815e9),
    ("B3", Tensority, 780.0),
    ("X3", CryptoNight, 220e3),
    ("DR3", Decred, 7.8e12),
    ("DR5", Decred, 34e12),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_known_by_the_longest_name() {
        for (text, name) in [
            ("Antminer S9 V1.3.58", "S9"),
            ("Antminer S9i", "S9i"),
            ("Antminer S9SE", "S9 SE"),
            ("Antminer S9 Pro (v5.1) ", "S9"),
            ("braiins-am1-s9", "S9"),
            ("Antminer S17 Pro", "S17 Pro"),
            ("Antminer S17+", "S17+"),
            ("Antminer S19j Pro", "S19j Pro"),
            ("Antminer S19JPRO Hiveon", "S19j Pro"),
            ("S19-88 v.2.6.0.39 ", "S19"),
            ("Antminer S19 XP (33432947623()()((())))", "S19 XP"),
            ("Antminer S21 Pro (Vnish 1.2.7)", "S21 Pro"),
            ("Antminer S21+ Hyd.", "S21+ Hyd."),
            ("Antminer S19 Pro+ Hyd.", "S19 Pro+ Hyd."),
            ("Antminer BHB42XXX", "S19j Pro+"),
            ("Antminer D3 Blissz v2.06 beta", "D3"),
            ("Antminer Z9-Mini", "Z9 Mini"),
            ("Antminer L9_i", "L9"),
            ("Antminer L3++", "L3++"),
            ("Antminer KS5 Pro", "KS5 Pro"),
        ] {
            assert_eq!(Model::of(text).map(|model| model.name), Some(name), "{text}");
        }
        for unknown in ["", "Antminer", "Antminer S99", "Antminer S190", "Blackminer F1", "Antminer S19x", "αβγ"] {
            assert_eq!(Model::of(unknown), None, "{unknown}");
        }
    }
}
