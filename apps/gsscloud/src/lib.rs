//! The receiver of the uplink: a gateway for agents, a log of what they send, and what people see of it.
//!
//! | question | module |
//! |---|---|
//! | who may come in, and how what they send gets into the log | [`gateway`] |
//! | what is kept, how, and for how long | [`log`], in the file of [`db`] |
//! | who is enrolled, who may look | [`registry`] |

pub mod admin;
pub mod cli;
pub mod clock;
pub mod cloud;
pub mod config;
pub mod db;
pub mod gateway;
pub mod http;
pub mod log;
pub mod logging;
pub mod metrics;
pub mod password;
pub mod registry;
pub mod server;
pub mod service;
pub mod tls;
pub mod token;
