//! Both ends of the socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{AgentRow, Answer, Ask, AskError, UserRow};
use crate::clock;
use crate::cloud::Cloud;
use crate::log::Log as _;
use crate::registry::{NewAgent, RegistryError};

/// The longest line.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// The longest answer: a list of many agents.
const MAX_ANSWER_BYTES: u64 = 64 * 1024 * 1024;
/// For everything.
const DEADLINE: Duration = Duration::from_secs(30);

/// Asks the running program.
///
/// # Errors
/// There is none, or it does not answer.
pub fn ask(path: &Path, ask: &Ask) -> Result<Answer, AskError> {
    let mut stream =
        UnixStream::connect(path).map_err(|_| AskError::NotRunning(path.parent().unwrap_or(path).to_owned()))?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    let mut line = serde_json::to_vec(ask).map_err(std::io::Error::from)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream.take(MAX_ANSWER_BYTES)).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer).map_err(std::io::Error::from)?)
}

/// Answers until `stop`. The file of the log is open, so nobody else has this folder.
///
/// # Errors
/// The socket cannot be made.
pub async fn serve(path: &Path, cloud: Arc<Cloud>, stop: CancellationToken) -> std::io::Result<()> {
    let _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    warn!(error = &error as &dyn std::error::Error, "the socket of the administration fails");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
            },
        };
        // One after the other: they are few, and none waits for the network.
        let _ = timeout(DEADLINE, converse(stream, &cloud)).await;
    }
    let _ = std::fs::remove_file(path);
    Ok(())
}

async fn converse(stream: tokio::net::UnixStream, cloud: &Cloud) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    let mut reading = tokio::io::BufReader::new(reading.take(MAX_LINE_BYTES));
    tokio::io::AsyncBufReadExt::read_line(&mut reading, &mut line).await?;
    let answer = match serde_json::from_str(&line) {
        Ok(ask) => answer(cloud, ask).await.unwrap_or_else(|error| Answer::Failed { why: error.to_string() }),
        Err(error) => Answer::Failed { why: format!("not understood: {error}") },
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    writing.write_all(&line).await
}

async fn answer(cloud: &Cloud, ask: Ask) -> Result<Answer, RegistryError> {
    let registry = &cloud.registry;
    let token = |NewAgent { agent, token }| Answer::Token { id: agent.id.clone(), name: agent.name.clone(), token };
    Ok(match ask {
        Ask::AgentAdd { name } => {
            let added = registry.add_agent(&name).await?;
            info!(agent = %added.agent.id, "agent added");
            token(added)
        }
        Ask::AgentRotate { name } => {
            let rotated = registry.rotate_agent(&name).await?;
            info!(agent = %rotated.agent.id, "agent got another token");
            token(rotated)
        }
        Ask::AgentRevoke { name } => {
            let agent = registry.revoke_agent(&name).await?;
            info!(agent = %agent.id, "agent revoked");
            Answer::Done
        }
        Ask::AgentRemove { name } => {
            cloud.remove_agent(&name).await?;
            Answer::Done
        }
        Ask::AgentList => Answer::Agents { agents: agents(cloud).await },
        Ask::UserAdd { name, password, admin } => {
            let user = registry.add_user(&name, password.0, admin).await?;
            info!(user = user.name, admin, "user added");
            Answer::Done
        }
        Ask::UserGrant { name, agent } => registry.grant(&name, &agent, true).await.map(|_| Answer::Done)?,
        Ask::UserWithdraw { name, agent } => registry.grant(&name, &agent, false).await.map(|_| Answer::Done)?,
        Ask::UserAdmin { name, admin } => {
            let user = registry.set_admin(&name, admin).await?;
            info!(user = user.name, admin, "rights changed");
            Answer::Done
        }
        Ask::UserPassword { name, password } => registry.set_password(&name, password.0).await.map(|_| Answer::Done)?,
        Ask::UserRemove { name } => registry.remove_user(&name).await.map(|()| Answer::Done)?,
        Ask::UserList => Answer::Users {
            users: registry
                .users()
                .iter()
                .map(|user| UserRow {
                    name: user.name.clone(),
                    admin: user.is_admin,
                    agents: user.agents.clone(),
                    created_at: user.created_at,
                })
                .collect(),
        },
    })
}

async fn agents(cloud: &Cloud) -> Vec<AgentRow> {
    let mut rows = Vec::new();
    for agent in cloud.registry.agents() {
        let seen = cloud.gateway.presence().seen(&agent.id);
        let account = cloud.log.account(&agent.id).await.unwrap_or_default();
        rows.push(AgentRow {
            id: agent.id.clone(),
            name: agent.name.clone(),
            created_at: agent.created_at,
            revoked_at: agent.revoked_at,
            online: seen.is_online(clock::now()),
            heard_at: seen.heard_at,
            duplicate_at: seen.duplicate_at,
            stored: account.counts.stored,
            bytes: account.bytes,
        });
    }
    rows
}
