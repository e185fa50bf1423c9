//! Owns the long-running tasks: each has a name and a stop signal, a panic is caught, counted and answered by a restart.

use std::collections::VecDeque;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

/// A task that panics more often than this within [`BUDGET_WINDOW`] is given up.
pub const BUDGET_PANICS: usize = 5;

/// See [`BUDGET_PANICS`].
pub const BUDGET_WINDOW: Duration = Duration::from_secs(600);

/// The pause before a task is started again.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// Spawns tasks and waits for their end.
#[derive(Debug, Clone, Default)]
pub struct Supervisor {
    tasks: TaskTracker,
    stop: CancellationToken,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    panics: AtomicU64,
    given_up: AtomicU64,
}

impl Supervisor {
    /// The signal that ends all tasks.
    pub const fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Runs what `start` gives until it ends. After a panic it is started again, as long as the budget lasts.
    ///
    /// The task is expected to end soon after `stop`, which is the supervisor's own signal or a child of it.
    pub fn spawn<F>(&self, name: impl Into<String>, stop: CancellationToken, start: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (name, counts) = (name.into(), self.counts.clone());
        self.tasks.spawn(async move {
            let mut panics = VecDeque::new();
            while AssertUnwindSafe(start()).catch_unwind().await.is_err() {
                counts.panics.fetch_add(1, Ordering::Relaxed);
                if !within_budget(&mut panics, Instant::now()) {
                    counts.given_up.fetch_add(1, Ordering::Relaxed);
                    error!(task = name, "task panicked too often and was given up; restart the agent");
                    return;
                }
                warn!(task = name, "task panicked and is started again");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(RESTART_PAUSE) => {}
                }
            }
        });
    }

    /// Signals all tasks to end and waits for them; gives up after `deadline` and tells whether all had ended.
    pub async fn shut_down(&self, deadline: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(deadline, self.tasks.wait()).await.is_ok()
    }

    /// How many tasks run.
    pub fn running(&self) -> usize {
        self.tasks.len()
    }

    /// How often a task panicked since the agent started.
    pub fn panics(&self) -> u64 {
        self.counts.panics.load(Ordering::Relaxed)
    }

    /// How many tasks were given up.
    pub fn given_up(&self) -> u64 {
        self.counts.given_up.load(Ordering::Relaxed)
    }
}

/// Notes a panic and tells whether another start is allowed.
fn within_budget(panics: &mut VecDeque<Instant>, now: Instant) -> bool {
    panics.push_back(now);
    while panics.front().is_some_and(|first| now.duration_since(*first) > BUDGET_WINDOW) {
        panics.pop_front();
    }
    panics.len() <= BUDGET_PANICS
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_started_again() {
        let supervisor = Supervisor::default();
        let starts = Arc::new(AtomicUsize::new(0));
        let (counted, stop) = (starts.clone(), supervisor.stop().clone());
        supervisor.spawn("flaky", supervisor.stop().clone(), move || {
            let (start, stop) = (counted.fetch_add(1, Ordering::SeqCst), stop.clone());
            async move {
                assert!(start >= 2, "broken twice");
                stop.cancelled().await;
            }
        });
        while starts.load(Ordering::SeqCst) < 3 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!((supervisor.panics(), supervisor.given_up(), supervisor.running()), (2, 0, 1));
        assert!(supervisor.shut_down(Duration::from_secs(5)).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_always_panics_is_given_up() {
        let supervisor = Supervisor::default();
        supervisor.spawn("broken", supervisor.stop().clone(), || async { panic!("always") });
        while supervisor.running() > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!((supervisor.panics(), supervisor.given_up()), (BUDGET_PANICS as u64 + 1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_end_is_left_after_the_deadline() {
        let supervisor = Supervisor::default();
        supervisor.spawn("deaf", supervisor.stop().clone(), std::future::pending);
        assert!(!supervisor.shut_down(Duration::from_secs(5)).await);
    }

    #[test]
    fn old_panics_leave_the_budget() {
        let (mut panics, start) = (VecDeque::new(), Instant::now());
        for minute in 0..60 {
            assert!(within_budget(&mut panics, start + Duration::from_secs(minute * 150)), "{minute}");
        }
    }
}
