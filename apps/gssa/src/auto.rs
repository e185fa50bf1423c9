//! A source of kind `auto`: what speaks there is found out by asking, remembered, and found out anew when it changes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gssa_model::{CollectError, Collector, FailureKind, FailureReason, Snapshot, SourceId, SourceKind};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A way to ask a peer without knowing what it is.
#[derive(Debug)]
pub struct Door {
    /// The kind behind it; `None` where the collector finds that out itself.
    pub kind: Option<SourceKind>,
    /// Asks there.
    pub collector: Arc<dyn Collector>,
}

impl Door {
    /// What is behind it, after it has answered.
    fn found(&self) -> Option<SourceKind> {
        self.kind.or_else(|| self.collector.found_kind())
    }
}

/// Tries every door until one opens, and then keeps to that one.
#[derive(Debug)]
pub struct Auto {
    id: SourceId,
    doors: Vec<Door>,
    /// For all doors together.
    timeout: Duration,
    /// The door that opened, by its place. Held while the peer is asked.
    open: Mutex<Option<usize>>,
    found: std::sync::Mutex<Option<SourceKind>>,
}

impl Auto {
    /// A collector that tries `doors` in their order, within `timeout` for all.
    pub fn new(id: SourceId, doors: Vec<Door>, timeout: Duration) -> Self {
        Self { id, doors, timeout, open: Mutex::default(), found: std::sync::Mutex::default() }
    }

    async fn observe(&self) -> Result<Snapshot, CollectError> {
        let mut open = self.open.lock().await;
        if let Some(door) = open.and_then(|at| self.doors.get(at)) {
            let outcome = door.collector.collect().await;
            // Who is nobody here any more, or somebody else, may be found behind another door next time.
            if outcome.as_ref().is_err_and(|error| is_gone(error)) {
                *open = None;
            }
            self.remember(door, outcome.is_ok());
            return outcome;
        }
        let begun = Instant::now();
        let mut told: Option<CollectError> = None;
        for (at, door) in self.doors.iter().enumerate() {
            let left = self.timeout.saturating_sub(begun.elapsed());
            // A silent door must leave time for those behind it.
            let share = left / u32::try_from(self.doors.len() - at).unwrap_or(1);
            match tokio::time::timeout(share, door.collector.collect()).await {
                Ok(Ok(snapshot)) => {
                    *open = Some(at);
                    self.remember(door, true);
                    return Ok(snapshot);
                }
                Ok(Err(error)) => keep_most_telling(&mut told, error),
                Err(_) => keep_most_telling(&mut told, CollectError::new(FailureReason::Timeout, "no answer in time")),
            }
        }
        Err(told.unwrap_or_else(|| CollectError::new(FailureReason::NotAMiner, "no kind of source is known")))
    }

    fn remember(&self, door: &Door, has_answered: bool) {
        if has_answered && let Some(kind) = door.found() {
            *self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(kind);
        }
    }
}

/// Whether the peer that was here before is gone from its door.
fn is_gone(error: &CollectError) -> bool {
    error.kind() == FailureKind::Unsupported || error.reason() == FailureReason::ConnectionRefused
}

fn keep_most_telling(told: &mut Option<CollectError>, error: CollectError) {
    if told.as_ref().is_none_or(|before| how_telling(error.kind()) > how_telling(before.kind())) {
        *told = Some(error);
    }
}

/// How much a failure says about what is there.
pub const fn how_telling(kind: FailureKind) -> u8 {
    match kind {
        FailureKind::Unreachable => 0,
        FailureKind::Timeout => 1,
        FailureKind::Protocol | FailureKind::Unsupported => 2,
        FailureKind::Overloaded => 3,
        FailureKind::Refused => 4,
    }
}

#[async_trait]
impl Collector for Auto {
    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn collect(&self) -> Result<Snapshot, CollectError> {
        self.observe().await
    }

    fn found_kind(&self) -> Option<SourceKind> {
        *self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as StdMutex;

    use gssa_model::MinerSnapshot;

    use super::*;

    /// A peer that answers what it is told to.
    #[derive(Debug)]
    struct Scripted {
        id: SourceId,
        answer: Arc<StdMutex<Result<(), FailureReason>>>,
    }

    #[async_trait]
    impl Collector for Scripted {
        fn id(&self) -> &SourceId {
            &self.id
        }

        async fn collect(&self) -> Result<Snapshot, CollectError> {
            let answer = *self.answer.lock().unwrap();
            match answer {
                Ok(()) => Ok(MinerSnapshot::default().into()),
                Err(FailureReason::Timeout) => std::future::pending().await,
                Err(reason) => Err(CollectError::new(reason, reason.as_str())),
            }
        }
    }

    type Answer = Arc<StdMutex<Result<(), FailureReason>>>;

    fn auto(first: Result<(), FailureReason>, second: Result<(), FailureReason>) -> (Auto, Answer, Answer) {
        let id: SourceId = "a".parse().unwrap();
        let answers = [first, second].map(|answer| Arc::new(StdMutex::new(answer)));
        let kinds = [SourceKind::Axeos, SourceKind::Canaan];
        let doors = answers.iter().zip(kinds).map(|(answer, kind)| Door {
            kind: Some(kind),
            collector: Arc::new(Scripted { id: id.clone(), answer: answer.clone() }),
        });
        let auto = Auto::new(id.clone(), doors.collect(), Duration::from_secs(4));
        let [first, second] = answers;
        (auto, first, second)
    }

    #[tokio::test(start_paused = true)]
    async fn the_door_that_opens_is_kept() {
        let (auto, first, second) = auto(Err(FailureReason::NotAMiner), Ok(()));
        assert_eq!(auto.found_kind(), None);
        assert!(auto.collect().await.is_ok());
        assert_eq!(auto.found_kind(), Some(SourceKind::Canaan));
        *first.lock().unwrap() = Ok(());
        *second.lock().unwrap() = Err(FailureReason::Malformed);
        assert_eq!(
            auto.collect().await.unwrap_err().reason(),
            FailureReason::Malformed,
            "one bad answer changes nothing"
        );
        *second.lock().unwrap() = Err(FailureReason::ConnectionRefused);
        assert!(auto.collect().await.is_err());
        assert!(auto.collect().await.is_ok(), "another device has taken its place");
        assert_eq!(auto.found_kind(), Some(SourceKind::Axeos));
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_door_leaves_time_for_the_next() {
        let (auto, ..) = auto(Err(FailureReason::Timeout), Ok(()));
        assert!(auto.collect().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn the_failure_that_tells_most_is_told() {
        use FailureReason as R;
        for (first, second, told) in [
            (R::ConnectionRefused, R::ApiDisabled, R::ApiDisabled),
            (R::NotAMiner, R::ConnectionRefused, R::NotAMiner),
            (R::Timeout, R::ConnectionRefused, R::Timeout),
            (R::NoRoute, R::NoRoute, R::NoRoute),
        ] {
            let (auto, ..) = auto(Err(first), Err(second));
            assert_eq!(auto.collect().await.unwrap_err().reason(), told, "{first} and {second}");
        }
    }
}
