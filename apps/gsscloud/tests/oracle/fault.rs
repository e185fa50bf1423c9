//! What goes wrong, and in which order.

use std::fmt;

use fastrand::Rng;

/// One way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// In the middle of what the agent says.
    Cut,
    /// In the middle of what it is told, so that an acknowledgement may be lost.
    CutBack,
    /// Nothing passes for some seconds, and then everything does, or the connection is cut.
    HalfOpen,
    /// The same until the agent itself gives up.
    HalfOpenForLong,
    /// What the agent says is not read.
    NeverReads,
    /// Everything is stored, and nothing of it acknowledged.
    NoAcks,
    /// The same until the agent itself gives up.
    NoAcksForLong,
    Refused,
    Status401,
    Status413,
    Status429,
    Status503,
    RedirectLoop,
    CloudKilled,
    CloudRestarted,
    AgentKilled,
    AgentRestarted,
    /// It ends in order, and cannot say goodbye.
    AgentEndsAway,
    /// SIGSTOP, and SIGCONT after a while.
    Sleep,
    /// Cut for so long that a small memory is full.
    RingFull,
    Expired,
    DnsDead,
    ClockJump,
    /// The proxy that is asked for a tunnel says no.
    NoTunnel,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = '0';
        for letter in format!("{self:?}").chars() {
            let begins_word = letter.is_uppercase() || (letter.is_ascii_digit() && !before.is_ascii_digit());
            if begins_word && before != '0' {
                f.write_str(" ")?;
            }
            write!(f, "{}", letter.to_ascii_lowercase())?;
            before = letter;
        }
        Ok(())
    }
}

/// How an agent reaches the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// `ws://`, with a small memory and many devices.
    Plain,
    /// `http://`: one POST after the other.
    Post,
    /// `wss://` and a name; with another clock and names of its own where the machine can do that.
    Named,
    /// `ws://` through a proxy that is asked for a tunnel.
    Tunnel,
}

/// What the machine can do beside the ordinary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    pub(crate) clock: bool,
    pub(crate) names: bool,
}

/// What goes wrong with one agent.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) path: Path,
    pub(crate) faults: Vec<Kind>,
    pub(crate) rng: Rng,
}

use Kind::*;

const ANYWHERE: [Kind; 17] = [
    Cut,
    Cut,
    CutBack,
    HalfOpen,
    NeverReads,
    NoAcks,
    Refused,
    Status401,
    Status413,
    Status429,
    Status503,
    RedirectLoop,
    CloudKilled,
    AgentKilled,
    AgentRestarted,
    AgentEndsAway,
    Sleep,
];

impl Path {
    fn own(self, means: Means) -> Vec<Kind> {
        match self {
            Self::Plain => vec![RingFull, CloudRestarted],
            Self::Post => vec![Status413, CloudRestarted],
            Self::Named => {
                let own = [(true, Expired), (means.names, DnsDead), (means.clock, ClockJump)];
                own.into_iter().filter(|(can, _)| *can).map(|(_, kind)| kind).collect()
            }
            Self::Tunnel => vec![NoTunnel],
        }
    }
}

/// Each kind once, dealt so that what takes a minute happens at the same time.
pub(crate) fn short(rng: &mut Rng, means: Means) -> Vec<Script> {
    let mut named = Path::Named.own(means);
    named.push(Cut);
    // What ends the receiver comes last: it waits for those that wait for a minute.
    let scripts = [
        (Path::Plain, vec![CutBack, RingFull, AgentKilled, CloudKilled]),
        (Path::Post, vec![Status413, Status429, NoAcks, Cut, RedirectLoop, CloudRestarted]),
        (Path::Named, named),
        (Path::Tunnel, vec![NoTunnel, AgentRestarted, Status401, HalfOpen, NeverReads, Status503, Refused, Sleep]),
        (Path::Tunnel, vec![HalfOpenForLong, AgentEndsAway]),
        (Path::Plain, vec![NoAcksForLong]),
    ];
    scripts.into_iter().map(|(path, faults)| Script { path, faults, rng: rng.fork() }).collect()
}

/// So many at least, at eight agents.
pub(crate) fn long(rng: &mut Rng, means: Means, faults: usize) -> Vec<Script> {
    let paths = [Path::Plain, Path::Post, Path::Named, Path::Tunnel];
    let script = |path: Path, rng: &mut Rng| {
        let mut rng = rng.fork();
        // What takes a minute, once for each and at the same time.
        let mut script = vec![if path == Path::Tunnel { HalfOpenForLong } else { NoAcksForLong }];
        while script.len() < faults.div_ceil(8) {
            let mut bag = ANYWHERE.to_vec();
            bag.extend(path.own(means));
            rng.shuffle(&mut bag);
            script.extend(bag);
        }
        script.truncate(faults.div_ceil(8));
        Script { path, faults: script, rng }
    };
    paths.into_iter().chain(paths).map(|path| script(path, rng)).collect()
}
