//! Temperatures: `/sys/class/hwmon` (`Documentation/hwmon/sysfs-interface.rst` of Linux), and `/sys/class/thermal`
//! (`Documentation/driver-api/thermal/sysfs-api.rst`) on boards that have nothing else.
//!
//! A driver that has nothing to say refuses to be read: a wireless chip that is off, a disk that sleeps, a socket with no sensor in it.
//! That is not reported, hence absent and no gap.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use gssa_model::NamedTemperature;
use gssa_model::unit::Celsius;

use super::root::Root;

/// The most sensors of one machine. A server with two processors of 32 cores has some 80.
const MAX_SENSORS: usize = 128;

/// The most trip points of a thermal zone that are looked at.
const MAX_TRIPS: usize = 16;

/// Inputs without a sensor read as -62 or -128 or 255.
const PLAUSIBLE_CELSIUS: RangeInclusive<f64> = -55.0..=150.0;

/// Drives without a limit say 65261.85, some boards 0.
const PLAUSIBLE_CRITICAL_CELSIUS: RangeInclusive<f64> = 1.0..=200.0;

pub(crate) fn read(root: &Root) -> Vec<NamedTemperature> {
    let mut all: Vec<NamedTemperature> = chips(root).take(MAX_SENSORS).collect();
    if all.is_empty() {
        all = zones(root).take(MAX_SENSORS).collect();
    }
    number_repeated(&mut all);
    all
}

fn chips(root: &Root) -> impl Iterator<Item = NamedTemperature> {
    const CLASS: &str = "/sys/class/hwmon";
    root.names(CLASS).into_iter().flat_map(move |chip| {
        let folder = format!("{CLASS}/{chip}");
        // Kernels before 3.15 keep them in the folder of the device.
        let found = [folder.clone(), format!("{folder}/device")].into_iter().map(|at| (inputs(root, &at), at));
        let (inputs, at) = found.into_iter().find(|(inputs, _)| !inputs.is_empty()).unwrap_or_default();
        let driver = root.value(&format!("{at}/name")).unwrap_or(chip);
        inputs.into_iter().filter_map(move |input| sensor(root, &at, &driver, input))
    })
}

/// The numbers of the temperatures of a chip.
fn inputs(root: &Root, folder: &str) -> Vec<u32> {
    let names = root.names(folder);
    let numbers = names.iter().filter_map(|name| name.strip_prefix("temp")?.strip_suffix("_input")?.parse().ok());
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

fn sensor(root: &Root, folder: &str, driver: &str, input: u32) -> Option<NamedTemperature> {
    let value = |what: &str| root.value(&format!("{folder}/temp{input}_{what}"));
    if value("fault").is_some_and(|fault| fault == "1") {
        return None;
    }
    let celsius = celsius(&value("input")?, &PLAUSIBLE_CELSIUS)?;
    let critical_celsius = value("crit").and_then(|text| self::celsius(&text, &PLAUSIBLE_CRITICAL_CELSIUS));
    let label = value("label").unwrap_or_else(|| format!("temp{input}"));
    // "Package id 0" and "Core 1" say whose they are; "Composite" and "temp1" do not.
    let name = if driver == "coretemp" { label } else { format!("{driver} {label}") };
    Some(NamedTemperature { name, celsius, critical_celsius })
}

fn zones(root: &Root) -> impl Iterator<Item = NamedTemperature> {
    const CLASS: &str = "/sys/class/thermal";
    let zones = root.names(CLASS).into_iter().filter(|name| name.starts_with("thermal_zone"));
    zones.filter_map(move |zone| {
        let value = |what: &str| root.value(&format!("{CLASS}/{zone}/{what}"));
        let celsius = celsius(&value("temp")?, &PLAUSIBLE_CELSIUS)?;
        let critical = (0..MAX_TRIPS)
            .find(|trip| value(&format!("trip_point_{trip}_type")).is_some_and(|kind| kind == "critical"))
            .and_then(|trip| value(&format!("trip_point_{trip}_temp")));
        let critical_celsius = critical.and_then(|text| self::celsius(&text, &PLAUSIBLE_CRITICAL_CELSIUS));
        Some(NamedTemperature { name: value("type").unwrap_or(zone.clone()), celsius, critical_celsius })
    })
}

/// From the millidegrees of the kernel.
fn celsius(text: &str, plausible: &RangeInclusive<f64>) -> Option<Celsius> {
    let millidegrees: i64 = text.parse().ok()?;
    let celsius = millidegrees as f64 / 1000.0;
    plausible.contains(&celsius).then(|| Celsius::from_celsius(celsius)).flatten()
}

/// The second sensor of a name gets a number: two drives are both `nvme Composite`.
fn number_repeated(all: &mut [NamedTemperature]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for sensor in all {
        let times = seen.entry(sensor.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            sensor.name = format!("{} ({times})", sensor.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn temperatures(files: &[(&str, &str)]) -> Vec<(String, f64, Option<f64>)> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join("sys/class").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let all = read(&Root::new(folder.path())).into_iter();
        all.map(|sensor| (sensor.name, sensor.celsius.get(), sensor.critical_celsius.map(Celsius::get))).collect()
    }

    fn is(name: &str, celsius: f64, critical: Option<f64>) -> (String, f64, Option<f64>) {
        (name.to_owned(), celsius, critical)
    }

    #[test]
    fn sensors_are_named_by_driver_and_label_and_never_alike() {
        let found = temperatures(&[
            ("hwmon/hwmon0/name", "coretemp\n"),
            ("hwmon/hwmon0/temp1_input", "45000\n"),
            ("hwmon/hwmon0/temp1_label", "Package id 0\n"),
            ("hwmon/hwmon0/temp1_crit", "100000\n"),
            ("hwmon/hwmon0/temp10_input", "41000\n"),
            ("hwmon/hwmon0/temp10_label", "Core 8\n"),
            ("hwmon/hwmon0/temp2_input", "43000\n"),
            ("hwmon/hwmon0/temp2_label", "Core 0\n"),
            ("hwmon/hwmon1/name", "nvme\n"),
            ("hwmon/hwmon1/temp1_input", "38850\n"),
            ("hwmon/hwmon1/temp1_label", "Composite\n"),
            ("hwmon/hwmon1/temp1_crit", "65261850\n"),
            ("hwmon/hwmon2/name", "nvme\n"),
            ("hwmon/hwmon2/temp1_input", "40850\n"),
            ("hwmon/hwmon2/temp1_label", "Composite\n"),
            ("hwmon/hwmon3/name", "acpitz\n"),
            ("hwmon/hwmon3/temp1_input", "27800\n"),
        ]);
        assert_eq!(
            found,
            [
                is("Package id 0", 45.0, Some(100.0)),
                is("Core 0", 43.0, None),
                is("Core 8", 41.0, None),
                is("nvme Composite", 38.85, None),
                is("nvme Composite (2)", 40.85, None),
                is("acpitz temp1", 27.8, None),
            ]
        );
    }

    #[test]
    fn inputs_without_a_sensor_are_left_out() {
        let found = temperatures(&[
            ("hwmon/hwmon0/name", "nct6775\n"),
            ("hwmon/hwmon0/temp1_input", "-62000\n"),
            ("hwmon/hwmon0/temp2_input", "255000\n"),
            ("hwmon/hwmon0/temp3_input", "\n"),
            ("hwmon/hwmon0/temp4_input", "40000\n"),
            ("hwmon/hwmon0/temp4_fault", "1\n"),
            ("hwmon/hwmon0/temp5_input", "0\n"),
            ("hwmon/hwmon0/fan1_input", "900\n"),
        ]);
        assert_eq!(found, [is("nct6775 temp5", 0.0, None)], "0 °C is a temperature");
    }

    #[test]
    fn an_old_kernel_has_them_at_the_device() {
        let found =
            temperatures(&[("hwmon/hwmon0/device/name", "coretemp\n"), ("hwmon/hwmon0/device/temp2_input", "51000\n")]);
        assert_eq!(found, [is("temp2", 51.0, None)]);
    }

    #[test]
    fn thermal_zones_stand_in_where_there_is_no_chip() {
        let zones = [
            ("thermal/thermal_zone0/type", "cpu-thermal\n"),
            ("thermal/thermal_zone0/temp", "48312\n"),
            ("thermal/thermal_zone0/trip_point_0_type", "passive\n"),
            ("thermal/thermal_zone0/trip_point_0_temp", "80000\n"),
            ("thermal/thermal_zone0/trip_point_1_type", "critical\n"),
            ("thermal/thermal_zone0/trip_point_1_temp", "110000\n"),
            ("thermal/cooling_device0/type", "Fan\n"),
        ];
        assert_eq!(temperatures(&zones), [is("cpu-thermal", 48.312, Some(110.0))]);
        let chip = [("hwmon/hwmon0/name", "cpu_thermal\n"), ("hwmon/hwmon0/temp1_input", "48312\n")];
        assert_eq!(temperatures(&[&zones[..], &chip[..]].concat()), [is("cpu_thermal temp1", 48.312, None)]);
    }
}
