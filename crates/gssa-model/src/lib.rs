//! The words and units of GSSA, the GoSlimStratum Agent.
//!
//! A *source* (a miner, a pool, a server) is asked on a schedule by a [`Collector`]. A good answer becomes a [`Snapshot`], a bad one a
//! [`CollectError`]; either becomes a [`Reading`], which is what APIs show and what travels to the cloud. This crate holds these types,
//! the [units](mod@unit) in them and what follows from one observation or from two ([`derive`](mod@derive)). It knows no runtime, no HTTP and no
//! peer: protocol crates depend on it, it depends on none.
//!
//! # Rules that the types keep
//!
//! | rule | how |
//! |---|---|
//! | absent is not zero | every figure is an `Option`, left out of the JSON when `None`; `null` is never written |
//! | numbers are finite | a [unit](mod@unit) cannot be built from NaN or an infinity |
//! | reported but unreadable | `None` and a [`Gap`] |
//! | the unit is in the key | `watts`, `current_hps`, `celsius` |
//! | text from devices is hostile | [`text::clean`] |
//! | no credentials | [`Address`] refuses them, [`pool_url`] removes them |
//!
//! # Example
//!
//! ```
//! use gssa_model::unit::{Hashrate, Watts};
//! use gssa_model::{MinerSnapshot, Snapshot};
//!
//! let mut miner = MinerSnapshot::default();
//! miner.hashing.current_hps = Hashrate::from_ghs(1250.0);
//! miner.power.watts = Watts::from_watts(20.0);
//! let miner = miner.with_derived();
//! assert_eq!(miner.power.efficiency_joules_per_terahash.map(|jth| jth.get()), Some(16.0));
//!
//! let json = serde_json::to_value(Snapshot::from(miner)).unwrap();
//! assert_eq!(json["kind"], "miner");
//! assert!(json["power"].get("input_volts").is_none(), "not reported is not written");
//! ```

mod address;
mod collect;
pub mod derive;
mod infrastructure;
mod mac;
mod miner;
mod pool;
mod pool_url;
mod reading;
mod snapshot;
mod software;
mod source;
pub mod text;
mod time;
pub mod unit;

pub use address::{Address, BadAddress};
pub use collect::{CollectError, Collector, FailureKind, FailureReason};
pub use infrastructure::{
    Container, ContainerHealth, ContainerState, Disk, InfrastructureSnapshot, NamedTemperature, Product, Server,
    Update, Usage,
};
pub use mac::{BadMac, Mac};
pub use miner::{
    Algorithm, Board, BoardState, Fan, Fault, FaultCode, Hashing, HashingState, Identity, MinerSnapshot, Network, Pool,
    PoolRole, PoolState, Power, RejectReason, Sensor, Severity, Temperature, Windows, Work,
};
pub use pool::{BestShare, Blocks, Coin, NetworkShare, PoolSnapshot, Scope, Shares, Worker};
pub use pool_url::{PoolScheme, pool_url};
pub use reading::{Failure, Health, Link, LinkedBy, Mark, MarkKind, Reading, Schema, State};
pub use snapshot::{Gap, Snapshot};
pub use software::{Confidence, Software};
pub use source::{BadSourceId, Source, SourceId, SourceKind, UnknownKind};
pub use time::{BadTimestamp, Timestamp};
