//! `gsscloud agent …`, `gsscloud user …`

use std::process::ExitCode;

use super::{AgentCommand, FileArg, UserCommand, fail, say};
use crate::admin::{AgentRow, Answer, Ask, Password, UserRow, ask};

pub(super) fn agent(command: AgentCommand) -> ExitCode {
    match command {
        AgentCommand::Add { name, json, file } => run(&file, &Ask::AgentAdd { name }, json),
        AgentCommand::List { json, file } => run(&file, &Ask::AgentList, json),
        AgentCommand::Rotate { name, json, file } => run(&file, &Ask::AgentRotate { name }, json),
        AgentCommand::Revoke { name, file } => run(&file, &Ask::AgentRevoke { name }, false),
        AgentCommand::Remove { name, file } => run(&file, &Ask::AgentRemove { name }, false),
    }
}

pub(super) fn user(command: UserCommand) -> ExitCode {
    let password = || gssa_command::password_from_stdin().map(Password);
    match command {
        UserCommand::Add { name, admin, file } => match password() {
            Ok(password) => run(&file, &Ask::UserAdd { name, password, admin }, false),
            Err(error) => fail(&error),
        },
        UserCommand::Password { name, file } => match password() {
            Ok(password) => run(&file, &Ask::UserPassword { name, password }, false),
            Err(error) => fail(&error),
        },
        UserCommand::List { json, file } => run(&file, &Ask::UserList, json),
        UserCommand::Grant { name, agent, file } => run(&file, &Ask::UserGrant { name, agent }, false),
        UserCommand::Revoke { name, agent, file } => run(&file, &Ask::UserWithdraw { name, agent }, false),
        UserCommand::Promote { name, file } => run(&file, &Ask::UserAdmin { name, admin: true }, false),
        UserCommand::Demote { name, file } => run(&file, &Ask::UserAdmin { name, admin: false }, false),
        UserCommand::Remove { name, file } => run(&file, &Ask::UserRemove { name }, false),
    }
}

fn run(file: &FileArg, what: &Ask, as_json: bool) -> ExitCode {
    let config = match file.load(serde_json::json!({})) {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    match ask(&config.storage.socket(), what) {
        Ok(Answer::Failed { why }) => fail(&Refused(why)),
        Ok(answer) => {
            show(&answer, as_json);
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

fn show(answer: &Answer, as_json: bool) {
    match answer {
        Answer::Token { id, name, token } if as_json => {
            say(&serde_json::json!({ "id": id, "name": name, "token": token }).to_string());
        }
        Answer::Token { id, name, token } => {
            say(&format!("Agent {name:?} is {id}. Its token, which is shown once and kept nowhere:\n"));
            say(token);
        }
        Answer::Agents { agents } if as_json => say(&serde_json::json!(agents).to_string()),
        Answer::Users { users } if as_json => say(&serde_json::json!(users).to_string()),
        Answer::Agents { agents } => {
            let head = ["ID", "NAME", "STATE", "LAST HEARD", "ITEMS", "KEPT"].map(str::to_owned);
            table(std::iter::once(head).chain(agents.iter().map(agent_row)));
        }
        Answer::Users { users } => {
            let head = ["NAME", "ROLE", "AGENTS"].map(str::to_owned);
            table(std::iter::once(head).chain(users.iter().map(user_row)));
        }
        Answer::Done | Answer::Failed { .. } => {}
    }
}

fn agent_row(agent: &AgentRow) -> [String; 6] {
    let state = match agent {
        AgentRow { revoked_at: Some(_), .. } => "revoked",
        AgentRow { duplicate_at: Some(_), online: true, .. } => "online, two copies",
        AgentRow { online: true, .. } => "online",
        _ => "away",
    };
    let heard = agent.heard_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let kept = format!("{} KiB", agent.bytes.div_ceil(1024));
    [agent.id.to_string(), agent.name.clone(), state.to_owned(), heard, agent.stored.to_string(), kept]
}

fn user_row(user: &UserRow) -> [String; 3] {
    let agents: Vec<&str> = user.agents.iter().map(crate::log::AgentId::as_str).collect();
    let (role, agents) = if user.admin { ("admin", "all".to_owned()) } else { ("user", agents.join(" ")) };
    [user.name.clone(), role.to_owned(), agents]
}

/// Columns as wide as they need to be.
fn table<const N: usize>(rows: impl Iterator<Item = [String; N]>) {
    let rows: Vec<[String; N]> = rows.collect();
    let widths: [usize; N] =
        std::array::from_fn(|n| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or_default());
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        say(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
