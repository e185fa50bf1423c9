//! What a template may ask for, by name.

mod avalon;
mod boards;
mod pools;
mod rates;
mod work;

use super::DeviceSpec;
use super::figures::{Board, Figures};
use super::profile::Profile;
use super::template::{At, Source};
use super::value::Value;
use crate::Behaviour;
use crate::chance::between;

/// Stands for two bytes that are not UTF-8 until a reply is turned into bytes.
pub(super) const NOT_UTF8: char = '\u{e000}';

/// A moment of a device, as its replies tell it.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) spec: &'a DeviceSpec,
    pub(super) profile: &'static Profile,
    pub(super) behaviour: Behaviour,
    pub(super) figures: Figures,
    /// Seconds since 1970.
    pub(super) now: u64,
}

impl Scope<'_> {
    /// The machine's clock: without a network it counts from boot.
    pub(super) fn clock(&self) -> u64 {
        if self.profile.clock_from_boot { self.figures.up_secs as u64 } else { self.now }
    }

    /// How long ago the last share was found.
    fn share_age(&self) -> u64 {
        if self.figures.hashing { self.figures.clock_secs as u64 % 9 } else { self.figures.elapsed_secs as u64 / 2 }
    }

    /// A figure of this device that never changes.
    fn own(&self, name: u64, low: f64, high: f64) -> f64 {
        between(self.spec.chance_seed(), name, low, high)
    }

    fn board(&self, at: At) -> Option<&Board> {
        self.figures.boards.iter().find(|board| board.slot == at.number && board.present)
    }

    fn present(&self) -> impl Iterator<Item = &Board> {
        self.figures.boards.iter().filter(|board| board.present)
    }

    /// The speed of a fan, all of them a little different.
    fn rpm(&self, at: At) -> f64 {
        if !self.profile.fans.contains(&at.number) || self.fans_rest() {
            return 0.0;
        }
        let speed = self.figures.fan_rpm * self.own(300 + at.number as u64, 0.97, 1.03);
        (speed / 30.0).round() * 30.0
    }

    /// Whether the fans stand still: in some firmware's sleep.
    fn fans_rest(&self) -> bool {
        self.figures.asleep && self.profile.fact("sleep") == Some("deep")
    }

    fn general(&self, name: &str, at: At) -> Option<Value> {
        let figures = &self.figures;
        let state = |hashing: &str, asleep: &str, stopped: &str| -> Value {
            if figures.hashing {
                hashing.into()
            } else if figures.asleep {
                asleep.into()
            } else {
                stopped.into()
            }
        };
        Some(match name {
            "when" => self.clock().into(),
            "now" => self.now.into(),
            "millis" => (self.now * 1000).into(),
            "elapsed" => (figures.elapsed_secs as u64).into(),
            "up" => (figures.up_secs as u64).into(),
            "boot" => (self.now.saturating_sub(figures.up_secs as u64)).into(),
            "last_share" => (self.clock().saturating_sub(self.share_age())).into(),
            "share_age" => age(self.share_age()).into(),
            "slot" => at.number.into(),
            "place" => at.place.into(),
            "watts" => figures.watts.into(),
            "ambient" => figures.ambient_celsius.into(),
            "mhz" => if figures.hashing { self.profile.mhz } else { 0.0 }.into(),
            "mhz_set" => self.profile.mhz.into(),
            "fan" => (self.rpm(at) as i64).into(),
            "fan0" | "fan1" | "fan2" | "fan3" | "fan4" => {
                let number = name.strip_prefix("fan")?.parse().ok()?;
                (self.rpm(At { number, place: 0 }) as i64).into()
            }
            "fan_percent" => if self.fans_rest() { 0.0 } else { figures.fan_percent }.into(),
            "fan_count" => if self.fans_rest() { 0 } else { self.profile.fans.len() }.into(),
            "mac" => self.spec.mac().to_lowercase().into(),
            "mac_plain" => self.spec.mac().replace(':', "").to_lowercase().into(),
            "serial" => self.spec.serial().into(),
            "chip_id" => self.spec.chip_id().into(),
            "address" => self.spec.lan_address().into(),
            "ssid" => {
                if self.behaviour == Behaviour::BadUtf8 { format!("sim{NOT_UTF8}") } else { "sim-wifi".to_owned() }
                    .into()
            }
            "awake_mode" => u32::from(figures.asleep).into(),
            "sleep_mode" => if figures.asleep { 254 } else { 1 }.into(),
            "mining_state" => state("mining", "stopped", "failure"),
            "verdict_rate" => state("s", "s", "e"),
            "verdict_temp" => if self.behaviour == Behaviour::Overheated { "e" } else { "s" }.into(),
            "verdict_network" => if self.behaviour == Behaviour::NoPool { "e" } else { "s" }.into(),
            "pool_count" => self.profile.pools.into(),
            "description" => self.profile.description.into(),
            "block_height" => (934_210 + (figures.clock_secs / 600.0) as u64).into(),
            _ => self.profile.fact(name)?.into(),
        })
    }
}

impl Source for Scope<'_> {
    fn value(&self, name: &str, at: At) -> Option<Value> {
        rates::value(self, name, at)
            .or_else(|| work::value(self, name))
            .or_else(|| pools::value(self, name, at))
            .or_else(|| boards::value(self, name, at))
            .or_else(|| avalon::value(self, name, at))
            .or_else(|| self.general(name, at))
    }

    fn numbers(&self, repeated: &str) -> Option<Vec<usize>> {
        Some(match repeated {
            "boards" => self.present().map(|board| board.slot).collect(),
            "slots" => self.profile.boards.clone(),
            "fans" if self.fans_rest() => Vec::new(),
            "fans" => self.profile.fans.clone(),
            "pools" => (0..self.profile.pools).collect(),
            "chips" => (0..self.profile.chips).collect(),
            "awake" => vec![0; usize::from(!self.figures.asleep)],
            "asleep" => vec![0; usize::from(self.figures.asleep)],
            _ => return None,
        })
    }
}

/// An age as Bitmain prints it: hours beyond 24 go on.
fn age(secs: u64) -> String {
    format!("{}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60)
}
