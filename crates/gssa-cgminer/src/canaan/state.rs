//! What the machine does.

use gssa_model::unit::Hashrate;
use gssa_model::{HashingState, Pool};

use super::Machine;
use super::module::Work;
use crate::standard::has_no_pool;

/// After a start or a change of the mode it calibrates for one to five minutes.
const STARTING_SECS: u64 = 300;

impl Machine {
    /// SYSTEMSTATU first; machines without it (Nano 3, AUC stacks) by what they hash.
    pub(super) fn state(&self, current: Option<Hashrate>, pools: &[Pool]) -> Option<HashingState> {
        let module = self.only();
        let is_off = module.and_then(|module| module.soft_off).is_some_and(|reason| reason != 0.0);
        match module.and_then(|module| module.work) {
            Some(Work::Fault) => return Some(HashingState::Stopped),
            Some(Work::Starting) => return Some(HashingState::Starting),
            Some(Work::Idle) if is_off => return Some(HashingState::Paused),
            Some(Work::Idle) => return Some(HashingState::Idle),
            Some(Work::Working) | None => {}
        }
        if current?.get() > 0.0 {
            Some(HashingState::Mining)
        } else if is_off {
            Some(HashingState::Paused)
        } else if !pools.is_empty() && has_no_pool(pools) {
            Some(HashingState::Idle)
        } else {
            let is_young = self.uptime_secs().is_some_and(|uptime| uptime <= STARTING_SECS);
            is_young.then_some(HashingState::Starting)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::canaan::testing::machine;
    use gssa_model::HashingState as S;
    use gssa_model::unit::Hashrate;

    #[test]
    fn the_state_is_what_the_machine_says_else_what_it_hashes() {
        for (string, state) in [
            ("SYSTEMSTATU[Work: In Work, Hash Board: 1] GHSspd[5]", Some(S::Mining)),
            ("SYSTEMSTATU[Work: In Work, Hash Board: 1] GHSspd[0] Elapsed[40]", Some(S::Starting)),
            ("SYSTEMSTATU[Work: In Work, Hash Board: 1] GHSspd[0] Elapsed[4000]", None),
            ("SYSTEMSTATU[Work: In Init, Hash Board: 1] GHSspd[0]", Some(S::Starting)),
            ("SYSTEMSTATU[Work: In Idle, Hash Board: 1] GHSspd[0] SoftOFF[4]", Some(S::Paused)),
            ("SYSTEMSTATU[Work: In Idle, Hash Board: 1] GHSspd[0] SoftOFF[0]", Some(S::Idle)),
            ("SYSTEMSTATU[Work: In Fault, Hash Board: 1] GHSspd[0]", Some(S::Stopped)),
            ("GHSspd[3332.40] SoftOFF[0]", Some(S::Mining)),
            ("GHSspd[0] SoftOFF[4]", Some(S::Paused)),
            ("Ver[x]", None),
        ] {
            let machine = machine(string);
            assert_eq!(machine.state(machine.current(), &[]), state, "{string}");
        }
        let stack = machine("Ver[x]");
        assert_eq!(stack.state(Hashrate::from_ths(5.0), &[]), Some(S::Mining));
    }
}
