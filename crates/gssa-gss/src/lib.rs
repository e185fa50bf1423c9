//! Reads mining pools: `GoSlimStratum` and its open sibling `GoStratumEngine`, over their HTTP APIs.
//!
//! [`Collector`] asks for the health of an instance, finds out by the answer which of the two it is, and asks for what that one has: a
//! summary and the workers of each coin key ([`gss`]), or counters and sessions, from which it estimates a hashrate ([`gse`]). The
//! functions of these two modules do the same without a socket.
//!
//! It only reads: the client can GET and nothing else. It does not look for pools, does not retry and keeps no schedule; a
//! `GoSlimStratum` renews its answers once a minute, so that asking more often gives nothing. Its futures need a tokio runtime with I/O
//! and time.
//!
//! # Example
//!
//! ```
//! use gssa_gss::gss::{CoinAnswers, normalize, parse_health, parse_pool, parse_workers};
//!
//! let health = parse_health(br#"{ "status": "ok", "version": "5.2.6", "uptime": 86400 }"#)?;
//! let pool = parse_pool(br#"{ "hashrate": { "15m": 9e13, "1m": 1.1e14 }, "active_miners": 2, "shares": { "valid": 1000 } }"#)?;
//! let workers = parse_workers(br#"{ "workers": [ { "worker_name": "dgb1qexample.rig1", "is_active": true, "last_seen_at": 1795276077 } ] }"#)?;
//!
//! let snapshot = normalize(Some(&health), &[CoinAnswers { key: "DGB-BIG".to_owned(), pool, workers: Some(workers) }]);
//! let coin = &snapshot.coins[0];
//! assert_eq!(serde_json::to_string(&coin.windows_hps).unwrap(), r#"{"1m":110000000000000.0,"15m":90000000000000.0}"#);
//! assert!(coin.workers_truncated, "two are active, one is listed");
//! # Ok::<(), gssa_gss::Error>(())
//! ```
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gssa_gss::{Collector, Options};
//! use gssa_model::Collector as _;
//!
//! let options = Options { coins: vec!["DGB".to_owned()], ..Options::default() };
//! let pool = Collector::new("pool".parse()?, &"http://192.168.1.10:4004".parse()?, options)?;
//! println!("{:?}", pool.collect().await?.as_pool());
//! # Ok(()) }
//! ```
//!
//! # Who answers
//!
//! | `GET /api/v1/health` | then | it is |
//! |---|---|---|
//! | `status` and `version`, also in an envelope | | `GoSlimStratum` |
//! | `status` alone | `/api/v1/stats` has `coins` and `uptime_seconds` | `GoStratumEngine` |
//! | 404 | `/stats` has the same | `GoStratumEngine` before 1.0.2 |
//! | `data.service` | | another program of the vendor |
//! | a web page | | not the API; perhaps the web UI |
//! | anything else | | no pool |
//!
//! It is found out once and remembered; when the answers no longer fit, it is found out anew. An instance that is closed (401, 402, 403)
//! is `refused`, and never asked at another port.

mod client;
mod coin_type;
mod collector;
mod error;
mod extra;
pub mod gse;
pub mod gss;
mod lanes;
mod options;
mod version;
mod wire;
mod workers;

pub use client::{DEFAULT_PORT, GSE_DEFAULT_PORT};
pub use collector::Collector;
pub use error::{Error, Said};
/// The words and types of snapshots, so that a program needs no second crate for them.
pub use gssa_model as model;
pub use options::{Dialect, Endpoint, MAX_COINS, MAX_ENDPOINTS, Options};
pub use wire::MAX_BODY_BYTES;
pub use workers::MAX_WORKERS;

/// What stands in place of a secret.
const REDACTED: &str = "<redacted>";
