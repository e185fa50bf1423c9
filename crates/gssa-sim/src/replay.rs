//! Serves a recording of `gssa record` in the peer's place: what was asked then is answered as it was then.
//!
//! One port speaks HTTP and the API of cgminer, told apart by the first bytes: a device that had both at two ports has both at this one.
//! What was asked at several ports is answered as at the one where most was: whoever looks for a peer knocks at doors that are none.
//! The answers to one request come in the order in which they were recorded, each as often as it came, and the last one again and again.
//! A request that was not recorded is answered as by a peer that does not know it.
//!
//! | recorded | served |
//! | --- | --- |
//! | an answer | its status, headers and body; over HTTP framed anew |
//! | 401 first, and another answer with a login | the same, whatever the login |
//! | `timeout`, `gave_up` | no answer until the client leaves |
//! | `malformed` | bytes that are no answer |
//! | any other error | the connection is closed without a byte |

mod recording;
mod serve;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use recording::{BadRecording, Recording};

use recording::{Outcome, Request};

/// A recording that is being served. Dropping it ends it.
#[derive(Debug)]
pub struct Replay {
    address: SocketAddr,
    served: Arc<Script>,
    task: JoinSet<()>,
}

impl Replay {
    /// Serves `recording` at `listen`; when this returns, it can be reached.
    ///
    /// Must be called within a tokio runtime. Fails if the address cannot be had.
    pub async fn start(recording: Recording, listen: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let script = Arc::new(Script::new(recording));
        let mut task = JoinSet::new();
        task.spawn(serve::serve(listener, Arc::clone(&script)));
        Ok(Self { address, served: script, task })
    }

    /// Where it is served.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Requests that were not recorded, in the order they came: a client that asks otherwise than the one then.
    pub fn unknown(&self) -> Vec<String> {
        self.served.turns().unknown.clone()
    }

    /// Ends it.
    pub async fn stop(mut self) {
        self.task.shutdown().await;
    }
}

/// The answers, and how far each request has come in its own.
#[derive(Debug)]
struct Script {
    answers: HashMap<Request, Vec<Step>>,
    turns: Mutex<Turns>,
}

#[derive(Debug)]
struct Step {
    outcome: Arc<Outcome>,
    times: u64,
}

#[derive(Debug, Default)]
struct Turns {
    asked: HashMap<Request, u64>,
    unknown: Vec<String>,
}

/// Unknown requests that are remembered.
const MAX_UNKNOWN: usize = 100;

impl Script {
    fn new(recording: Recording) -> Self {
        let mut answered: HashMap<u16, usize> = HashMap::new();
        let mut at: HashMap<Request, HashMap<u16, Vec<Step>>> = HashMap::new();
        for (port, request, outcome, times) in recording.into_exchanges() {
            *answered.entry(port).or_default() += usize::from(outcome.is_answer());
            let steps = at.entry(request).or_default().entry(port).or_default();
            steps.push(Step { outcome: Arc::new(outcome), times });
        }
        let most = |ports: HashMap<u16, Vec<Step>>| {
            let most = ports.into_iter().max_by_key(|(port, _)| (answered.get(port).copied(), *port));
            most.map(|(_, steps)| steps).unwrap_or_default()
        };
        let answers = at.into_iter().map(|(request, ports)| (request, most(ports))).collect();
        Self { answers, turns: Mutex::default() }
    }

    /// What comes next to a request; `None` if it was never recorded.
    fn answer(&self, request: &Request) -> Option<Arc<Outcome>> {
        let mut turns = self.turns();
        let Some(steps) = self.answers.get(request) else {
            if turns.unknown.len() < MAX_UNKNOWN {
                turns.unknown.push(request.to_string());
            }
            return None;
        };
        let turn = turns.asked.entry(request.clone()).or_default();
        let mut left = *turn;
        *turn += 1;
        let step = steps.iter().find(|step| {
            let is_now = left < step.times;
            left = left.saturating_sub(step.times);
            is_now
        });
        step.or(steps.last()).map(|step| Arc::clone(&step.outcome))
    }

    fn turns(&self) -> std::sync::MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
