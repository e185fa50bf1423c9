//! Where fixtures are and what belongs to them.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of all fixtures.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Every folder `<device>/<firmware>` of a family, sorted.
pub fn of(family: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = folders(&root().join(family)).into_iter().flat_map(|device| folders(&device)).collect();
    all.sort();
    all
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// `<device>@<firmware>`.
pub fn name_of(folder: &Path) -> String {
    let part = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    format!("{}@{}", part(folder.parent().unwrap()), part(folder))
}

/// The golden files in a folder that belong to no fixture of these names.
pub fn orphans(goldens: &Path, names: impl IntoIterator<Item = String>) -> Vec<String> {
    let names: Vec<String> = names.into_iter().map(|name| format!("{name}.snap")).collect();
    let files = fs::read_dir(goldens).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter(|file| !names.contains(file)).collect()
}

/// The fixtures of a family that have no line of provenance in the README.
pub fn without_provenance(family: &str) -> Vec<String> {
    without_line(of(family).iter().map(|folder| format!("{family}/{}", name_of(folder).replace('@', "/"))))
}

/// Those of these places below the folder of all fixtures that the README does not name.
pub fn without_line(places: impl IntoIterator<Item = String>) -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    places.into_iter().filter(|place| !readme.contains(&format!("`{place}`"))).collect()
}
