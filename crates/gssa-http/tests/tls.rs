//! `https://`: whom to believe, what is said when not, and that the limits hold.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gssa_http::{BadCaFile, Client, Error, Limits, Origin, Response, Trust};
use gssa_model::{CollectError, FailureReason};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{HandshakeKind, RootCertStore, ServerConfig, version};
use tokio_rustls::server::TlsStream;

const QUICK: Limits = Limits { connect: Duration::from_secs(1), total: Duration::from_secs(5), max_body_bytes: 1000 };

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// An authority of our own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

/// What a peer shows, and its key.
struct Shown {
    certificate: CertificateDer<'static>,
    pem: String,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    fn new() -> Self {
        Self::named("an authority")
    }

    fn named(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// Vouches for `names`, with what `change` does to the certificate.
    fn sign(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Shown {
        let mut params = params_for(names);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Shown::new(&params.signed_by(&key, &self.issuer).unwrap(), &key)
    }

    fn trust(&self) -> Trust {
        trust_in(&self.certificate.pem())
    }
}

impl Shown {
    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        let (der, pem) = (certificate.der().clone(), certificate.pem());
        Self { certificate: der, pem, key: PrivateKeyDer::try_from(key.serialize_der()).unwrap() }
    }

    /// As `openssl req -x509` makes it: its own authority.
    fn self_signed(names: &[&str]) -> Self {
        let mut params = params_for(names);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self::new(&params.self_signed(&key).unwrap(), &key)
    }

    fn config(self) -> ServerConfig {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        builder.with_single_cert(vec![self.certificate], self.key).unwrap()
    }
}

fn params_for(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

fn trust_in(pem: &str) -> Trust {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    Trust::ca_file(&path).unwrap()
}

/// A peer that does `answer` after the head of a request; gives its port and the kinds of its handshakes.
async fn serve<F, A>(config: ServerConfig, answer: A) -> (u16, Arc<Mutex<Vec<HandshakeKind>>>)
where
    F: Future<Output = ()> + Send,
    A: Fn(TlsStream<TcpStream>, String) -> F + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (acceptor, kinds) = (TlsAcceptor::from(Arc::new(config)), Arc::<Mutex<Vec<_>>>::default());
    let seen = kinds.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            seen.lock().unwrap().push(stream.get_ref().1.handshake_kind().unwrap());
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.is_ok_and(|read| read > 0) {}
            answer(stream, String::from_utf8(head).unwrap()).await;
        }
    });
    (port, kinds)
}

/// A peer that answers well.
async fn serve_ok(config: ServerConfig) -> u16 {
    serve(config, |mut stream, _| async move {
        stream.write_all(OK).await.unwrap();
        stream.shutdown().await.unwrap();
    })
    .await
    .0
}

async fn get(host: &str, port: u16, trust: &Trust) -> Result<Response, Error> {
    let address = format!("https://{host}:{port}").parse().unwrap();
    Client::new(QUICK).get(&Origin::trusting(&address, 443, trust).unwrap(), "/x").await
}

/// What a failure says, without the port.
fn said(error: Error, port: u16) -> (FailureReason, String) {
    let error = CollectError::from(error);
    (error.reason(), error.detail().replace(&format!(":{port}"), ""))
}

#[tokio::test]
async fn a_peer_that_a_given_authority_vouches_for_is_read_by_name_and_by_address() {
    let authority = Authority::new();
    let (port, kinds) =
        serve(authority.sign(&["localhost", "127.0.0.1"], |_| ()).config(), |mut stream, head| async move {
            assert!(head.starts_with("GET /x HTTP/1.1\r\n"), "{head}");
            assert_eq!(stream.get_ref().1.alpn_protocol(), None, "a peer that offers none");
            stream.write_all(OK).await.unwrap();
            stream.shutdown().await.unwrap();
        })
        .await;
    for host in ["localhost", "127.0.0.1", "localhost"] {
        assert_eq!(&get(host, port, &authority.trust()).await.unwrap().body[..], b"ok", "{host}");
    }
    assert_eq!(*kinds.lock().unwrap(), [HandshakeKind::Full; 3], "no session is kept");
}

#[tokio::test]
async fn tls_1_2_is_spoken_too() {
    let authority = Authority::new();
    let shown = authority.sign(&["localhost"], |_| ());
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_protocol_versions(&[&version::TLS12]).unwrap().with_no_client_auth();
    let config = builder.with_single_cert(vec![shown.certificate], shown.key).unwrap();
    let port = serve_ok(config).await;
    assert_eq!(get("localhost", port, &authority.trust()).await.unwrap().status, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_said_in_words_that_help() {
    let (authority, stranger, namesake) = (Authority::new(), Authority::named("a stranger"), Authority::new());
    let nobody = "nobody who is trusted has signed its certificate: it needs a CA file";
    let names = ["nas.lan", "192.168.1.5"];
    for (shown, trust, problem) in [
        (
            authority.sign(&["localhost"], |params| params.not_after = date_time_ymd(2020, 1, 1)),
            authority.trust(),
            "its certificate has expired",
        ),
        (
            authority.sign(&["localhost"], |params| params.not_before = date_time_ymd(2200, 1, 1)),
            authority.trust(),
            "its certificate is not valid yet: is the clock right?",
        ),
        (authority.sign(&names, |_| ()), authority.trust(), "its certificate is for other names: nas.lan, 192.168.1.5"),
        (authority.sign(&[], |_| ()), authority.trust(), "its certificate is for no name: it has no subjectAltName"),
        (stranger.sign(&["localhost"], |_| ()), authority.trust(), nobody),
        (namesake.sign(&["localhost"], |_| ()), authority.trust(), nobody),
        (authority.sign(&["localhost"], |_| ()), Trust::system(), nobody),
        (Shown::self_signed(&["localhost"]), authority.trust(), nobody),
    ] {
        let port = serve_ok(shown.config()).await;
        let error = get("localhost", port, &trust).await.unwrap_err();
        let wanted = format!("the TLS handshake with localhost failed: {problem}");
        assert_eq!(said(error, port), (FailureReason::Tls, wanted));
    }
}

#[tokio::test]
async fn a_certificate_that_a_peer_signed_itself_is_trusted_when_it_is_given() {
    let shown = Shown::self_signed(&["localhost"]);
    let trust = trust_in(&shown.pem);
    let port = serve_ok(shown.config()).await;
    assert_eq!(get("localhost", port, &trust).await.unwrap().status, 200);
    let error = get("127.0.0.1", port, &trust).await.unwrap_err();
    let wanted = "the TLS handshake with 127.0.0.1 failed: its certificate is for other names: localhost";
    assert_eq!(said(error, port), (FailureReason::Tls, wanted.to_owned()), "for its own name only");

    let same_name = serve_ok(Shown::self_signed(&["localhost"]).config()).await;
    assert!(get("localhost", same_name, &trust).await.is_err(), "another certificate for the same name");
}

#[tokio::test]
async fn a_peer_that_wants_what_we_have_not_is_told_apart() {
    let authority = Authority::new();
    let shown = authority.sign(&["localhost"], |_| ());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_client_cert_verifier(verifier);
    let port = serve_ok(config.with_single_cert(vec![shown.certificate], shown.key).unwrap()).await;
    let wanted = (FailureReason::Tls, "TLS during GET /x failed: it asks for a certificate of ours".to_owned());
    assert_eq!(said(get("localhost", port, &authority.trust()).await.unwrap_err(), port), wanted);

    let mut config = authority.sign(&["localhost"], |_| ()).config();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let port = serve_ok(config).await;
    let wanted = "the TLS handshake with localhost failed: it does not speak HTTP/1.1";
    let error = get("localhost", port, &authority.trust()).await.unwrap_err();
    assert_eq!(said(error, port), (FailureReason::Tls, wanted.to_owned()));
}

/// A peer without TLS that does `answer` with each connection.
async fn plain<F>(answer: fn(TcpStream) -> F) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            answer(stream).await;
        }
    });
    address
}

#[tokio::test]
async fn a_port_without_tls_says_so_or_ends_in_time() {
    let trust = Authority::new().trust();
    let port = plain(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        // Until the client closes, so that the answer is not lost in a reset.
        while stream.read(&mut [0; 512]).await.is_ok_and(|read| read > 0) {}
    })
    .await
    .port();
    let wanted = "the TLS handshake with 127.0.0.1 failed: it does not speak TLS: is it http://?";
    let error = get("127.0.0.1", port, &trust).await.unwrap_err();
    assert_eq!(said(error, port), (FailureReason::Tls, wanted.to_owned()));

    let port = plain(|stream| async move { drop(stream) }).await.port();
    let (reason, detail) = said(get("127.0.0.1", port, &trust).await.unwrap_err(), port);
    assert_eq!(
        (reason, &*detail),
        (FailureReason::Tls, "the TLS handshake with 127.0.0.1 failed: the connection broke off")
    );

    let port = plain(|mut stream| async move { while stream.read(&mut [0; 512]).await.is_ok_and(|read| read > 0) {} })
        .await
        .port();
    let begun = Instant::now();
    let error = get("127.0.0.1", port, &trust).await.unwrap_err();
    let wanted = (FailureReason::Timeout, "no TLS handshake with 127.0.0.1 in 1 s".to_owned());
    assert_eq!(said(error, port), wanted);
    assert!(begun.elapsed() < QUICK.total, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn the_limits_hold_behind_tls() {
    let authority = Authority::new();
    let config = || authority.sign(&["localhost"], |_| ()).config();
    let (port, _) = serve(config(), |mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'x'; 700]).await.is_ok() {}
    })
    .await;
    let error = get("localhost", port, &authority.trust()).await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::TooLarge, "{error}");

    let (port, _) = serve(config(), |mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n").await.unwrap();
        while stream.read(&mut [0; 16]).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let limits = Limits { total: Duration::from_millis(800), ..QUICK };
    let address = format!("https://localhost:{port}").parse().unwrap();
    let origin = Origin::trusting(&address, 443, &authority.trust()).unwrap();
    let error = Client::new(limits).get(&origin, "/x").await.unwrap_err();
    assert_eq!(error.to_string(), "no answer to GET /x in 0.8 s");
}

#[tokio::test]
async fn a_body_that_was_cut_on_the_way_is_not_taken_for_whole() {
    let authority = Authority::new();
    let (port, _) = serve(authority.sign(&["localhost"], |_| ()).config(), |mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{ \"half\":").await.unwrap();
        stream.flush().await.unwrap();
        // The end of TCP without the end of TLS.
        stream.into_inner().0.shutdown().await.unwrap();
    })
    .await;
    let error = get("localhost", port, &authority.trust()).await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionReset, "{error:?}");
}

#[test]
fn a_file_without_certificates_says_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let shown = |error: BadCaFile| error.to_string().replace(&path.display().to_string(), "FILE");
    assert_eq!(shown(Trust::ca_file(&path).unwrap_err()), "cannot read FILE");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in [
        "",
        "nothing",
        "-----BEGIN CERTIFICATE-----\n",
        broken,
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        std::fs::write(&path, text).unwrap();
        let wanted = "no certificate in FILE: it must be PEM, with BEGIN CERTIFICATE";
        assert_eq!(shown(Trust::ca_file(&path).unwrap_err()), wanted, "{text}");
    }
}
