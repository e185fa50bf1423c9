//! Which device, of whichever family.

use std::fmt;

use crate::{Spec, axeos, cgminer, mim};

/// A device profile of any family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Model {
    /// A device with AxeOS or its kin.
    Axeos(axeos::Model),
    /// A device with the cgminer API.
    Cgminer(cgminer::Model),
    /// A MIM.
    Mim(mim::Model),
}

impl Model {
    /// The name used in commands and listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Axeos(model) => model.name(),
            Self::Cgminer(model) => model.name(),
            Self::Mim(model) => model.name(),
        }
    }

    /// The kind of source that gssa reads it with.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Axeos(_) => "axeos",
            Self::Cgminer(model) => model.kind().name(),
            Self::Mim(_) => "mim",
        }
    }

    /// The scheme of its address.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Cgminer(_) => "tcp",
            Self::Axeos(_) | Self::Mim(_) => "http",
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl PartialEq<axeos::Model> for Model {
    fn eq(&self, other: &axeos::Model) -> bool {
        *self == Self::Axeos(*other)
    }
}

impl PartialEq<cgminer::Model> for Model {
    fn eq(&self, other: &cgminer::Model) -> bool {
        *self == Self::Cgminer(*other)
    }
}

impl PartialEq<mim::Model> for Model {
    fn eq(&self, other: &mim::Model) -> bool {
        *self == Self::Mim(*other)
    }
}

impl From<axeos::DeviceSpec> for Spec<Model> {
    fn from(spec: axeos::DeviceSpec) -> Self {
        let model = Model::Axeos(spec.model);
        spec.with_model(model)
    }
}

impl From<cgminer::DeviceSpec> for Spec<Model> {
    fn from(spec: cgminer::DeviceSpec) -> Self {
        let model = Model::Cgminer(spec.model);
        spec.with_model(model)
    }
}

impl From<mim::DeviceSpec> for Spec<Model> {
    fn from(spec: mim::DeviceSpec) -> Self {
        let model = Model::Mim(spec.model);
        spec.with_model(model)
    }
}

impl Spec<Model> {
    /// Whether it has a web server beside its API.
    pub fn has_web(&self) -> bool {
        matches!(self.model, Model::Cgminer(model) if model.has_web())
    }

    /// The worker that a miner is at its pool.
    pub fn worker(&self) -> Option<String> {
        match Twin::of(self) {
            Twin::Axeos(spec) => Some(spec.worker()),
            Twin::Cgminer(spec) => Some(spec.worker()),
            Twin::Mim(_) => None,
        }
    }
}

/// A device with the model of its own family.
#[derive(Debug)]
pub(crate) enum Twin {
    Axeos(axeos::DeviceSpec),
    Cgminer(cgminer::DeviceSpec),
    Mim(mim::DeviceSpec),
}

impl Twin {
    pub(crate) fn of(spec: &Spec<Model>) -> Self {
        match spec.model {
            Model::Axeos(model) => Self::Axeos(spec.clone().with_model(model)),
            Model::Cgminer(model) => Self::Cgminer(spec.clone().with_model(model)),
            Model::Mim(model) => Self::Mim(spec.clone().with_model(model)),
        }
    }
}
