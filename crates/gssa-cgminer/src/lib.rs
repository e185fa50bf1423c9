//! Reads miners with the cgminer API on TCP port 4028: Bitmain Antminer, Canaan Avalon, and whatever else speaks it.
//!
//! The API is one request, one reply, closed, without a login, served by one thread. [`Collector`] asks what a family needs, one
//! connection at a time, and remembers what works: which commands the miner has, whether it answers several at once, in which dialect.
//! [`parse_reply`] reads one reply in any form, a [`Replies`] gathers those of one observation, and the `normalize` of [`antminer`],
//! [`canaan`] and [`generic`] turn it into a snapshot, all without a socket. [`recognise`] tells the family, [`probe`] what answers at an
//! address.
//!
//! It only reads: [`Command`] is a closed set, and nothing in it changes a miner. It does not look for miners, does not retry and keeps
//! no schedule. Its futures need a tokio runtime with I/O and time.
//!
//! # Example
//!
//! ```
//! use gssa_cgminer::{Command, Family, Replies, canaan, parse_reply, recognise};
//!
//! let version = br#"{"STATUS":[{"STATUS":"S","Code":22}],"VERSION":[{"CGMiner":"4.11.1","PROD":"Avalon Mini3"}],"id":1}"#;
//! // The text form, as some answer and the vendor documents it.
//! let stats = b"STATUS=S,Code=70|STATS=0,ID=AVALON0,MM ID0=SYSTEMSTATU[Work: In Work, Hash Board: 1] GHSspd[37320.10] PS[0 1211 2080 36 750 2085 812]|\0";
//!
//! let replies = Replies::from_iter([(Command::Version, parse_reply(version)?), (Command::EStats, parse_reply(stats)?)]);
//! assert_eq!(recognise(&replies), Some(Family::Canaan));
//! let miner = canaan::normalize(&replies);
//! assert_eq!(miner.hashing.current_hps.map(|hps| hps.get()), Some(37.3201e12));
//! assert_eq!(miner.power.watts.map(|watts| watts.get()), Some(812.0));
//! # Ok::<(), gssa_cgminer::Error>(())
//! ```
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gssa_cgminer::{Collector, Kind, Options};
//! use gssa_model::Collector as _;
//!
//! let miner = Collector::new("s21".parse()?, &"192.168.1.60".parse()?, Kind::Auto, Options::default())?;
//! println!("{:?}", miner.collect().await?.as_miner());
//! # Ok(()) }
//! ```
//!
//! # Quirks of the API
//!
//! Those of a family are with it: [`antminer`], [`canaan`], [`generic`]. Sources are `ckolivas/cgminer` `api.c` at API 3.7,
//! `bitmaintech/cgminer-dash`, `Canaan-Creative/Avalon_Nano3s`, and issues where named.
//!
//! | quirk | where | what is made of it |
//! |---|---|---|
//! | the request is read by one `recv` | upstream | one write, nothing after it, the sending side stays open |
//! | one thread; more connections at once stall it | all; `Canaan-Creative/avalon10-docs#1` | one connection at a time, 50 ms between two |
//! | a reply ends with NUL; without one, or with one inside | several | read to a NUL that ends the document, else to the end or 0.3 s of silence |
//! | the server gives up on slow readers | upstream, Bitmain | read at once, parse afterwards; a reply that was cut is an error |
//! | closed without a byte | addresses that are not allowed; a program that just died | `api_disabled`; `connection_reset` from a miner that has answered before |
//! | accepted, no answer for ever | `ckolivas/cgminer#274` | deadline |
//! | a trailing line end belongs to the command | text form; `Schnitzel/hass-miner#578` | none is sent |
//! | error 14 | unknown command | not asked again for an hour, or until a restart |
//! | error 14 with code 0 | `VNish` | the same |
//! | error 45 | a command that the address may not use | the same; `api_disabled` if all are |
//! | error 14 to `a+b`, or one bad part that spoils all | before API 3.1, Bitmain from 2020 on; `getminera/minera#125`, `#194` | asked one by one from then on |
//! | error 24 to `command` | Whatsminer | asked with `cmd` |
//! | an error in text to a request in JSON | before API 1.0 | asked in text |
//! | `STATUS` is a list, an object or a word | upstream, Bitmain's second layout, Whatsminer | all three |
//! | `}{`, stray commas, `nan`, raw control characters, quotes in texts of drivers | see the tests of the repair | repaired outside of strings only |
//! | texts are not UTF-8 | network names, users | read with replacement |
//! | numbers as padded texts, with K, M, G or % behind | Bitmain, Blackminer, Avalon | read |
//! | `When` counts from boot | machines without NTP | not read |
//! | HTTP on the port | ePIC and others | `not_a_miner` |
//! | pool passwords | `POOLS.Password` of Avalon Q | dropped while parsing |

pub mod antminer;
pub mod canaan;
pub mod generic;

mod client;
mod collector;
mod command;
mod error;
mod family;
mod http;
mod options;
mod replies;
mod reply;
mod standard;
mod talk;
mod wire;

pub use client::{Client, DEFAULT_PORT};
pub use collector::{Collector, Found, PROBE_DEADLINE, probe};
pub use command::{Command, NewApi, Request};
pub use error::Error;
pub use family::{Family, Firmware, recognise};
/// The words and types of snapshots, so that a program needs no second crate for them.
pub use gssa_model as model;
pub use http::{HttpError, Page, Web};
pub use options::{Credentials, Kind, Options, OtherKind};
pub use replies::Replies;
pub use reply::{Form, Letter, MAX_REPLY_BYTES, Refusal, Reply, Status, parse_reply};

// Inner parts that property tests and fuzz targets take hold of. They are no part of the API and may change with any release.
#[doc(hidden)]
pub use {
    client::read_reply,
    reply::repair::{Fault, repair},
    wire::scalar::from_si,
};
