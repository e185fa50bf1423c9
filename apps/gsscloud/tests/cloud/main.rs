//! A running receiver, seen from outside.

mod delivery;
mod doors;
mod support;
mod tls;
