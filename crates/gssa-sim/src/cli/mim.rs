//! `gssa-sim mim`.

use std::io;

use clap::Args;
use gssa_sim::Behaviour;
use gssa_sim::mim::{DeviceSpec, Model};

use super::shared;

/// The port of all unless told otherwise.
const PORT: u16 = 13001;

/// Simulates MIM.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Model, again and again in turn; repeat for more. Without one, all in turn.
    #[arg(long = "model", value_name = "NAME")]
    models: Vec<Model>,

    #[command(flatten)]
    simulation: shared::Simulation,
}

/// Runs them until told to stop, or prints a configuration for them.
pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    let models = if arguments.models.is_empty() { &Model::ALL[..] } else { &arguments.models };
    let spec = |index: usize| {
        let spec = DeviceSpec::new(models[index % models.len()], index as u32 + 1).seeded(arguments.simulation.seed);
        spec.behaving(arguments.simulation.behaviour(index).unwrap_or(Behaviour::Healthy)).into()
    };
    let specs = (0..arguments.simulation.devices).map(spec).collect();
    shared::run(&arguments.simulation, specs, PORT, &Behaviour::MIM)
}
