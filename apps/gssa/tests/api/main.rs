//! The local API over real sockets.

#![allow(clippy::unwrap_used, reason = "tests, and what only they use")]

mod about;
mod access;
mod config;
mod discovery;
mod events;
mod hooks;
mod http;
mod limits;
mod login;
mod readings;
mod site;
mod support;
mod table;
