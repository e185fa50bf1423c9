//! A program with a view for each of several agents, and people who each see some of them: what a cloud needs.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod isolation;
mod sources;
mod stream;
mod support;
