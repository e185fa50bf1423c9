//! The facts of a model, typed.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use super::model::{Kind, Model};
use super::sheet::{Page, Sheet};

/// What a difficulty of 1 stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha256,
    Scrypt,
    Equihash,
}

impl Algorithm {
    pub(super) const fn hashes_per_difficulty(self) -> f64 {
        match self {
            Self::Sha256 => 4_294_967_296.0,
            Self::Scrypt => 65_536.0,
            Self::Equihash => 8_192.0,
        }
    }
}

/// How a firmware writes an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errors {
    /// Code, message, description and `id`, upstream's and everybody's.
    Usual,
    /// Code 0 for a command that does not exist, and no `id` anywhere.
    CodeZero,
}

/// Who may see the web pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Web {
    None,
    Open,
    Digest,
}

/// The facts of a model.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a yes or no of the sheet")]
pub(crate) struct Profile {
    pub(crate) kind: Kind,
    pub(crate) description: &'static str,
    /// Hashes in the unit that its rates are shown in.
    pub(crate) unit: f64,
    /// Rated hashes a second.
    pub(crate) rate: f64,
    pub(crate) algorithm: Algorithm,
    /// The numbers of the hash boards, or of the machines of a stack.
    pub(crate) boards: Vec<usize>,
    pub(crate) chips: usize,
    /// How many chips stand together in a row of letters.
    pub(crate) group: usize,
    /// The numbers of the fans.
    pub(crate) fans: Vec<usize>,
    pub(crate) rpm: f64,
    pub(crate) watts: f64,
    pub(crate) mhz: f64,
    pub(crate) chip_celsius: f64,
    pub(crate) pools: usize,
    pub(crate) joins: bool,
    pub(crate) text: bool,
    pub(crate) spaced: bool,
    pub(crate) clock_from_boot: bool,
    pub(crate) errors: Errors,
    pub(crate) web: Web,
    /// How long an idle connection may hold the API.
    pub(crate) receives_for: Option<Duration>,
    /// Commands that exist and are refused.
    pub(crate) denied: Vec<&'static str>,
    facts: BTreeMap<&'static str, &'static str>,
    sheet: Sheet,
}

impl Profile {
    /// A text that templates may use.
    pub(super) fn fact(&self, name: &str) -> Option<&'static str> {
        self.facts.get(name).copied()
    }

    pub(super) fn page(&self, name: &str) -> Option<&Page> {
        self.sheet.page(name)
    }

    pub(super) fn pages(&self) -> impl Iterator<Item = &Page> {
        self.sheet.pages.iter()
    }

    fn read(model: Model) -> Result<Self, String> {
        let sheet = whole_sheet(model)?;
        let fact = |name: &str| sheet.fact(name).ok_or_else(|| format!("{model} has no {name}"));
        let number = |name: &str| fact(name)?.parse::<f64>().map_err(|error| format!("{model}, {name}: {error}"));
        let yes = |name: &str| sheet.fact(name) == Some("yes");
        let numbers = |name: &str| -> Result<Vec<usize>, String> {
            fact(name)?.split_whitespace().map(|word| word.parse().map_err(|_| format!("{model}: {word}"))).collect()
        };
        let unit = unit(fact("unit")?)?;
        Ok(Self {
            kind: Kind::ALL.into_iter().find(|kind| Ok(kind.name()) == fact("kind")).ok_or("no such kind")?,
            description: fact("description")?,
            unit,
            rate: number("rate")? * unit,
            algorithm: match sheet.fact("algorithm") {
                Some("scrypt") => Algorithm::Scrypt,
                Some("equihash") => Algorithm::Equihash,
                _ => Algorithm::Sha256,
            },
            boards: numbers("boards")?,
            chips: number("chips")? as usize,
            group: number("group").unwrap_or(8.0) as usize,
            fans: numbers("fans")?,
            rpm: number("rpm")?,
            watts: number("watts")?,
            mhz: number("mhz")?,
            chip_celsius: number("celsius")?,
            pools: number("pools").unwrap_or(3.0) as usize,
            joins: yes("joins"),
            text: yes("text"),
            spaced: yes("spaced"),
            clock_from_boot: yes("clock_from_boot"),
            errors: if sheet.fact("errors") == Some("zero") { Errors::CodeZero } else { Errors::Usual },
            web: match sheet.fact("web") {
                Some("digest") => Web::Digest,
                Some("open") => Web::Open,
                _ => Web::None,
            },
            receives_for: number("receive_secs").ok().map(Duration::from_secs_f64),
            denied: sheet.fact("denied").unwrap_or_default().split_whitespace().collect(),
            facts: sheet.facts.iter().copied().collect(),
            sheet,
        })
    }
}

fn unit(letter: &str) -> Result<f64, String> {
    Ok(match letter {
        "h" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        "t" => 1e12,
        _ => return Err(format!("no unit: {letter}")),
    })
}

/// The sheet with everything that its bases give.
fn whole_sheet(model: Model) -> Result<Sheet, String> {
    let mut sheet = Sheet::read(model.sheet())?;
    // Bases of bases, in turn; a sheet that is its own base would never end.
    for _ in 0..Model::ALL.len() {
        let Some(name) = sheet.base.take() else { return Ok(sheet) };
        let base = name.parse::<Model>().map_err(|error| error.to_string())?;
        let base = Sheet::read(base.sheet())?;
        sheet.base = base.base;
        sheet = sheet.on(&base);
    }
    Err(format!("{model} stands on itself"))
}

/// The facts of a model. Sheets are read once.
pub(super) fn of(model: Model) -> &'static Profile {
    static PROFILES: OnceLock<Vec<Profile>> = OnceLock::new();
    let all = PROFILES.get_or_init(|| {
        let read = Model::ALL.into_iter().map(Profile::read).collect::<Result<_, _>>();
        read.unwrap_or_else(|wrong| panic!("sheets are sound, which a test checks, but {wrong}"))
    });
    &all[model as usize]
}
