//! The frames of what a receiver says over a WebSocket.

/// Cuts bytes into whole frames, after the head of an answer that agrees to an upgrade. Any other answer is one piece after the other.
#[derive(Default)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
    carries: Carries,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Carries {
    #[default]
    Unknown,
    Frames,
    Answers,
}

/// The head of the answer to the upgrade, or a frame, as it travels; or a piece of another answer.
pub(crate) struct Frame(pub(crate) Vec<u8>);

impl Frames {
    /// Whether these are answers to requests, and no frames.
    pub(crate) fn are_answers(&self) -> bool {
        self.carries == Carries::Answers
    }

    /// What is whole with these bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Frame> {
        const UPGRADED: &[u8] = b"HTTP/1.1 101";
        self.bytes.extend_from_slice(bytes);
        if self.carries == Carries::Unknown && self.bytes.len() >= UPGRADED.len() && !self.bytes.starts_with(UPGRADED) {
            self.carries = Carries::Answers;
        }
        let mut whole = Vec::new();
        while let Some(length) = self.length().filter(|length| (1..=self.bytes.len()).contains(length)) {
            let rest = self.bytes.split_off(length);
            whole.push(Frame(std::mem::replace(&mut self.bytes, rest)));
            if self.carries == Carries::Unknown {
                self.carries = Carries::Frames;
            }
        }
        whole
    }

    /// How long what begins here is, if that can be told.
    fn length(&self) -> Option<usize> {
        match self.carries {
            Carries::Unknown => self.bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|end| end + 4),
            Carries::Answers => Some(self.bytes.len()),
            // A server does not mask (RFC 6455, section 5.1).
            Carries::Frames => Some(match *self.bytes.get(1)? {
                126 => 4 + usize::from(u16::from_be_bytes(self.bytes.get(2..4)?.try_into().ok()?)),
                127 => 10 + usize::try_from(u64::from_be_bytes(self.bytes.get(2..10)?.try_into().ok()?)).ok()?,
                short => 2 + usize::from(short),
            }),
        }
    }
}

impl Frame {
    /// Whether it is the message `ack`: those are short, and so travel as text.
    pub(crate) fn is_ack(&self) -> bool {
        self.0[0] == 0x81 && String::from_utf8_lossy(&self.0).contains(r#""type":"ack""#)
    }
}
