//! From a request to its answer.

use std::any::Any;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::{Method, Request, StatusCode, request};
use hyper::body::Incoming;
use tower::{Layer as _, Service, service_fn};
use tower_http::CompressionLevel;
use tower_http::body::UnsyncBoxBody;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::compression::{CompressionBody, CompressionLayer};
use tracing::error;

use crate::app::{App, Purpose, Stop};
use crate::call::Call;
use crate::facts::{Facts, Peer};
use crate::headers;
use crate::host::Authority;
use crate::problem::Error;
use crate::query::Query;
use crate::response::{BodyError, Response, empty, with_header};

/// The service of one connection: [`answer`] with its panics caught and its answers compressed.
///
/// The deadline and the limit of bodies are not layers of tower-http: those answer without a problem document, and know one limit
/// for all routes.
pub(crate) fn service<A: App>(
    app: Arc<A>,
    peer: Peer,
    deadline: Duration,
    stop: Stop,
) -> impl Service<
    Request<Incoming>,
    Response = http::Response<CompressionBody<UnsyncBoxBody<Bytes, BodyError>>>,
    Error = Infallible,
    Future: Send + 'static,
> + Clone {
    let answer = service_fn(move |request| {
        let (app, stop) = (Arc::clone(&app), stop.clone());
        async move { Ok::<_, Infallible>(answer(app, request, peer, deadline, stop).await) }
    });
    // The network is near and the processor small. Fonts are packed already.
    let worthwhile = DefaultPredicate::new().and(NotForContentType::const_new("font/"));
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worthwhile);
    compression.layer(CatchPanicLayer::custom(on_panic).layer(answer))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of the layer")]
fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    error!(panic = text.unwrap_or("no text"), "a handler panicked");
    let mut response = Error::Internal.into_response();
    headers::secure(response.headers_mut());
    response
}

async fn answer<A: App>(
    app: Arc<A>,
    request: Request<Incoming>,
    peer: Peer,
    deadline: Duration,
    stop: Stop,
) -> Response {
    let answered = tokio::time::timeout(deadline, dispatch(app, request, peer, stop)).await;
    let result = answered.unwrap_or(Err(Error::TookTooLong { limit_secs: deadline.as_secs() }));
    let mut response = result.unwrap_or_else(Error::into_response);
    headers::secure(response.headers_mut());
    response
}

async fn dispatch<A: App>(app: Arc<A>, request: Request<Incoming>, peer: Peer, stop: Stop) -> Result<Response, Error> {
    let (head, body) = request.into_parts();
    let door = app.door();
    let facts = Facts::read(&head, peer, &door, A::COOKIE)?;
    door.check_host(&facts)?;
    let is_tls_only = app.is_tls_only() && facts.is_https && facts.host.as_ref().is_some_and(Authority::is_public_name);
    let mut response = respond(app, head, body, facts, stop).await.unwrap_or_else(Error::into_response);
    if is_tls_only {
        headers::tls_only(response.headers_mut());
    }
    Ok(response)
}

async fn respond<A: App>(
    app: Arc<A>,
    head: request::Parts,
    body: Incoming,
    facts: Facts,
    stop: Stop,
) -> Result<Response, Error> {
    let path = head.uri.path();
    let Some(found) = app.router().find(path) else {
        return if path == "/api" || path.starts_with("/api/") { Err(Error::UnknownPath) } else { app.page(&head) };
    };
    if head.method == Method::OPTIONS {
        let allow = HeaderValue::from_str(&found.allow()).map_err(|_| Error::Internal)?;
        return Ok(with_header(empty(StatusCode::NO_CONTENT), ALLOW, allow));
    }
    let route = Arc::clone(found.route(&head.method)?);
    let params = found.params;
    let caller = app.admit(&facts, &route, &params, Purpose::Request)?;
    let query = Query::parse(head.uri.query(), route.query)?;
    let handler = route.handler;
    handler(Call { app, route, params, query, head, body, facts, caller, stop }).await
}
