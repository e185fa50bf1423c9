//! `gssa import`

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

use super::discover::load;
use super::{FAILED, ImportArgs, block_on, complain, fail, say};
use crate::collectors::SUPPORTED;
use crate::import::{self, Imported, NotTaken};

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

pub(super) fn import(args: &ImportArgs) -> ExitCode {
    let imported = match read(&args.from) {
        Ok(config) => import::gssm(&config, SUPPORTED),
        Err(error) => {
            complain(&format!("{} cannot be read: {error}", args.from.display()));
            return ExitCode::from(FAILED);
        }
    };
    match imported {
        Ok(imported) if args.write => write(&imported, &args.file.path()),
        Ok(imported) => match serde_json::to_string_pretty(&imported) {
            Ok(json) => {
                say(&json);
                ExitCode::SUCCESS
            }
            Err(error) => fail(&error),
        },
        Err(error) => fail(&error),
    }
}

fn read(path: &Path) -> io::Result<Value> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::other(format!("it is larger than {MAX_FILE_BYTES} bytes")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    // Without the text of the error: it could show what stands at the place, and that may be a secret.
    serde_json::from_slice(bytes)
        .map_err(|error| io::Error::other(format!("it is not JSON at line {} column {}", error.line(), error.column())))
}

/// Adds what was imported to the configuration file.
fn write(imported: &Imported, path: &Path) -> ExitCode {
    let configuration = load(path);
    let mut candidate = configuration.shown();
    let (added, left) = import::merge(&mut candidate, imported, SUPPORTED);
    for NotTaken { path, why } in imported.not_taken.iter().chain(&left) {
        complain(&format!("{path}: {why}"));
    }
    let etag = configuration.current().etag.clone();
    match block_on(configuration.put(candidate, Some(&etag))) {
        Ok(Ok(_)) => {
            let sources = if added == 1 { "source" } else { "sources" };
            say(&format!("{added} {sources} added to {}", path.display()));
            ExitCode::SUCCESS
        }
        Ok(Err(error)) => super::discover::not_saved(&error),
        Err(error) => fail(&error),
    }
}
