//! Sessions of people who logged in: in memory, gone at restart.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::token::{Digest, hex, random};

/// The name of the cookie.
pub(super) const COOKIE_NAME: &str = "gssa_session";
/// A session ends this long after its last request.
pub(super) const IDLE_LIMIT: Duration = Duration::from_secs(12 * 60 * 60);
/// One more replaces the one that was used longest ago.
const MAX_SESSIONS: usize = 64;

/// The open sessions. Of an id only its digest is kept.
#[derive(Default)]
pub(super) struct Sessions(Mutex<Vec<Session>>);

struct Session {
    id: Digest,
    /// The password that it was opened with.
    mark: Digest,
    used_at: Instant,
}

impl Sessions {
    /// Opens a session under the password of `mark` and gives its id.
    pub(super) fn open(&self, mark: Digest) -> String {
        let id = hex(&random::<32>());
        let now = Instant::now();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|session| session.mark.is(&mark) && now < session.used_at + IDLE_LIMIT);
        if sessions.len() >= MAX_SESSIONS
            && let Some(oldest) = (0..sessions.len()).min_by_key(|at| sessions[*at].used_at)
        {
            sessions.swap_remove(oldest);
        }
        sessions.push(Session { id: Digest::of(&id), mark, used_at: now });
        id
    }

    /// Whether `id` is open under the password of `mark`; if so it is used, which moves its end.
    pub(super) fn is_open(&self, id: &str, mark: &Digest) -> bool {
        let id = Digest::of(id);
        let now = Instant::now();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|session| now < session.used_at + IDLE_LIMIT);
        match sessions.iter_mut().find(|session| session.id.is(&id) && session.mark.is(mark)) {
            Some(session) => {
                session.used_at = now;
                true
            }
            None => false,
        }
    }

    /// Whether `id` is open, without using it.
    pub(super) fn is_still_open(&self, id: &str, mark: &Digest) -> bool {
        let id = Digest::of(id);
        let now = Instant::now();
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.iter().any(|session| session.id.is(&id) && session.mark.is(mark) && now < session.used_at + IDLE_LIMIT)
    }

    /// Ends a session.
    pub(super) fn close(&self, id: &str) {
        let id = Digest::of(id);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|session| !session.id.is(&id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_session_ends_twelve_hours_after_its_last_use() {
        let (sessions, mark) = (Sessions::default(), Digest::of("hash"));
        let id = sessions.open(mark);
        for _ in 0..3 {
            tokio::time::advance(IDLE_LIMIT.mul_f64(0.999)).await;
            assert!(sessions.is_open(&id, &mark));
        }
        tokio::time::advance(IDLE_LIMIT.mul_f64(0.999)).await;
        assert!(sessions.is_still_open(&id, &mark), "looking is not using");
        tokio::time::advance(IDLE_LIMIT.mul_f64(0.001)).await;
        assert!(!sessions.is_still_open(&id, &mark) && !sessions.is_open(&id, &mark));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_ends_with_its_password_and_when_closed() {
        let (sessions, mark) = (Sessions::default(), Digest::of("hash"));
        let (one, two) = (sessions.open(mark), sessions.open(mark));
        assert!(!sessions.is_open(&one, &Digest::of("another")));
        sessions.close(&one);
        assert!(!sessions.is_open(&one, &mark) && sessions.is_open(&two, &mark));
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_unused_session_makes_room() {
        let (sessions, mark) = (Sessions::default(), Digest::of("hash"));
        let first = sessions.open(mark);
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = sessions.open(mark);
        for _ in 2..=MAX_SESSIONS {
            sessions.open(mark);
        }
        assert!(!sessions.is_open(&first, &mark) && sessions.is_open(&second, &mark));
    }
}
