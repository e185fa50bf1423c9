//! One bounded HTTP/1.1 client for the small devices and services that GSSA asks.
//!
//! Its peers are ESP32 web servers with a handful of sockets, CGI scripts and little daemons, on a network where anybody may answer in
//! their place. So one [`Client::get`] is one connection, one request, one reply, closed:
//!
//! | rule | why |
//! |---|---|
//! | connection closed after use | an ESP32 has 7 to 20 sockets and no keep-alive probing; an idle one is lost to its owner |
//! | few, short headers, never `Origin` | AxeOS before v2.10 takes 512 bytes of head and answers 431; any `Origin` may be refused with 401 |
//! | no redirects | old AxeOS answers 302 to `/` for "no such endpoint"; following it would read a web page as a reply |
//! | deadlines for connecting and for the whole exchange | a device that drips a byte a second must not hold a poll for ever |
//! | a cap on the head, on the body | the peer decides what it sends, not how much memory we use |
//! | of an event stream one event, or what comes in 2 s | it has no end, and a held stream is a socket that its owner lacks |
//! | no task is spawned | dropping the future closes the connection, nothing lingers |
//!
//! What is exchanged can be recorded, by whichever crate it is asked: see [`tap`]. A protocol that is not HTTP gets its connection, and the
//! words for why there is none, from [`connect`](connect()).
//!
//! It is not a general client: no pool, no cookies, no compression. With the feature `tls` an origin may be `https://`, as of a service behind
//! a reverse proxy ([`Origin::trusting`]); the same limits hold, the handshake included.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gssa_http::{Client, Limits, Origin};
//!
//! let origin = Origin::of(&"192.168.1.50".parse()?, 80)?;
//! let reply = Client::new(Limits::default()).get(&origin, "/api/system/info").await?;
//! println!("{} {} bytes", reply.status, reply.body.len());
//! # Ok(()) }
//! ```

mod client;
mod connect;
mod error;
mod events;
mod origin;
pub mod tap;
#[cfg(feature = "tls")]
mod tls;
mod trust;

pub use client::{CONNECT_DEADLINE, Client, EVENT_STREAM_DEADLINE, Limits, Response};
pub use connect::{ConnectError, connect, seconds};
pub use error::Error;
pub use hyper::header;
pub use origin::{Origin, UnsupportedScheme};
pub use trust::{BadCaFile, Trust};
