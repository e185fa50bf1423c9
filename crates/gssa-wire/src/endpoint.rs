//! Where a pool is, as a miner writes it.

use crate::{Field, Scalar};

/// The host of a pool, with or without scheme and port. What could be a user and a password before it, or a key after it, is cut
/// off here and goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(pub String);

impl Endpoint {
    /// Reads a scalar.
    pub fn of(scalar: &Scalar<'_>) -> Field<Self> {
        scalar.text().map(|text| {
            let (scheme, rest) = text.split_once("://").unwrap_or(("", &text));
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            let host = &host[..host.find(['/', '?', '#']).unwrap_or(host.len())];
            let colons = if scheme.is_empty() { "" } else { "://" };
            Self(format!("{scheme}{colons}{host}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_dropped() {
        for (text, host) in [
            ("stratum+tcp://me:secret@pool.example:3334/x?k=secret", "stratum+tcp://pool.example:3334"),
            ("stratum+tcp://me:secret@p.example:3333/#xnsub", "stratum+tcp://p.example:3333"),
            ("me:se@cret@pool.example", "pool.example"),
            ("pool.example", "pool.example"),
        ] {
            assert_eq!(Endpoint::of(&Scalar::Text(text)), Field::Known(Endpoint(host.to_owned())), "{text}");
        }
        assert_eq!(Endpoint::of(&Scalar::Text("")), Field::Null);
    }
}
