//! What can be asked. Nothing here changes a miner: commands that write cannot be named.

use std::fmt::Write as _;

/// The longest request that a server reads: upstream calls `recv` once, for 4095 bytes (`ckolivas/cgminer` `api.c`).
pub(crate) const MAX_REQUEST_BYTES: usize = 4095;

macro_rules! commands {
    ($( $(#[$doc:meta])* $name:ident = $word:literal, )+) => {
        /// A command that reports. The set is closed, and none of it writes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Command { $( $(#[$doc])* $name, )+ }

        impl Command {
            /// Every command.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

commands! {
    /// Which program, which version; the model on Bitmain and Canaan machines.
    Version = "version",
    /// Totals of the whole machine.
    Summary = "summary",
    /// The pools.
    Pools = "pools",
    /// One row for each device.
    Devs = "devs",
    /// The same without devices that are disabled.
    Edevs = "edevs",
    /// Names and drivers of the devices.
    DevDetails = "devdetails",
    /// What the drivers tell; the most of all on Bitmain and Canaan machines.
    Stats = "stats",
    /// The same without pools; upstream from API 3.3 on.
    EStats = "estats",
    /// A short `stats` of Canaan's home machines.
    LiteStats = "litestats",
    /// Settings of the program.
    Config = "config",
    /// The coin.
    Coin = "coin",
    /// Fans: Braiins OS, LuxOS.
    Fans = "fans",
    /// Temperatures: Braiins OS, LuxOS.
    Temps = "temps",
    /// Power: LuxOS.
    Power = "power",
    /// The state of the tuner: Braiins OS.
    TunerStatus = "tunerstatus",
    /// Power profiles: LuxOS.
    Profiles = "profiles",
    /// Events and errors: LuxOS.
    Events = "events",
    /// Limits: LuxOS.
    Limits = "limits",
    /// Firmware versions of a Whatsminer.
    GetVersion = "get_version",
    /// Whether a Whatsminer mines.
    Status = "status",
    /// The power supply of a Whatsminer.
    GetPsu = "get_psu",
    /// The errors of a Whatsminer.
    GetErrorCode = "get_error_code",
}

impl Command {
    /// Whether only a Whatsminer has it, which wants its key `cmd`.
    pub(crate) const fn wants_cmd(self) -> bool {
        matches!(self, Self::GetVersion | Self::Status | Self::GetPsu | Self::GetErrorCode)
    }
}

/// A word of the second layout of Bitmain's firmware (2020 on), which its web pages read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NewApi {
    /// Boards, chips, temperatures, fans.
    Stats,
    /// Totals and what the machine checks of itself.
    Summary,
    /// The pools.
    Pools,
    /// The rate over time.
    Rate,
    /// Warnings.
    Warning,
}

impl NewApi {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stats => "stats",
            Self::Summary => "summary",
            Self::Pools => "pools",
            Self::Rate => "rate",
            Self::Warning => "warning",
        }
    }
}

/// One request: what is asked, and in which dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request<'a> {
    /// `{"command":"summary"}`
    One(Command),
    /// `{"command":"summary+pools"}`: upstream from API 3.1 on, not on Bitmain machines from 2020 on.
    Joined(&'a [Command]),
    /// `{"cmd":"get_version"}`: Whatsminer.
    Cmd(Command),
    /// `summary`: plain text.
    Text(Command),
    /// `{"command":"stats","new_api":true}`: Bitmain.
    NewApi(NewApi),
    /// `{"command":["stats","pools"],"new_api":true}`: the same in one reply, with a member for each word.
    NewApis(&'a [NewApi]),
}

impl Request<'_> {
    /// What is asked, for people: `summary+pools`.
    pub fn name(&self) -> String {
        match self {
            Self::One(command) | Self::Cmd(command) | Self::Text(command) => command.as_str().to_owned(),
            Self::Joined(commands) => joined(commands),
            Self::NewApi(word) => format!("{} (new_api)", word.as_str()),
            Self::NewApis(words) => format!("{} (new_api)", listed(words, "+", "")),
        }
    }

    /// The bytes, to be sent in one write. No end of line: in plain text it would belong to the command, and what a server has not
    /// read when it closes turns its reply into a reset.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let text = match self {
            Self::Cmd(command) => format!(r#"{{"cmd":"{}"}}"#, command.as_str()),
            Self::Text(command) => command.as_str().to_owned(),
            Self::NewApi(word) => format!(r#"{{"command":"{}","new_api":true}}"#, word.as_str()),
            Self::NewApis(words) => format!(r#"{{"command":[{}],"new_api":true}}"#, listed(words, ",", "\"")),
            Self::One(_) | Self::Joined(_) => format!(r#"{{"command":"{}"}}"#, self.name()),
        };
        debug_assert!(text.len() <= MAX_REQUEST_BYTES, "the commands together are shorter");
        text.into_bytes()
    }
}

fn listed(words: &[NewApi], divider: &str, quote: &str) -> String {
    let each: Vec<String> = words.iter().map(|word| format!("{quote}{}{quote}", word.as_str())).collect();
    each.join(divider)
}

fn joined(commands: &[Command]) -> String {
    let mut all = String::new();
    for command in commands {
        let plus = if all.is_empty() { "" } else { "+" };
        let _ = write!(all, "{plus}{}", command.as_str());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands that change a miner or need a right to (`ckolivas/cgminer` `api.c`, `Canaan-Creative/Avalon_Nano3s`, Bitmain, LuxOS,
    /// Whatsminer).
    const WRITES: &str = "switchpool enablepool disablepool addpool removepool poolpriority poolquota setpool save quit restart \
        failover-only debug setconfig zero hotplug ascenable ascdisable ascidentify ascset pgaenable pgadisable pgaidentify pgaset \
        procenable procdisable procidentify devscan lockstats privileged time reload reboot logon logoff session curtail profileset \
        frequencyset voltageset fanset tempctrlset power_off power_on restart_btminer factory_reset update_pools update_pwd set_led \
        set_target_freq set_power_pct adjust_power_limit download_logs enable_web_pools";

    #[test]
    fn no_command_can_be_named_that_writes() {
        for command in Command::ALL {
            assert!(!WRITES.split_whitespace().any(|write| write == command.as_str()), "{command:?}");
        }
    }

    #[test]
    fn a_request_is_written_in_its_dialect() {
        for (request, bytes) in [
            (Request::One(Command::Summary), r#"{"command":"summary"}"#),
            (Request::Joined(&[Command::Summary, Command::EStats]), r#"{"command":"summary+estats"}"#),
            (Request::Cmd(Command::GetVersion), r#"{"cmd":"get_version"}"#),
            (Request::Text(Command::Version), "version"),
            (Request::NewApi(NewApi::Stats), r#"{"command":"stats","new_api":true}"#),
            (Request::NewApis(&[NewApi::Stats, NewApi::Pools]), r#"{"command":["stats","pools"],"new_api":true}"#),
        ] {
            assert_eq!(String::from_utf8(request.to_bytes()).unwrap(), bytes);
        }
        assert!(Request::Joined(Command::ALL).to_bytes().len() < MAX_REQUEST_BYTES);
    }
}
