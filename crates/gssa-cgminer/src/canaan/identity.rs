//! What the machine is.

use gssa_model::{Identity, Network};

use super::Machine;

/// Models whose own name says the product line only: A15 at 194 TH/s is sold as A1566.
const SOLD_AS: [(&str, &str); 1] = [("15-194", "A1566")];

/// Signal strengths that can be; 0 is what a machine on a cable tells.
const RSSI_DBM: std::ops::Range<f64> = -120.0..0.0;

impl Machine {
    pub(super) fn identity(&self) -> Identity {
        let version = self.version.as_ref();
        let module = self.modules.first();
        let ver = module.and_then(|module| module.ver.as_deref());
        let (from_ver, firmware_from_ver) = ver.map(split_ver).unwrap_or_default();
        let named = version.and_then(|row| row.model.text().or_else(|| row.prod.text()));
        // `10xx` stands for any machine of a line.
        let model = named.filter(|model| !model.contains("xx")).or(from_ver).or(named);
        let firmware = version.and_then(|row| row.version.text().or_else(|| row.lversion.text()));
        let serial = || {
            let module = self.only()?;
            module.dna.clone().or_else(|| module.hdna.clone())
        };
        let dna = version.and_then(|row| row.dna.text()).filter(|dna| dna.bytes().any(|b| b != b'0'));
        Identity {
            make: Some("Canaan".to_owned()),
            model: model.map(name),
            board: version.and_then(|row| row.hwtype.known().cloned()),
            chip: module.and_then(|module| module.chip.clone()),
            firmware: Some("Canaan".to_owned()),
            firmware_version: firmware.or(firmware_from_ver).map(str::to_owned),
            hostname: None,
            mac: version.and_then(|row| row.mac.get()),
            serial: dna.map(str::to_owned).or_else(serial),
        }
    }

    pub(super) fn network(&self) -> Network {
        let rssi = self.only().and_then(|module| module.rssi_dbm).filter(|dbm| RSSI_DBM.contains(dbm));
        Network { ip: None, rssi_dbm: rssi.map(|dbm| dbm as i32) }
    }
}

/// Model and firmware of `Ver`: `1346-110-24041001_08b0955` is 1346-110, `nano3-24071801_42c628d` is nano3; `7411706-3162860` is a 741 of
/// June 2017.
fn split_ver(ver: &str) -> (Option<&str>, Option<&str>) {
    let dated = |rest: &str| rest.len() >= 8 && rest.bytes().take(8).all(|b| b.is_ascii_digit());
    for (at, _) in ver.match_indices('-') {
        if dated(&ver[at + 1..]) {
            return (Some(&ver[..at]), Some(&ver[at + 1..]));
        }
    }
    let digits = ver.bytes().take_while(u8::is_ascii_digit).count();
    let model = if digits == 7 { ver.get(..3) } else { ver.split('-').next() };
    (model.filter(|model| !model.is_empty()), Some(ver))
}

/// The name for people: `Avalon Nano3S`, `Avalon A1346`. Names differ in case by firmware, and a Nano 3 is no Nano 3S.
fn name(model: &str) -> String {
    let bare = ["AvalonMiner", "Avalon"].iter().find_map(|maker| model.strip_prefix(maker)).unwrap_or(model).trim();
    let sold_as = SOLD_AS.iter().find(|(own, _)| *own == bare).map(|(_, sold)| *sold);
    let home = match bare.to_ascii_lowercase().as_str() {
        "nano3" | "nano" => Some("Nano3"),
        "nano3s" => Some("Nano3S"),
        "mini3" => Some("Mini3"),
        "q" => Some("Q"),
        _ => None,
    };
    if let Some(known) = home.or(sold_as) {
        return format!("Avalon {known}");
    }
    let is_number = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    match bare.split_once('-') {
        // What follows is the rate of the batch.
        Some((number, _)) if is_number(number) => format!("Avalon A{number}"),
        None if is_number(bare) => format!("Avalon A{bare}"),
        _ => format!("Avalon {bare}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canaan::testing::machine;

    #[test]
    fn a_model_has_one_name() {
        for (model, shown) in [
            ("nano3", "Avalon Nano3"),
            ("Avalonnano", "Avalon Nano3"),
            ("Nano3s", "Avalon Nano3S"),
            ("Avalon Mini3", "Avalon Mini3"),
            ("Q", "Avalon Q"),
            ("15-194", "Avalon A1566"),
            ("AvalonMiner 1346-110", "Avalon A1346"),
            ("1047", "Avalon A1047"),
            ("741", "Avalon 741"),
            ("15-200", "Avalon 15-200"),
        ] {
            assert_eq!(name(model), shown, "{model}");
        }
    }

    #[test]
    fn ver_is_model_and_firmware() {
        for (ver, model, firmware) in [
            ("1346-110-24041001_08b0955", Some("1346-110"), Some("24041001_08b0955")),
            ("1047-19120401_d46bc64_0367a8b", Some("1047"), Some("19120401_d46bc64_0367a8b")),
            ("nano3-24071801_42c628d", Some("nano3"), Some("24071801_42c628d")),
            ("7411706-3162860", Some("741"), Some("7411706-3162860")),
            ("9211809-b4b3d00", Some("921"), Some("9211809-b4b3d00")),
        ] {
            assert_eq!(split_ver(ver), (model, firmware), "{ver}");
        }
    }

    #[test]
    fn a_nano_3_is_told_apart_by_what_identifies_it() {
        let identity = machine("Ver[nano3-24071801_42c628d] DNA[0000000000000000] HDNA[02AB]").identity();
        assert_eq!(identity.serial.as_deref(), Some("02AB"));
    }
}
