//! What is known of the sources of one agent, and what follows from it.
//!
//! The agent itself fills a [`View`] from what it collects; a program that agents send their readings to has one for each of them. What is
//! shown is made here and nowhere else, so both show the same figures.
//!
//! | question | module |
//! |---|---|
//! | what is known now, and since a day | [`store`] |
//! | what is wrong with a source, by the agent that watches it | [`finding`] |
//! | what needs attention, the fleet in figures | [`issues`], [`summary`], as text for many: [`totals`] |
//! | the same as a table with its changes | [`table`] |
//! | how often a source is asked, and what is too hot for it | [`plan`] |
//! | what happened | [`journal`], [`hook`] |
//! | how the agent itself is doing | [`agent`] |
//! | what changes, for whoever follows along | [`follow`] |
//! | what time it is | [`clock`] |
//!
//! It knows neither HTTP nor any device, and starts no task.

pub mod agent;
pub mod clock;
pub mod finding;
pub mod follow;
pub mod hook;
pub mod issues;
pub mod journal;
pub mod plan;
pub mod store;
pub mod summary;
pub mod table;
pub mod totals;
mod view;

pub use view::View;
