//! `gssa man` and `gssa completions`: what packages install beside the program.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap_complete::Shell;

use super::{fail, say};

pub(super) fn completions(shell: Shell, command: &mut clap::Command) -> ExitCode {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, command, name, &mut script);
    written(std::io::stdout().write_all(&script))
}

pub(super) fn man(out: Option<&Path>, command: clap::Command) -> ExitCode {
    let Some(folder) = out else {
        return written(clap_mangen::Man::new(command).render(&mut std::io::stdout()));
    };
    match std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder)) {
        Ok(()) => {
            say(&format!("wrote the manual pages into {}", folder.display()));
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

/// A reader that went away is not an error.
fn written(result: std::io::Result<()>) -> ExitCode {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => fail(&error),
        _ => ExitCode::SUCCESS,
    }
}
