//! What the links count.

use std::fmt;

use gssa_model::SourceId;
use gssa_uplink::client::Report;
use gssa_uplink::session::{ACK_BUCKETS_SECS, Reason, State};
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::{write_labels, write_value};

/// Whether a link delivers.
const fn is_on(state: State) -> bool {
    matches!(state, State::On | State::CatchingUp)
}

/// Writes the series of all links.
pub(super) fn write(encoder: &mut DescriptorEncoder<'_>, links: &[(SourceId, Report)]) -> Result<(), fmt::Error> {
    gauge(encoder, links, "gssa_uplink_up", "Whether the receiver is connected", |report| {
        f64::from(u8::from(is_on(report.status.state)))
    })?;
    type Figure = fn(&Report) -> (u64, u64);
    let ledger: [(&str, Figure); 7] = [
        ("produced", |report| pair(report.status.ledger.produced)),
        ("queued", |report| pair(report.status.ledger.queued)),
        ("sent", |report| (report.status.items_sent, report.status.bytes_sent)),
        ("acknowledged", |report| pair(report.status.ledger.acknowledged)),
        ("thinned", |report| pair(report.status.ledger.thinned)),
        ("lost", |report| pair(report.status.ledger.lost)),
        ("refused", |report| pair(report.status.ledger.refused)),
    ];
    for (name, help, of_items) in [
        ("gssa_uplink_items", "Items by what became of them, since the run began", true),
        ("gssa_uplink_item_bytes", "The same in bytes of JSON; those sent as they travelled", false),
    ] {
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (id, report) in links {
            for (fate, figure) in ledger {
                let (items, bytes) = figure(report);
                let value = if of_items { items } else { bytes } as f64;
                write_labels(&mut metric, &[("uplink", id.as_str()), ("fate", fate)], value)?;
            }
        }
    }
    let help = "How often a connection, or an attempt at one, ended";
    let mut metric = encoder.encode_descriptor("gssa_uplink_endings", help, None, MetricType::Counter)?;
    for (id, report) in links {
        for reason in Reason::ALL {
            let count = report.status.endings.get(&reason).copied().unwrap_or(0) as f64;
            write_value(&mut metric, &[("uplink", id.as_str()), ("reason", reason.as_str())], count, true)?;
        }
    }
    for (name, help, figure) in [
        (
            "gssa_uplink_sent_bytes",
            "Bytes sent, TLS and frames included",
            (|report| report.wire.sent_bytes) as fn(&Report) -> u64,
        ),
        ("gssa_uplink_received_bytes", "Bytes received", |report| report.wire.received_bytes),
        ("gssa_uplink_welcomes", "How often the receiver said welcome", |report| report.status.welcomes),
    ] {
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (id, report) in links {
            write_value(&mut metric, &[("uplink", id.as_str())], figure(report) as f64, true)?;
        }
    }
    let help = "Time from sending a batch to its acknowledgement";
    let mut metric = encoder.encode_descriptor("gssa_uplink_ack_seconds", help, None, MetricType::Histogram)?;
    for (id, report) in links {
        let delay = report.status.ack_delay;
        let buckets: Vec<(f64, u64)> = ACK_BUCKETS_SECS.into_iter().zip(delay.buckets).collect();
        let labels = [("uplink", id.as_str())];
        let labels = &labels[..];
        let mut sample = metric.encode_family(&labels)?;
        sample.encode_histogram::<super::NoLabelSet>(delay.sum_secs, delay.count, &buckets, None)?;
    }
    Ok(())
}

fn pair(count: gssa_uplink::ring::Count) -> (u64, u64) {
    (count.items, count.bytes)
}

fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    links: &[(SourceId, Report)],
    name: &str,
    help: &str,
    of: fn(&Report) -> f64,
) -> Result<(), fmt::Error> {
    let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (id, report) in links {
        write_labels(&mut metric, &[("uplink", id.as_str())], of(report))?;
    }
    Ok(())
}
