//! The configuration: layers, checks, secrets, and the file.
//!
//! ```text
//! built-in ─┐
//! file ─────┤ layers ─► structure ─► raw ─► valid ─► Loaded ─► everyone
//! GSSA_…__… ┤ (merge)   (types,     (as     (meaning,
//! flags ────┘            keys)      written) defaults)
//! ```
//!
//! | rule | where |
//! |---|---|
//! | every problem at once, with its path | [`Problem`]; the types of `raw` are the schema, and the schema is what is checked by |
//! | the agent always starts | a wrong part falls back to its default, a wrong source is left out, both are listed |
//! | a running configuration is never replaced by a wrong one | [`Configuration::put`] and [`Configuration::reload`] refuse errors |
//! | a file that cannot be read or parsed is never overwritten | [`PutError::FileBroken`] |
//! | errors of the environment do not stop a save | a save cannot repair them |
//! | no secret is shown, logged or put into a message | [`Secret`], [`SECRET_KEYS`] |
//!
//! A source stays out when its id, kind, address or `enabled` is wrong; anything else wrong with it falls back. Tokens, hooks and
//! uplinks stay out when anything is wrong with them: they let others in or data out.

mod check;
mod defaults;
mod fields;
mod file;
mod ids;
mod layers;
mod mask;
mod nearest;
mod owner;
mod plans;
mod problems;
pub mod raw;
mod save;
mod schema;
mod secret;
mod shape;
mod structure;
mod valid;
mod versions;
mod watch;

pub use fields::FieldRule;
pub use file::FileState;
pub use gssa_view::plan::Limit;
pub use layers::Override;
pub use owner::{Configuration, Loaded, Options};
pub use problems::{Level, Problem};
pub use save::PutError;
pub use schema::schema;
pub use secret::{KEYS as SECRET_KEYS, MASK, Secret, Written, read_file as read_secret_file};
pub use valid::{
    Agent, ApiToken, Config, Credentials, Dialect, Discovery, Endpoint, EndpointMap, Hook, Limits, LogFile, LogFormat,
    LogLevel, Logging, Pace, Password, Polling, Schedule, Scope, Server, Service, Source, Uplink,
};
pub use versions::{MAX_VERSIONS, Version};
