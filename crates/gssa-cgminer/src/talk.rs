//! A conversation with one miner: what it has answered before decides how it is asked next.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::reply::Form;
use crate::{Client, Command, Error, Refusal, Replies, Reply, Request};

/// A command that was refused is asked again after so many observations: an hour at the usual interval of 30 s.
const ASK_AGAIN_AFTER: u32 = 120;

/// Something to ask: the first of these commands that the miner has.
pub(crate) type Want = &'static [Command];

/// Asks one miner, and remembers what works: which commands, in which dialect, together or one by one.
#[derive(Debug)]
pub(crate) struct Talk {
    client: Client,
    /// Whether the miner has ever answered.
    has_answered: bool,
    /// Commands that were refused, why, and for how many observations they are left alone.
    lacks: BTreeMap<Command, (Refusal, u32)>,
    joins: Joins,
    dialect: Dialect,
    /// Commands that want the key `cmd`.
    wants_cmd: Vec<Command>,
    /// The program that each reply named: another one is another firmware.
    programs: BTreeMap<Command, String>,
    /// Replies that do not change until the miner starts anew, and that there is none.
    once: BTreeMap<Command, Option<Reply>>,
    uptime_secs: Option<u64>,
    /// How often all that was learned has been forgotten.
    generation: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joins {
    Untried,
    Yes,
    No,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Json,
    Text,
}

impl Talk {
    pub(crate) const fn new(client: Client) -> Self {
        Self {
            client,
            has_answered: false,
            lacks: BTreeMap::new(),
            joins: Joins::Untried,
            dialect: Dialect::Json,
            wants_cmd: Vec::new(),
            programs: BTreeMap::new(),
            once: BTreeMap::new(),
            uptime_secs: None,
            generation: 0,
        }
    }

    /// The client, for requests that are not commands.
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Begins an observation: commands that were refused come nearer to being asked again.
    pub(crate) fn begin(&mut self) {
        self.lacks.retain(|_, (_, skip)| {
            *skip -= 1;
            *skip > 0
        });
    }

    /// Ends an observation. A restart or another program may be another firmware: what was learned of it is forgotten.
    pub(crate) fn end(&mut self, uptime_secs: Option<u64>) {
        if self.uptime_secs.zip(uptime_secs).is_some_and(|(before, now)| now < before) {
            self.forget();
        }
        self.uptime_secs = uptime_secs;
    }

    /// Changes when the miner may have become another.
    pub(crate) const fn generation(&self) -> u32 {
        self.generation
    }

    fn forget(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        self.once.clear();
        self.lacks.clear();
        self.joins = Joins::Untried;
        self.wants_cmd.clear();
    }

    /// The reply to `command`, asked once for each start of the miner. `None` from a miner that has no such command.
    pub(crate) async fn once(&mut self, command: Command, until: Instant) -> Result<Option<Reply>, Error> {
        if let Some(told) = self.once.get(&command) {
            return Ok(told.clone());
        }
        if self.lacks.contains_key(&command) {
            return Ok(None);
        }
        let reply = self.one(command, until).await?;
        if reply.refusal() == Some(Refusal::NotReady) {
            return Err(Error::NotReady);
        }
        let told = Some(reply).filter(|reply| reply.refusal().is_none());
        self.once.insert(command, told.clone());
        Ok(told)
    }

    /// Leaves a command alone for a while, as if the miner had refused it: one that is not worth its failures.
    pub(crate) fn leave(&mut self, command: Command) {
        self.lacks.insert(command, (Refusal::NotReady, ASK_AGAIN_AFTER));
    }

    /// Asks for all of `wants`, in one request where the miner is known to answer that, or with `join` may be tried.
    ///
    /// A failure beside replies that came is a gap; alone it is an error. What the miner has not is neither, unless it has nothing that
    /// was wanted.
    pub(crate) async fn ask(&mut self, wants: &[Want], join: bool, until: Instant) -> Result<Replies, Error> {
        let mut replies = Replies::default();
        if join && self.joins != Joins::No && self.dialect == Dialect::Json && wants.len() > 1 {
            self.ask_joined(wants, &mut replies, until).await?;
        }
        let mut failure = None;
        for want in wants {
            if want.iter().any(|command| replies.get(*command).is_some()) {
                continue;
            }
            match self.first_of(want, until).await {
                Ok((command, reply)) => replies.insert(command, reply),
                Err(error) if error.is_of_connection() && replies.is_empty() => return Err(error),
                Err(error) => {
                    if !error.is_lack() {
                        replies.miss(want[0], error.reason().as_str());
                    }
                    failure = failure.or(Some(error));
                }
            }
        }
        match failure {
            Some(error) if replies.is_empty() => Err(error),
            _ => Ok(replies),
        }
    }

    /// All in one request. A miner that does not know `+`, or whose joined JSON is beyond repair, is asked one by one from now on.
    async fn ask_joined(&mut self, wants: &[Want], replies: &mut Replies, until: Instant) -> Result<(), Error> {
        let commands: Vec<Command> = wants.iter().filter_map(|want| self.candidates(want).next()).collect();
        if commands.len() < 2 {
            return Ok(());
        }
        let mut joined = match self.fetch(Request::Joined(&commands), until).await {
            Ok(reply) => reply,
            Err(Error::Malformed { .. } | Error::Cut) => {
                self.joins = Joins::No;
                return Ok(());
            }
            Err(error) => {
                // `version` was answered and this was not: perhaps because it is joined. Next time it is asked one by one.
                if self.joins == Joins::Untried {
                    self.joins = Joins::No;
                }
                return Err(error);
            }
        };
        let mut came = false;
        for command in commands {
            let Some(reply) = joined.take_part(command) else { continue };
            came = true;
            if self.learn(command, &reply) {
                replies.insert(command, reply);
            }
        }
        self.joins = if came { Joins::Yes } else { Joins::No };
        Ok(())
    }

    /// The reply to the first of `want` that the miner has.
    async fn first_of(&mut self, want: Want, until: Instant) -> Result<(Command, Reply), Error> {
        let known = want.iter().find_map(|command| self.lacks.get(command).map(|(refusal, _)| (*command, *refusal)));
        let mut failure = known.map(|(command, refusal)| refused(command, refusal));
        let candidates: Vec<Command> = self.candidates(want).collect();
        for command in candidates {
            let reply = self.one(command, until).await?;
            match reply.refusal() {
                None => return Ok((command, reply)),
                Some(refusal) => failure = Some(refused(command, refusal)),
            }
        }
        Err(failure.unwrap_or_else(|| refused(want[0], Refusal::Unknown)))
    }

    fn candidates(&self, want: Want) -> impl Iterator<Item = Command> {
        want.iter().copied().filter(|command| !self.lacks.contains_key(command))
    }

    /// One command, in the dialect that the miner understands.
    async fn one(&mut self, command: Command, until: Instant) -> Result<Reply, Error> {
        let reply = self.fetch(self.request(command), until).await?;
        let reply = match self.request(command) {
            // Firmware from before JSON answers any JSON with an error in text.
            Request::One(_) if reply.refusal().is_some() && reply.form() == Form::Text => {
                let reply = self.fetch(Request::Text(command), until).await?;
                if reply.refusal().is_none() {
                    self.dialect = Dialect::Text;
                }
                reply
            }
            Request::One(_) if reply.refusal() == Some(Refusal::Dialect) => {
                let reply = self.fetch(Request::Cmd(command), until).await?;
                if reply.refusal().is_none() {
                    self.wants_cmd.push(command);
                }
                reply
            }
            _ => reply,
        };
        self.learn(command, &reply);
        Ok(reply)
    }

    fn request(&self, command: Command) -> Request<'static> {
        if command.wants_cmd() || self.wants_cmd.contains(&command) {
            Request::Cmd(command)
        } else if self.dialect == Dialect::Text {
            Request::Text(command)
        } else {
            Request::One(command)
        }
    }

    /// Remembers a refusal, and the program that answered. Gives whether the reply is one.
    fn learn(&mut self, command: Command, reply: &Reply) -> bool {
        if let Some(program) = reply.description() {
            let before = self.programs.insert(command, program.to_owned());
            if before.is_some_and(|before| before != program) {
                self.forget();
            }
        }
        match reply.refusal() {
            None => true,
            Some(refusal) => {
                if matches!(refusal, Refusal::Unknown | Refusal::Denied | Refusal::Dialect) {
                    self.lacks.insert(command, (refusal, ASK_AGAIN_AFTER));
                }
                false
            }
        }
    }

    async fn fetch(&mut self, request: Request<'_>, until: Instant) -> Result<Reply, Error> {
        let left = until.saturating_duration_since(Instant::now());
        if left == Duration::ZERO {
            return Err(Error::Timeout { request: request.name(), after: left });
        }
        match self.client.fetch(request, left).await {
            Err(Error::Empty) if self.has_answered => Err(Error::Died),
            Ok(reply) => {
                self.has_answered = true;
                Ok(reply)
            }
            Err(error) => Err(error),
        }
    }
}

fn refused(command: Command, refusal: Refusal) -> Error {
    let request = command.as_str().to_owned();
    match refusal {
        Refusal::Denied => Error::Denied { request },
        Refusal::NotReady => Error::NotReady,
        Refusal::Other(code) => Error::Status { request, code },
        Refusal::Unknown | Refusal::Dialect | Refusal::Nothing => Error::UnknownCommand { request },
    }
}
