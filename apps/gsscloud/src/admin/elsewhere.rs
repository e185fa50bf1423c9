//! There are no such sockets here.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Answer, Ask, AskError};
use crate::cloud::Cloud;

/// # Errors
/// Always.
pub fn ask(_: &Path, _: &Ask) -> Result<Answer, AskError> {
    Err(AskError::Unsupported)
}

/// # Errors
/// Always.
pub async fn serve(_: &Path, _: Arc<Cloud>, _: CancellationToken) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
