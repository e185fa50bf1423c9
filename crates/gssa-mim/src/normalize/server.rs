//! One server.

use gssa_model::unit::{LoadAverage, Percent};
use gssa_model::{Server, Usage};
use serde_json::Value;

use super::read::{Reader, usage, usage_beside};
use super::scalar::{self, Read, Unreadable};
use super::volumes;
use crate::wire::member;
use crate::wire::row::Row;

/// A server and what the row says of it. Without an id, a name or an address its id is empty: it is for the caller to say which it is.
/// `None` for one that is switched off: MIM hides it and does not ask it (`servers[].enabled` of its configuration).
pub(super) fn server(reader: &mut Reader<'_, '_>) -> Option<Server> {
    if reader.row.first(&["enabled"]).is_some_and(|member| scalar::flag(member.value) == Ok(Some(false))) {
        return None;
    }
    let address = reader.words(&["sshhost", "host", "ip", "ipaddress", "address"]);
    let key = reader.row.key.and_then(gssa_model::text::clean);
    let id = reader.words(&["id", "serverid"]).or(key);
    let name = reader.words(&["name", "servername", "displayname", "hostname"]);
    Some(Server {
        id: id.or_else(|| name.clone()).or_else(|| address.clone()).unwrap_or_default(),
        name,
        address,
        reachable: reader
            .read(&["reachable", "online", "isonline", "connected", "status", "state", "connection"], reachable),
        os: reader.read(&["os", "osname", "operatingsystem", "distro", "prettyname"], system_name),
        kernel: reader.words(&["kernel", "kernelversion"]),
        architecture: reader.words(&["architecture", "arch"]),
        uptime_secs: reader.read(&["uptimesecs", "uptimeseconds", "uptime"], scalar::duration),
        cpu_percent: reader.read(&["cpupercent", "cpupct", "cpuusage", "cpu"], busy),
        cpus: processors(reader),
        load: load(reader),
        memory: used(reader, &["memory", "mem", "memusage", "memoryusage", "ram"], &["memory", "mem"])
            .filter(|memory| memory.total_bytes > 0),
        swap: used(reader, &["swap", "swapusage"], &["swap"]),
        disks: volumes::disks(reader),
        temperatures: volumes::temperatures(reader),
        reboot_required: reader.flag(&["rebootrequired", "needsreboot", "rebootneeded"]),
        ..Server::default()
    })
}

/// A flag, or a word of a connection.
fn reachable(value: &Value) -> Read<bool> {
    if let Ok(told) = scalar::flag(value) {
        return Ok(told);
    }
    match scalar::words(value)?.map(|word| word.to_lowercase()).as_deref() {
        Some("online" | "connected" | "reachable" | "up" | "ok" | "healthy" | "running" | "active") => Ok(Some(true)),
        Some("offline" | "disconnected" | "unreachable" | "down" | "error" | "failed" | "timeout") => Ok(Some(false)),
        _ => Err(Unreadable),
    }
}

/// A text, or an object of name and version.
fn system_name(value: &Value) -> Read<String> {
    let Value::Object(members) = value else { return scalar::words(value) };
    if let Some(whole) = member(members, &["prettyname"]) {
        return scalar::words(whole);
    }
    let Some(name) = member(members, &["name", "distro", "id"]).map_or(Ok(None), scalar::words)? else {
        return Ok(None);
    };
    let version = member(members, &["versionid", "version"]).map_or(Ok(None), scalar::words)?;
    Ok(Some(version.map_or_else(|| name.clone(), |version| format!("{name} {version}"))))
}

/// A percentage, or an object that holds one.
fn busy(value: &Value) -> Read<Percent> {
    match value {
        Value::Object(members) => {
            let told =
                member(members, &["percent", "usagepercent", "usedpercent", "busypercent", "usage", "busy", "total"]);
            told.map_or(Ok(None), scalar::percent)
        }
        _ => scalar::percent(value),
    }
}

/// A number, or one inside of `cpu`, which is a percentage where it is a number itself.
fn processors(reader: &mut Reader<'_, '_>) -> Option<u64> {
    let own = reader.read(&["cpus", "cpucount", "cpucores", "numcpu", "ncpu", "cores"], entries);
    own.or_else(|| {
        reader.read(&["cpu"], |cpu| {
            let cpu = cpu.as_object().and_then(|cpu| member(cpu, &["cores", "count", "threads", "logical"]));
            cpu.map_or(Ok(None), entries)
        })
    })
}

/// A number, or a list with an entry for each.
fn entries(value: &Value) -> Read<u64> {
    match value {
        Value::Array(each) => Ok(Some(each.len() as u64)),
        _ => scalar::count(value),
    }
}

fn load(reader: &mut Reader<'_, '_>) -> Option<[LoadAverage; 3]> {
    let whole = reader.read(&["load", "loadavg", "loadaverage", "loadaverages"], loads);
    whole.or_else(|| {
        let mut one = |names: &[&str]| reader.read(names, scalar::number).and_then(LoadAverage::from_load);
        Some([one(&["load1", "load1m"])?, one(&["load5", "load5m"])?, one(&["load15", "load15m"])?])
    })
}

/// Three numbers: a list, `0.10 0.20 0.30` or `0.10, 0.20, 0.30`, or an object. A single number is that of one minute, and not enough.
fn loads(value: &Value) -> Read<[LoadAverage; 3]> {
    let numbers: Vec<f64> = match value {
        Value::Array(numbers) => numbers.iter().filter_map(Value::as_f64).collect(),
        Value::String(text) => text
            .split([' ', ','])
            .filter(|part| !part.is_empty())
            .take(3)
            .filter_map(|part| part.parse().ok())
            .collect(),
        Value::Object(members) => {
            let one = |names: &[&str]| member(members, names).and_then(Value::as_f64);
            let minutes = [
                one(&["1m", "1min", "load1", "1"]),
                one(&["5m", "5min", "load5", "5"]),
                one(&["15m", "15min", "load15", "15"]),
            ];
            minutes.into_iter().flatten().collect()
        }
        _ => Vec::new(),
    };
    let loads: Vec<LoadAverage> =
        numbers.into_iter().filter(|load| *load >= 0.0).filter_map(LoadAverage::from_load).collect();
    loads.try_into().map(Some).map_err(|_| Unreadable)
}

/// One member that says both, or two members beside others.
fn used(reader: &mut Reader<'_, '_>, names: &[&str], stems: &[&str]) -> Option<Usage> {
    let beside = usage_beside(reader.row, stems);
    match beside {
        Ok(Some(usage)) => Some(usage),
        Ok(None) => reader.read(names, usage),
        Err(Unreadable) => {
            reader.gaps.add(stems.first().copied().unwrap_or_default(), "used and total of an unknown unit");
            None
        }
    }
}

/// The members of a server that are lists of others.
pub(super) fn nested<'a>(row: &Row<'a>, names: &[&str]) -> Option<&'a Value> {
    row.each(names).map(|member| member.value).find(|value| value.is_array() || value.is_object())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn loads_are_three_numbers() {
        let read = |value| loads(&value).map(|loads| loads.map(|loads| loads.map(LoadAverage::get)));
        let wanted = Ok(Some([0.1, 0.2, 0.3]));
        assert_eq!(read(json!([0.1, 0.2, 0.3])), wanted);
        assert_eq!(read(json!("0.1 0.2 0.3 1/234 567")), wanted);
        assert_eq!(read(json!("0.1, 0.2, 0.3")), wanted);
        assert_eq!(read(json!({ "1m": 0.1, "5m": 0.2, "15m": 0.3 })), wanted);
        for wrong in [json!(0.1), json!([0.1]), json!("high"), json!([0.1, "x", 0.3]), json!([-1, 0, 0])] {
            assert_eq!(read(wrong.clone()), Err(Unreadable), "{wrong}");
        }
    }

    #[test]
    fn reachable_is_a_flag_or_a_word() {
        assert_eq!(reachable(&json!(true)), Ok(Some(true)));
        assert_eq!(reachable(&json!("Offline")), Ok(Some(false)));
        assert_eq!(reachable(&json!("unknown")), Ok(None));
        assert_eq!(reachable(&json!("purple")), Err(Unreadable));
    }
}
