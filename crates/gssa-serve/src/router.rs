//! Finding the row of the table for a request.

use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::problem::Error;
use crate::query::decode;
use crate::route::Route;

/// A table of routes, by path.
pub struct Router<A: App> {
    routes: Vec<Arc<Route<A>>>,
    paths: matchit::Router<Vec<Arc<Route<A>>>>,
}

/// The decoded variable parts of a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The part of a name; empty if the path has none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// What there is for a path.
#[derive(Debug)]
pub struct Found<'a, A: App> {
    routes: &'a [Arc<Route<A>>],
    /// The variable parts.
    pub params: Params,
}

impl<A: App> Router<A> {
    /// From a table.
    ///
    /// # Panics
    /// If paths of the table conflict: a table is written down, so a test sees it.
    pub fn new(routes: impl IntoIterator<Item = Route<A>>) -> Self {
        let routes: Vec<_> = routes.into_iter().map(Arc::new).collect();
        let mut paths = matchit::Router::new();
        let mut known: Vec<&str> = routes.iter().map(|route| &*route.path).collect();
        known.sort_unstable();
        known.dedup();
        for path in known {
            let of_path = routes.iter().filter(|route| route.path == path).cloned().collect();
            paths.insert(path, of_path).expect("the table has no conflicting paths");
        }
        Self { routes, paths }
    }

    /// Every route, in the order of the table.
    pub fn routes(&self) -> &[Arc<Route<A>>] {
        &self.routes
    }

    /// The routes of a path. Paths are compared as they are sent: only variable parts are decoded, and after that they are names to look
    /// up, never paths.
    pub fn find(&self, path: &str) -> Option<Found<'_, A>> {
        let matched = self.paths.at(path).ok()?;
        let decoded = |(name, value): (&str, &str)| Some((name.to_owned(), decode(value, false)?));
        let params = matched.params.iter().map(decoded).collect::<Option<_>>()?;
        Some(Found { routes: matched.value, params: Params(params) })
    }
}

impl<A: App> fmt::Debug for Router<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.routes).finish()
    }
}

impl<A: App> Found<'_, A> {
    /// The route for a method; HEAD is GET.
    pub fn route(&self, method: &Method) -> Result<&Arc<Route<A>>, Error> {
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        let found = self.routes.iter().find(|route| route.method == *wanted);
        found.ok_or_else(|| Error::WrongMethod { allow: self.allow() })
    }

    /// The methods of the path, for `Allow`.
    pub fn allow(&self) -> String {
        let mut methods: Vec<&str> = self.routes.iter().map(|route| route.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.join(", ")
    }
}
