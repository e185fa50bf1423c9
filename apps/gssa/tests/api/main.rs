//! The local API over real sockets.

mod http;
mod readings;
mod support;
