//! Sessions of people who logged in: in memory, gone at restart.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::{HeaderValue, SET_COOKIE};
use tokio::time::Instant;

use crate::problem::Error;
use crate::response::{Response, with_header};
use crate::token::{Digest, hex, random};

/// A session ends this long after its last request.
const IDLE_LIMIT: Duration = Duration::from_secs(12 * 60 * 60);
/// One more of an owner replaces the one of theirs that was used longest ago.
const MAX_SESSIONS: usize = 64;

/// The open sessions, at most 64 of each owner. Of an id only its digest is kept.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<Vec<Session>>);

#[derive(Debug)]
struct Session {
    id: Digest,
    /// Whose it is.
    owner: Arc<str>,
    /// The password that it was opened with.
    mark: Digest,
    used_at: Instant,
}

impl Sessions {
    /// Opens a session of `owner`, whose password has the mark `mark`, and gives its id. Those of theirs under another password end.
    pub fn open(&self, owner: &str, mark: Digest) -> String {
        let id = hex(&random::<32>());
        let now = Instant::now();
        let mut sessions = self.lock();
        let is_of = |session: &Session| *session.owner == *owner;
        sessions.retain(|session| session.is_alive(now) && (!is_of(session) || session.mark.is(&mark)));
        let theirs = || (0..sessions.len()).filter(|at| is_of(&sessions[*at]));
        if theirs().count() >= MAX_SESSIONS
            && let Some(oldest) = theirs().min_by_key(|at| sessions[*at].used_at)
        {
            sessions.swap_remove(oldest);
        }
        sessions.push(Session { id: Digest::of(&id), owner: owner.into(), mark, used_at: now });
        id
    }

    /// The owner of an open session. It is used, which moves its end, if `is_mark` says that its
    /// password is still theirs; that is asked under a lock.
    pub fn used_by(&self, id: &Digest, is_mark: impl Fn(&str, &Digest) -> bool) -> Option<Arc<str>> {
        let now = Instant::now();
        let mut sessions = self.lock();
        sessions.retain(|session| session.is_alive(now));
        let session = sessions.iter_mut().find(|session| session.id.is(id) && session.is_under(&is_mark))?;
        session.used_at = now;
        Some(Arc::clone(&session.owner))
    }

    /// The same without using it.
    pub fn held_by(&self, id: &Digest, is_mark: impl Fn(&str, &Digest) -> bool) -> Option<Arc<str>> {
        let now = Instant::now();
        let sessions = self.lock();
        let is_it = |session: &&Session| session.id.is(id) && session.is_alive(now) && session.is_under(&is_mark);
        sessions.iter().find(is_it).map(|session| Arc::clone(&session.owner))
    }

    /// Ends a session.
    pub fn close(&self, id: &Digest) {
        self.lock().retain(|session| !session.id.is(id));
    }

    /// Ends all sessions of an owner.
    pub fn close_all_of(&self, owner: &str) {
        self.lock().retain(|session| *session.owner != *owner);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn is_alive(&self, now: Instant) -> bool {
        now < self.used_at + IDLE_LIMIT
    }

    fn is_under(&self, is_mark: impl Fn(&str, &Digest) -> bool) -> bool {
        is_mark(&self.owner, &self.mark)
    }
}

/// The response with the cookie of a session, which ends with the browser; without an id it is taken back.
pub fn with_cookie(response: Response, name: &str, id: Option<&str>, is_https: bool) -> Result<Response, Error> {
    let secure = if is_https { "; Secure" } else { "" };
    let end = if id.is_none() { "; Max-Age=0" } else { "" };
    let cookie = format!("{name}={}; Path=/; HttpOnly; SameSite=Strict{secure}{end}", id.unwrap_or_default());
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Error::Internal)?;
    Ok(with_header(response, SET_COOKIE, cookie))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sessions under a password that everybody has.
    struct Bench {
        sessions: Sessions,
        mark: Digest,
    }

    impl Bench {
        fn new() -> Self {
            Self { sessions: Sessions::default(), mark: Digest::of("hash") }
        }

        fn open(&self, owner: &str) -> String {
            self.sessions.open(owner, self.mark)
        }

        fn is_open(&self, id: &str) -> bool {
            self.sessions.used_by(&Digest::of(id), |_, mark| mark.is(&self.mark)).is_some()
        }

        fn is_still_open(&self, id: &str) -> bool {
            self.sessions.held_by(&Digest::of(id), |_, mark| mark.is(&self.mark)).is_some()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_ends_twelve_hours_after_its_last_use() {
        let bench = Bench::new();
        let id = bench.open("admin");
        for _ in 0..3 {
            tokio::time::advance(IDLE_LIMIT.mul_f64(0.999)).await;
            assert!(bench.is_open(&id));
        }
        tokio::time::advance(IDLE_LIMIT.mul_f64(0.999)).await;
        assert!(bench.is_still_open(&id), "looking is not using");
        tokio::time::advance(IDLE_LIMIT.mul_f64(0.001)).await;
        assert!(!bench.is_still_open(&id) && !bench.is_open(&id));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_ends_with_its_password_and_when_closed() {
        let bench = Bench::new();
        let (one, two) = (bench.open("admin"), bench.open("admin"));
        let another = Digest::of("another");
        assert!(bench.sessions.used_by(&Digest::of(&one), |_, mark| mark.is(&another)).is_none());
        bench.sessions.close(&Digest::of(&one));
        assert!(!bench.is_open(&one) && bench.is_open(&two));
        bench.sessions.open("admin", another);
        assert!(!bench.is_open(&two), "a login under another password ends those before");
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_unused_session_makes_room() {
        let bench = Bench::new();
        let of_another = bench.open("eve");
        let first = bench.open("admin");
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = bench.open("admin");
        for _ in 2..=MAX_SESSIONS {
            bench.open("admin");
        }
        assert!(!bench.is_open(&first) && bench.is_open(&second));
        assert!(bench.is_open(&of_another), "nobody pushes out those of others");
    }

    #[test]
    fn a_session_is_of_who_opened_it() {
        let sessions = Sessions::default();
        let marks = |owner: &str| Digest::of(&format!("hash of {owner}"));
        let ids = ["ann", "bob"].map(|owner| Digest::of(&sessions.open(owner, marks(owner))));
        let owners = || ids.map(|id| sessions.used_by(&id, |owner, mark| mark.is(&marks(owner))));
        assert_eq!(owners(), [Some("ann".into()), Some("bob".into())]);
        sessions.close_all_of("ann");
        assert_eq!(owners(), [None, Some("bob".into())]);
    }
}
