//! The sessions of one worker name, taken together.

use std::collections::BTreeMap;

use gssa_model::Timestamp;
use gssa_wire::{Count, Field};

use crate::wire::group::{ByName, Entries};
use crate::wire::gse::Session;
use crate::wire::scalar::{RemoteIp, When};

/// The readable members of an object by coin key.
pub(super) fn members<T>(field: &Field<ByName<T>>) -> impl Iterator<Item = (&str, &T)> {
    field.known().into_iter().flat_map(ByName::known)
}

pub(super) fn count(field: &Field<Count>) -> Option<u64> {
    field.get().map(|count| count.0)
}

/// The sessions of one worker name: at least one. Each carries the same counters, read a moment apart.
#[derive(Debug)]
pub(super) struct NamedSessions<'a>(Vec<&'a Session>);

/// The sessions by worker name. One without a name has not authorised and is nobody's.
pub(super) fn by_worker(entries: &Entries<Session>) -> BTreeMap<&str, NamedSessions<'_>> {
    let mut workers: BTreeMap<&str, NamedSessions<'_>> = BTreeMap::new();
    for session in entries.known() {
        if let Some(name) = session.worker_name.text() {
            workers.entry(name).or_insert_with(|| NamedSessions(Vec::new())).0.push(session);
        }
    }
    workers
}

impl NamedSessions<'_> {
    pub(super) const fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn accepted(&self) -> Option<u64> {
        self.most(|session| &session.shares_accepted)
    }

    pub(super) fn rejected(&self) -> Option<u64> {
        self.most(|session| &session.shares_rejected)
    }

    pub(super) fn stale(&self) -> Option<u64> {
        self.most(|session| &session.shares_stale)
    }

    pub(super) fn blocks(&self) -> Option<u64> {
        self.most(|session| &session.blocks_found)
    }

    pub(super) fn best(&self) -> Option<f64> {
        self.0.iter().filter_map(|session| session.best_difficulty.get()).reduce(f64::max)
    }

    /// The difficulty where it is the same for all.
    pub(super) fn common_difficulty(&self) -> Option<f64> {
        let mut difficulties = self.0.iter().map(|session| session.difficulty.get());
        let first = difficulties.next()??;
        difficulties.all(|other| other == Some(first)).then_some(first)
    }

    /// The mean difficulty. The engine aims at the same number of shares from each session, so that it is that of a share.
    pub(super) fn mean_difficulty(&self) -> Option<f64> {
        let known: Vec<f64> = self.0.iter().filter_map(|session| session.difficulty.get()).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    }

    pub(super) fn connected_at(&self) -> Option<Timestamp> {
        self.latest(|session| &session.connected_at)
    }

    pub(super) fn last_share_at(&self) -> Option<Timestamp> {
        self.latest(|session| &session.last_share_time)
    }

    /// The address that all come from.
    pub(super) fn address(&self) -> Option<String> {
        let mut addresses = self.0.iter().map(|session| session.remote_addr.get());
        let RemoteIp(first) = addresses.next()??;
        addresses.all(|other| other == Some(RemoteIp(first))).then(|| first.to_string())
    }

    fn most(&self, member: impl Fn(&Session) -> &Field<Count>) -> Option<u64> {
        self.0.iter().filter_map(|session| count(member(session))).max()
    }

    fn latest(&self, member: impl Fn(&Session) -> &Field<When>) -> Option<Timestamp> {
        self.0.iter().filter_map(|session| member(session).get()).max().map(|when| when.0)
    }
}
