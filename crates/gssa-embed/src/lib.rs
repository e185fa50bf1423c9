//! The web interface on its way into the binary: built with npm when it has to be and can be, packed, and listed for `include_bytes!`.
//!
//! | | what is embedded | npm |
//! |---|---|---|
//! | `GSSA_WEB_DIST=FOLDER` | that folder | never |
//! | `GSSA_WEB=skip` | `web/dist`, if it is there | never |
//! | docs.rs, clippy, a packaged crate | `web/dist`, if it is there | never |
//! | else | `web/dist` | when `web/dist` is missing or older than its sources |
//!
//! What does not work is a warning of cargo, never an error: without the web interface a program answers `/` with a page that says so.
//!
//! No crate does this part: the files are packed first, so they are in `OUT_DIR`, and the crate that embeds folders can only be told of
//! such a one with help that is under a licence we do not take.

#![expect(clippy::print_stdout, reason = "a build script tells cargo so")]

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// What `web/dist` is made from, in `web`.
const SOURCES: [&str; 7] =
    ["src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];

/// Files that shrink when they are packed.
const TEXT: [&str; 8] = ["css", "html", "js", "json", "md", "svg", "txt", "webmanifest"];

/// Puts the web interface into `OUT_DIR/web.rs`.
/// Puts the web interface into `OUT_DIR/web.rs`, for `gssa_serve::embedded_site!()`. For the build script of a program in `apps/`.
pub fn embed() {
    for variable in ["GSSA_WEB", "GSSA_WEB_DIST"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let dist = dist();
    if let Err(error) = pack(dist.as_deref(), &out) {
        println!("cargo::warning=the web interface is not part of this build: {error}");
        pack(None, &out).expect("OUT_DIR can be written");
    }
}

/// The folder to embed, brought up to date.
fn dist() -> Option<PathBuf> {
    if let Some(dist) = env::var_os("GSSA_WEB_DIST").map(PathBuf::from) {
        println!("cargo::rerun-if-changed={}", dist.display());
        return Some(dist);
    }
    let web = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?).join("../../web");
    // A packaged crate has none.
    web.join("package.json").is_file().then(|| {
        let dist = web.join("dist");
        if is_outdated(&web, &dist) {
            bring_up_to_date(&web, &dist);
        }
        // A path that is not there would have cargo run this each time.
        let _ = fs::create_dir_all(&dist);
        for path in SOURCES.iter().map(|source| web.join(source)).filter(|path| path.exists()).chain([dist.clone()]) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        dist
    })
}

fn bring_up_to_date(web: &Path, dist: &Path) {
    // What a run for clippy leaves out a build must not miss.
    println!("cargo::rerun-if-env-changed=RUSTC_WORKSPACE_WRAPPER");
    let is_clippy = env::var_os("CLIPPY_ARGS").is_some()
        || env::var("RUSTC_WORKSPACE_WRAPPER").is_ok_and(|wrapper| wrapper.contains("clippy"));
    let is_skipped = env::var("GSSA_WEB").is_ok_and(|value| value == "skip");
    if is_clippy || is_skipped || env::var_os("DOCS_RS").is_some() {
        return;
    }
    match build(web) {
        Ok(()) => date_like_sources(web, dist),
        Err(reason) => {
            let instead = if dist.join("index.html").is_file() { "an older one is taken" } else { "it is left out" };
            println!("cargo::warning=the web interface could not be built and {instead}: {reason}");
        }
    }
}

/// Whether `dist` is missing or older than what it is made from.
pub fn is_outdated(web: &Path, dist: &Path) -> bool {
    let Some(made) = modified(&dist.join("index.html")) else { return true };
    newest_source(web).is_some_and(|source| source > made)
}

fn newest_source(web: &Path) -> Option<SystemTime> {
    let mut newest = None;
    for source in SOURCES {
        let mut take = |path: &Path| newest = newest.max(modified(path));
        visit(&web.join(source), &mut take);
    }
    newest
}

/// Gives what was built the time of its sources. Cargo runs a build script again when a watched file is newer than its last run, which
/// these would be.
fn date_like_sources(web: &Path, dist: &Path) {
    let Some(newest) = newest_source(web) else { return };
    visit(dist, &mut |path| {
        // Where that cannot be done this runs once more and then finds nothing to do.
        let _ = File::open(path).and_then(|file| file.set_modified(newest));
    });
}

/// Calls `act` with a path and, if it is a folder, with everything in it.
fn visit(path: &Path, act: &mut dyn FnMut(&Path)) {
    act(path);
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        visit(&entry.path(), act);
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn build(web: &Path) -> Result<(), String> {
    const WANTED: &str = "Node ^20.19 or >=22.12 with npm";
    let found = run(web, "node", &["--version"]).map_err(|_| format!("{WANTED} is not installed"))?;
    if !is_node_fit(&found) {
        return Err(format!("it needs {WANTED}, found {}", found.trim()));
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let installed = modified(&web.join("node_modules/.package-lock.json"));
    if installed < modified(&web.join("package-lock.json")) {
        // Nothing that is needed here has install scripts, so none is run.
        run(web, npm, &["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"])?;
    }
    run(web, npm, &["run", "build"])?;
    Ok(())
}

/// Whether Vite runs on a Node of this version: `v20.19.0`.
pub fn is_node_fit(version: &str) -> bool {
    let mut numbers =
        version.trim().trim_start_matches('v').split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        major => major > 22,
    }
}

/// What a program says; what it complains of, in one line, if it fails.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<String, String> {
    let what = format!("{program} {}", arguments.first().unwrap_or(&""));
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.map_err(|error| format!("{what}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned() + &said;
    let first = complaint.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
    Err(format!("{what}: {first}"))
}

/// Writes `web.rs` beside the packed files: an expression of type `&[(&str, bool, &[u8])]`, which are the path, whether the bytes are
/// packed with gzip, and the bytes. Only the packed form of a text is kept.
pub fn pack(dist: Option<&Path>, out: &Path) -> io::Result<()> {
    let folder = out.join("web");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut list = String::from("&[\n");
    for (number, path) in files(dist).iter().enumerate() {
        let name = path.strip_prefix(dist.unwrap_or(out)).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let plain = fs::read(path)?;
        let packed = if is_text(path) { Some(gzip(&plain)?) } else { None };
        let packed = packed.filter(|packed| packed.len() < plain.len());
        let is_packed = packed.is_some();
        let stored = folder.join(number.to_string());
        fs::write(&stored, packed.unwrap_or(plain))?;
        writeln!(list, "    ({name:?}, {is_packed}, include_bytes!({:?}) as &[u8]),", stored.display().to_string())
            .expect("a String takes any text");
    }
    list.push_str("]\n");
    fs::write(out.join("web.rs"), list)
}

/// The files of a folder that holds a page, sorted; none of another.
fn files(dist: Option<&Path>) -> Vec<PathBuf> {
    let Some(dist) = dist.filter(|dist| dist.join("index.html").is_file()) else { return Vec::new() };
    let mut files = Vec::new();
    visit(dist, &mut |path| {
        let is_map = path.extension().is_some_and(|extension| extension == "map");
        if path.is_file() && !is_map {
            files.push(path.to_owned());
        }
    });
    files.sort();
    files
}

fn is_text(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|extension| TEXT.contains(&extension))
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}
