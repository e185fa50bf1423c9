//! A running device: its life, its counters, its place in the queue.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::axeos::{self, Sockets};
use crate::counts::Counted;
use crate::listen::{Place, address_of};
use crate::model::{Model, Twin};
use crate::pool::Worker;
use crate::timeline::{Moment, Timeline};
use crate::{Behaviour, Counts, Phase, Spec, cgminer};

/// A running device. Clones are handles to the same one.
#[derive(Debug, Clone)]
pub struct Device(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    spec: Spec<Model>,
    twin: Twin,
    place: Place,
    started: Instant,
    timing: Timing,
    timeline: Mutex<Timeline>,
    counts: Mutex<Counts>,
    /// Tells the listener that the port may have to open or close.
    changed: Notify,
    sockets: Sockets,
    /// The device's one server task: whoever holds it is served.
    turn: tokio::sync::Mutex<()>,
    /// What it told, if that is kept.
    told: Mutex<Option<Vec<axeos::Figures>>>,
}

/// So many answers are kept.
const MAX_TOLD: usize = 100_000;

/// How long things take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    pub(crate) service: Duration,
    pub(crate) restart: Duration,
}

impl Device {
    pub(crate) fn new(spec: Spec<Model>, place: Place, started: Instant, timing: Timing) -> Self {
        let timeline = Mutex::new(Timeline::new(&spec));
        Self(Arc::new(Inner {
            twin: Twin::of(&spec),
            spec,
            place,
            started,
            timing,
            timeline,
            counts: Mutex::default(),
            changed: Notify::new(),
            sockets: Sockets::default(),
            turn: tokio::sync::Mutex::new(()),
            told: Mutex::default(),
        }))
    }

    /// What was asked for when the fleet started.
    pub fn spec(&self) -> &Spec<Model> {
        &self.0.spec
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.place.address
    }

    /// Where its web server listens, if it has one beside its API.
    pub fn web_address(&self) -> Option<SocketAddr> {
        self.0.place.web
    }

    /// The address of the device at a place in a fleet that listens on addresses: 127.88.0.1 and up.
    pub fn loopback_address(index: usize) -> Ipv4Addr {
        address_of(index)
    }

    /// Board and firmware.
    pub fn model(&self) -> Model {
        self.0.spec.model
    }

    /// How it behaves now.
    pub fn behaviour(&self) -> Behaviour {
        self.timeline().behaviour()
    }

    /// Changes how it behaves. Counters go on from where they are.
    ///
    /// Takes effect on the next request. A port that has to close closes within moments; a connection that gets in
    /// before is reset.
    pub fn set_behaviour(&self, behaviour: Behaviour) {
        let elapsed = self.elapsed();
        self.timeline().set_behaviour(behaviour, elapsed);
        self.0.changed.notify_waiters();
    }

    /// Restarts it, as a restart request does: the port closes for a while, then uptime and shares begin anew.
    pub fn restart(&self) {
        let elapsed = self.elapsed();
        self.timeline().restart(elapsed, self.0.timing.restart);
        self.0.changed.notify_waiters();
    }

    /// What it has been asked so far.
    pub fn counts(&self) -> Counts {
        self.counters().clone()
    }

    /// Begins to count anew.
    pub fn reset_counts(&self) {
        self.counters().reset();
    }

    /// From now on an AxeOS device numbers its status documents, 1, 2, 3, …, in its accepted shares, and keeps what it told in each.
    pub fn keep_what_it_tells(&self) {
        self.lock_told().get_or_insert_default();
    }

    /// What it told in its status documents since it keeps that: at index `n - 1` what was in the one with the number `n`. The last ones
    /// may not have arrived.
    pub fn told(&self) -> Vec<axeos::Figures> {
        self.lock_told().clone().unwrap_or_default()
    }

    /// Numbers and keeps what is about to be told, where it is.
    pub(crate) fn telling(&self, mut figures: axeos::Figures) -> axeos::Figures {
        if let Some(told) = self.lock_told().as_mut().filter(|told| told.len() < MAX_TOLD) {
            figures.accepted = told.len() as u64 + 1;
            told.push(figures.clone());
        }
        figures
    }

    fn lock_told(&self) -> MutexGuard<'_, Option<Vec<axeos::Figures>>> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it measures now, if it is an AxeOS device.
    pub fn figures(&self) -> Option<axeos::Figures> {
        let Twin::Axeos(spec) = self.twin() else { return None };
        Some(axeos::figures_at(spec, self.behaviour(), &self.moment()))
    }

    /// What it measures now, if it is a device with the cgminer API.
    pub fn machine_figures(&self) -> Option<cgminer::Figures> {
        let Twin::Cgminer(spec) = self.twin() else { return None };
        Some(cgminer::figures_at(spec, self.behaviour(), &self.moment()))
    }

    /// How its pool sees it now; `None` while it does no work for the pool that it should work for.
    pub fn at_pool(&self) -> Option<Worker> {
        use Behaviour::{Hang, NoPool, OnFallback, Overheated, Paused, Refuse};
        if matches!(self.behaviour(), Hang | NoPool | OnFallback | Overheated | Paused | Refuse) {
            return None;
        }
        let spec = self.spec();
        let hps = match self.twin() {
            Twin::Axeos(_) => self.figures()?.ghs * 1e9,
            Twin::Cgminer(_) => self.machine_figures().filter(|figures| figures.hashing)?.average_hps,
            Twin::Mim(_) => return None,
        };
        let address: Ipv4Addr = spec.lan_address().parse().ok()?;
        let worker = Worker::new(spec.worker()?, hps).calling_itself(spec.model.name()).at(address);
        Some(worker).filter(|worker| worker.hps > 0.0)
    }

    pub(crate) fn twin(&self) -> &Twin {
        &self.0.twin
    }

    pub(crate) fn moment(&self) -> Moment {
        let elapsed = self.elapsed();
        self.timeline().moment(elapsed)
    }

    /// Whether the port is open, and for how much longer.
    pub(crate) fn phase(&self) -> (Phase, Option<Duration>) {
        let elapsed = self.elapsed();
        let phase = self.timeline().phase(elapsed);
        (phase, phase.until().map(|until| until.saturating_sub(elapsed)))
    }

    /// The same for the API port, which a device may close alone.
    pub(crate) fn api_phase(&self) -> (Phase, Option<Duration>) {
        let has_none = matches!(self.twin(), Twin::Cgminer(spec) if !spec.model.has_api());
        if has_none || matches!(self.behaviour(), Behaviour::ApiClosed | Behaviour::ProcessDown) {
            return (Phase::Down { until: None }, None);
        }
        self.phase()
    }

    pub(crate) fn started(&self) -> Instant {
        self.0.started
    }

    /// Works on a request for as long as the device takes.
    pub(crate) async fn take_time(&self) {
        let late = match self.behaviour() {
            Behaviour::SlowAnswer(late) => late,
            _ => self.0.timing.service,
        };
        if !late.is_zero() {
            tokio::time::sleep(late).await;
        }
    }

    pub(crate) fn changed(&self) -> &Notify {
        &self.0.changed
    }

    pub(crate) fn sockets(&self) -> &Sockets {
        &self.0.sockets
    }

    /// Waits for the device's one server task.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.turn.lock().await
    }

    fn timeline(&self) -> MutexGuard<'_, Timeline> {
        self.0.timeline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Duration {
        self.0.started.elapsed()
    }
}

impl Counted for Device {
    fn counters(&self) -> MutexGuard<'_, Counts> {
        // A panic elsewhere leaves numbers, and numbers stay readable.
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
