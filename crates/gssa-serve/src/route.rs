//! A table of routes: the router, `Allow` and the `OpenAPI` document are all made from it.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;

use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::app::App;
use crate::call::Call;
use crate::problem::Error;
use crate::response::Response;

/// One operation.
pub struct Route<A: App> {
    /// What is asked for. GET is HEAD too.
    pub method: Method,
    /// Variable parts are `{names}`.
    pub path: Cow<'static, str>,
    /// The name of the operation.
    pub operation: &'static str,
    /// What it gives, for people.
    pub summary: &'static str,
    /// What it asks of its caller.
    pub class: A::Class,
    /// The query parameters that it knows.
    pub query: &'static [Parameter],
    /// Whether it wants `If-Match`, with the entity tag of what was looked at before.
    pub needs_match: bool,
    /// What it takes.
    pub takes: Option<Takes>,
    /// What it gives.
    pub gives: Gives,
    /// What it does.
    pub handler: fn(Call<A>) -> Answer,
}

/// What a handler gives when it is done.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send>>;

/// A query parameter; every one is optional.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it means, for people.
    pub summary: &'static str,
    /// What may stand there.
    pub values: Values,
}

/// What may stand in a query parameter.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// A text; what it has to be like is in the summary.
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number from the first to the second.
    Number(u64, u64),
}

/// A query parameter.
pub const fn parameter(name: &'static str, summary: &'static str) -> Parameter {
    Parameter { name, summary, values: Values::Text }
}

impl Parameter {
    /// That takes one of these words.
    #[must_use]
    pub const fn words(self, words: &'static [&'static str]) -> Self {
        Self { values: Values::Words(words), ..self }
    }

    /// That takes a whole number, `least` and `most` among them.
    #[must_use]
    pub const fn number(self, least: u64, most: u64) -> Self {
        Self { values: Values::Number(least, most), ..self }
    }
}

/// The schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of `T`.
pub fn schema_of<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Schema {
    schemas.subschema_for::<T>()
}

/// A body that a route takes.
#[derive(Debug, Clone, Copy)]
pub struct Takes {
    /// What it is.
    pub schema: SchemaOf,
    /// How large it may be, in bytes.
    pub limit: usize,
}

impl Takes {
    /// JSON of the type `T`, so many bytes at most.
    pub fn json<T: JsonSchema>(limit: usize) -> Self {
        Self { schema: schema_of::<T>, limit }
    }
}

/// A body that a route gives.
#[derive(Debug, Clone, Copy)]
pub struct Gives {
    /// The status of success.
    pub status: u16,
    /// Empty if there is no body.
    pub content_type: &'static str,
    /// What it is; absent for text.
    pub schema: Option<SchemaOf>,
    /// For a stream of events: their names and what each is.
    pub events: &'static [Event],
    /// Those that only one program has.
    pub own_events: &'static [Event],
}

impl Gives {
    /// 204 without a body.
    pub const NOTHING: Self = Self { status: 204, content_type: "", schema: None, events: &[], own_events: &[] };

    /// JSON of the type `T`.
    pub fn json<T: JsonSchema>() -> Self {
        Self {
            status: 200,
            content_type: "application/json",
            schema: Some(schema_of::<T>),
            events: &[],
            own_events: &[],
        }
    }

    /// Text of another kind.
    pub const fn text(content_type: &'static str) -> Self {
        Self { status: 200, content_type, schema: None, events: &[], own_events: &[] }
    }

    /// A stream of events.
    pub const fn events(events: &'static [Event]) -> Self {
        Self { events, ..Self::text("text/event-stream") }
    }

    /// The same with events that only this program tells.
    #[must_use]
    pub const fn and_events(self, own_events: &'static [Event]) -> Self {
        Self { own_events, ..self }
    }

    /// The same with another status of success.
    #[must_use]
    pub const fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

/// An event of a stream.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    /// Its name.
    pub name: &'static str,
    /// What it tells, for people.
    pub summary: &'static str,
    /// What its data is.
    pub schema: SchemaOf,
}

impl<A: App> Route<A> {
    /// The largest body that is read.
    pub fn body_limit(&self) -> usize {
        self.takes.as_ref().map_or(0, |takes| takes.limit)
    }

    /// The same route below a prefix, which may have variable parts of its own.
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        Self { path: format!("{prefix}{}", self.path).into(), ..self }
    }
}

impl<A: App> fmt::Debug for Route<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.class)
    }
}

/// Rows of a table of routes: class, method, path, name and handler, then what it is, takes and gives.
///
/// ```text
/// routes! {
///     Open GET "/healthz" "healthz" status::healthz,
///         "Whether the agent is alive", query &[], takes None, gives Gives::json::<Alive>();
/// }
/// ```
///
/// After the query stands `needs match,` where [`Route::needs_match`] is so.
#[macro_export]
macro_rules! routes {
    ($( $class:ident $method:ident $path:literal $operation:literal $handler:path,
        $summary:literal, query $query:expr, $(needs $match:ident,)? takes $takes:expr, gives $gives:expr; )+) => {
        vec![$($crate::Route {
            method: $crate::http::Method::$method, path: $path.into(), operation: $operation, summary: $summary,
            class: $class, query: const { $query }, needs_match: $crate::routes!(@needs $($match)?),
            takes: $takes, gives: $gives, handler: |call| Box::pin($handler(call)),
        },)+]
    };
    (@needs) => { false };
    (@needs match) => { true };
}
