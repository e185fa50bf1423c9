//! One device: what it is, how it behaves, who it says it is.

use std::fmt;

use crate::Behaviour;

/// One device of a fleet, of a family with models `M`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec<M> {
    /// Board and firmware.
    pub model: M,
    /// How it behaves from the start.
    pub behaviour: Behaviour,
    /// Where its chance comes from. Two devices with one seed still differ by their number.
    pub seed: u64,
    /// Its number in the fleet: MAC, host name and address come from it.
    pub number: u32,
    /// What its owner calls it.
    pub name: String,
    /// Where it stands.
    pub group: String,
    /// The pool that it works for first; a public one if nothing is said.
    pub pool: Option<Stratum>,
}

/// A pool as a device is configured with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stratum {
    /// The host name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What the user begins with; the host name of the device follows behind a dot.
    pub wallet: String,
}

impl<M: fmt::Display> Spec<M> {
    /// Makes a healthy device.
    pub fn new(model: M, number: u32) -> Self {
        Self {
            name: format!("{model} {number}"),
            model,
            behaviour: Behaviour::Healthy,
            seed: 1,
            number,
            group: "sim".to_owned(),
            pool: None,
        }
    }
}

impl<M> Spec<M> {
    /// Gives the device another behaviour.
    #[must_use]
    pub fn behaving(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Gives the device another seed.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Gives the device a name and a group.
    #[must_use]
    pub fn called(mut self, name: impl Into<String>, group: impl Into<String>) -> Self {
        self.name = name.into();
        self.group = group.into();
        self
    }

    /// Lets the device work for a pool.
    #[must_use]
    pub fn working_for(mut self, pool: Stratum) -> Self {
        self.pool = Some(pool);
        self
    }

    /// The MAC address: locally administered, the number in its last three bytes.
    pub fn mac(&self) -> String {
        let [_, high, middle, low] = self.number.to_be_bytes();
        format!("02:5A:17:{high:02X}:{middle:02X}:{low:02X}")
    }

    /// The address that the device believes to have, private and not the one it listens on.
    pub(crate) fn lan_address(&self) -> String {
        format!("192.168.{}.{}", self.number / 250 % 250, self.number % 250 + 2)
    }

    /// The seed of everything random about this device.
    pub(crate) fn chance_seed(&self) -> u64 {
        fastrand::Rng::with_seed(self.seed ^ (u64::from(self.number) << 20)).u64(..)
    }

    /// The same device, its model put another way.
    pub(crate) fn with_model<N>(self, model: N) -> Spec<N> {
        let Self { model: _, behaviour, seed, number, name, group, pool } = self;
        Spec { model, behaviour, seed, number, name, group, pool }
    }
}
