//! No flood: of lines that come from one place in the code, only so many a minute are written.

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::callsite::Identifier;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// So many lines of one place in the code are written in a minute. A farm that loses its switch stays readable, and a disk is not filled.
const LINES_A_MINUTE_MAX: u32 = 200;
const MINUTE: Duration = Duration::from_secs(60);

/// Leaves out what is too much, and says afterwards how much it was. Only from `INFO` up: whoever asks for more wants all of it.
#[derive(Debug, Default)]
pub(crate) struct Cap(Mutex<Option<Window>>);

/// A minute and what was written in it.
#[derive(Debug)]
struct Window {
    begun: Instant,
    lines: HashMap<Identifier, Lines>,
}

/// The lines of one place in the code.
#[derive(Debug, Default)]
struct Lines {
    written: u32,
    left_out: u64,
    /// The words of the first line that was left out.
    like: String,
}

impl Cap {
    /// Whether a line of `place` is written at `now`, and what was left out of a minute that has ended.
    fn take(&self, place: Identifier, now: Instant, words: impl FnOnce() -> String) -> (bool, Vec<(String, u64)>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = kept.take_if(|window| now.duration_since(window.begun) >= MINUTE);
        let told = ended.into_iter().flat_map(|window| window.lines.into_values());
        let told = told.filter(|lines| lines.left_out > 0).map(|lines| (lines.like, lines.left_out)).collect();
        let window = kept.get_or_insert_with(|| Window { begun: now, lines: HashMap::new() });
        let lines = window.lines.entry(place).or_default();
        let is_written = lines.written < LINES_A_MINUTE_MAX;
        if is_written {
            lines.written += 1;
        } else {
            if lines.left_out == 0 {
                lines.like = words();
            }
            lines.left_out += 1;
        }
        (is_written, told)
    }
}

impl<S: Subscriber> Layer<S> for Cap {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        if *event.metadata().level() > Level::INFO {
            return true;
        }
        let words = || {
            let mut message = Message(String::new());
            event.record(&mut message);
            message.0
        };
        let (is_written, told) = self.take(event.metadata().callsite(), Instant::now(), words);
        for (like, lines) in told {
            tracing::warn!(lines, like, "lines were left out: too many alike in a minute");
        }
        is_written
    }
}

/// The words of a line, without its fields.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a text does not fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// The places in the code that lines came from.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<Identifier>>>);

    impl<S: Subscriber> Layer<S> for Written {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(event.metadata().callsite());
        }
    }

    #[test]
    fn lines_from_one_place_are_written_so_often_a_minute() {
        let written = Written::default();
        let subscriber = tracing_subscriber::registry().with(Cap::default()).with(written.clone());
        tracing::subscriber::with_default(subscriber, || {
            for miner in 0..LINES_A_MINUTE_MAX * 2 {
                tracing::info!(miner, "too hot");
                tracing::debug!(miner, "asked");
            }
            tracing::info!("another place");
        });
        let places = written.0.lock().unwrap();
        let most = LINES_A_MINUTE_MAX as usize;
        assert_eq!(places.len(), most + 2 * most + 1, "capped, not capped at this level, and somewhere else");
    }

    #[test]
    fn what_was_left_out_of_a_minute_is_told_by_the_next_line_of_anywhere() {
        let cap = Cap::default();
        let written = Written::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(written.clone()), || {
            tracing::info!("one place");
            tracing::info!("another");
        });
        let places = std::mem::take(&mut *written.0.lock().unwrap());
        let [one, another] = <[Identifier; 2]>::try_from(places).unwrap();
        let begun = Instant::now();
        let at = |secs: u64| begun + Duration::from_secs(secs);
        for line in 0..LINES_A_MINUTE_MAX + 30 {
            let (is_written, told) = cap.take(one.clone(), at(0), || format!("line {line}"));
            assert_eq!((is_written, told.len()), (line < LINES_A_MINUTE_MAX, 0));
        }
        assert_eq!(cap.take(another.clone(), at(59), String::new), (true, vec![]));
        let told = vec![(format!("line {LINES_A_MINUTE_MAX}"), 30)];
        assert_eq!(cap.take(another, at(60), String::new), (true, told));
        assert_eq!(cap.take(one, at(61), String::new), (true, vec![]), "a new minute");
    }
}
