//! What may stand on the command line, and what its help says.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Watches the mining devices, pools and servers of a private network, shows them locally and sends what you choose to a cloud.
///
/// It only reads: it never changes a device.
#[derive(Debug, Parser)]
#[command(
    name = "gssa",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "\
Start with simulated devices:      gssa demo
Ask what is at an address:         gssa probe 192.168.1.50
Find the devices of your network:  gssa discover
Keep what a device answers:        gssa record 192.168.1.50
Run with a configuration:          gssa run --config config/config.json
Then look at                       http://127.0.0.1:3010/api/v1/summary

Every setting of the file can come from the environment: GSSA_SERVER__LISTEN=0.0.0.0:3010
Exit codes: 0 all well, 1 something failed, 64 wrong usage."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the agent.
    #[command(after_help = "\
Without --config the file is that of GSSA_CONFIG, else ./config/config.json. A file that does not exist is no error:
sources can be added over the API. A file that is wrong is never overwritten; the agent starts with what can be read.

SIGINT and SIGTERM stop within 5 s, a second one at once; SIGHUP reads the file again.")]
    Run(RunArgs),

    /// Run the agent over a simulated fleet, without any configuration.
    #[command(after_help = "\
The devices are simulated in this process: several boards and firmware ages with figures that move, and a few that are paused,
too hot, silent or rebooting. Nothing is saved.

With --cloud a receiver runs beside it, in a process of its own, and the agent sends to it. Its program is `gsscloud`, next to this one or
in the PATH. It ends with the demo, however that ends.

Examples: gssa demo --devices 40, then look at http://127.0.0.1:3010/
          gssa demo --cloud")]
    Demo(DemoArgs),

    /// Say what is at an address and print its reading.
    #[command(after_help = "\
Exit code 0 if a device answers, 1 if not. Nothing is saved and nothing is changed.

Examples: gssa probe 192.168.1.50
          gssa probe http://bitaxe.local:8080")]
    Probe {
        /// A host name or IP address, with a port if it is not the standard one; a URL does too.
        address: String,
        /// Ask a MIM for its API: twelve harmless paths, a second apart, none of them known to be right. Prints what answered.
        #[arg(long)]
        mim_paths: bool,
    },

    /// Keep what a device, a pool or a server answers for a minute, and write it into a file without secrets.
    #[command(after_help = "\
The file is for whoever looks into what is read wrong: it holds what was asked and answered, without passwords, network names, serial
numbers, wallets, accounts, host names and public addresses. Look through it before you send it.

It asks what the agent asks and nothing else. With the id of a source of the configuration it uses what stands there: user, password, key,
endpoints. Exit code 0 if the peer could be read, 1 if not; the file is written either way.

Examples: gssa record 192.168.1.50
          gssa record gss --seconds 120 --out gss.json")]
    Record(RecordArgs),

    /// Search the network for devices.
    #[command(after_help = "\
A RANGE is a network (192.168.1.0/24), a range (192.168.1.10-192.168.1.60 or 192.168.1.10-60), an address, or `own`: the private
networks of this machine, which is what is searched when none is given. Only IPv4, at most a /16. With `own`, devices are also asked
to announce themselves by multicast DNS, which new AxeOS firmware does; of a large network they are found where nothing is searched.

It sends no password and changes nothing. Exit code 0 if a device is found, 1 if not, 64 if a range is wrong.

Examples: gssa discover
          gssa discover 192.168.1.0/24 --add")]
    Discover(DiscoverArgs),

    /// Take over the miners and pools of another program.
    #[command(after_help = "\
Prints what its configuration means here: sources, limits, and what cannot be taken over. With --write the sources and limits that the
configuration does not have yet are added to it. The other program's file is only read.

Example: gssa import gssm /opt/gssm/config/config.json --write")]
    Import(ImportArgs),

    /// Check a configuration file and list everything that is wrong with it.
    CheckConfig {
        #[command(flatten)]
        file: FileArg,
    },

    /// Print a JSON Schema.
    Schema {
        /// Of what.
        #[arg(value_enum, default_value_t = SchemaOf::Config)]
        of: SchemaOf,
    },

    /// Print the OpenAPI document of the local API.
    Openapi,

    /// Ask a running agent whether it is alive; made for the health check of a container.
    #[command(
        after_help = "Exit code 0 if it is, 1 if not. Without --url it asks where the configuration says that the agent listens."
    )]
    Healthcheck {
        /// Where the agent listens, such as `http://127.0.0.1:3010`.
        #[arg(long)]
        url: Option<String>,
        #[command(flatten)]
        file: FileArg,
    },

    /// Read a password from standard input and print its hash for `server.password_hash`.
    #[command(after_help = "The password is the first line of standard input, so that it is in no list of processes.")]
    HashPassword,

    /// Make a token for webhooks of a pool or of GSSM.
    #[command(after_help = "\
Prints the element for `hooks` of the configuration, which holds only a hash of the token, and the address to paste into the other
program. The token is shown once and kept nowhere; whoever has it can write events into the journal and nothing else.

Example: gssa hook-token gss")]
    HookToken {
        /// What the hook is called, in the journal and in metrics.
        name: String,
        #[command(flatten)]
        file: FileArg,
    },

    /// Print the completions for a shell.
    #[command(after_help = "Example: gssa completions bash > /usr/share/bash-completion/completions/gssa")]
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: gssa_command::Shell,
    },

    /// Print the manual page, or write it and those of all commands into a folder.
    #[command(after_help = "Example: gssa man --out /usr/local/share/man/man1")]
    Man {
        /// The folder; it is made if it is missing.
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },

    /// Print name, version, commit and target.
    Version,
}

#[derive(Debug, clap::Args)]
pub(super) struct FileArg {
    /// The configuration file [default: ./config/config.json]
    #[arg(long, env = "GSSA_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

impl FileArg {
    pub(super) fn path(&self) -> PathBuf {
        self.config.clone().unwrap_or_else(|| PathBuf::from("./config/config.json"))
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) file: FileArg,
    #[command(flatten)]
    pub(super) overrides: Overrides,
}

#[derive(Debug, clap::Args)]
pub(super) struct DemoArgs {
    /// How many devices to simulate.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=2000))]
    pub(super) devices: u16,
    /// Run a receiver too, and send to it.
    #[arg(long)]
    pub(super) cloud: bool,
    /// The port of the receiver [default: 3020, or another one if that is taken]
    #[arg(long, value_name = "PORT", requires = "cloud", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) cloud_port: Option<u16>,
    #[command(flatten)]
    pub(super) overrides: Overrides,
}

#[derive(Debug, clap::Args)]
pub(super) struct RecordArgs {
    /// A host name or IP address, with a port if it is not the standard one, a URL, or the id of a source of the configuration.
    pub(super) address: String,
    /// As what to ask it [default: auto]
    #[arg(long, value_parser = kinds())]
    pub(super) kind: Option<String>,
    /// For how long.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(super) seconds: u16,
    /// Where to write it [default: a new file in this folder]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) file: FileArg,
}

/// The kinds of source that are asked over the network.
fn kinds() -> clap::builder::PossibleValuesParser {
    let kinds = crate::collectors::SUPPORTED.iter().filter(|kind| **kind != gssa_model::SourceKind::Host);
    kinds.map(|kind| kind.as_str()).collect::<Vec<_>>().into()
}

#[derive(Debug, clap::Args)]
pub(super) struct DiscoverArgs {
    /// Where to search.
    #[arg(value_name = "RANGE")]
    pub(super) ranges: Vec<String>,
    /// The ports to ask.
    #[arg(long, value_delimiter = ',', default_values_t = crate::discovery::DEFAULT_PORTS, value_name = "PORTS",
        value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) ports: Vec<u16>,
    /// How many hosts to ask at the same time.
    #[arg(long, default_value_t = crate::discovery::DEFAULT_CONCURRENCY as u16, value_name = "HOSTS",
        value_parser = clap::value_parser!(u16).range(1..=crate::discovery::MAX_CONCURRENCY as i64))]
    pub(super) concurrency: u16,
    /// Search outside of the private network too; loopback counts as outside.
    #[arg(long)]
    pub(super) force: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// Write the new devices into the configuration file as sources.
    #[arg(long)]
    pub(super) add: bool,
    #[command(flatten)]
    pub(super) file: FileArg,
}

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// The other program.
    #[arg(value_enum)]
    pub(super) of: ImportOf,
    /// Its configuration file.
    #[arg(value_name = "FILE")]
    pub(super) from: PathBuf,
    /// Add what is imported to the configuration.
    #[arg(long)]
    pub(super) write: bool,
    #[command(flatten)]
    pub(super) file: FileArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ImportOf {
    /// GoSlimStratum Miners, and the AxeOS Dashboard before it.
    Gssm,
}

/// Settings that win over the file and the environment.
#[derive(Debug, clap::Args)]
pub(super) struct Overrides {
    /// Listen here instead of where the configuration says.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<SocketAddr>,
    /// Log what is at least as severe as this.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(super) log_level: Option<Level>,
}

impl Overrides {
    /// In the shape of the file.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({});
        if let Some(listen) = self.listen {
            json["server"] = serde_json::json!({ "listen": listen.to_string() });
        }
        if let Some(level) = self.log_level {
            json["logging"] =
                serde_json::json!({ "level": level.to_possible_value().map(|v| v.get_name().to_owned()) });
        }
        json
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SchemaOf {
    /// The configuration file.
    Config,
    /// A reading.
    Reading,
}
