//! Names for sources that come in many at once.

use std::collections::HashSet;

use serde_json::Value;

/// Names that are taken; upper and lower case are the same.
#[derive(Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Those of sources as written.
    pub fn of(sources: &[Value]) -> Self {
        let names = sources.iter().filter_map(|source| source["name"].as_str().or(source["id"].as_str()));
        Self(names.map(str::to_lowercase).collect())
    }

    /// The name, with a number behind it where it is taken; it is taken then.
    pub fn take(&mut self, name: &str) -> String {
        /// The configuration allows 128; a number has room behind it.
        const MAX_CHARS: usize = 112;
        let name: String = name.chars().take(MAX_CHARS).collect();
        let numbered = (2..).map(|n: u64| format!("{name} {n}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        names.find(|name| self.0.insert(name.to_lowercase())).expect("numbers do not run out")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut names = Names::of(&[json!({ "name": "Bitaxe" }), json!({ "id": "nerd" }), json!(5)]);
        let taken = ["bitaxe", "Bitaxe", "nerd", "new", "bitaxe 2"].map(|name| names.take(name));
        assert_eq!(taken, ["bitaxe 2", "Bitaxe 3", "nerd 2", "new", "bitaxe 2 2"]);
    }
}
