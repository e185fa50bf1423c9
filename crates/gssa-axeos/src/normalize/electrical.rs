//! Power, temperatures and fans.

use gssa_model::unit::{Celsius, Megahertz, Millivolts, Percent, Volts, Watts};
use gssa_model::{Fan, Power, Sensor, Temperature};

use super::family::Family;
use super::{Device, positive};
use crate::wire::part::{AsicMember, FanMember, PowerMember};

/// From here on a sensor has failed: 127 and 255 are what it reads then.
const SENSOR_FAILED_CELSIUS: f64 = 127.0;

/// A temperature. -1 stands for "not running" or "no sensor", 0 for "no sensor" on `vrTemp`, `temp2` (v2.10) and `asicTemps`; no chip that
/// is on is as cold as that.
pub(super) fn celsius(read: f64) -> Option<Celsius> {
    Some(read).filter(|read| *read > 0.0 && *read < SENSOR_FAILED_CELSIUS).and_then(Celsius::from_celsius)
}

/// `power` and `voltage` of 0 are those of a board without a meter (one that is not in the firmware's table): a device that answers
/// draws something. The core voltage is 0 there too, while 0 beside a supply voltage is a core that is switched off.
pub(super) fn power(device: &Device<'_>) -> Power {
    let document = device.document;
    let (watts, nested_input) = match document.power.known() {
        Some(PowerMember::Watts(watts)) => (Some(*watts), None),
        Some(PowerMember::Object(object)) => (object.power.get(), object.vbus.get()),
        None => (None, None),
    };
    let nested = document.asic.known().and_then(AsicMember::object);
    let input = document.voltage.get().or(nested_input);
    let core = document.core_voltage_actual.get().or(document.vcore_actual.get());
    let core = core.or_else(|| nested.and_then(|asic| asic.vcore_real.get()));
    let core_set = document.core_voltage.get().or(document.vcore_req.get());
    let core_set = core_set.or_else(|| nested.and_then(|asic| asic.vcore_req.get()));
    Power {
        watts: watts.and_then(positive).and_then(Watts::from_watts),
        input_volts: input.and_then(positive).and_then(Volts::from_millivolts),
        core_millivolts: core.filter(|core| *core > 0.0 || device.has_meter()).and_then(Millivolts::from_millivolts),
        core_millivolts_set: core_set.and_then(positive).and_then(Millivolts::from_millivolts),
        frequency_mhz: device.frequency_mhz().and_then(Megahertz::from_mhz),
        efficiency_joules_per_terahash: None,
    }
}

impl Device<'_> {
    /// False on a custom board, which reports its supply as 0 V.
    fn has_meter(&self) -> bool {
        self.document.voltage.get() != Some(0.0)
    }
}

/// One entry a sensor. A `BitForge`'s `temp` is the mean of its two chips and left out beside them.
pub(super) fn temperatures(device: &Device<'_>) -> Vec<Temperature> {
    let document = device.document;
    let temps = document.temps.known();
    let per_chip = [document.chiptemp1.get(), document.chiptemp2.get()];
    let has_per_chip = per_chip.into_iter().flatten().any(|read| celsius(read).is_some());
    let own = document.temp.get().or(document.asic_temp.get()).or_else(|| temps.and_then(|temps| temps.asic.get()));
    let chips = if has_per_chip { per_chip } else { [own, document.temp2.get()] };
    let regulator = document.vr_temp.get().or(document.vcore_temp.get());
    let regulator = regulator.or_else(|| temps.and_then(|temps| temps.vcore.get()));
    sensors(Sensor::Chip, chips).chain(sensors(Sensor::Regulator, [regulator, document.vr_temp_int.get()])).collect()
}

/// The index is the place of the sensor on the device, so that it stays when its neighbour fails.
fn sensors(sensor: Sensor, reads: [Option<f64>; 2]) -> impl Iterator<Item = Temperature> {
    (0..).zip(reads).filter_map(move |(index, read)| Some(Temperature { sensor, index, celsius: celsius(read?)? }))
}

pub(super) fn fans(device: &Device<'_>) -> Vec<Fan> {
    let listed: Vec<Fan> = device.document.fans.entries().filter_map(|(place, fan)| listed(place, fan)).collect();
    if listed.is_empty() { flat(device) } else { listed }
}

/// `NMAxe` writes `speed` 0 for a fan that turns: that is no speed.
fn listed(place: u32, member: &FanMember) -> Option<Fan> {
    let index = member.id.get().and_then(|id| u32::try_from(id.0).ok()).unwrap_or(place);
    let speed = member.speed.get().filter(|speed| *speed > 0.0 || member.rpm.get() == Some(0.0));
    fan(index, member.rpm.get(), member.speed_perc.get().or(speed))
}

/// The speed of the fan had four names: `fanSpeed` beside `fanspeed` for percent (≤ v2.1.3), `fanSpeedRpm` (≤ v2.1.8), `fanrpm`. On
/// forge-os v1.5 `fanSpeed` is the percentage. A second fan exists where it turns or is counted.
fn flat(device: &Device<'_>) -> Vec<Fan> {
    let document = device.document;
    let is_percent = device.family == Family::BitForge || document.fanrpm.is_present();
    let old_rpm = document.fan_speed_rpm_2_0.get().filter(|_| !is_percent);
    let old_percent = document.fan_speed_rpm_2_0.get().filter(|_| is_percent);
    let rpm = document.fanrpm.get().or(document.fan_speed_rpm_2_1.get()).or(old_rpm);
    let percent = document.fanspeed.get().or(old_percent);
    let first = fan(0, rpm, percent).filter(|_| device.has_meter() || rpm.is_some_and(|rpm| rpm > 0.0));

    let rpm = document.fan2rpm.get().or(document.fanrpm2.get());
    let is_counted = document.fan_count.get().is_some_and(|count| count.0 > 1);
    let second = fan(1, rpm, document.fanspeed2.get()).filter(|fan| is_counted || fan.rpm.is_some_and(|rpm| rpm > 0));
    first.into_iter().chain(second).collect()
}

/// A fan of which at least one figure can be.
fn fan(index: u32, rpm: Option<f64>, percent: Option<f64>) -> Option<Fan> {
    /// No fan turns faster.
    const MAX_RPM: f64 = 60_000.0;
    let rpm = rpm.filter(|rpm| (0.0..=MAX_RPM).contains(rpm)).map(|rpm| rpm.round() as u32);
    let percent = percent.filter(|percent| (0.0..=100.0).contains(percent)).and_then(Percent::from_percent);
    (rpm.is_some() || percent.is_some()).then_some(Fan { index, rpm, percent })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::testing::snapshot;
    use serde_json::json;

    #[test]
    fn what_stands_for_no_sensor_is_left_out() {
        let sensors = |temp: f64, temp2: f64, regulator: f64| {
            let temperatures = snapshot(&json!({ "temp": temp, "temp2": temp2, "vrTemp": regulator })).temperatures;
            temperatures.iter().map(|entry| (entry.sensor, entry.index)).collect::<Vec<_>>()
        };
        assert_eq!(sensors(-1.0, -1.0, 0.0), []);
        assert_eq!(sensors(127.0, 255.0, -273.0), []);
        assert_eq!(sensors(-1.0, 61.5, 40.0), [(Sensor::Chip, 1), (Sensor::Regulator, 0)]);
    }

    #[test]
    fn a_board_without_a_meter_reports_no_zeros() {
        let custom =
            snapshot(&json!({ "boardVersion": "9000", "power": 0, "voltage": 0, "coreVoltageActual": 0, "temp": -1,
            "fanrpm": 0, "fanspeed": 0 }));
        assert_eq!((custom.power.watts, custom.power.input_volts, custom.power.core_millivolts), (None, None, None));
        assert_eq!(custom.fans, []);
        let running = snapshot(&json!({ "voltage": 0, "coreVoltageActual": 1150, "fanrpm": 3000 }));
        assert_eq!(running.power.core_millivolts.map(Millivolts::get), Some(1150.0), "what is no zero is read");
        assert_eq!(running.fans.first().and_then(|fan| fan.rpm), Some(3000));
        let off =
            snapshot(&json!({ "power": 2.5, "voltage": 5000, "coreVoltageActual": 0, "fanrpm": 0, "fanspeed": 30 }));
        assert_eq!(off.power.core_millivolts.map(Millivolts::get), Some(0.0), "a core that is off is measured");
        assert_eq!(off.fans.first().and_then(|fan| fan.rpm), Some(0), "a fan that stands still exists");
    }

    #[test]
    fn the_fan_is_found_under_each_of_its_names() {
        let first = |members: &serde_json::Value| {
            let fan = snapshot(members).fans[0];
            (fan.rpm, fan.percent.map(Percent::get))
        };
        assert_eq!(first(&json!({ "fanSpeed": 5320, "fanspeed": 100 })), (Some(5320), Some(100.0)));
        assert_eq!(first(&json!({ "fanSpeedRpm": 5654, "fanspeed": 90 })), (Some(5654), Some(90.0)));
        assert_eq!(first(&json!({ "fanrpm": 3859, "fanspeed": 35.4 })), (Some(3859), Some(35.4)));
        assert_eq!(first(&json!({ "chiptemp1": 50, "fanrpm": 3650, "fanSpeed": 63 })), (Some(3650), Some(63.0)));
        assert_eq!(first(&json!({ "chiptemp1": 50, "fanSpeed": 63 })), (None, Some(63.0)));
        assert_eq!(first(&json!({ "fanrpm": 3650, "fanSpeed": 63 })), (Some(3650), Some(63.0)));
        assert_eq!(
            first(&json!({ "hwModel": "NMAxe", "fans": [{ "id": 0, "speed": 0, "rpm": 2420 }] })),
            (Some(2420), None)
        );
    }

    #[test]
    fn a_second_fan_exists_where_it_turns_or_is_counted() {
        let count = |members: serde_json::Value| snapshot(&members).fans.len();
        assert_eq!(count(json!({ "fanrpm": 3000, "fan2rpm": 2900 })), 2);
        assert_eq!(count(json!({ "fanrpm": 3000, "fan2rpm": 0 })), 1);
        assert_eq!(count(json!({ "fanrpm": 3000, "fan2rpm": 0, "fanCount": 2 })), 2);
        assert_eq!(count(json!({ "fanrpm": 3000, "fan2rpm": 0, "fanCount": 1 })), 1);
    }
}
