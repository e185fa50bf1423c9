//! One reply off a stream, however its bytes come.
//!
//! An input is a script, a line end, and the bytes that a miner sends. The script says how they come, a character for each step: a digit
//! `n` is a piece of 2^n bytes, `~` a silence, `!` a reset, `.` the end of the stream. What is left when it is over comes at once,
//! then the stream ends. Without a line end everything comes at once.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use gssa_cgminer::{Command, Error, Form, Request, parse_reply, read_reply};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Sleep, sleep};

/// The cap on a reply here; the real one would make inputs of a mebibyte.
const MAX_BYTES: usize = 600;

/// A silence longer than what is waited after bytes that may have been all.
const SILENCE: Duration = Duration::from_secs(1);

/// Longer than all silences of a script.
const DEADLINE: Duration = Duration::from_secs(60);

/// The longest script that is followed.
const MAX_STEPS: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Piece(usize),
    Silence,
    Reset,
    End,
}

/// A stream that follows a script.
struct Peer<'a> {
    steps: Vec<Step>,
    at: usize,
    bytes: &'a [u8],
    silence: Option<Pin<Box<Sleep>>>,
}

impl<'a> Peer<'a> {
    const fn new(steps: Vec<Step>, bytes: &'a [u8]) -> Self {
        Self { steps, at: 0, bytes, silence: None }
    }
}

impl AsyncRead for Peer<'_> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            if let Some(silence) = &mut self.silence {
                ready!(silence.as_mut().poll(cx));
                self.silence = None;
            }
            let step = self.steps.get(self.at).copied().unwrap_or(Step::Piece(usize::MAX));
            self.at += 1;
            match step {
                Step::Silence => self.silence = Some(Box::pin(sleep(SILENCE))),
                Step::Reset => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
                Step::End => self.bytes = &[],
                Step::Piece(bytes) => {
                    let count = bytes.min(self.bytes.len()).min(buffer.remaining());
                    let (piece, rest) = self.bytes.split_at(count);
                    buffer.put_slice(piece);
                    self.bytes = rest;
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

/// Reads what such a peer sends. The clock stands still but for silences, so none of it takes time.
fn read(steps: &[Step], bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without sockets can always be built").block_on(async {
        let mut peer = Peer::new(steps.to_vec(), bytes);
        let reply = read_reply(&mut peer, Request::One(Command::Summary), MAX_BYTES);
        tokio::time::timeout(DEADLINE, reply).await.expect("a stream that ends is read to an end")
    })
}

fn script(input: &[u8]) -> (Vec<Step>, &[u8]) {
    let Some(line_end) = input.iter().position(|b| *b == b'\n') else { return (Vec::new(), input) };
    let steps = input[..line_end].iter().filter_map(|byte| match byte {
        b'0'..=b'9' => Some(Step::Piece(1 << (byte - b'0'))),
        b'~' => Some(Step::Silence),
        b'!' => Some(Step::Reset),
        b'.' => Some(Step::End),
        _ => None,
    });
    (steps.take(MAX_STEPS).collect(), &input[line_end + 1..])
}

/// Panics unless what is read is a beginning of what was sent, bounded, and the same reply however it was cut into pieces.
pub(crate) fn check(input: &[u8]) {
    let (steps, sent) = script(input);
    match read(&steps, sent) {
        Ok(reply) => {
            assert!(sent.starts_with(&reply), "what was read is what was sent");
            assert!((1..=MAX_BYTES).contains(&reply.len()), "{} bytes", reply.len());
        }
        Err(Error::TooLarge) => assert!(sent.len() > MAX_BYTES, "{} bytes are not too many", sent.len()),
        Err(Error::Empty) => assert!(sent.is_empty() || steps.contains(&Step::End) || steps.contains(&Step::Reset)),
        Err(Error::Broken { .. }) => assert!(steps.contains(&Step::Reset)),
        Err(other) => panic!("{other}"),
    }
    check_pieces(&sent[..sent.len().min(MAX_BYTES)]);
}

/// The same bytes at once and one by one: one by one it stops at the first end, at once it may get more, and the reply is the same.
fn check_pieces(sent: &[u8]) {
    let one_by_one = vec![Step::Piece(1); sent.len()];
    match (read(&[], sent), read(&one_by_one, sent)) {
        (Ok(at_once), Ok(dripped)) => {
            assert_eq!(at_once, sent, "all of it, since none of it came later");
            assert!(at_once.starts_with(&dripped));
            let is_all = dripped.len() == sent.len();
            assert!(is_all || dripped.trim_ascii_end().ends_with(b"\0"), "ends early only with a NUL");
            if let Ok(reply) = parse_reply(&dripped)
                && reply.form() == Form::Json
            {
                assert!(parse_reply(sent).is_ok_and(|whole| whole == reply), "the same reply");
            }
        }
        (Err(Error::Empty), Err(Error::Empty)) => assert!(sent.is_empty()),
        (at_once, dripped) => panic!("{at_once:?} at once, {dripped:?} one by one"),
    }
}
