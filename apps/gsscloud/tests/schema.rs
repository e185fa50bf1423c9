//! The document of the API is the one in `schema/`.

#[test]
fn the_document_in_the_repository_is_what_the_routes_make() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/gsscloud-openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap_or_default();
    assert!(kept == gsscloud::api::openapi(), "run `just schema` and read what changed");
}
