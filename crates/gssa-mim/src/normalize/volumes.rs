//! The lists of a server: volumes and temperatures.

use gssa_model::unit::Celsius;
use gssa_model::{Disk, NamedTemperature, text};
use serde_json::Value;

use super::read::{Reader, usage, usage_of};
use super::scalar;
use crate::wire::canonical;
use crate::wire::row::{Member, Row};

/// The most volumes, and the most temperatures, of one server.
const MAX_ENTRIES: usize = 64;

/// A list of volumes, an object keyed by where they are mounted, or one volume under its own name.
pub(super) fn disks(reader: &mut Reader<'_, '_>) -> Vec<Disk> {
    let Some(member) = reader.row.first(&["disks", "volumes", "storage", "filesystems", "disk", "diskusage"]) else {
        return Vec::new();
    };
    let mut disks = Vec::new();
    for (row, name) in entries(member) {
        match disk(&row, name) {
            Some(disk) => disks.push(disk),
            None => reader.gaps.add(member.name, "a volume that does not say used and total in bytes"),
        }
    }
    if disks.is_empty() && !member.value.is_array() {
        disks.extend(alone(reader, member));
    }
    disks
}

/// One volume. The place of an unnamed one is the name of the member.
fn alone(reader: &mut Reader<'_, '_>, member: Member<'_>) -> Option<Disk> {
    if member.value.as_object().is_some_and(|members| members.values().all(Value::is_object)) {
        return None;
    }
    let usage = reader.read(&[canonical(member.name).as_str()], usage)?;
    Some(Disk { mount: text::clean(member.name)?, usage, file_system: None })
}

fn disk(row: &Row<'_>, name: Option<&str>) -> Option<Disk> {
    let said = |names: &[&str]| row.each(names).find_map(|member| scalar::words(member.value).ok()?);
    let mount = said(&["mount", "mountpoint", "mountedon", "target", "path"]).or_else(|| name.and_then(text::clean));
    let mount = mount.or_else(|| said(&["name", "device", "filesystem"]))?;
    let used =
        usage_of(row).ok().flatten().or_else(|| row.each(&["usage"]).find_map(|member| usage(member.value).ok()?))?;
    (used.total_bytes > 0).then(|| Disk { mount, usage: used, file_system: said(&["fstype", "type"]) })
}

/// A list of sensors, or an object from their names to degrees. Of a list of all sensors only those that say that they are temperatures.
pub(super) fn temperatures(reader: &mut Reader<'_, '_>) -> Vec<NamedTemperature> {
    let Some(member) = reader.row.first(&["temperatures", "temps", "temperature", "sensors"]) else {
        return Vec::new();
    };
    let is_any = canonical(member.name) == "sensors";
    let mut temperatures = Vec::new();
    for (row, name) in entries(member) {
        let said = |names: &[&str]| row.each(names).find_map(|member| scalar::words(member.value).ok()?);
        let named = said(&["name", "label", "sensor", "chip"]).or_else(|| name.and_then(text::clean));
        let mut inner = Reader { row: &row, gaps: reader.gaps };
        let own = inner.read(&["celsius", "temperature", "temp", "tempc"], celsius);
        let told = own.or_else(|| if is_any { None } else { inner.read(&["value", "current", "input"], celsius) });
        let critical = inner.read(&["criticalcelsius", "critical", "crit"], celsius);
        if let (Some(name), Some(celsius)) = (named, told) {
            temperatures.push(NamedTemperature { name, celsius, critical_celsius: critical });
        }
    }
    if let Value::Object(members) = member.value {
        let plain = members.iter().filter(|(_, value)| !value.is_object() && !value.is_null()).take(MAX_ENTRIES);
        let read = |(name, value): (&String, &Value)| {
            let celsius = celsius(value).ok()??;
            Some(NamedTemperature { name: text::clean(name)?, celsius, critical_celsius: None })
        };
        temperatures.extend(plain.filter(|_| !is_any).filter_map(read));
    }
    if matches!(member.value, Value::Number(_) | Value::String(_)) {
        let own = reader.read(&[canonical(member.name).as_str()], celsius).zip(text::clean(member.name));
        let one = own.map(|(celsius, name)| NamedTemperature { name, celsius, critical_celsius: None });
        temperatures.extend(one);
    }
    temperatures.truncate(MAX_ENTRIES);
    temperatures
}

/// `45.0`, `45.0°C` or `+45.0 C`. A sensor that is not there reads -273 or the like.
fn celsius(value: &Value) -> scalar::Read<Celsius> {
    let number = match value {
        Value::String(written) => match scalar::words(value)? {
            None => return Ok(None),
            Some(_) => scalar::number(&Value::from(written.trim_end_matches(['C', '°', ' ']).trim_start_matches('+')))?,
        },
        _ => scalar::number(value)?,
    };
    Ok(number.filter(|celsius| (-60.0..=200.0).contains(celsius)).and_then(Celsius::from_celsius))
}

/// The objects of a list, or of an object with their names.
fn entries(member: Member<'_>) -> impl Iterator<Item = (Row<'_>, Option<&str>)> {
    let listed = member
        .value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .map(|object| (Row::of(object), None));
    let named = member.value.as_object().into_iter().flatten();
    let named = named.filter_map(|(name, value)| Some((Row::of(value.as_object()?), Some(name.as_str()))));
    listed.chain(named).take(MAX_ENTRIES)
}

#[cfg(test)]
mod tests {
    use super::super::read::Gaps;
    use super::*;
    use serde_json::json;

    fn read<T>(object: &Value, how: impl Fn(&mut Reader<'_, '_>) -> T) -> (T, usize) {
        let row = Row::of(object.as_object().unwrap());
        let mut gaps = Gaps::of("servers");
        let told = how(&mut Reader { row: &row, gaps: &mut gaps });
        (told, gaps.into_list().len())
    }

    #[test]
    fn volumes_are_a_list_an_object_or_one() {
        const GIB: u64 = 1_073_741_824;
        let root = |mount: &str| (mount.to_owned(), GIB, 4 * GIB);
        for (object, wanted, gaps) in [
            (
                json!({ "disks": [{ "mount": "/", "used": "1GiB", "total": "4GiB", "fstype": "ext4" }] }),
                vec![root("/")],
                0,
            ),
            (json!({ "storage": [{ "mounted_on": "/data", "used_gib": 1, "size_gib": 4 }] }), vec![root("/data")], 0),
            (json!({ "volumes": { "/": { "used": GIB, "total": 4 * GIB } } }), vec![root("/")], 0),
            (json!({ "disk": { "used": GIB, "total": 4 * GIB } }), vec![root("disk")], 0),
            (json!({ "disk": "1GiB / 4GiB" }), vec![root("disk")], 0),
            (json!({ "disks": [{ "mount": "/", "percent": 45 }] }), vec![], 1),
            (json!({ "disk": "45%" }), vec![], 1),
            (json!({ "disks": [] }), vec![], 0),
            (json!({ "disks": null }), vec![], 0),
        ] {
            let (disks, found) = read(&object, disks);
            let disks: Vec<_> =
                disks.into_iter().map(|disk| (disk.mount, disk.usage.used_bytes, disk.usage.total_bytes)).collect();
            assert_eq!((disks, found), (wanted, gaps), "{object}");
        }
    }

    #[test]
    fn temperatures_are_a_list_or_an_object() {
        for (object, wanted, gaps) in [
            (
                json!({ "temperatures": [{ "name": "Package", "celsius": 45.5, "critical": 100 }] }),
                vec![("Package", 45.5, Some(100.0))],
                0,
            ),
            (
                json!({ "temps": { "Package": "45.5°C", "Board": "+30.0 C", "None": -273 } }),
                vec![("Board", 30.0, None), ("Package", 45.5, None)],
                0,
            ),
            (
                json!({ "sensors": [{ "label": "Package", "temp": 45.5 }, { "label": "fan1", "value": 1200 }, { "label": "in0", "volts": 12 }] }),
                vec![("Package", 45.5, None)],
                0,
            ),
            (json!({ "sensors": { "coretemp": { "temp": 45.5 }, "fan1": 1200 } }), vec![("coretemp", 45.5, None)], 0),
            (json!({ "temps": [{ "name": "x", "value": "hot" }] }), vec![], 1),
            (json!({ "temperature": "45.5 C" }), vec![("temperature", 45.5, None)], 0),
            (json!({ "temperature": "warm" }), vec![], 1),
        ] {
            let mut object = object;
            object.sort_all_objects();
            let (temperatures, found) = read(&object, temperatures);
            let told: Vec<_> = temperatures
                .iter()
                .map(|one| (one.name.as_str(), one.celsius.get(), one.critical_celsius.map(Celsius::get)))
                .collect();
            assert_eq!((told, found), (wanted, gaps), "{object}");
        }
    }
}
