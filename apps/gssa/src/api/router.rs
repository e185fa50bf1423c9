//! Finding the row of the table for a request.

use http::Method;

use super::problem::Error;
use super::query::decode;
use super::route::{ROUTES, Route};

/// The paths of the table.
pub(super) struct Router(matchit::Router<Vec<&'static Route>>);

/// What there is for a path.
pub(super) struct Found<'a> {
    routes: &'a [&'static Route],
    /// The decoded variable part.
    pub(super) id: String,
}

impl Router {
    /// From the table.
    pub(super) fn new() -> Self {
        let mut router = matchit::Router::new();
        let mut paths: Vec<&'static str> = ROUTES.iter().map(|route| route.path).collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            let of_path = ROUTES.iter().filter(|route| route.path == path).collect();
            router.insert(path, of_path).expect("the table has no conflicting paths");
        }
        Self(router)
    }

    /// The routes of a path. Paths are compared as they are sent: only the variable part is decoded, and after that it is a name to
    /// look up, never a path.
    pub(super) fn find(&self, path: &str) -> Option<Found<'_>> {
        let matched = self.0.at(path).ok()?;
        let id = match matched.params.iter().next() {
            Some((_, id)) => decode(id, false)?,
            None => String::new(),
        };
        Some(Found { routes: matched.value, id })
    }
}

impl Found<'_> {
    /// The route for a method; HEAD is GET.
    pub(super) fn route(&self, method: &Method) -> Result<&'static Route, Error> {
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        let found = self.routes.iter().find(|route| route.method == *wanted);
        found.copied().ok_or_else(|| Error::WrongMethod { allow: self.allow() })
    }

    /// The methods of the path, for `Allow`.
    pub(super) fn allow(&self) -> String {
        let mut methods: Vec<&str> = self.routes.iter().map(|route| route.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.join(", ")
    }
}
