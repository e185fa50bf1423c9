//! Every fixture as a whole snapshot.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::Path;

use gssa_host::Options;
use gssa_model::{InfrastructureSnapshot, Usage};

#[path = "support/engine.rs"]
mod simulated;
mod support;

use simulated::SimulatedEngine;

/// The snapshot of a machine. Volumes are asked on the machine of the test, at places that every machine has.
async fn machine(root: &Path) -> InfrastructureSnapshot {
    let options = Options { root: root.to_owned(), ..Options::default() };
    let mut snapshot = support::observed(&support::collector(options)).await;
    let server = &mut snapshot.servers[0];
    for disk in &mut server.disks {
        assert!(disk.usage.total_bytes > 0 && disk.usage.used_bytes <= disk.usage.total_bytes, "{disk:?}");
        disk.usage = Usage { used_bytes: 1, total_bytes: 2 };
    }
    if !root.join("proc/sys/kernel/arch").exists() {
        assert_eq!(server.architecture.take().as_deref(), Some(std::env::consts::ARCH), "of the running kernel");
    }
    snapshot
}

#[tokio::test]
async fn every_machine_gives_the_snapshot_that_was_reviewed() {
    let fixtures = support::fixtures("machines");
    assert_eq!(fixtures.len(), 4);
    for folder in fixtures {
        let snapshot = machine(&folder).await;
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_json_snapshot!(support::name_of(&folder), snapshot);
        });
    }
}

#[tokio::test]
async fn every_engine_gives_the_containers_that_were_reviewed() {
    let fixtures = support::fixtures("engines");
    assert_eq!(fixtures.len(), 2);
    for folder in fixtures {
        let engine = SimulatedEngine::of(&folder);
        let options = Options { docker_socket: Some(engine.socket()), ..Options::default() };
        let mut snapshot = support::observed(&support::collector(options)).await;
        let containers = std::mem::take(&mut snapshot.servers[0].containers);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_json_snapshot!(support::name_of(&folder), (snapshot.software, containers));
        });
    }
}

#[test]
fn every_fixture_has_a_line_of_provenance() {
    let readme = fs::read_to_string(support::fixtures_folder().join("../README.md")).unwrap();
    for kind in ["machines", "engines"] {
        for folder in support::fixtures(kind) {
            let name = format!("`host/{kind}/{}`", support::name_of(&folder));
            assert!(readme.contains(&name), "{name}");
        }
    }
}
