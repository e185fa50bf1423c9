//! The `OpenAPI` 3.1 document, made from the table of routes and the types.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json as object};

use crate::app::{App, Class as _};
use crate::problem::PROBLEM_JSON;
use crate::route::{Route, SchemaOf, Values};

/// What a document says about its program.
#[derive(Debug)]
pub struct About {
    /// What the program is called.
    pub title: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it is.
    pub description: &'static str,
    /// The ways to show who one is, by the names that its classes use.
    pub security_schemes: Value,
    /// The type `Problem`: [`problem::Problem`](crate::problem::Problem), or the same with the members of the program's own.
    pub problem: SchemaOf,
}

/// The document of a table of routes.
pub fn openapi<'a, A: App>(about: &About, routes: impl IntoIterator<Item = &'a Route<A>>) -> Value {
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
    for route in routes {
        let path = paths.entry(route.path.as_ref()).or_insert_with(|| Map::new().into());
        path[route.method.as_str().to_ascii_lowercase()] = operation(route, &mut schemas, &mut requests);
    }
    (about.problem)(&mut schemas);
    let mut definitions = schemas.take_definitions(true);
    definitions.extend(requests.take_definitions(true));
    object!({
        "openapi": "3.1.0",
        "info": {
            "title": about.title,
            "version": about.version,
            "description": about.description,
        },
        "paths": paths,
        "components": { "schemas": definitions, "securitySchemes": &about.security_schemes },
    })
}

fn operation<A: App>(route: &Route<A>, schemas: &mut SchemaGenerator, requests: &mut SchemaGenerator) -> Value {
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
        "security": route.class.security().iter().map(|scheme| security(scheme)).collect::<Vec<_>>(),
        "x-scope": route.class.scope(),
    });
    if let Some(takes) = &route.takes {
        let schema = (takes.schema)(requests);
        operation["requestBody"] =
            object!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    operation
}

/// One way to be let in; nothing at all for an empty name.
fn security(scheme: &str) -> Value {
    if scheme.is_empty() { object!({}) } else { object!({ scheme: [] }) }
}

fn parameters<A: App>(route: &Route<A>) -> Vec<Value> {
    let variable = route.path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    let variable =
        variable.map(|name| object!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let query = route.query.iter().map(|parameter| {
        let schema = match parameter.values {
            Values::Text => object!({ "type": "string" }),
            Values::Words(words) => object!({ "type": "string", "enum": words }),
            Values::Number(least, most) => object!({ "type": "integer", "minimum": least, "maximum": most }),
        };
        object!({ "name": parameter.name, "in": "query", "description": parameter.summary, "schema": schema })
    });
    let tag = route.needs_match.then(|| {
        object!({ "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" },
            "description": "The `ETag` of what was looked at before, or `*` for whatever is there" })
    });
    variable.chain(query).chain(tag).collect()
}

fn success<A: App>(route: &Route<A>, schemas: &mut SchemaGenerator) -> Value {
    let mut success = object!({ "description": route.summary });
    if !route.gives.content_type.is_empty() {
        let schema = match route.gives.schema {
            Some(schema) => schema(schemas).to_value(),
            None => object!({ "type": "string" }),
        };
        success["content"] = object!({ route.gives.content_type: { "schema": schema } });
    }
    if !route.gives.events.is_empty() {
        let events = route.gives.events.iter().chain(route.gives.own_events);
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
