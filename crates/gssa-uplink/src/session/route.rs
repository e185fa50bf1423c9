//! Which carrier is tried next (section 7).

use std::time::Duration;

use super::event::Carrier;

/// After so many upgrades in a row that failed although the host could be reached, POST is used.
const UPGRADES: u32 = 3;

/// How long POST is used before the WebSocket is tried again.
const WEBSOCKET_AGAIN: Duration = Duration::from_secs(15 * 60);

/// Chooses between the carriers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route {
    only_post: bool,
    failed_upgrades: u32,
    post_until: Option<Duration>,
}

impl Route {
    pub(super) const fn new(only_post: bool) -> Self {
        Self { only_post, failed_upgrades: 0, post_until: None }
    }

    pub(super) fn next(&self, now: Duration) -> Carrier {
        let uses_post = self.only_post || self.post_until.is_some_and(|until| now < until);
        if uses_post { Carrier::Post } else { Carrier::WebSocket }
    }

    /// When a connection by POST is to be left for a WebSocket.
    pub(super) const fn websocket_at(&self) -> Option<Duration> {
        if self.only_post { None } else { self.post_until }
    }

    /// An upgrade failed; tells whether that makes POST the next carrier.
    pub(super) fn failed(&mut self, now: Duration) -> bool {
        self.failed_upgrades = self.failed_upgrades.saturating_add(1);
        let changes = self.failed_upgrades >= UPGRADES;
        if changes {
            self.post_until = Some(now + WEBSOCKET_AGAIN);
        }
        changes
    }

    pub(super) fn welcomed(&mut self, by: Carrier) {
        if by == Carrier::WebSocket {
            (self.failed_upgrades, self.post_until) = (0, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failed_upgrades_mean_post_for_a_quarter_of_an_hour_each_time() {
        let mut route = Route::new(false);
        let minute = |minute: u64| Duration::from_secs(60 * minute);
        assert_eq!([route.failed(minute(0)), route.failed(minute(0)), route.failed(minute(0))], [false, false, true]);
        assert_eq!((route.next(minute(14)), route.next(minute(15))), (Carrier::Post, Carrier::WebSocket));
        route.welcomed(Carrier::Post);
        assert!(route.failed(minute(15)), "one more is enough");
        assert_eq!((route.next(minute(29)), route.next(minute(30))), (Carrier::Post, Carrier::WebSocket));
        route.welcomed(Carrier::WebSocket);
        assert_eq!((route.next(minute(31)), route.failed(minute(31))), (Carrier::WebSocket, false));
    }

    #[test]
    fn an_operator_who_wants_post_gets_nothing_else() {
        let route = Route::new(true);
        assert_eq!((route.next(Duration::MAX), route.websocket_at()), (Carrier::Post, None));
    }
}
