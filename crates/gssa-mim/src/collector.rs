//! The [`Collector`](gssa_model::Collector) of one MIM.

use async_trait::async_trait;
use gssa_model::{Address, CollectError, Confidence, Gap, InfrastructureSnapshot, Snapshot, Software, SourceId};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::client::{Client, Front};
use crate::extra::Extra;
use crate::normalize::{Part, gather, part};
use crate::options::{Request, requests};
use crate::turns::Turns;
use crate::{Error, Options};

/// Observes one MIM: its first page, now and then its version page, and the endpoints that its operator named.
///
/// At most one request is open at any time, also when `collect` is called twice at once: the second call waits for the first. Requests
/// are GET, and none of them changes anything.
#[derive(Debug)]
pub struct Collector {
    id: SourceId,
    client: Client,
    options: Options,
    requests: Vec<Request>,
    /// Held while a request is open.
    learned: Mutex<Learned>,
}

/// What is known beyond one observation.
#[derive(Debug)]
struct Learned {
    version: Version,
    turns: Turns,
}

/// What the version page said. It stays true until the program is replaced, which its absence tells mostly.
#[derive(Debug, Default)]
struct Version {
    told: Option<String>,
    /// So many observations go by before it is asked again.
    skip: u32,
}

/// The version page is asked with every n-th observation.
const VERSION_EVERY: u32 = 15;

/// How long it may take: it is a guess, and not worth a wait.
const VERSION_DEADLINE: std::time::Duration = std::time::Duration::from_secs(2);

impl Collector {
    /// A collector of the MIM at `address`; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] for a scheme that is not spoken, [`Error::Endpoint`] for a path that must not be asked.
    pub fn new(id: SourceId, address: &Address, options: Options) -> Result<Self, Error> {
        let requests = requests(&options)?;
        let learned = Learned { version: Version::default(), turns: Turns::new(&requests) };
        Ok(Self { id, client: Client::new(address)?, options, requests, learned: Mutex::new(learned) })
    }

    async fn observe(&self) -> Result<InfrastructureSnapshot, Error> {
        let until = Instant::now() + self.options.timeout;
        let waited = |_| Error::Waited(self.options.timeout);
        let mut learned = timeout_at(until, self.learned.lock()).await.map_err(waited)?;
        let learned = &mut *learned;
        let front = match self.client.fetch_front(until - Instant::now()).await {
            Ok(front) => front,
            Err(error) => {
                // It may come back as another version, with other servers.
                learned.version = Version::default();
                learned.turns.forget();
                return Err(error);
            }
        };
        let mut snapshot = InfrastructureSnapshot::default();
        let name = name(&front, &mut snapshot.gaps);
        self.ask_all(&mut learned.turns, &mut snapshot, until).await;
        let version = self.version(&mut learned.version, until).await;
        snapshot.software = Software { name, version, confidence: Some(Confidence::Low) };
        Ok(snapshot)
    }

    /// Asks what is due, and puts it together with what was told before.
    async fn ask_all(&self, turns: &mut Turns, snapshot: &mut InfrastructureSnapshot, until: Instant) {
        let mut extra = Extra::default();
        for at in turns.begin() {
            let Some(request) = self.requests.get(at) else { continue };
            if until <= Instant::now() {
                snapshot.gaps.push(Gap::new(request.shown(), "not asked: the time was up"));
                continue;
            }
            let told = self.ask(request, until, &mut extra, &mut snapshot.gaps).await;
            turns.asked(at, request.every, told);
        }
        snapshot.gaps.extend(turns.gaps());
        snapshot.servers = gather(turns.parts(), &self.options.servers);
        snapshot.extra = extra.into_answers();
    }

    /// What an endpoint says, or why it does not.
    async fn ask(
        &self,
        request: &Request,
        until: Instant,
        extra: &mut Extra,
        gaps: &mut Vec<Gap>,
    ) -> Result<Part, Gap> {
        let answer = self.client.fetch(&request.path, until - Instant::now()).await;
        let answer = answer.map_err(|error| Gap::new(request.shown(), &error.brief()))?;
        let Some(map) = request.map else {
            gaps.extend(extra.keep(&request.name, answer.document()));
            return Ok(Part::default());
        };
        part(&answer, map, &request.name, request.server.as_deref()).ok_or_else(|| {
            gaps.extend(extra.keep(&request.name, answer.document()));
            let complaint = answer.complaint();
            let found =
                complaint.map_or_else(|| format!("JSON without {map}"), |complaint| format!("an error: {complaint}"));
            Gap::new(request.shown(), &found)
        })
    }

    /// The version, asked for when it is due and there is time left. It is a guess: that it is not there is no gap.
    async fn version(&self, version: &mut Version, until: Instant) -> Option<String> {
        let left = until.saturating_duration_since(Instant::now()).min(VERSION_DEADLINE);
        if version.skip > 0 {
            version.skip -= 1;
        } else if !left.is_zero() {
            let told = self.client.fetch_version(left).await;
            // Without an answer what it said before stays the best guess.
            *version = Version { told: told.unwrap_or_else(|_| version.told.take()), skip: VERSION_EVERY - 1 };
        }
        version.told.clone()
    }
}

/// What the program is, as far as its first page says.
fn name(front: &Front, gaps: &mut Vec<Gap>) -> Option<String> {
    match front {
        Front::Page(page) if page.names_mim => Some("MIM".to_owned()),
        Front::Page(page) => {
            let title = page.title.as_deref().unwrap_or("without a title");
            gaps.push(Gap::new("/", &format!("a page that does not name MIM: {title}")));
            page.title.clone()
        }
        Front::Redirect(to) => {
            let to = to.as_deref().unwrap_or("nowhere");
            gaps.push(Gap::new("/", &format!("a redirect, which is not followed, to {to}")));
            None
        }
    }
}

#[async_trait]
impl gssa_model::Collector for Collector {
    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn collect(&self) -> Result<Snapshot, CollectError> {
        Ok(self.observe().await?.into())
    }
}
