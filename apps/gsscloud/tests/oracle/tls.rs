//! Certificates: a good one, and one that has expired.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;

use crate::certificates::Authority;

pub(crate) struct Tls {
    /// The good one, and the one that has expired.
    pub(crate) acceptors: [TlsAcceptor; 2],
    /// Who signed both, as PEM.
    pub(crate) authority: String,
}

impl Tls {
    pub(crate) fn new() -> Self {
        let authority = Authority::new();
        let acceptor =
            |is_expired| TlsAcceptor::from(Arc::new(authority.server(&["cloud.oracle", "127.0.0.1"], is_expired)));
        Self { acceptors: [false, true].map(acceptor), authority: authority.pem }
    }
}
