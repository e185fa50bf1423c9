//! What packages install beside a program: manual pages, and completions for shells.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap_complete::Shell;

use super::{fail, say};

/// Prints the completions of a program for a shell.
pub fn completions(shell: Shell, mut command: clap::Command) -> ExitCode {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, &name, &mut script);
    written(&name, io::stdout().write_all(&script))
}

/// Prints the manual page of a program, or writes it and those of all commands into a folder, which is made if it is missing.
pub fn man(out: Option<&Path>, command: clap::Command) -> ExitCode {
    let name = command.get_name().to_owned();
    let Some(folder) = out else {
        return written(&name, clap_mangen::Man::new(command).render(&mut io::stdout()));
    };
    match std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder)) {
        Ok(()) => {
            say(&format!("wrote the manual pages into {}", folder.display()));
            ExitCode::SUCCESS
        }
        Err(error) => fail(&name, &error),
    }
}

/// A reader that went away is not an error.
fn written(program: &str, result: io::Result<()>) -> ExitCode {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(program, &error),
        _ => ExitCode::SUCCESS,
    }
}
