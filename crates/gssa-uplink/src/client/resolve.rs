//! Names to addresses, on a thread of its own.
//!
//! The runtime looks names up on the threads that touch files and compute password hashes, of which there are two. A resolver that does not
//! answer holds such a thread for half a minute, whatever deadline we have, so a link has one of its own.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::oneshot;

/// So many addresses of a name are tried.
const MAX_ADDRESSES: usize = 8;

/// Looks up one name at a time.
#[derive(Debug, Default)]
pub(super) struct Resolver {
    is_busy: Arc<AtomicBool>,
}

/// Clears the mark when the thread ends, whatever way.
struct Busy(Arc<AtomicBool>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Resolver {
    /// The addresses of a name, the families in turn, each time anew.
    pub(super) async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        if self.is_busy.swap(true, Ordering::AcqRel) {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "the last lookup has not ended yet"));
        }
        let (busy, host) = (Busy(self.is_busy.clone()), host.to_owned());
        let (tell, told) = oneshot::channel();
        std::thread::Builder::new().name("resolver".to_owned()).stack_size(256 * 1024).spawn(move || {
            let _busy = busy;
            // Nobody waits any more if it took too long.
            let _ = tell.send((host.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>));
        })?;
        told.await.unwrap_or_else(|_| Err(io::Error::other("the lookup ended without an answer"))).map(in_turn)
    }
}

/// One address of each family after the other, so that a family without a way out costs one deadline and not all.
fn in_turn(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let (v6, v4): (Vec<_>, Vec<_>) = addresses.iter().copied().partition(SocketAddr::is_ipv6);
    let starts_with_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second) = if starts_with_v6 { (v6, v4) } else { (v4, v6) };
    let longest = first.len().max(second.len());
    let pairs = (0..longest).flat_map(|at| [first.get(at), second.get(at)]);
    pairs.flatten().copied().take(MAX_ADDRESSES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns_and_the_resolver_says_who_begins() {
        let at = |text: &str| -> SocketAddr { text.parse().unwrap() };
        let (a, b, c) = (at("[::1]:1"), at("[::2]:1"), at("127.0.0.1:1"));
        assert_eq!(in_turn(vec![a, b, c]), [a, c, b]);
        assert_eq!(in_turn(vec![c, a, b]), [c, a, b]);
        assert_eq!(in_turn(vec![c; 20]).len(), MAX_ADDRESSES);
        assert_eq!(in_turn(vec![]), []);
    }

    #[tokio::test]
    async fn an_address_needs_no_resolver_and_a_second_lookup_does_not_pile_up() {
        let resolver = Resolver::default();
        assert_eq!(resolver.resolve("::1", 9).await.unwrap(), ["[::1]:9".parse().unwrap()]);
        resolver.is_busy.store(true, Ordering::Release);
        assert_eq!(resolver.resolve("localhost", 9).await.unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        resolver.is_busy.store(false, Ordering::Release);
        assert!(!resolver.resolve("localhost", 9).await.unwrap().is_empty());
    }
}
