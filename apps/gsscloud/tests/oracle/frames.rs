//! The frames of what a receiver says over a WebSocket.

/// Cuts bytes into whole frames.
pub(crate) struct Frames {
    bytes: Vec<u8>,
    /// The head of the answer to the upgrade has passed.
    is_open: bool,
}

/// The head of the answer to the upgrade, or a frame, as it travels.
pub(crate) struct Frame(pub(crate) Vec<u8>);

impl Frames {
    pub(crate) const fn new(is_open: bool) -> Self {
        Self { bytes: Vec::new(), is_open }
    }

    /// What is whole with these bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Frame> {
        self.bytes.extend_from_slice(bytes);
        let mut whole = Vec::new();
        while let Some(length) = self.length().filter(|length| *length <= self.bytes.len()) {
            let rest = self.bytes.split_off(length);
            whole.push(Frame(std::mem::replace(&mut self.bytes, rest)));
            self.is_open = true;
        }
        whole
    }

    /// How long what begins here is, if that can be told.
    fn length(&self) -> Option<usize> {
        if !self.is_open {
            let end = self.bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
            return Some(end + 4);
        }
        // A server does not mask (RFC 6455, section 5.1).
        Some(match *self.bytes.get(1)? {
            126 => 4 + usize::from(u16::from_be_bytes(self.bytes.get(2..4)?.try_into().ok()?)),
            127 => 10 + usize::try_from(u64::from_be_bytes(self.bytes.get(2..10)?.try_into().ok()?)).ok()?,
            short => 2 + usize::from(short),
        })
    }
}

impl Frame {
    /// Whether it is the message `ack`: those are short, and so travel as text.
    pub(crate) fn is_ack(&self) -> bool {
        self.0[0] == 0x81 && String::from_utf8_lossy(&self.0).contains(r#""type":"ack""#)
    }
}
