//! What the command lines of the programs share: [exit codes](FAILED), what they [say] and how they [fail], the
//! [health check](healthcheck), the [signals to end](StopSignals), and what packages install: [manual pages](man) and [completions].

mod healthcheck;
mod manual;
mod stop;

use std::error::Error;
use std::io::{self, BufRead as _, Write as _};
use std::iter;
use std::process::ExitCode;

pub use clap_complete::Shell;
pub use healthcheck::{Unhealthy, healthcheck, near};
pub use manual::{completions, man};
pub use stop::StopSignals;

/// Exit code: something went wrong while running.
pub const FAILED: u8 = 1;

/// Exit code: the command line was wrong (`EX_USAGE` of sysexits.h).
pub const USAGE: u8 = 64;

/// The longest line that is read as a password, in bytes.
const MAX_PASSWORD_BYTES: u64 = 1024;

/// The command line, or the exit code where there is nothing to do: it is wrong, or asks for help or the version.
pub fn parsed<C: clap::Parser>() -> Result<C, ExitCode> {
    C::try_parse().map_err(|error| {
        // Help and version are answers, not errors.
        let code = if error.use_stderr() { USAGE } else { 0 };
        let _ = error.print();
        ExitCode::from(code)
    })
}

/// Writes a line to standard output. A reader that went away is not an error.
pub fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Writes a line of `program` to standard error.
pub fn complain(program: &str, text: &str) {
    let _ = writeln!(io::stderr(), "{program}: {text}");
}

/// Complains about an error with all its causes, and gives the exit code for it.
pub fn fail(program: &str, error: &dyn Error) -> ExitCode {
    complain(program, &chain(error));
    ExitCode::from(FAILED)
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let causes = iter::successors(error.source(), |cause| (*cause).source());
    iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}

/// A password: the first line of standard input, so that it is in no list of processes.
pub fn password_from_stdin() -> io::Result<String> {
    first_line(io::stdin().lock())
}

fn first_line(from: impl io::BufRead) -> io::Result<String> {
    let mut line = String::new();
    from.take(MAX_PASSWORD_BYTES).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Runs a future on a small runtime of one thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> io::Result<T> {
    /// For password hashes and files.
    const BLOCKING_THREADS: usize = 2;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(BLOCKING_THREADS).build()?;
    let output = runtime.block_on(future);
    // A resolver that hangs must not hold the end of the process.
    runtime.shutdown_background();
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot start")]
    struct Outer(#[source] io::Error);

    #[test]
    fn an_error_is_told_with_its_causes() {
        assert_eq!(chain(&Outer(io::Error::other("no such port"))), "cannot start: no such port");
    }

    #[test]
    fn a_password_is_the_first_line_and_bounded() {
        assert_eq!(first_line(&b"correct horse\r\nanother\n"[..]).ok().as_deref(), Some("correct horse"));
        let long = "x".repeat(5000);
        assert_eq!(first_line(long.as_bytes()).map_or(0, |line| line.len()), 1024);
    }
}
