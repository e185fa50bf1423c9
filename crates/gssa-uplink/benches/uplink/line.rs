//! What a message is on the wire: a frame of a WebSocket in records of TLS, counted as they are handed to TCP.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use crate::Result;

/// Both ends of one connection by TLS, in memory.
pub(crate) struct Line {
    agent: ClientConnection,
    receiver: ServerConnection,
    /// Bytes that the agent handed to TCP.
    pub(crate) sent: usize,
}

impl Line {
    /// After the handshake.
    pub(crate) fn new() -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(["receiver.example".to_owned()])?;
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone())?;
        let provider = Arc::new(ring::default_provider());
        let agent = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
        let agent = agent.with_root_certificates(roots).with_no_client_auth();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
        let receiver = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let receiver = receiver.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key)?;
        let name = ServerName::try_from("receiver.example")?;
        let mut line = Self {
            agent: ClientConnection::new(Arc::new(agent), name)?,
            receiver: ServerConnection::new(Arc::new(receiver))?,
            sent: 0,
        };
        while line.agent.is_handshaking() || line.receiver.is_handshaking() {
            line.carry()?;
        }
        Ok(line)
    }

    /// Sends a message as a binary frame; gives how many bytes that took.
    pub(crate) fn send(&mut self, message: &[u8]) -> Result<usize> {
        let before = self.sent;
        // RFC 6455: two bytes, the length where it does not fit into them, and the mask that a client has to use.
        let mut frame = match message.len() {
            length @ 0..126 => vec![0x82, 0x80 | length as u8],
            length @ 126..65_536 => [&[0x82, 0xFE][..], &(length as u16).to_be_bytes()].concat(),
            length => [&[0x82, 0xFF][..], &(length as u64).to_be_bytes()].concat(),
        };
        frame.extend([0; 4]);
        frame.extend(message);
        // As the agent does it: a frame is written in one go, and TLS has room for some of its records.
        for part in frame.chunks(16 * 1024) {
            self.agent.writer().write_all(part)?;
            self.carry()?;
        }
        Ok(self.sent - before)
    }

    /// Carries what either end has to say to the other.
    fn carry(&mut self) -> Result<()> {
        let mut bytes = Vec::new();
        while self.agent.wants_write() {
            self.sent += self.agent.write_tls(&mut bytes)?;
        }
        take(&mut bytes, |rest| self.receiver.read_tls(rest))?;
        self.receiver.process_new_packets()?;
        let mut plain = [0; 8 * 1024];
        while self.receiver.reader().read(&mut plain).is_ok_and(|read| read > 0) {}
        while self.receiver.wants_write() {
            self.receiver.write_tls(&mut bytes)?;
        }
        take(&mut bytes, |rest| self.agent.read_tls(rest))?;
        self.agent.process_new_packets()?;
        Ok(())
    }
}

/// Has all of `bytes` read.
fn take(bytes: &mut Vec<u8>, mut read: impl FnMut(&mut &[u8]) -> std::io::Result<usize>) -> Result<()> {
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        read(&mut rest)?;
    }
    bytes.clear();
    Ok(())
}
