//! The OpenAPI document of the agent.

use std::sync::LazyLock;

use gssa_serve::openapi::About;
use gssa_serve::response::json;
use gssa_serve::route::schema_of;
use gssa_serve::{App as _, Call, Error, Response};
use serde_json::{Value, json as object};

use super::problem::Problem;
use super::{Api, route};

pub(super) async fn get(_call: Call<Api>) -> Result<Response, Error> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi);
    json(&*DOCUMENT)
}

/// The document.
pub fn openapi() -> Value {
    let about = About {
        title: "GoSlimStratum Agent",
        version: env!("CARGO_PKG_VERSION"),
        description: "What the agent knows about miners, pools and servers of a private network. \
            A value that is not known is left out; null is never written.",
        security_schemes: object!({
            "token": { "type": "http", "scheme": "bearer" },
            "hook": {
                "type": "http", "scheme": "bearer",
                "description": "The token of a webhook; it may also stand in the path or in the query",
            },
            "session": { "type": "apiKey", "in": "cookie", "name": Api::COOKIE },
        }),
        problem: schema_of::<Problem>,
    };
    gssa_serve::openapi::openapi(&about, &route::routes())
}
