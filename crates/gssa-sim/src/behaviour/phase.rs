//! When the port of a device is open.

use std::time::Duration;

use super::Behaviour;

/// Whether the port is open, and until when, counted from the moment the behaviour began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The port is open.
    Up {
        /// When it closes, if ever.
        until: Option<Duration>,
    },
    /// The port is closed.
    Down {
        /// When it opens, if ever.
        until: Option<Duration>,
    },
}

impl Phase {
    /// Whether the port is open.
    pub const fn is_up(self) -> bool {
        matches!(self, Self::Up { .. })
    }

    /// When this phase ends, if ever.
    pub const fn until(self) -> Option<Duration> {
        match self {
            Self::Up { until } | Self::Down { until } => until,
        }
    }
}

impl Behaviour {
    /// Says whether the port is open, `since` after the behaviour began.
    pub fn phase(&self, since: Duration) -> Phase {
        match *self {
            Self::Refuse => Phase::Down { until: None },
            Self::Flapping { up, down } | Self::Reboot { after: up, down } => cycle(up, down, since),
            _ => Phase::Up { until: None },
        }
    }
}

fn cycle(up: Duration, down: Duration, since: Duration) -> Phase {
    let period = up + down;
    if period.is_zero() {
        return Phase::Up { until: None };
    }
    let begun = Duration::from_secs_f64((since.as_secs_f64() / period.as_secs_f64()).floor() * period.as_secs_f64());
    if since < begun + up { Phase::Up { until: Some(begun + up) } } else { Phase::Down { until: Some(begun + period) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flapping_opens_and_closes_in_turn() {
        let flapping = Behaviour::Flapping { up: Duration::from_secs(3), down: Duration::from_secs(2) };
        let at = |secs| flapping.phase(Duration::from_secs(secs));
        assert_eq!(at(0), Phase::Up { until: Some(Duration::from_secs(3)) });
        assert_eq!(at(3), Phase::Down { until: Some(Duration::from_secs(5)) });
        assert_eq!(at(11), Phase::Up { until: Some(Duration::from_secs(13)) });
    }
}
