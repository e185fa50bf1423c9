//! Simulated, misbehaving twins of the peers that gssa collects from.
//!
//! A [`Fleet`] is a set of devices that answer on sockets as the real ones do: with the keys and types of one firmware
//! release, framed as that firmware frames a reply, served strictly one request after another. A [`axeos::Behaviour`]
//! makes a device misbehave, down to the bytes: it hangs, resets, drips, cuts a body short or sends what is not HTTP at
//! all.
//!
//! What it is not: it shares no code with the clients, it uses no HTTP library, and it is never published. A client
//! that agrees with this crate agrees with a second reading of the protocol, not with itself.
//!
//! | piece | where |
//! | --- | --- |
//! | device profiles: board × firmware release | [`axeos::Model`] |
//! | how a device misbehaves | [`axeos::Behaviour`] |
//! | which figures it shows at which moment, without a socket | [`axeos::figures()`] |
//! | sockets, counters, change at run time | [`Fleet`], [`Device`], [`Counts`] |
//! | a believable mix of devices | [`demo::fleet`] |
//!
//! ```
//! use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
//! use gssa_sim::{Fleet, FleetConfig};
//!
//! # fn main() -> std::io::Result<()> {
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let spec = DeviceSpec::new(Model::GammaV2_12_2, 1).behaving(Behaviour::Hang);
//! let fleet = Fleet::start(FleetConfig::new(vec![spec]))?;
//! let device = &fleet.devices()[0];
//! println!("GET http://{}/api/system/info waits for ever", device.address());
//! device.set_behaviour(Behaviour::Healthy);
//! fleet.stop().await;
//! # Ok(())
//! # })
//! # }
//! ```

pub mod axeos;
mod behaviour;
pub mod cgminer;
mod chance;
mod counts;
pub mod demo;
mod device;
mod fleet;
mod http;
pub mod json;
mod listen;
mod misbehave;
mod model;
mod spec;
pub mod stats;
mod timeline;
mod work;

pub use behaviour::{Behaviour, Phase, UnknownBehaviour};
pub use counts::Counts;
pub use device::Device;
pub use fleet::{Fleet, FleetConfig, Listen};
pub use model::Model;
pub use spec::Spec;
pub use timeline::{Moment, Timeline};
