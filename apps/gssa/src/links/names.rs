//! How the user that a miner logs in with appears as a worker of a pool.
//!
//! Source of the forms: GoSlimStratum's release notes. `-1` is put behind a name that is in use already (3.0.24 and 3.0.25, by choice
//! later); a miner that logs in with a bare address gets `.` and 12 hex digits (3.0.27 and later). A pool may show wallets masked.

/// How the name of a worker stands to the user of a miner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// Letter for letter.
    Exact,
    /// The pool hides the middle of the wallet.
    Masked,
    /// The pool has put a number behind it.
    Numbered,
    /// The pool has put an id behind a bare address.
    Identified,
}

/// How many hex digits the id has that a pool gives a miner without a name.
const AUTO_ID_DIGITS: usize = 12;

/// So many characters at either end of a masked wallet must be shown for it to mean one.
const MIN_SHOWN_CHARS: usize = 3;

/// How `worker` stands to `user`, if it can be the same.
pub(super) fn likeness(worker: &str, user: &str) -> Option<Likeness> {
    if worker == user {
        return Some(Likeness::Exact);
    }
    if unnumbered(worker) == Some(user) {
        return Some(Likeness::Numbered);
    }
    if identified(worker) == Some(user) {
        return Some(Likeness::Identified);
    }
    is_masked_form(worker, user).then_some(Likeness::Masked)
}

/// Everything that a worker of this name may have logged in as, but for masked forms.
pub(super) fn users_of(worker: &str) -> impl Iterator<Item = &str> {
    [Some(worker), unnumbered(worker), identified(worker)].into_iter().flatten()
}

/// Whether a part of the name is hidden.
pub(super) fn is_masked(worker: &str) -> bool {
    split_at_mask(worker).is_some()
}

/// The name without `-` and a number behind it.
fn unnumbered(worker: &str) -> Option<&str> {
    let (name, number) = worker.rsplit_once('-')?;
    (!name.is_empty() && (1..=4).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())).then_some(name)
}

/// The bare address in front of an id that the pool made up.
fn identified(worker: &str) -> Option<&str> {
    let named = unnumbered(worker).unwrap_or(worker);
    let (address, id) = named.rsplit_once('.')?;
    let is_id = id.len() == AUTO_ID_DIGITS && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (is_id && !address.is_empty() && !address.contains('.')).then_some(address)
}

fn is_masked_form(worker: &str, user: &str) -> bool {
    let Some((start, end)) = split_at_mask(worker) else { return false };
    // What follows the wallet must be there in full; only the wallet is hidden.
    let shown = start.chars().count() + end.split('.').next().unwrap_or_default().chars().count();
    shown >= MIN_SHOWN_CHARS
        && user.len() > start.len() + end.len()
        && user.starts_with(start)
        && user.ends_with(end)
        && !user[start.len()..user.len() - end.len()].contains('.')
}

/// What stands before and after a run of `*`, `…` or at least three dots.
fn split_at_mask(name: &str) -> Option<(&str, &str)> {
    let from = ["*", "…", "..."].into_iter().filter_map(|mask| name.find(mask)).min()?;
    let hidden = name[from..].find(|c: char| !matches!(c, '*' | '…' | '.')).map_or(name.len(), |length| from + length);
    // A single dot behind stars divides wallet and name.
    let hidden =
        if name[from..hidden].starts_with(['*', '…']) && name[..hidden].ends_with('.') { hidden - 1 } else { hidden };
    Some((&name[..from], &name[hidden..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_worker_stands_to_a_user() {
        use Likeness::{Exact, Identified, Masked, Numbered};
        for (worker, user, likeness) in [
            ("dgb1qxyz.rig1", "dgb1qxyz.rig1", Some(Exact)),
            ("dgb1qxyz", "dgb1qxyz", Some(Exact)),
            ("dgb1qxyz.rig1-1", "dgb1qxyz.rig1", Some(Numbered)),
            ("dgb1qxyz-2", "dgb1qxyz", Some(Numbered)),
            ("dgb1qxyz.rig-1", "dgb1qxyz.rig-1", Some(Exact)),
            ("dgb1qxyz.0123456789ab", "dgb1qxyz", Some(Identified)),
            ("dgb1qxyz.0123456789ab-1", "dgb1qxyz", Some(Identified)),
            ("dgb1qxyz.0123456789ab", "dgb1qxyz.rig1", None),
            ("dgb1qxyz.0123456789AB", "dgb1qxyz", None),
            ("dgb1qxyz.rig1", "dgb1qxyz", None),
            ("dgb1qxyz", "dgb1qxyz.rig1", None),
            ("dgb1…f2k.rig1", "dgb1qqqqqqqf2k.rig1", Some(Masked)),
            ("dgb1****f2k.rig1", "dgb1qqqqqqqf2k.rig1", Some(Masked)),
            ("dgb1...f2k.rig1", "dgb1qqqqqqqf2k.rig1", Some(Masked)),
            ("dgb1qxy***.rig1", "dgb1qxyqqqqqqqf2k.rig1", Some(Masked)),
            ("dgb1…f2k.rig1", "dgb1qqqqqqqf2k.rig2", None),
            ("dgb1…f2k.rig1", "dgb1qqqq.qqqf2k.rig1", None),
            ("…rig1", "dgb1qqqqqqqf2k.rig1", None),
            ("***.rig1", "dgb1qqqqqqqf2k.rig1", None),
            ("****", "dgb1qqqqqqqf2k.rig1", None),
            ("parent|aux.rig1", "parent|aux.rig1", Some(Exact)),
            ("", "dgb1qxyz", None),
            ("-1", "", None),
        ] {
            assert_eq!(super::likeness(worker, user), likeness, "{worker} of {user}");
            if !matches!(likeness, None | Some(Masked)) {
                assert!(users_of(worker).any(|it| it == user), "{worker} is found by {user}");
            }
            if likeness == Some(Masked) {
                assert!(is_masked(worker), "{worker}");
            }
        }
    }
}
