//! What a webhook tells.

use gssa_model::{Severity, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// An event that another program reported by webhook. Texts are its own words, cleaned and cut.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HookEvent {
    /// The hook that it came by, as the configuration names it.
    pub name: String,
    /// Who speaks; absent where the form is neither's.
    pub product: Option<Product>,
    /// What happened: `block_found` `block_matured` `block_orphaned` `payment_pending` `payment_complete` `payment_failed` `node_offline`
    /// `node_online` `node_failover` `node_failback` `miner_offline` `miner_online` `miner_connect` `miner_disconnect` `miner_failover`
    /// `miner_zero_hashrate` `miner_temp_high` `miner_temp_normal` `miner_fan_emergency` `miner_fan_emergency_off` `pool_offline`
    /// `pool_online` `best_share` `notable_share` `rejected_shares` `network_difficulty_below` `network_difficulty_above`
    /// `network_difficulty_recovered` `startup` `shutdown` `cleanup` `test`. Another event keeps the name that its sender gave it; one
    /// without a name is `unknown`.
    pub event: String,
    /// How much it matters: as the sender says, else by what happened.
    pub severity: Severity,
    /// What happened, in one line.
    pub title: String,
    /// More about it.
    pub detail: Option<String>,
    /// What it happened to: a miner, a pool or a node, as the sender calls it.
    pub entity: Option<String>,
    /// When it happened, as the sender says; else when it was told.
    pub at: Timestamp,
    /// In place of so many events of this kind that came too fast to be kept one by one.
    pub more: Option<u64>,
}

/// The program that sends an event, told by the form of what it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "HookProduct")]
pub enum Product {
    /// `GoSlimStratum`.
    Gss,
    /// `GoSlimStratum` Miners.
    Gssm,
}

impl HookEvent {
    /// The event in one line.
    pub fn text(&self) -> String {
        let parts = [Some(&self.title), self.entity.as_ref(), self.detail.as_ref()];
        parts.into_iter().flatten().fold(self.name.clone(), |text, part| text + ": " + part)
    }
}
