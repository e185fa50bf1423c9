//! `gsscloud serve`

use std::process::ExitCode;

use gssa_command::StopSignals;
use serde_json::json;

use super::{FAILED, ServeArgs, fail};
use crate::cloud::Cloud;
use crate::{descriptors, logging, server};

pub(super) fn serve(args: &ServeArgs) -> ExitCode {
    let mut flags = json!({});
    if let Some(listen) = args.listen {
        flags["server"]["listen"] = json!(listen);
    }
    if let Some(level) = args.log_level {
        flags["logging"]["level"] = json!(level);
    }
    let config = match args.file.load(flags) {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    logging::start(&config.logging);
    descriptors::raise(server::limits(config.limits.agents).connections);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(16).build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let code = runtime.block_on(async {
        // Caught from here on: a signal that comes while it starts is not lost.
        let mut signals = match StopSignals::catch() {
            Ok(signals) => signals,
            Err(error) => return fail(&error),
        };
        let (cloud, _) = match Cloud::start(config).await {
            Ok(started) => started,
            Err(error) => return fail(&error),
        };
        tokio::select! {
            () = signals.next() => {}
            () = stdin_ends(), if args.stop_with_stdin => {}
        }
        tokio::select! {
            () = cloud.stop() => ExitCode::SUCCESS,
            () = signals.next() => ExitCode::from(FAILED),
        }
    });
    runtime.shutdown_background();
    code
}

/// Waits for the end of standard input. A thread of its own reads it: nothing could end such a read, and nobody waits for this thread.
async fn stdin_ends() {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = tell.send(());
    });
    let _ = told.await;
}
