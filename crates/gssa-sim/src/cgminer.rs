//! Twins of the devices that speak the cgminer API over TCP: Antminer, Avalon and the many others.
//!
//! A model is a sheet: a text file with its facts and with one template for each reply of that firmware, keys in the
//! firmware's order. [`figures_at`] says what a machine measures at a moment; a reply is the template with those
//! figures in it. The transport is one thread's worth: one connection after another, one read, one reply, a NUL, the
//! end.
//!
//! | quirk | where |
//! | --- | --- |
//! | a request is what one read of 4095 bytes brings; what comes later turns the close into a reset | `serve` |
//! | an idle connection blocks all others, for ten seconds where the firmware has a limit and for ever elsewhere | `serve` |
//! | commands that change something are refused with code 45 and counted | `answer` |
//! | joined commands where the firmware knows `+`, code 14 elsewhere | `answer` |
//! | `new_api` and lists of commands, digest login with `root` and `root` | `answer`, `web` |

mod answer;
mod figures;
mod misbehave;
mod model;
mod profile;
mod reply;
mod request;
mod scope;
mod serve;
mod sheet;
mod spec;
mod template;
mod text;
mod value;
mod web;

pub use figures::{Board, Figures, figures, figures_at};
pub use model::{Kind, Model};
pub use reply::{reply, web_page};
pub use spec::DeviceSpec;

pub(crate) use serve::serve;
pub(crate) use web::serve as serve_web;
