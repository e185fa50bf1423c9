//! Twins of the AxeOS device family: Bitaxe, NerdQAxe, NMAxe, BitForge and a fork.
//!
//! A reply is made when it is asked for: [`Timeline`] says which moment of its life a device is in, [`figures()`] says
//! what it measures then, and one body function per shape writes the keys of that firmware release.

mod body;
mod chip;
mod figures;
mod model;
mod profile;
mod release;
mod route;
mod serve;
mod sockets;
mod spec;

pub use crate::behaviour::{Behaviour, Phase};
pub use crate::timeline::{Moment, Timeline};
pub use body::{asic_body, info_body, probe_body, statistics_body};
pub use figures::{Figures, figures, figures_at};
pub use model::Model;
pub use spec::DeviceSpec;

pub(crate) use serve::serve;
pub(crate) use sockets::Sockets;
