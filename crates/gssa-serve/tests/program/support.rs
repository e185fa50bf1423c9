//! The program, and a client that talks to it without a network, so that tests may pause the clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gssa_model::{MinerSnapshot, Reading, Source, SourceKind, State, Timestamp};
use gssa_serve::app::{Class, Purpose};
use gssa_serve::door::Door;
use gssa_serve::facts::{Facts, Peer};
use gssa_serve::openapi::{About, openapi};
use gssa_serve::problem::Problem;
use gssa_serve::route::schema_of;
use gssa_serve::router::{Params, Router};
use gssa_serve::server::serve_stream;
use gssa_serve::sessions::Sessions;
use gssa_serve::sse::Streams;
use gssa_serve::token::Digest;
use gssa_serve::view::{self, Shown};
use gssa_serve::{App, Error, Limits, Response, Route, Shows, Site, Stop, page};
use gssa_view::View;
use gssa_view::agent::AgentStatus;
use gssa_view::clock::{Clock as _, SystemClock};
use gssa_view::finding::Finding;
use gssa_view::journal::Journal;
use gssa_view::plan::{Limit, Plan, Plans, WrittenPlans};
use gssa_view::store::Store;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::watch;

/// Who may see which agents.
const GRANTS: [(&str, &[&str]); 2] = [("ann", &["attic", "barn"]), ("bob", &["barn"])];

pub(crate) struct Cloud {
    router: Router<Self>,
    views: BTreeMap<&'static str, Arc<View>>,
    streams: Streams,
    pub(crate) sessions: Sessions,
    _plans: watch::Sender<Arc<dyn Plans>>,
}

/// Everything is for those who are logged in and may see the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Granted;

impl Class for Granted {
    fn scope(self) -> &'static str {
        "granted"
    }

    fn security(self) -> &'static [&'static str] {
        &["session"]
    }
}

impl App for Cloud {
    type Class = Granted;
    type Caller = Arc<str>;
    const COOKIE: &'static str = "cloud_session";

    fn router(&self) -> &Router<Self> {
        &self.router
    }

    fn door(&self) -> Arc<Door> {
        Arc::default()
    }

    fn admit(&self, facts: &Facts, _: &Route<Self>, params: &Params, purpose: Purpose) -> Result<Arc<str>, Error> {
        let id = facts.session.as_ref().ok_or(Error::LoginRequired)?;
        let is_mark = |owner: &str, mark: &Digest| mark.is(&mark_of(owner));
        let owner = match purpose {
            Purpose::Request => self.sessions.used_by(id, is_mark),
            Purpose::Stream => self.sessions.held_by(id, is_mark),
        };
        let owner = owner.ok_or(Error::LoginRequired)?;
        let granted = GRANTS.iter().find(|(name, _)| **name == *owner).map_or(&[][..], |(_, agents)| agents);
        // What somebody may not see is not there for them.
        if granted.contains(&params.get("agent_id")) { Ok(owner) } else { Err(Error::UnknownPath) }
    }

    fn page(&self, head: &http::request::Parts) -> Result<Response, Error> {
        page::answer(&Site::default(), head, || page::page("Cloud", ""))
    }
}

impl Shows for Cloud {
    fn shown(self: &Arc<Self>, params: &Params) -> Result<Shown, Error> {
        let view = self.views.get(params.get("agent_id")).ok_or(Error::UnknownPath)?;
        let (view, name) = (Arc::clone(view), params.get("agent_id").to_owned());
        let agent = move || AgentStatus {
            name: name.clone(),
            version: "0.1.0".into(),
            commit: None,
            target: "test".into(),
            started_at: Timestamp::from_unix_ms(0),
            now: SystemClock.now(),
            time_zone: None,
            utc_offset_secs: 0,
            resident_bytes: None,
            cpu_percent: None,
            behind_ms: 0,
            unready: None,
        };
        Ok(Shown { view, agent: Arc::new(agent) })
    }

    fn streams(&self) -> &Streams {
        &self.streams
    }
}

/// The mark of the password of a person.
fn mark_of(owner: &str) -> Digest {
    Digest::of(&format!("hash of {owner}"))
}

pub(crate) fn routes() -> Vec<Route<Cloud>> {
    view::routes("/api/v1/agents/{agent_id}", Granted)
}

/// The document of the program.
pub(crate) fn document() -> Value {
    let about = About {
        title: "Cloud",
        version: "0.1.0",
        description: "",
        security_schemes: serde_json::json!({ "session": { "type": "apiKey", "in": "cookie", "name": Cloud::COOKIE } }),
        problem: schema_of::<Problem>,
    };
    openapi(&about, &routes())
}

impl Cloud {
    /// Two agents without sources.
    pub(crate) fn new() -> Arc<Self> {
        let others = Plan { interval_secs: 30, chip_celsius: Limit { warning: Some(65.0), critical: Some(80.0) } };
        let plans: Arc<dyn Plans> = Arc::new(WrittenPlans { etag: "1".into(), sources: BTreeMap::new(), others });
        let (plans, in_force) = watch::channel(plans);
        let view = || {
            let clock = Arc::new(SystemClock);
            let journal = Arc::new(Journal::new(clock.clone()));
            Arc::new(View::new(Arc::new(Store::new(1 << 20)), journal, in_force.clone(), clock))
        };
        Arc::new(Self {
            router: Router::new(routes()),
            views: BTreeMap::from(["attic", "barn"].map(|name| (name, view()))),
            streams: Streams::new(2),
            sessions: Sessions::default(),
            _plans: plans,
        })
    }

    pub(crate) fn view(&self, agent: &str) -> &View {
        &self.views[agent]
    }

    /// An agent tells a miner at so many TH/s.
    pub(crate) fn tell(&self, agent: &str, id: &str, ths: f64, findings: Vec<Finding>) {
        let mut miner = MinerSnapshot::default();
        miner.hashing.current_hps = gssa_model::unit::Hashrate::from_ths(ths);
        let mut reading = Reading::pending(Arc::new(Source::new(id.parse().unwrap(), SourceKind::Axeos, "")));
        let now = Some(SystemClock.now());
        (reading.health, reading.state) = (gssa_model::Health::Up, State::Hashing);
        (reading.observed_at, reading.snapshot_at, reading.snapshot) = (now, now, Some(Arc::new(miner.into())));
        self.view(agent).store().take(Arc::new(reading), findings.into());
    }

    /// Logs somebody in and gives the id of the session.
    pub(crate) fn log_in(&self, owner: &str) -> String {
        self.sessions.open(owner, mark_of(owner))
    }

    /// A connection on which a GET was sent.
    pub(crate) async fn open(self: &Arc<Self>, path: &str, session: &str) -> DuplexStream {
        let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
        let peer = Peer { address: [10, 0, 0, 9].into(), bound_to_loopback: false, is_tls: true };
        let cloud = Arc::clone(self);
        tokio::spawn(async move { serve_stream(&Limits::default(), theirs, peer, cloud, Stop::new()).await });
        let head = format!("Host: localhost\r\nCookie: {}={session}\r\nConnection: close\r\n", Self::COOKIE);
        ours.write_all(format!("GET {path} HTTP/1.1\r\n{head}\r\n").as_bytes()).await.unwrap();
        ours
    }

    /// The status and the body of a GET.
    pub(crate) async fn get(self: &Arc<Self>, path: &str, session: &str) -> (u16, Value) {
        let mut text = String::new();
        self.open(path, session).await.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
        let body = if chunked { unchunked(body) } else { body.to_owned() };
        (status, serde_json::from_str(&body).unwrap_or_default())
    }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        whole += &rest[..size];
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

/// What comes until `part` was in it; the test fails if it does not come.
pub(crate) async fn read_until(stream: &mut DuplexStream, part: &str) -> String {
    let mut text = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&text).contains(part) {
            assert!(stream.read_buf(&mut text).await.unwrap() > 0, "it ended without {part}");
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), read).await.is_ok(), "{part} did not come");
    String::from_utf8(text).unwrap()
}
