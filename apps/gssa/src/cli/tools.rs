//! The commands that print something and end.

use std::path::Path;
use std::process::ExitCode;

use super::{FAILED, SchemaOf, complain, fail, say};
use crate::collectors::SUPPORTED;
use crate::config::{self, Configuration, FileState, Level, Options};
use crate::{api, schema, version};

/// Lists what is wrong with a file. Warnings are listed and are no failure.
pub(super) fn check_config(path: &Path) -> ExitCode {
    let options = Options {
        path: path.to_owned(),
        env: std::env::vars().collect(),
        overrides: serde_json::json!({}),
        supported: SUPPORTED,
    };
    let loaded = Configuration::load(options).current();
    if loaded.file == FileState::Missing {
        complain(&format!("there is no file {}", path.display()));
        return ExitCode::from(FAILED);
    }
    for problem in &loaded.problems {
        let level = match problem.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        let at = if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
        say(&format!("{level}: {at}{}", problem.message));
    }
    if loaded.has_errors() {
        return ExitCode::from(FAILED);
    }
    say(&format!("{} is good: {} sources", path.display(), loaded.config.sources.len()));
    ExitCode::SUCCESS
}

pub(super) fn schema(of: SchemaOf) -> ExitCode {
    let schema = match of {
        SchemaOf::Config => config::schema(),
        SchemaOf::Reading => schema::reading(),
    };
    say(&format!("{schema:#}"));
    ExitCode::SUCCESS
}

pub(super) fn openapi() -> ExitCode {
    say(&format!("{:#}", api::openapi()));
    ExitCode::SUCCESS
}

pub(super) fn hash_password() -> ExitCode {
    let password = match gssa_command::password_from_stdin() {
        Ok(password) => password,
        Err(error) => return fail(&error),
    };
    if let Err(error) = gssa_serve::password::check_password(&password) {
        return fail(&error);
    }
    say(&gssa_serve::password::hash_password(&password));
    ExitCode::SUCCESS
}

pub(super) fn version() -> ExitCode {
    let api::Version { name, version, commit, target } = version::VERSION;
    let commit = commit.map_or(String::new(), |commit| format!(" {commit}"));
    say(&format!("{name} {version}{commit} {target}"));
    ExitCode::SUCCESS
}
