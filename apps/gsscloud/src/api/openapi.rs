//! The `OpenAPI` document.

use std::sync::LazyLock;

use gssa_serve::openapi::About;
use gssa_serve::problem::Problem;
use gssa_serve::response::json;
use gssa_serve::route::schema_of;
use gssa_serve::{App as _, Call, Error, Response};
use serde_json::{Value, json as object};

use super::{Api, route};

pub(super) async fn get(_: Call<Api>) -> Result<Response, Error> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi);
    json(&*DOCUMENT)
}

/// The document.
pub fn openapi() -> Value {
    let about = About {
        title: "GSSA cloud",
        version: env!("CARGO_PKG_VERSION"),
        description: "What agents sent, and what is shown of it. Below /api/v1/agents/{agent_id} is what the API of that agent shows of its sources. \
            A value that is not known is left out; null is never written.",
        security_schemes: object!({
            "agent": { "type": "http", "scheme": "bearer", "description": "The token of an agent" },
            "session": { "type": "apiKey", "in": "cookie", "name": Api::COOKIE },
        }),
        problem: schema_of::<Problem>,
    };
    gssa_serve::openapi::openapi(&about, &route::routes())
}
