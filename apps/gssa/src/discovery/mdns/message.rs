//! Bytes of multicast DNS: the question, and the name in an answer. No socket.

use gssa_model::text;
use simple_dns::rdata::{PTR, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, TYPE};

/// What a device announces: the service, and the service of this make.
const SERVICE: &str = "_http._tcp.local";
const SUBTYPE: &str = "_axeos._sub._http._tcp.local";

/// Bytes of the head, of the shortest question and of the shortest record of a message.
const HEAD_BYTES: usize = 12;
const MIN_ITEM_BYTES: usize = 5;

/// Who offers the service?
pub(super) fn question(id: u16) -> Vec<u8> {
    let mut packet = Packet::new_query(id);
    let name = Name::new_unchecked(SUBTYPE);
    packet.questions.push(Question::new(name, QTYPE::TYPE(TYPE::PTR), QCLASS::CLASS(CLASS::IN), false));
    packet.build_bytes_vec().expect("a vector takes all that is written to it")
}

/// The name under which a device offers the service, if this is an answer to the question of that number and says so.
pub(super) fn name(answer: &[u8], id: u16) -> Option<String> {
    if !is_possible(answer) {
        return None;
    }
    let packet = Packet::parse(answer).ok()?;
    if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) {
        return None;
    }
    let (service, subtype) = (Name::new_unchecked(SERVICE), Name::new_unchecked(SUBTYPE));
    // Without time to live it is a farewell.
    packet.answers.iter().filter(|record| record.name == subtype && record.ttl > 0).find_map(|record| {
        let RData::PTR(PTR(instance)) = &record.rdata else { return None };
        let own_part = instance.without(&service)?;
        let [label] = own_part.get_labels() else { return None };
        text::clean(&String::from_utf8_lossy(label.as_ref()))
    })
}

/// Whether there is room for as many items as the head tells: the parser makes room for them before it looks.
fn is_possible(answer: &[u8]) -> bool {
    let Some(counts) = answer.get(4..HEAD_BYTES) else { return false };
    let items: usize = counts.chunks_exact(2).map(|count| (usize::from(count[0]) << 8) | usize::from(count[1])).sum();
    items * MIN_ITEM_BYTES <= answer.len() - HEAD_BYTES
}
