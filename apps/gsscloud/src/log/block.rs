//! A record as bytes: a head of fixed size, which says enough to count and to skip it, and the rest as deflated JSON.

use std::cell::RefCell;
use std::io::{self, Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use gssa_model::{SourceId, Timestamp};
use gssa_uplink::wire::{Epoch, Gap, Seq};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Content, Entry, Item, Position, Record};

/// The head of a record, in bytes.
pub const HEAD_BYTES: usize = 56;

/// The most that is unpacked of one record, in bytes: more than any batch can hold.
const MAX_UNPACKED_BYTES: u64 = 64 * 1024 * 1024;

const FORMAT: u8 = 1;
const RANGE: u8 = 0;
const EPOCH_LOST: u8 = 1;

/// Bytes in the file that are no record.
#[derive(Debug, thiserror::Error)]
#[error("a record of the log cannot be read")]
pub struct Damaged;

/// The head of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    kind: u8,
    /// How many items are in it.
    pub items: u32,
    /// How many are said to be no more.
    pub missing: u64,
    /// The epoch that it is of.
    pub epoch: u128,
    /// The first number of the range, or the highest stored one of a lost epoch.
    pub first: Seq,
    /// The last.
    pub last: Seq,
    /// When it came.
    pub received_at: Timestamp,
}

/// What is packed, as it is read. The texts in it are those that came: nothing is lost of what a later agent says.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    items: Vec<Kept<'a>>,
    #[serde(default)]
    gaps: Vec<Gap>,
}

#[derive(Deserialize)]
struct Kept<'a> {
    seq: Seq,
    made_at: i64,
    source_id: Option<SourceId>,
    #[serde(borrow)]
    report: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    sources: Option<Vec<SourceId>>,
}

impl Kept<'_> {
    fn item(self) -> Result<Item, Damaged> {
        let content = match self {
            Self { report: Some(report), source_id: Some(source_id), .. } => {
                Content::Report { source_id, report: report.get().into() }
            }
            Self { event: Some(event), .. } => Content::Event(event.get().into()),
            Self { status: Some(status), .. } => Content::Status(status.get().into()),
            Self { sources: Some(sources), .. } => Content::Sources(sources),
            _ => return Err(Damaged),
        };
        Ok(Item { seq: self.seq, made_at: Timestamp::from_unix_ms(self.made_at), content })
    }
}

/// Writes what is packed.
fn write(out: &mut impl io::Write, items: &[Item], gaps: &[Gap]) -> io::Result<()> {
    out.write_all(b"{\"items\":[")?;
    for (n, Item { seq, made_at, content }) in items.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        write!(out, "{comma}{{\"seq\":{seq},\"made_at\":{}", made_at.unix_ms())?;
        match content {
            Content::Report { source_id, report } => {
                write!(out, ",\"source_id\":\"{}\",\"report\":{report}", source_id.as_str())?;
            }
            Content::Event(event) => write!(out, ",\"event\":{event}")?,
            Content::Status(status) => write!(out, ",\"status\":{status}")?,
            Content::Sources(sources) => {
                out.write_all(b",\"sources\":")?;
                serde_json::to_writer(&mut *out, sources)?;
            }
        }
        out.write_all(b"}")?;
    }
    out.write_all(b"],\"gaps\":")?;
    serde_json::to_writer(&mut *out, gaps)?;
    out.write_all(b"}")
}

/// Appends `text` to `bytes`, deflated.
fn pack(bytes: Vec<u8>, text: &[u8]) -> io::Result<Vec<u8>> {
    thread_local! {
        /// Its tables are some 300 KiB, which would be asked for and given back with each record.
        static ENCODER: RefCell<DeflateEncoder<Vec<u8>>> = RefCell::new(DeflateEncoder::new(Vec::new(), Compression::fast()));
    }
    ENCODER.with_borrow_mut(|encoder| {
        encoder.reset(bytes)?;
        encoder.write_all(text)?;
        encoder.try_finish()?;
        Ok(std::mem::take(encoder.get_mut()))
    })
}

/// The bytes of a record, its position aside.
pub fn encode(epoch: &Epoch, received_at: Timestamp, entry: &Entry) -> Vec<u8> {
    match entry {
        Entry::Range { first, last, items, gaps } => {
            let head = Head {
                kind: RANGE,
                items: items.len() as u32,
                missing: gaps.iter().flat_map(|gap| &gap.missing).map(|(_, length)| length).sum(),
                epoch: bits(epoch),
                first: *first,
                last: *last,
                received_at,
            };
            let mut text = Vec::new();
            write(&mut text, items, gaps).expect("a vector takes every byte");
            pack(head.to_bytes(), &text).expect("a vector takes every byte")
        }
        Entry::EpochLost { after } => {
            let (first, last) = (*after, *after);
            Head { kind: EPOCH_LOST, items: 0, missing: 0, epoch: bits(epoch), first, last, received_at }.to_bytes()
        }
    }
}

/// Reads a record.
///
/// # Errors
/// These are not the bytes of one.
pub fn decode(position: Position, bytes: &[u8]) -> Result<Record, Damaged> {
    let head = Head::read(bytes)?;
    let entry = match head.kind {
        RANGE => {
            let mut text = Vec::new();
            let packed = bytes.get(HEAD_BYTES..).ok_or(Damaged)?;
            DeflateDecoder::new(packed).take(MAX_UNPACKED_BYTES).read_to_end(&mut text).map_err(|_| Damaged)?;
            let Body { items, gaps } = serde_json::from_slice(&text).map_err(|_| Damaged)?;
            let items = items.into_iter().map(Kept::item).collect::<Result<_, _>>()?;
            Entry::Range { first: head.first, last: head.last, items, gaps }
        }
        EPOCH_LOST => Entry::EpochLost { after: head.last },
        _ => return Err(Damaged),
    };
    Ok(Record { position, epoch: Epoch::from_random(head.epoch), received_at: head.received_at, entry })
}

fn bits(epoch: &Epoch) -> u128 {
    u128::from_str_radix(epoch.as_str(), 16).expect("an epoch is 32 hexadecimal digits")
}

impl Head {
    /// Reads the head of a record.
    ///
    /// # Errors
    /// These are not the bytes of one.
    pub fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let head: &[u8; HEAD_BYTES] = bytes.first_chunk().ok_or(Damaged)?;
        let long = |at: usize| u64::from_le_bytes(std::array::from_fn(|n| head[at + n]));
        if head[0] != FORMAT {
            return Err(Damaged);
        }
        Ok(Self {
            kind: head[1],
            items: u32::from_le_bytes(std::array::from_fn(|n| head[4 + n])),
            missing: long(8),
            epoch: u128::from_le_bytes(std::array::from_fn(|n| head[16 + n])),
            first: long(32),
            last: long(40),
            received_at: Timestamp::from_unix_ms(long(48) as i64),
        })
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1024);
        bytes.extend([FORMAT, self.kind, 0, 0]);
        bytes.extend(self.items.to_le_bytes());
        bytes.extend(self.missing.to_le_bytes());
        bytes.extend(self.epoch.to_le_bytes());
        bytes.extend(self.first.to_le_bytes());
        bytes.extend(self.last.to_le_bytes());
        bytes.extend((self.received_at.unix_ms() as u64).to_le_bytes());
        bytes
    }
}
