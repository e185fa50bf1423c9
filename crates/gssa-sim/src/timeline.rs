//! The life of a device: boots, and for how long it has hashed, as a function of time.

use std::time::Duration;

use crate::chance::between;
use crate::{Behaviour, Phase, Spec};

/// Shortest and longest time that a device is already up when a fleet starts.
const UP_AT_START_SECS: (f64, f64) = (900.0, 20.0 * 86_400.0);

/// A moment in the life of a device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Since the last boot.
    pub up_secs: f64,
    /// Of those, how long shares were found.
    pub session_hashing_secs: f64,
    /// How long shares were found since the device was built.
    pub lifetime_hashing_secs: f64,
    /// The clock that wandering figures follow. It stands still in a frozen device.
    pub clock_secs: f64,
    /// Boots since the fleet started.
    pub boots: u32,
}

/// When a device booted and how it has behaved since. All times count from the start of the fleet.
#[derive(Debug, Clone)]
pub struct Timeline {
    behaviour: Behaviour,
    /// When the behaviour began. In the future while a restart is under way.
    began: Duration,
    /// Since when the device is down for a restart that somebody asked for.
    restarting_since: Option<Duration>,
    /// The moment as it was when the behaviour began.
    base: Moment,
}

impl Timeline {
    /// Starts the timeline of a device that has been up for a while.
    pub fn new<M>(spec: &Spec<M>) -> Self {
        let seed = spec.chance_seed();
        let up_secs = between(seed, 1, UP_AT_START_SECS.0, UP_AT_START_SECS.1).floor();
        let base = Moment {
            up_secs,
            session_hashing_secs: up_secs,
            lifetime_hashing_secs: up_secs * 4.0 + between(seed, 2, 10.0, 200.0) * 86_400.0,
            clock_secs: 0.0,
            boots: 0,
        };
        Self { behaviour: spec.behaviour, began: Duration::ZERO, restarting_since: None, base }
    }

    /// The behaviour in force.
    pub fn behaviour(&self) -> Behaviour {
        self.behaviour
    }

    /// Whether the port is open, and when that changes.
    pub fn phase(&self, elapsed: Duration) -> Phase {
        if self.restarting_since.is_some_and(|since| elapsed >= since) && elapsed < self.began {
            return Phase::Down { until: Some(self.began) };
        }
        match self.behaviour.phase(elapsed.saturating_sub(self.began)) {
            Phase::Up { until } => Phase::Up { until: until.map(|until| until + self.began) },
            Phase::Down { until } => Phase::Down { until: until.map(|until| until + self.began) },
        }
    }

    /// The moment at `elapsed`.
    pub fn moment(&self, elapsed: Duration) -> Moment {
        let since_secs = elapsed.saturating_sub(self.began).as_secs_f64();
        let clock_secs =
            if self.behaviour == Behaviour::Frozen { self.began.as_secs_f64() } else { elapsed.as_secs_f64() };
        if let Behaviour::Reboot { after, down } = self.behaviour
            && !after.is_zero()
        {
            return self.rebooting(since_secs, after.as_secs_f64(), down.as_secs_f64(), clock_secs);
        }
        let hashed_secs = if self.behaviour.finds_shares() { since_secs } else { 0.0 };
        Moment {
            up_secs: self.base.up_secs + since_secs,
            session_hashing_secs: self.base.session_hashing_secs + hashed_secs,
            lifetime_hashing_secs: self.base.lifetime_hashing_secs + hashed_secs,
            clock_secs,
            boots: self.base.boots,
        }
    }

    fn rebooting(&self, since_secs: f64, after_secs: f64, down_secs: f64, clock_secs: f64) -> Moment {
        let boots = (since_secs / (after_secs + down_secs)).floor();
        let run_secs = (since_secs - boots * (after_secs + down_secs)).min(after_secs);
        let (up_before, hashing_before) =
            if boots > 0.0 { (0.0, 0.0) } else { (self.base.up_secs, self.base.session_hashing_secs) };
        Moment {
            up_secs: up_before + run_secs,
            session_hashing_secs: hashing_before + run_secs,
            lifetime_hashing_secs: self.base.lifetime_hashing_secs + boots * after_secs + run_secs,
            clock_secs,
            boots: self.base.boots + boots as u32,
        }
    }

    /// Changes the behaviour; counters go on from where they are.
    pub fn set_behaviour(&mut self, behaviour: Behaviour, elapsed: Duration) {
        self.base = self.moment(elapsed);
        self.behaviour = behaviour;
        // A restart under way still ends when it would have.
        self.began = self.began.max(elapsed);
    }

    /// Restarts the device: closed for `down`, then uptime, shares and session best begin anew.
    pub fn restart(&mut self, elapsed: Duration, down: Duration) {
        let now = self.moment(elapsed);
        self.base = Moment { up_secs: 0.0, session_hashing_secs: 0.0, boots: now.boots + 1, ..now };
        self.restarting_since = Some(elapsed);
        self.began = elapsed + down;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axeos::{DeviceSpec, Model};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_pause_stops_the_shares_but_not_the_clock() {
        let mut timeline = Timeline::new(&DeviceSpec::new(Model::GammaV2_12_2, 1));
        let start = timeline.moment(Duration::ZERO);
        timeline.set_behaviour(Behaviour::Paused, SECOND * 10);
        timeline.set_behaviour(Behaviour::Healthy, SECOND * 30);
        let later = timeline.moment(SECOND * 35);
        assert_eq!((later.up_secs - start.up_secs) as u64, 35);
        assert_eq!((later.session_hashing_secs - start.session_hashing_secs) as u64, 15);
    }

    #[test]
    fn a_reboot_begins_the_session_anew_and_keeps_the_lifetime() {
        let reboot = Behaviour::Reboot { after: SECOND * 60, down: SECOND * 10 };
        let timeline = Timeline::new(&DeviceSpec::new(Model::GammaV2_12_2, 1).behaving(reboot));
        let before = timeline.moment(SECOND * 59);
        assert!(before.up_secs > 900.0 && timeline.phase(SECOND * 59).is_up());
        assert_eq!(timeline.phase(SECOND * 61), Phase::Down { until: Some(SECOND * 70) });
        let after = timeline.moment(SECOND * 75);
        assert_eq!((after.up_secs as u64, after.session_hashing_secs as u64, after.boots), (5, 5, 1));
        assert!(after.lifetime_hashing_secs > before.lifetime_hashing_secs);
    }

    #[test]
    fn a_restart_on_request_closes_the_port_for_a_while() {
        let mut timeline = Timeline::new(&DeviceSpec::new(Model::GammaV2_12_2, 1));
        timeline.restart(SECOND * 5, SECOND * 3);
        assert_eq!(timeline.phase(SECOND * 6), Phase::Down { until: Some(SECOND * 8) });
        assert_eq!(timeline.phase(SECOND * 8), Phase::Up { until: None });
        assert_eq!(timeline.moment(SECOND * 12).up_secs as u64, 4);
    }
}
