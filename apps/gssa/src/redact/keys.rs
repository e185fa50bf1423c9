//! What a value is, told by the name of its key: `wifiPass`, `Ctrl Board SN`, `_ant_pool1user`, `DNA`.

/// What a key says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A password, a key, a token.
    Secret,
    /// The name of a wireless network.
    WifiName,
    /// A number that only one machine has.
    Serial,
    /// A hardware address, maybe without dividers.
    Mac,
    /// How a machine calls itself.
    Device,
    /// An account or a wallet, with the name of a worker behind it.
    User,
    /// A link or a host, with or without scheme and port.
    Link,
    /// What may be a host.
    Host,
    /// A version, which may look like an IP address.
    Version,
}

const SECRETS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pw",
    "psk",
    "secret",
    "token",
    "credential",
    "credentials",
    "authorization",
    "cookie",
    "apikey",
    "privkey",
];
const SECRET_PAIRS: [(&str, &str); 6] =
    [("api", "key"), ("private", "key"), ("license", "key"), ("auth", "key"), ("session", "id"), ("wifi", "key")];
const SERIALS: [&str; 12] =
    ["sn", "dna", "hdna", "uuid", "guid", "minersn", "psusn", "boardsn", "chassissn", "pcbsn", "hwid", "deviceid"];
const MACS: [&str; 5] = ["mac", "macaddr", "macaddress", "hwaddr", "ethaddr"];
const USERS: [&str; 7] = ["user", "username", "worker", "workername", "login", "account", "wallet"];
/// The last one is of `stratumURLUSED`.
const LINKS: [&str; 9] = ["url", "uri", "host", "endpoint", "domain", "address", "addr", "hostip", "urlused"];
const HOSTS: [&str; 5] = ["server", "gateway", "dns", "ntp", "pool"];
const VERSIONS: [&str; 9] = ["version", "ver", "fw", "firmware", "build", "lversion", "bver", "hwv", "swv"];
/// Which of several, behind what it is.
const WHICH: [&str; 6] = ["used", "active", "current", "primary", "backup", "fallback"];
/// What is said about a secret and is none: `cookie_max_age`.
const ABOUT: [&str; 10] =
    ["age", "secs", "seconds", "minutes", "hours", "days", "length", "count", "enabled", "required"];

/// What the name of a key says; `None` if nothing.
pub(super) fn rule(key: &str) -> Option<Rule> {
    let words = words(key);
    let has = |word: &str| words.iter().any(|it| it == word);
    let is_one_of = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    // The last word says what it is, the ones before of what: `stratumUserUSED`, `stratumUser1`.
    let is_which = |word: &str| WHICH.contains(&word) || word.bytes().all(|b| b.is_ascii_digit());
    let last = words.iter().rfind(|word| !is_which(word)).map_or("", String::as_str);
    // `chip_freqs_test_pass_3` and `upfreq_pass_cores_percent` passed a test.
    let is_pass = last == "pass" && !has("test") && !has("freqs");
    let is_pair = |(first, second): &(&str, &str)| words.windows(2).any(|two| two[0] == *first && two[1] == *second);
    let is_about = ABOUT.contains(&last);
    if !is_about
        && (is_pass || is_one_of(&SECRETS) || SECRET_PAIRS.iter().any(is_pair) || matches!(last, "auth" | "license"))
    {
        return Some(Rule::Secret);
    }
    if words.iter().any(|word| word.ends_with("ssid")) || is_pair(&("wifi", "name")) {
        return Some(Rule::WifiName);
    }
    let is_serial = words.iter().any(|word| word.starts_with("serial") || word == "serinum");
    if (is_serial || is_one_of(&SERIALS)) && !has("build") {
        return Some(Rule::Serial);
    }
    if is_one_of(&MACS) {
        return Some(Rule::Mac);
    }
    if words.iter().any(|word| word.ends_with("hostname")) || is_pair(&("host", "name")) || is_pair(&("device", "name"))
    {
        return Some(Rule::Device);
    }
    // Bitmain's `Miner` is `49.0.1.3`, which is our `board`.
    if is_one_of(&VERSIONS) || words == ["miner"] || words == ["board"] {
        return Some(Rule::Version);
    }
    // `LEDUser` is a colour, `UpdateOnUser` a switch.
    if (USERS.contains(&last) || is_pair(&("worker", "name")) || is_pair(&("user", "name")))
        && !has("led")
        && !has("update")
    {
        return Some(Rule::User);
    }
    if LINKS.contains(&last) {
        return Some(Rule::Link);
    }
    HOSTS.contains(&last).then_some(Rule::Host)
}

/// Whether a key names a list of workers.
pub(super) fn is_workers(key: &str) -> bool {
    words(key).last().is_some_and(|last| last == "workers" || last == "miners")
}

/// The words of a key, in small letters: `APIKey`, `api_key` and `Api Key` are the same two.
fn words(key: &str) -> Vec<String> {
    let chars: Vec<char> = key.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1);
        let begins_upper = c.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                // `APIKey`: the last capital belongs to what follows.
                || before.is_some_and(char::is_uppercase) && after.is_some_and(|c| c.is_lowercase()));
        let begins_other = before.is_some_and(|before| before.is_alphabetic() != c.is_alphabetic());
        if (begins_upper || begins_other) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_what_its_value_is() {
        for (keys, expected) in [
            (
                "wifiPass stratumPassword fallbackStratumPassword Pass pass pwd _ant_pool1pw passwd PSK wpa_psk api_key apiKey X-API-Key \
                 APIKey bot_token token secretKey rpcAuth NodeRPAuth Authorization wallet_passphrase licenseKey WifiKey",
                Some(Rule::Secret),
            ),
            ("ssid SSID wifiSSID apSsid BSSID wifi_name", Some(Rule::WifiName)),
            ("serial serial_no serinum SerialNumber sn dev_sn DNA HDNA minerSn device_uuid", Some(Rule::Serial)),
            ("MAC macAddr macaddr mac MACAddr mac_address", Some(Rule::Mac)),
            ("hostname hostName fullHostname mdnsHostname conf_hostname Hostname deviceName", Some(Rule::Device)),
            (
                "user User stratumUser fallbackStratumUser _ant_pool1user stratumUserUSED worker worker_name username wallet",
                Some(Rule::User),
            ),
            ("url stratumURL stratumURLUSED _ant_pool1url host docker_host rpcAddress", Some(Rule::Link)),
            ("conf_gateway conf_dnsservers_dns pool", Some(Rule::Host)),
            ("version Ver axeOSVersion fw_version firmware boardVersion Miner board bb_hwv", Some(Rule::Version)),
            (
                "hashRate coinKey key gssCoinKey bestSessionDiff chip_freqs_test_pass_3 upfreq_pass_cores_percent LEDUser UpdateOnUser \
                 IsUserShutdown user_agent workers name poolDifficulty activePoolMode wifiStatus wifiRSSI passed bypass PS Work \
                 stratumV2RequireAuthority cookieMaxAge token_ttl_secs cashaddr asicid tokens",
                None,
            ),
        ] {
            for key in keys.split_whitespace() {
                assert_eq!(rule(key), expected, "{key}");
            }
        }
        for (key, expected) in [
            ("Ctrl Board SN", Rule::Serial),
            ("0 SN", Rule::Serial),
            ("Stratum URL", Rule::Link),
            ("Pool Password", Rule::Secret),
            ("Wifi Name", Rule::WifiName),
        ] {
            assert_eq!(rule(key), Some(expected), "{key}");
        }
    }
}
