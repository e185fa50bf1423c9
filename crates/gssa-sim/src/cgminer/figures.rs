//! What a machine measures at a moment: a pure function, the same for the same seed.

use std::time::Duration;

use super::DeviceSpec;
use super::profile::Profile;
use crate::chance::{Wander, between};
use crate::work::Work;
use crate::{Behaviour, Moment, Timeline};

/// How far the hashrate wanders from the rated one.
const HASHRATE_SPREAD: f64 = 0.03;
const AMBIENT_CELSIUS: f64 = 26.0;
const COLD_CELSIUS: f64 = -18.0;
/// How fast a machine warms up after boot.
const WARM_UP_SECS: f64 = 150.0;
/// The chips are this much warmer than the board beside them.
const CHIP_OVER_BOARD: f64 = 15.0;
/// Where protection stops a machine.
const OVERHEAT_CELSIUS: f64 = 96.0;
/// The share of the power that a stopped machine still takes.
const IDLE_POWER: f64 = 0.02;

/// What a machine measures and has counted.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named after its unit and its meaning")]
pub struct Figures {
    pub hashing: bool,
    /// Whether somebody has put it to sleep.
    pub asleep: bool,
    /// Since the mining process started.
    pub elapsed_secs: f64,
    pub up_secs: f64,
    /// The clock that wandering figures follow.
    pub clock_secs: f64,
    pub rated_hps: f64,
    /// Since start; it falls slowly when hashing has stopped.
    pub average_hps: f64,
    pub total_hashes: f64,
    pub boards: Vec<Board>,
    pub ambient_celsius: f64,
    pub fan_percent: f64,
    pub fan_rpm: f64,
    pub watts: f64,
    pub accepted: u64,
    pub rejected: u64,
    pub pool_difficulty: f64,
    pub best_difficulty: f64,
    pub hardware_errors: u64,
    /// Whether the first pool is in use.
    pub pool_in_use: Option<usize>,
    noise: Wander,
    spike: f64,
}

/// One hash board.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each field is named after its unit and its meaning")]
pub struct Board {
    /// Its number, as the firmware counts.
    pub slot: usize,
    pub present: bool,
    /// Its part of the whole rate.
    pub share: f64,
    pub chips: usize,
    pub board_celsius: f64,
    pub chip_celsius: f64,
    pub hardware_errors: u64,
}

/// Gives the figures of a machine, `elapsed` after its fleet started.
pub fn figures(spec: &DeviceSpec, elapsed: Duration) -> Figures {
    figures_at(spec, spec.behaviour, &Timeline::new(spec).moment(elapsed))
}

/// Gives the figures of a machine at a moment of its life.
pub fn figures_at(spec: &DeviceSpec, behaviour: Behaviour, moment: &Moment) -> Figures {
    let profile = spec.model.profile();
    let seed = spec.chance_seed();
    let work = Work::new(seed, profile.rate, profile.algorithm.hashes_per_difficulty(), moment);
    let hashing = behaviour.hashes();
    let heat = Heat::new(seed, profile, behaviour, moment);
    let hashed = moment.session_hashing_secs / moment.up_secs.max(1.0);
    let errors = (profile.rate / profile.unit * moment.session_hashing_secs / 4e7) as u64;
    let boards = boards(seed, profile, behaviour, &heat, errors);
    let load = 1.0 + 0.02 * Wander::new(seed, 22, [9.0, 75.0, 1300.0]).at(moment.clock_secs);
    Figures {
        hashing,
        asleep: behaviour == Behaviour::Paused,
        elapsed_secs: (moment.up_secs - 12.0).max(0.0),
        up_secs: moment.up_secs,
        clock_secs: moment.clock_secs,
        rated_hps: profile.rate,
        average_hps: profile.rate * hashed * (1.0 + 0.003 * between(seed, 23, -1.0, 1.0)),
        total_hashes: profile.rate * moment.session_hashing_secs,
        ambient_celsius: heat.ambient,
        fan_percent: heat.fan_percent,
        fan_rpm: heat.fan_percent / 100.0 * profile.rpm,
        watts: profile.watts * if hashing { load } else { IDLE_POWER },
        accepted: work.accepted,
        rejected: work.rejected,
        pool_difficulty: work.pool_difficulty,
        best_difficulty: work.best_session,
        hardware_errors: boards.iter().map(|board| board.hardware_errors).sum(),
        pool_in_use: match behaviour {
            Behaviour::NoPool => None,
            Behaviour::OnFallback => Some(1),
            _ => Some(0),
        },
        noise: Wander::new(seed, 11, [17.0, 190.0, 2400.0]),
        spike: if behaviour == Behaviour::Spike { 10.0 } else { 1.0 },
        boards,
    }
}

impl Figures {
    /// The rate over the last seconds. It climbs from nothing after a start, as the firmware's decaying means do.
    pub fn hps(&self, window_secs: f64) -> f64 {
        if !self.hashing {
            return 0.0;
        }
        let climbed = 1.0 - (-self.elapsed_secs * 3.0 / window_secs.max(1.0)).exp();
        let noise = self.noise.mean(self.clock_secs, window_secs.min(self.elapsed_secs));
        let working: f64 = self.boards.iter().filter(|board| board.present).map(|board| board.share).sum();
        let spike = if window_secs < 60.0 { self.spike } else { 1.0 };
        self.rated_hps * working * climbed * (1.0 + HASHRATE_SPREAD * noise) * spike
    }

    /// The rate of one board.
    pub fn board_hps(&self, board: &Board) -> f64 {
        let working: f64 = self.boards.iter().filter(|board| board.present).map(|board| board.share).sum();
        if board.present && working > 0.0 { self.hps(5.0) * board.share / working } else { 0.0 }
    }
}

fn boards(seed: u64, profile: &Profile, behaviour: Behaviour, heat: &Heat, errors: u64) -> Vec<Board> {
    let count = profile.boards.len();
    let missing = behaviour == Behaviour::MissingBoard;
    let board = |(place, slot): (usize, &usize)| {
        let name = 100 + place as u64;
        // A single board is never the one that is missing: there would be no machine left.
        let present = !(missing && place == 0 && count > 1);
        let chip = heat.chip + between(seed, name, -2.5, 2.5);
        Board {
            slot: *slot,
            present,
            share: 1.0 / count as f64,
            chips: if present { profile.chips } else { 0 },
            chip_celsius: chip,
            board_celsius: chip - (CHIP_OVER_BOARD * heat.warmth).max(1.0),
            hardware_errors: if present { errors / count as u64 + (errors * place as u64) % 7 } else { 0 },
        }
    };
    profile.boards.iter().enumerate().map(board).collect()
}

/// Temperatures, and the fans that follow them.
struct Heat {
    ambient: f64,
    chip: f64,
    warmth: f64,
    fan_percent: f64,
}

impl Heat {
    fn new(seed: u64, profile: &Profile, behaviour: Behaviour, moment: &Moment) -> Self {
        let drift = Wander::new(seed, 51, [45.0, 330.0, 2700.0]).at(moment.clock_secs);
        let cold = behaviour == Behaviour::Cold;
        let ambient = if cold { COLD_CELSIUS } else { AMBIENT_CELSIUS } + drift;
        let warmed = 1.0 - (-moment.up_secs / WARM_UP_SECS).exp();
        if behaviour == Behaviour::Overheated {
            return Self { ambient: ambient + 12.0, chip: OVERHEAT_CELSIUS + drift, warmth: 1.0, fan_percent: 100.0 };
        }
        if cold {
            return Self { ambient, chip: ambient + 12.0, warmth: 0.2, fan_percent: 15.0 };
        }
        if !behaviour.hashes() {
            return Self { ambient, chip: ambient + 6.0, warmth: 0.1, fan_percent: 20.0 };
        }
        let chip = ambient + (profile.chip_celsius - AMBIENT_CELSIUS) * warmed;
        let base = between(seed, 52, 45.0, 80.0);
        Self { ambient, chip, warmth: warmed, fan_percent: (base * (0.5 + 0.5 * warmed) + 4.0 * drift).min(100.0) }
    }
}
