//! TLS from certificate files, and who may come without.

use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use gsscloud::tls::{Files, Tls};

use super::support::{Bench, request};

/// A certificate for `localhost`, its own root; writes both files.
fn certify(dir: &std::path::Path) -> (CertificateDer<'static>, Files) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = Files { certificates: dir.join("cert.pem"), key: dir.join("key.pem") };
    std::fs::write(&files.certificates, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (made.cert.der().clone(), files)
}

fn trusting(root: CertificateDer<'static>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

#[tokio::test]
async fn an_agent_comes_by_tls() {
    let dir = tempfile::tempdir().unwrap();
    let (root, files) = certify(dir.path());
    let tls = json!({ "certificates": files.certificates, "key": files.key });
    let bench = Bench::with(json!({ "server": { "tls": tls } })).await;
    let token = bench.enrol("garage").await;
    let stream = TcpStream::connect(bench.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = trusting(root).connect(name, stream).await.unwrap();
    assert!(tokio_tungstenite::client_async(request(bench.address, &token), stream).await.is_ok());
}

#[tokio::test]
async fn a_new_certificate_is_in_force_when_its_files_are_there_and_fit() {
    let dir = tempfile::tempdir().unwrap();
    let (_, files) = certify(dir.path());
    let tls = Tls::load(files.clone()).unwrap();
    assert!(!tls.reload().unwrap(), "nothing changed");
    std::fs::write(&files.certificates, "half a fi").unwrap();
    assert!(tls.reload().is_err());
    // A key of another certificate.
    let other = tempfile::tempdir().unwrap();
    let (_, others) = certify(other.path());
    std::fs::copy(&others.certificates, &files.certificates).unwrap();
    assert!(tls.reload().is_err());
    std::fs::copy(&others.key, &files.key).unwrap();
    assert!(tls.reload().unwrap());
}

#[tokio::test]
async fn without_files_there_is_no_start() {
    let dir = tempfile::tempdir().unwrap();
    let files = Files { certificates: dir.path().join("none.pem"), key: dir.path().join("none.key") };
    let told = Tls::load(files).unwrap_err().to_string();
    assert!(told.contains("none.pem"), "{told}");
}
