//! `gssa-sim gss`, `gssa-sim gse`.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use gssa_sim::Behaviour;
use gssa_sim::json::{Json, Style};
use gssa_sim::pool::{Form, Pool, PoolSpec, Program, Shares, coins};

use super::until_told_to_stop;

/// Where they listen unless told otherwise: the usual ports, with a one before them.
const GSS_ADDRESS: &str = "127.0.0.1:14004";
const GSE_ADDRESS: &str = "127.0.0.1:18081";

/// A coin key and its workers, written `DGB-BIG=7`.
#[derive(Debug, Clone)]
struct CoinArgument(String, usize);

impl FromStr for CoinArgument {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let (key, count) = written.rsplit_once('=').unwrap_or((written, "3"));
        let count = count.parse().map_err(|_| format!("{count:?} is no number of workers"))?;
        Ok(Self(key.to_owned(), count))
    }
}

/// How shares are counted.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SharesArgument {
    Counters,
    Windows,
    Both,
}

/// Simulates a pool.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Arguments {
    /// Program and version, such as gss-5.2.6.
    #[arg(long, value_name = "NAME")]
    program: Option<Program>,

    /// Coin key and its workers, as in DGB-BIG=7; repeat for more. A key counts under the ticker that it begins with.
    #[arg(long = "coin", value_name = "KEY=N", default_values = ["DGB=4", "DGB-BIG=2"])]
    coins: Vec<CoinArgument>,

    /// How it behaves.
    #[arg(long, value_name = "NAME", default_value = "healthy")]
    behaviour: Behaviour,

    /// The API key that it asks for.
    #[arg(long, value_name = "KEY")]
    api_key: Option<String>,

    /// Wrap each document in status and data (gss).
    #[arg(long)]
    envelope: bool,

    /// How shares are counted (gss).
    #[arg(long, value_enum, default_value = "counters")]
    shares: SharesArgument,

    /// Hand out so many workers and no more (gss from 4.1.2 on).
    #[arg(long, value_name = "N")]
    page_size: Option<usize>,

    /// Have only the paths without a coin key (gss before 5).
    #[arg(long)]
    legacy: bool,

    /// Write numbers as texts (gss).
    #[arg(long)]
    texts: bool,

    /// Begin now, with nothing counted.
    #[arg(long)]
    just_started: bool,

    /// Where it listens.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// How long it works on each request, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 5)]
    service_ms: u64,

    /// How long it works on the list of workers, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 20)]
    miners_ms: u64,

    /// Where chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Print the pool as a source of a gssa configuration, and leave.
    #[arg(long)]
    config: bool,
}

impl Arguments {
    fn spec(&self, program: Program) -> PoolSpec {
        let keys: Vec<(String, usize)> = self.coins.iter().map(|coin| (coin.0.clone(), coin.1)).collect();
        let shares = match self.shares {
            SharesArgument::Counters => Shares::Counters,
            SharesArgument::Windows => Shares::Windows,
            SharesArgument::Both => Shares::Both,
        };
        let form = Form {
            envelope: self.envelope,
            shares,
            page: self.page_size.map(|size| (size, false)),
            texts: self.texts,
            health_needs_key: false,
            only_legacy_paths: self.legacy,
        };
        let mut spec = PoolSpec::new(program, coins(&keys, self.seed)).behaving(self.behaviour).writing(form);
        spec.api_key.clone_from(&self.api_key);
        spec.seed = self.seed;
        spec.service_time = Duration::from_millis(self.service_ms);
        spec.miners_time = Duration::from_millis(self.miners_ms);
        if self.just_started { spec.just_started() } else { spec }
    }
}

/// Runs the pool until told to stop, or prints a configuration for it.
pub(crate) fn run(is_engine: bool, arguments: &Arguments) -> io::Result<()> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidInput, message);
    let usual = if is_engine { Program::GoStratumEngine1_0_5 } else { Program::GoSlimStratum5_2_6 };
    let program = arguments.program.unwrap_or(usual);
    if program.is_engine() != is_engine {
        return Err(invalid(format!("{program} is of the other kind")));
    }
    let behaviours = Behaviour::POOL;
    if !behaviours.iter().any(|known| known.name() == arguments.behaviour.name()) {
        return Err(invalid(format!("{} means nothing to a pool", arguments.behaviour)));
    }
    let usual = if is_engine { GSE_ADDRESS } else { GSS_ADDRESS };
    let listen = arguments.listen.map_or_else(|| usual.parse().map_err(|_| invalid(usual.to_owned())), Ok)?;
    let spec = arguments.spec(program);
    if arguments.config {
        return print_config(&spec, listen);
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(spec, listen))
}

async fn serve(spec: PoolSpec, listen: SocketAddr) -> io::Result<()> {
    let keys: Vec<String> = spec.coins.iter().map(|coin| coin.key.clone()).collect();
    let (program, behaviour) = (spec.program, spec.behaviour);
    let pool = Pool::start(spec, listen)?;
    let mut out = io::stdout();
    writeln!(out, "{program:<12} {behaviour:<22} http://{}  {}", pool.address(), keys.join(" "))?;
    out.flush()?;
    until_told_to_stop().await?;
    pool.stop().await;
    Ok(())
}

fn print_config(spec: &PoolSpec, listen: SocketAddr) -> io::Result<()> {
    let keys: Vec<Json> = spec.coins.iter().map(|coin| coin.key.clone().into()).collect();
    let mut source = vec![
        ("id".into(), "sim-pool".into()),
        ("kind".into(), "gss".into()),
        ("address".into(), format!("http://{listen}").into()),
    ];
    if !spec.program.is_engine() {
        source.push(("coins".into(), Json::List(keys)));
    }
    if let Some(key) = &spec.api_key {
        source.push(("api_key".into(), key.clone().into()));
    }
    let config = Json::object([("sources", Json::List(vec![Json::Object(source)]))]);
    let mut out = io::stdout().lock();
    out.write_all(&config.to_bytes(Style::Tabs))?;
    out.write_all(b"\n")
}
