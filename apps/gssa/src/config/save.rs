//! Saving: what was sent becomes the file, if it is right and nobody else was faster.

use std::io;
use std::sync::{Arc, PoisonError};

use gssa_model::Timestamp;
use serde_json::Value;

use super::check::check;
use super::file::{self, FileState};
use super::owner::{Configuration, Inner, Loaded, blocking};
use super::problems::Problem;
use super::versions;

/// Why a configuration was not saved. Nothing was changed then, neither on disk nor in force.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PutError {
    /// `If-Match` is missing.
    #[error("a save names the configuration that it replaces")]
    PreconditionRequired,
    /// The file is not the one that was edited.
    #[error("the configuration was changed by somebody else")]
    Changed {
        /// The entity tag of what is there.
        etag: String,
    },
    /// It has errors; warnings are in the list too.
    #[error("the configuration has errors")]
    Invalid(Vec<Problem>),
    /// The file that is there cannot be read or parsed, and is not overwritten.
    #[error("the file that is there cannot be read and is not overwritten")]
    FileBroken(FileState),
    /// There is no such version, or it cannot be read.
    #[error("there is no such version")]
    UnknownVersion,
    /// The disk refused.
    #[error("the file cannot be written: {}", file::reason(.0))]
    Write(#[source] io::Error),
}

impl Configuration {
    /// Saves a configuration and puts it in force.
    ///
    /// `********` at a secret keeps the one of the same source, token, hook or uplink; `null` or absence removes it. Keys that the
    /// environment or the command line sets stay as the file has them. `if_match` is the entity tag of the configuration that was edited,
    /// with or without quotes, or `*`. Runs to its end even if the caller goes away.
    pub async fn put(&self, candidate: Value, if_match: Option<&str>) -> Result<Arc<Loaded>, PutError> {
        self.save(move |_| Ok(candidate), if_match).await
    }

    /// Saves one of the [versions](Self::versions) again, with its secrets.
    pub async fn restore(&self, id: &str, if_match: Option<&str>) -> Result<Arc<Loaded>, PutError> {
        let id = id.to_owned();
        let read = move |inner: &Inner| versions::get(&inner.path, &id).map_err(|_| PutError::UnknownVersion);
        self.save(read, if_match).await
    }

    async fn save(
        &self,
        candidate: impl FnOnce(&Inner) -> Result<Value, PutError> + Send + 'static,
        if_match: Option<&str>,
    ) -> Result<Arc<Loaded>, PutError> {
        let if_match = if_match.ok_or(PutError::PreconditionRequired)?.to_owned();
        let inner = self.inner.clone();
        blocking(move || {
            let _writing = inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
            let candidate = candidate(&inner)?;
            inner.replace(candidate, &if_match)
        })
        .await
    }
}

impl Inner {
    fn replace(&self, candidate: Value, if_match: &str) -> Result<Arc<Loaded>, PutError> {
        // The disk decides, not what was loaded: an editor may have been faster than the watch.
        let found = file::read(&self.path);
        if !found.state.is_replaceable() {
            return Err(PutError::FileBroken(found.state));
        }
        if !matches(if_match, &found.etag) {
            return Err(PutError::Changed { etag: found.etag });
        }
        let before = self.current();
        let kept = found.layer.as_ref().unwrap_or(&before.layer);
        let layer = self.completed(candidate, kept);
        let checked = check(&layer, &self.surroundings);
        if checked.is_refused() {
            return Err(PutError::Invalid(checked.problems()));
        }
        let text = file::text(&layer);
        if found.state == FileState::Missing || text != found.bytes {
            self.write(&found, &text).map_err(PutError::Write)?;
        }
        let problems = checked.problems();
        let loaded = Arc::new(Loaded {
            config: checked.config,
            etag: file::etag(&text),
            problems,
            locked: before.locked.clone(),
            file: FileState::Good,
            layer: Arc::new(layer),
        });
        self.tell(loaded.clone());
        Ok(loaded)
    }

    fn write(&self, found: &file::Found, text: &[u8]) -> io::Result<()> {
        if found.state == FileState::Good {
            let now = Timestamp::from_unix_ms(jiff::Timestamp::now().as_millisecond());
            versions::keep(&self.path, &found.bytes, now)?;
        }
        file::write(&self.path, text)
    }
}

/// Whether an `If-Match` header names an entity tag.
fn matches(if_match: &str, etag: &str) -> bool {
    if_match.split(',').map(str::trim).any(|one| one == "*" || one.trim_matches('"') == etag)
}
