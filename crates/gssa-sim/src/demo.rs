//! A believable mix: a home, an office and a small rack, where not everything is well.

use crate::axeos::{Behaviour, DeviceSpec, Model};
use crate::chance::share;
use crate::{Spec, cgminer};

/// The first devices of a demo, each with its owner's name for it and its place.
const HOME: [(Model, &str, &str); 12] = [
    (Model::GammaV2_12_2, "Garage Gamma", "garage"),
    (Model::NerdQAxePlusPlusV1_1_0, "Rack Nerd 1", "rack-1"),
    (Model::SupraV2_9_0, "Office Supra", "office"),
    (Model::GammaV2_15_0, "Living Room", "home"),
    (Model::NerdOctaxeGammaV1_0_37, "Rack Octaxe", "rack-1"),
    (Model::GammaTurboV2_12_2, "Garage Turbo", "garage"),
    (Model::BitForgeV1_0, "Workshop Forge", "garage"),
    (Model::NerdQAxePlusPlusDualV1_0_36, "Rack Nerd 2", "rack-1"),
    (Model::GammaV2_14_0, "Bedroom Gamma", "home"),
    (Model::SupraHexV2_12_2, "Rack Hex", "rack-1"),
    (Model::NmAxeV3_0_21, "Desk NMAxe", "office"),
    (Model::UltraV2_1_8, "Old Ultra", "office"),
];

/// What further devices are made of; common ones stand there more than once.
const RACK: [(Model, &str); 12] = [
    (Model::GammaV2_12_2, "Gamma"),
    (Model::GammaV2_15_0, "Gamma"),
    (Model::NerdQAxePlusPlusV1_1_0, "Nerd"),
    (Model::GammaV2_14_0, "Gamma"),
    (Model::NerdQAxePlusPlusV1_0_30, "Nerd"),
    (Model::SupraV2_9_0, "Supra"),
    (Model::GammaV2_11_0, "Gamma"),
    (Model::NerdQAxePlusV1_0_26, "Nerd"),
    (Model::GammaTurboV2_12_2, "Turbo"),
    (Model::HexV2_12_2, "Hex"),
    (Model::GammaV2_9_0, "Gamma"),
    (Model::NerdOctaxeGammaV1_0_37, "Octaxe"),
];

/// Devices in one rack beyond the home.
const PER_RACK: usize = 40;
/// From this many devices on, some have trouble.
const TROUBLE_FROM: usize = 8;

/// Makes the devices of a demo, numbered from 1, the same ones for the same seed.
///
/// From eight devices on one is paused, one mines for its fallback pool, one is overheated, one does not answer and one
/// reboots now and then. In the racks beyond about one in thirty has trouble.
pub fn fleet(devices: usize, seed: u64) -> Vec<DeviceSpec> {
    (0..devices).map(|index| device(index, devices, seed)).collect()
}

fn device(index: usize, devices: usize, seed: u64) -> DeviceSpec {
    let number = index as u32 + 1;
    let (model, name, group) = match HOME.get(index) {
        Some((model, name, group)) => (*model, (*name).to_owned(), (*group).to_owned()),
        None => racked(index - HOME.len(), seed),
    };
    let behaviour = if devices < TROUBLE_FROM { Behaviour::Healthy } else { trouble(index, devices, seed) };
    DeviceSpec::new(model, number).seeded(seed).called(name, group).behaving(behaviour)
}

fn racked(place: usize, seed: u64) -> (Model, String, String) {
    let (model, kind) = RACK[(share(seed, place as u64) * RACK.len() as f64) as usize];
    let (rack, slot) = (place / PER_RACK + 2, place % PER_RACK + 1);
    (model, format!("{kind} {rack}-{slot:02}"), format!("rack-{rack}"))
}

fn trouble(index: usize, devices: usize, seed: u64) -> Behaviour {
    let reboot = "reboot".parse().unwrap_or(Behaviour::Healthy);
    match index {
        2 => Behaviour::OnFallback,
        3 => Behaviour::Paused,
        5 => Behaviour::Overheated,
        6 => Behaviour::Hang,
        7 => reboot,
        11 if devices >= HOME.len() => Behaviour::Refuse,
        _ if index < HOME.len() => Behaviour::Healthy,
        _ => match (share(seed, 0x1_0000 + index as u64) * 210.0) as u32 {
            0 => Behaviour::Paused,
            1 => Behaviour::NoPool,
            2 => Behaviour::OnFallback,
            3 => Behaviour::Overheated,
            4 => Behaviour::Hang,
            5 => reboot,
            6 => Behaviour::PowerFault,
            _ => Behaviour::Healthy,
        },
    }
}

/// What stands among the devices of a mixed demo, and in which state.
const MACHINES: [(cgminer::Model, &str, &str, Behaviour); 8] = [
    (cgminer::Model::AntminerS21, "Hall S21", "hall", Behaviour::Healthy),
    (cgminer::Model::CanaanNano3s, "Desk Nano", "office", Behaviour::Healthy),
    (cgminer::Model::AntminerS19Pro, "Hall S19", "hall", Behaviour::MissingBoard),
    (cgminer::Model::CanaanQ, "Living Room Q", "home", Behaviour::Healthy),
    (cgminer::Model::WhatsminerM30s, "Hall Whatsminer", "hall", Behaviour::Healthy),
    (cgminer::Model::AntminerS9, "Old S9", "garage", Behaviour::Healthy),
    (cgminer::Model::CanaanA1566, "Hall Avalon", "hall", Behaviour::Overheated),
    (cgminer::Model::AntminerS19, "Sleeping S19", "hall", Behaviour::Paused),
];
/// One of so many devices of a mixed demo is a machine with the cgminer API.
const MACHINE_EVERY: usize = 3;

/// Makes the devices of a demo with machines of all families among them, numbered from 1, the same ones for the same
/// seed.
pub fn mixed_fleet(devices: usize, seed: u64) -> Vec<Spec<crate::Model>> {
    let mixed = |spec: DeviceSpec| {
        let index = spec.number as usize - 1;
        if index % MACHINE_EVERY != MACHINE_EVERY - 1 {
            return spec.into();
        }
        let place = index / MACHINE_EVERY;
        let (model, name, group, behaviour) = MACHINES[place % MACHINES.len()];
        let name =
            if place < MACHINES.len() { name.to_owned() } else { format!("{name} {}", place / MACHINES.len() + 1) };
        cgminer::DeviceSpec::new(model, spec.number).seeded(seed).called(name, group).behaving(behaviour).into()
    };
    fleet(devices, seed).into_iter().map(mixed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_is_mostly_healthy_and_has_each_trouble_once() {
        let fleet = fleet(12, 1);
        let having = |wanted: &str| fleet.iter().filter(|spec| spec.behaviour.name() == wanted).count();
        for trouble in ["paused", "on-fallback", "overheated", "hang", "refuse", "reboot"] {
            assert_eq!(having(trouble), 1, "{trouble}");
        }
        assert_eq!(having("healthy"), 6);
        assert!(super::fleet(7, 1).iter().all(|spec| spec.behaviour == Behaviour::Healthy));
    }

    #[test]
    fn numbers_and_names_are_unique_and_a_seed_repeats_itself() {
        let first = fleet(1000, 4);
        let mut names: Vec<&str> = first.iter().map(|spec| spec.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 1000);
        assert_eq!(first, fleet(1000, 4));
        assert_ne!(first, fleet(1000, 5));
    }

    #[test]
    fn a_third_of_a_mixed_demo_is_machines() {
        let fleet = mixed_fleet(60, 1);
        assert_eq!(fleet.iter().filter(|spec| spec.model.kind() != "axeos").count(), 20);
        assert!(
            ["antminer", "canaan", "cgminer"].iter().all(|kind| fleet.iter().any(|spec| spec.model.kind() == *kind))
        );
        let mut names: Vec<&str> = fleet.iter().map(|spec| spec.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 60);
        assert_eq!(fleet, mixed_fleet(60, 1));
    }
}
