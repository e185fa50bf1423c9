//! What there is to tell: servers, containers, products, and how they are at a moment.

use super::{DeviceSpec, Model};
use crate::Moment;
use crate::chance::Wander;

pub(super) const VERSION: &str = "3.3.6";

/// A server.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) host: &'static str,
    pub(super) cores: u32,
    pub(super) memory_bytes: u64,
    pub(super) disk_bytes: u64,
    pub(super) containers: &'static [Container],
}

/// A container and the product in it.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) name: &'static str,
    pub(super) image: &'static str,
    pub(super) version: &'static str,
    pub(super) product: &'static str,
    pub(super) runs: bool,
}

const fn container(name: &'static str, image: &'static str, version: &'static str, product: &'static str) -> Container {
    Container { name, image, version, product, runs: true }
}

const GIB: u64 = 1_073_741_824;

const SERVERS: [Server; 3] = [
    Server {
        id: "qA1sW2dE",
        name: "Pool server",
        host: "10.20.0.11",
        cores: 4,
        memory_bytes: 16 * GIB,
        disk_bytes: 500 * GIB,
        containers: &[
            container("mim", "ghcr.io/mmfpsolutions/mim:latest", VERSION, "mim"),
            container("goslimstratum", "ghcr.io/mmfpsolutions/goslimstratum:latest", "5.2.6", "gss"),
            container("gssm", "ghcr.io/mmfpsolutions/gssm:latest", "2.4.1", "gssm"),
            container("postgres", "postgres:18", "18.1", "postgres"),
            container("dozzle", "ghcr.io/amir20/dozzle:latest", "8.14.0", "dozzle"),
        ],
    },
    Server {
        id: "rF3tG4yH",
        name: "Node server",
        host: "10.20.0.12",
        cores: 8,
        memory_bytes: 32 * GIB,
        disk_bytes: 2000 * GIB,
        containers: &[
            container("dgb", "ghcr.io/mmfpsolutions/digibyte:latest", "8.26.2", "dgb"),
            container("btc-core", "ghcr.io/mmfpsolutions/bitcoin-core:latest", "30.0", "btc-core"),
        ],
    },
    Server {
        id: "uJ5iK6oL",
        name: "Old server",
        host: "10.20.0.13",
        cores: 2,
        memory_bytes: 4 * GIB,
        disk_bytes: 120 * GIB,
        containers: &[Container {
            name: "bch",
            image: "ghcr.io/mmfpsolutions/bitcoin-cash-node:latest",
            version: "28.0.1",
            product: "bch",
            runs: false,
        }],
    },
];

/// The servers of a model: one is free, several need a licence.
pub(super) fn servers(model: Model) -> &'static [Server] {
    match model {
        Model::Pages | Model::Bare => &SERVERS[..1],
        Model::Enveloped | Model::Keyed => &SERVERS,
    }
}

/// How a server is at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) up_secs: u64,
    pub(super) cpu_percent: f64,
    pub(super) memory_used_bytes: u64,
    pub(super) disk_used_bytes: u64,
    pub(super) celsius: f64,
}

/// How a server is at a moment. It goes on while MIM restarts.
pub(super) fn load(spec: &DeviceSpec, server: &Server, moment: &Moment) -> Load {
    let name = u64::from(server.cores);
    let wander = |of: u64, periods| Wander::new(spec.chance_seed(), name * 16 + of, periods).at(moment.clock_secs);
    let busy = wander(1, [23.0, 180.0, 2900.0]);
    let memory = 0.45 + 0.1 * wander(2, [300.0, 1700.0, 9000.0]);
    Load {
        up_secs: moment.lifetime_hashing_secs as u64,
        cpu_percent: round(25.0 + 20.0 * busy),
        memory_used_bytes: (server.memory_bytes as f64 * memory) as u64,
        disk_used_bytes: server.disk_bytes / 100 * 37,
        celsius: round(48.0 + 6.0 * busy),
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// For how long a container runs: MIM since its own start, the others as long as their server.
pub(super) fn up_secs(container: &Container, moment: &Moment) -> u64 {
    if container.name == "mim" { moment.up_secs as u64 } else { moment.lifetime_hashing_secs as u64 }
}
