//! The members that tell what a miner is.

use gssa_model::Mac;
use gssa_wire::{Anything, Report};

use super::row::{Gathered, row};
use crate::reply::value::Members;

row! {
    /// VERSION. The key that names the program is itself the best sign.
    VersionRow {
        cgminer: String = "CGMiner" | "Cgminer",
        bmminer: String = "BMMiner",
        bosminer: String = "BOSminer" | "BOSminer+" | "BOSer",
        luxminer: String = "LUXminer",
        gcminer: String = "GCMiner",
        bdminer: String = "BDMiner",
        sgminer: String = "SGMiner",
        api: String = "API",
        /// Bitmain and derivatives.
        kind: String = "Type",
        miner: String = "Miner",
        compile_time: String = "CompileTime",
        /// Canaan.
        prod: String = "PROD",
        model: String = "MODEL",
        hwtype: String = "HWTYPE",
        swtype: String = "SWTYPE",
        version: String = "VERSION",
        lversion: String = "LVERSION",
        cgversion: String = "CGVERSION",
        dna: String = "DNA",
        mac: Mac = "MAC",
    }
}

row! {
    /// What tells a row of STATS apart.
    StatsHead {
        id: String = "ID",
        program: String = "BMMiner" | "CGMiner",
        /// `VNish`, and only it, spells the key so in `stats`.
        vnish: Anything = "Cgminer",
        luxminer: Anything = "LUXminer",
        kind: String = "Type",
        has_mm_string: HasMmString = ..,
    }
}

impl StatsHead {
    pub(crate) fn is_vnish(&self) -> bool {
        self.vnish.is_present() || self.kind.text().is_some_and(|kind| kind.to_ascii_lowercase().contains("vnish"))
    }
}

/// Whether a key begins with `MM ID`: Canaan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HasMmString(pub(crate) bool);

impl Report for HasMmString {}

impl Gathered for HasMmString {
    fn gather(row: &Members) -> Self {
        Self(row.keys().any(|key| key.starts_with("MM ID")))
    }
}

row! {
    /// The name of a device: DEVS, DEVDETAILS.
    DeviceRow {
        name: String = "Name",
    }
}

row! {
    /// Members of SUMMARY that only Whatsminer has.
    SummaryMarks {
        power_mode: Anything = "Power Mode",
        factory_ghs: Anything = "Factory GHS",
    }
}
