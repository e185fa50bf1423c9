//! Keeps exchanges in memory: the same answer once, and only so much of all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use gssa_http::Response;
use gssa_http::tap::{Exchange, Outcome, Request, Tap};
use tokio::time::Instant;

/// The bodies that are kept, in bytes. Of what comes after it is told that it came.
const MAX_KEPT_BYTES: usize = 4 * 1024 * 1024;

/// The exchanges that are kept.
const MAX_EXCHANGES: usize = 2000;

/// Is told of exchanges and keeps them.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    taken: Vec<Taken>,
    /// The last one of each request.
    last: HashMap<(u16, Request), usize>,
    bytes: usize,
}

/// An exchange, and how often it was the same afterwards.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) exchange: Exchange,
    pub(super) repeats: u64,
    pub(super) last_begun: Instant,
    /// Whether the body was let go.
    pub(super) is_omitted: bool,
}

impl Recorder {
    /// Everything, in the order in which it ended.
    pub(super) fn take(&self) -> Vec<Taken> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).taken
    }
}

impl Tap for Recorder {
    fn exchanged(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(exchange);
    }
}

impl Kept {
    fn add(&mut self, exchange: Exchange) {
        let key = (exchange.port, exchange.request.clone());
        if let Some(last) = self.last.get(&key).and_then(|at| self.taken.get_mut(*at))
            && !last.is_omitted
            && is_same(&last.exchange.outcome, &exchange.outcome)
        {
            last.repeats += 1;
            last.last_begun = exchange.begun;
            return;
        }
        if self.taken.len() == MAX_EXCHANGES {
            return;
        }
        self.bytes += size(&exchange.outcome);
        let is_omitted = self.bytes > MAX_KEPT_BYTES;
        self.last.insert(key, self.taken.len());
        self.taken.push(Taken { repeats: 0, last_begun: exchange.begun, is_omitted, exchange });
        if is_omitted && let Some(last) = self.taken.last_mut() {
            self.bytes -= forget_body(&mut last.exchange.outcome);
        }
    }
}

/// Lets a body go and gives its size, which stays in what is told of it.
fn forget_body(outcome: &mut Outcome) -> usize {
    match outcome {
        Outcome::Http(Response { body, .. }) | Outcome::Bare(body) => std::mem::take(body).len(),
        _ => 0,
    }
}

fn size(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Http(Response { body, .. }) | Outcome::Bare(body) => body.len(),
        _ => 0,
    }
}

/// Whether two answers are the same. How long a failure took makes it no other.
fn is_same(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Http(one), Outcome::Http(other)) => one == other,
        (Outcome::Bare(one), Outcome::Bare(other)) => one == other,
        (Outcome::Failed { reason: one, .. }, Outcome::Failed { reason: other, .. }) => one == other,
        (Outcome::GivenUp, Outcome::GivenUp) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn exchange(command: &str, answer: &[u8]) -> Exchange {
        Exchange {
            port: 4028,
            request: Request::Bare(command.into()),
            begun: Instant::now(),
            elapsed: Duration::from_millis(5),
            outcome: Outcome::Bare(answer.to_vec().into()),
        }
    }

    #[test]
    fn the_same_answer_is_kept_once() {
        let recorder = Recorder::default();
        for (command, answer) in [("a", "1"), ("b", "1"), ("a", "1"), ("a", "1"), ("a", "2"), ("b", "1"), ("a", "1")] {
            recorder.exchanged(exchange(command, answer.as_bytes()));
        }
        let taken = recorder.take();
        let told = |taken: &Taken| format!("{:?} {}", taken.exchange.request, taken.repeats);
        let expected =
            [("a", 2), ("b", 1), ("a", 0), ("a", 0)].map(|(a, n)| format!("{:?} {n}", Request::Bare(a.into())));
        assert_eq!(taken.iter().map(told).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn only_so_much_is_kept() {
        let recorder = Recorder::default();
        let large = vec![b'x'; MAX_KEPT_BYTES / 2];
        for n in 0..4_u8 {
            let mut answer = large.clone();
            answer[0] = n;
            recorder.exchanged(exchange("a", &answer));
        }
        recorder.exchanged(exchange("a", b"small"));
        for n in 0..3000 {
            recorder.exchanged(exchange(&n.to_string(), b"x"));
        }
        let taken = recorder.take();
        assert_eq!(taken.len(), MAX_EXCHANGES);
        let omitted: Vec<bool> = taken.iter().take(4).map(|taken| taken.is_omitted).collect();
        assert_eq!(omitted, [false, false, true, true]);
        assert!(
            taken[4..].iter().all(|taken| taken.is_omitted),
            "a small one after a large one that did not fit neither"
        );
        assert!(taken.iter().map(|taken| size(&taken.exchange.outcome)).sum::<usize>() <= MAX_KEPT_BYTES);
    }
}
