//! What is wrong with a configuration, and where.

use serde::Serialize;

use super::layers::Origins;

/// The most problems that are reported at once.
const MAX_PROBLEMS: usize = 200;

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "ConfigProblem")]
pub struct Problem {
    /// The key, such as `sources[3].address`; empty for the configuration as a whole.
    pub path: String,
    /// What is wrong, for a person: it follows the path in a sentence. Never a secret.
    pub message: String,
    /// Whether it must be repaired.
    pub level: Level,
}

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The configuration is refused where a choice exists; at the start of the agent the part is replaced or left out.
    Error,
    /// Works, but somebody ought to know.
    Warning,
}

impl Problem {
    /// A problem that must be repaired.
    pub fn error(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), level: Level::Error }
    }

    /// A problem that somebody ought to know.
    pub fn warning(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), level: Level::Warning }
    }

    /// Whether it must be repaired.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.path, self.message) }
    }
}

/// The problems found so far.
///
/// They are kept in two lists: those that a change of the file repairs, and those of the environment and the command line, which it
/// cannot repair and which must therefore not stop a save.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    origins: &'a Origins,
    file: Vec<Problem>,
    outside: Vec<Problem>,
    more: bool,
}

impl<'a> Problems<'a> {
    pub(super) fn new(origins: &'a Origins) -> Self {
        Self { origins, file: Vec::new(), outside: origins.problems().to_vec(), more: false }
    }

    pub(super) fn error(&mut self, path: &str, message: impl Into<String>) {
        self.add(Problem::error(path, message));
    }

    pub(super) fn warning(&mut self, path: &str, message: impl Into<String>) {
        self.add(Problem::warning(path, message));
    }

    fn add(&mut self, mut problem: Problem) {
        if self.file.len() + self.outside.len() >= MAX_PROBLEMS {
            self.more |= problem.is_error();
            return;
        }
        match self.origins.of(&problem.path) {
            Some(origin) => {
                problem.message = format!("{} ({origin})", problem.message);
                self.outside.push(problem);
            }
            None => self.file.push(problem),
        }
    }

    /// Whether anything at or below a path is an error.
    pub(super) fn any_error_in(&self, path: &str) -> bool {
        self.more
            || self.file.iter().chain(&self.outside).any(|problem| problem.is_error() && is_within(&problem.path, path))
    }

    /// Whether a key or one that it is in is an error as a whole.
    pub(super) fn any_error_around(&self, path: &str) -> bool {
        let all = self.file.iter().chain(&self.outside);
        self.any_error_in(path)
            || all.filter(|problem| problem.is_error()).any(|problem| is_within(path, &problem.path))
    }

    /// Those of the file, and those of the environment and the command line.
    pub(super) fn into_lists(mut self) -> (Vec<Problem>, Vec<Problem>) {
        if self.more {
            self.file.push(Problem::error("", "there are more errors"));
        }
        (self.file, self.outside)
    }
}

/// Whether `path` is `outer` or a key of it.
pub(super) fn is_within(path: &str, outer: &str) -> bool {
    outer.is_empty() || path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The path of a key below another. A hostile key is shown without what a terminal would obey.
pub(super) fn key(path: &str, key: &str) -> String {
    let key = shown(key);
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// The path of an element of a list.
pub(super) fn nth(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// A text from the configuration as a message may show it.
pub(super) fn shown(text: &str) -> String {
    const MAX_SHOWN_CHARS: usize = 60;
    gssa_model::text::clean(text).unwrap_or_default().chars().take(MAX_SHOWN_CHARS).collect()
}
