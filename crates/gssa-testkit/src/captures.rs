//! Real replies. They are not part of this repository: beside a checkout that has them they are compared with what is expected of each,
//! elsewhere there is nothing to do.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::expect::compare;
use crate::slice::slice_value;

/// The folder of real replies.
#[derive(Debug)]
pub struct Captures(PathBuf);

/// A file of what is kept beside a checkout.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name)
}

/// Compares each case of these kinds with what is expected of it: what differs, each with the name of its case, and how many cases there were.
/// `None` where there are no captures.
pub fn misses(kinds: &[&str], snapshot_of: impl Fn(&Captures, &Value) -> Value) -> Option<(Vec<String>, usize)> {
    let cases: Value = serde_json::from_str(&fs::read_to_string(beside("replay/cases.json")).ok()?).unwrap();
    let captures = Captures(beside("captures"));
    let is_meant = |case: &&Value| case["kind"].as_str().is_some_and(|kind| kinds.contains(&kind));
    let cases: Vec<&Value> = cases["cases"].as_array().unwrap().iter().filter(is_meant).collect();
    let misses = cases.iter().flat_map(|case| {
        let snapshot = snapshot_of(&captures, case);
        let name = case["name"].as_str().unwrap();
        let expect = case["expect"].as_object().unwrap();
        let mut misses: Vec<String> = expect.iter().flat_map(|(key, wanted)| compare(key, wanted, &snapshot)).collect();
        let text = snapshot.to_string();
        let secrets = case["secrets"].as_array().into_iter().flatten().filter_map(Value::as_str);
        misses.extend(secrets.filter(|secret| text.contains(secret)).map(|secret| format!("holds {secret}")));
        misses.extend(crate::has_null(&snapshot).then(|| "holds null".to_owned()));
        misses.into_iter().map(|miss| format!("{name}: {miss}")).collect::<Vec<_>>()
    });
    Some((misses.collect(), cases.len()))
}

/// The files in a folder of real replies; none where there are no captures.
pub fn files_in(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(beside("captures").join(folder)).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

impl Captures {
    /// The body that a case describes: a file, a value cut out of a file byte by byte (`file#/pointer`), or a document with members set and
    /// removed.
    pub fn body(&self, described: &Value) -> Vec<u8> {
        if let Some(file) = described.as_str() {
            let (file, pointer) = file.split_once('#').unwrap_or((file, ""));
            let body = fs::read(self.0.join(file)).unwrap();
            return match pointer {
                "" => body,
                pointer => slice_value(std::str::from_utf8(&body).unwrap(), pointer).as_bytes().to_vec(),
            };
        }
        let mut document: Value = match described.get("json") {
            Some(json) => json.clone(),
            None => serde_json::from_slice(&self.body(&described["file"])).unwrap(),
        };
        for (pointer, value) in described["set"].as_object().into_iter().flatten() {
            if let Some(member) = document.pointer_mut(pointer) {
                *member = value.clone();
            } else {
                let (object, key) = parent(&mut document, pointer);
                object.insert(key.to_owned(), value.clone());
            }
        }
        for pointer in described["remove"].as_array().into_iter().flatten() {
            let (object, key) = parent(&mut document, pointer.as_str().unwrap());
            object.remove(key);
        }
        document.to_string().into_bytes()
    }
}

/// The object that a pointer leads into, and the key there.
fn parent<'a, 'p>(document: &'a mut Value, pointer: &'p str) -> (&'a mut Map<String, Value>, &'p str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    (document.pointer_mut(parent).and_then(Value::as_object_mut).unwrap(), key)
}
