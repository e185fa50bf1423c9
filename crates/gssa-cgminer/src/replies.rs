//! The replies of one observation, by what was asked.

use gssa_model::Gap;
use gssa_wire::MAX_GAPS;

use crate::wire::row::Lenient;
use crate::{Command, Reply};

/// What a miner answered to the commands of one observation. Replies that are refusals are not in it.
#[derive(Debug, Clone, Default)]
pub struct Replies {
    replies: Vec<(Command, Reply)>,
    /// Commands that were wanted and failed beside others that came.
    pub(crate) gaps: Vec<Gap>,
}

impl Replies {
    /// Adds the reply to `command` unless it is a refusal; a later reply to the same command takes the place of an earlier one.
    pub fn insert(&mut self, command: Command, reply: Reply) {
        if reply.refusal().is_none() {
            self.replies.retain(|(other, _)| *other != command);
            self.replies.push((command, reply));
        }
    }

    /// Adds all replies and gaps of others.
    pub(crate) fn append(&mut self, more: Self) {
        more.replies.into_iter().for_each(|(command, reply)| self.insert(command, reply));
        self.gaps.extend(more.gaps);
    }

    /// The reply to `command`.
    pub fn get(&self, command: Command) -> Option<&Reply> {
        self.replies.iter().find(|(other, _)| *other == command).map(|(_, reply)| reply)
    }

    /// Whether there is no reply at all.
    pub fn is_empty(&self) -> bool {
        self.replies.is_empty()
    }

    /// All of them, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (Command, &Reply)> {
        self.replies.iter().map(|(command, reply)| (*command, reply))
    }

    /// Notes that a command was wanted and failed.
    pub(crate) fn miss(&mut self, command: Command, reason: &str) {
        if self.gaps.len() < MAX_GAPS {
            self.gaps.push(Gap::new(command.as_str(), reason));
        }
    }

    /// The rows of a section of the first of `commands` that was answered.
    pub(crate) fn rows<T: Lenient>(&self, commands: &[Command], section: &str) -> Vec<T> {
        let reply = commands.iter().filter_map(|command| self.get(*command)).find(|reply| reply.has(section));
        reply.map(|reply| reply.rows(section)).unwrap_or_default()
    }

    /// The first of these rows.
    pub(crate) fn row<T: Lenient>(&self, commands: &[Command], section: &str) -> Option<T> {
        self.rows(commands, section).into_iter().next()
    }
}

impl FromIterator<(Command, Reply)> for Replies {
    fn from_iter<I: IntoIterator<Item = (Command, Reply)>>(replies: I) -> Self {
        let mut all = Self::default();
        all.extend(replies);
        all
    }
}

impl Extend<(Command, Reply)> for Replies {
    fn extend<I: IntoIterator<Item = (Command, Reply)>>(&mut self, replies: I) {
        replies.into_iter().for_each(|(command, reply)| self.insert(command, reply));
    }
}
