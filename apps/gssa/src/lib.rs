//! The parts of the agent and how they hang together.
pub mod api;
pub mod assess;
pub mod clock;
pub mod config;
pub mod events;
pub mod issues;
pub mod journal;
pub mod logging;
pub mod metrics;
pub mod observe;
pub mod refresh;
pub mod schedule;
pub mod store;
pub mod summary;
pub mod supervise;
pub mod usage;
