//! Reading members of a row, with a gap for what was told and cannot be read.

use gssa_model::{Gap, Usage};
use serde_json::Value;

use super::scalar::{self, Read, Unreadable};
use crate::wire::row::{Member, Row};

/// The most gaps of one answer; they repeat from row to row.
const MAX_GAPS: usize = 64;

/// Gaps, each once.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// What every name begins with: that of the endpoint.
    of: String,
    list: Vec<Gap>,
}

impl Gaps {
    pub(super) fn of(endpoint: &str) -> Self {
        Self { of: endpoint.to_owned(), list: Vec::new() }
    }

    pub(super) fn add(&mut self, name: &str, found: &str) {
        let name = gssa_model::text::clean(name).unwrap_or_default();
        let gap = Gap::new(format!("{}.{name}", self.of), found);
        if self.list.len() < MAX_GAPS && !self.list.contains(&gap) {
            self.list.push(gap);
        }
    }

    fn add_member(&mut self, member: Member<'_>) {
        match member.value {
            Value::Object(_) => self.add(member.name, "an object"),
            Value::Array(_) => self.add(member.name, "a list"),
            scalar => self.add(member.name, &scalar.to_string()),
        }
    }

    pub(super) fn into_list(self) -> Vec<Gap> {
        self.list
    }
}

/// Reads one row.
#[derive(Debug)]
pub(super) struct Reader<'r, 'a> {
    pub(super) row: &'r Row<'a>,
    pub(super) gaps: &'r mut Gaps,
}

impl<'a> Reader<'_, 'a> {
    /// The first member that can be read, in the order of the names. If there are some and none can, that is a gap.
    pub(super) fn read<T>(&mut self, names: &[&str], how: impl Fn(&'a Value) -> Read<T>) -> Option<T> {
        let mut unreadable = None;
        for member in self.row.each(names) {
            match how(member.value) {
                Ok(Some(value)) => return Some(value),
                Ok(None) => {}
                Err(Unreadable) => unreadable = unreadable.or(Some(member)),
            }
        }
        if let Some(member) = unreadable {
            self.gaps.add_member(member);
        }
        None
    }

    pub(super) fn words(&mut self, names: &[&str]) -> Option<String> {
        self.read(names, scalar::words)
    }

    pub(super) fn flag(&mut self, names: &[&str]) -> Option<bool> {
        self.read(names, scalar::flag)
    }

    pub(super) fn count(&mut self, names: &[&str]) -> Option<u64> {
        self.read(names, scalar::count)
    }
}

/// How much is used: `1.2GiB / 15.5GiB`, or an object that says used and total, or used and available.
pub(super) fn usage(value: &Value) -> Read<Usage> {
    match value {
        Value::String(text) => match scalar::words(value)? {
            None => Ok(None),
            Some(_) => pair(text).map(Some).ok_or(Unreadable),
        },
        Value::Object(members) if members.values().all(Value::is_null) => Ok(None),
        Value::Object(members) => match usage_of(&Row::of(members))? {
            None => Err(Unreadable),
            told => Ok(told),
        },
        _ => Err(Unreadable),
    }
}

fn pair(text: &str) -> Option<Usage> {
    let (used, total) = text.split_once(" / ").or_else(|| text.split_once('/')).or_else(|| text.split_once(" of "))?;
    // `1.2GiB / 15.5GiB (8%)`
    let total = total.split_once('(').map_or(total, |(total, _)| total);
    plausible(scalar::bytes(used)?, scalar::bytes(total)?)
}

/// The same of the members of a row; `Ok(None)` if it does not say.
pub(super) fn usage_of(row: &Row<'_>) -> Read<Usage> {
    let Some(used) = amount(row, &["used"])? else { return Ok(None) };
    let total = match amount(row, &["total", "size", "capacity"])? {
        Some(total) => Some(total),
        None => amount(row, &["available", "avail"])?.and_then(|available| used.checked_add(available)),
    };
    total.and_then(|total| plausible(used, total)).map(Some).ok_or(Unreadable)
}

/// The same of members such as `memory_used` and `memory_total`.
pub(super) fn usage_beside(row: &Row<'_>, stems: &[&str]) -> Read<Usage> {
    for stem in stems {
        let (used, total) = (format!("{stem}used"), format!("{stem}total"));
        let (used_first, total_first) = (format!("used{stem}"), format!("total{stem}"));
        let used = amount(row, &[used.as_str(), used_first.as_str()])?;
        let total = amount(row, &[total.as_str(), total_first.as_str()])?;
        if let Some((used, total)) = used.zip(total) {
            return plausible(used, total).map(Some).ok_or(Unreadable);
        }
    }
    Ok(None)
}

/// Endings that say the unit, and how many bytes it is. `kb`, `mb` and `gb` mean one thing here and another there, and are not read.
const UNITS: [(&str, u64); 6] =
    [("", 1), ("bytes", 1), ("b", 1), ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824)];

fn amount(row: &Row<'_>, stems: &[&str]) -> Read<u64> {
    for stem in stems {
        for (unit, factor) in UNITS {
            let Some(member) = row.first(&[format!("{stem}{unit}").as_str()]) else { continue };
            let bytes = match member.value {
                Value::String(text) if factor == 1 => scalar::bytes(text),
                value => scalar::number(value)?.map(|number| number * factor as f64).and_then(whole),
            };
            return bytes.map(Some).ok_or(Unreadable);
        }
    }
    Ok(None)
}

fn whole(bytes: f64) -> Option<u64> {
    const MAX_BYTES: f64 = 1e16;
    (0.0..MAX_BYTES).contains(&bytes).then_some(bytes as u64)
}

/// No memory and no volume is smaller than this; a number below it counts something else than bytes.
const SMALLEST_BYTES: u64 = 1024 * 1024;

fn plausible(used: u64, total: u64) -> Option<Usage> {
    let is_plausible = used <= total && (total >= SMALLEST_BYTES || total == 0);
    is_plausible.then_some(Usage { used_bytes: used, total_bytes: total })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn usage_is_a_pair_or_an_object() {
        const GIB: u64 = 1_073_741_824;
        let of = |used_bytes, total_bytes| Ok(Some(Usage { used_bytes, total_bytes }));
        for (written, wanted) in [
            (json!("1GiB / 16GiB"), of(GIB, 16 * GIB)),
            (json!("1GiB/16GiB (6%)"), of(GIB, 16 * GIB)),
            (json!("1 GiB of 16 GiB"), of(GIB, 16 * GIB)),
            (json!({ "used": GIB, "total": 16 * GIB, "percent": 6.2 }), of(GIB, 16 * GIB)),
            (json!({ "usedBytes": GIB, "availableBytes": GIB }), of(GIB, 2 * GIB)),
            (json!({ "used_mib": 512, "total_mib": 1024 }), of(GIB / 2, GIB)),
            (json!({ "Used": "1G", "Size": "2G" }), of(GIB, 2 * GIB)),
            (json!({ "used": 0, "total": 0 }), of(0, 0)),
            (json!("-"), Ok(None)),
            (json!({ "used": null, "total": null }), Ok(None)),
            (json!("45%"), Err(Unreadable)),
            (json!("16GiB / 1GiB"), Err(Unreadable)),
            (json!({ "used": 7.4, "total": 15.5 }), Err(Unreadable)),
            (json!({ "used_gb": 7.4, "total_gb": 15.5 }), Err(Unreadable)),
            (json!({ "percent": 45 }), Err(Unreadable)),
            (json!(45), Err(Unreadable)),
        ] {
            assert_eq!(usage(&written), wanted, "{written}");
        }
    }

    #[test]
    fn usage_stands_beside_other_members() {
        let object = json!({ "memory_used": 1_048_576, "memoryTotal": 4_194_304, "used_swap_b": 0, "total_swap_b": 0 });
        let row = Row::of(object.as_object().unwrap());
        let of = |used_bytes, total_bytes| Ok(Some(Usage { used_bytes, total_bytes }));
        assert_eq!(usage_beside(&row, &["mem", "memory"]), of(1_048_576, 4_194_304));
        assert_eq!(usage_beside(&row, &["swap"]), of(0, 0));
        assert_eq!(usage_beside(&row, &["disk"]), Ok(None));
    }

    #[test]
    fn gaps_are_told_once_and_bounded() {
        let mut gaps = Gaps::of("servers");
        for n in 0..1000 {
            gaps.add(&format!("x{}", n / 2), "y");
        }
        let gaps = gaps.into_list();
        assert_eq!(
            (gaps.len(), gaps[0].field.as_str(), gaps[1].field.as_str()),
            (MAX_GAPS, "servers.x0", "servers.x1")
        );
    }
}
