//! `gssa-sim axeos`.

use std::io;

use clap::Args;
use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::demo;

use super::shared;

/// The port of all devices unless told otherwise.
const PORT: u16 = 18080;

/// Simulates devices of the AxeOS family.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Model, again and again in turn; repeat for more.
    #[arg(long = "model", value_name = "NAME")]
    models: Vec<Model>,

    #[command(flatten)]
    simulation: shared::Simulation,
}

impl Arguments {
    fn specs(&self) -> Vec<DeviceSpec> {
        let each = self.simulation.each;
        let models = if each { &Model::ALL[..] } else { &self.models[..] };
        let devices = if each { models.len() } else { self.simulation.devices };
        let mut specs = demo::fleet(devices, self.simulation.seed);
        for (index, spec) in specs.iter_mut().enumerate() {
            if !models.is_empty() {
                spec.model = models[index % models.len()];
                spec.behaviour = Behaviour::Healthy;
                spec.name = format!("{} {}", spec.model, spec.number);
                "sim".clone_into(&mut spec.group);
            }
            if let Some(behaviour) = self.simulation.behaviour(index) {
                spec.behaviour = behaviour;
            }
        }
        specs
    }
}

/// Runs the devices until told to stop, or prints a configuration for them.
pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    let specs = arguments.specs().into_iter().map(Into::into).collect();
    shared::run(&arguments.simulation, specs, PORT, &Behaviour::ALL)
}
