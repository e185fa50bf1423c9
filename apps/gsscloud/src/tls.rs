//! TLS by certificate files, which are read again when they change.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use gssa_serve::token::Digest;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tracing::{info, warn};

/// The time between two looks at the files: comparing what is in them works on every file system.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The largest file that is read.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Where the certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The certificate and those between it and a root, PEM.
    pub certificates: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

/// TLS as it is in force.
#[derive(Debug)]
pub struct Tls {
    files: Files,
    inner: RwLock<(Arc<ServerConfig>, Digest)>,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no PEM, or there is nothing in it.
    #[error("there is no {what} in {}", .path.display())]
    Empty {
        /// What should be there.
        what: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// Certificate and key do not belong together, or are of no use.
    #[error("the certificate cannot be used: {0}")]
    Unfit(#[source] tokio_rustls::rustls::Error),
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// They cannot be used.
    pub fn load(files: Files) -> Result<Self, TlsError> {
        let inner = RwLock::new(read(&files)?);
        Ok(Self { files, inner })
    }

    /// What accepts the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.inner.read().unwrap_or_else(PoisonError::into_inner).0.clone())
    }

    /// Reads the files again; tells whether something else is in force now.
    ///
    /// # Errors
    /// They cannot be used; what was in force stays so.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let new = read(&self.files)?;
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let has_changed = !inner.1.is(&new.1);
        if has_changed {
            *inner = new;
        }
        Ok(has_changed)
    }

    /// Follows the files for as long as it runs.
    pub async fn follow(self: Arc<Self>) {
        let mut told = String::new();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let tls = self.clone();
            let Ok(reloaded) = tokio::task::spawn_blocking(move || tls.reload()).await else { continue };
            let now = match reloaded {
                Ok(true) => {
                    info!("the certificate was read again");
                    String::new()
                }
                Ok(false) => String::new(),
                Err(error) => error.to_string(),
            };
            if !now.is_empty() && now != told {
                warn!(error = now, "the certificate was changed and cannot be used; the one before stays in force");
            }
            told = now;
        }
    }
}

fn read(files: &Files) -> Result<(Arc<ServerConfig>, Digest), TlsError> {
    let file = |path: &PathBuf| {
        let told = |source| TlsError::Read { path: path.clone(), source };
        let size = std::fs::metadata(path).map_err(told)?.len();
        if size > MAX_FILE_BYTES {
            return Err(told(std::io::ErrorKind::FileTooLarge.into()));
        }
        std::fs::read(path).map_err(told)
    };
    let (certificates, key) = (file(&files.certificates)?, file(&files.key)?);
    let digest = Digest::of(&format!("{}\n{}", String::from_utf8_lossy(&certificates), String::from_utf8_lossy(&key)));
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&certificates).collect::<Result<_, _>>().unwrap_or_default();
    if chain.is_empty() {
        return Err(TlsError::Empty { what: "certificate", path: files.certificates.clone() });
    }
    let key = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|_| TlsError::Empty { what: "private key", path: files.key.clone() })?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(TlsError::Unfit)?;
    Ok((Arc::new(config), digest))
}
