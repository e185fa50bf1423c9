//! What the machine does. Asleep, too hot and without a pool all look alike by the rate alone.

use gssa_model::HashingState;
use gssa_model::unit::Hashrate;

use super::{Device, pools};

/// A machine that stands still with a chip this hot was stopped by it: asleep, chips are near the air around them.
const HOT_CHIP_CELSIUS: f64 = 85.0;

/// The same for the board, whose sensors read some 5 to 15 °C less.
const HOT_BOARD_CELSIUS: f64 = 80.0;

/// So long after the start of the program a rate of zero needs no other reason.
const STARTING_SECS: u64 = 300;

/// `Mode` of S17 and T17 asleep. From the S19 on it says 2, asleep or not.
const ASLEEP_MODE: &str = "254";

pub(super) fn state(device: &Device<'_>, current: Option<Hashrate>) -> Option<HashingState> {
    match current {
        Some(current) if current.get() > 0.0 => return Some(HashingState::Mining),
        // Asleep and starting the second layout has no figures at all.
        None if device.is_new_layout && device.machine.is_none() => {}
        None => return device.is_asleep().then_some(HashingState::Paused),
        Some(_) => {}
    }
    let is_starting = device.uptime_secs().is_some_and(|uptime| uptime < STARTING_SECS);
    if device.is_asleep() {
        Some(HashingState::Paused)
    } else if device.is_too_hot() {
        Some(HashingState::Stopped)
    } else if is_starting || device.machine.as_ref().and_then(|m| m.state.text()) == Some("auto-tuning") {
        Some(HashingState::Starting)
    } else if pools::none_answers(device) || device.is_marked("network") {
        Some(HashingState::Idle)
    } else {
        // Without figures, awake by its settings.
        (device.machine.is_none() && device.work_mode().is_some()).then_some(HashingState::Starting)
    }
}

impl Device<'_> {
    /// By a person or a schedule.
    fn is_asleep(&self) -> bool {
        let by_mode = self.machine.as_ref().and_then(|machine| machine.mode.text()) == Some(ASLEEP_MODE);
        // 5 is "idle" in newer builds.
        let by_settings = matches!(self.work_mode(), Some(mode) if mode == 1.0 || mode == 5.0);
        let by_figures = self.machine(|machine| &machine.miner_mode) == Some(1.0);
        let by_lux = self.lux.as_ref().and_then(|lux| lux.curtail.text()).is_some_and(|mode| mode != "None");
        // Asleep the second layout has no figures, and its pools are disabled, none of them by a person.
        let by_pools = self.is_new_layout && self.machine.is_none() && pools::all_disabled(self);
        by_mode || by_settings || by_figures || by_lux || by_pools
    }

    fn work_mode(&self) -> Option<f64> {
        self.conf.as_ref()?.work_mode.get()
    }

    pub(super) fn is_too_hot(&self) -> bool {
        let above = |value: Option<f64>, limit: f64| value.is_some_and(|celsius| celsius >= limit);
        self.is_marked("temp")
            || self.boards().any(|(_, slot)| {
                above(slot.hottest_chip(), HOT_CHIP_CELSIUS) || above(slot.hottest_board(), HOT_BOARD_CELSIUS)
            })
    }

    /// Whether the machine itself says that this part of it is in error.
    fn is_marked(&self, part: &str) -> bool {
        self.verdicts().any(|(kind, status, _)| kind == part && status == "e")
    }

    /// What the machine says of its parts: which, how (`s` good, `w` warning, `e` error), in words.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = (&str, &str, Option<&str>)> {
        let list = self.summary.as_ref().and_then(|summary| summary.verdicts.known());
        list.into_iter().flatten().filter_map(|verdict| {
            let verdict = verdict.known()?;
            Some((verdict.kind.text()?, verdict.status.text()?, verdict.message.text()))
        })
    }
}
