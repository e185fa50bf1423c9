//! How the web interface gets into a program: what decides and what packs.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

fn write(path: &Path, text: &str, age_secs: u64) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    let time = SystemTime::now() - Duration::from_secs(age_secs);
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn it_is_built_when_it_is_missing_or_older_than_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let (web, dist) = (folder.path(), folder.path().join("dist"));
    write(&web.join("src/main.tsx"), "", 100);
    write(&web.join("package.json"), "{}", 100);
    for path in [web.join("src"), web.to_owned()] {
        let _ = File::open(path).and_then(|file| file.set_modified(SystemTime::now() - Duration::from_secs(100)));
    }
    assert!(gssa_embed::is_outdated(web, &dist), "missing");
    write(&dist.join("index.html"), "", 50);
    assert_eq!(gssa_embed::is_outdated(web, &dist), cfg!(windows), "newer than all (where a folder can be dated)");
    write(&web.join("node_modules/x/index.js"), "", 0);
    write(&web.join("README.md"), "", 0);
    assert_eq!(gssa_embed::is_outdated(web, &dist), cfg!(windows), "these are no sources");
    write(&web.join("src/main.tsx"), "x", 10);
    assert!(gssa_embed::is_outdated(web, &dist), "a source is newer");
}

#[test]
fn vite_runs_on_these_versions_of_node() {
    for (version, fit) in [
        ("v20.19.0\n", true),
        ("v20.18.3", false),
        ("v21.7.3", false),
        ("v22.11.0", false),
        ("v22.12.0", true),
        ("v24.1.0", true),
        ("v18.20.0", false),
        ("oops", false),
    ] {
        assert_eq!(gssa_embed::is_node_fit(version), fit, "{version}");
    }
}

#[test]
fn texts_are_packed_and_the_rest_is_taken_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (dist, out) = (folder.path().join("dist"), folder.path().join("out"));
    let page = "<!doctype html>".repeat(20);
    write(&dist.join("index.html"), &page, 0);
    write(&dist.join("assets/a-1.woff2"), &"w".repeat(100), 0);
    write(&dist.join("assets/a-1.js.map"), "{}", 0);
    write(&dist.join("tiny.txt"), "x", 0);
    fs::create_dir_all(&out).unwrap();
    gssa_embed::pack(Some(&dist), &out).unwrap();
    let list = fs::read_to_string(out.join("web.rs")).unwrap();
    let entries: Vec<&str> =
        list.lines().filter_map(|line| line.trim().split_once(", include_bytes!").map(|it| it.0)).collect();
    assert_eq!(entries, ["(\"assets/a-1.woff2\", false", "(\"index.html\", true", "(\"tiny.txt\", false"]);
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(File::open(out.join("web/1")).unwrap()).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, page);
}

#[test]
fn without_a_page_nothing_is_embedded() {
    let folder = tempfile::tempdir().unwrap();
    let (dist, out) = (folder.path().join("dist"), folder.path().join("out"));
    write(&dist.join("left-over.js"), "x", 0);
    fs::create_dir_all(&out).unwrap();
    for dist in [Some(dist.as_path()), Some(Path::new("/nowhere")), None] {
        gssa_embed::pack(dist, &out).unwrap();
        assert_eq!(fs::read_to_string(out.join("web.rs")).unwrap(), "&[\n]\n");
    }
}
