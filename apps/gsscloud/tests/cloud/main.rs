//! A running receiver, seen from outside.

mod delivery;
mod support;
