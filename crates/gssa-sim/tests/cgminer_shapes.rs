//! Every captured reply has a twin with the same keys and the same types.

#[path = "support/document.rs"]
mod document;
#[path = "support/shape.rs"]
mod shape;
mod support;
#[path = "support/twins.rs"]
mod twins;

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use document::document;
use gssa_sim::Behaviour;
use gssa_sim::cgminer::{DeviceSpec, Model, reply, web_page};
use shape::differences;
use support::reference;
use twins::{EXCEPTIONS, TWINS, WITHOUT};

/// What the twin answers, without its NUL.
fn answer(model: Model, behaviour: Behaviour, asked: &str) -> String {
    let spec = DeviceSpec::new(model, 7).behaving(behaviour);
    let (elapsed, now) = (Duration::from_secs(5), 1_770_000_000);
    if asked.starts_with('/') {
        return web_page(&spec, elapsed, now, asked).unwrap_or_else(|| panic!("{model} has no {asked}"));
    }
    let request = match asked.split_once(' ') {
        Some(("text", command)) => command.to_owned(),
        Some(("cmd", command)) => format!("{{\"cmd\":\"{command}\"}}"),
        Some(_) => "{}".to_owned(),
        None => match asked.split_once('|') {
            Some((command, parameter)) => format!("{{\"command\":\"{command}\",\"parameter\":{parameter:?}}}"),
            None => format!("{{\"command\":\"{asked}\"}}"),
        },
    };
    let bytes = reply(&spec, elapsed, now, request.as_bytes());
    let bytes = bytes.strip_suffix(b"\0").expect("a NUL ends the reply");
    String::from_utf8(bytes.to_vec()).expect("a reply is text")
}

#[test]
fn every_capture_has_a_twin_of_the_same_shape() {
    let Some(folder) = reference("captures/cgminer") else { return };
    let files: BTreeSet<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mapped: BTreeSet<String> =
        TWINS.iter().map(|(file, ..)| *file).chain(WITHOUT.iter().map(|(file, _)| *file)).map(str::to_owned).collect();
    assert_eq!(files, mapped, "a capture without a twin, or a twin without a capture");

    let mut wrong = Vec::new();
    for (file, model, behaviour, asked) in TWINS {
        let capture = document(&fs::read_to_string(folder.join(file)).unwrap());
        let twin = document(&answer(*model, *behaviour, asked));
        for difference in differences(&capture, &twin) {
            let is_meant = |(capture, place, _): &&(&str, &str, &str)| *capture == *file && difference.contains(place);
            if EXCEPTIONS.iter().find(is_meant).is_none() {
                wrong.push(format!("{file}: {difference}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences: {wrong:#?}", wrong.len());
}
