//! The file: read with care, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The largest file that is read.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// How files begin and end that are not the configuration yet.
const UNFINISHED: (&str, &str) = (".config-", ".tmp");
/// An unfinished file of this age is of a program that was killed.
const UNFINISHED_FOR: Duration = Duration::from_secs(60);

/// The entity tag of a file that does not exist.
const MISSING: &str = "missing";

/// How the file was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum FileState {
    /// There is none; the first save makes it.
    Missing,
    /// It was read.
    Good,
    /// It is not a JSON object. It is never overwritten.
    Broken {
        /// What is wrong.
        message: String,
        /// Where, from 1.
        line: usize,
        /// Where in the line, from 1; 0 is before its first character.
        column: usize,
    },
    /// It could not be read. It is never overwritten.
    Unreadable {
        /// Why.
        message: String,
    },
}

impl FileState {
    /// Whether a save may replace it.
    pub const fn is_replaceable(&self) -> bool {
        matches!(self, Self::Missing | Self::Good)
    }
}

/// What was found at the path of the configuration.
pub(super) struct Found {
    pub(super) state: FileState,
    /// The file, where it is good.
    pub(super) layer: Option<Value>,
    /// Changes when a byte of the file changes.
    pub(super) etag: String,
    /// The bytes, where they could be read.
    pub(super) bytes: Vec<u8>,
}

/// Reads the file.
pub(super) fn read(path: &Path) -> Found {
    let found = |state, etag: &str| Found { state, layer: None, etag: etag.to_owned(), bytes: Vec::new() };
    match read_bytes(path) {
        Ok(bytes) => {
            let etag = etag(&bytes);
            match parse(&bytes) {
                Ok(layer) => Found { state: FileState::Good, layer: Some(layer), etag, bytes },
                Err(state) => Found { state, layer: None, etag, bytes },
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => found(FileState::Missing, MISSING),
        Err(error) => found(FileState::Unreadable { message: reason(&error) }, "unreadable"),
    }
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let not_a_file = || io::Error::other("it is not a regular file");
    // Windows opens no folder, and says that it is not allowed.
    let file = File::open(path).map_err(|error| if path.is_dir() { not_a_file() } else { error })?;
    if !file.metadata()?.is_file() {
        return Err(not_a_file());
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::other(format!("it is larger than {MAX_FILE_BYTES} bytes")));
    }
    Ok(bytes)
}

/// The JSON object in a file, or where it is broken.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, FileState> {
    // Editors on Windows begin a file with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(bytes) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => {
            Err(FileState::Broken { message: "the configuration must be a JSON object".into(), line: 1, column: 1 })
        }
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let text = error.to_string();
            let message = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text).to_owned();
            Err(FileState::Broken { message, line, column })
        }
    }
}

/// The entity tag of a file's content.
pub(super) fn etag(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)[..16].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The text that a configuration becomes in the file.
pub(super) fn text(config: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(config).expect("JSON values are written without error");
    text.push(b'\n');
    text
}

/// Replaces the file, atomically, and leaves its owner and its mode as they are. A new file is for its owner only, and so are folders
/// made for it.
///
/// A symbolic link stays one: its target is replaced, as mounts of containers need it. A file that is itself a mount point cannot be
/// replaced and is written in place; its content before is among the [versions](super::versions).
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = resolve(path)?;
    let folder = folder(&target);
    make_folder(folder)?;
    let file = unfinished(folder, bytes)?;
    if let Ok(before) = fs::metadata(&target) {
        keep_owner_and_mode(file.as_file(), file.path(), &before)?;
    }
    file.as_file().sync_all()?;
    match file.persist(&target) {
        Ok(_) => sync_folder(folder),
        Err(failed) if failed.error.kind() == io::ErrorKind::ResourceBusy => {
            let mut file = fs::OpenOptions::new().write(true).truncate(true).open(&target)?;
            file.write_all(bytes)?;
            file.sync_all()
        }
        Err(failed) => Err(failed.error),
    }
}

/// A file with this content that is not there under its name yet, for its owner only: it is whole when it gets one.
pub(super) fn unfinished(folder: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    remove_unfinished(folder);
    let mut file = tempfile::Builder::new().prefix(UNFINISHED.0).suffix(UNFINISHED.1).tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}

/// Removes what programs left that were killed while they saved; one that cannot be removed does no harm.
fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_unfinished =
            name.to_str().is_some_and(|name| name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1));
        let age = || entry.metadata().and_then(|it| it.modified()).ok()?.elapsed().ok();
        if is_unfinished && age().is_some_and(|age| age >= UNFINISHED_FOR) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The folder that a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What a link points to; a path to nothing is left as it is.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Ok(target) => Ok(target),
        // A link to nothing: what it points to is made, and the link stays.
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            Ok(target) => Ok(folder(path).join(target)),
            Err(_) => Ok(path.to_owned()),
        },
        Err(error) => Err(error),
    }
}

/// Makes a folder, and those above it, that only the owner enters.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Temporary files are made with mode 0600, which is what a new file keeps.
#[cfg(unix)]
fn keep_owner_and_mode(file: &File, path: &Path, before: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let made = file.metadata()?;
    if (made.uid(), made.gid()) != (before.uid(), before.gid()) {
        // Only root gives files away. Who may write the folder but is not root becomes the owner, and keeps the group if it is theirs.
        if chown(path, Some(before.uid()), Some(before.gid())).is_err() {
            let _ = chown(path, None, Some(before.gid()));
        }
    }
    file.set_permissions(before.permissions())
}

#[cfg(not(unix))]
fn keep_owner_and_mode(_: &File, _: &Path, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Why something could not be read or written, for a person.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".into(),
        io::ErrorKind::PermissionDenied => "permission is denied".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_eight_mebibytes_is_read_and_a_larger_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.json");
        // What counts stands at the end.
        let mut text = vec![b' '; 8 * 1024 * 1024 - 2];
        text.extend(b"{}");
        fs::write(&path, &text).unwrap();
        assert_eq!(read(&path).state, FileState::Good);
        text.push(b' ');
        fs::write(&path, &text).unwrap();
        let message = "it is larger than 8388608 bytes".into();
        assert_eq!(read(&path).state, FileState::Unreadable { message });
    }

    #[test]
    fn why_a_file_is_not_to_be_had_is_said_in_words() {
        use io::ErrorKind as K;
        for (kind, words) in [
            (K::NotFound, "it does not exist"),
            (K::PermissionDenied, "permission is denied"),
            (K::ReadOnlyFilesystem, "the file system is read-only"),
            (K::StorageFull, "the disk is full"),
            (K::QuotaExceeded, "the disk is full"),
            (K::IsADirectory, "it is a folder"),
            (K::InvalidData, "it is not UTF-8 text"),
        ] {
            assert_eq!(reason(&io::Error::new(kind, "os error 7")), words);
        }
        assert_eq!(reason(&io::Error::other("os error 7")), "os error 7");
    }

    #[test]
    fn the_folder_of_a_bare_name_is_this_one() {
        let folders = ["config.json", "a/config.json", "/config.json"].map(|path| folder(Path::new(path)));
        assert_eq!(folders, [".", "a", "/"].map(Path::new));
    }
}
