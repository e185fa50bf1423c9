//! What is true when nothing is written: the lowest layer.

use serde_json::{Value, json};

pub(super) const AGENT_NAME: &str = "gssa";
pub(super) const LISTEN: &str = "127.0.0.1:3010";
pub(super) const LOG_DIR: &str = "./logs";
pub(super) const LOG_MAX_SIZE_MB: u32 = 20;
pub(super) const LOG_MAX_FILES: u32 = 10;
pub(super) const LOG_MAX_AGE_DAYS: u32 = 30;
pub(super) const INTERVAL_SECS: u32 = 30;
pub(super) const TIMEOUT_MS: u32 = 5_000;
pub(super) const MAX_CONCURRENT: u32 = 64;
pub(super) const JITTER_PERCENT: u32 = 10;
pub(super) const DOWN_AFTER_MISSES: u32 = 2;
pub(super) const HISTORY_MAX_BYTES: u64 = 16 * 1024 * 1024;
pub(super) const HTTP_PORT: u16 = 80;
pub(super) const RING_MAX_BYTES: u64 = 8 * 1024 * 1024;
pub(super) const FLUSH_SECS: u32 = 15;

/// The built-in layer, in the shape of the file. Keys without a default (`agent.time_zone`, `logging.file`) are not in it.
pub(super) fn layer() -> Value {
    json!({
        "agent": { "name": AGENT_NAME },
        "server": { "listen": LISTEN, "api_tokens": [], "allowed_hosts": [], "trusted_proxies": [], "anonymous_read": false },
        "logging": { "level": "info", "format": "text" },
        "polling": {
            "interval_secs": INTERVAL_SECS, "timeout_ms": TIMEOUT_MS, "max_concurrent": MAX_CONCURRENT,
            "jitter_percent": JITTER_PERCENT, "down_after_misses": DOWN_AFTER_MISSES, "history_max_bytes": HISTORY_MAX_BYTES,
        },
        // Pools and managers answer for many: their answers are large and change slowly.
        "kinds": { "gss": { "interval_secs": 60, "timeout_ms": 15_000 }, "mim": { "interval_secs": 60, "timeout_ms": 10_000 } },
        "limits": {
            "axeos": {
                "chip_celsius": { "warning": 65.0, "critical": 80.0 },
                "expected_percent": { "warning": 95.0, "critical": 80.0 },
                "reject_percent": { "warning": 1.0, "critical": 5.0 },
            },
        },
        "sources": [],
        "hooks": [],
        "discovery": { "ignored": [] },
        "uplinks": [],
    })
}

/// What the keys of a source are when absent, as far as that does not depend on its kind.
pub(super) fn source() -> Value {
    json!({ "enabled": true, "tags": [], "http_port": HTTP_PORT, "coins": [], "stratum_ports": {},
            "dialect": "auto", "extra_endpoints": [], "servers": [], "endpoints": [] })
}

/// What the keys of an uplink are when absent.
pub(super) fn uplink() -> Value {
    json!({ "enabled": true, "allow_plaintext": false, "ring_max_bytes": RING_MAX_BYTES, "flush_secs": FLUSH_SECS,
            "kinds": [], "groups": [], "fields": {}, "mask_wallets": true })
}
