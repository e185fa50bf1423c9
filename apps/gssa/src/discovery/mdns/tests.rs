//! Real packets on loopback, from devices that answer well and badly.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

#[cfg(target_os = "linux")]
use gssa_sim::mdns::{Announced, Manner, Responder};
use proptest::prelude::*;

use super::message::{name, question};
use super::{Ask, ask};
use crate::discovery::targets::Network;

#[cfg(target_os = "linux")]
const NAME: &str = "Bitaxe Gamma 601 (ABCD)";

fn near() -> Network {
    Network::of(Ipv4Addr::LOCALHOST, 8).unwrap()
}

/// Long enough for a busy machine; all answers of loopback are there at once.
async fn asked(to: SocketAddrV4, network: Network) -> BTreeMap<Ipv4Addr, String> {
    ask(&Ask { from: vec![(Ipv4Addr::LOCALHOST, network)], to, wait: Duration::from_secs(1) }).await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_answers_the_question_is_named_and_nobody_else() {
    let long = "é".repeat(31);
    let table: [(&[u8], Manner, Option<&str>); 14] = [
        (NAME.as_bytes(), Manner::Proper, Some(NAME)),
        (b"with.dot", Manner::Proper, Some("with.dot")),
        (long.as_bytes(), Manner::Proper, Some(&long)),
        (b"\x1b[31mred\r\n\xff", Manner::Proper, Some("[31mred\u{fffd}")),
        (b"\r\n", Manner::Proper, None),
        (NAME.as_bytes(), Manner::OtherNumber, None),
        (NAME.as_bytes(), Manner::OtherPort, None),
        (NAME.as_bytes(), Manner::Question, None),
        (NAME.as_bytes(), Manner::Farewell, None),
        (NAME.as_bytes(), Manner::OtherSubtype, None),
        (NAME.as_bytes(), Manner::Cut, None),
        (NAME.as_bytes(), Manner::Loop, None),
        (NAME.as_bytes(), Manner::Counts, None),
        (NAME.as_bytes(), Manner::Garbage, None),
    ];
    let at = |index: usize| Ipv4Addr::new(127, 89, 0, index as u8 + 1);
    let devices = table.iter().enumerate();
    let devices =
        devices.map(|(index, (name, manner, _))| Announced { at: at(index), name: name.to_vec(), manner: *manner });
    let responder = Responder::start(devices.collect()).await.unwrap();
    let names = asked(responder.address(), near()).await;
    let expected = table.iter().enumerate().filter_map(|(index, (.., name))| Some((at(index), (*name)?.to_owned())));
    assert_eq!(names, expected.collect());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_answers_from_another_network_is_not_heard() {
    let device = |at| Announced { at, name: NAME.into(), manner: Manner::Proper };
    let devices = [[127, 89, 1, 1], [127, 89, 2, 1]].map(|at| device(at.into()));
    let responder = Responder::start(devices.to_vec()).await.unwrap();
    let names = asked(responder.address(), Network::of(devices[0].at, 24).unwrap()).await;
    assert_eq!(names, [(devices[0].at, NAME.to_owned())].into());
}

#[tokio::test]
async fn where_nobody_listens_nobody_answers() {
    let nobody = {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        SocketAddrV4::new(Ipv4Addr::LOCALHOST, socket.local_addr().unwrap().port())
    };
    assert!(asked(nobody, near()).await.is_empty());
    let not_ours = Ask { from: vec![("192.0.2.1".parse().unwrap(), near())], to: nobody, wait: Duration::from_secs(1) };
    assert!(ask(&not_ours).await.is_empty(), "an address that this machine has not");
}

/// A whole answer: both pointers.
fn proper(number: u16) -> Vec<u8> {
    let mut answer = number.to_be_bytes().to_vec();
    answer.extend(b"\x84\0\0\0\0\x02\0\0\0\0\x05_http\x04_tcp\x05local\0\0\x0c\0\x01\0\0\x11\x94\0\x06\x03rig\xc0\x0c");
    answer.extend(b"\x06_AxeOS\x04_sub\xc0\x0c\0\x0c\x80\x01\0\0\x11\x94\0\x06\x03rig\xc0\x0c");
    answer
}

#[test]
fn the_question_and_the_answer_are_those_of_the_standard() {
    let asked = b"\xab\xcd\0\0\0\x01\0\0\0\0\0\0\x06_axeos\x04_sub\x05_http\x04_tcp\x05local\0\0\x0c\0\x01";
    assert_eq!(question(0xabcd), asked);
    assert_eq!(name(&proper(0xabcd), 0xabcd).as_deref(), Some("rig"), "names are the same in any case");
    assert_eq!(name(&proper(0xabce), 0xabcd), None);
}

proptest! {
    #[test]
    fn any_bytes_are_a_name_or_none(bytes in prop::collection::vec(any::<u8>(), 0..1500)) {
        name(&bytes, 0);
    }

    #[test]
    fn a_spoiled_answer_gives_a_short_clean_name_or_none(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut answer = proper(7);
        for (place, byte) in changes {
            let place = place.index(answer.len());
            answer[place] = byte;
        }
        let cut = cut.index(answer.len() + 1);
        for answer in [&answer[..], &answer[..cut]] {
            if let Some(name) = name(answer, 7) {
                prop_assert!(!name.is_empty() && name.chars().count() <= 63 && !name.contains(char::is_control));
            }
        }
    }
}
