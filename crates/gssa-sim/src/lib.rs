//! Simulated, misbehaving twins of the peers that gssa collects from.
//!
//! A [`Fleet`] is a set of devices that answer on sockets as the real ones do: with the keys and types of one firmware
//! release, framed as that firmware frames a reply, served strictly one request after another. A [`Behaviour`] makes a
//! device misbehave, down to the bytes: it hangs, resets, drips, cuts a reply short or sends what is no reply at all.
//! There are families of miners, [`axeos`] with HTTP and [`cgminer`] with an API of its own over TCP, and [`mim`], which manages servers;
//! a fleet holds any mix. A [`pool`] is what the miners work for.
//!
//! What it is not: it shares no code with the clients, it uses no HTTP library, and it is never published. A client
//! that agrees with this crate agrees with a second reading of the protocol, not with itself.
//!
//! | piece | where |
//! | --- | --- |
//! | device profiles: board × firmware release, or style of API | [`axeos::Model`], [`cgminer::Model`], [`mim::Model`] |
//! | one device: model, behaviour, seed, number | [`Spec`], that is [`axeos::DeviceSpec`], [`cgminer::DeviceSpec`], [`mim::DeviceSpec`] |
//! | how a device misbehaves | [`Behaviour`] |
//! | which figures it shows at which moment, without a socket | [`axeos::figures()`], [`cgminer::figures()`] |
//! | what it answers then, without a socket | [`axeos::info_body`], [`cgminer::reply()`], [`cgminer::web_page`] |
//! | sockets, counters, change at run time | [`Fleet`], [`Device`], [`Counts`] |
//! | who announces itself by multicast DNS | [`mdns::Responder`] |
//! | a mining pool, its coin keys and workers | [`pool::Pool`], [`pool::PoolSpec`] |
//! | a believable mix of devices | [`demo::fleet`], [`demo::mixed_fleet`] |
//! | what was recorded of a real peer, in its place | [`replay`] |
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
mod converse;
mod counts;
pub mod demo;
mod device;
mod fleet;
mod http;
pub mod json;
mod listen;
pub mod mdns;
pub mod mim;
mod misbehave;
mod model;
mod named;
pub mod pool;
pub mod replay;
mod spec;
pub mod stats;
mod timeline;
mod work;

pub use behaviour::{Behaviour, Phase};
pub use counts::Counts;
pub use device::Device;
pub use fleet::{Fleet, FleetConfig, Listen};
pub use model::Model;
pub use named::UnknownName;
pub use spec::{Spec, Stratum};
pub use timeline::{Moment, Timeline};
