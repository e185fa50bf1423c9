//! The one owner of the configuration: loads, shows, checks, saves and reloads it.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gssa_model::SourceKind;
use gssa_view::plan::{Plans, PlansInForce};
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::check::{Checked, Surroundings, check};
use super::file::{self, FileState, Found};
use super::layers::{Outside, Override};
use super::plans::Configured;
use super::problems::Problem;
use super::valid::{self, Config, Password};
use super::{ids, mask, versions};

/// What a configuration is made from.
#[derive(Clone)]
pub struct Options {
    /// The file.
    pub path: PathBuf,
    /// The environment, whole: secrets may be in any variable.
    pub env: Vec<(String, String)>,
    /// What flags of the command line set, in the shape of the file.
    pub overrides: Value,
    /// The kinds of source that can be collected.
    pub supported: &'static [SourceKind],
}

/// Without the environment and the overrides, which hold secrets.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("path", &self.path).field("supported", &self.supported).finish_non_exhaustive()
    }
}

/// A configuration in force.
#[derive(Clone)]
pub struct Loaded {
    /// What holds.
    pub config: Config,
    /// Changes when a byte of the file changes; without the quotes of the header.
    pub etag: String,
    /// What is wrong with the file as it is now. After a reload that was refused, `config` is not what these are about: it is the one
    /// before, which stays in force.
    pub problems: Vec<Problem>,
    /// The paths that the environment or the command line sets, sorted. A save does not change them.
    pub locked: Vec<String>,
    /// How the file was found.
    pub file: FileState,
    /// The last file that could be parsed.
    pub(super) layer: Arc<Value>,
}

/// Without the layer, which holds secrets.
impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Loaded");
        debug.field("config", &self.config).field("etag", &self.etag).field("problems", &self.problems);
        debug.field("locked", &self.locked).field("file", &self.file).finish_non_exhaustive()
    }
}

impl Loaded {
    /// Whether anything must be repaired.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// The owner of the configuration. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Configuration {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) path: PathBuf,
    pub(super) surroundings: Surroundings,
    published: watch::Sender<Arc<Loaded>>,
    /// The same for whoever looks at sources.
    plans: watch::Sender<Arc<dyn Plans>>,
    /// Held while the file is read or written and the outcome published, so that one change sees the other. Only taken on blocking
    /// threads.
    pub(super) writing: Mutex<()>,
}

impl fmt::Debug for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configuration").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl Configuration {
    /// Reads the file and all other layers. Never fails and never writes: what is wrong is in [`Loaded::problems`], and the best that
    /// can be made of the rest is in force. Blocks on the file; call it before the runtime is busy.
    pub fn load(options: Options) -> Self {
        let surroundings = Surroundings {
            outside: Outside::new(&options.env, &options.overrides),
            env: options.env.into_iter().collect::<HashMap<_, _>>(),
            supported: options.supported,
        };
        let found = file::read(&options.path);
        let loaded = first(found, &surroundings);
        let loaded = Arc::new(loaded);
        let plans = watch::Sender::new(plans(&loaded));
        let published = watch::Sender::new(loaded);
        let inner = Inner { path: options.path, surroundings, published, plans, writing: Mutex::new(()) };
        Self { inner: Arc::new(inner) }
    }

    /// Where the file is, or would be.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// What is in force.
    pub fn current(&self) -> Arc<Loaded> {
        self.inner.published.borrow().clone()
    }

    /// Sees each change, of the configuration or of its problems.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Loaded>> {
        self.inner.published.subscribe()
    }

    /// How often sources are asked; sees each change.
    pub fn plans(&self) -> PlansInForce {
        self.inner.plans.subscribe()
    }

    /// The file as written, with secrets masked. A source that was written without an id has the one that was made for it, so that it
    /// keeps it through a save. While the file is broken this is the last one that was not.
    pub fn shown(&self) -> Value {
        let mut shown = Value::clone(&self.current().layer);
        ids::write(&mut shown);
        mask::mask(&mut shown);
        shown
    }

    /// What the environment and the command line set.
    pub fn overrides(&self) -> Vec<Override> {
        self.inner.surroundings.outside.overrides()
    }

    /// Everything that would be wrong if this were saved. Reads the files of secrets.
    pub fn check(&self, candidate: &Value) -> Vec<Problem> {
        let candidate = self.inner.completed(candidate.clone(), &self.current().layer);
        check(&candidate, &self.inner.surroundings).problems()
    }

    /// A source as it would be if it were saved, and the configuration around it. Secrets that are kept are put back; with errors it gives
    /// these, their paths from the source on. Reads the files of secrets.
    pub fn draft(&self, source: Value) -> Result<(Config, valid::Source), Vec<Problem>> {
        let (mut checked, id, errors) = self.drafted("sources", source);
        let at = checked.config.sources.iter().position(|source| Some(source.id.as_str()) == id.as_deref());
        match at {
            Some(at) if errors.is_empty() => {
                let source = checked.config.sources.swap_remove(at);
                Ok((checked.config, source))
            }
            _ if errors.is_empty() => Err(vec![Problem::error("", "this is no source")]),
            _ => Err(errors),
        }
    }

    /// An uplink as it would be if it were saved, in the same way. Without an id it has one that nobody else has.
    pub fn draft_uplink(&self, mut uplink: Value) -> Result<(Config, valid::Uplink), Vec<Problem>> {
        if let Some(keys) = uplink.as_object_mut() {
            keys.entry("id").or_insert_with(|| "not-saved".into());
        }
        let (mut checked, _, errors) = self.drafted("uplinks", uplink);
        match checked.config.uplinks.pop() {
            Some(uplink) if errors.is_empty() => Ok((checked.config, uplink)),
            _ if errors.is_empty() => Err(vec![Problem::error("", "this is no uplink")]),
            _ => Err(errors),
        }
    }

    /// What is in force, with this as the one element of `list`: checked, the id of the element, and what is wrong with it.
    fn drafted(&self, list: &'static str, element: Value) -> (Checked, Option<String>, Vec<Problem>) {
        let kept = &self.current().layer;
        let mut candidate = Value::clone(kept);
        if let Some(keys) = candidate.as_object_mut() {
            keys.insert(list.into(), Value::Array(vec![element]));
        }
        mask::unmask(&mut candidate, kept);
        ids::write(&mut candidate);
        let id = candidate[list][0]["id"].as_str().map(str::to_owned);
        let checked = check(&candidate, &self.inner.surroundings);
        let errors = checked.problems().into_iter().filter(Problem::is_error).filter_map(|problem| {
            let path = problem.path.strip_prefix(list)?.strip_prefix("[0]")?.trim_start_matches('.').to_owned();
            Some(Problem { path, ..problem })
        });
        let errors = errors.collect();
        (checked, id, errors)
    }

    /// The configurations before this one, the latest first. Blocks on the disk.
    pub fn versions(&self) -> std::io::Result<Vec<versions::Version>> {
        versions::list(&self.inner.path)
    }

    /// A configuration before this one, with secrets masked. Blocks on the disk.
    pub fn version(&self, id: &str) -> std::io::Result<Value> {
        let mut version = versions::get(&self.inner.path, id)?;
        mask::mask(&mut version);
        Ok(version)
    }

    /// Reads the file again, and the files of secrets, and puts them in force. Gives whether anything changed.
    ///
    /// A file with errors, a broken one and one that is gone change nothing but [`Loaded::problems`] and [`Loaded::file`]: what was in
    /// force stays in force.
    pub async fn reload(&self) -> Result<bool, Vec<Problem>> {
        let inner = self.inner.clone();
        blocking(move || {
            let _writing = inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
            inner.take(file::read(&inner.path))
        })
        .await
    }
}

impl Inner {
    pub(super) fn current(&self) -> Arc<Loaded> {
        self.published.borrow().clone()
    }

    /// What a candidate becomes in the file: kept secrets put back, locked values left as they are, ids written.
    pub(super) fn completed(&self, mut candidate: Value, kept: &Value) -> Value {
        mask::unmask(&mut candidate, kept);
        mask::restore_locked(&mut candidate, kept, &self.surroundings.outside);
        ids::write(&mut candidate);
        candidate
    }

    /// Puts what was found in force, if it is right.
    pub(super) fn take(&self, found: Found) -> Result<bool, Vec<Problem>> {
        let before = self.current();
        let gone = problem(&FileState::Missing);
        let never_was = |state: &FileState| {
            let is_missing = *state == FileState::Missing && before.file == FileState::Missing;
            is_missing && !before.problems.contains(&gone)
        };
        // Nothing is wrong with having no file as long as there was none; the secrets of other layers are read again.
        let empty = never_was(&found.state).then(|| Value::Object(Map::new()));
        let Some(layer) = found.layer.or(empty) else {
            let problems = vec![problem(&found.state)];
            let refused =
                Loaded { etag: found.etag, problems: problems.clone(), file: found.state, ..Loaded::clone(&before) };
            self.publish(&before, refused);
            return Err(problems);
        };
        let checked = check(&layer, &self.surroundings);
        let problems = checked.problems();
        let is_refused = checked.is_refused();
        let config = if is_refused { before.config.clone() } else { checked.config };
        let loaded = Loaded {
            config,
            etag: found.etag,
            problems: problems.clone(),
            locked: before.locked.clone(),
            file: found.state,
            layer: Arc::new(layer),
        };
        let changed = self.publish(&before, loaded);
        if is_refused { Err(problems) } else { Ok(changed) }
    }

    /// Puts a configuration in force.
    pub(super) fn tell(&self, loaded: Arc<Loaded>) {
        self.plans.send_replace(plans(&loaded));
        self.published.send_replace(loaded);
    }

    /// Tells everyone, unless nothing changed.
    fn publish(&self, before: &Loaded, after: Loaded) -> bool {
        let same = before.config == after.config
            && before.etag == after.etag
            && before.problems == after.problems
            && before.file == after.file;
        if !same {
            self.tell(Arc::new(after));
        }
        !same
    }
}

fn plans(loaded: &Arc<Loaded>) -> Arc<dyn Plans> {
    Arc::new(Configured::new(Arc::clone(loaded)))
}

/// What holds at the start, whatever is at the path.
fn first(found: Found, surroundings: &Surroundings) -> Loaded {
    let layer = found.layer.unwrap_or_else(|| Value::Object(Map::new()));
    let checked = check(&layer, surroundings);
    let mut problems = checked.problems();
    let mut config = checked.config;
    if !found.state.is_replaceable() {
        problems.insert(0, problem(&found.state));
        // The password may be in the part that cannot be read.
        if config.server.password == Password::NotSet {
            config.server.password = Password::Unusable;
        }
    }
    let locked = surroundings.outside.locked();
    Loaded { config, etag: found.etag, problems, locked, file: found.state, layer: Arc::new(layer) }
}

/// What is wrong with a file that gives no configuration.
fn problem(state: &FileState) -> Problem {
    let message = match state {
        FileState::Broken { message, line, column } => {
            format!("the file is broken at line {line} column {column}: {message}")
        }
        FileState::Unreadable { message } => format!("the file cannot be read: {message}"),
        FileState::Missing | FileState::Good => "the file is gone; what was in force stays in force".into(),
    };
    Problem::error("", message)
}

/// Runs work that waits for the disk where that disturbs nobody. It runs to its end even if nobody waits for it any more.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is being shut down, and whoever waits here with it.
            Err(_) => std::future::pending().await,
        },
    }
}
