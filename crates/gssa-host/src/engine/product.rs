//! Which known program is in a container. Names are those of the installer and templates in `mmfpsolutions/gssa`.

/// The folder of the registries where the programs around GoSlimStratum are.
const OURS: &str = "mmfpsolutions";

/// Images below [`OURS`] and what is in them.
const BY_IMAGE: [(&str, &str); 5] =
    [("goslimstratum", "gss"), ("gssm", "gssm"), ("mim", "mim"), ("digibyte", "dgb"), ("bitcoin-core", "btc-core")];

/// Nodes are told by the names of their containers; not all names of their images are published.
const NODES: [&str; 9] = ["dgb", "bch", "btc", "btc-core", "bc2", "xec", "ltc", "doge", "bch2"];

/// Programs of others.
const THIRD_PARTY: [(&str, &str); 4] = [
    ("postgres", "postgres"),
    ("amir20/dozzle", "dozzle"),
    ("containrrr/watchtower", "watchtower"),
    ("nickfedor/watchtower", "watchtower"),
];

/// The program in a container called `name` that was made from `image`.
pub(crate) fn of(image: &str, name: &str) -> Option<&'static str> {
    let repository = repository(image);
    if let Some((above, last)) = repository.rsplit_once('/')
        && above.rsplit('/').next() == Some(OURS)
    {
        let by_image = BY_IMAGE.into_iter().find(|(image, _)| *image == last).map(|(_, product)| product);
        return by_image.or_else(|| NODES.into_iter().find(|node| *node == name));
    }
    // A copy of an image keeps its path below another registry.
    let is_copy = |path: &str| {
        repository.strip_suffix(path).is_some_and(|registry| registry.is_empty() || registry.ends_with('/'))
    };
    THIRD_PARTY.into_iter().find(|(path, _)| is_copy(path)).map(|(_, product)| product)
}

/// The image without tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match tag(image) {
        Some(tag) => &image[..image.len() - tag.len() - 1],
        None => image,
    }
}

/// The tag of an image; a colon before a slash is that of a port.
pub(crate) fn tag(image: &str) -> Option<&str> {
    let (_, tag) = image.split('@').next()?.rsplit_once(':')?;
    (!tag.contains('/')).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_by_their_images() {
        for (image, name, product) in [
            ("ghcr.io/mmfpsolutions/goslimstratum:latest", "pool", Some("gss")),
            ("registry.lan:5000/mmfpsolutions/gssm@sha256:00ab", "gssm", Some("gssm")),
            ("ghcr.io/mmfpsolutions/mim", "mim", Some("mim")),
            ("ghcr.io/mmfpsolutions/digibyte:latest", "node", Some("dgb")),
            ("ghcr.io/mmfpsolutions/bitcoin-cash-node:latest", "bch", Some("bch")),
            ("ghcr.io/mmfpsolutions/something:latest", "something", None),
            ("example/dogs:1", "doge", None),
            ("postgres:18", "db", Some("postgres")),
            ("docker.io/library/postgres:18-alpine", "db", Some("postgres")),
            ("example/notpostgres:1", "postgres", None),
            ("ghcr.io/amir20/dozzle:latest", "dozzle", Some("dozzle")),
            ("containrrr/watchtower", "watchtower", Some("watchtower")),
            ("example/mim:1", "mim", None),
            ("sha256:00ab", "gssm", None),
            ("", "", None),
        ] {
            assert_eq!(of(image, name), product, "{image} {name}");
        }
    }

    #[test]
    fn a_port_is_no_tag() {
        assert_eq!(tag("registry.lan:5000/app"), None);
        assert_eq!(tag("registry.lan:5000/app:1.2@sha256:00ab"), Some("1.2"));
        assert_eq!(repository("registry.lan:5000/app:1.2@sha256:00ab"), "registry.lan:5000/app");
    }
}
