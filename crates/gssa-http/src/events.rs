//! Where the first event of an event stream ends.

/// Finds the end of the first event in a stream that comes piece by piece. An event ends at a blank line, and without a line of data it is
/// none (WHATWG HTML, "Server-sent events", 9.2.6): comments and `retry` lines are not.
#[derive(Debug, Default)]
pub(crate) struct FirstEvent {
    /// The first bytes of the line that is being read.
    begins: [u8; NAME.len()],
    /// How many bytes that line has.
    line_bytes: usize,
    has_data: bool,
}

const NAME: &[u8; 5] = b"data:";

impl FirstEvent {
    /// Where in `piece`, which follows the pieces before, the first event ends.
    pub(crate) fn end_in(&mut self, piece: &[u8]) -> Option<usize> {
        piece.iter().position(|byte| self.ends_at(*byte)).map(|at| at + 1)
    }

    fn ends_at(&mut self, byte: u8) -> bool {
        match byte {
            // Lines end with it or with a carriage return before it.
            b'\r' => false,
            b'\n' if self.line_bytes == 0 => self.has_data,
            b'\n' => {
                self.has_data |= &self.begins == NAME || (self.line_bytes == 4 && self.begins.starts_with(b"data"));
                (self.line_bytes, self.begins) = (0, [0; NAME.len()]);
                false
            }
            _ => {
                if let Some(place) = self.begins.get_mut(self.line_bytes) {
                    *place = byte;
                }
                self.line_bytes = self.line_bytes.saturating_add(1);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_ends_at_the_blank_line_after_its_data() {
        for (stream, event) in [
            ("data: {}\n\ndata: 2\n\n", Some("data: {}\n\n")),
            ("data\n\n", Some("data\n\n")),
            (
                ": hello\n\nretry: 5\r\n\r\nevent: x\r\ndata: 1\r\n\r\nrest",
                Some(": hello\n\nretry: 5\r\n\r\nevent: x\r\ndata: 1\r\n\r\n"),
            ),
            ("data: 1\ndata: 2\n\n", Some("data: 1\ndata: 2\n\n")),
            ("data: 1\n", None),
            ("database: 1\n\n", None),
            ("dat\n\n", None),
            ("\n\n\n", None),
            ("", None),
        ] {
            assert_eq!(FirstEvent::default().end_in(stream.as_bytes()), event.map(str::len), "{stream:?}");
            let mut first = FirstEvent::default();
            let one_by_one = stream.bytes().position(|byte| first.end_in(&[byte]).is_some());
            assert_eq!(one_by_one.map(|at| at + 1), event.map(str::len), "{stream:?} byte by byte");
        }
    }
}
