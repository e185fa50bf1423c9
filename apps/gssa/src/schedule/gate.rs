//! Who may ask now: one at a time for each host, a bounded number for all, and less room for those that failed last time.
//!
//! A silent device holds its place until its deadline. Were all places open to it, a power cut in one corner would delay everybody
//! else. So places are shared by standing: a source that failed last time competes for a quarter of them, one that was never asked for
//! half of them, and one that works for all: it always finds a quarter that no other can take.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use gssa_model::Address;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

/// What is known of a source before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It answered last time.
    Good,
    /// It was never asked.
    New,
    /// It failed last time.
    Failing,
}

/// Keeps one request at a time to each host and a bounded number in all.
#[derive(Debug)]
pub struct Gate {
    all: Lane,
    new: Lane,
    failing: Lane,
    hosts: Mutex<HashMap<HostKey, Weak<AsyncMutex<()>>>>,
}

/// What counts as one host: its name or IP address. Loopback has many peers behind one address, so there the port counts too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostKey(Box<str>);

impl HostKey {
    /// The host of an address.
    pub fn of(address: &Address) -> Self {
        let host = address.host();
        let is_loopback = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        match address.port() {
            Some(port) if is_loopback => Self(format!("{host}:{port}").into()),
            _ => Self(host.into()),
        }
    }
}

/// The right to ask one host, given back when dropped.
#[derive(Debug)]
pub struct Turn {
    _host: OwnedMutexGuard<()>,
}

/// The right to ask, given back when dropped.
#[derive(Debug)]
pub struct Pass {
    _lane: Option<OwnedSemaphorePermit>,
    _host: OwnedMutexGuard<()>,
    _place: OwnedSemaphorePermit,
}

impl Gate {
    /// A gate for `max_concurrent` requests.
    pub fn new(max_concurrent: usize) -> Self {
        let [all, new, failing] = places(max_concurrent).map(Lane::new);
        Self { all, new, failing, hosts: Mutex::default() }
    }

    /// Changes the number of requests at the same time; those under way are not touched.
    pub fn resize(&self, max_concurrent: usize) {
        let lanes = [&self.all, &self.new, &self.failing];
        lanes.into_iter().zip(places(max_concurrent)).for_each(|(lane, places)| lane.resize(places));
    }

    /// Waits for the right to ask `host`. Dropping the future leaves the queue.
    pub async fn pass(&self, host: &HostKey, standing: Standing) -> Pass {
        let lane = match standing {
            Standing::Good => None,
            Standing::New => Some(self.new.enter().await),
            Standing::Failing => Some(self.failing.enter().await),
        };
        let host = self.host(host).lock_owned().await;
        let place = self.all.enter().await;
        Pass { _lane: lane, _host: host, _place: place }
    }

    /// Waits until nobody else asks `host`, and takes no place: for a search, which bounds itself and must not keep sources waiting.
    /// Dropping the future leaves the queue.
    pub async fn turn(&self, host: &HostKey) -> Turn {
        Turn { _host: self.host(host).lock_owned().await }
    }

    fn host(&self, key: &HostKey) -> Arc<AsyncMutex<()>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.get(key).and_then(Weak::upgrade) {
            return host;
        }
        // Entries whose host is not asked at the moment are swept when the map would grow.
        if hosts.len() == hosts.capacity() {
            hosts.retain(|_, host| host.strong_count() > 0);
        }
        let host = Arc::new(AsyncMutex::new(()));
        hosts.insert(key.clone(), Arc::downgrade(&host));
        host
    }
}

/// The places for all, for new and for failing sources.
fn places(max_concurrent: usize) -> [usize; 3] {
    [max_concurrent, max_concurrent / 2, max_concurrent / 4].map(|count| count.max(1))
}

/// A number of places that can change.
#[derive(Debug)]
struct Lane {
    places: Arc<Semaphore>,
    size: AtomicUsize,
    /// Places that are to go and were taken when the lane was made smaller.
    surplus: AtomicUsize,
}

impl Lane {
    fn new(size: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(size)), size: AtomicUsize::new(size), surplus: AtomicUsize::new(0) }
    }

    async fn enter(&self) -> OwnedSemaphorePermit {
        loop {
            let place = self.places.clone().acquire_owned().await.expect("a lane is never closed");
            let fewer = |surplus: usize| surplus.checked_sub(1);
            if self.surplus.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_err() {
                return place;
            }
            place.forget();
        }
    }

    fn resize(&self, size: usize) {
        let before = self.size.swap(size, Ordering::Relaxed);
        if size > before {
            let owed = self.surplus.swap(0, Ordering::Relaxed);
            let more = size - before;
            self.places.add_permits(more.saturating_sub(owed));
            self.surplus.fetch_add(owed.saturating_sub(more), Ordering::Relaxed);
        } else {
            let gone = self.places.forget_permits(before - size);
            self.surplus.fetch_add(before - size - gone, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn key(address: &str) -> HostKey {
        HostKey::of(&address.parse().unwrap())
    }

    /// The pass if it is to be had without waiting.
    fn at_once(gate: &Gate, host: &str, standing: Standing) -> Option<Pass> {
        let host = key(host);
        let pass = pin!(gate.pass(&host, standing));
        match pass.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(pass) => Some(pass),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_host_is_asked_by_one_at_a_time() {
        let gate = Gate::new(64);
        let first = at_once(&gate, "http://10.0.0.1", Standing::Good);
        assert!(first.is_some());
        assert!(at_once(&gate, "10.0.0.1:4028", Standing::Good).is_none(), "another port, the same host");
        assert!(at_once(&gate, "10.0.0.2", Standing::Good).is_some());
        drop(first);
        assert!(at_once(&gate, "10.0.0.1:4028", Standing::Good).is_some());
    }

    #[test]
    fn a_turn_keeps_the_host_and_takes_no_place() {
        let gate = Gate::new(1);
        let turn = |host: &str| {
            let host = key(host);
            let turn = pin!(gate.turn(&host));
            match turn.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(turn) => Some(turn),
                Poll::Pending => None,
            }
        };
        let first = turn("10.0.0.1:80");
        assert!(first.is_some() && turn("10.0.0.1:4028").is_none());
        assert!(at_once(&gate, "10.0.0.1", Standing::Good).is_none(), "the host is being asked");
        let place = at_once(&gate, "10.0.0.2", Standing::Good);
        assert!(place.is_some() && turn("10.0.0.3").is_some(), "all places are taken, a turn needs none");
    }

    #[test]
    fn loopback_ports_are_peers_of_their_own() {
        assert_ne!(key("127.0.0.1:8001"), key("127.0.0.1:8002"));
        assert_ne!(key("[::1]:1"), key("[::1]:2"));
        assert_ne!(key("localhost:1"), key("localhost:2"));
        assert_eq!(key("10.0.0.1:1"), key("10.0.0.1:2"));
    }

    #[test]
    fn failing_sources_leave_room_for_the_others() {
        let gate = Gate::new(8);
        let take = |standing, from: u32, count: u32| -> Vec<Pass> {
            (from..from + count).filter_map(|n| at_once(&gate, &format!("10.0.0.{n}"), standing)).collect()
        };
        let failing = take(Standing::Failing, 1, 20);
        let new = take(Standing::New, 21, 20);
        let good = take(Standing::Good, 41, 20);
        assert_eq!((failing.len(), new.len(), good.len()), (2, 4, 2));
    }

    #[test]
    fn a_gate_can_be_made_smaller_and_larger_while_it_is_used() {
        let gate = Gate::new(8);
        let free = |from: u32| {
            (from..from + 20).filter_map(|n| at_once(&gate, &format!("h{n}"), Standing::Good)).collect::<Vec<_>>()
        };
        let mut taken = free(0);
        assert_eq!(taken.len(), 8);
        gate.resize(2);
        taken.truncate(2);
        assert_eq!(free(100).len(), 0, "two are taken, no more than two are allowed");
        taken.pop();
        assert_eq!(free(200).len(), 1);
        gate.resize(6);
        assert_eq!(free(300).len(), 5);
        drop(taken);
        assert_eq!(free(400).len(), 6);
        gate.resize(2);
        assert_eq!(free(500).len(), 2, "made smaller while nobody asks");
        assert_eq!(free(600).len(), 2, "and it stays so");
    }

    #[test]
    fn hosts_that_are_not_asked_are_forgotten() {
        let gate = Gate::new(4);
        for n in 0..10_000 {
            at_once(&gate, &format!("h{n}"), Standing::Good);
        }
        assert!(gate.hosts.lock().unwrap().len() < 10);
    }

    #[test]
    fn a_host_that_is_asked_is_not_forgotten() {
        let gate = Gate::new(4);
        let held = at_once(&gate, "10.0.0.1", Standing::Good);
        for n in 0..100 {
            at_once(&gate, &format!("h{n}"), Standing::Good);
        }
        assert!(held.is_some() && at_once(&gate, "10.0.0.1", Standing::Good).is_none());
    }
}
