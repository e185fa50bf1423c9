//! What the uplink costs, in figures: `cargo bench -p gssa-uplink --bench uplink -- [PART …]`.
//!
//! | part | what is measured |
//! |---|---|
//! | `wire` | bytes on the wire for each reading, and the time to encode one |
//! | `receive` | readings that a receiver decodes, checks and makes whole in a second of CPU time |
//! | `outage SOURCES DAYS` | how long the ring keeps what, and the memory that it takes |
//! | `outage` | a table of that for 20, 200 and 2,000 sources, each in a process of its own |
//!
//! Time is simulated, and the CPU time is the kernel's count for this process, so that other work on the machine does not show. It needs Linux.
//! Nothing is asserted; `docs/performance.md` keeps the figures.

#![expect(clippy::print_stdout, reason = "a bench prints")]

mod fleet;
mod kernel;
mod line;
mod outage;
mod receive;
mod wire;

use std::error::Error;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            wire::print()?;
            receive::print()?;
            outage::table()
        }
        ["wire"] => wire::print(),
        ["receive"] => receive::print(),
        ["outage"] => outage::table(),
        ["outage", sources, days] => outage::print(sources.parse()?, days.parse()?),
        _ => Err(format!("no such part: {arguments:?}").into()),
    }
}
