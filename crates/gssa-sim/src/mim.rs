//! Twins of MIM, the Mining Infrastructure Manager. **All invented**: MIM is closed, and no page and no answer of its API was ever
//! published. They are what a program of this kind could answer, in four styles, so that a client can be held to cope with any.
//!
//! | what | how |
//! |---|---|
//! | `/`, `/version` | pages; the version is on the second one |
//! | [`Model::endpoints`] | servers, containers and products in the style of the model, paths and all invented |
//! | `/sim/401`, `/sim/402`, …, `/sim/html`, `/sim/redirect`, `/sim/slow`, `/sim/huge`, `/sim/text` | one path that misbehaves while the others are well |
//! | `/sim/events`, `/sim/silent-events` | event streams that never end, with an event each second and with none |
//! | `/api/server/updates` | 404, as the real one answers since 3.2.0, which is all that is known of it |
//! | anything but GET | counted, and refused with 405 |

mod facts;
mod model;
mod route;
mod serve;
mod style;

use crate::Spec;

pub use model::{Endpoint, Model};

/// One MIM.
pub type DeviceSpec = Spec<Model>;

pub(crate) use serve::serve;
