//! The [`Collector`](gssa_model::Collector) of one miner.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use gssa_model::{Address, CollectError, MinerSnapshot, Snapshot, SourceId, SourceKind};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::family::TELLING;
use crate::talk::Talk;
use crate::{
    Client, Command, Error, Family, Firmware, Kind, Options, Replies, Reply, antminer, canaan, generic, recognise,
};

/// Observes one miner.
///
/// At most one connection is open at any time, also when `collect` is called twice at once: the second call waits for the first.
/// Between observations it remembers what the miner is, which commands it has and how it wants to be asked.
#[derive(Debug)]
pub struct Collector {
    id: SourceId,
    address: Address,
    kind: Kind,
    options: Options,
    /// Held while the miner is asked.
    state: Mutex<State>,
    /// What it was found to be first.
    found: OnceLock<Family>,
}

#[derive(Debug)]
struct State {
    talk: Talk,
    family: Option<Family>,
    antminer: antminer::Learned,
}

/// What the observation of a family has at hand.
#[derive(Debug)]
pub(crate) struct Peer<'a> {
    /// Where the miner is; its web server is at the same host.
    pub(crate) address: &'a Address,
    pub(crate) options: &'a Options,
    pub(crate) talk: &'a mut Talk,
    /// The reply to `version`, if the miner has it.
    pub(crate) version: Option<Reply>,
    /// When all has to be done.
    pub(crate) until: Instant,
}

impl Collector {
    /// A collector of the miner at `address`; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Scheme`] for a scheme other than `tcp` and `cgminer`.
    pub fn new(id: SourceId, address: &Address, kind: Kind, options: Options) -> Result<Self, Error> {
        let talk = Talk::new(Client::new(address)?);
        let state = State { talk, family: None, antminer: antminer::Learned::default() };
        Ok(Self { id, address: address.clone(), kind, options, state: Mutex::new(state), found: OnceLock::new() })
    }

    /// What the miner was found to be. `None` until it has answered.
    pub fn found(&self) -> Option<Family> {
        self.found.get().copied()
    }

    async fn observe(&self) -> Result<MinerSnapshot, Error> {
        let until = Instant::now() + self.options.timeout;
        let waited = |_| Error::Waited(self.options.timeout);
        let mut state = timeout_at(until, self.state.lock()).await.map_err(waited)?;
        let State { talk, family, antminer } = &mut *state;
        talk.begin();
        let version = match talk.once(Command::Version, until).await {
            Err(failure) if self.has_other_door(*family, &failure) => {
                let is_first_contact = family.is_none();
                let mut peer = Peer { address: &self.address, options: &self.options, talk, version: None, until };
                return antminer::observe_web(&mut peer, antminer, failure, is_first_contact).await;
            }
            version => version?,
        };
        if version.is_none() || family.is_none() {
            *family = Some(self.family(talk, version.as_ref(), *family, until).await?);
        }
        let family = family.unwrap_or(Family::Generic(Firmware::Unknown));
        let _ = self.found.set(family);
        let mut peer = Peer { address: &self.address, options: &self.options, talk, version, until };
        let snapshot = match family {
            Family::Antminer(_) => antminer::observe(&mut peer, antminer).await?,
            Family::Canaan => canaan::observe(&mut peer).await?,
            Family::Generic(firmware) => generic::observe(&mut peer, firmware).await?,
        };
        peer.talk.end(snapshot.uptime_secs);
        Ok(snapshot)
    }

    /// Whether an Antminer closed its API and may still be read through its web server.
    fn has_other_door(&self, family: Option<Family>, failure: &Error) -> bool {
        let is_antminer = matches!((self.kind, family), (Kind::Antminer, _) | (Kind::Auto, Some(Family::Antminer(_))));
        is_antminer && antminer::is_closed(failure)
    }

    /// The family to read it as: the one configured, or the one that it says it is.
    async fn family(
        &self,
        talk: &mut Talk,
        version: Option<&Reply>,
        before: Option<Family>,
        until: Instant,
    ) -> Result<Family, Error> {
        if let Some(before) = before {
            return Ok(before);
        }
        let found = find(talk, version, until).await;
        match (self.kind, found) {
            (Kind::Canaan, _) => Ok(Family::Canaan),
            (_, Err(error)) => Err(error),
            (Kind::Antminer, Ok((Some(family @ Family::Antminer(_)), _))) => Ok(family),
            (Kind::Antminer, Ok((Some(Family::Canaan), _))) => {
                Err(Error::OtherFamily { found: Family::Canaan.to_string(), wanted: "an Antminer" })
            }
            (Kind::Antminer, Ok(_)) => Ok(Family::Antminer(Firmware::Unknown)),
            (Kind::Cgminer, Ok((Some(Family::Antminer(firmware) | Family::Generic(firmware)), _))) => {
                Ok(Family::Generic(firmware))
            }
            (Kind::Cgminer, Ok(_)) => Ok(Family::Generic(Firmware::Cgminer)),
            (Kind::Auto, Ok((family, _))) => Ok(family.unwrap_or(Family::Generic(Firmware::Cgminer))),
        }
    }
}

/// Asks until it is clear what the miner is, and gives what it said; `version` tells mostly.
async fn find(talk: &mut Talk, version: Option<&Reply>, until: Instant) -> Result<(Option<Family>, Replies), Error> {
    let mut replies: Replies = version.into_iter().map(|reply| (Command::Version, reply.clone())).collect();
    let mut failure = None;
    for command in TELLING {
        if let Some(family) = recognise(&replies) {
            return Ok((Some(family), replies));
        }
        match talk.ask(&[one(command)], false, until).await {
            Ok(more) => more.iter().for_each(|(command, reply)| replies.insert(command, reply.clone())),
            Err(error) => failure = Some(error),
        }
    }
    match (recognise(&replies), failure) {
        (None, Some(error)) if replies.is_empty() => Err(error),
        (family, _) => Ok((family, replies)),
    }
}

const fn one(command: Command) -> &'static [Command] {
    match command {
        Command::Stats => &[Command::Stats],
        Command::EStats => &[Command::EStats],
        Command::Summary => &[Command::Summary],
        _ => &[Command::DevDetails],
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

    fn found_kind(&self) -> Option<SourceKind> {
        (self.kind == Kind::Auto).then_some(self.found()?.into())
    }
}

/// How long [`probe`] may take.
pub const PROBE_DEADLINE: Duration = Duration::from_secs(2);

/// What answers at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// How it is read.
    pub family: Family,
    /// The program as it names itself: `cgminer 4.11.1`.
    pub program: Option<String>,
    /// The model, if the few replies that were asked for tell it.
    pub model: Option<String>,
}

/// Says what is at `address`, within [`PROBE_DEADLINE`] and mostly with one request.
///
/// # Errors
///
/// Those of [`Client::fetch`]; [`Error::UnknownCommand`] and [`Error::Denied`] when it knows or allows none of the commands.
pub async fn probe(address: &Address) -> Result<Found, Error> {
    let until = Instant::now() + PROBE_DEADLINE;
    let mut talk = Talk::new(Client::new(address)?);
    let version = talk.once(Command::Version, until).await?;
    let (family, replies) = find(&mut talk, version.as_ref(), until).await?;
    let family = family.unwrap_or(Family::Generic(Firmware::Cgminer));
    let program = replies.iter().find_map(|(_, reply)| reply.description()).map(str::to_owned);
    let identity = match family {
        Family::Antminer(_) => antminer::normalize(&replies).identity,
        Family::Canaan => canaan::normalize(&replies).identity,
        Family::Generic(_) => generic::normalize(&replies).identity,
    };
    Ok(Found { family, program, model: identity.model })
}
