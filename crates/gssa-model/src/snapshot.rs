//! What one successful observation says.

use serde::{Deserialize, Serialize};

use crate::{InfrastructureSnapshot, MinerSnapshot, PoolSnapshot};

/// The state of one source at one moment, by what kind of thing it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Snapshot {
    /// A mining device.
    Miner(Box<MinerSnapshot>),
    /// A mining pool.
    Pool(Box<PoolSnapshot>),
    /// Servers and what runs on them.
    Infrastructure(Box<InfrastructureSnapshot>),
}

impl Snapshot {
    /// The miner in it, if it is one.
    pub fn as_miner(&self) -> Option<&MinerSnapshot> {
        match self {
            Self::Miner(miner) => Some(miner),
            _ => None,
        }
    }

    /// The pool in it, if it is one.
    pub fn as_pool(&self) -> Option<&PoolSnapshot> {
        match self {
            Self::Pool(pool) => Some(pool),
            _ => None,
        }
    }

    /// The servers in it, if it is about servers.
    pub fn as_infrastructure(&self) -> Option<&InfrastructureSnapshot> {
        match self {
            Self::Infrastructure(infrastructure) => Some(infrastructure),
            _ => None,
        }
    }

    /// The word for its kind in JSON and labels.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Miner(_) => "miner",
            Self::Pool(_) => "pool",
            Self::Infrastructure(_) => "infrastructure",
        }
    }

    /// What was reported but could not be read, or asked for and not given.
    pub fn gaps(&self) -> &[Gap] {
        match self {
            Self::Miner(miner) => &miner.gaps,
            Self::Pool(pool) => &pool.gaps,
            Self::Infrastructure(infrastructure) => &infrastructure.gaps,
        }
    }
}

impl From<MinerSnapshot> for Snapshot {
    fn from(miner: MinerSnapshot) -> Self {
        Self::Miner(Box::new(miner))
    }
}

impl From<PoolSnapshot> for Snapshot {
    fn from(pool: PoolSnapshot) -> Self {
        Self::Pool(Box::new(pool))
    }
}

impl From<InfrastructureSnapshot> for Snapshot {
    fn from(infrastructure: InfrastructureSnapshot) -> Self {
        Self::Infrastructure(Box::new(infrastructure))
    }
}

/// Something that the source reported and we could not read, or that it was asked for and did not give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gap {
    /// The peer's own name of the field or request.
    pub field: String,
    /// What was found in its place, shortened.
    pub found: String,
}

impl Gap {
    /// The longest `found`, in characters.
    pub const MAX_FOUND_CHARS: usize = 80;

    /// A gap at `field`; `found` is cleaned and shortened. Never pass it a field that may hold a secret.
    pub fn new(field: impl Into<String>, found: &str) -> Self {
        let cleaned = crate::text::clean(found).unwrap_or_default();
        let found = match cleaned.char_indices().nth(Self::MAX_FOUND_CHARS) {
            Some((at, _)) => format!("{}…", &cleaned[..at]),
            None => cleaned,
        };
        Self { field: field.into(), found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_gap_shows_is_bounded() {
        let gap = Gap::new("bestDiff", &"9".repeat(500));
        assert_eq!(gap.found.chars().count(), Gap::MAX_FOUND_CHARS + 1);
        assert!(gap.found.ends_with('…'));
    }

    /// Reads `json` as a snapshot and checks that nothing is lost or added when it is written again.
    fn assert_same_again(json: &serde_json::Value) {
        let snapshot: Snapshot = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&snapshot).unwrap(), *json);
        assert_eq!(snapshot.kind(), json["kind"]);
    }

    #[test]
    fn a_pool_is_written_as_it_was_read() {
        assert_same_again(&serde_json::json!({
            "kind": "pool", "software": { "name": "GoSlimStratum", "version": "5.2.6" }, "uptime_secs": 86400,
            "coins": [ { "key": "DGB-GARAGE", "coin": "DGB", "algorithm": "sha256d", "windows_hps": { "1m": 1e14, "15m": 9e13 },
                "active_workers": 7, "shares": { "accepted": 1000, "rejected": 3, "stale": 1, "scope": "retention" },
                "blocks": { "count": 12, "scope": "lifetime", "last_height": 22_000_001, "last_hash": "00ab",
                            "last_found_at": "2026-11-21T15:47:57.325Z" },
                "best_share": { "difficulty": 12_345_678.0, "scope": "retention" },
                "network": { "difficulty": 1.2e9, "share_percent": 0.0123 },
                "workers": [ { "name": "dgb1q.rig1", "active": true, "user_agent": "bitaxe/BM1370/v2.12.2", "current_hps": 1.2e12,
                               "estimated": false, "accepted": 10, "rejected": 0, "stale": 0, "best_difficulty": 99999.0,
                               "last_seen_at": "2026-11-21T15:47:57.325Z", "address": "192.168.1.50" } ],
                "workers_truncated": false } ],
            "gaps": [] }));
    }

    #[test]
    fn a_server_is_written_as_it_was_read() {
        assert_same_again(&serde_json::json!({
            "kind": "infrastructure", "software": { "name": "MIM", "version": "3.3.6", "confidence": "low" },
            "servers": [ { "id": "qCwwociO", "name": "MIM Server", "reachable": true, "os": "Debian 12", "uptime_secs": 1,
                "cpu_percent": 12.5, "load": [0.1, 0.2, 0.3],
                "memory": { "used_bytes": 1, "total_bytes": 2 }, "swap": { "used_bytes": 0, "total_bytes": 0 },
                "disks": [ { "mount": "/", "used_bytes": 1, "total_bytes": 2 } ],
                "temperatures": [ { "name": "Package id 0", "celsius": 45.0, "critical_celsius": 100.0 } ],
                "reboot_required": false,
                "containers": [ { "name": "goslimstratum", "image": "goslimstratum:latest", "version": "5.2.6", "state": "running",
                                  "health": "healthy", "started_at": "2026-11-21T15:47:57.325Z", "restarts": 0, "product": "gss",
                                  "update": "available" } ] } ],
            "gaps": [] }));
    }

    #[test]
    fn nothing_reported_is_nothing_written() {
        let empty = serde_json::to_value(Snapshot::from(PoolSnapshot::default())).unwrap();
        assert_eq!(empty, serde_json::json!({ "kind": "pool", "software": {}, "coins": [], "gaps": [] }));
        let empty = serde_json::to_value(Snapshot::from(InfrastructureSnapshot::default())).unwrap();
        assert_eq!(empty, serde_json::json!({ "kind": "infrastructure", "software": {}, "servers": [], "gaps": [] }));
    }
}
