//! Files below the folder where the machine's file system begins.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use gssa_model::Gap;
use gssa_model::text::clean;

/// The most that is read of one file. `/proc/stat` of a machine with 256 processors has 30 KB, a mount table of a busy Docker host 100 KB.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 512;

/// The folder where the machine's file system begins.
#[derive(Debug)]
pub(crate) struct Root(PathBuf);

impl Root {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Whether this is the file system that the program itself sees.
    pub(crate) fn is_own(&self) -> bool {
        self.0 == Path::new("/")
    }

    /// Where `path`, as the machine itself would name it, is found.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.0.join(path.trim_start_matches('/'))
    }

    /// The text of a file, at most a MiB of it.
    pub(crate) fn read(&self, path: &str) -> io::Result<String> {
        let mut bytes = Vec::new();
        File::open(self.at(path))?.take(MAX_FILE_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The text of a file that holds one value; `None` where there is no such file or nothing in it.
    pub(crate) fn value(&self, path: &str) -> Option<String> {
        clean(&self.read(path).ok()?)
    }

    /// What `parse` makes of a file that every machine has; a gap where there is none or `parse` makes nothing of it.
    pub(crate) fn wanted<T>(
        &self,
        path: &str,
        gaps: &mut Vec<Gap>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let found = match self.read(path) {
            Ok(text) => match parse(&text) {
                Some(value) => return Some(value),
                None => text,
            },
            Err(error) => error.kind().to_string(),
        };
        gaps.push(Gap::new(path, &found));
        None
    }

    /// The names in a folder, in the order of the numbers they end in; none where there is no such folder.
    pub(crate) fn names(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.at(path)) else { return Vec::new() };
        let names = entries.take(MAX_ENTRIES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort_by_key(|name| (name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned(), number_at_end(name)));
        names
    }
}

fn number_at_end(name: &str) -> Option<u64> {
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["hwmon10", "hwmon2", "hwmon0", "other"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(Root::new(folder.path()).names("/"), ["hwmon0", "hwmon2", "hwmon10", "other"]);
        assert!(Root::new(folder.path()).names("/none").is_empty());
    }

    #[test]
    fn a_file_that_cannot_be_read_or_parsed_is_a_gap() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("odd"), "odd\n").unwrap();
        let (root, mut gaps) = (Root::new(folder.path()), Vec::new());
        assert_eq!(root.wanted("/odd", &mut gaps, |text| text.trim().parse::<u8>().ok()), None);
        assert_eq!(root.wanted("/none", &mut gaps, |_| Some(1)), None);
        assert_eq!(gaps, [Gap::new("/odd", "odd"), Gap::new("/none", "entity not found")]);
    }
}
