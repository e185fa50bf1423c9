//! TLS 1.2 and 1.3 by rustls with ring: whom to believe, the handshake, and what went wrong in words that help.

use std::error::Error as StdError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use gssa_model::text::clean;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{Resumption, WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore,
    SignatureScheme,
};

use crate::Error;

/// How a handshake is made; shared by all that trust the same.
pub(crate) type Settings = ClientConfig;

/// A bundle of all public authorities has 220 KB.
const MAX_CA_BYTES: u64 = 1024 * 1024;

/// So many of the names in a certificate are shown when ours is not among them.
const MAX_NAMES_SHOWN: usize = 3;

/// The authorities of the system, else those of Mozilla.
pub(crate) fn system() -> Arc<Settings> {
    static SYSTEM: OnceLock<Arc<Settings>> = OnceLock::new();
    SYSTEM.get_or_init(|| settings(Arc::new(system_roots()), Vec::new())).clone()
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut pem = Vec::new();
    File::open(path)?.take(MAX_CA_BYTES).read_to_end(&mut pem)?;
    Ok(pem)
}

/// Nobody but those in `pem`; `None` where no certificate in it can be used.
pub(crate) fn given(pem: &[u8]) -> Option<Arc<Settings>> {
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem).flatten().collect();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates.iter().cloned());
    (!roots.is_empty()).then(|| settings(Arc::new(roots), certificates))
}

fn settings(roots: Arc<RootCertStore>, given: Vec<CertificateDer<'static>>) -> Arc<Settings> {
    let provider = Arc::new(ring::default_provider());
    let authorities = WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
        .build()
        .expect("there are roots and no lists of revocations");
    let verifier = Verifier { authorities, given, provider: provider.clone() };
    let mut settings = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has suites for TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    settings.alpn_protocols = vec![b"http/1.1".to_vec()];
    // One connection is one exchange, minutes apart: a store of sessions would only grow.
    settings.resumption = Resumption::disabled();
    Arc::new(settings)
}

/// The usual verification, and besides that a peer may show the very certificate that was given to trust.
///
/// webpki never takes the certificate of an authority from a peer, also when it is a root: but that is what `openssl req -x509` makes, and
/// what people who follow a guide put in front of their servers.
#[derive(Debug)]
struct Verifier {
    authorities: Arc<WebPkiServerVerifier>,
    given: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        match self.authorities.verify_server_cert(shown, intermediates, name, ocsp_response, now) {
            // What has no name of its own, "an authority is used as a peer" among it.
            Err(TlsError::InvalidCertificate(CertificateError::Other(_)))
                if self.given.iter().any(|given| given == shown) =>
            {
                verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.authorities.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.authorities.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Makes `stream` a TLS stream with `host`, within `after`.
pub(crate) async fn handshake<S>(
    settings: &Arc<Settings>,
    stream: S,
    host: &str,
    port: u16,
    after: Duration,
) -> Result<TlsStream<S>, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let authority = || format!("{host}:{port}");
    let failed = |source: io::Error| Error::Tls {
        attempt: format!("the TLS handshake with {}", authority()),
        problem: problem(&source).unwrap_or_else(|| "the connection broke off".to_owned()),
        source: source.into(),
    };
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| failed(io::Error::new(io::ErrorKind::InvalidInput, TlsError::UnsupportedNameType)))?;
    match timeout(after, TlsConnector::from(settings.clone()).connect(name, stream)).await {
        Ok(shaken) => shaken.map_err(failed),
        Err(_) => Err(Error::HandshakeTimeout { authority: authority(), after }),
    }
}

/// What a person can do about an error in whose causes TLS is; `None` where it is not.
pub(crate) fn problem(error: &(dyn StdError + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<TlsError>() {
            return Some(words(error));
        }
        // An I/O error hides what it was made from.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = inner.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source());
    }
    None
}

fn words(error: &TlsError) -> String {
    use AlertDescription as Alert;
    let words = match error {
        TlsError::InvalidCertificate(certificate) => return of_the_certificate(certificate),
        TlsError::InvalidMessage(_) | TlsError::InappropriateMessage { .. } => "it does not speak TLS: is it http://?",
        TlsError::PeerIncompatible(_) | TlsError::AlertReceived(Alert::ProtocolVersion | Alert::HandshakeFailure) => {
            "no common version or cipher: it speaks less than TLS 1.2?"
        }
        TlsError::AlertReceived(Alert::CertificateRequired | Alert::BadCertificate) => {
            "it asks for a certificate of ours"
        }
        TlsError::AlertReceived(Alert::NoApplicationProtocol) | TlsError::NoApplicationProtocol => {
            "it does not speak HTTP/1.1"
        }
        TlsError::AlertReceived(Alert::UnrecognisedName) => "it does not know itself by this name",
        TlsError::UnsupportedNameType => "this name cannot stand in a certificate",
        TlsError::NoCertificatesPresented => "it has no certificate",
        other => return clean(&other.to_string()).unwrap_or_default(),
    };
    words.to_owned()
}

fn of_the_certificate(error: &CertificateError) -> String {
    use CertificateError as E;
    let words = match error {
        E::Expired | E::ExpiredContext { .. } => "its certificate has expired",
        E::NotValidYet | E::NotValidYetContext { .. } => "its certificate is not valid yet: is the clock right?",
        // A bad signature is that of another authority of the same name, such as the one before it was renewed.
        E::UnknownIssuer | E::BadSignature | E::Other(_) => {
            "nobody who is trusted has signed its certificate: it needs a CA file"
        }
        E::NotValidForNameContext { presented, .. } => return of_the_name(presented),
        E::NotValidForName => return of_the_name(&[]),
        E::Revoked => "its certificate was revoked",
        other => return clean(&format!("its certificate cannot be used: {other}")).unwrap_or_default(),
    };
    words.to_owned()
}

/// `presented` is as the verifier writes it: `DnsName("nas.lan")`, `IpAddress(192.168.1.5)`.
fn of_the_name(presented: &[String]) -> String {
    let shown = presented.iter().take(MAX_NAMES_SHOWN).filter_map(|name| clean(name)).map(|name| {
        let inner = name.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')')).unwrap_or(&name);
        inner.trim_matches('"').to_owned()
    });
    match shown.collect::<Vec<_>>().join(", ") {
        names if names.is_empty() => "its certificate is for no name: it has no subjectAltName".to_owned(),
        names => format!("its certificate is for other names: {names}"),
    }
}
