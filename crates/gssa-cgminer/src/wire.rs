//! Reply → wire: the rows of replies in the peer's own words. No socket, no unit.
//!
//! Every member is a [`Field`](gssa_wire::Field), so that one unreadable member never costs the others, and a reply of unknown firmware
//! gives what it has. Only declared keys are read, which is how passwords stay out.

pub(crate) mod canaan;
pub(crate) mod identity;
pub(crate) mod makers;
pub(crate) mod rates;
pub(crate) mod row;
pub(crate) mod scalar;
pub(crate) mod standard;
