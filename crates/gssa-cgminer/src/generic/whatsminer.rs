//! What a Whatsminer adds to its summary.

use gssa_model::unit::{Hashrate, Megahertz, Volts, Watts};
use gssa_model::{Fan, MinerSnapshot};

use crate::standard::positive;
use crate::wire::makers::WhatsminerRow;

pub(super) fn add(row: &WhatsminerRow, snapshot: &mut MinerSnapshot) {
    let told = [row.fan_in.get(), row.fan_out.get()];
    // A machine with liquid cooling tells zeros.
    if told.iter().flatten().any(|rpm| *rpm > 0.0) {
        let fan = |(index, rpm): (u32, Option<f64>)| Some(Fan { index, rpm: Some(rpm? as u32), percent: None });
        snapshot.fans = (0..).zip(told).filter_map(fan).collect();
    }
    snapshot.power.watts = row.power.get().and_then(positive).and_then(Watts::from_watts);
    snapshot.power.input_volts = row.voltage_input.get().and_then(positive).and_then(Volts::from_volts);
    snapshot.power.frequency_mhz = row.freq_avg.get().and_then(positive).and_then(Megahertz::from_mhz);
    snapshot.hashing.expected_hps = row.factory_ghs.get().and_then(positive).and_then(Hashrate::from_ghs);
    snapshot.identity.mac = row.mac.get();
    let firmware = row.firmware_version.text().map(|version| version.trim_matches('\'').to_owned());
    snapshot.identity.firmware_version = firmware.or_else(|| snapshot.identity.firmware_version.take());
}
