//! What a receiver takes in a second of CPU time.

use std::time::Duration;

use gssa_uplink::encoder::Encoder;
use gssa_uplink::pack::{Packed, pack, unpack, unpack_gzip};
use gssa_uplink::receiver::{Action, Connection};
use gssa_uplink::ring::{Cut, Ring};
use gssa_uplink::wire::{Epoch, FromAgent, Limits};

use crate::Result;
use crate::fleet::Fleet;
use crate::kernel::cpu;

const ROUNDS: u64 = 400;
const SOURCES: usize = 20;

pub(crate) fn print() -> Result<()> {
    println!(
        "| readings a batch | reports | gunzip and parse, µs a reading | check and make whole | readings a CPU second |"
    );
    println!("|---:|---|---:|---:|---:|");
    for (items, is_whole) in [(10, false), (200, false), (10, true), (200, true)] {
        row(items, is_whole)?;
    }
    Ok(())
}

fn row(items: usize, is_whole: bool) -> Result<()> {
    let messages = messages(items, is_whole);
    let mut connection = Connection::new(Epoch::from_random(1), 0, Limits::default());
    let (mut readings, mut bytes) = (0, 0);
    let (mut reading, mut taking) = (Duration::ZERO, Duration::ZERO);
    for message in &messages {
        let before = cpu()?;
        let message: FromAgent = match message {
            Packed::Plain(text) => unpack(text.as_bytes())?,
            Packed::Gzip(bytes) => unpack_gzip(bytes, 8 << 20)?,
        };
        let between = cpu()?;
        let Ok(Action::Append(append)) = connection.on(message) else { return Err("not taken".into()) };
        taking += cpu()?.saturating_sub(between);
        reading += between.saturating_sub(before);
        readings += append.entries.len();
        bytes += append.entries.iter().map(size_of_val).sum::<usize>();
    }
    std::hint::black_box(bytes);
    let each = |time: Duration| time.as_secs_f64() * 1e6 / readings as f64;
    println!(
        "| {items} | {} | {:.1} | {:.1} | {:.0} |",
        if is_whole { "whole" } else { "differences" },
        each(reading),
        each(taking),
        readings as f64 / (reading + taking).as_secs_f64()
    );
    Ok(())
}

fn messages(items: usize, is_whole: bool) -> Vec<Packed> {
    let mut fleet = Fleet::new(SOURCES);
    let (mut ring, mut encoder) = (Ring::new(64 << 20), Encoder::new(Limits::default()));
    let mut messages = Vec::new();
    for round in 0..ROUNDS {
        for entry in fleet.round(round) {
            ring.push(entry);
        }
        while ring.next() - ring.first_kept() >= items as u64 {
            let cut = Cut { items, bytes: usize::MAX };
            let Some(batch) = ring.batch(ring.first_kept() - 1, cut, Duration::from_secs(1 << 20)) else { break };
            ring.stored(batch.last);
            messages.push(pack(&FromAgent::Batch(if is_whole { batch } else { encoder.encode(batch) })));
        }
    }
    messages
}
