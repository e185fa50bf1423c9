//! `gssa-sim antminer`, `gssa-sim canaan`, `gssa-sim cgminer`.

use std::io;

use clap::Args;
use gssa_sim::Behaviour;
use gssa_sim::cgminer::{DeviceSpec, Kind, Model};

use super::shared;

/// The port of all devices unless told otherwise; their web pages are at the next one.
const PORT: u16 = 14028;

/// Simulates devices with the cgminer API.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Model, again and again in turn; repeat for more. Without one, all of the kind in turn.
    #[arg(long = "model", value_name = "NAME")]
    models: Vec<Model>,

    #[command(flatten)]
    simulation: shared::Simulation,
}

/// Runs the devices until told to stop, or prints a configuration for them.
pub(crate) fn run(kind: Kind, arguments: &Arguments) -> io::Result<()> {
    let models = if arguments.models.is_empty() { kind.models().collect() } else { arguments.models.clone() };
    if let Some(other) = models.iter().find(|model| model.kind() != kind) {
        let message = format!("{other} is of another kind: gssa-sim {} --model {other}", other.kind());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let spec = |index: usize| {
        let spec = DeviceSpec::new(models[index % models.len()], index as u32 + 1).seeded(arguments.simulation.seed);
        spec.behaving(arguments.simulation.behaviour(index).unwrap_or(Behaviour::Healthy)).into()
    };
    let devices = if arguments.simulation.each { models.len() } else { arguments.simulation.devices };
    let specs = (0..devices).map(spec).collect();
    shared::run(&arguments.simulation, specs, PORT, &Behaviour::CGMINER)
}
