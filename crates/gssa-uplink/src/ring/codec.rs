//! Records as few bytes: reports as differences from the one before of their source, all of it deflated.
//!
//! Of each record: kind and rank in a byte, then varints. Numbers follow from the order. The ids of sources are written out once. Nothing in
//! it refers to anything outside.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde_json::Value;

use super::level::Rank;
use super::record::{Kept, Kind, Record, Run};
use crate::changes::{apply_to_text, differences};
use crate::wire::GapReason;

/// Reports that are differences, in the place of a kind.
const CHANGES: u8 = 4;
/// A run of what is no more; the rank is its reason.
const GAP: u8 = 5;

const KINDS: [Kind; 4] = [Kind::Report, Kind::Event, Kind::Status, Kind::Sources];
const RANKS: [Rank; 5] = [Rank::Any, Rank::TwoMinutes, Rank::TenMinutes, Rank::Hour, Rank::Important];
const REASONS: [GapReason; 3] = [GapReason::Thinned, GapReason::Lost, GapReason::Refused];

/// Packs records.
pub(super) fn pack(records: &[Record]) -> Box<[u8]> {
    let mut writer = Writer::default();
    for record in records {
        match record {
            Record::Item(kept) => writer.item(kept),
            Record::Gap(run) => writer.gap(run),
        }
    }
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(writer.bytes.len() / 6), Compression::default());
    let packed = encoder.write_all(&writer.bytes).and_then(|()| encoder.finish()).expect("a vector takes every byte");
    packed.into_boxed_slice()
}

/// The records that were packed.
pub(super) fn unpack(packed: &[u8]) -> Vec<Record> {
    let mut bytes = Vec::new();
    let read = DeflateDecoder::new(packed).read_to_end(&mut bytes).ok();
    read.and_then(|_| Reader::new(&bytes).records()).expect("what pack has written")
}

#[derive(Default)]
struct Writer<'a> {
    bytes: Vec<u8>,
    sources: HashMap<&'a str, u64>,
    /// The last report of each source.
    reports: HashMap<&'a str, &'a str>,
    made_ms: u64,
}

impl<'a> Writer<'a> {
    fn item(&mut self, kept: &'a Kept) {
        let before = match kept.kind {
            Kind::Report => self.reports.insert(&kept.source, &kept.text),
            Kind::Event | Kind::Status | Kind::Sources => None,
        };
        let changes = before.and_then(|before| changes(before, &kept.text));
        let kind = KINDS.iter().position(|kind| *kind == kept.kind).map_or(0, |kind| kind as u8);
        let rank = RANKS.iter().position(|rank| *rank == kept.rank).map_or(0, |rank| rank as u8);
        self.bytes.push(if changes.is_some() { CHANGES } else { kind } | rank << 3);
        self.source(&kept.source);
        self.number(zigzag(kept.made_ms.wrapping_sub(self.made_ms) as i64));
        self.made_ms = kept.made_ms;
        self.text(changes.as_deref().unwrap_or(&kept.text));
    }

    fn gap(&mut self, run: &'a Run) {
        let reason = REASONS.iter().position(|reason| *reason == run.reason).map_or(0, |reason| reason as u8);
        self.bytes.push(GAP | reason << 3);
        self.number(run.length);
        self.number(run.count.len() as u64);
        for (source, count) in &run.count {
            self.source(source);
            self.number(*count);
        }
    }

    /// 0 and the id the first time, then its place in the order of first times, from 1.
    fn source(&mut self, source: &'a str) {
        let next = self.sources.len() as u64 + 1;
        if let Some(place) = self.sources.get(source) {
            self.number(*place);
        } else {
            self.sources.insert(source, next);
            self.number(0);
            self.text(source);
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

/// What makes `new` of `old`, if that is shorter.
fn changes(old: &str, new: &str) -> Option<String> {
    let (old, value) = (serde_json::from_str::<Value>(old).ok()?, serde_json::from_str::<Value>(new).ok()?);
    let changes = differences(&old, &value)?.to_string();
    (changes.len() < new.len()).then_some(changes)
}

struct Reader<'a> {
    bytes: &'a [u8],
    sources: Vec<&'a str>,
    /// Where the last report of each source is in the records.
    reports: HashMap<&'a str, usize>,
    made_ms: u64,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, sources: Vec::new(), reports: HashMap::new(), made_ms: 0 }
    }

    fn records(mut self) -> Option<Vec<Record>> {
        let mut records = Vec::new();
        while let Some((tag, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            let record = match tag & 7 {
                GAP => self.gap(usize::from(tag >> 3))?,
                kind => self.item(kind, usize::from(tag >> 3), &records)?,
            };
            records.push(record);
        }
        Some(records)
    }

    fn item(&mut self, kind: u8, rank: usize, records: &[Record]) -> Option<Record> {
        let source = self.source()?;
        self.made_ms = self.made_ms.wrapping_add(unzigzag(self.number()?) as u64);
        let text = self.text()?;
        let (kind, text) = if kind == CHANGES {
            let Record::Item(before) = records.get(*self.reports.get(source)?)? else { return None };
            (Kind::Report, apply_to_text(&before.text, serde_json::from_str(text).ok()?).ok()?.into())
        } else {
            (*KINDS.get(usize::from(kind))?, text.into())
        };
        if kind == Kind::Report {
            self.reports.insert(source, records.len());
        }
        Some(Record::Item(Kept { source: source.into(), made_ms: self.made_ms, rank: *RANKS.get(rank)?, kind, text }))
    }

    fn gap(&mut self, reason: usize) -> Option<Record> {
        let (length, sources) = (self.number()?, self.number()?);
        let count = (0..sources).map(|_| Some((self.source()?.to_owned(), self.number()?)));
        let count = count.collect::<Option<BTreeMap<_, _>>>()?;
        Some(Record::Gap(Run { reason: *REASONS.get(reason)?, length, count }))
    }

    fn source(&mut self) -> Option<&'a str> {
        match self.number()? {
            0 => {
                let source = self.text()?;
                self.sources.push(source);
                Some(source)
            }
            place => self.sources.get(place as usize - 1).copied(),
        }
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()? as usize;
        let (text, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        std::str::from_utf8(text).ok()
    }

    fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
    }
}

const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_record() -> impl Strategy<Value = Record> {
        let item = (0..4_usize, 0..5_usize, "[ab]?", any::<u64>(), 0..3_i64, 0..3_i64).prop_map(
            |(kind, rank, source, made_ms, watts, chips)| {
                let watts = f64::from_bits(0x4036_3333_3333_3333 + watts as u64);
                let text = serde_json::json!({ "source": source, "power": { "watts": watts }, "chips": vec![1; chips as usize] });
                Record::Item(Kept {
                    source: source.into(),
                    made_ms: made_ms >> 12,
                    rank: RANKS[rank],
                    kind: KINDS[kind],
                    text: text.to_string().into(),
                })
            },
        );
        let count = prop::collection::btree_map("[abc]?", 1..1000_u64, 1..4);
        let gap = (0..3_usize, count).prop_map(|(reason, count)| {
            Record::Gap(Run { reason: REASONS[reason], length: count.values().sum(), count })
        });
        prop_oneof![4 => item, 1 => gap]
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(records in prop::collection::vec(any_record(), 0..20)) {
            let mut unpacked = unpack(&pack(&records));
            prop_assert_eq!(unpacked.len(), records.len());
            for (unpacked, record) in unpacked.iter_mut().zip(&records) {
                // The order of keys is not kept.
                if let (Record::Item(unpacked), Record::Item(record)) = (unpacked, record) {
                    prop_assert_eq!(unpacked.text.len(), record.text.len());
                    let values = [&unpacked.text, &record.text].map(|text| serde_json::from_str::<Value>(text).unwrap());
                    prop_assert_eq!(&values[0], &values[1]);
                    unpacked.text = record.text.clone();
                }
            }
            prop_assert_eq!(unpacked, records);
        }
    }

    #[test]
    fn numbers_of_any_size_are_read_as_written() {
        let mut writer = Writer::default();
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        for number in numbers {
            writer.number(number);
        }
        let mut reader = Reader::new(&writer.bytes);
        assert!(numbers.iter().all(|number| reader.number() == Some(*number)));
        assert_eq!(reader.number(), None);
        for number in [0, -1, 1, i64::MIN, i64::MAX] {
            assert_eq!(unzigzag(zigzag(number)), number);
        }
    }
}
