//! What an Antminer is asked, in which order, and where.

use std::time::Duration;

use gssa_model::{FailureReason, Gap, MinerSnapshot};
use tokio::time::Instant;

use super::normalize;
use super::pages::WebPages;
use crate::collector::Peer;
use crate::talk::Want;
use crate::{Command, Error, Family, Firmware, HttpError, NewApi, Page, Replies, Reply, Request, recognise};

/// The words of the second layout, and the commands whose place they take.
const WORDS: [(NewApi, Command); 3] =
    [(NewApi::Stats, Command::Stats), (NewApi::Summary, Command::Summary), (NewApi::Pools, Command::Pools)];

const WANTS: [Want; 3] = [&[Command::Stats], &[Command::Summary], &[Command::Pools]];

/// `LuxOS` has more to tell than Bitmain.
const LUX_WANTS: [Want; 5] =
    [&[Command::Stats], &[Command::Summary], &[Command::Pools], &[Command::Power], &[Command::Fans]];

/// `BOSminer` and `BOSer` have nothing of Bitmain's layout.
const BRAIINS_WANTS: [Want; 5] =
    [&[Command::Summary], &[Command::Devs], &[Command::Pools], &[Command::Fans], &[Command::Temps]];

/// The settings of `LuxOS` are asked again after so many observations.
const CONFIG_AFTER: u32 = 30;

/// What is known of an Antminer beyond one observation.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    layout: Layout,
    /// The start of the machine that the layout was learned of: the next may be of another firmware.
    generation: u32,
    pages: WebPages,
    /// Who a machine with `LuxOS` is, and the observations until it is asked again.
    config: Option<Reply>,
    config_rest: u32,
}

/// The layout that the machine has on 4028.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Layout {
    #[default]
    Untried,
    Old,
    /// The one of 2021 on, in one request.
    NewTogether,
    /// The same, word by word.
    NewOneByOne,
}

/// Whether 4028 is closed, as opposed to slow or strange.
pub(crate) fn is_closed(failure: &Error) -> bool {
    let reasons = [FailureReason::ConnectionRefused, FailureReason::ConnectionReset, FailureReason::ApiDisabled];
    reasons.contains(&failure.reason()) && !matches!(failure, Error::Denied { .. })
}

/// Asks an Antminer once: on 4028, or through its web interface when that is closed.
pub(crate) async fn observe(peer: &mut Peer<'_>, learned: &mut Learned) -> Result<MinerSnapshot, Error> {
    match observe_api(peer, learned).await {
        Err(failure) if is_closed(&failure) => observe_web(peer, learned, failure, false).await,
        observed => observed,
    }
}

async fn observe_api(peer: &mut Peer<'_>, learned: &mut Learned) -> Result<MinerSnapshot, Error> {
    if learned.generation != peer.talk.generation() {
        (learned.generation, learned.layout, learned.config_rest) = (peer.talk.generation(), Layout::Untried, 0);
    }
    let mut replies = Replies::default();
    replies.extend(peer.version.clone().map(|reply| (Command::Version, reply)));
    match firmware(&replies) {
        _ if !has_bitmain_layout(&replies) => {
            replies.append(peer.talk.ask(&BRAIINS_WANTS, true, peer.until).await?);
        }
        Some(Firmware::LuxOs) => {
            replies.append(peer.talk.ask(&LUX_WANTS, false, peer.until).await?);
            learned.add_config(peer, &mut replies).await;
        }
        _ => learned.ask_bitmain(peer, &mut replies).await?,
    }
    let (pages, gap) = learned.pages.beside(peer, normalize::hashes(&replies)).await;
    let mut snapshot = super::normalize_with(&replies, &pages);
    snapshot.gaps.extend(gap);
    Ok(snapshot)
}

/// The firmware, as far as the replies tell.
fn firmware(replies: &Replies) -> Option<Firmware> {
    match recognise(replies)? {
        Family::Antminer(firmware) | Family::Generic(firmware) => Some(firmware),
        Family::Canaan => None,
    }
}

/// Whether the replies are in one of Bitmain's layouts: Braiins OS has its own from `BOSminer` on.
pub(super) fn has_bitmain_layout(replies: &Replies) -> bool {
    let is_bmminer = |reply: &Reply| reply.description().is_some_and(|program| program.starts_with("bmminer"));
    firmware(replies) != Some(Firmware::BraiinsOs) || replies.iter().any(|(_, reply)| is_bmminer(reply))
}

impl Learned {
    /// The second layout where the machine has it, else the first.
    async fn ask_bitmain(&mut self, peer: &mut Peer<'_>, replies: &mut Replies) -> Result<(), Error> {
        match self.layout {
            Layout::Untried if may_have_new_layout(replies) => {
                if let Ok(stats) = fetch(peer, Request::NewApi(NewApi::Stats)).await
                    && stats.refusal().is_none()
                    && stats.has("STATS")
                {
                    // A machine that does not know the flag ignores it: then this is the reply of the first layout.
                    self.layout = if stats.has("INFO") { Layout::NewTogether } else { Layout::Old };
                    replies.insert(Command::Stats, stats);
                } else {
                    self.layout = Layout::Old;
                }
            }
            Layout::Untried => self.layout = Layout::Old,
            Layout::Old | Layout::NewTogether | Layout::NewOneByOne => {}
        }
        if self.layout == Layout::NewTogether {
            self.ask_together(peer, replies).await?;
        }
        if self.layout == Layout::NewOneByOne {
            ask_one_by_one(peer, replies).await?;
        }
        let missing: Vec<Want> =
            WANTS.into_iter().filter(|want| want.iter().all(|command| replies.get(*command).is_none())).collect();
        let has_figures = missing.len() < WANTS.len();
        match peer.talk.ask(&missing, false, peer.until).await {
            Ok(more) => replies.append(more),
            Err(Error::UnknownCommand { .. } | Error::Denied { .. }) if has_figures => {}
            Err(error) if has_figures => replies.miss(missing[0][0], error.reason().as_str()),
            Err(error) => {
                self.layout = Layout::Untried;
                return Err(error);
            }
        }
        Ok(())
    }

    async fn ask_together(&mut self, peer: &mut Peer<'_>, replies: &mut Replies) -> Result<(), Error> {
        let wanted = WORDS.iter().filter(|(_, command)| replies.get(*command).is_none());
        let wanted: Vec<(NewApi, Command)> = wanted.copied().collect();
        let words: Vec<NewApi> = wanted.iter().map(|(word, _)| *word).collect();
        let mut together = fetch(peer, Request::NewApis(&words)).await;
        let mut came = false;
        if let Ok(together) = &mut together {
            for (_, command) in wanted {
                let Some(part) = together.take_part(command).filter(|part| part.has("INFO")) else { continue };
                came = true;
                replies.insert(command, part);
            }
        }
        match together {
            Ok(_) | Err(Error::Malformed { .. } | Error::Cut) if !came => self.layout = Layout::NewOneByOne,
            Ok(_) => {}
            Err(error) if replies.get(Command::Stats).is_none() => return Err(error),
            Err(error) => replies.miss(Command::Summary, error.reason().as_str()),
        }
        Ok(())
    }

    /// Who it is: asked at first contact, now and then, and while it does not hash, since it also tells whether it was curtailed.
    async fn add_config(&mut self, peer: &mut Peer<'_>, replies: &mut Replies) {
        self.config_rest = self.config_rest.saturating_sub(1);
        if self.config_rest == 0 || !normalize::hashes(replies) {
            match peer.talk.ask(&[&[Command::Config]], false, peer.until).await {
                Ok(more) => {
                    self.config = more.get(Command::Config).cloned();
                    self.config_rest = CONFIG_AFTER;
                }
                Err(Error::UnknownCommand { .. } | Error::Denied { .. }) => {}
                Err(error) => replies.miss(Command::Config, error.reason().as_str()),
            }
        }
        replies.extend(self.config.clone().map(|config| (Command::Config, config)));
    }
}

async fn ask_one_by_one(peer: &mut Peer<'_>, replies: &mut Replies) -> Result<(), Error> {
    for (word, command) in WORDS {
        if replies.get(command).is_some() {
            continue;
        }
        match fetch(peer, Request::NewApi(word)).await {
            Ok(reply) if reply.has("INFO") => replies.insert(command, reply),
            Ok(_) => {}
            Err(error) if command == Command::Stats => return Err(error),
            Err(error) => replies.miss(command, error.reason().as_str()),
        }
    }
    Ok(())
}

/// Firmware from the S17 on calls itself so; only some of it has the second layout. Without `version` anything may be.
fn may_have_new_layout(replies: &Replies) -> bool {
    let is_bitmain = firmware(replies).is_none_or(|firmware| firmware == Firmware::Bitmain);
    let version = replies.get(Command::Version).and_then(Reply::description);
    is_bitmain && version.is_none_or(|program| program.starts_with("cgminer 1."))
}

async fn fetch(peer: &Peer<'_>, request: Request<'_>) -> Result<Reply, Error> {
    peer.talk.client().fetch(request, left(peer)).await
}

fn left(peer: &Peer<'_>) -> Duration {
    peer.until.saturating_duration_since(Instant::now())
}

/// Reads a machine through its web interface alone, when 4028 failed with `failure`: newer builds close it asleep.
///
/// Without credentials it is asked once, at first contact, to say whether a login would help.
pub(crate) async fn observe_web(
    peer: &mut Peer<'_>,
    learned: &mut Learned,
    failure: Error,
    is_first_contact: bool,
) -> Result<MinerSnapshot, Error> {
    if peer.options.credentials.is_none() {
        let asked = if is_first_contact { Some(learned.pages.fetch(peer, Page::Stats).await) } else { None };
        return match asked {
            Some(Err(error @ HttpError::PasswordNeeded { .. })) => Err(error.into()),
            _ => Err(failure),
        };
    }
    if let Some(refused) = learned.pages.refused_login() {
        return Err(refused.into());
    }
    let mut replies = Replies::default();
    for (page, command) in
        [(Page::Stats, Command::Stats), (Page::Summary, Command::Summary), (Page::Pools, Command::Pools)]
    {
        match learned.pages.fetch(peer, page).await {
            Ok(reply) => replies.insert(command, reply),
            Err(error) => match error.reason() {
                FailureReason::PasswordNeeded | FailureReason::PasswordWrong => {
                    learned.pages.note(page, &error);
                    return Err(error.into());
                }
                // Nothing listens behind the pages, or none are there: the settings may say that it sleeps.
                _ if command == Command::Stats => break,
                reason => replies.gaps.push(Gap::new(page.path(), reason.as_str())),
            },
        }
    }
    learned.pages.succeeded();
    let (pages, gap) = learned.pages.beside(peer, normalize::hashes(&replies)).await;
    let mut snapshot = super::normalize_with(&replies, &pages);
    snapshot.gaps.extend(gap);
    let tells = !replies.is_empty() || snapshot.hashing.state.is_some();
    if tells { Ok(snapshot) } else { Err(failure) }
}
