//! The web interface of a miner: a few pages that are read, behind a digest login. No page that writes can be named.
//!
//! Each page is a script on a slow ARM that asks the API on 4028 in its turn, so one request is open at a time, and what can be had
//! on 4028 is not asked here. A login costs one answer 401 for each nonce; the nonce is used until the server refuses it.

use std::time::Duration;

use gssa_http::header::{AUTHORIZATION, HeaderValue};
use gssa_http::{Client, Limits, Origin, Response};
use gssa_model::{Address, FailureReason};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::{Credentials, Error, Reply, parse_reply};

mod digest;

use digest::{Challenge, Login};

/// The largest page that is read. `stats` with nested figures of each chip is some tens of KB.
const MAX_PAGE_BYTES: usize = 512 * 1024;

/// A page that reports. The set is closed, and none of it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Page {
    /// Model, MAC address, serial number, host name, firmware.
    SystemInfo,
    /// The settings, of which the work mode is kept. It holds pool passwords, which are not read.
    MinerConf,
    /// Boards, chips, temperatures, fans.
    Stats,
    /// Totals and what the machine checks of itself.
    Summary,
    /// The pools.
    Pools,
}

impl Page {
    /// Every page.
    pub const ALL: &'static [Self] = &[Self::SystemInfo, Self::MinerConf, Self::Stats, Self::Summary, Self::Pools];

    /// The path. Bitmain's `www/pages/cgi-bin`, 2020 on; the first two are older.
    pub const fn path(self) -> &'static str {
        match self {
            Self::SystemInfo => "/cgi-bin/get_system_info.cgi",
            Self::MinerConf => "/cgi-bin/get_miner_conf.cgi",
            Self::Stats => "/cgi-bin/stats.cgi",
            Self::Summary => "/cgi-bin/summary.cgi",
            Self::Pools => "/cgi-bin/pools.cgi",
        }
    }
}

/// Why a page could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The exchange failed before there was a reply.
    #[error(transparent)]
    Request(#[from] gssa_http::Error),
    /// Another page took all the time there was.
    #[error("another request to its web interface was still open after {} s", .0.as_secs_f64())]
    Waited(Duration),
    /// The web interface wants a login, and there are no credentials.
    #[error("its web interface wants a login for {path}")]
    PasswordNeeded {
        /// What was asked.
        path: &'static str,
    },
    /// The login was refused with a fresh nonce.
    #[error("its web interface refused the login for {path}")]
    PasswordWrong {
        /// What was asked.
        path: &'static str,
    },
    /// The login is of a kind that is not spoken here.
    #[error("its web interface wants another login than Digest with MD5")]
    OtherLogin,
    /// A status that is no answer; 404 from a firmware without the page.
    #[error("answered {status} to GET {path}")]
    Status {
        /// What was asked.
        path: &'static str,
        /// The status.
        status: u16,
    },
    /// The page is no reply, or says that the mining program behind it is down.
    #[error("answered GET {path} with what is no page of an Antminer")]
    Page {
        /// What was asked.
        path: &'static str,
        /// What is wrong with it.
        source: Box<Error>,
    },
}

impl HttpError {
    /// The reason in the words of the contract.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::Request(error) => error.reason(),
            Self::Waited(_) => FailureReason::Timeout,
            Self::PasswordNeeded { .. } => FailureReason::PasswordNeeded,
            Self::PasswordWrong { .. } => FailureReason::PasswordWrong,
            Self::OtherLogin | Self::Status { status: 404, .. } => FailureReason::FirmwareUnsupported,
            Self::Status { status: 403, .. } => FailureReason::ApiDisabled,
            Self::Status { status: 429 | 503, .. } => FailureReason::Busy,
            Self::Status { .. } => FailureReason::Malformed,
            Self::Page { source, .. } => source.reason(),
        }
    }
}

/// Asks the web interface of one device, one page after the other, whoever asks.
///
/// Dropping a future closes its connection.
#[derive(Debug)]
pub struct Web {
    origin: Origin,
    credentials: Option<Credentials>,
    /// Held while a request is open.
    login: Mutex<Option<Login>>,
}

impl Web {
    /// The web interface on `port` of the device at `address`, whatever port the address names for its API; nothing is sent yet.
    pub fn new(address: &Address, port: u16, credentials: Option<Credentials>) -> Self {
        let host = address.host();
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let bare: Address = host.parse().expect("the host of an address is an address");
        let origin = Origin::of(&bare, port).expect("an address without a scheme is HTTP");
        Self { origin, credentials, login: Mutex::default() }
    }

    /// A page, within `deadline`. Two requests at most: one that is answered 401, and one with a fresh nonce.
    ///
    /// # Errors
    ///
    /// Every variant of [`HttpError`].
    pub async fn fetch(&self, page: Page, deadline: Duration) -> Result<Reply, HttpError> {
        let until = Instant::now() + deadline;
        let mut login = timeout_at(until, self.login.lock()).await.map_err(|_| HttpError::Waited(deadline))?;
        let path = page.path();
        let mut response = self.ask(path, login.as_mut(), until).await?;
        if response.status == 401 {
            let refused = login.take();
            let Some(credentials) = &self.credentials else { return Err(HttpError::PasswordNeeded { path }) };
            let challenge = Challenge::first_of(&response.www_authenticate).ok_or(HttpError::OtherLogin)?;
            // The same nonce again, and not because it is too old: it was the password.
            if refused.is_some_and(|refused| refused.is_for(&challenge)) {
                return Err(HttpError::PasswordWrong { path });
            }
            let fresh = login.insert(Login::new(challenge, &credentials.username, &credentials.password));
            response = self.ask(path, Some(fresh), until).await?;
            if response.status == 401 {
                *login = None;
                return Err(HttpError::PasswordWrong { path });
            }
        }
        page_of(path, &response)
    }

    async fn ask(
        &self,
        path: &'static str,
        login: Option<&mut Login>,
        until: Instant,
    ) -> Result<Response, gssa_http::Error> {
        let left = until.saturating_duration_since(Instant::now());
        let limits = Limits::within(left, MAX_PAGE_BYTES);
        let header = login.map(|login| {
            let answer = login.answer("GET", path, &digest::client_nonce());
            let mut value = HeaderValue::try_from(answer).unwrap_or_else(|_| HeaderValue::from_static("Digest"));
            value.set_sensitive(true);
            (AUTHORIZATION, value)
        });
        Client::new(limits).get_with(&self.origin, path, header.as_slice()).await
    }
}

fn page_of(path: &'static str, response: &Response) -> Result<Reply, HttpError> {
    match response.status {
        200 => parse_reply(&response.body).map_err(|error| HttpError::Page { path, source: Box::new(error) }),
        status => Err(HttpError::Status { path, status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_can_be_named_that_writes() {
        for page in Page::ALL {
            let name = page.path().strip_prefix("/cgi-bin/").unwrap();
            let writes = [
                "set_",
                "reset_",
                "blink",
                "reboot",
                "passwd",
                "upgrade",
                "upload_",
                "pool_protect",
                "kill_",
                "create_",
            ];
            assert!(!writes.iter().any(|write| name.starts_with(write)), "{name}");
            assert!(name.strip_suffix(".cgi").is_some() && !name.contains('?'), "{name}");
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        let web = Web::new(
            &"192.0.2.7".parse().unwrap(),
            80,
            Some(Credentials { username: "root".into(), password: "hunter2".into() }),
        );
        assert!(!format!("{web:?}").contains("hunter2"));
    }

    #[test]
    fn the_web_port_is_its_own() {
        let origin = |address: &str, port| Web::new(&address.parse().unwrap(), port, None).origin.to_string();
        assert_eq!(origin("192.0.2.7:4028", 80), "http://192.0.2.7");
        assert_eq!(origin("tcp://[2001:db8::7]:4028", 8080), "http://[2001:db8::7]:8080");
    }
}
