//! Which machine, with which firmware.

use std::fmt;
use std::str::FromStr;

use super::profile::{self, Profile, Web};
use crate::named::{UnknownName, named};

/// The kind of source that reads a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Bitmain's machines, whatever firmware they run.
    Antminer,
    /// Avalon.
    Canaan,
    /// Everybody else.
    Cgminer,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Antminer, Self::Canaan, Self::Cgminer];

    /// The name used in commands and configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Antminer => "antminer",
            Self::Canaan => "canaan",
            Self::Cgminer => "cgminer",
        }
    }

    /// The models of this kind.
    pub fn models(self) -> impl Iterator<Item = Model> {
        Model::ALL.into_iter().filter(move |model| model.kind() == self)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Makes the models out of a list: documentation, variant, name. The sheet has the model's name.
macro_rules! models {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A machine and the firmware that it runs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Model {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Model {
            /// Every model.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name used in commands and listings, for instance `antminer-s19pro`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            pub(super) const fn sheet(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("sheets/", $name, ".txt")),)+
                }
            }
        }
    };
}

models! {
    /// Antminer S9, factory firmware of 2019: boards in slots 6 to 8 of 16, `}{` in stats.
    AntminerS9 = "antminer-s9",
    /// Antminer S9 with the first Braiins OS: bmminer layout, hashrate windows of its own.
    AntminerS9Braiins2018 = "antminer-s9-braiins-2018",
    /// Antminer S9 with asicseer: lists of chip rates, flags, host and worker in stats.
    AntminerS9Asicseer = "antminer-s9-asicseer",
    /// Antminer S9 with VNish 3.8: `}{` in stats.
    AntminerS9Vnish = "antminer-s9-vnish",
    /// Antminer S9 with MSK firmware.
    AntminerS9Msk = "antminer-s9-msk",
    /// Antminer D3: X11, figures called GHS are MH/s, shares of summary are padded text and wrong.
    AntminerD3 = "antminer-d3",
    /// Antminer E3: Ethash, nine small boards numbered 1 to 3 and 8 to 13, figures called GHS are MH/s.
    AntminerE3 = "antminer-e3",
    /// Antminer Z11: Equihash, figures called GHS are Sol/s, boards kSol/s.
    AntminerZ11 = "antminer-z11",
    /// Antminer S17 Pro: sixteen slots, four values in a text; asleep it shows mode 254 and nothing else.
    AntminerS17Pro = "antminer-s17pro",
    /// Antminer S17+: as the S17 Pro, with one key more.
    AntminerS17Plus = "antminer-s17plus",
    /// Antminer T15: mode is a letter, an empty slot is a dash.
    AntminerT15 = "antminer-t15",
    /// Antminer S19 Pro: four slots, blanks behind colons, no joined commands, codes 14 where older firmware has 45.
    AntminerS19Pro = "antminer-s19pro",
    /// Antminer S19: asleep its pools stay alive and its fans turn slowly.
    AntminerS19 = "antminer-s19",
    /// Antminer S19j Pro.
    AntminerS19jPro = "antminer-s19jpro",
    /// Antminer L7: scrypt, figures called GHS are MH/s.
    AntminerL7 = "antminer-l7",
    /// Antminer Z15: Equihash, figures called GHS are kSol/s.
    AntminerZ15 = "antminer-z15",
    /// Antminer S21: old and new layout on one port, lists of commands, the same pages on the web.
    AntminerS21 = "antminer-s21",
    /// Antminer S21 Pro with VNish 1.2: no `version`, code 0, no `id`, power of each board.
    AntminerS21ProVnish = "antminer-s21pro-vnish",
    /// Antminer S19 XP with an early VNish 1.2: `Cgminer` in stats, letters of chips.
    AntminerS19XpVnish = "antminer-s19xp-vnish",
    /// Antminer S19j Pro with Hiveon: old layout, power of each board, code 45.
    AntminerS19jProHiveon = "antminer-s19jpro-hiveon",
    /// Antminer S19-88 with MSK firmware.
    AntminerS19Msk = "antminer-s19-msk",
    /// Antminer S9 with BOSminer+: MHS keys, a row for each board, fans and temperatures apart.
    AntminerS9Bosminer = "antminer-s9-bosminer",
    /// Antminer S9 with the first BOSminer, whose version key has no plus.
    AntminerS9BosminerFirst = "antminer-s9-bosminer-first",
    /// Antminer S19 with BOSer.
    AntminerS19Boser = "antminer-s19-boser",
    /// Antminer S19k Pro with LuxOS: GHS windows, a row for each board, power, profiles, events, health of each chip.
    AntminerS19kProLuxos = "antminer-s19kpro-luxos",
    /// Avalon Nano 3: no MAC, no DNA, power at the sixth place of `PS`.
    CanaanNano3 = "canaan-nano3",
    /// Avalon Nano 3S: everything in one text, ten seconds for a request.
    CanaanNano3s = "canaan-nano3s",
    /// Avalon Mini 3: one board, work modes heating, mining, night.
    CanaanMini3 = "canaan-mini3",
    /// Avalon Q: the text under another key and wrapped in braces, chips apart, pool password in clear.
    CanaanQ = "canaan-q",
    /// Avalon A1566: three boards in one text, clock from boot, power at the wall.
    CanaanA1566 = "canaan-a1566",
    /// Avalon A1246: as the A1566, with four fans.
    CanaanA1246 = "canaan-a1246",
    /// Avalon A1066: no rate of the moment, six figures of the supply.
    CanaanA1066 = "canaan-a1066",
    /// Avalon A1047: two boards, and no blank between two items of its text.
    CanaanA1047 = "canaan-a1047",
    /// Avalon A1047, firmware of 2020: a supply that tells nothing.
    CanaanA1047V2020 = "canaan-a1047-2020",
    /// A stack of ten Avalon 741 behind two controllers: five machines in each entry of stats.
    Canaan741Stack = "canaan-741-stack",
    /// A stack of fifty Avalon 921: stats of almost 40 KB.
    Canaan921Stack = "canaan-921-stack",
    /// Plain cgminer 4.11 with three devices.
    Cgminer4 = "cgminer-4.11",
    /// Cgminer 3.7.2, before joined commands: every reply lacks what came later.
    Cgminer3 = "cgminer-3.7",
    /// bfgminer with a Moonlander 2: scrypt, PGA rows, shares that are fractions, a rolling rate.
    BfgminerMoonlander = "bfgminer-moonlander",
    /// sgminer on a Baikal Giant: devices with fractional shares.
    SgminerBaikal = "sgminer-baikal",
    /// Blackminer F1: copies the layout of an Antminer, with `}{` and padded text.
    BlackminerF1 = "blackminer-f1",
    /// Whatsminer M30S: asked with `cmd`, a row for each board, power in the summary.
    WhatsminerM30s = "whatsminer-m30s",
    /// Whatsminer M20S, firmware of 2022: more figures in the summary.
    WhatsminerM20s = "whatsminer-m20s",
    /// Whatsminer M3: stats of more than 64 KiB.
    WhatsminerM3 = "whatsminer-m3",
    /// SealMiner A2: flat stats with the number of the board before each key.
    SealminerA2 = "sealminer-a2",
    /// Auradine Teraflux.
    AuradineTeraflux = "auradine-teraflux",
    /// Innosilicon A9: percentages and difficulties that are nonsense.
    InnosiliconA9 = "innosilicon-a9",
    /// MinerVa MV8.
    MinervaMv8 = "minerva-mv8",
    /// Cheetah F1: a device for each board, told by its name.
    CheetahF1 = "cheetah-f1",
    /// Elphapex DG1+: port 4028 is closed to all purposes, the figures are on the web behind a digest login with another realm.
    ElphapexDg1Plus = "elphapex-dg1plus",
    /// Elphapex DG Home 1.
    ElphapexDgHome = "elphapex-dghome",
    /// Hammer D10: an API like an Antminer of 2020, and web pages behind a login of its own.
    HammerD10 = "hammer-d10",
}

impl Model {
    /// The kind of source that reads it.
    pub fn kind(self) -> Kind {
        self.profile().kind
    }

    /// Whether it has web pages beside its API.
    pub fn has_web(self) -> bool {
        self.profile().web != Web::None
    }

    /// Whether its API is there at all: some firmware keeps the port closed and has web pages only.
    pub fn has_api(self) -> bool {
        self.profile().fact("api_port") != Some("closed")
    }

    /// The name and password of its web pages, where they ask for one.
    pub fn credentials(self) -> Option<(&'static str, &'static str)> {
        (self.profile().web == Web::Digest).then_some(("root", "root"))
    }

    /// Rated hashes a second.
    pub fn rated_hps(self) -> f64 {
        self.profile().rate
    }

    pub(super) fn profile(self) -> &'static Profile {
        profile::of(self)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Model {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("model", Self::ALL, name)
    }
}
