//! A running pool: its port, its connections, what can be changed while it runs.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::gss::Scene;
use super::ledger::Ledger;
use super::route::{answer, is_slow};
use super::{PoolSpec, Workers};
use crate::converse::{Answers, converse};
use crate::counts::{Counted, Open};
use crate::http::{self, Connection, Reply, Request};
use crate::listen::{AFTER_FAILURE, Door, accept, passed};
use crate::misbehave::{Ending, respond};
use crate::{Behaviour, Counts, Phase};

/// A running pool. Dropping it ends it and its connections.
#[derive(Debug)]
pub struct Pool {
    inner: Arc<Inner>,
    tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    started: Instant,
    state: Mutex<State>,
    counts: Mutex<Counts>,
    /// Tells the listener that the port may have to open or close.
    changed: Notify,
}

#[derive(Debug)]
struct State {
    spec: PoolSpec,
    ledger: Ledger,
    behaviour: Behaviour,
    /// When the behaviour began.
    began: Duration,
    /// How often it has rebooted since.
    reboots: u32,
}

impl Pool {
    /// Starts the pool; when this returns, it can be reached.
    ///
    /// Must be called within a tokio runtime. Fails if the port cannot be had.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn start(spec: PoolSpec, at: SocketAddr) -> io::Result<Self> {
        let door = Door::open(at)?;
        let ledger = Ledger::new(&spec.coins, spec.running_for.as_secs_f64(), spec.seed);
        let behaviour = spec.behaviour;
        let state = State { spec, ledger, behaviour, began: Duration::ZERO, reboots: 0 };
        let inner = Arc::new(Inner {
            address: door.local_address()?,
            started: Instant::now(),
            state: Mutex::new(state),
            counts: Mutex::default(),
            changed: Notify::new(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(Arc::clone(&inner), door));
        Ok(Self { inner, tasks })
    }

    /// Ends every task and waits for it.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.inner.address
    }

    /// What it has been asked so far.
    pub fn counts(&self) -> Counts {
        self.inner.counters().clone()
    }

    /// Changes how it behaves. Counters go on from where they are.
    pub fn set_behaviour(&self, behaviour: Behaviour) {
        let elapsed = self.inner.started.elapsed();
        let mut state = self.inner.state();
        (state.behaviour, state.began, state.reboots) = (behaviour, elapsed, 0);
        drop(state);
        self.inner.changed.notify_waiters();
    }

    /// Changes how it is made: form, API key, program, how long things take. What it counted stays.
    pub fn change(&self, change: impl FnOnce(&mut PoolSpec)) {
        change(&mut self.inner.state().spec);
    }

    /// Lets others work for a coin key from now on. A key that it does not have is no key.
    pub fn set_workers(&self, key: &str, workers: impl Into<Workers>) {
        let now = self.inner.started.elapsed().as_secs_f64();
        let mut state = self.inner.state();
        state.advance(now);
        if let Some(coin) = state.spec.coins.iter_mut().find(|coin| coin.key == key) {
            coin.workers = workers.into();
        }
    }

    /// Restarts the program: everything begins at zero, the port stays open.
    pub fn restart(&self) {
        let now = self.inner.started.elapsed().as_secs_f64();
        self.inner.state().ledger.restart(now);
    }
}

impl State {
    fn advance(&mut self, now: f64) {
        if self.behaviour != Behaviour::Frozen {
            self.ledger.advance(&self.spec.coins, now);
        }
    }

    /// Begins anew where a reboot lies between the last answer and now.
    fn reboot_if_due(&mut self, elapsed: Duration) {
        let Behaviour::Reboot { after, down } = self.behaviour else { return };
        let cycle = (after + down).as_secs_f64();
        let reboots = if cycle > 0.0 { (elapsed.saturating_sub(self.began).as_secs_f64() / cycle) as u32 } else { 0 };
        if reboots > self.reboots {
            self.reboots = reboots;
            self.ledger.restart(self.began.as_secs_f64() + f64::from(reboots) * cycle);
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the port is open, and for how much longer.
    fn phase(&self) -> (Phase, Option<Duration>) {
        let elapsed = self.started.elapsed();
        let state = self.state();
        let since = elapsed.saturating_sub(state.began);
        let phase = state.behaviour.phase(since);
        (phase, phase.until().map(|until| until.saturating_sub(since)))
    }

    fn reply(&self, request: &Request) -> Reply {
        let elapsed = self.started.elapsed();
        let now = elapsed.as_secs_f64();
        let mut state = self.state();
        state.reboot_if_due(elapsed);
        state.advance(now);
        answer(&Scene { spec: &state.spec, ledger: &state.ledger, now, clock: SystemTime::now() }, request)
    }

    /// How it behaves, and where its garbage comes from.
    fn manner(&self) -> (Behaviour, u64) {
        let state = self.state();
        (state.behaviour, state.spec.seed)
    }

    /// How long it works on a request.
    fn takes(&self, request: &Request) -> Duration {
        let state = self.state();
        match state.behaviour {
            Behaviour::SlowAnswer(late) => late,
            _ if is_slow(request) => state.spec.miners_time.max(state.spec.service_time),
            _ => state.spec.service_time,
        }
    }
}

impl Counted for Inner {
    fn counters(&self) -> MutexGuard<'_, Counts> {
        // A panic elsewhere leaves numbers, and numbers stay readable.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves the port, open and closed as the behaviour demands, until dropped.
async fn serve(pool: Arc<Inner>, door: Door) {
    let mut connections = JoinSet::new();
    let mut door = Some(door);
    loop {
        // Made before the phase is looked at, so that no change gets lost between.
        let changed = pool.changed.notified();
        let (phase, left) = pool.phase();
        let moved = match door.take() {
            Some(door) if phase.is_up() => door.reopen(),
            Some(door) => door.shut(),
            None => Door::open(pool.address),
        };
        let Ok(settled) = moved else {
            sleep(AFTER_FAILURE).await;
            continue;
        };
        tokio::select! {
            stream = accept(&settled) => {
                let pool = Arc::clone(&pool);
                connections.spawn(async move { connect(&pool, stream).await });
            }
            () = changed => {}
            () = passed(left) => {}
            Some(_) = connections.join_next() => {}
        }
        door = Some(settled);
    }
}

/// Serves a connection until it ends. Unlike a device, a server has a task for each.
async fn connect(pool: &Inner, stream: TcpStream) {
    let _open = Open::new(pool);
    if !pool.phase().0.is_up() || pool.state().behaviour == Behaviour::ResetOnAccept {
        http::reset(&stream);
        return;
    }
    converse(pool, pool, stream).await;
}

impl Answers for Inner {
    async fn answer(&self, connection: &mut Connection, request: &Request) -> io::Result<Ending> {
        let takes = self.takes(request);
        if !takes.is_zero() {
            sleep(takes).await;
        }
        let mut reply = self.reply(request);
        reply.closes |= request.closes;
        let (behaviour, seed) = self.manner();
        respond(connection, seed, behaviour, reply, request.method != "HEAD").await
    }
}
