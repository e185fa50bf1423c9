//! Processes that are measured: started, stopped for a while, ended, and what the kernel says of them.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Result;

/// The first argument of a process that this binary starts of itself.
pub(crate) const CHILD: &str = "child";

/// A process that ends with this.
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    lines: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program. What it logs goes nowhere.
    pub(crate) fn start<A: AsRef<OsStr>>(
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).ok_or("no standard input and output")?;
        Ok(Self { child, input, lines: BufReader::new(output) })
    }

    /// Starts this binary in another role.
    pub(crate) fn start_child(arguments: &[&str]) -> Result<Self> {
        Self::start(std::env::current_exe()?, [CHILD].iter().chain(arguments))
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.lines.read_line(&mut line)?;
        if line.is_empty() { Err("a process ended early".into()) } else { Ok(line.trim().to_owned()) }
    }

    /// What it answers to an empty line.
    pub(crate) fn ask(&mut self) -> Result<String> {
        self.input.write_all(b"\n")?;
        self.line()
    }

    /// Lets it wait until [`Self::resume`], so that another one can be measured alone.
    pub(crate) fn pause(&self) -> Result<()> {
        self.signal("-STOP")
    }

    pub(crate) fn resume(&self) -> Result<()> {
        self.signal("-CONT")
    }

    /// User and system CPU time so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        const TICKS_MS: u64 = 10; // USER_HZ is 100 on every Linux that Rust runs on
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let mut fields = stat.rsplit_once(')').ok_or("/proc/<pid>/stat")?.1.split_whitespace().skip(11);
        let mut ticks = || -> Result<u64> { Ok(fields.next().ok_or("/proc/<pid>/stat")?.parse()?) };
        Ok(Duration::from_millis((ticks()? + ticks()?) * TICKS_MS))
    }

    /// A figure of `/proc/<pid>/status` that counts in KiB, in MiB.
    pub(crate) fn mib(&self, name: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB")).ok_or("/proc/<pid>/status")?;
        Ok(kib.trim().parse::<f64>()? / 1024.0)
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status()?;
        if status.success() { Ok(()) } else { Err("kill failed".into()) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
