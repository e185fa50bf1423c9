//! Bytes for each reading, as they are handed to TCP: message, frame of the WebSocket and TLS.

use std::time::Duration;

use gssa_uplink::encoder::Encoder;
use gssa_uplink::pack::{Packed, Packer, pack};
use gssa_uplink::ring::{Cut, Ring};
use gssa_uplink::wire::{FromAgent, Limits};

use crate::Result;
use crate::fleet::{Fleet, INTERVAL_SECS};
use crate::kernel::cpu;
use crate::line::Line;

/// A session of an hour: the first report of each source is in it, whole.
const ROUNDS: u64 = 3600 / INTERVAL_SECS;

/// When an agent closes a batch.
const FLUSH_SECS: u64 = 15;
const CUT: Cut = Cut { items: 200, bytes: 256 * 1024 };

pub(crate) fn print() -> Result<()> {
    println!(
        "| sources | readings a batch | B a reading, one stream | gzip | gzip of whole reports | unpacked | µs to encode and pack |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for sources in [1, 20, 200, 2000] {
        row(sources)?;
    }
    println!("\nThe handshake of TLS takes the agent {} bytes.", Line::new()?.sent);
    Ok(())
}

fn row(sources: usize) -> Result<()> {
    let mut fleet = Fleet::new(sources);
    let (mut ring, mut encoder) = (Ring::new(8 << 20), Encoder::new(Limits::default()));
    let mut packer = Packer::default();
    let (mut streaming, mut packing, mut whole_packing) = (Line::new()?, Line::new()?, Line::new()?);
    let (mut readings, mut messages, mut streamed, mut bytes, mut whole, mut unpacked) = (0, 0, 0, 0, 0, 0);
    let mut encoding = Duration::ZERO;
    for round in 0..if sources > 200 { ROUNDS / 4 } else { ROUNDS } {
        for flush in fleet.round(round).collect::<Vec<_>>().chunk_by(|a, b| flushes(a.made) == flushes(b.made)) {
            for entry in flush {
                ring.push(entry.clone());
            }
            while let Some(batch) = ring.batch(ring.first_kept() - 1, CUT, flush[0].made) {
                let last = batch.last;
                readings += batch.items.len();
                messages += 1;
                whole += whole_packing.send(&bytes_of(pack(&FromAgent::Batch(batch.clone()))))?;
                let before = cpu()?;
                let message = FromAgent::Batch(encoder.encode(batch));
                let streamed_part = packer.pack(&message);
                encoding += cpu()?.saturating_sub(before);
                streamed += streaming.send(&streamed_part)?;
                bytes += packing.send(&bytes_of(pack(&message)))?;
                unpacked += serde_json::to_vec(&message)?.len();
                ring.stored(last);
            }
        }
    }
    println!(
        "| {sources} | {:.0} | {} | {} | {} | {} | {:.0} |",
        readings as f64 / f64::from(messages),
        streamed / readings,
        bytes / readings,
        whole / readings,
        unpacked / readings,
        encoding.as_secs_f64() * 1e6 / readings as f64
    );
    Ok(())
}

fn bytes_of(packed: Packed) -> Vec<u8> {
    match packed {
        Packed::Plain(text) => text.into_bytes(),
        Packed::Gzip(bytes) => bytes,
    }
}

/// How many times a batch was closed for its age by then.
const fn flushes(made: Duration) -> u64 {
    made.as_secs() / FLUSH_SECS
}
