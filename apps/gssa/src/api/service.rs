//! From a request to its answer.

use std::any::Any;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use tower::{Layer as _, Service, service_fn};
use tower_http::CompressionLevel;
use tower_http::body::UnsyncBoxBody;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::compression::{CompressionBody, CompressionLayer};
use tracing::error;

use super::access::{check_host, decide};
use super::facts::{Facts, Peer};
use super::problem::Error;
use super::query::Query;
use super::request::Call;
use super::response::{BodyError, Response, empty, with_header};
use super::{Api, Stop, headers, page};

/// The service of one connection: [`answer`] with its panics caught and its answers compressed.
///
/// The deadline and the limit of bodies are not layers of tower-http: those answer without a problem document, and know one limit
/// for all routes.
pub(super) fn service(
    api: Arc<Api>,
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
        let (api, stop) = (Arc::clone(&api), stop.clone());
        async move { Ok::<_, Infallible>(answer(api, request, peer, deadline, stop).await) }
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

async fn answer(api: Arc<Api>, request: Request<Incoming>, peer: Peer, deadline: Duration, stop: Stop) -> Response {
    let answered = tokio::time::timeout(deadline, dispatch(api, request, peer, stop)).await;
    let result = answered.unwrap_or(Err(Error::TookTooLong { limit_secs: deadline.as_secs() }));
    let mut response = result.unwrap_or_else(Error::into_response);
    headers::secure(response.headers_mut());
    response
}

async fn dispatch(api: Arc<Api>, request: Request<Incoming>, peer: Peer, stop: Stop) -> Result<Response, Error> {
    let (head, body) = request.into_parts();
    let policy = api.policy();
    let facts = Facts::read(&head, peer, &policy, &api.sessions)?;
    check_host(&facts, &policy)?;
    let path = head.uri.path();
    let Some(found) = api.router.find(path) else {
        return if path == "/api" || path.starts_with("/api/") {
            Err(Error::UnknownPath)
        } else {
            page::answer(&api, &head)
        };
    };
    if head.method == Method::OPTIONS {
        let allow = HeaderValue::from_str(&found.allow()).map_err(|_| Error::Internal)?;
        return Ok(with_header(empty(StatusCode::NO_CONTENT), ALLOW, allow));
    }
    let route = found.route(&head.method)?;
    let allowed = decide(&facts, &policy, route.class)?;
    let query = Query::parse(head.uri.query(), route.query)?;
    let id = found.id;
    (route.handler)(Call { api, route, id, query, head, body, facts, allowed, stop }).await
}
