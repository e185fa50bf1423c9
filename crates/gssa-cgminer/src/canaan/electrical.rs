//! Power, temperatures, fans.

use gssa_model::unit::{Megahertz, Millivolts, Percent, Volts, Watts};
use gssa_model::{Fan, Gap, Power, Sensor, Temperature};

use super::Machine;
use super::module::Module;
use crate::standard::{celsius, positive};

/// More than so many times the limit of its mode no machine draws: then the figure means something else.
const MAX_TIMES_LIMIT: f64 = 1.5;

/// A fan that turns faster has a counter that overflowed.
const MAX_RPM: f64 = 30_000.0;

/// Below this, an output voltage is that of a supply that is off.
const MIN_VOLTS: f64 = 1.0;

impl Machine {
    pub(super) fn power(&self, gaps: &mut Vec<Gap>) -> Power {
        let Some(module) = self.only() else { return Power::default() };
        let watts = self.wall_watts(module);
        let limit = module.limit_watts.and_then(positive);
        let is_believed = |watts: &f64| limit.is_none_or(|limit| *watts <= limit * MAX_TIMES_LIMIT);
        if let Some(watts) = watts.filter(|watts| !is_believed(watts)) {
            gaps.push(Gap::new("PS", &format!("{watts} W, above the limit of its mode")));
        }
        Power {
            watts: watts.filter(is_believed).and_then(Watts::from_watts),
            input_volts: self.volts(module).filter(|volts| *volts >= MIN_VOLTS).and_then(Volts::from_volts),
            core_millivolts: core(module).and_then(Millivolts::from_millivolts),
            frequency_mhz: module.mhz.and_then(positive).and_then(Megahertz::from_mhz),
            ..Power::default()
        }
    }

    /// Power at the wall. `WALLPOWER` (A15), else `PS`, whose places differ: of seven numbers the last one, on a Nano 3 the last but one
    /// (`dcbert/miner-sentinel#16`: its last is a voltage level). Six numbers (up to A10) tell the power of the boards only, zeros a
    /// supply without telemetry.
    fn wall_watts(&self, module: &Module) -> Option<f64> {
        if let Some(watts) = module.wall_watts.and_then(positive) {
            return Some(watts);
        }
        match module.supply[..] {
            [_, _, _, _, _, watts, _] if self.is_nano_3(module) => positive(watts),
            [_, _, _, _, _, _, watts] => positive(watts),
            _ => None,
        }
    }

    /// The driver says so, or `PS` has its voltage at place 4 and its power, below 200 W, at place 5.
    fn is_nano_3(&self, module: &Module) -> bool {
        let by_driver = self.driver.as_ref().is_some_and(|driver| driver.starts_with("AVANANO"));
        let by_supply =
            matches!(module.supply[..], [_, 0.0, 0.0, _, volts, watts, _] if volts > 1000.0 && watts <= 200.0);
        by_driver || by_supply
    }

    /// What the boards are supplied with: `Vi` of a stack, else of `PS` the place that the model has it at. A Nano 3S writes mV.
    fn volts(&self, module: &Module) -> Option<f64> {
        if !module.input_centivolts.is_empty() {
            return mean(&module.input_centivolts).map(|centivolts| centivolts / 100.0);
        }
        match module.supply[..] {
            [_, _, _, _, centivolts, _, _] if self.is_nano_3(module) => Some(centivolts / 100.0),
            [_, 0.0, millivolts, ..] if millivolts > 10_000.0 => Some(millivolts / 1000.0),
            [_, _, centivolts, ..] => Some(centivolts / 100.0),
            _ => None,
        }
    }

    /// One entry for each sensor of each module. A temperature of 0 is that of a chip without current.
    pub(super) fn temperatures(&self) -> Vec<Temperature> {
        let mut all = Vec::new();
        for (index, module) in (0..).zip(&self.modules) {
            let mut add = |sensor, index, read: Option<f64>| {
                all.extend(read.and_then(celsius).map(|celsius| Temperature { sensor, index, celsius }));
            };
            add(Sensor::Intake, index, module.inlet);
            add(Sensor::Outlet, index, module.outlet);
            for (at, read) in (0..).zip(&module.boards_celsius) {
                add(Sensor::Board, index + at, Some(*read));
            }
            add(Sensor::Chip, index, module.hottest_chip);
        }
        all
    }

    /// The fans of all modules, numbered through. A stack tells one for each module.
    pub(super) fn fans(&self) -> Vec<Fan> {
        let is_stack = self.modules.len() > 1;
        let mut fans = Vec::new();
        for (place, module) in (0..).zip(&self.modules) {
            for (at, rpm) in &module.fans_rpm {
                let rpm = Some(*rpm).filter(|rpm| (0.0..=MAX_RPM).contains(rpm)).map(|rpm| rpm as u32);
                let percent = module.fan_percent.and_then(Percent::from_percent);
                fans.push(Fan { index: if is_stack { place } else { *at }, rpm, percent });
            }
        }
        fans
    }
}

/// The mean of the boards, else of the chips; nothing while they have no current.
fn core(module: &Module) -> Option<f64> {
    if module.is_idle() {
        return None;
    }
    let figures = if module.mean_millivolts.is_empty() { &module.chip_millivolts } else { &module.mean_millivolts };
    let figures: Vec<f64> = figures.iter().copied().filter(|millivolts| *millivolts > 0.0).collect();
    mean(&figures).map(|millivolts| (millivolts * 10.0).round() / 10.0)
}

fn mean(figures: &[f64]) -> Option<f64> {
    (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / figures.len() as f64)
}

#[cfg(test)]
mod tests {
    use crate::canaan::testing::{machine, machine_with_driver};
    use gssa_model::unit::{Volts, Watts};

    #[test]
    fn the_supply_is_read_by_model() {
        for (driver, string, watts, volts) in [
            ("AVA100", "PS[0 1209 1187 297 3526 1188 3731] WALLPOWER[3731] MPO[3515]", Some(3731.0), Some(11.87)),
            ("AVA100", "PS[0 1214 1316 242 3189 1320 3504]", Some(3504.0), Some(13.16)),
            ("AVA100", "PS[0 1217 1279 221 2834 1280]", None, Some(12.79)),
            ("AVA100", "PS[0 0 0 0 0 0]", None, None),
            ("AVA100", "PS[0 1197 0 0 0 1393 11]", Some(11.0), None),
            ("AVALON0", "PS[0 1210 2083 37 760 2085 824]", Some(824.0), Some(20.83)),
            ("AVALON0", "PS[0 0 27697 4 0 3678 132] MPO[133]", Some(132.0), Some(27.697)),
            ("AVANANO0", "PS[0 0 0 3 2780 92 314] MPO[90]", Some(92.0), Some(27.8)),
            ("", "PS[0 0 0 3 2780 92 314] MPO[90]", Some(92.0), Some(27.8)),
            ("AVALON0", "PS[0 1221 4 0 0 2245 146] MPO[800]", Some(146.0), None),
            ("AVALON0", "PS[0 0 27697 4 0 3678 900] MPO[133]", None, Some(27.697)),
        ] {
            let power = machine_with_driver(string, driver).power(&mut Vec::new());
            assert_eq!((power.watts.map(Watts::get), power.input_volts.map(Volts::get)), (watts, volts), "{string}");
        }
    }

    #[test]
    fn fans_that_stand_still_are_there() {
        let fans = machine("Fan1[0] Fan2[0] FanR[0%]").fans();
        assert_eq!(fans.iter().map(|fan| (fan.index, fan.rpm)).collect::<Vec<_>>(), [(0, Some(0)), (1, Some(0))]);
    }
}
