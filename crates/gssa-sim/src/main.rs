//! `gssa-sim`: simulated peers to point gssa at.
//!
//! ```text
//! gssa-sim axeos                                        twelve devices, a believable mix
//! gssa-sim axeos --config > sim.json                    the gssa configuration for the same devices
//! gssa-sim axeos --devices 10000 --listen shared --service-ms 0 --stats 127.0.0.1:18098
//! gssa-sim axeos --devices 4 --model gamma-v2.15.0 --behaviour healthy --behaviour drip
//! gssa-sim antminer --devices 4 --model antminer-s21     API at port 14028, web pages at 14029
//! gssa-sim canaan --behaviour nul-inside
//! gssa-sim mim --devices 4                               all of it invented: nothing is known of its API
//! gssa-sim gss --coin DGB=4 --coin DGB-BIG=7 --api-key secret --page-size 5
//! gssa-sim gse --behaviour reboot:60s/5s
//! gssa-sim replay gssa-antminer-20261120-080910.json     what `gssa record` wrote, in the device's place
//! gssa-sim cgminer --each --behaviour frozen             one of each model, whose figures stand still
//! ```

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use gssa_sim::cgminer::Kind;

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
    /// Bitmain's machines, with factory firmware and others.
    Antminer(cli::cgminer::Arguments),
    /// Avalon machines.
    Canaan(cli::cgminer::Arguments),
    /// Everybody else with the cgminer API.
    Cgminer(cli::cgminer::Arguments),
    /// MIM, which manages servers; its API is invented.
    Mim(cli::mim::Arguments),
    /// A pool with GoSlimStratum.
    Gss(cli::pool::Arguments),
    /// A pool with GoStratumEngine.
    Gse(cli::pool::Arguments),
    /// What was recorded of a real peer.
    Replay(cli::replay::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().peer {
        Peer::Axeos(arguments) => cli::axeos::run(&arguments),
        Peer::Antminer(arguments) => cli::cgminer::run(Kind::Antminer, &arguments),
        Peer::Canaan(arguments) => cli::cgminer::run(Kind::Canaan, &arguments),
        Peer::Cgminer(arguments) => cli::cgminer::run(Kind::Cgminer, &arguments),
        Peer::Mim(arguments) => cli::mim::run(&arguments),
        Peer::Gss(arguments) => cli::pool::run(false, &arguments),
        Peer::Gse(arguments) => cli::pool::run(true, &arguments),
        Peer::Replay(arguments) => cli::replay::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::fail(&error),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
