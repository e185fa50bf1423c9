//! One product.

use gssa_model::Product;

use super::container::update;
use super::read::Reader;

pub(super) fn product(reader: &mut Reader<'_, '_>) -> Option<Product> {
    let key = reader.words(&["key", "productkey", "productid", "product", "slug"]);
    let key = key
        .or_else(|| reader.row.key.and_then(gssa_model::text::clean))
        .or_else(|| reader.words(&["id", "name", "productname"]));
    let Some(key) = key else {
        reader.gaps.add("key", "a product without a key or name");
        return None;
    };
    Some(Product {
        key,
        status: reader.words(&["status", "state"]),
        installed_version: reader.words(&["installedversion", "currentversion", "productversion", "version"]),
        latest_version: reader.words(&["latestversion", "latest", "newversion", "availableversion"]),
        update: reader.read(&["updateavailable", "hasupdate", "updatestatus", "update"], update),
        age_secs: None,
    })
}
