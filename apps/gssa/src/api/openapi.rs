//! The OpenAPI 3.1 document, made from the table of routes and the types.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json as object};

use super::access::Class;
use super::problem::{Error, PROBLEM_JSON, Problem};
use super::request::Call;
use super::response::{Response, json};
use super::route::{ROUTES, Route};

pub(super) async fn get(_call: Call) -> Result<Response, Error> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi);
    json(&*DOCUMENT)
}

/// The document.
pub fn openapi() -> Value {
    let generator = |settings: SchemaSettings| {
        let settings = settings.with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        settings.with_transform(NeverNull).into_generator()
    };
    // What is sent may leave out what is optional; what is answered has every field that is not.
    let mut schemas = generator(SchemaSettings::draft2020_12().for_serialize());
    let mut requests = generator(SchemaSettings::draft2020_12().for_deserialize());
    let mut paths = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| Map::new().into());
        path[route.method.as_str().to_ascii_lowercase()] = operation(route, &mut schemas, &mut requests);
    }
    schemas.subschema_for::<Problem>();
    let mut definitions = schemas.take_definitions(true);
    definitions.extend(requests.take_definitions(true));
    object!({
        "openapi": "3.1.0",
        "info": {
            "title": "GoSlimStratum Agent",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the agent knows about miners, pools and servers of a private network. \
                A value that is not known is left out; null is never written.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "hook": {
                    "type": "apiKey", "in": "query", "name": "token",
                    "description": "The token of a webhook; it may also stand in the path or in `Authorization: Bearer`",
                },
                "session": { "type": "apiKey", "in": "cookie", "name": super::sessions::COOKIE_NAME },
            },
        },
    })
}

fn operation(route: &Route, schemas: &mut SchemaGenerator, requests: &mut SchemaGenerator) -> Value {
    let mut operation = object!({
        "operationId": route.operation,
        "summary": route.summary,
        "parameters": parameters(route),
        "responses": {
            route.gives.status.to_string(): success(route, schemas),
            "default": {
                "description": "A problem",
                "content": { PROBLEM_JSON: { "schema": { "$ref": "#/components/schemas/Problem" } } },
            },
        },
        "security": match route.class {
            Class::Open => object!([]),
            Class::Hook => object!([ { "hook": [] } ]),
            Class::Read | Class::Admin => object!([ { "token": [] }, { "session": [] } ]),
        },
        "x-scope": match route.class {
            Class::Open => "open",
            Class::Read => "read",
            Class::Admin => "admin",
            Class::Hook => "hook",
        },
    });
    if let Some(takes) = &route.takes {
        let schema = (takes.schema)(requests);
        operation["requestBody"] =
            object!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let variable = route.path.split(['{', '}']).nth(1);
    let variable =
        variable.map(|name| object!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let query = route.query.iter().map(|parameter| {
        object!({ "name": parameter.name, "in": "query", "description": parameter.summary, "schema": { "type": "string" } })
    });
    variable.into_iter().chain(query).collect()
}

fn success(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let mut success = object!({ "description": route.summary });
    if !route.gives.content_type.is_empty() {
        let schema = match route.gives.schema {
            Some(schema) => schema(schemas).to_value(),
            None => object!({ "type": "string" }),
        };
        success["content"] = object!({ route.gives.content_type: { "schema": schema } });
    }
    if !route.gives.events.is_empty() {
        let events = route.gives.events.iter();
        let events = events.map(|event| {
            let value = object!({ "description": event.summary, "schema": (event.schema)(schemas).to_value() });
            (event.name.to_owned(), value)
        });
        success["x-events"] = Value::Object(events.collect());
    }
    success
}

/// Takes `null` out of schemas: what serde would read as `None` is never written.
#[derive(Debug, Clone)]
struct NeverNull;

impl Transform for NeverNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else { return };
        if object.get("default").is_some_and(Value::is_null) {
            object.remove("default");
        }
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|it| it != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".into(), only);
            }
        }
        if let Some(Value::Array(values)) = object.get_mut("enum") {
            values.retain(|it| !it.is_null());
        }
        if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
            choices.retain(|it| it.get("type").is_none_or(|it| it != "null"));
            if let [Value::Object(only)] = choices.as_slice() {
                let only = only.clone();
                object.remove("anyOf");
                for (key, value) in only {
                    object.entry(key).or_insert(value);
                }
            }
        }
    }
}
