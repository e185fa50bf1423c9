//! Where log lines go, as configured.

use gssa_logging::{FileSettings, Format, Settings};
use tracing::level_filters::LevelFilter;
use tracing::warn;

use crate::config::{Level, LogFormat, Logging};

/// Starts logging for the whole process.
pub fn start(logging: &Logging) {
    let level = match logging.level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    };
    let format = match logging.format {
        LogFormat::Text => Format::Text,
        LogFormat::Json => Format::Json,
    };
    let file = logging.file.as_ref().map(|file| FileSettings {
        dir: file.dir.clone(),
        name: "gsscloud.log",
        max_bytes: file.max_size_mb as usize * 1024 * 1024,
        max_files: file.max_files as usize,
        max_age_days: file.max_age_days,
    });
    if let (_, Err(error)) = gssa_logging::start(&Settings { level, format, file }) {
        warn!("{error}; the log goes to the terminal only");
    }
}
