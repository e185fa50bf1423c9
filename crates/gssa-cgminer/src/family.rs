//! What a miner is, told from its replies.

use std::fmt;

use crate::wire::identity::{DeviceRow, StatsHead, SummaryMarks, VersionRow};
use crate::{Command, Replies, Reply};

/// How a miner is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// A Bitmain Antminer with the firmware named.
    Antminer(Firmware),
    /// A Canaan Avalon.
    Canaan,
    /// Another one, read by the commands that upstream has.
    Generic(Firmware),
}

macro_rules! firmware {
    ($( $(#[$doc:meta])* $name:ident = $shown:literal, )+) => {
        /// The firmware, or the program where it has no other name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Firmware { $( $(#[$doc])* $name, )+ }

        impl Firmware {
            /// The name for people.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $shown,)+ }
            }
        }
    };
}

firmware! {
    /// Bitmain's own.
    Bitmain = "Bitmain",
    /// `bmminer bOS`, `BOSminer`, `BOSminer+`, `BOSer`.
    BraiinsOs = "Braiins OS",
    /// LUXminer.
    LuxOs = "LuxOS",
    /// `AnthillOS`.
    Vnish = "VNish",
    /// Hiveon.
    Hiveon = "Hiveon",
    /// MSK.
    Msk = "MSK",
    /// asicseer.
    Asicseer = "asicseer",
    /// `MaraFW`.
    Marathon = "Marathon",
    /// cgminer itself.
    Cgminer = "cgminer",
    /// bfgminer.
    Bfgminer = "bfgminer",
    /// sgminer.
    Sgminer = "sgminer",
    /// btminer of Whatsminer.
    Btminer = "btminer",
    /// `ccminer` of Blackminer and Hammer.
    Blackminer = "Blackminer",
    /// innominer of Innosilicon.
    Innominer = "innominer",
    /// Auradine's `GCMiner`.
    GcMiner = "GCMiner",
    /// `BDMiner` of `SealMiner`.
    BdMiner = "BDMiner",
    /// Goldshell.
    Goldshell = "Goldshell",
    /// `TeamRedMiner`.
    TeamRedMiner = "TeamRedMiner",
    /// Not known.
    Unknown = "unknown",
}

impl fmt::Display for Firmware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Antminer(firmware) => write!(f, "an Antminer with {firmware}"),
            Self::Canaan => f.write_str("an Avalon"),
            Self::Generic(firmware) => write!(f, "a miner with {firmware}"),
        }
    }
}

/// Commands whose replies tell what a miner is, the most telling first.
pub(crate) const TELLING: [Command; 4] = [Command::Stats, Command::EStats, Command::Summary, Command::DevDetails];

/// Tells what a miner is, as far as the replies say: `version` mostly does, then `stats`, `devs` and `summary`. `None` if they fit
/// nothing that is known apart.
pub fn recognise(replies: &Replies) -> Option<Family> {
    let version = replies.get(Command::Version);
    from_version(version).or_else(|| from_stats(replies)).or_else(|| from_devices(replies)).or_else(|| {
        let programs = replies.iter().filter_map(|(_, reply)| reply.description());
        programs.filter_map(from_program).next()
    })
}

fn from_version(reply: Option<&Reply>) -> Option<Family> {
    let row: VersionRow = reply?.row("VERSION")?;
    if is_avalon(&row) {
        return Some(Family::Canaan);
    }
    let program = row.bmminer.text().unwrap_or_default();
    let kind = row.kind.text().unwrap_or_default();
    if row.luxminer.is_present() {
        return Some(Family::Antminer(Firmware::LuxOs));
    }
    if row.bosminer.is_present() || program.starts_with("bOS") || kind.starts_with("braiins") {
        return Some(Family::Antminer(Firmware::BraiinsOs));
    }
    if row.gcminer.is_present() {
        return Some(Family::Generic(Firmware::GcMiner));
    }
    if row.bdminer.is_present() {
        return Some(Family::Generic(Firmware::BdMiner));
    }
    let program = if program.is_empty() { row.cgminer.text().unwrap_or_default() } else { program };
    let description = reply.and_then(Reply::description).unwrap_or_default();
    let is_antminer = row.bmminer.is_present() || is_antminer(kind);
    is_antminer.then(|| Family::Antminer(antminer_firmware(program, kind, description)))
}

/// `PROD` and `MODEL`, else the control board: `Q_MM1v1_X1`, `N_…` Nano 3S, `M_…` Mini 3, `PMMv1_X1` Nano 3, `MM4v2_X3`.
fn is_avalon(row: &VersionRow) -> bool {
    let is_named = [&row.prod, &row.model].iter().any(|name| holds(name.text(), "avalon"));
    let board = row.hwtype.text().unwrap_or_default();
    let is_mm = board.strip_prefix("MM").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    is_named || is_mm || ["Q_MM", "N_MM", "M_MM", "PMM"].iter().any(|prefix| board.starts_with(prefix))
}

fn is_antminer(kind: &str) -> bool {
    kind.trim_start().to_ascii_lowercase().starts_with("antminer")
}

/// `program` is what `BMMiner` or `CGMiner` says, `kind` what `Type` does.
pub(crate) fn antminer_firmware(program: &str, kind: &str, description: &str) -> Firmware {
    let has = |text: &str, word: &str| holds(Some(text), word);
    if has(kind, "vnish") {
        Firmware::Vnish
    } else if has(kind, "hiveon") {
        Firmware::Hiveon
    } else if has(program, "marafw") || has(description, "kaonsu") {
        Firmware::Marathon
    } else if has(program, "asicseer") || has(description, "asicseer") || program.starts_with("2.4.") {
        Firmware::Asicseer
    } else if has(program, "rwglr") {
        Firmware::Msk
    } else {
        Firmware::Bitmain
    }
}

/// The rows of `stats`: the MM string of Canaan, the head of Bitmain's.
fn from_stats(replies: &Replies) -> Option<Family> {
    let rows: Vec<StatsHead> = replies.rows(&[Command::Stats, Command::EStats, Command::LiteStats], "STATS");
    if rows.iter().any(|row| row.has_mm_string.0 || row.id.text().is_some_and(is_avalon_driver)) {
        return Some(Family::Canaan);
    }
    let head = rows.iter().find(|row| row.kind.text().is_some_and(is_antminer) || row.is_vnish())?;
    if head.luxminer.is_present() {
        return Some(Family::Antminer(Firmware::LuxOs));
    }
    let kind = head.kind.text().unwrap_or_default();
    let program = head.program.text().unwrap_or_default();
    Some(Family::Antminer(if head.is_vnish() { Firmware::Vnish } else { antminer_firmware(program, kind, "") }))
}

/// `AV70`, `AVA100`, `AVANANO0`, `AVALON0`.
fn is_avalon_driver(id: &str) -> bool {
    let rest = id.strip_prefix("AV");
    rest.is_some_and(|rest| {
        ["ALON", "ANANO", "A1"].iter().any(|name| rest.starts_with(name))
            || rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Names of drivers, and keys of `summary` that one maker has.
fn from_devices(replies: &Replies) -> Option<Family> {
    let names: Vec<DeviceRow> = replies.rows(&[Command::DevDetails], "DEVDETAILS");
    let devices: Vec<DeviceRow> = replies.rows(&[Command::Devs, Command::Edevs], "DEVS");
    for row in names.iter().chain(&devices) {
        match row.name.text() {
            Some("SM") => return Some(Family::Generic(Firmware::Btminer)),
            Some("AVALON" | "AVA10") => return Some(Family::Canaan),
            _ => {}
        }
    }
    let marks: SummaryMarks = replies.row(&[Command::Summary], "SUMMARY")?;
    let is_whatsminer = marks.power_mode.is_present() && marks.factory_ghs.is_present();
    is_whatsminer.then_some(Family::Generic(Firmware::Btminer))
}

/// The program that STATUS names.
fn from_program(description: &str) -> Option<Family> {
    const PROGRAMS: [(&str, Family); 13] = [
        ("luxminer", Family::Antminer(Firmware::LuxOs)),
        ("bosminer", Family::Antminer(Firmware::BraiinsOs)),
        ("boser", Family::Antminer(Firmware::BraiinsOs)),
        ("bmminer bos", Family::Antminer(Firmware::BraiinsOs)),
        ("kaonsu", Family::Antminer(Firmware::Marathon)),
        ("whatsminer", Family::Generic(Firmware::Btminer)),
        ("btminer", Family::Generic(Firmware::Btminer)),
        ("bfgminer", Family::Generic(Firmware::Bfgminer)),
        ("sgminer", Family::Generic(Firmware::Sgminer)),
        ("ccminer", Family::Generic(Firmware::Blackminer)),
        ("innominer", Family::Generic(Firmware::Innominer)),
        ("gcminer", Family::Generic(Firmware::GcMiner)),
        ("bdminer", Family::Generic(Firmware::BdMiner)),
    ];
    let description = description.to_ascii_lowercase();
    let named = PROGRAMS.iter().find(|(program, _)| description.starts_with(program)).map(|(_, family)| *family);
    named.or_else(|| {
        ["intchains", "kdaminer", "teamredminer"].iter().find(|word| description.contains(**word)).map(|word| {
            Family::Generic(if *word == "teamredminer" { Firmware::TeamRedMiner } else { Firmware::Goldshell })
        })
    })
}

/// The firmware of a miner that is read by the commands that upstream has, whatever family it is of.
pub(crate) fn firmware_of(replies: &Replies) -> Firmware {
    match recognise(replies) {
        Some(Family::Antminer(firmware) | Family::Generic(firmware)) => firmware,
        Some(Family::Canaan) => Firmware::Cgminer,
        None => {
            let mut programs = replies.iter().filter_map(|(_, reply)| reply.description());
            if programs.any(|program| holds(Some(program), "cgminer")) { Firmware::Cgminer } else { Firmware::Unknown }
        }
    }
}

fn holds(text: Option<&str>, word: &str) -> bool {
    text.is_some_and(|text| text.to_ascii_lowercase().contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_reply;
    use Family::{Antminer, Canaan, Generic};

    fn family(command: Command, reply: &str) -> Option<Family> {
        recognise(&Replies::from_iter([(command, parse_reply(reply.as_bytes()).unwrap())]))
    }

    #[test]
    fn a_version_tells_what_a_miner_is() {
        for (row, expected) in [
            (r#""CGMiner":"4.11.1","PROD":"Avalon Q","MODEL":"Q""#, Some(Canaan)),
            (r#""CGMiner":"4.11.1","HWTYPE":"MM4v2_X3""#, Some(Canaan)),
            (r#""CGMiner":"4.11.1","HWTYPE":"PMMv1_X1","MODEL":"nano3""#, Some(Canaan)),
            (r#""BMMiner":"1.0.0","Type":"Antminer S21""#, Some(Antminer(Firmware::Bitmain))),
            (r#""CGMiner":"4.9.0","Type":"Antminer T15""#, Some(Antminer(Firmware::Bitmain))),
            (r#""CGMiner":"4.11.1","Type":"Antminer S9 (vnish 3.8.6)""#, Some(Antminer(Firmware::Vnish))),
            (r#""BMMiner":"4.11.1 rwglr","Type":"Antminer S19JPRO Hiveon""#, Some(Antminer(Firmware::Hiveon))),
            (r#""BMMiner":"4.11.1 rwglr","Type":"S19-88 v.2.6.0.39 ""#, Some(Antminer(Firmware::Msk))),
            (r#""BMMiner":"2.4.0-asicseer-1.1.9","Type":"Antminer S9""#, Some(Antminer(Firmware::Asicseer))),
            (r#""BMMiner":"bOS_am1-s9-20181127","Type":"braiins-am1-s9""#, Some(Antminer(Firmware::BraiinsOs))),
            (r#""BOSminer+":"0.2.0","API":"3.7""#, Some(Antminer(Firmware::BraiinsOs))),
            (r#""BOSer":"boser-openwrt 0.1.0""#, Some(Antminer(Firmware::BraiinsOs))),
            (r#""LUXminer":"2025.4.8","Type":"Antminer S19k Pro""#, Some(Antminer(Firmware::LuxOs))),
            (r#""GCMiner":"0.5","API":"1.0""#, Some(Generic(Firmware::GcMiner))),
            (r#""BDMiner":"4.11.1""#, Some(Generic(Firmware::BdMiner))),
            (r#""CGMiner":"4.10.0","API":"3.7""#, None),
        ] {
            let reply = format!(r#"{{"STATUS":[{{"STATUS":"S","Code":22}}],"VERSION":[{{{row}}}],"id":1}}"#);
            assert_eq!(family(Command::Version, &reply), expected, "{row}");
        }
    }

    #[test]
    fn without_a_version_other_replies_tell() {
        for (command, section, row, expected) in [
            (Command::Stats, "STATS", r#""ID":"AVA100","MM ID0":"Ver[1047-1]""#, Some(Canaan)),
            (Command::Stats, "STATS", r#""MM ID0:Summary":"'STATS':{Ver[Q-1]}""#, Some(Canaan)),
            (Command::Stats, "STATS", r#""ID":"AV90""#, Some(Canaan)),
            (
                Command::Stats,
                "STATS",
                r#""BMMiner":"1.0.0","Type":"Antminer S19 Pro""#,
                Some(Antminer(Firmware::Bitmain)),
            ),
            (
                Command::Stats,
                "STATS",
                r#""BMMiner":"2.0.0","Type":"Antminer S9 (vnish 3)""#,
                Some(Antminer(Firmware::Vnish)),
            ),
            (Command::Devs, "DEVS", r#""ASC":0,"Name":"SM""#, Some(Generic(Firmware::Btminer))),
            (Command::Summary, "SUMMARY", r#""Power Mode":"Normal","Factory GHS":1"#, Some(Generic(Firmware::Btminer))),
            (Command::Summary, "SUMMARY", r#""MHS av":1"#, None),
        ] {
            let reply =
                format!(r#"{{"STATUS":[{{"STATUS":"S","Code":1,"Description":"x"}}],"{section}":[{{{row}}}],"id":1}}"#);
            assert_eq!(family(command, &reply), expected, "{row}");
        }
    }

    #[test]
    fn a_program_that_status_names_is_the_last_resort() {
        for (description, expected) in [
            ("sgminer 5.6.6-l", Some(Generic(Firmware::Sgminer))),
            ("bfgminer 5.4.2", Some(Generic(Firmware::Bfgminer))),
            ("ccminer 2.3.3", Some(Generic(Firmware::Blackminer))),
            ("innominer a9-1.1.0", Some(Generic(Firmware::Innominer))),
            ("whatsminer v1.4.0", Some(Generic(Firmware::Btminer))),
            ("kaonsu-old-api", Some(Antminer(Firmware::Marathon))),
            ("cgminer 4.10.0", None),
        ] {
            let reply = format!(
                r#"{{"STATUS":[{{"STATUS":"S","Code":11,"Description":"{description}"}}],"SUMMARY":[{{}}],"id":1}}"#
            );
            assert_eq!(family(Command::Summary, &reply), expected, "{description}");
        }
    }
}
