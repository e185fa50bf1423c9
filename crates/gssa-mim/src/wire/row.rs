//! One object of an answer, its members found by name in whatever spelling.

use std::collections::BTreeMap;

use serde_json::{Map as Members, Value};

use super::{MAX_MEMBERS, canonical};

/// Objects inside of an object whose members count as its own, where it has none of the same name. `config` is of `docker inspect`.
const GROUPS: [&str; 10] =
    ["system", "systemresources", "resources", "stats", "metrics", "info", "details", "usage", "config", "container"];

/// A member: its name as the peer writes it, and its value, which is never `null`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a Value,
}

/// One object.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// The key that it stands under, in an object keyed by id.
    pub(crate) key: Option<&'a str>,
    /// The server that it stands under.
    pub(crate) server: Option<String>,
    members: BTreeMap<String, Member<'a>>,
}

impl<'a> Row<'a> {
    pub(crate) fn of(object: &'a Members<String, Value>) -> Self {
        let mut row = Self { key: None, server: None, members: BTreeMap::new() };
        row.take(object);
        for (name, value) in object.iter().take(MAX_MEMBERS) {
            if let Value::Object(group) = value
                && GROUPS.contains(&canonical(name).as_str())
            {
                row.take(group);
            }
        }
        row
    }

    pub(crate) fn under(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    pub(crate) fn on(mut self, server: Option<String>) -> Self {
        self.server = server;
        self
    }

    /// The same where its server is not known better.
    pub(crate) fn or_on(mut self, server: Option<&String>) -> Self {
        self.server = self.server.or_else(|| server.cloned());
        self
    }

    fn take(&mut self, object: &'a Members<String, Value>) {
        for (name, value) in object.iter().take(MAX_MEMBERS).filter(|(_, value)| !value.is_null()) {
            self.members.entry(canonical(name)).or_insert(Member { name, value });
        }
    }

    /// The members that have one of the names, in the order of the names.
    pub(crate) fn each<'r>(&'r self, names: &'r [&str]) -> impl Iterator<Item = Member<'a>> + 'r {
        names.iter().filter_map(|name| self.members.get(*name).copied())
    }

    /// The first of them.
    pub(crate) fn first(&self, names: &[&str]) -> Option<Member<'a>> {
        self.each(names).next()
    }

    /// Whether there is one of them.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        self.first(names).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_member_is_found_in_each_spelling() {
        for name in ["server_id", "serverId", "ServerID", "server-id", "SERVER_ID"] {
            let object = json!({ name: 7, "other": 1 });
            let row = Row::of(object.as_object().unwrap());
            let found = row.first(&["id", "serverid"]).unwrap();
            assert_eq!((found.name, found.value), (name, &json!(7)));
        }
    }

    #[test]
    fn a_null_is_no_member_and_a_group_adds_what_is_missing() {
        let object = json!({ "name": "a", "cpu": null, "system": { "cpu": 12, "name": "b" }, "other": { "load": 1 } });
        let row = Row::of(object.as_object().unwrap());
        assert_eq!(row.first(&["cpu"]).unwrap().value, 12);
        assert_eq!(row.first(&["name"]).unwrap().value, "a");
        assert!(!row.has(&["load"]));
    }
}
