//! The command line.

mod admin;
mod healthcheck;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use gssa_command::{FAILED, say};
use serde_json::{Value, json};

use crate::config::{Config, ConfigError, Level};

#[derive(Debug, Parser)]
#[command(name = "gsscloud", version, max_term_width = 100, about = "Receives what GSSA agents send, and shows it.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the receiver.
    #[command(after_help = "\
Listens at 127.0.0.1:3020 unless told otherwise. From elsewhere it wants TLS: `server.tls` names a certificate, or `server.trusted_proxies` the
proxy that has one.

SIGTERM asks agents to connect anew, and ends when they have gone, after 5 s at most.")]
    Serve(ServeArgs),

    /// Enrol agents, give them other tokens, take these away.
    Agent {
        #[command(subcommand)]
        command: AgentCommand,
    },

    /// Add people, and say which agents they see.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },

    /// Print the `OpenAPI` document of the API.
    Openapi,

    /// Ask a running receiver whether it is alive; made for the health check of a container.
    Healthcheck {
        /// Where it listens, such as `http://127.0.0.1:3020`.
        #[arg(long)]
        url: Option<String>,
        #[command(flatten)]
        file: FileArg,
    },

    /// Print the completions for a shell.
    #[command(after_help = "Example: gsscloud completions bash > /usr/share/bash-completion/completions/gsscloud")]
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: gssa_command::Shell,
    },

    /// Print the manual page, or write it and those of all commands into a folder.
    #[command(after_help = "Example: gsscloud man --out /usr/local/share/man/man1")]
    Man {
        /// The folder; it is made if it is missing.
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct FileArg {
    /// The configuration file [default: ./config/gsscloud.json]
    #[arg(long, env = "GSSCLOUD_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// The folder of the log [default: ./data]
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
}

impl FileArg {
    fn load(&self, mut flags: Value) -> Result<Config, ConfigError> {
        if let Some(data) = &self.data {
            flags["storage"]["dir"] = json!(data);
        }
        Config::load(self.config.as_deref(), &flags)
    }
}

#[derive(Debug, clap::Args)]
struct ServeArgs {
    #[command(flatten)]
    file: FileArg,
    /// Listen here instead of where the configuration says.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Log what is at least as severe as this.
    #[arg(long, value_enum, value_name = "LEVEL")]
    log_level: Option<Level>,
    /// End when standard input does: for a program that starts this one, and must not leave it behind however it ends.
    #[arg(long)]
    stop_with_stdin: bool,
}

#[derive(Debug, Subcommand)]
enum AgentCommand {
    /// Enrol an agent. Its token is shown once.
    Add {
        /// What it is called.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        file: FileArg,
    },
    /// Say which there are.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        file: FileArg,
    },
    /// Give it another token. The one that it has works until the new one is used.
    Rotate {
        /// Its name or id.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        file: FileArg,
    },
    /// Take its tokens away, and close its connection. What it sent stays for as long as it is kept.
    Revoke {
        /// Its name or id.
        name: String,
        #[command(flatten)]
        file: FileArg,
    },
    /// Forget it and everything that it sent.
    Remove {
        /// Its name or id.
        name: String,
        #[command(flatten)]
        file: FileArg,
    },
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add somebody. The password is the first line of standard input.
    Add {
        /// By which they log in.
        name: String,
        /// They manage agents and users, and see every agent.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        file: FileArg,
    },
    /// Say who there is.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        file: FileArg,
    },
    /// Let somebody see an agent.
    Grant {
        /// Who.
        name: String,
        /// The name or id of the agent.
        agent: String,
        #[command(flatten)]
        file: FileArg,
    },
    /// Let somebody see an agent no more.
    Revoke {
        /// Who.
        name: String,
        /// The name or id of the agent.
        agent: String,
        #[command(flatten)]
        file: FileArg,
    },
    /// Make somebody an administrator. Their session goes on with the new rights.
    Promote {
        /// Who.
        name: String,
        #[command(flatten)]
        file: FileArg,
    },
    /// Make an administrator a user as others are: they see the agents that were granted to them. The last one stays.
    Demote {
        /// Who.
        name: String,
        #[command(flatten)]
        file: FileArg,
    },
    /// Give somebody another password: the first line of standard input. Their sessions end.
    Password {
        /// Who.
        name: String,
        #[command(flatten)]
        file: FileArg,
    },
    /// Remove somebody.
    Remove {
        /// Who.
        name: String,
        #[command(flatten)]
        file: FileArg,
    },
}

/// Does what the command line asks for.
pub fn main() -> ExitCode {
    let cli: Cli = match gssa_command::parsed() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match cli.command {
        Command::Serve(args) => serve::serve(&args),
        Command::Agent { command } => admin::agent(command),
        Command::User { command } => admin::user(command),
        Command::Openapi => openapi(),
        Command::Healthcheck { url, file } => healthcheck::healthcheck(url.as_deref(), &file),
        Command::Completions { shell } => gssa_command::completions(shell, Cli::command()),
        Command::Man { out } => gssa_command::man(out.as_deref(), Cli::command()),
    }
}

fn openapi() -> ExitCode {
    match serde_json::to_string_pretty(&crate::api::openapi()) {
        Ok(document) => {
            say(&document);
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

/// Complains about an error with all its causes, and gives the exit code for it.
fn fail(error: &dyn std::error::Error) -> ExitCode {
    gssa_command::fail("gsscloud", error)
}
