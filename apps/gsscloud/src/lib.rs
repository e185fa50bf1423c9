//! The receiver of the uplink: a gateway for agents, a log of what they send, and what people see of it.
//!
//! ```text
//!  agents ──► server ──► api ──► gateway ──► log (one file) ──► fleet: views of those that somebody looks at
//!  people ──►                └─► registry        ▲                │
//!                            └─► readings, events, ledger ◄───────┘
//! ```
//!
//! | question | module |
//! |---|---|
//! | who may come in, and how what they send gets into the log | [`gateway`] |
//! | what is kept, how, and for how long | [`log`], in the file of [`db`] |
//! | what is known of the sources of an agent | [`fleet`] |
//! | who is enrolled, who may look | [`registry`] |
//! | what is served to whom | [`api`], [`server`], [`tls`] |
//! | how it is set up and managed | [`config`], [`cli`], [`admin`] |
//! | what it says about itself | [`logging`], [`metrics`] |
//! | start and stop | [`cloud`], [`descriptors`] |

pub mod admin;
pub mod api;
pub mod cli;
pub mod clock;
pub mod cloud;
pub mod config;
pub mod db;
pub mod descriptors;
pub mod fleet;
pub mod gateway;
pub mod http;
pub mod log;
pub mod logging;
pub mod metrics;
pub mod registry;
pub mod server;
pub mod tls;
