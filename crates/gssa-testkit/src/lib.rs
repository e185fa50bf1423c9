//! What tests share. It knows JSON, the folders of the repository and as much HTTP as a client needs, and none of our crates: what a
//! fixture is read with is the business of each test.
//!
//! | part | what |
//! |---|---|
//! | [`fixtures`] | where fixtures are, what they are called, which golden and which line of provenance belongs to which |
//! | [`mutation`] | documents with members removed, retyped and renamed, bodies with bytes damaged |
//! | [`captures`], [`expect`] | real replies, where they are at hand, against figures that were derived by hand |
//! | [`http`] | a client of the programs that sends exactly what it is told |
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

pub mod captures;
pub mod expect;
pub mod fixtures;
pub mod http;
pub mod mutation;
mod slice;

use serde_json::Value;

/// Whether there is a `null` anywhere. No snapshot has one: what is not reported is left out.
pub fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().any(has_null),
        Value::Array(list) => list.iter().any(has_null),
        _ => false,
    }
}
