//! Where log lines go: to the terminal, and to files that are rotated by size and kept by number and age. Of lines from one place in
//! the code so many a minute are written, and how many were left out.
//!
//! `file-rotate` does the rotation: it is maintained, small, and lets the two limits be combined, which `tracing-appender` does not.

mod cap;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use file_rotate::compression::Compression;
use file_rotate::suffix::{AppendTimestamp, FileLimit, SuffixScheme};
use file_rotate::{ContentLimit, FileRotate, SuffixInfo};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where files go and which are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSettings {
    /// The folder.
    pub dir: PathBuf,
    /// The name of the file in it; rotated ones get the time appended.
    pub name: &'static str,
    /// A file that grows beyond this is rotated.
    pub max_bytes: usize,
    /// How many rotated files are kept.
    pub max_files: usize,
    /// How old a rotated file may get.
    pub max_age_days: u32,
}

/// What log lines are made of and where they go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The least severe level that is written.
    pub level: LevelFilter,
    /// How lines look.
    pub format: Format,
    /// Files beside the terminal.
    pub file: Option<FileSettings>,
}

/// Changes the level of a running log.
#[derive(Debug, Clone)]
pub struct LevelHandle(reload::Handle<LevelFilter, Registry>);

impl LevelHandle {
    /// Writes from now on what is at least as severe as `level`.
    pub fn set(&self, level: LevelFilter) {
        // The only error is that the subscriber is gone, and then there is nothing to change.
        let _ = self.0.reload(level);
    }
}

/// Starts logging for the whole process. A log file that cannot be opened is told in the answer and on the terminal; the program runs
/// on without it.
pub fn start(settings: &Settings) -> (LevelHandle, Result<(), String>) {
    let (level, handle) = reload::Layer::new(settings.level);
    let (file, opened) = match settings.file.as_ref().map(LogFile::open).transpose() {
        Ok(file) => (file, Ok(())),
        Err(error) => (None, Err(error)),
    };
    let terminal = lines(settings.format, is_terminal(), io::stderr);
    let file = file.map(|file| lines(settings.format, false, file));
    // A second start in one process (tests do that) keeps the first.
    let _ = tracing_subscriber::registry().with(level).with(cap::Cap::default()).with(terminal).with(file).try_init();
    (LevelHandle(handle), opened)
}

/// The layer that writes lines of a format to one place.
fn lines<S, W>(format: Format, with_colours: bool, to: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer().with_ansi(with_colours).with_target(false).with_writer(to);
    match format {
        Format::Text => layer.boxed(),
        Format::Json => layer.json().flatten_event(true).boxed(),
    }
}

fn is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stderr())
}

/// The log file of this process.
#[derive(Clone)]
struct LogFile {
    dir: Arc<Path>,
    rotate: Arc<Mutex<FileRotate<SizeAndAge>>>,
}

impl LogFile {
    fn open(settings: &FileSettings) -> Result<Self, String> {
        let path = settings.dir.join(settings.name);
        let told = |error: io::Error| format!("cannot write log files to {}: {error}", settings.dir.display());
        std::fs::create_dir_all(&settings.dir).map_err(told)?;
        std::fs::OpenOptions::new().create(true).append(true).open(&path).map_err(told)?;
        let scheme = SizeAndAge {
            max_files: settings.max_files,
            by_age: AppendTimestamp::default(FileLimit::Age(chrono_days(settings.max_age_days))),
        };
        let limit = ContentLimit::BytesSurpassed(settings.max_bytes.max(1));
        let rotate = FileRotate::new(path, scheme, limit, Compression::None, None);
        Ok(Self { dir: settings.dir.as_path().into(), rotate: Arc::new(Mutex::new(rotate)) })
    }
}

fn chrono_days(days: u32) -> chrono::Duration {
    chrono::Duration::days(i64::from(days))
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // The crate panics when its folder is gone and cannot be made again; a log line is not worth a task.
        std::fs::create_dir_all(&self.dir)?;
        self.rotate.lock().unwrap_or_else(PoisonError::into_inner).write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.rotate.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

/// Rotated files are named by their time and go when there are too many of them or when they are too old.
struct SizeAndAge {
    max_files: usize,
    by_age: AppendTimestamp,
}

impl SuffixScheme for SizeAndAge {
    type Repr = <AppendTimestamp as SuffixScheme>::Repr;

    fn rotate_file(
        &mut self,
        base: &Path,
        newest: Option<&Self::Repr>,
        suffix: &Option<Self::Repr>,
    ) -> io::Result<Self::Repr> {
        self.by_age.rotate_file(base, newest, suffix)
    }

    fn parse(&self, suffix: &str) -> Option<Self::Repr> {
        self.by_age.parse(suffix)
    }

    fn too_old(&self, suffix: &Self::Repr, file_number: usize) -> bool {
        file_number >= self.max_files || self.by_age.too_old(suffix, file_number)
    }

    fn scan_suffixes(&self, base: &Path) -> BTreeSet<SuffixInfo<Self::Repr>> {
        self.by_age.scan_suffixes(base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_rotated_by_size_and_kept_by_number_and_age() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("gssa.log.20200101T000000"), "from 2020").unwrap();
        let (dir_path, name) = (dir.path().to_owned(), "gssa.log");
        let settings = FileSettings { dir: dir_path, name, max_bytes: 100, max_files: 3, max_age_days: 30 };
        let mut file = LogFile::open(&settings).unwrap();
        for line in 0..60 {
            writeln!(file, "line {line} of the log").unwrap();
        }
        let names = names(dir.path());
        assert!(names.contains(&name.to_owned()), "{names:?}");
        assert!(!names.contains(&"gssa.log.20200101T000000".to_owned()), "too old: {names:?}");
        assert!((2..=4).contains(&names.len()), "{names:?}");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let in_the_way = dir.path().join("logs");
        std::fs::write(&in_the_way, "a file").unwrap();
        let settings = FileSettings { dir: in_the_way, name: "x", max_bytes: 100, max_files: 3, max_age_days: 30 };
        let error = LogFile::open(&settings).map(|_| ()).unwrap_err();
        assert!(error.starts_with("cannot write log files to"), "{error}");
    }
}
