//! What the answers mean: whose they are. Pure; made anew each time it is shown, so that a source that was added or a device that is
//! ignored since is shown as that.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddrV4};

use gssa_model::unit::Hashrate;
use gssa_model::{Address, Algorithm, Identity, Mac, Snapshot, SourceKind};
use gssa_view::store::Store;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use super::answer::{Answer, Device, What};
use super::scan::places;
use crate::collectors::usual_ports;
use crate::config::{Config, Source};

/// What is to be done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "FindingStatus")]
pub enum Status {
    /// A device that is no source yet.
    New,
    /// A source, at its address or at another one.
    Known,
    /// It refuses: credentials or an access rule.
    NeedsPassword,
    /// Something answers that is nothing known.
    Unknown,
    /// It is in `discovery.ignored`.
    Ignored,
}

impl Status {
    /// The word for it, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::NeedsPassword => "needs_password",
            Self::Unknown => "unknown",
            Self::Ignored => "ignored",
        }
    }
}

/// Something that answers.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Finding {
    /// What is to be done about it.
    pub status: Status,
    /// As the address of a source; without the port where it is the standard one of the kind.
    pub address: String,
    /// Where it answers.
    #[schemars(with = "String")]
    pub ip: Ipv4Addr,
    /// At which port.
    pub port: u16,
    /// What speaks there.
    pub kind: Option<SourceKind>,
    /// What it says that it is.
    pub identity: Option<Identity>,
    /// Its hashrate now.
    pub current_hps: Option<Hashrate>,
    /// What it hashes.
    pub algorithm: Option<Algorithm>,
    /// The source that it is.
    pub source_id: Option<String>,
    /// Whether that source is configured at another address: the same device has moved.
    pub moved: Option<bool>,
    /// The name under which it announced itself by multicast DNS during the search.
    pub announced: Option<String>,
    /// What else there is to say, for people.
    pub why: Option<String>,
}

/// The sources as they are now, to be found by what is known of them.
#[derive(Debug)]
pub struct Known<'a> {
    sources: HashMap<&'a str, &'a Source>,
    said: HashMap<&'a str, Said>,
    by_mac: HashMap<Mac, &'a Source>,
    by_serial: HashMap<String, &'a Source>,
    by_place: HashMap<SocketAddrV4, Vec<&'a Source>>,
    ignored: HashSet<String>,
}

impl<'a> Known<'a> {
    /// Of these sources and what they said last. `names` are the addresses of their names.
    pub fn new(config: &'a Config, store: &Store, names: &HashMap<String, Vec<Ipv4Addr>>) -> Self {
        let mut known = Self {
            sources: HashMap::new(),
            said: HashMap::new(),
            by_mac: HashMap::new(),
            by_serial: HashMap::new(),
            by_place: HashMap::new(),
            ignored: config.discovery.ignored.iter().map(|entry| plain(entry)).collect(),
        };
        for source in &config.sources {
            known.sources.insert(source.id.as_str(), source);
            let host = source.address.host();
            let ips = host.parse().map_or_else(|_| names.get(host).cloned().unwrap_or_default(), |ip| vec![ip]);
            for at in places(source, &ips) {
                known.by_place.entry(at).or_default().push(source);
            }
            let Some(said) = Said::of(source, store) else { continue };
            if let Some(mac) = said.identity.mac {
                known.by_mac.entry(mac).or_insert(source);
            }
            if let Some(serial) = &said.identity.serial {
                known.by_serial.entry(plain(serial)).or_insert(source);
            }
            known.said.insert(source.id.as_str(), said);
        }
        known
    }

    /// What the answers mean, sorted by status and address.
    pub fn findings(&self, answers: &[Answer]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = answers.iter().map(|answer| self.finding(answer)).collect();
        let at_home: HashSet<String> =
            findings.iter().filter(|it| it.moved == Some(false)).filter_map(|it| it.source_id.clone()).collect();
        for finding in findings.iter_mut().filter(|it| it.moved == Some(true)) {
            // One device with two addresses has not moved.
            if finding.source_id.as_ref().is_some_and(|id| at_home.contains(id)) {
                finding.moved = Some(false);
                finding.why = Some("the same device also answers at the address of its source".into());
            }
        }
        findings.sort_by_key(|finding| (finding.status, finding.ip, finding.port));
        findings
    }

    fn finding(&self, answer: &Answer) -> Finding {
        let mut finding = Finding {
            status: Status::Unknown,
            address: answer.at.to_string(),
            ip: *answer.at.ip(),
            port: answer.at.port(),
            kind: None,
            identity: None,
            current_hps: None,
            algorithm: None,
            source_id: None,
            moved: None,
            announced: None,
            why: None,
        };
        match &answer.what {
            What::Source(id) => self.source(id.as_str(), &mut finding),
            What::Device(device) => self.device(answer.at, device, &mut finding),
            What::Refused { why } => self.other(Status::NeedsPassword, answer.at, why, &mut finding),
            What::Other { why } => self.other(Status::Unknown, answer.at, why, &mut finding),
        }
        if matches!(finding.status, Status::New | Status::NeedsPassword | Status::Unknown) && self.is_ignored(&finding)
        {
            finding.status = Status::Ignored;
        }
        finding
    }

    /// A source that was not asked again; it may have been removed since.
    fn source(&self, id: &str, finding: &mut Finding) {
        finding.why = Some("it answered a short while ago and was not asked again".into());
        if let Some(said) = self.said.get(id) {
            finding.identity = Some(said.identity.clone());
            finding.current_hps = said.current_hps;
            finding.algorithm.clone_from(&said.algorithm);
        }
        match self.sources.get(id) {
            Some(source) => {
                finding.kind = Some(source.kind);
                finding.address = source.address.to_string();
                self.know(source, Some(false), finding);
            }
            None => finding.why = Some("its source was removed meanwhile; search again".into()),
        }
    }

    fn device(&self, at: SocketAddrV4, device: &Device, finding: &mut Finding) {
        let Device { kind, identity, current_hps, algorithm, is_miner: _ } = device;
        finding.kind = Some(*kind);
        finding.identity = Some(identity.clone());
        finding.current_hps = *current_hps;
        finding.algorithm.clone_from(algorithm);
        if usual_ports(*kind).contains(&at.port()) {
            finding.address = at.ip().to_string();
        }
        let by_mac = identity.mac.and_then(|mac| self.by_mac.get(&mac));
        let by_serial = || identity.serial.as_deref().and_then(|serial| self.by_serial.get(&plain(serial)));
        if let Some(source) = by_mac.or_else(by_serial) {
            let moved = !self.is_at(source, at);
            return self.know(source, Some(moved), finding);
        }
        let here = self.by_place.get(&at).map_or(&[][..], Vec::as_slice);
        // Whose identity was never seen is known by its address alone, and so is a device that has none.
        let was_seen = |source: &Source| self.said.get(source.id.as_str()).is_some_and(|said| says_who(&said.identity));
        let same = here.iter().find(|source| !says_who(identity) || !was_seen(source));
        match (same, here.first()) {
            (Some(source), _) => self.know(source, Some(false), finding),
            (None, Some(other)) => {
                finding.status = Status::New;
                finding.why = Some(format!("another device than source {:?}, which is configured here", other.id));
            }
            (None, None) => finding.status = Status::New,
        }
    }

    /// Something that does not say what it is.
    fn other(&self, status: Status, at: SocketAddrV4, why: &str, finding: &mut Finding) {
        finding.status = status;
        finding.why = Some(why.to_owned());
        if let Some(source) = self.by_place.get(&at).and_then(|here| here.first()) {
            finding.kind = Some(source.kind);
            self.know(source, None, finding);
        }
    }

    #[expect(clippy::unused_self, reason = "one of the ways in which a finding is told")]
    fn know(&self, source: &Source, moved: Option<bool>, finding: &mut Finding) {
        finding.status = Status::Known;
        finding.source_id = Some(source.id.to_string());
        finding.moved = moved;
    }

    /// Whether a source is configured where it was found. A name goes with its device.
    fn is_at(&self, source: &Source, at: SocketAddrV4) -> bool {
        let is_name = source.address.host().parse::<std::net::IpAddr>().is_err();
        is_name || self.by_place.get(&at).is_some_and(|here| here.iter().any(|one| one.id == source.id))
    }

    fn is_ignored(&self, finding: &Finding) -> bool {
        let identity = finding.identity.as_ref();
        let mac = identity.and_then(|identity| identity.mac).map(|mac| mac.to_string());
        let serial = identity.and_then(|identity| identity.serial.clone());
        let places = [finding.ip.to_string(), format!("{}:{}", finding.ip, finding.port)];
        [mac, serial].into_iter().flatten().chain(places).any(|name| self.ignored.contains(&plain(&name)))
    }
}

/// Maker and model, as far as they are known.
pub fn model(identity: &Identity) -> Option<String> {
    let words: Vec<&str> = [&identity.make, &identity.model].into_iter().flatten().map(String::as_str).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What a source said last.
#[derive(Debug)]
struct Said {
    identity: Identity,
    current_hps: Option<Hashrate>,
    algorithm: Option<Algorithm>,
}

impl Said {
    fn of(source: &Source, store: &Store) -> Option<Self> {
        let reading = store.get(source.id.as_str())?.reading;
        let miner = reading.snapshot.as_deref().and_then(Snapshot::as_miner)?;
        let (current_hps, algorithm) = (miner.hashing.current_hps, miner.hashing.algorithm.clone());
        Some(Self { identity: miner.identity.clone(), current_hps, algorithm })
    }
}

/// Whether a device can be told from others.
const fn says_who(identity: &Identity) -> bool {
    identity.mac.is_some() || identity.serial.is_some()
}

/// One spelling of a MAC address, of an address, or of any other text.
fn plain(text: &str) -> String {
    let text = text.trim();
    if let Ok(mac) = text.parse::<Mac>() {
        return mac.to_string().to_ascii_lowercase();
    }
    match text.parse::<Address>() {
        Ok(address) if address.host().parse::<Ipv4Addr>().is_ok() => address.authority(0),
        _ => text.to_ascii_lowercase(),
    }
}
