//! How each fault is made, and what is waited for so that it was one.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::ledger::{Ledger, endings};
use super::surroundings::hosts;
use super::{Lane, NUDGE_AFTER};
use crate::fault::{Kind, Path};
use crate::programs::{PATIENCE, until};
use crate::proxy::{Mode, Way};

impl Lane<'_> {
    pub(super) fn make(&mut self, kind: Kind) {
        match kind {
            Kind::Cut => self.cut(Way::Up, 1200),
            Kind::CutBack => self.cut(Way::Down, 120),
            Kind::HalfOpen => self.interrupt(&Mode::Hole),
            Kind::NeverReads => self.interrupt(&Mode::Deaf),
            Kind::NoAcks => self.interrupt(&Mode::NoAcks),
            Kind::HalfOpenForLong => self.until_it_gives_up(Mode::Hole),
            Kind::NoAcksForLong => self.until_it_gives_up(Mode::NoAcks),
            Kind::Refused => {
                self.shut(Mode::Refuses);
                self.rest(0.0..2.0);
            }
            Kind::Status401 => {
                self.shut(Mode::Answers(answer("401 Unauthorized", "")));
                self.link_when("rejected", |link| link["state"] == "rejected");
                self.proxy.set(Mode::Through);
                self.nudge();
            }
            Kind::Status413 => {
                self.shut(Mode::Answers(answer("413 Content Too Large", "")));
                // By POST a batch is halved each time, until a single item is refused.
                let times = self.rng.u64(1..=8);
                let (proxy, path) = (self.proxy.clone(), self.path);
                until("413 was answered", || (path != Path::Post || proxy.hits() >= times).then_some(()));
            }
            Kind::Status429 => self.too_much(),
            Kind::Status503 => drop(self.shut(Mode::Answers(answer("503 Service Unavailable", "")))),
            Kind::RedirectLoop => {
                let to = format!("Location: http://{}/agent\r\n", self.proxy.address());
                self.shut(Mode::Answers(answer("301 Moved Permanently", &to)));
                self.error_with("redirects");
            }
            Kind::CloudKilled => self.cloud.ends_by("KILL", self.a_while(0.0..2.0)),
            Kind::CloudRestarted => self.cloud.ends_by("TERM", self.a_while(0.0..2.0)),
            Kind::AgentKilled => {
                // With nothing that waits, or with all of some seconds.
                if self.rng.bool() {
                    self.shut(Mode::Refuses);
                }
                self.rest(0.0..4.0);
                self.end_run(true);
                self.agent.kill();
                self.begin_run();
            }
            Kind::AgentRestarted => {
                let cloud = self.cloud;
                let _calm = cloud.calm.read().unwrap();
                self.recover();
                self.end_run(false);
                self.agent.stop();
                self.begin_run();
            }
            Kind::AgentEndsAway => {
                self.shut(Mode::Refuses);
                self.rest(1.0..4.0);
                self.end_run(true);
                self.agent.stop();
                self.begin_run();
            }
            Kind::Sleep => {
                self.agent.signal("STOP");
                self.rest(2.0..12.0);
                self.agent.signal("CONT");
            }
            Kind::RingFull => {
                let before = self.ledger().gaps();
                self.shut(Mode::Refuses);
                self.link_when("thinning", |link| Ledger::of(link).gaps() > before + 30);
            }
            Kind::Expired => {
                self.shut(Mode::Expired);
                self.error_with("expired");
            }
            Kind::DnsDead => {
                fs::write(self.dir.path().join("hosts"), hosts(false)).unwrap();
                self.proxy.cut_all();
                self.error_with("DNS");
                fs::write(self.dir.path().join("hosts"), hosts(true)).unwrap();
            }
            Kind::ClockJump => {
                let before = self.endings("clock");
                let secs = self.rng.i64(60..7200);
                self.jumped_secs += if self.rng.bool() { secs } else { -secs };
                fs::write(self.dir.path().join("clock"), format!("{:+}", self.jumped_secs)).unwrap();
                self.link_when("aware of its clock", |link| endings(link, "clock") > before);
            }
            Kind::NoTunnel => {
                let refusal = if self.rng.bool() { "407 Proxy Authentication Required" } else { "502 Bad Gateway" };
                self.shut(Mode::NoTunnel(answer(refusal, "")));
                self.error_with("proxy");
            }
        }
        self.proxy.set(Mode::Through);
    }

    /// Cuts one connection after a few bytes of this way.
    fn cut(&mut self, way: Way, most: usize) {
        let mode = Mode::Cut { way, after: self.rng.usize(1..most), resets: self.rng.bool() };
        self.proxy.set(mode);
        self.feel();
    }

    /// Lets nothing through for some seconds, and then all that was held back, or cuts.
    fn interrupt(&mut self, mode: &Mode) {
        self.proxy.set(mode.clone());
        self.feel();
        self.rest(1.0..8.0);
        // What was left out of a stream of frames does not come any more.
        if *mode == Mode::NoAcks || self.rng.bool() {
            self.proxy.cut_all();
        }
    }

    /// The same until the agent ends the connection by itself: its deadlines are what they are, a minute.
    fn until_it_gives_up(&mut self, mode: Mode) {
        let cloud = self.cloud;
        let _calm = cloud.calm.read().unwrap();
        self.recover();
        let before: u64 = ["silent", "broken"].iter().map(|reason| self.endings(reason)).sum();
        self.proxy.set(mode);
        let is_over =
            |link: &Value| ["silent", "broken"].iter().map(|reason| endings(link, reason)).sum::<u64>() > before;
        self.link_when("giving up", is_over);
        assert!(self.proxy.was_felt());
    }

    /// Cuts what is open, and lets nobody in; waits until somebody was turned away.
    fn shut(&mut self, mode: Mode) -> bool {
        self.proxy.set(mode);
        self.proxy.cut_all();
        self.feel()
    }

    /// Waits until the fault was felt; tells whether without a nudge.
    fn feel(&mut self) -> bool {
        let (proxy, nudges) = (self.proxy.clone(), self.nudges);
        let mut nudged_at = Instant::now();
        until("the fault is felt", || {
            if nudged_at.elapsed() > NUDGE_AFTER {
                nudged_at = Instant::now();
                self.nudge();
            }
            proxy.was_felt().then_some(())
        });
        nudges == self.nudges
    }

    /// 429 with `Retry-After`: until then it does not come back.
    fn too_much(&mut self) {
        let secs = self.rng.u64(1..=3);
        let was_not_nudged =
            self.shut(Mode::Answers(answer("429 Too Many Requests", &format!("Retry-After: {secs}\r\n"))));
        let (asked, seen) = (Instant::now(), self.proxy.asked_at().len());
        self.proxy.set(Mode::Through);
        let proxy = self.proxy.clone();
        let came = until("it comes back", || proxy.asked_at().get(seen).copied());
        // What is heard here of the answer is some milliseconds old.
        let least = Duration::from_millis(1000 * secs - 200);
        assert!(
            !was_not_nudged || came.duration_since(asked) >= least,
            "{:?} after {secs} s were asked for",
            came - asked
        );
    }

    fn endings(&self, reason: &str) -> u64 {
        endings(&self.agent.link(), reason)
    }

    fn link_when(&self, what: &str, is_so: impl Fn(&Value) -> bool) {
        let mut last = Value::Null;
        let begun = Instant::now();
        while !is_so(&last) {
            assert!(begun.elapsed() < PATIENCE, "{} is not {what}: {last:#}", self.name);
            sleep(Duration::from_millis(50));
            last = self.agent.link();
        }
    }

    /// Waits until the agent tells its operator in these words.
    fn error_with(&mut self, words: &str) {
        let mut nudged_at = Instant::now();
        let mut last = Value::Null;
        let begun = Instant::now();
        while !last["last_error"].as_str().is_some_and(|error| error.contains(words)) {
            assert!(begun.elapsed() < PATIENCE, "{}: no {words:?} in {last:#}", self.name);
            if nudged_at.elapsed() > NUDGE_AFTER {
                nudged_at = Instant::now();
                self.nudge();
            }
            sleep(Duration::from_millis(50));
            last = self.agent.link();
        }
    }

    fn a_while(&mut self, secs: std::ops::Range<f64>) -> Duration {
        Duration::from_secs_f64(secs.start + (secs.end - secs.start) * self.rng.f64())
    }

    fn rest(&mut self, secs: std::ops::Range<f64>) {
        sleep(self.a_while(secs));
    }
}

fn answer(status: &str, more: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n")
}
