//! How it answers.

use std::fmt;
use std::str::FromStr;

use super::facts;
use crate::named::{UnknownName, named};

/// A style of API. None of them is known to be that of MIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Model {
    /// Pages only: every path is answered with the page of the app.
    Pages,
    /// One server, bare lists, names in snake case, numbers, 404 with JSON for an unknown path.
    Bare,
    /// Three servers, `/api/v1`, everything in an envelope with `status`, `data`, `errors` and `meta`.
    Enveloped,
    /// Three servers, objects keyed by id, names in camel case, texts as command lines print them; an unknown path gives the page.
    Keyed,
}

/// A path that answers JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// A name for it.
    pub name: &'static str,
    /// The path; `{server}` stands for the id of a server.
    pub path: &'static str,
    /// What it is about: `servers`, `containers` or `products`.
    pub map: &'static str,
}

const fn endpoint(name: &'static str, path: &'static str, map: &'static str) -> Endpoint {
    Endpoint { name, path, map }
}

const BARE: [Endpoint; 3] = [
    endpoint("servers", "/api/server/list", "servers"),
    endpoint("containers", "/api/server/containers", "containers"),
    endpoint("products", "/api/server/products", "products"),
];
const ENVELOPED: [Endpoint; 4] = [
    endpoint("servers", "/api/v1/servers", "servers"),
    endpoint("status", "/api/v1/servers/{server}/status", "servers"),
    endpoint("containers", "/api/v1/servers/{server}/containers", "containers"),
    endpoint("products", "/api/v1/products", "products"),
];
const KEYED: [Endpoint; 3] = [
    endpoint("servers", "/api/server/overview", "servers"),
    endpoint("containers", "/api/server/containers", "containers"),
    endpoint("products", "/api/server/inventory", "products"),
];

impl Model {
    /// Every model.
    pub const ALL: [Self; 4] = [Self::Pages, Self::Bare, Self::Enveloped, Self::Keyed];

    /// The name used in commands and listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pages => "mim-pages",
            Self::Bare => "mim-bare",
            Self::Enveloped => "mim-enveloped",
            Self::Keyed => "mim-keyed",
        }
    }

    /// The paths that answer JSON.
    pub const fn endpoints(self) -> &'static [Endpoint] {
        match self {
            Self::Pages => &[],
            Self::Bare => &BARE,
            Self::Enveloped => &ENVELOPED,
            Self::Keyed => &KEYED,
        }
    }

    /// The ids of its servers.
    pub fn servers(self) -> Vec<&'static str> {
        facts::servers(self).iter().map(|server| server.id).collect()
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Model {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("model", Self::ALL, name)
    }
}
