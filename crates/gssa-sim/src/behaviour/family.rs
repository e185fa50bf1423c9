//! Which behaviours make sense to whom. The bare name of one with durations stands for those that it has here.

use std::time::Duration;

use super::Behaviour;

/// Whatever answers at a port.
const ANYBODY: [Behaviour; 17] = [
    Behaviour::Healthy,
    Behaviour::Hang,
    Behaviour::Refuse,
    Behaviour::Reset,
    Behaviour::ResetOnAccept,
    Behaviour::ResetMidBody,
    Behaviour::Drip,
    Behaviour::Truncate,
    Behaviour::Oversize,
    Behaviour::Garbage,
    Behaviour::WrongContentType,
    Behaviour::EmptyReply,
    Behaviour::DeepJson,
    Behaviour::NotAMiner,
    Behaviour::SlowAnswer(Duration::from_secs(5)),
    Behaviour::Flapping { up: Duration::from_secs(30), down: Duration::from_secs(15) },
    Behaviour::Reboot { after: Duration::from_secs(300), down: Duration::from_secs(10) },
];

/// Whoever speaks HTTP and nothing else.
const WEB: [Behaviour; 4] = [Behaviour::Redirect, Behaviour::Unauthorized, Behaviour::ServerError, Behaviour::Busy];

/// Whoever mines.
const MINER: [Behaviour; 9] = [
    Behaviour::BadUtf8,
    Behaviour::Paused,
    Behaviour::NoPool,
    Behaviour::OnFallback,
    Behaviour::Overheated,
    Behaviour::PowerFault,
    Behaviour::HardwareFault,
    Behaviour::Frozen,
    Behaviour::Spike,
];

impl Behaviour {
    /// Every behaviour of an AxeOS device.
    pub const ALL: [Self; 31] = joined(&[&ANYBODY, &WEB, &MINER, &[Self::NullFloats]]);

    /// Every behaviour of a device with the cgminer API.
    pub const CGMINER: [Self; 39] = joined(&[
        &ANYBODY,
        &MINER,
        &[
            Self::NoNul,
            Self::NulInside,
            Self::Pieces,
            Self::LargeReply,
            Self::NanValues,
            Self::MissingComma,
            Self::TrailingComma,
            Self::DuplicateKeys,
            Self::AccessDenied,
            Self::ApiClosed,
            Self::ProcessDown,
            Self::Cold,
            Self::MissingBoard,
        ],
    ]);

    /// Every behaviour of a program that serves pages and an API over HTTP and mines nothing.
    pub const MIM: [Self; 21] = joined(&[&ANYBODY, &WEB]);

    /// Every behaviour of a pool.
    pub const POOL: [Self; 25] =
        joined(&[&ANYBODY, &WEB, &[Self::PaymentRequired, Self::Forbidden, Self::NotFound, Self::Frozen]]);
}

/// The parts one after another; a length that is not theirs does not compile.
const fn joined<const N: usize>(parts: &[&[Behaviour]]) -> [Behaviour; N] {
    let mut all = [Behaviour::Healthy; N];
    let mut length = 0;
    let mut part = 0;
    while part < parts.len() {
        let mut at = 0;
        while at < parts[part].len() {
            all[length] = parts[part][at];
            length += 1;
            at += 1;
        }
        part += 1;
    }
    assert!(length == N, "the parts are as many as the whole");
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_family_names_a_behaviour_twice() {
        for family in [&Behaviour::ALL[..], &Behaviour::CGMINER, &Behaviour::MIM, &Behaviour::POOL] {
            let names: HashSet<_> = family.iter().map(Behaviour::name).collect();
            assert_eq!(names.len(), family.len());
        }
    }
}
