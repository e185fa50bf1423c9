//! Replies → model: one reading of both layouts and of every firmware that keeps them. No socket.

use gssa_model::unit::Hashrate;
use gssa_model::{Gap, MinerSnapshot};
use gssa_wire::{Field, MAX_GAPS, Path, Report as _};

use super::Pages;
use super::model::Model;
use super::rates::Units;
use super::slots::{Slot, Slots};
use super::wire::{LuxConfig, Machine, MinerConf, PoolRow, Program, Summary, SystemInfo};
use crate::family::antminer_firmware;
use crate::reply::value::{Members, Value};
use crate::wire::row::Lenient;
use crate::wire::scalar::Raw;
use crate::{Command, Family, Firmware, Replies, Reply, recognise};

mod boards;
mod cooling;
mod faults;
mod hashing;
mod identity;
mod pools;
mod power;
mod state;
mod work;

/// Turns the replies of an Antminer into a snapshot: `version`, `stats`, `summary` and `pools` in either layout, with what `LuxOS`
/// and Braiins OS tell beside them.
///
/// `pages` adds what only the web interface tells: MAC address, serial number, host name and work mode. What the machine did not
/// report is absent, what could not be read is absent and a gap under the machine's own name.
pub(super) fn normalize(replies: &Replies, pages: &Pages) -> MinerSnapshot {
    let device = Device::new(replies, pages);
    let hashing = hashing::hashing(&device);
    let pools = pools::pools(&device, hashing.state);
    let boards = boards::boards(&device, &hashing);
    let fans = cooling::fans(&device);
    let snapshot = MinerSnapshot {
        identity: identity::identity(&device),
        work: work::work(&device),
        power: power::power(&device),
        temperatures: cooling::temperatures(&device, &boards),
        faults: faults::faults(&device, &hashing, &boards, &fans),
        network: identity::network(&device),
        uptime_secs: device.uptime_secs(),
        gaps: device.gaps(&hashing),
        hashing,
        fans,
        boards,
        pools,
    };
    snapshot.with_derived()
}

/// Whether the machine hashes, told before it is normalized to decide what else to ask.
pub(super) fn hashes(replies: &Replies) -> bool {
    let current = hashing::momentary(&Device::new(replies, &Pages::default()));
    current.is_some_and(|current| current.get() > 0.0)
}

/// What the parts of a normalization look at.
#[derive(Debug)]
struct Device<'a> {
    replies: &'a Replies,
    program: Program,
    machine: Option<Machine>,
    summary: Option<Summary>,
    /// The rows of `pools`; none if it was not answered.
    pools: Option<Vec<PoolRow>>,
    system: Option<SystemInfo>,
    conf: Option<MinerConf>,
    lux: Option<LuxConfig>,
    firmware: Firmware,
    model: Option<Model>,
    units: Units,
    /// Boards by slot, from 1.
    slots: Slots,
    /// The layout of 2021 on.
    is_new_layout: bool,
}

impl<'a> Device<'a> {
    fn new(replies: &'a Replies, pages: &Pages) -> Self {
        let stats = replies.get(Command::Stats);
        let is_new_layout = stats.is_some_and(|stats| stats.has("INFO"));
        let program = program(replies);
        let machine = machine(replies);
        let summary: Option<Summary> = replies.row(&[Command::Summary], "SUMMARY");
        let system: Option<SystemInfo> = pages.system_info.as_ref().and_then(Reply::whole);
        // The board and the image may differ: what the web interface says of the machine goes first.
        let written = system.as_ref().and_then(|system| system.kind.known()).or(program.kind.known());
        let written = written.map(|kind| kind.0.clone()).or_else(|| program.model.known().cloned());
        let model = written.as_deref().and_then(Model::of);
        let units = Units::of(machine.as_ref(), summary.as_ref(), model);
        let slots = machine.as_ref().map(slots).unwrap_or_default();
        let pools = replies.get(Command::Pools).map(|reply| reply.rows("POOLS"));
        let conf = pages.miner_conf.as_ref().and_then(Reply::whole);
        let lux = replies.row(&[Command::Config], "CONFIG");
        let firmware = firmware(replies, &program);
        Self {
            replies,
            program,
            machine,
            summary,
            pools,
            system,
            conf,
            lux,
            firmware,
            model,
            units,
            slots,
            is_new_layout,
        }
    }

    /// A number of the machine.
    fn machine<T: Copy>(&self, field: impl FnOnce(&Machine) -> &Field<T>) -> Option<T> {
        self.machine.as_ref().and_then(|machine| field(machine).get())
    }

    /// A number of the summary.
    fn summary<T: Copy>(&self, field: impl FnOnce(&Summary) -> &Field<T>) -> Option<T> {
        self.summary.as_ref().and_then(|summary| field(summary).get())
    }

    fn uptime_secs(&self) -> Option<u64> {
        self.machine(|machine| &machine.elapsed).or(self.summary(|summary| &summary.elapsed)).map(|elapsed| elapsed.0)
    }

    /// The slots that hold a board.
    fn boards(&self) -> impl Iterator<Item = (u32, &Slot)> {
        self.slots.boards.iter().filter(|(_, slot)| slot.exists()).map(|(number, slot)| (*number, slot))
    }

    fn gaps(&self, hashing: &gssa_model::Hashing) -> Vec<Gap> {
        let mut gaps = self.replies.gaps.clone();
        if let Some(machine) = &self.machine {
            machine.report(Path::Document(""), &mut gaps);
        }
        if let Some(summary) = &self.summary {
            summary.report(Path::Document(""), &mut gaps);
        }
        if let Some(pools) = &self.pools {
            pools.report(Path::Document("POOLS"), &mut gaps);
        }
        if let Some(rate) = self.machine(|machine| &machine.current)
            && hashing.current_hps.is_none()
            && !self.units.is_known()
        {
            gaps.push(Gap::new("GHS 5s", &format!("{} in a unit that is not known", rate.value)));
        }
        gaps.truncate(MAX_GAPS);
        gaps
    }
}

/// The firmware by its marks; that the machine is one of Bitmain's is known from elsewhere.
fn firmware(replies: &Replies, program: &Program) -> Firmware {
    match recognise(replies) {
        Some(Family::Antminer(firmware) | Family::Generic(firmware)) => firmware,
        _ if *program == no_program() => Firmware::Unknown,
        _ => {
            let kind = program.kind.known().map_or("", |kind| kind.0.as_str());
            let name = program.bmminer.text().or(program.cgminer.text()).unwrap_or_default();
            let described = replies.iter().find_map(|(_, reply)| reply.description());
            antminer_firmware(name, kind, described.unwrap_or_default())
        }
    }
}

/// `VERSION`, `INFO` of the second layout, or what `stats` says of it: the first that names the machine, with the rest filled in.
fn program(replies: &Replies) -> Program {
    let version: Option<Program> = replies.row(&[Command::Version], "VERSION");
    let info = replies.row(&[Command::Stats, Command::Summary, Command::Pools], "INFO");
    let of_stats = replies.rows::<Program>(&[Command::Stats], "STATS").into_iter().find(|row| row.kind.is_present());
    let all = [version, info, of_stats].into_iter().flatten();
    all.reduce(filled_in).unwrap_or_else(no_program)
}

fn no_program() -> Program {
    match Program::read(&Value::Object(Members::default())) {
        Field::Known(empty) => empty,
        _ => unreachable!("an object is a row"),
    }
}

fn filled_in(mut known: Program, more: Program) -> Program {
    let fill_text = |field: &mut Field<String>, more| {
        if field.known().is_none() {
            *field = more;
        }
    };
    if known.kind.known().is_none() {
        known.kind = more.kind;
    }
    fill_text(&mut known.model, more.model);
    fill_text(&mut known.miner, more.miner);
    fill_text(&mut known.compiled, more.compiled);
    fill_text(&mut known.bmminer, more.bmminer);
    fill_text(&mut known.cgminer, more.cgminer);
    fill_text(&mut known.luxminer, more.luxminer);
    fill_text(&mut known.bosminer, more.bosminer);
    fill_text(&mut known.build, more.build);
    known
}

/// The entry of `STATS` that has figures. Its place differs, and `AsicSeer` has but one entry.
fn machine(replies: &Replies) -> Option<Machine> {
    let rows: Vec<Machine> = replies.rows(&[Command::Stats], "STATS");
    let has_rate = |row: &Machine| row.current.is_present();
    let at = rows.iter().position(has_rate).or_else(|| rows.iter().position(|row| row.elapsed.is_present()))?;
    rows.into_iter().nth(at)
}

/// Boards and fans by slot, whatever the layout.
fn slots(machine: &Machine) -> Slots {
    let mut slots = machine.slots.clone();
    if let Field::Known(chains) = &machine.chain {
        for (place, chain) in (0..).zip(chains) {
            let Field::Known(chain) = chain else { continue };
            let index = chain.index.get().and_then(|index| u32::try_from(index.0).ok()).unwrap_or(place);
            if index < super::slots::MAX_SLOT {
                slots.boards.insert(index + 1, Slot::of_chain(chain));
            }
        }
    }
    if let Field::Known(fans) = &machine.fan {
        slots.fans.extend((1..=super::slots::MAX_SLOT).zip(fans.iter().cloned()));
    }
    slots
}

/// A text of a driver as one line.
fn line(raw: &Raw) -> Option<String> {
    gssa_model::text::clean(&raw.0.replace(['\n', '\r', '\t'], " "))
}

fn hashrate(hps: Option<f64>) -> Option<Hashrate> {
    Hashrate::from_hps(hps?)
}

#[cfg(test)]
mod tests;
