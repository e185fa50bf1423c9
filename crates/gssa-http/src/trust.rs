use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(feature = "tls")]
use std::sync::Arc;

#[cfg(feature = "tls")]
use crate::tls::{self, Settings};

/// Who may vouch for a peer at an `https://` address. Cheap to copy.
///
/// It is there in a build without the feature `tls` too, so that callers need not care; only then no such address becomes an
/// [`Origin`](crate::Origin).
#[derive(Clone)]
pub struct Trust(Anchors);

#[derive(Clone)]
enum Anchors {
    System,
    #[cfg(feature = "tls")]
    Given(Arc<Settings>),
}

/// A file with certificates that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadCaFile {
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No certificate in it can be used.
    #[error("no certificate in {}: it must be PEM, with BEGIN CERTIFICATE", .0.display())]
    NoCertificate(PathBuf),
    /// This program was built without TLS.
    #[error("{NOT_BUILT_IN}")]
    NotBuiltIn,
}

/// What to do where TLS is wanted and not there.
pub(crate) const NOT_BUILT_IN: &str = "https:// needs a build with TLS (feature `tls`); here only http:// is spoken";

impl Trust {
    /// The authorities that the system trusts (or those in `SSL_CERT_FILE` or `SSL_CERT_DIR`), and those of Mozilla's list where there are
    /// none, as in an empty container. They are read once, when the first `https://` address becomes an origin;
    /// that takes some 30 ms.
    pub const fn system() -> Self {
        Self(Anchors::System)
    }

    /// Only the certificates in a file, in PEM: those of authorities, or of peers that signed their own. One that a peer signed itself as
    /// an authority, as `openssl req -x509` does, is trusted for the names in it as long as it is in the file, past its end too.
    ///
    /// The file is read now, at most a MiB of it.
    ///
    /// # Errors
    ///
    /// Every variant of [`BadCaFile`].
    #[cfg(feature = "tls")]
    pub fn ca_file(path: &Path) -> Result<Self, BadCaFile> {
        let pem = tls::read(path).map_err(|source| BadCaFile::Read { path: path.to_owned(), source })?;
        let settings = tls::given(&pem).ok_or_else(|| BadCaFile::NoCertificate(path.to_owned()))?;
        Ok(Self(Anchors::Given(settings)))
    }

    /// As with the feature `tls`, without which it is always [`BadCaFile::NotBuiltIn`].
    #[cfg(not(feature = "tls"))]
    pub fn ca_file(_: &Path) -> Result<Self, BadCaFile> {
        Err(BadCaFile::NotBuiltIn)
    }

    /// Makes `stream`, which `host` is at the other end of, a TLS stream within `after`. For protocols that are more than one exchange; it
    /// offers HTTP/1.1.
    ///
    /// # Errors
    ///
    /// [`Error::Tls`](crate::Error::Tls) in words that help, [`Error::HandshakeTimeout`](crate::Error::HandshakeTimeout).
    #[cfg(feature = "tls")]
    pub async fn handshake<S>(
        &self,
        stream: S,
        host: &str,
        port: u16,
        after: std::time::Duration,
    ) -> Result<tokio_rustls::client::TlsStream<S>, crate::Error>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        tls::handshake(&self.settings(), stream, host, port, after).await
    }

    #[cfg(feature = "tls")]
    pub(crate) fn settings(&self) -> Arc<Settings> {
        match &self.0 {
            Anchors::System => tls::system(),
            Anchors::Given(settings) => settings.clone(),
        }
    }
}

impl Default for Trust {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Anchors::System => "Trust::system",
            #[cfg(feature = "tls")]
            Anchors::Given(_) => "Trust::ca_file",
        })
    }
}
