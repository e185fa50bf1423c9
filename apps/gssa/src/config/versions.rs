//! The configurations before this one, kept beside the file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gssa_model::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::file;

/// How many are kept.
pub const MAX_VERSIONS: usize = 10;

const FOLDER: &str = "versions";
const PREFIX: &str = "config-";
const SUFFIX: &str = ".json";

/// A configuration that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "ConfigVersion")]
pub struct Version {
    /// What it is asked for by.
    pub id: String,
    /// When it was replaced.
    pub saved_at: Timestamp,
    /// Its size.
    pub bytes: u64,
}

/// The folder for the versions of a file: beside the path that was configured, even if that is a link.
fn folder(path: &Path) -> PathBuf {
    file::folder(path).join(FOLDER)
}

fn name(id: &str) -> String {
    format!("{PREFIX}{id}{SUFFIX}")
}

/// `2026-11-21T154757.325Z`: RFC 3339 without colons, which file names on Windows cannot hold.
fn id(time: Timestamp) -> String {
    time.to_string().replace(':', "")
}

/// The time in an id; `None` for what is no id, which keeps paths such as `../x` out.
fn time(id: &str) -> Option<Timestamp> {
    let bytes = id.as_bytes();
    let is_id = bytes.len() == 22
        && bytes.iter().enumerate().all(|(at, b)| match at {
            4 | 7 => *b == b'-',
            10 => *b == b'T',
            17 => *b == b'.',
            21 => *b == b'Z',
            _ => b.is_ascii_digit(),
        });
    if !is_id {
        return None;
    }
    format!("{}:{}:{}", &id[..13], &id[13..15], &id[15..]).parse().ok()
}

/// The versions of a file, the latest first.
pub(super) fn list(path: &Path) -> io::Result<Vec<Version>> {
    let entries = match fs::read_dir(folder(path)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut versions = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
        if let Some((id, saved_at)) = id.and_then(|id| Some((id, time(id)?))) {
            versions.push(Version { id: id.to_owned(), saved_at, bytes: entry.metadata()?.len() });
        }
    }
    versions.sort_by_key(|version| std::cmp::Reverse(version.saved_at));
    Ok(versions)
}

/// A version as it was written, secrets included.
pub(super) fn get(path: &Path, id: &str) -> io::Result<Value> {
    let not_found = || io::Error::new(io::ErrorKind::NotFound, "there is no such version");
    time(id).ok_or_else(not_found)?;
    let found = file::read(&folder(path).join(name(id)));
    match (found.layer, found.state) {
        (Some(layer), _) => Ok(layer),
        (None, file::FileState::Missing) => Err(not_found()),
        (None, _) => Err(io::Error::new(io::ErrorKind::InvalidData, "the version cannot be read")),
    }
}

/// Keeps the content of a file that is about to be replaced, and forgets the oldest beyond [`MAX_VERSIONS`].
pub(super) fn keep(path: &Path, bytes: &[u8], now: Timestamp) -> io::Result<()> {
    let folder = folder(path);
    file::make_folder(&folder)?;
    // The clock may have gone back, or two saves fall into one millisecond: a version is always later than those before.
    let last = list(path)?.first().map_or(i64::MIN, |version| version.saved_at.unix_ms());
    let now = Timestamp::from_unix_ms(now.unix_ms().max(last.saturating_add(1)));
    let file = file::unfinished(&folder, bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name(&id(now))))?;
    for old in list(path)?.iter().skip(MAX_VERSIONS) {
        fs::remove_file(folder.join(name(&old.id)))?;
    }
    file::sync_folder(&folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_time_and_nothing_else() {
        let now = Timestamp::from_unix_ms(1_795_276_077_325);
        assert_eq!(id(now), "2026-11-21T154757.325Z");
        assert_eq!(time(&id(now)), Some(now));
        for bad in [
            "",
            "../config",
            "2026-11-21T15:47:57.325Z",
            "2026-13-21T154757.325Z",
            "2026-11-21T154757.325Zä",
            "ä026-11-21T154757.325",
        ] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_last_ten_are_kept_in_order_even_if_the_clock_stands_still() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.json");
        assert_eq!(list(&path).unwrap(), []);
        fs::write(dir.path().join(FOLDER), "no folder").unwrap();
        assert!(list(&path).is_err(), "not none, but not known");
        fs::remove_file(dir.path().join(FOLDER)).unwrap();
        let now = Timestamp::from_unix_ms(1_795_276_077_325);
        for n in 0..13 {
            keep(&path, format!("{{\"n\":{n}}}").as_bytes(), now).unwrap();
        }
        let versions = list(&path).unwrap();
        let kept: Vec<_> =
            versions.iter().map(|version| get(&path, &version.id).unwrap()["n"].as_u64().unwrap()).collect();
        assert_eq!(kept, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
        assert!(get(&path, "2020-11-21T154757.325Z").is_err());
    }
}
