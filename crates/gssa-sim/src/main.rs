//! `gssa-sim`: simulated peers to point gssa at.
//!
//! ```text
//! gssa-sim axeos                                        twelve devices, a believable mix
//! gssa-sim axeos --config > sim.json                    the gssa configuration for the same devices
//! gssa-sim axeos --devices 10000 --listen shared --service-ms 0 --stats 127.0.0.1:18098
//! gssa-sim axeos --devices 4 --model gamma-v2.15.0 --behaviour healthy --behaviour drip
//! ```

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Simulated, misbehaving twins of the peers that gssa collects from.
#[derive(Debug, Parser)]
#[command(name = "gssa-sim", version)]
struct Arguments {
    #[command(subcommand)]
    peer: Peer,
}

/// Which peers to simulate. A further kind is a further line here and a file in `cli/`.
#[derive(Debug, Subcommand)]
enum Peer {
    /// Bitaxe, NerdQAxe, NMAxe and their kin.
    Axeos(cli::axeos::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().peer {
        Peer::Axeos(arguments) => cli::axeos::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::fail(&error),
    }
}
