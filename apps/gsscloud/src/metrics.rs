//! `/metrics` in the Prometheus text format: what the program counts, and nothing of what agents send.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::db::Db;
use crate::fleet::Fleet;
use crate::gateway::Gateway;

/// The media type of [`render`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Debug)]
struct Measured {
    gateway: Arc<Gateway>,
    fleet: Arc<Fleet>,
    db: Db,
}

impl Collector for Measured {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let of = |tally: &AtomicU64| tally.load(Ordering::Relaxed);
        let tallies = self.gateway.tallies();
        let counters = [
            ("gsscloud_connections", "WebSocket connections of agents", of(&tallies.connections)),
            ("gsscloud_letters", "POST requests of agents", of(&tallies.letters)),
            ("gsscloud_batches", "Batches taken", of(&tallies.batches)),
            ("gsscloud_items", "Items taken", of(&tallies.items)),
            ("gsscloud_received_bytes", "Bytes of messages as they came", of(&tallies.bytes)),
            ("gsscloud_unpacked_bytes", "Bytes of messages unpacked", of(&tallies.unpacked_bytes)),
            ("gsscloud_refused", "Messages refused", of(&tallies.refused)),
            ("gsscloud_unauthorised", "Requests without a good token", of(&tallies.unauthorised)),
            ("gsscloud_duplicates", "Signs of two copies of one agent", of(&tallies.duplicates)),
            ("gsscloud_waits", "Agents asked to wait", of(&tallies.waits)),
            ("gsscloud_commits", "Transactions of the log", self.db.commits()),
        ];
        for (name, help, value) in counters {
            let metric = ConstCounter::new(value);
            metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)?;
        }
        let gauges = [
            ("gsscloud_agents_online", "Agents that are connected", self.gateway.presence().online() as i64),
            ("gsscloud_views", "Agents that somebody looks at", self.fleet.len() as i64),
            ("gsscloud_log_file_bytes", "Size of the file", self.db.file_bytes() as i64),
            ("gsscloud_log_writable", "Whether the log can be written", i64::from(self.db.is_healthy())),
        ];
        for (name, help, value) in gauges {
            let metric = ConstGauge::new(value);
            metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)?;
        }
        Ok(())
    }
}

/// The text of one scrape.
pub fn render(gateway: &Arc<Gateway>, fleet: &Arc<Fleet>, db: &Db) -> String {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Measured { gateway: gateway.clone(), fleet: fleet.clone(), db: db.clone() }));
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = prometheus_client::encoding::prometheus_text::encode(&mut text, &registry);
    text
}
