//! The machine, by the way of its system.

#[cfg(target_os = "linux")]
pub(crate) use crate::linux::Machine;
#[cfg(not(target_os = "linux"))]
pub(crate) use crate::portable::Machine;
