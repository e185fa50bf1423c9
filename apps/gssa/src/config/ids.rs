//! Ids for sources that were written without one.

use std::collections::HashSet;

use gssa_model::{Address, SourceId};
use serde_json::Value;

/// What an id is made from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) address: Option<&'a str>,
}

/// The id of each source: the written one, or one made from the name or else from the address, with a number where it is taken.
///
/// Written ids are taken first, so that they stay what they are. `None` is a written id that is none.
pub(super) fn assign<'a>(sources: impl IntoIterator<Item = Named<'a>>) -> Vec<Option<SourceId>> {
    let sources: Vec<_> = sources.into_iter().collect();
    let mut ids: Vec<Option<SourceId>> =
        sources.iter().map(|source| source.id.and_then(|id| id.parse().ok())).collect();
    let mut taken: HashSet<SourceId> = ids.iter().flatten().cloned().collect();
    for (source, id) in sources.iter().zip(&mut ids).filter(|(source, _)| source.id.is_none()) {
        let free = free(&base(source), &taken);
        taken.insert(free.clone());
        *id = Some(free);
    }
    ids
}

/// The ids of the sources of a configuration as written.
pub(super) fn of_written(sources: &[Value]) -> Vec<Option<SourceId>> {
    assign(sources.iter().map(|source| Named {
        // An id of a wrong type is a wrong id, not an absent one.
        id: source.get("id").filter(|id| !id.is_null()).map(|id| id.as_str().unwrap_or_default()),
        name: source["name"].as_str(),
        address: source["address"].as_str(),
    }))
}

/// Writes the ids that were made into a configuration, so that a later change of a name does not change them.
pub(super) fn write(config: &mut Value) {
    let Some(Value::Array(sources)) = config.get_mut("sources") else { return };
    let ids = of_written(sources);
    for (source, id) in sources.iter_mut().zip(ids) {
        if let (Value::Object(keys), Some(id)) = (source, id)
            && keys.get("id").is_none_or(Value::is_null)
        {
            let _ = keys.shift_remove("id");
            keys.shift_insert(0, "id".into(), Value::String(id.into()));
        }
    }
}

fn base(source: &Named<'_>) -> SourceId {
    let host =
        source.address.and_then(|address| address.parse().ok()).map(|address: Address| address.host().to_owned());
    let candidates = [source.name, host.as_deref(), source.address, Some("source")];
    let made = candidates.into_iter().flatten().find_map(SourceId::from_name);
    made.expect("`source` is an id")
}

fn free(base: &SourceId, taken: &HashSet<SourceId>) -> SourceId {
    if !taken.contains(base) {
        return base.clone();
    }
    let numbered = (2..).map(|n: u64| {
        let end = format!("-{n}");
        let kept = base.as_str().len().min(SourceId::MAX_BYTES - end.len());
        format!("{}{end}", &base.as_str()[..kept]).parse().expect("an id with a number at its end is an id")
    });
    numbered.into_iter().find(|id| !taken.contains(id)).expect("numbers do not run out")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_is_made_from_the_name_or_else_from_the_address() {
        let long = "x".repeat(64);
        let sources = json!([
            { "name": "Garage Gamma" }, { "name": "Garage gamma" }, { "id": "garage-gamma-2" }, { "address": "http://192.168.1.50:80/" },
            { "id": null, "name": "γ", "address": "[fe80::1]" }, {}, 5, { "id": "Bad" }, { "id": 7 }, { "name": long }, { "name": long },
        ]);
        let ids = of_written(sources.as_array().unwrap());
        let ids: Vec<_> = ids.iter().map(|id| id.as_ref().map(SourceId::as_str)).collect();
        let cut = format!("{}-2", "x".repeat(62));
        let expected = [
            Some("garage-gamma"),
            Some("garage-gamma-3"),
            Some("garage-gamma-2"),
            Some("192.168.1.50"),
            Some("fe80-1"),
            Some("source"),
            Some("source-2"),
            None,
            None,
            Some(long.as_str()),
            Some(cut.as_str()),
        ];
        assert_eq!(ids, expected);
    }

    #[test]
    fn made_ids_are_written_in_front() {
        let mut config = json!({ "sources": [{ "name": "A", "kind": "axeos" }, { "name": "B", "id": "x" }, 1] });
        write(&mut config);
        let text = r#"{"sources":[{"id":"a","name":"A","kind":"axeos"},{"name":"B","id":"x"},1]}"#;
        assert_eq!(config.to_string(), text);
    }
}
