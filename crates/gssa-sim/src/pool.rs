//! Twins of mining pools: GoSlimStratum and GoStratumEngine, with coin keys and the workers that somebody gives them.
//!
//! A [`Pool`] is told who works for it, once or by a function that it asks whenever it is asked itself ([`Workers`]), so that its
//! workers can be the devices of a [`Fleet`](crate::Fleet). It counts shares as they would come from these hashrates, and answers in the
//! shape of one [`Program`]. Of GoSlimStratum no answer is published; its shapes are those that programs which call its API read, and
//! [`Form`] varies what they disagree about or what nobody knows.
//!
//! ```
//! use gssa_sim::pool::{CoinSpec, Pool, PoolSpec, Program, Worker};
//!
//! # fn main() -> std::io::Result<()> {
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let rig = Worker::new("dgb1qexample.rig1", 1.2e12);
//! let spec = PoolSpec::new(Program::GoSlimStratum5_2_6, vec![CoinSpec::new("DGB", vec![rig])]);
//! let pool = Pool::start(spec, "127.0.0.1:0".parse().unwrap())?;
//! println!("GET http://{}/api/v1/DGB/metrics/pool", pool.address());
//! pool.stop().await;
//! # Ok(())
//! # })
//! # }
//! ```

mod demo;
mod gse;
mod gss;
mod ledger;
mod program;
mod route;
mod serve;
mod spec;
mod stamp;

pub use demo::coins;
pub use program::Program;
pub use serve::Pool;
pub use spec::{CoinSpec, Form, PoolSpec, Shares, Worker, Workers};
