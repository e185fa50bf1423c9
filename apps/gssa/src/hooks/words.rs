//! What the events are called: by the products that send them, and here.

use gssa_model::Severity;

use Severity::{Critical, Info, Warning};

/// An event that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// The word of the sender.
    pub(super) sent: &'static str,
    /// The word in the journal: the same for the same thing, whoever sends it.
    pub(super) event: &'static str,
    /// For people, where the sender gives no subject.
    pub(super) title: &'static str,
    /// How much it matters, where the sender does not say.
    pub(super) severity: Severity,
}

const fn word(sent: &'static str, severity: Severity, title: &'static str) -> Word {
    Word { sent, event: sent, title, severity }
}

/// Every event of `GoSlimStratum` and of GSSM that is known. The names are those that the vendor's own receiver of webhooks takes.
pub(super) const WORDS: [Word; 34] = [
    // GoSlimStratum.
    word("block_found", Info, "Block found"),
    word("block_matured", Info, "Block matured"),
    word("block_orphaned", Warning, "Block orphaned"),
    word("payment_pending", Info, "Payment pending"),
    word("payment_complete", Info, "Payment complete"),
    word("payment_failed", Warning, "Payment failed"),
    word("node_failover", Warning, "Node failover"),
    word("node_failback", Info, "Node failback"),
    word("miner_connect", Info, "Miner connected"),
    word("miner_disconnect", Warning, "Miner disconnected"),
    word("best_share", Info, "Best share"),
    word("notable_share", Info, "Notable share"),
    word("rejected_shares", Warning, "Rejected shares"),
    word("network_difficulty_below", Info, "Network difficulty below its mark"),
    word("network_difficulty_above", Info, "Network difficulty above its mark"),
    word("network_difficulty_recovered", Info, "Network difficulty recovered"),
    word("startup", Info, "Started"),
    word("shutdown", Warning, "Shut down"),
    word("cleanup", Info, "Cleaned up"),
    // Both.
    word("node_offline", Critical, "Node offline"),
    word("node_online", Info, "Node online"),
    // GSSM.
    word("miner_offline", Critical, "Miner offline"),
    word("miner_online", Info, "Miner online"),
    word("miner_failover", Warning, "Miner on its backup pool"),
    word("miner_zero_hashrate", Critical, "Miner without hashrate"),
    word("miner_temp_high", Critical, "Miner too hot"),
    word("miner_temp_normal", Info, "Miner cool again"),
    word("miner_fan_emergency", Critical, "Miner fan emergency"),
    word("miner_fan_emergency_off", Info, "Miner fan emergency over"),
    word("pool_offline", Critical, "Pool offline"),
    word("pool_online", Info, "Pool online"),
    Word { sent: "system_startup", event: "startup", title: "Started", severity: Info },
    Word { sent: "system_shutdown", event: "shutdown", title: "Shut down", severity: Warning },
    word(TEST, Info, "Test notification"),
];

/// The event of a test button.
pub(super) const TEST: &str = "test";

/// Of an event that has no name.
pub(super) const UNNAMED: &str = "unknown";

/// The longest name that is kept, in characters.
const MAX_NAME_CHARS: usize = 64;

/// The event with this name of a sender.
pub(super) fn known(sent: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.sent == sent)
}

/// Whether an event of the journal is one that is known.
pub(super) fn is_known(event: &str) -> bool {
    WORDS.iter().any(|word| word.event == event)
}

/// A name as ours are written: small letters, digits and `_`. [`UNNAMED`] where nothing of it is left.
pub(super) fn tidy(sent: &str) -> String {
    let mut name = String::new();
    for c in sent.trim().chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            name.push(c);
        } else if matches!(c, '_' | '-' | ' ' | '.') && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if name.len() == MAX_NAME_CHARS {
            break;
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() { UNNAMED.to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_there_once_and_tidy() {
        for (at, word) in WORDS.iter().enumerate() {
            assert_eq!((tidy(word.sent).as_str(), tidy(word.event).as_str()), (word.sent, word.event));
            assert!(WORDS[..at].iter().all(|before| before.sent != word.sent), "{}", word.sent);
            assert!(!word.title.is_empty() && is_known(word.event));
        }
    }

    #[test]
    fn a_name_is_made_tidy() {
        for (sent, name) in [
            ("Block_Found", "block_found"),
            (" miner-temp.high ", "miner_temp_high"),
            ("pool  stopped", "pool_stopped"),
            ("<script>", "script"),
            ("\u{1b}[31mred\n", "31mred"),
            ("__", UNNAMED),
            ("", UNNAMED),
            ("γ", UNNAMED),
        ] {
            assert_eq!(tidy(sent), name, "{sent:?}");
        }
        assert_eq!(tidy(&"a".repeat(1000)).len(), MAX_NAME_CHARS);
    }
}
