//! From what is written to what is valid, with every problem on the way.

use std::collections::HashMap;

use gssa_model::SourceKind;
use serde::Deserialize as _;
use serde_json::Value;

use super::layers::Outside;
use super::problems::{Problem, Problems};
use super::valid::{Config, Reader};
use super::{defaults, raw, structure};

/// Everything besides the file that a configuration depends on.
pub(super) struct Surroundings {
    pub(super) env: HashMap<String, String>,
    pub(super) outside: Outside,
    pub(super) supported: &'static [SourceKind],
}

/// Without the environment, which holds secrets.
impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = f.debug_struct("Surroundings");
        debug.field("outside", &self.outside).field("supported", &self.supported).finish_non_exhaustive()
    }
}

impl Default for Surroundings {
    fn default() -> Self {
        Self { env: HashMap::new(), outside: Outside::new(&[], &Value::Null), supported: &SourceKind::ALL }
    }
}

/// The valid configuration, and what is wrong with the written one.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) config: Config,
    /// What a change of the file repairs.
    pub(super) file: Vec<Problem>,
    /// What is wrong with the environment and the command line.
    pub(super) outside: Vec<Problem>,
}

impl Checked {
    /// Whether a file with this in it must be refused.
    pub(super) fn is_refused(&self) -> bool {
        self.file.iter().any(Problem::is_error)
    }

    /// All problems.
    pub(super) fn problems(&self) -> Vec<Problem> {
        self.file.iter().chain(&self.outside).cloned().collect()
    }
}

/// Checks the layer of the file together with the others. Reads the files of secrets; writes nothing.
pub(super) fn check(file: &Value, surroundings: &Surroundings) -> Checked {
    let mut problems = Problems::new(surroundings.outside.origins());
    if !file.is_object() {
        problems.error("", "the configuration must be a JSON object");
    }
    let mut merged = surroundings.outside.over(file);
    structure::check(&mut merged, &defaults::layer(), &mut problems);
    let raw = raw::Config::deserialize(&merged).unwrap_or_else(|_| {
        // The words of serde hold values, and a value may be a secret.
        problems.error("", "the configuration cannot be read; the built-in one is used");
        raw::Config::default()
    });
    let mut reader = Reader { env: &surroundings.env, supported: surroundings.supported, problems: &mut problems };
    let config = Config::read(&raw, &mut reader);
    let (file, outside) = problems.into_lists();
    Checked { config, file, outside }
}
