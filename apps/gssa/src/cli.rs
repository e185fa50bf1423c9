//! The command line.

mod demo;
mod discover;
mod healthcheck;
mod hook_token;
mod import;
mod manual;
mod probe;
mod record;
mod run;
mod tools;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

/// Something went wrong while running.
pub const FAILED: u8 = 1;

/// The command line was wrong (`EX_USAGE` of sysexits.h).
pub const USAGE: u8 = 64;

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
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
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
        shell: clap_complete::Shell,
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
struct FileArg {
    /// The configuration file [default: ./config/config.json]
    #[arg(long, env = "GSSA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl FileArg {
    fn path(&self) -> PathBuf {
        self.config.clone().unwrap_or_else(|| PathBuf::from("./config/config.json"))
    }
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    #[command(flatten)]
    file: FileArg,
    #[command(flatten)]
    overrides: Overrides,
}

#[derive(Debug, clap::Args)]
struct DemoArgs {
    /// How many devices to simulate.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=2000))]
    devices: u16,
    /// Run a receiver too, and send to it.
    #[arg(long)]
    cloud: bool,
    /// The port of the receiver [default: 3020, or another one if that is taken]
    #[arg(long, value_name = "PORT", requires = "cloud", value_parser = clap::value_parser!(u16).range(1..))]
    cloud_port: Option<u16>,
    #[command(flatten)]
    overrides: Overrides,
}

#[derive(Debug, clap::Args)]
struct RecordArgs {
    /// A host name or IP address, with a port if it is not the standard one, a URL, or the id of a source of the configuration.
    address: String,
    /// As what to ask it [default: auto]
    #[arg(long, value_parser = kinds())]
    kind: Option<String>,
    /// For how long.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=3600))]
    seconds: u16,
    /// Where to write it [default: a new file in this folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    file: FileArg,
}

/// The kinds of source that are asked over the network.
fn kinds() -> clap::builder::PossibleValuesParser {
    let kinds = crate::collectors::SUPPORTED.iter().filter(|kind| **kind != gssa_model::SourceKind::Host);
    kinds.map(|kind| kind.as_str()).collect::<Vec<_>>().into()
}

#[derive(Debug, clap::Args)]
struct DiscoverArgs {
    /// Where to search.
    #[arg(value_name = "RANGE")]
    ranges: Vec<String>,
    /// The ports to ask.
    #[arg(long, value_delimiter = ',', default_values_t = crate::discovery::DEFAULT_PORTS, value_name = "PORTS",
        value_parser = clap::value_parser!(u16).range(1..))]
    ports: Vec<u16>,
    /// How many hosts to ask at the same time.
    #[arg(long, default_value_t = crate::discovery::DEFAULT_CONCURRENCY as u16, value_name = "HOSTS",
        value_parser = clap::value_parser!(u16).range(1..=crate::discovery::MAX_CONCURRENCY as i64))]
    concurrency: u16,
    /// Search outside of the private network too; loopback counts as outside.
    #[arg(long)]
    force: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Write the new devices into the configuration file as sources.
    #[arg(long)]
    add: bool,
    #[command(flatten)]
    file: FileArg,
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// The other program.
    #[arg(value_enum)]
    of: ImportOf,
    /// Its configuration file.
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// Add what is imported to the configuration.
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    file: FileArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ImportOf {
    /// GoSlimStratum Miners, and the AxeOS Dashboard before it.
    Gssm,
}

/// Settings that win over the file and the environment.
#[derive(Debug, clap::Args)]
struct Overrides {
    /// Listen here instead of where the configuration says.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Log what is at least as severe as this.
    #[arg(long, value_enum, value_name = "LEVEL")]
    log_level: Option<Level>,
}

impl Overrides {
    /// In the shape of the file.
    fn to_json(&self) -> serde_json::Value {
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
enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchemaOf {
    /// The configuration file.
    Config,
    /// A reading.
    Reading,
}

/// Does what the command line asks for.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors.
            let code = if error.use_stderr() { USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Demo(args) => demo::demo(&args),
        Command::Probe { address, mim_paths: true } => probe::mim_paths(&address),
        Command::Probe { address, mim_paths: false } => probe::probe(&address),
        Command::Record(args) => record::run(&args),
        Command::Discover(args) => discover::discover(&args),
        Command::Import(args) => match args.of {
            ImportOf::Gssm => import::import(&args),
        },
        Command::CheckConfig { file } => tools::check_config(&file.path()),
        Command::Schema { of } => tools::schema(of),
        Command::Openapi => tools::openapi(),
        Command::Healthcheck { url, file } => healthcheck::healthcheck(url.as_deref(), &file.path()),
        Command::HashPassword => tools::hash_password(),
        Command::HookToken { name, file } => hook_token::hook_token(&name, &file.path()),
        Command::Completions { shell } => manual::completions(shell, &mut Cli::command()),
        Command::Man { out } => manual::man(out.as_deref(), Cli::command()),
        Command::Version => tools::version(),
    }
}

/// Writes a line to standard output. A reader that went away is not an error.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Writes a line to standard error.
fn complain(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "gssa: {text}");
}

/// Complains about an error with all its causes, and gives the exit code for it.
fn fail(error: &dyn std::error::Error) -> ExitCode {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    complain(&text);
    ExitCode::from(FAILED)
}

/// Runs a future on a small runtime of one thread.
fn block_on<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    /// For password hashes and files.
    const BLOCKING_THREADS: usize = 2;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(BLOCKING_THREADS).build()?;
    let output = runtime.block_on(future);
    // A resolver that hangs must not hold the end of the process.
    runtime.shutdown_background();
    Ok(output)
}
