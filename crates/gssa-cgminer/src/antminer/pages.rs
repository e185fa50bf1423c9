//! When the web interface is asked: it has one login, one thread, and little that 4028 does not tell.

use std::time::Duration;

use gssa_model::{FailureReason, Gap};
use tokio::time::Instant;

use super::Pages;
use crate::collector::Peer;
use crate::{HttpError, Page, Reply, Web};

/// What does not change is asked again after so many observations: a quarter of an hour at the usual interval of 30 s.
const REFRESH_AFTER: u32 = 30;

/// Observations without a request after two refused logins, or a page that is not there: an hour at the usual interval.
const REST: u32 = 120;

/// Each other failure doubles the observations until the next attempt, so many times.
const MAX_DOUBLINGS: u32 = 6;

/// A request that would have less time is not begun.
const LEAST_TIME: Duration = Duration::from_millis(300);

/// The web interface of one machine, and what is known of it.
#[derive(Debug, Default)]
pub(super) struct WebPages {
    web: Option<Web>,
    system_info: Option<Reply>,
    /// Observations until a page may be asked again.
    info_rest: u32,
    failure_rest: u32,
    failed_times: u32,
    /// What went wrong last, until a page comes.
    failure: Option<(Page, FailureReason)>,
}

impl WebPages {
    /// The pages, as far as they are due: who the machine is now and then, its settings while it does not hash. Nothing without
    /// credentials. What failed is a gap.
    pub(super) async fn beside(&mut self, peer: &Peer<'_>, hashes: bool) -> (Pages, Option<Gap>) {
        let mut pages = Pages::default();
        if peer.options.credentials.is_none() {
            return (pages, None);
        }
        self.info_rest = self.info_rest.saturating_sub(1);
        if self.failure_rest > 0 {
            self.failure_rest -= 1;
        } else {
            if !hashes {
                pages.miner_conf = self.try_fetch(peer, Page::MinerConf).await;
            }
            if self.info_rest == 0
                && self.failure_rest == 0
                && let Some(info) = self.try_fetch(peer, Page::SystemInfo).await
            {
                self.system_info = Some(info);
                self.info_rest = REFRESH_AFTER;
            }
        }
        pages.system_info.clone_from(&self.system_info);
        let gap = self.failure.map(|(page, reason)| Gap::new(page.path(), reason.as_str()));
        (pages, gap)
    }

    async fn try_fetch(&mut self, peer: &Peer<'_>, page: Page) -> Option<Reply> {
        if peer.until.saturating_duration_since(Instant::now()) < LEAST_TIME {
            return None;
        }
        match self.fetch(peer, page).await {
            Ok(reply) => {
                (self.failed_times, self.failure) = (0, None);
                Some(reply)
            }
            // A firmware without the page: nothing is wanted that could be had.
            Err(HttpError::Status { status: 404, .. }) => {
                self.info_rest = REST;
                None
            }
            Err(error) => {
                self.failed(page, &error);
                None
            }
        }
    }

    fn failed(&mut self, page: Page, error: &HttpError) {
        self.failed_times = self.failed_times.saturating_add(1);
        let is_login = matches!(error.reason(), FailureReason::PasswordNeeded | FailureReason::PasswordWrong);
        self.failure_rest = match self.failed_times {
            times if is_login && times >= 2 => REST,
            times => (1 << times.min(MAX_DOUBLINGS)) - 1,
        };
        self.failure = Some((page, error.reason()));
    }

    /// One page. It is asked whatever happened before; the caller knows when.
    pub(super) async fn fetch(&mut self, peer: &Peer<'_>, page: Page) -> Result<Reply, HttpError> {
        let web = self
            .web
            .get_or_insert_with(|| Web::new(peer.address, peer.options.http_port, peer.options.credentials.clone()));
        web.fetch(page, peer.until.saturating_duration_since(Instant::now())).await
    }

    /// Whether a login was refused so often that the machine is left alone for a while; counts the observations that go by.
    pub(super) fn is_resting(&mut self) -> Option<(Page, FailureReason)> {
        if self.failure_rest == 0 {
            return None;
        }
        self.failure_rest -= 1;
        self.failure
    }

    pub(super) fn note(&mut self, page: Page, error: &HttpError) {
        self.failed(page, error);
    }

    pub(super) fn succeeded(&mut self) {
        (self.failed_times, self.failure) = (0, None);
    }
}
