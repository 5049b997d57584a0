//! Holds answers against the OpenAPI document: what is written there must be what happens.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::Reply;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&http_native::openapi_json()).unwrap());

/// Every `METHOD /path` that the document describes.
pub(crate) fn documented_routes() -> BTreeSet<String> {
    operations().map(|(method, path, _)| format!("{method} {path}")).collect()
}

/// Those that the document says need no token.
pub(crate) fn open_routes() -> BTreeSet<String> {
    let open = operations().filter(|(_, _, operation)| operation["security"] == json!([{}]));
    open.map(|(method, path, _)| format!("{method} {path}")).collect()
}

/// Whether a documented route has a parameter of this name.
pub(crate) fn takes_parameter(route: &str, name: &str) -> bool {
    operations()
        .filter(|(method, path, _)| format!("{method} {path}") == route)
        .any(|(.., operation)| list(&operation["parameters"]).iter().any(|one| one["name"] == name))
}

fn operations() -> impl Iterator<Item = (String, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
    })
}

/// Refusals that any route may answer: `docs/api.md` says so once for all of them.
const EVERYWHERE: [u16; 5] = [405, 413, 415, 429, 503];

/// Fails when an answer is none that the document describes. Refusals are problems everywhere.
#[track_caller]
pub(super) fn check(method: &str, path: &str, reply: &Reply) {
    let path = path.split('?').next().unwrap_or_default();
    let found = operations().find(|(known, template, _)| known == method && fits(template, path));
    let Some((_, template, operation)) = found else { return };
    let status = reply.status.as_u16().to_string();
    let described = &operation["responses"][&status];
    let said = !described.is_null() || EVERYWHERE.contains(&reply.status.as_u16());
    assert!(said, "{method} {template} answers {status}, which the document does not say");
    let schema = if reply.status.is_client_error() || reply.status.is_server_error() {
        json!({"$ref": "#/components/schemas/Problem"})
    } else {
        described["content"]["application/json"]["schema"].clone()
    };
    if schema.is_null() {
        return;
    }
    let place = format!("{method} {template} {status}");
    compare(&schema, &reply.json(), &place);
}

/// Whether a path is one of a template such as `/albums/{id}`.
fn fits(template: &str, path: &str) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

#[track_caller]
fn compare(schema: &Value, value: &Value, place: &str) {
    if let Err(why) = mismatch(schema, value) {
        panic!("{place}: {why}\n{value}");
    }
}

/// The part of JSON Schema that our document uses.
fn mismatch(schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return mismatch(DOCUMENT.pointer(pointer).ok_or("a reference to nothing")?, value);
    }
    for part in list(&schema["allOf"]) {
        mismatch(part, value)?;
    }
    let choices = list(&schema["oneOf"]);
    if !choices.is_empty() && !choices.iter().any(|choice| mismatch(choice, value).is_ok()) {
        return Err(format!("{value} is none of the choices"));
    }
    let words = list(&schema["enum"]);
    if !words.is_empty() && !words.contains(value) {
        return Err(format!("{value} is none of {words:?}"));
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        kinds => list(kinds).iter().filter_map(Value::as_str).collect(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind, value)) {
        return Err(format!("{value} is no {kinds:?}"));
    }
    for field in list(&schema["required"]).iter().filter_map(Value::as_str) {
        value.get(field).ok_or_else(|| format!("the field {field} is missing"))?;
    }
    for (field, part) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(field) {
            mismatch(part, value).map_err(|why| format!("{field}: {why}"))?;
        }
    }
    for (at, item) in list(value).iter().enumerate().filter(|_| !schema["items"].is_null()) {
        mismatch(&schema["items"], item).map_err(|why| format!("[{at}]: {why}"))?;
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    }
}
