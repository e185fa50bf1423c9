//! Wire → model: units, sentinels, gaps. No socket.

use gssa_model::MinerSnapshot;
use gssa_wire::{MAX_GAPS, Path, Report as _};

use crate::wire::document::{AsicDocument, Document};
use crate::wire::{AsicInfo, Info};

mod board;
mod chips;
mod electrical;
mod family;
mod hashing;
mod identity;
mod pools;
mod state;
mod work;

use family::Family;

/// Turns the documents of a device into a snapshot.
///
/// `asic` adds the device's own word for its model and the number of its chips, which Bitaxe left out of the status document in v2.9;
/// without it both come from the table of boards. What the device did not report is absent, what could not be read is absent and a
/// gap under the peer's own name.
pub fn normalize(info: &Info, asic: Option<&AsicInfo>) -> MinerSnapshot {
    let device = Device::new(&info.0, asic.map(|asic| &asic.0));
    let mut gaps = Vec::new();
    device.document.report(Path::Document(""), &mut gaps);
    let hashing = hashing::hashing(&device);
    let pools = pools::pools(&device, &mut gaps);
    gaps.truncate(MAX_GAPS);
    let snapshot = MinerSnapshot {
        identity: identity::identity(&device),
        work: work::work(&device),
        power: electrical::power(&device),
        temperatures: electrical::temperatures(&device),
        fans: electrical::fans(&device),
        boards: hashing::boards(&device),
        pools,
        network: identity::network(&device),
        uptime_secs: info.uptime_secs(),
        faults: state::faults(&device, &hashing),
        hashing,
        gaps,
    };
    snapshot.with_derived()
}

/// Whether `/api/system/asic` may exist and say something that the status document does not.
pub(crate) fn has_asic_facts(info: &Info) -> bool {
    Family::of(&info.0).has_asic_facts()
}

/// What the parts of a normalization look at.
#[derive(Debug, Clone, Copy)]
struct Device<'a> {
    document: &'a Document,
    asic: Option<&'a AsicDocument>,
    family: Family,
}

impl<'a> Device<'a> {
    fn new(document: &'a Document, asic: Option<&'a AsicDocument>) -> Self {
        Self { document, asic, family: Family::of(document) }
    }
}

/// A counter or a figure above zero; zero stands for "not known" where this is used.
fn positive(value: f64) -> Option<f64> {
    Some(value).filter(|value| *value > 0.0)
}

#[cfg(test)]
pub(crate) mod testing {
    use crate::wire::Info;
    use serde_json::{Value, json};

    /// A document with nothing wrong, changed by `members`.
    pub(crate) fn info(members: &Value) -> Info {
        let mut document = json!({ "ASICModel": "BM1370", "boardVersion": "601", "version": "v2.12.2", "hashRate": 1270.0,
            "frequency": 625, "smallCoreCount": 2040, "uptimeSeconds": 5000 });
        for (key, value) in members.as_object().unwrap() {
            document[key] = value.clone();
        }
        crate::parse(document.to_string().as_bytes()).unwrap()
    }

    /// The snapshot of such a document.
    pub(crate) fn snapshot(members: &Value) -> gssa_model::MinerSnapshot {
        crate::normalize(&info(members), None)
    }
}
