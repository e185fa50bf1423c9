//! The command line.

mod arguments;
mod demo;
mod discover;
mod healthcheck;
mod hook_token;
mod import;
mod probe;
mod record;
mod run;
mod tools;

use std::process::ExitCode;

use clap::CommandFactory as _;
pub use gssa_command::{FAILED, USAGE};
use gssa_command::{block_on, say};

use self::arguments::{Cli, Command, DemoArgs, DiscoverArgs, ImportArgs, ImportOf, RecordArgs, RunArgs, SchemaOf};

/// Does what the command line asks for.
pub fn main() -> ExitCode {
    let cli: Cli = match gssa_command::parsed() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Demo(args) => demo::demo(&args),
        Command::Probe { address, mim_paths: true } => probe::mim_paths(&address),
        Command::Probe { address, mim_paths: false } => probe::probe(&address),
        Command::Record(args) => record::run(&args),
        Command::Discover(args) => discover::discover(&args),
        Command::Import(args) => match args.of {
            ImportOf::Gssm => import::import(&args),
        },
        Command::CheckConfig { file } => tools::check_config(&file.path()),
        Command::Schema { of } => tools::schema(of),
        Command::Openapi => tools::openapi(),
        Command::Healthcheck { url, file } => healthcheck::healthcheck(url.as_deref(), &file.path()),
        Command::HashPassword => tools::hash_password(),
        Command::HookToken { name, file } => hook_token::hook_token(&name, &file.path()),
        Command::Completions { shell } => gssa_command::completions(shell, Cli::command()),
        Command::Man { out } => gssa_command::man(out.as_deref(), Cli::command()),
        Command::Version => tools::version(),
    }
}

/// Writes a line to standard error.
fn complain(text: &str) {
    gssa_command::complain("gssa", text);
}

/// Complains about an error with all its causes, and gives the exit code for it.
fn fail(error: &dyn std::error::Error) -> ExitCode {
    gssa_command::fail("gssa", error)
}
