//! How many bytes travel, everything included that is above TCP.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use gssa_model::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Counts the bytes of all connections of a link.
#[derive(Debug, Default)]
pub(super) struct Meter {
    sent: AtomicU64,
    received: AtomicU64,
}

impl Meter {
    /// Bytes that were handed to TCP.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Bytes that came.
    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

/// The bytes of so many days are remembered.
const DAYS: usize = 8;

/// Bytes by day.
#[derive(Debug, Default)]
pub(super) struct Days {
    counted: u64,
    days: VecDeque<(i64, u64)>,
}

impl Days {
    const MS: i64 = 24 * 60 * 60 * 1000;

    /// Counts what was sent up to now to the day it is.
    pub(super) fn until(&mut self, now: Timestamp, sent: u64) -> Vec<(i64, u64)> {
        let day = now.unix_ms().div_euclid(Self::MS) * Self::MS;
        let more = sent.saturating_sub(self.counted);
        self.counted = sent;
        match self.days.iter_mut().find(|(known, _)| *known == day) {
            Some((_, bytes)) => *bytes += more,
            None => self.days.push_back((day, more)),
        }
        if self.days.len() > DAYS {
            self.days.pop_front();
        }
        self.days.iter().copied().collect()
    }
}

/// A stream whose bytes are counted.
#[derive(Debug)]
pub(super) struct Measured<S> {
    inner: S,
    meter: Arc<Meter>,
}

impl<S> Measured<S> {
    pub(super) const fn new(inner: S, meter: Arc<Meter>) -> Self {
        Self { inner, meter }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Measured<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        self.meter.received.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Measured<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, buf))?;
        self.meter.sent.fetch_add(written as u64, Ordering::Relaxed);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_belong_to_the_day_they_are_sent_and_a_week_is_remembered() {
        let (mut days, at) =
            (Days::default(), |day: i64, hour: i64| Timestamp::from_unix_ms((day * 24 + hour) * 3_600_000));
        assert_eq!(days.until(at(100, 1), 10), [(at(100, 0).unix_ms(), 10)]);
        assert_eq!(days.until(at(100, 23), 15), [(at(100, 0).unix_ms(), 15)]);
        assert_eq!(days.until(at(101, 0), 25), [(at(100, 0).unix_ms(), 15), (at(101, 0).unix_ms(), 10)]);
        // The clock was set back: what is sent now is still counted once.
        assert_eq!(days.until(at(100, 5), 26)[0], (at(100, 0).unix_ms(), 16));
        for day in 102..120 {
            days.until(at(day, 0), 26);
        }
        assert_eq!(days.until(at(120, 0), 26).len(), DAYS);
    }
}
