//! What this program is.

use crate::api::Version;

/// Name, version, commit and target of this build.
pub const VERSION: Version = Version {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    commit: option_env!("GSSA_COMMIT"),
    target: env!("GSSA_TARGET"),
};
