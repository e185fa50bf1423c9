//! Reads the inputs of a target without a fuzzer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// The folder of the fuzz targets. It is part of the repository, not of a published crate, and neither are the tests that read it.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The names of the entries of a folder there, sorted.
pub(crate) fn names_in(name: &str) -> Vec<String> {
    let folder = folder().join(name);
    let entries = folder.read_dir().unwrap_or_else(|error| panic!("{} is missing: {error}", folder.display()));
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Hands every input of a target to what it checks, and names those that fail.
pub(crate) fn replay(target: &str, check: impl Fn(&[u8])) {
    let names = names_in(&format!("corpus/{target}"));
    assert!(!names.is_empty(), "fuzz/corpus/{target} is empty");
    let fails = |name: &String| {
        let input = std::fs::read(folder().join("corpus").join(target).join(name)).unwrap();
        catch_unwind(AssertUnwindSafe(|| check(&input))).is_err()
    };
    let failed: Vec<String> = names.into_iter().filter(fails).collect();
    assert!(failed.is_empty(), "of fuzz/corpus/{target} fail: {failed:?}");
}
