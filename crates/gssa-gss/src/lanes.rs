//! Two requests at a time, each with its share of what is left.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The most requests that are open to one pool.
const LANES: usize = 2;

/// Does `ask` for each item, [`LANES`] at a time, and gives what came of them in their order.
///
/// Each gets a fair share of the time until `until`, and `at_most` so much: what the quick ones leave goes to those behind them, and one
/// that hangs leaves theirs to the others.
pub(crate) async fn each<I, T, A>(
    items: Vec<I>,
    until: Instant,
    at_most: Duration,
    ask: impl Fn(I, Duration) -> A,
) -> Vec<T>
where
    A: Future<Output = T>,
{
    let count = items.len();
    let waiting = Mutex::new(items.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let lane = async || {
        let mut done = Vec::new();
        while let Some((at, item)) = next() {
            let rounds = u32::try_from((count - at).div_ceil(LANES)).unwrap_or(u32::MAX);
            let share = until.saturating_duration_since(Instant::now()) / rounds;
            done.push((at, ask(item, share.min(at_most)).await));
        }
        done
    };
    let (mut done, others) = tokio::join!(lane(), lane());
    done.extend(others);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, came)| came).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use tokio::time::{sleep, timeout};

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test(start_paused = true)]
    async fn answers_keep_their_order_and_two_are_asked_at_a_time() {
        let (open, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let came = each(vec![5, 1, 4, 2, 3], Instant::now() + LONG, LONG, |item, _| {
            let (open, most) = (&open, &most);
            async move {
                most.fetch_max(open.fetch_add(1, Relaxed) + 1, Relaxed);
                sleep(Duration::from_secs(item)).await;
                open.fetch_sub(1, Relaxed);
                item * 10
            }
        });
        assert_eq!(came.await, [50, 10, 40, 20, 30]);
        assert_eq!(most.load(Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_leaves_the_others_their_time() {
        let begun = Instant::now();
        let came =
            each(vec![true, true, false, true, false], begun + Duration::from_secs(12), LONG, async |hangs, share| {
                let work = if hangs { LONG } else { Duration::from_secs(1) };
                timeout(share, sleep(work)).await.is_ok()
            });
        assert_eq!(came.await, [false, false, true, false, true]);
        assert!(begun.elapsed() <= Duration::from_secs(12), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_gets_more_than_the_most_and_nothing_is_nothing() {
        let shares = each(vec![(), ()], Instant::now() + LONG, Duration::from_secs(5), async |(), share| share);
        assert_eq!(shares.await, [Duration::from_secs(5); 2]);
        assert_eq!(each(Vec::<()>::new(), Instant::now(), LONG, async |(), share| share).await, []);
    }
}
