//! What a machine would answer, without a socket.

use std::time::Duration;

use super::DeviceSpec;
use super::answer::answer;
use super::figures::figures;
use super::misbehave::{bytes, spoil};
use super::request::Request;
use super::scope::Scope;

/// Gives the bytes that answer a request, `elapsed` after the fleet started and `now` seconds after 1970.
///
/// They are what the behaviour makes of them, as far as that is a matter of bytes and not of the connection.
pub fn reply(spec: &DeviceSpec, elapsed: Duration, now: u64, request: &[u8]) -> Vec<u8> {
    bytes(answer(&scope(spec, elapsed, now), &Request::parse(request)), spec.behaviour)
}

/// Gives the body of a web page, if the machine has it.
pub fn web_page(spec: &DeviceSpec, elapsed: Duration, now: u64, path: &str) -> Option<String> {
    let page = spec.model.profile().page(path).filter(|page| page.name.starts_with('/'))?;
    Some(spoil(scope(spec, elapsed, now).page(page), spec.behaviour))
}

fn scope(spec: &DeviceSpec, elapsed: Duration, now: u64) -> Scope<'_> {
    Scope { spec, profile: spec.model.profile(), behaviour: spec.behaviour, figures: figures(spec, elapsed), now }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Behaviour;
    use crate::cgminer::Model;
    use crate::cgminer::request::Node;

    /// What shows in the figures; the rest is done to the text of any model alike.
    const SHOWN: [Behaviour; 12] = [
        Behaviour::Healthy,
        Behaviour::Paused,
        Behaviour::NoPool,
        Behaviour::OnFallback,
        Behaviour::Overheated,
        Behaviour::PowerFault,
        Behaviour::HardwareFault,
        Behaviour::Spike,
        Behaviour::BadUtf8,
        Behaviour::NanValues,
        Behaviour::Cold,
        Behaviour::MissingBoard,
    ];

    #[test]
    fn every_page_of_every_model_can_be_written_in_every_behaviour() {
        for (index, model) in Model::ALL.into_iter().enumerate() {
            // All of them for each model would take long and find no more.
            let shown = SHOWN.into_iter().skip(index % 4).step_by(4);
            for behaviour in shown.chain([Behaviour::Healthy, Behaviour::Paused, Behaviour::MissingBoard]) {
                let spec = DeviceSpec::new(model, 7).behaving(behaviour);
                let scope = scope(&spec, Duration::from_secs(90), 1_770_000_000);
                // The start page is for people.
                for page in spec.model.profile().pages().filter(|page| page.name != "/") {
                    let written = scope.page(page);
                    assert!(!written.contains("UNMAPPED"), "{model} {}", page.name);
                    let is_whole = matches!(Node::parse(&written), Some(Node::Object(_)));
                    assert!(is_whole, "{model} {} {behaviour}: {written}", page.name);
                }
            }
        }
    }
}
