//! Who made it, and which firmware it runs, as far as replies say so.

use gssa_model::Identity;

use super::Machine;
use crate::wire::identity::VersionRow;
use crate::wire::makers::BtminerVersion;
use crate::{Command, Firmware, Replies, Reply};

pub(super) fn identity(replies: &Replies, machine: &Machine) -> Identity {
    let version: Option<VersionRow> = replies.row(&[Command::Version], "VERSION");
    let kind = version.as_ref().and_then(|row| row.kind.text());
    let model = kind.and_then(|kind| kind.strip_prefix("Antminer")).map(|rest| format!("Antminer {}", rest.trim()));
    let program = || replies.iter().find_map(|(_, reply)| reply.description());
    let name = match machine.firmware {
        Firmware::Unknown => program().and_then(|program| program.split_whitespace().next()).map(str::to_owned),
        known => Some(known.as_str().to_owned()),
    };
    Identity {
        make: model.as_ref().map(|_| "Bitmain").or_else(|| make(machine.firmware)).map(str::to_owned),
        model,
        firmware: name,
        firmware_version: version
            .as_ref()
            .and_then(of_version)
            .or_else(|| of_btminer(replies))
            .or_else(|| program().and_then(|program| Some(program.split_once(' ')?.1.to_owned()))),
        ..Identity::default()
    }
}

const fn make(firmware: Firmware) -> Option<&'static str> {
    match firmware {
        Firmware::Btminer => Some("MicroBT"),
        Firmware::BdMiner => Some("Bitdeer"),
        Firmware::GcMiner => Some("Auradine"),
        Firmware::Innominer => Some("Innosilicon"),
        Firmware::Blackminer => Some("Blackminer"),
        Firmware::Goldshell => Some("Goldshell"),
        _ => None,
    }
}

/// The program's own version, behind whichever key names it.
fn of_version(row: &VersionRow) -> Option<String> {
    let programs = [&row.luxminer, &row.bosminer, &row.gcminer, &row.bdminer, &row.sgminer, &row.bmminer, &row.cgminer];
    programs.into_iter().find_map(|program| program.known().cloned())
}

fn of_btminer(replies: &Replies) -> Option<String> {
    let version: Option<BtminerVersion> = replies.get(Command::GetVersion).and_then(|reply: &Reply| reply.row("Msg"));
    version?.fw_ver.known().cloned()
}
