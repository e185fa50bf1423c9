//! A member of a reply, read as tolerantly as firmware needs.
//!
//! The same figure is a number in one version of a firmware, a text in the next and `null` in a third. A [`Field`] says which it was:
//! absent, nothing, a value, or there and unreadable. One unreadable member never costs the others; it becomes a gap under the peer's own
//! name ([`Report`]).
//!
//! | part | what |
//! |---|---|
//! | [`Field`], [`Report`], [`Path`] | what was found at a place, and the gaps of it |
//! | [`Scalar`], [`Count`], [`Endpoint`], [`decimal`], [`from_si`] | one value in the forms that it is written in |
//! | [`Lenient`], [`Spelling`], [`object!`] | whole documents, straight from the text of JSON |
//!
//! How a family of peers spells its values is its own: it says so in a [`Spelling`]. It knows no peer, no socket and no unit. A crate that has
//! its replies as a tree of values already uses the first two rows alone.
//!
//! # Example
//!
//! ```
//! use gssa_wire::{Count, Field, Path, Report as _, Scalar, Spelling, from_si};
//!
//! /// Devices that write numbers as texts with an SI letter.
//! enum Device {}
//!
//! impl Spelling for Device {
//!     type Unread = serde::de::IgnoredAny;
//!
//!     fn number(scalar: &Scalar<'_>) -> Field<f64> {
//!         match scalar {
//!             Scalar::Number(number) => scalar.field(number.as_f64()),
//!             Scalar::Text(text) => scalar.field(from_si(text)),
//!             Scalar::Flag(_) => scalar.unreadable(),
//!         }
//!     }
//! }
//!
//! gssa_wire::object! { Device;
//!     /// What a device says of itself.
//!     Document {
//!         best: f64 = "bestDiff",
//!         shares: Count = "sharesAccepted",
//!         uptime: Count = "uptimeSeconds",
//!     }
//! }
//!
//! let text = r#"{ "bestDiff": "572.14 M", "sharesAccepted": "many", "password": "secret" }"#;
//! let Field::Known(document) = Device::read::<Document>(text)? else { panic!("an object") };
//! assert_eq!(document.best.get(), Some(572.14e6));
//! assert_eq!(document.uptime, Field::Absent);
//!
//! let mut gaps = Vec::new();
//! document.report(Path::Document(""), &mut gaps);
//! assert_eq!((gaps.len(), &*gaps[0].field, &*gaps[0].found), (1, "sharesAccepted", "\"many\""));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod endpoint;
mod field;
mod number;
mod object;
mod read;
mod report;
mod scalar;

pub use endpoint::Endpoint;
pub use field::Field;
/// The words and types of gaps, so that a program needs no second crate for them.
pub use gssa_model as model;
pub use number::{decimal, from_si};
pub use read::{Anything, Lenient, Spelling, pass_list, pass_object};
pub use report::{MAX_GAPS, Path, Report};
pub use scalar::{Count, MAX_COUNT, Scalar};
