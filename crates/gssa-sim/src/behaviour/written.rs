//! How a behaviour is written and read.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::Behaviour;
use crate::named::UnknownName;

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match *self {
            Self::SlowAnswer(late) => f.pad(&format!("{name}:{}", Span(late))),
            Self::Flapping { up, down } => f.pad(&format!("{name}:{}/{}", Span(up), Span(down))),
            Self::Reboot { after, down } => f.pad(&format!("{name}:{}/{}", Span(after), Span(down))),
            _ => f.pad(name),
        }
    }
}

struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_nanos() == 0 {
            write!(f, "{}s", self.0.as_secs())
        } else {
            write!(f, "{}ms", self.0.as_millis())
        }
    }
}

impl FromStr for Behaviour {
    type Err = UnknownName;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        parse(written).ok_or_else(|| UnknownName::new("behaviour", written, known()))
    }
}

fn known() -> impl Iterator<Item = Behaviour> {
    let is_new = |behaviour: &Behaviour| !Behaviour::ALL.contains(behaviour);
    Behaviour::ALL.into_iter().chain(Behaviour::CGMINER.into_iter().chain(Behaviour::POOL).filter(is_new))
}

fn parse(written: &str) -> Option<Behaviour> {
    let (name, spans) = written.split_once(':').map_or((written, None), |(name, spans)| (name, Some(spans)));
    let known = known().find(|behaviour| behaviour.name() == name)?;
    let Some(spans) = spans else { return Some(known) };
    let pair = || spans.split_once('/').and_then(|(first, second)| Some((span(first)?, span(second)?)));
    match known {
        Behaviour::SlowAnswer(_) => span(spans).map(Behaviour::SlowAnswer),
        Behaviour::Flapping { .. } => pair().map(|(up, down)| Behaviour::Flapping { up, down }),
        Behaviour::Reboot { .. } => pair().map(|(after, down)| Behaviour::Reboot { after, down }),
        _ => None,
    }
}

fn span(written: &str) -> Option<Duration> {
    match written.strip_suffix("ms") {
        Some(number) => number.parse().ok().map(Duration::from_millis),
        None => written.strip_suffix('s').and_then(|number| number.parse().ok()).map(Duration::from_secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_behaviour_is_read_back_as_written() {
        for behaviour in Behaviour::ALL.into_iter().chain(Behaviour::CGMINER).chain(Behaviour::POOL) {
            assert_eq!(behaviour.to_string().parse(), Ok(behaviour));
            assert_eq!(behaviour.name().parse(), Ok(behaviour));
        }
        assert_eq!("slow-answer:250ms".parse(), Ok(Behaviour::SlowAnswer(Duration::from_millis(250))));
        for wrong in ["", "hung", "hang:5s", "reboot:5s", "slow-answer:5", "flapping:1s/xs"] {
            assert!(wrong.parse::<Behaviour>().is_err(), "{wrong}");
        }
    }
}
