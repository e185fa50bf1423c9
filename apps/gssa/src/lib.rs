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
//! | what is known now, and since a day | [`store`] |
//! | what needs attention, the fleet in figures | [`issues`], [`summary`] |
//! | the same as a table with its changes | [`table`] |
//! | what happened, and what changes | [`journal`], [`logging`], [`follow`] |
//! | what other programs report by webhook | [`hooks`] |
//! | who may see it, and how | [`api`], [`metrics`] |
//! | who owns the tasks, start and stop | [`agent`], [`supervise`], [`signals`] |
//! | what a peer really answers, for whoever has to find out | [`record`], [`redact`] |
//! | what a person types | [`cli`] |

pub mod agent;
pub mod api;
pub mod assess;
pub mod auto;
pub mod cli;
pub mod clock;
pub mod collectors;
pub mod config;
pub mod discovery;
pub mod figures;
pub mod flapping;
pub mod follow;
pub mod hooks;
pub mod import;
pub mod issues;
pub mod journal;
pub mod links;
pub mod logging;
pub mod metrics;
pub mod naming;
pub mod observe;
pub mod probe;
pub mod record;
pub mod redact;
pub mod refresh;
pub mod schedule;
pub mod schema;
pub mod signals;
pub mod specs;
pub mod store;
pub mod summary;
pub mod supervise;
pub mod table;
pub mod usage;
pub mod version;
