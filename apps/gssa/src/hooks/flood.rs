//! How many events of one kind are kept one by one: a pure function of what came and when.
//!
//! The limit is for each hook and each kind of event, so that two hundred miners that reconnect do not hide the block that was found
//! meanwhile. What is beyond it is counted, and told as one entry when the minute is over.

use std::collections::BTreeMap;
use std::time::Duration;

use gssa_model::Timestamp;
use gssa_view::hook::HookEvent;
use tokio::time::Instant;

use super::words;

/// Events of one kind and hook that are kept in each [`WINDOW`].
pub(super) const MAX_IN_WINDOW: u32 = 20;

/// See [`MAX_IN_WINDOW`].
pub(super) const WINDOW: Duration = Duration::from_secs(60);

/// What came lately, by hook and kind of event. The kinds that are not known count as one: their names are the sender's.
#[derive(Debug, Default)]
pub(super) struct Flood(BTreeMap<(String, Option<String>), Window>);

#[derive(Debug)]
struct Window {
    ends: Instant,
    kept: u32,
    /// The last one that was not kept, and how many.
    held: Option<(HookEvent, u64)>,
}

impl Flood {
    /// The event, unless too many like it came lately; then it is counted.
    pub(super) fn admit(&mut self, event: HookEvent, now: Instant) -> Option<HookEvent> {
        let kind = words::is_known(&event.event).then(|| event.event.clone());
        let fresh = || Window { ends: now + WINDOW, kept: 0, held: None };
        let window = self.0.entry((event.name.clone(), kind)).or_insert_with(fresh);
        if window.kept < MAX_IN_WINDOW {
            window.kept += 1;
            return Some(event);
        }
        let (worst, count) = window.held.take().map_or((event.severity, 0), |(held, count)| (held.severity, count));
        let severity = event.severity.max(worst);
        window.held = Some((HookEvent { severity, ..event }, count + 1));
        None
    }

    /// When the next window ends.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.0.values().map(|window| window.ends).min()
    }

    /// Ends the windows whose time is over, and gives an event for what was counted in each.
    pub(super) fn ended(&mut self, now: Instant, at: Timestamp) -> Vec<HookEvent> {
        let mut summaries = Vec::new();
        self.0.retain(|(_, kind), window| {
            let is_open = window.ends > now;
            if !is_open && let Some((last, more)) = window.held.take() {
                summaries.push(summary(last, kind.is_none(), more, at));
            }
            is_open
        });
        summaries
    }
}

fn summary(last: HookEvent, is_mixed: bool, more: u64, at: Timestamp) -> HookEvent {
    let event = if is_mixed { words::UNNAMED.to_owned() } else { last.event };
    let of = if is_mixed { "other events" } else { &event };
    let title = format!("{more} more of {of} in a minute, not kept one by one");
    HookEvent { title, event, detail: None, entity: None, at, more: Some(more), ..last }
}

#[cfg(test)]
mod tests {
    use gssa_model::Severity;

    use super::*;

    fn event(hook: &str, event: &str, severity: Severity) -> HookEvent {
        HookEvent {
            name: hook.into(),
            product: None,
            event: event.into(),
            severity,
            title: event.into(),
            detail: Some("detail".into()),
            entity: Some("rig".into()),
            at: Timestamp::from_unix_ms(1),
            more: None,
        }
    }

    fn admitted(flood: &mut Flood, hook: &str, name: &str, times: u32, now: Instant) -> u32 {
        let events = (0..times).map(|_| event(hook, name, Severity::Info));
        events.filter_map(|event| flood.admit(event, now)).count() as u32
    }

    #[test]
    fn too_many_of_one_kind_are_counted_and_told_when_the_minute_is_over() {
        let (mut flood, now, at) = (Flood::default(), Instant::now(), Timestamp::from_unix_ms(7));
        assert_eq!(admitted(&mut flood, "a", "miner_disconnect", 200, now), MAX_IN_WINDOW);
        assert!(flood.admit(event("a", "miner_disconnect", Severity::Critical), now).is_none());
        assert!(flood.admit(event("a", "block_found", Severity::Info), now).is_some(), "another kind is not hidden");
        assert!(flood.admit(event("b", "miner_disconnect", Severity::Info), now).is_some(), "nor is another hook");
        assert_eq!(flood.next_end(), Some(now + WINDOW));
        assert_eq!(flood.ended(now + WINDOW - Duration::from_millis(1), at), []);

        let told = flood.ended(now + WINDOW, at);
        let [summary] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((summary.event.as_str(), summary.more, summary.at), ("miner_disconnect", Some(181), at));
        assert_eq!(
            (summary.severity, summary.entity.as_deref(), summary.detail.as_deref()),
            (Severity::Critical, None, None)
        );
        assert_eq!(summary.text(), "a: 181 more of miner_disconnect in a minute, not kept one by one");
        assert_eq!(flood.next_end(), None);
        assert_eq!(admitted(&mut flood, "a", "miner_disconnect", 30, now + WINDOW), MAX_IN_WINDOW, "a new minute");
    }

    #[test]
    fn names_of_a_senders_own_are_one_kind() {
        let (mut flood, now) = (Flood::default(), Instant::now());
        let names: Vec<String> = (0..500).map(|n| format!("made_up_{n}")).collect();
        let kept: u32 = names.iter().map(|name| admitted(&mut flood, "a", name, 1, now)).sum();
        assert_eq!((kept, flood.0.len()), (MAX_IN_WINDOW, 1));
        let told = flood.ended(now + WINDOW, Timestamp::from_unix_ms(7));
        assert_eq!((told[0].event.as_str(), told[0].more), (words::UNNAMED, Some(480)));
    }
}
