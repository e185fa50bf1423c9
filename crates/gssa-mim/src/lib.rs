//! Watches MIM, the Mining Infrastructure Manager: a web program that manages the containers of one or several Linux servers.
//!
//! **Never seen on a real MIM.** MIM is closed, its API is not published, and no answer of it ever was. What is here follows from its
//! public guides and release notes (`mmfpsolutions/gssa`), and says so: `software.confidence` of every snapshot is `low`. It has two
//! levels.
//!
//! | level | what it asks | what it gives |
//! |---|---|---|
//! | 0, always | `GET /`, now and then `GET /version` | whether it is there; a name and a version as far as its pages tell them |
//! | 1, configured | the [`Endpoint`]s that an operator found in the network tab of a browser | servers, containers and products, found by the shape of the answer |
//!
//! It only reads: nothing but GET is sent, a path that names an action is refused, and no path is asked that nobody configured. No
//! header carries a key, since none is known. [`probe_capabilities`] looks for paths, and only when it is called. Its futures need a tokio
//! runtime with I/O and time.
//!
//! An agent on the server itself gives the same facts for certain; this crate is for where there is none.
//!
//! # Example
//!
//! ```
//! let body = br#"{ "status": "ok", "data": [
//!     { "Names": ["/goslimstratum"], "State": "running", "Status": "Up 3 hours (healthy)", "Image": "ghcr.io/mmfpsolutions/goslimstratum:latest" } ] }"#;
//! let answer = gssa_mim::parse(Some("application/json"), body)?;
//! let snapshot = gssa_mim::normalize(&answer, gssa_mim::Map::Containers, Some("qCwwociO")).expect("there are containers in it");
//! let container = &snapshot.servers[0].containers[0];
//! assert_eq!((container.name.as_str(), container.product.as_deref()), ("goslimstratum", Some("gss")));
//! assert_eq!(container.health, Some(gssa_model::ContainerHealth::Healthy));
//! # Ok::<(), gssa_mim::Error>(())
//! ```
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gssa_model::Collector as _;
//!
//! let mim = gssa_mim::Collector::new("mim".parse()?, &"192.168.1.10".parse()?, gssa_mim::Options::default())?;
//! println!("{:?}", mim.collect().await?);
//! # Ok(()) }
//! ```
//!
//! # How an answer is read
//!
//! | what comes | what is made of it |
//! |---|---|
//! | an envelope with `data` | taken off; an error that it tells is a gap |
//! | a list, an object keyed by id, lists by server, servers with lists, one object | rows; names in any case, snake or camel |
//! | HTML at a path of the API | a gap: the path is wrong, a single-page app answers any path with its page |
//! | an event stream | its first event, or what comes in 2 s; then the connection is closed |
//! | `1.2GiB / 15.5GiB`, `12.5%`, `Up 3 hours (healthy)`, `3 days, 4:05` | read as Docker and Linux print them |
//! | bare numbers where bytes are wanted | bytes; fewer than a MiB in all, or `_mb` and `_gb`, are of an unknown unit and a gap |
//! | `running: false` alone | `exited` |
//! | `created` of a container | not read: it may have started later |
//! | `enabled: false` of a server | left out, as MIM hides it |
//! | nothing that looks like the kind configured | a gap, and the answer is kept in `extra`, up to [`MAX_EXTRA_BYTES`] in all |
//! | passwords, keys, tokens, `ENC:`, environments | removed before anything is read |
//! | an endpoint fails | a gap; the others are read, and the failed one is asked last |
//! | an endpoint that is asked with every n-th observation | shown in between with its age, `age_secs`; gone when it fails |

mod capabilities;
mod client;
mod collector;
mod error;
mod extra;
mod normalize;
mod options;
mod turns;
mod wire;

pub use capabilities::{CANDIDATES, Capabilities, Capability, Form, Other, SPACING, probe_capabilities};
pub use client::DEFAULT_PORT;
pub use collector::Collector;
pub use error::Error;
pub use extra::MAX_EXTRA_BYTES;
/// The words and types of snapshots, so that a program needs no second crate for them.
pub use gssa_model as model;
pub use normalize::{UNKNOWN_SERVER, normalize};
pub use options::{Endpoint, MAX_REQUESTS, Map, Options};
pub use wire::{Answer, MAX_BODY_BYTES, parse};
