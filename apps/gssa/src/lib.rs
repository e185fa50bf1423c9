//! The parts of the agent and how they hang together; `ARCHITECTURE.md` draws the picture.
//!
//! | question | module |
//! |---|---|
//! | what is to be observed, and how | [`config`], read as [`specs`] |
//! | when, and who may ask now | [`schedule`] |
//! | by which protocol | [`collectors`] |
//! | what is at an address | [`probe`] |
//! | what else is on the network | [`discovery`] |
//! | what the configuration of another program means | [`import`] |
//! | what an answer means | [`observe`], [`assess`], [`flapping`] |
//! | which miner is which worker of a pool | [`links`] |
//! | what is known now and since a day, totals, the table, the journal | [`gssa_view`] |
//! | what the agent writes about itself | [`logging`] |
//! | what other programs report by webhook | [`hooks`] |
//! | what leaves the network, and where to | [`uplink`] |
//! | who may see it, and how | [`api`], [`metrics`] |
//! | who owns the tasks, start and stop | [`agent`], [`supervise`], [`signals`] |
//! | what a peer really answers, for whoever has to find out | [`record`], [`redact`] |
//! | what a person types | [`cli`] |

pub mod agent;
pub mod api;
pub mod assess;
pub mod auto;
pub mod cli;
pub mod collectors;
pub mod config;
pub mod discovery;
pub mod figures;
pub mod flapping;
pub mod hooks;
pub mod import;
pub mod links;
pub mod metrics;
pub mod naming;
pub mod observe;
pub mod probe;
pub mod record;
pub mod redact;
pub mod refresh;
mod runs;
pub mod schedule;
pub mod schema;
pub mod signals;
pub mod specs;
pub mod supervise;
pub mod uplink;
pub mod usage;
pub mod version;

pub use gssa_logging as logging;
