//! The task of a link.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use gssa_model::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::dial::Dialer;
use super::meter::{Days, Meter};
use super::resolve::Resolver;
use super::{post, websocket};
use crate::ring::Entry;
use crate::session::{Action, Carrier, Ended, Event, Moment, Newest, Outgoing, Session, Settings, Status};

/// How it is, is published so often at most, unless the state is another.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);

/// What the carrier may have to do; more is never asked of it by a session.
const OUTBOX: usize = 64;

/// What came and was not looked at yet; then the carrier waits.
const INBOX: usize = 16;

/// How long a connection may take to close, after the next one was begun or at the end.
const CLOSE_DEADLINE: Duration = Duration::from_secs(1);

/// After so many entries in a row others get their turn.
const ENTRIES_IN_A_ROW: u32 = 16;

/// At a stop, so many entries that were not yet taken are.
const MAX_REST: usize = 20_000;

/// Where the things come from that a link tells.
pub trait Feed: Send {
    /// The next one; waits for it. Nothing is lost when the future is dropped.
    fn next(&mut self) -> impl Future<Output = Entry> + Send;

    /// The newest state of every source that is sent.
    fn newest(&mut self) -> Vec<Newest>;

    /// A new run has begun: the next entry says which sources there are.
    fn introduce(&mut self);
}

/// What an operator changed of a link that goes on.
#[derive(Debug)]
pub enum Change {
    /// How it is reached, and whether that is because of another token.
    Dialer(Arc<Dialer>),
    /// How it goes about it.
    Settings(Settings),
    /// There is another token where the token is.
    Token,
}

/// Bytes that travelled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wire {
    /// Sent since the agent started, TLS and frames included.
    pub sent_bytes: u64,
    /// Received.
    pub received_bytes: u64,
    /// Sent in each of the last days (UTC), the newest last: the day as milliseconds since 1970 at its begin.
    pub sent_by_day: Vec<(i64, u64)>,
}

/// How a link is.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its session.
    pub status: Status,
    /// Its bytes.
    pub wire: Wire,
}

/// Gives the wall clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// One link to one receiver. It outlives its task, should that panic.
pub struct Link {
    session: Mutex<Session>,
    dialer: Mutex<Arc<Dialer>>,
    meter: Arc<Meter>,
    days: Mutex<Days>,
    /// When the agent started: what all ages are measured from.
    started: Instant,
    clock: Clock,
    report: watch::Sender<Report>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("dialer", &self.dialer).finish_non_exhaustive()
    }
}

/// What a carrier needs.
#[derive(Clone)]
pub(super) struct Tools {
    pub(super) dialer: Arc<Dialer>,
    pub(super) resolver: Arc<Resolver>,
    pub(super) meter: Arc<Meter>,
    clock: Clock,
}

impl Tools {
    /// For one connection that nobody else counts.
    pub(super) fn new(dialer: Arc<Dialer>, clock: Clock) -> Self {
        Self { dialer, resolver: Arc::default(), meter: Arc::default(), clock }
    }

    pub(super) fn now_unix_secs(&self) -> i64 {
        (self.clock)().unix_ms() / 1000
    }
}

/// What a carrier is to do.
#[derive(Debug)]
pub(super) enum Out {
    Send(Outgoing),
    Ping,
    Close(u16),
}

/// A connection, or the attempt at one.
pub(super) struct Connection {
    outbox: mpsc::Sender<Out>,
    inbox: mpsc::Receiver<Event>,
    running: Pin<Box<dyn Future<Output = Ended> + Send>>,
}

impl Link {
    /// A link that does nothing yet.
    pub fn new(session: Session, dialer: Arc<Dialer>, started: Instant, clock: Clock) -> Self {
        let status = session.status(Moment { up: started.elapsed(), wall: clock() });
        Self {
            session: Mutex::new(session),
            dialer: Mutex::new(dialer),
            meter: Arc::default(),
            days: Mutex::default(),
            started,
            clock,
            report: watch::Sender::new(Report { status, wire: Wire::default() }),
        }
    }

    /// How it is, and when that changes.
    pub fn subscribe(&self) -> watch::Receiver<Report> {
        self.report.subscribe()
    }

    /// How it is reached.
    pub fn dialer(&self) -> Arc<Dialer> {
        lock(&self.dialer).clone()
    }

    /// Delivers what `feed` gives until `stop`, and then says goodbye, which takes 4.5 s at most.
    pub async fn run<F: Feed>(&self, feed: &mut F, changes: &mut mpsc::Receiver<Change>, stop: CancellationToken) {
        let resolver = Arc::new(Resolver::default());
        let (mut connection, mut closing) = (None::<Connection>, None::<Pin<Box<dyn Future<Output = ()> + Send>>>);
        let (mut is_stopping, mut in_a_row, mut published) = (false, 0, Instant::now());
        let mut is_stale;
        // A task that panicked left its connection behind.
        let mut event = Event::Ended(Ended::Broken("the task of this link failed and was started again".to_owned()));
        loop {
            let now = self.now();
            let (actions, due, state) = {
                let mut session = lock(&self.session);
                (session.on(event, now), session.due(), session.state())
            };
            let mut answer = None;
            for action in actions {
                match action {
                    Action::Connect(carrier) => {
                        let tools = Tools {
                            dialer: self.dialer(),
                            resolver: resolver.clone(),
                            meter: self.meter.clone(),
                            clock: self.clock.clone(),
                        };
                        connection = Some(Connection::new(carrier, tools));
                    }
                    Action::Close(code) => {
                        if let Some(left) = connection.take() {
                            closing = Some(Box::pin(left.close(code)));
                        }
                    }
                    Action::Send(outgoing) => hand(connection.as_ref(), Out::Send(outgoing)),
                    Action::Ping => hand(connection.as_ref(), Out::Ping),
                    Action::Collect => answer = Some(Event::Newest(feed.newest())),
                    Action::Introduce => feed.introduce(),
                }
            }
            let is_other = state != self.report.borrow().status.state;
            is_stale = !is_other && published.elapsed() < PUBLISH_EVERY;
            if !is_stale {
                published = Instant::now();
                self.publish();
            }
            if let Some(answer) = answer {
                event = answer;
                continue;
            }
            let Some(due) = due else { break };
            // What was not published yet is within a second.
            let publish = if is_stale { published + PUBLISH_EVERY } else { self.started + due };
            let due = (self.started + due).min(publish).max(Instant::now());
            event = tokio::select! {
                () = stop.cancelled(), if !is_stopping => {
                    is_stopping = true;
                    self.take_rest(feed);
                    Event::Stop
                }
                entry = feed.next(), if !is_stopping => {
                    in_a_row += 1;
                    if in_a_row % ENTRIES_IN_A_ROW == 0 {
                        tokio::task::yield_now().await;
                    }
                    Event::Made(entry)
                }
                event = next(&mut connection) => event,
                Some(change) = changes.recv() => self.change(change),
                () = finish(&mut closing) => {
                    closing = None;
                    Event::Tick
                }
                () = tokio::time::sleep_until(due) => Event::Tick,
            };
        }
        self.publish();
        finish_if(closing).await;
    }

    /// What was made before the stop is delivered too. What it leads to comes with the event after it.
    fn take_rest<F: Feed>(&self, feed: &mut F) {
        let now = self.now();
        let mut session = lock(&self.session);
        for entry in (0..MAX_REST).map_while(|_| feed.next().now_or_never()) {
            session.keep(entry, now);
        }
    }

    /// Publishes how it is.
    fn publish(&self) {
        let now = self.now();
        let status = lock(&self.session).status(now);
        let sent_bytes = self.meter.sent();
        let sent_by_day = lock(&self.days).until(now.wall, sent_bytes);
        let wire = Wire { sent_bytes, received_bytes: self.meter.received(), sent_by_day };
        self.report.send_replace(Report { status, wire });
    }

    fn change(&self, change: Change) -> Event {
        match change {
            Change::Dialer(dialer) => {
                *lock(&self.dialer) = dialer;
                Event::TokenChanged
            }
            Change::Settings(settings) => Event::Configured(settings),
            Change::Token => Event::TokenChanged,
        }
    }

    fn now(&self) -> Moment {
        Moment { up: self.started.elapsed(), wall: (self.clock)() }
    }
}

impl Connection {
    pub(super) fn new(carrier: Carrier, tools: Tools) -> Self {
        let (outbox, to_do) = mpsc::channel(OUTBOX);
        let (tell, inbox) = mpsc::channel(INBOX);
        let running: Pin<Box<dyn Future<Output = Ended> + Send>> = match carrier {
            Carrier::WebSocket => Box::pin(websocket::run(tools, to_do, tell)),
            Carrier::Post => Box::pin(post::run(tools, to_do, tell)),
        };
        Self { outbox, inbox, running }
    }

    /// Sends what is left, and closes.
    pub(super) async fn close(mut self, code: u16) {
        let _ = self.outbox.try_send(Out::Close(code));
        let ending = async {
            loop {
                tokio::select! {
                    _ = &mut self.running => return,
                    // Nobody is interested any more, but the carrier may wait to tell it.
                    Some(_) = self.inbox.recv() => {}
                }
            }
        };
        let _ = tokio::time::timeout(CLOSE_DEADLINE, ending).await;
    }
}

/// Gives a carrier something to do. A session never wants more than fits.
pub(super) fn hand(connection: Option<&Connection>, out: Out) {
    if let Some(connection) = connection {
        let _ = connection.outbox.try_send(out);
    }
}

/// What a connection has to tell; waits for ever without one.
pub(super) async fn next(connection: &mut Option<Connection>) -> Event {
    let Some(open) = connection else { return std::future::pending().await };
    let event = tokio::select! {
        biased;
        // What came before the end is told before it.
        Some(event) = open.inbox.recv() => return event,
        ended = &mut open.running => Event::Ended(ended),
    };
    if let Ok(before) = open.inbox.try_recv() {
        // The end is told with the next look: what has ended ends again at once.
        let Event::Ended(ended) = event else { return before };
        open.running = Box::pin(std::future::ready(ended));
        return before;
    }
    *connection = None;
    event
}

async fn finish(closing: &mut Option<Pin<Box<dyn Future<Output = ()> + Send>>>) {
    match closing {
        Some(closing) => closing.await,
        None => std::future::pending().await,
    }
}

async fn finish_if(closing: Option<Pin<Box<dyn Future<Output = ()> + Send>>>) {
    if let Some(closing) = closing {
        closing.await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
