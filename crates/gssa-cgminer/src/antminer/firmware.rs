//! The name and the version of the firmware, in its own words.

use gssa_model::text::clean;

use super::wire::Program;
use crate::Firmware;

/// What runs on the machine, by the name that people know it by: that of the firmware, or of a change to Bitmain's own that marks
/// itself in `CompileTime` or `Type`.
pub(super) fn name(firmware: Firmware, program: &Program) -> &'static str {
    let has = |text: Option<&str>, mark: &str| text.is_some_and(|text| text.to_ascii_lowercase().contains(mark));
    match firmware {
        Firmware::Bitmain if has(program.compiled.text(), "(chipless") => "Chipless",
        Firmware::Bitmain if has(kind(program), "blissz") => "Blissz",
        other => other.as_str(),
    }
}

/// The version in the firmware's own words; of Bitmain's the day it was built is all there is.
pub(super) fn version(firmware: Firmware, program: &Program) -> Option<String> {
    let written = kind(program).unwrap_or_default();
    let compiled = || program.compiled.text();
    let found = match firmware {
        Firmware::Vnish => in_brackets(written, "vnish").or_else(|| program.build.text()),
        Firmware::Msk => {
            version_word(written).or_else(|| in_brackets(written, "v").and_then(version_word)).or_else(compiled)
        }
        Firmware::BraiinsOs => program.bosminer.text().or_else(|| program.bmminer.text()),
        Firmware::Asicseer => program.bmminer.text(),
        Firmware::LuxOs => program.luxminer.text().or_else(|| program.miner.text()),
        Firmware::Marathon => program.bmminer.text().map(|text| text.trim_start_matches("MaraFW rel").trim()),
        _ => match name(firmware, program) {
            "Chipless" => compiled().and_then(|text| in_brackets(text, "chipless")).and_then(version_word),
            "Blissz" => version_word(written),
            _ => compiled(),
        },
    };
    found.and_then(clean)
}

fn kind(program: &Program) -> Option<&str> {
    program.kind.known().map(|kind| kind.0.as_str())
}

/// What stands in brackets after `mark`: `1.2.7` of `Antminer S21 Pro (Vnish 1.2.7)`; all of it where `mark` is part of a word.
fn in_brackets<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let (_, inner) = text.split_once('(')?;
    let inner = inner.split(')').next()?.trim();
    match inner.get(..mark.len()) {
        Some(start) if start.eq_ignore_ascii_case(mark) && inner[mark.len()..].starts_with(' ') => {
            Some(inner[mark.len()..].trim())
        }
        Some(start) if start.eq_ignore_ascii_case(mark) => Some(inner),
        _ => None,
    }
}

/// The first word that is a version: `v.2.6.0.39`, `v5.1`, `v2.06`, without the letter.
fn version_word(text: &str) -> Option<&str> {
    text.split_whitespace().find_map(|word| {
        let digits = word.strip_prefix(['v', 'V'])?.trim_start_matches('.');
        digits.starts_with(|c: char| c.is_ascii_digit()).then_some(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gssa_wire::Field;

    use crate::reply::value::json;
    use crate::wire::row::Lenient as _;

    #[test]
    fn a_firmware_tells_its_version_in_its_own_place() {
        use Firmware as F;
        for (program, firmware, shown, expected) in [
            (
                json!({ "CompileTime": "Wed Jul 31 2019", "Type": "Antminer S9" }),
                F::Bitmain,
                "Bitmain",
                "Wed Jul 31 2019",
            ),
            (json!({ "Type": "Antminer S21 Pro (Vnish 1.2.7)" }), F::Vnish, "VNish", "1.2.7"),
            (json!({ "Type": "Antminer S9 (vnish 3.8.6)" }), F::Vnish, "VNish", "3.8.6"),
            (json!({ "Type": "Antminer S9", "build_version": "3.9.0" }), F::Vnish, "VNish", "3.9.0"),
            (json!({ "BMMiner": "4.11.1 rwglr", "Type": "S19-88 v.2.6.0.39 " }), F::Msk, "MSK", "2.6.0.39"),
            (json!({ "BMMiner": "2.0.0 rwglr", "Type": "Antminer S9 Pro (v5.1) " }), F::Msk, "MSK", "5.1"),
            (
                json!({ "CompileTime": "Fri Apr 19 2024", "Type": "Antminer S19JPRO Hiveon" }),
                F::Hiveon,
                "Hiveon",
                "Fri Apr 19 2024",
            ),
            (json!({ "BMMiner": "bOS_am1-s9-1_c0" }), F::BraiinsOs, "Braiins OS", "bOS_am1-s9-1_c0"),
            (json!({ "BOSer": "boser-openwrt 0.1.0" }), F::BraiinsOs, "Braiins OS", "boser-openwrt 0.1.0"),
            (json!({ "LUXminer": "2025.4.8", "Miner": "2025" }), F::LuxOs, "LuxOS", "2025.4.8"),
            (json!({ "BMMiner": "MaraFW rel 1.4.2", "Model": "Antminer S21" }), F::Marathon, "Marathon", "1.4.2"),
            (json!({ "BMMiner": "2.4.0-asicseer-1.1.9-f7b7" }), F::Asicseer, "asicseer", "2.4.0-asicseer-1.1.9-f7b7"),
            (json!({ "CompileTime": "Sat May 23 (Chipless v3.0 Auto Paid)" }), F::Bitmain, "Chipless", "3.0"),
            (json!({ "Type": "Antminer D3 Blissz v2.06 beta" }), F::Bitmain, "Blissz", "2.06"),
        ] {
            let Field::Known(read) = Program::read(&program) else { panic!("{program:?}") };
            assert_eq!(
                (name(firmware, &read), version(firmware, &read).as_deref()),
                (shown, Some(expected)),
                "{program:?}"
            );
        }
    }
}
