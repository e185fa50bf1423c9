//! Reading files without holding up a runtime of one thread.
//!
//! `/proc` answers in microseconds. A spun-down disk, a sensor on a slow bus or the daemon behind a FUSE volume may take seconds, and one
//! that is broken never answers. A thread that hangs there cannot be stopped, so there must be no second one: each kind of reading has
//! its state behind a lock, the thread holds the lock, and whoever comes while it hangs waits for a deadline and goes without. Threads
//! of the runtime's own pool are not taken: that pool is small, and a runtime waits for it when it ends.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;

/// Our readers keep little on the stack.
const STACK_BYTES: usize = 256 * 1024;

/// State that one reading at a time works on, each on a thread of its own.
#[derive(Debug)]
pub(crate) struct Aside<S> {
    state: Arc<Mutex<S>>,
}

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum Missed {
    /// It took longer than this, or the one before still runs.
    Late(Duration),
    /// No thread could be started.
    NoThread(io::Error),
    /// It ended without a result.
    Ended,
}

impl<S: Send + 'static> Aside<S> {
    pub(crate) fn new(state: S) -> Self {
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Runs `read` on a thread and waits for it until `deadline`. Dropping the future leaves the thread to its end.
    pub(crate) async fn run<T, F>(&self, deadline: Duration, read: F) -> Result<T, Missed>
    where
        T: Send + 'static,
        F: FnOnce(&mut S) -> T + Send + 'static,
    {
        let reading = async {
            let mut state = self.state.clone().lock_owned().await;
            let (done, result) = oneshot::channel();
            let work = move || {
                let value = read(&mut state);
                drop(state);
                // Nobody listens any more once the deadline is over.
                drop(done.send(value));
            };
            thread::Builder::new()
                .name("gssa-host".into())
                .stack_size(STACK_BYTES)
                .spawn(work)
                .map_err(Missed::NoThread)?;
            result.await.map_err(|_| Missed::Ended)
        };
        timeout(deadline, reading).await.unwrap_or(Err(Missed::Late(deadline)))
    }
}

impl std::fmt::Display for Missed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Late(deadline) => write!(f, "no answer in {} s", deadline.as_secs_f64()),
            Self::NoThread(error) => write!(f, "no thread to read with: {error}"),
            Self::Ended => f.write_str("the reading broke off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn a_reading_that_hangs_is_left_alone_and_not_repeated() {
        let aside = Aside::new(0_u32);
        let (release, hang) = mpsc::channel::<()>();
        let stuck = aside.run(SHORT, move |times| {
            *times += 1;
            hang.recv().ok()
        });
        assert!(matches!(stuck.await, Err(Missed::Late(SHORT))));
        let second = aside.run(SHORT, |times| *times += 100).await;
        assert!(matches!(second, Err(Missed::Late(SHORT))), "the first one still has the lock");
        release.send(()).unwrap();
        assert_eq!(aside.run(LONG, |times| *times).await.unwrap(), 1, "the second one never ran");
    }

    #[tokio::test]
    async fn a_reading_that_panics_is_over() {
        let aside = Aside::new(());
        let broken: Result<(), Missed> = aside.run(LONG, |()| panic!("on purpose")).await;
        assert!(matches!(broken, Err(Missed::Ended)));
        assert_eq!(aside.run(LONG, |()| 7).await.unwrap(), 7);
    }
}
