//! A running receiver, seen from outside.

mod delivery;
mod doors;
mod isolation;
mod people;
mod support;
mod tls;
