//! The figures of pools and servers.

use std::fmt;

use gssa_model::unit::{Celsius, Difficulty, Percent};
use gssa_model::{Coin, ContainerState, InfrastructureSnapshot, PoolSnapshot, Scope, Server};
use gssa_view::store::Versioned;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::write_labels;

/// Labels behind those of the source, and a value.
type Sample<'a> = (Vec<(&'static str, &'a str)>, f64);

/// A family of samples.
struct Family<T> {
    name: &'static str,
    help: &'static str,
    /// Adds the samples of one snapshot.
    of: for<'a> fn(&'a T, &mut Vec<Sample<'a>>),
}

/// What is told of pools. Counters of pools are gauges here: what counts over the retention time goes down too.
const POOLS: [Family<PoolSnapshot>; 7] = [
    Family {
        name: "gssa_pool_uptime_seconds",
        help: "Time since the pool started",
        of: |pool, out| {
            out.extend(pool.uptime_secs.map(|secs| (Vec::new(), secs as f64)));
        },
    },
    Family {
        name: "gssa_pool_hashrate_hashes_per_second",
        help: "Hashrate by coin key and window",
        of: |pool, out| {
            for coin in &pool.coins {
                let windows = coin.windows_hps.iter();
                out.extend(
                    windows.map(|(window, hps)| (vec![("coin", coin.key.as_str()), ("window", window)], hps.get())),
                );
            }
        },
    },
    Family {
        name: "gssa_pool_active_workers",
        help: "Workers that are connected",
        of: |pool, out| {
            each(pool, out, |coin| coin.active_workers.map(|count| count as f64));
        },
    },
    Family {
        name: "gssa_pool_shares",
        help: "Shares by outcome, from when on as `scope` says",
        of: |pool, out| {
            for coin in &pool.coins {
                let Some(shares) = coin.shares else { continue };
                for (outcome, count) in
                    [("accepted", shares.accepted), ("rejected", shares.rejected), ("stale", shares.stale)]
                {
                    let labels =
                        vec![("coin", coin.key.as_str()), ("outcome", outcome), ("scope", scope(shares.scope))];
                    out.extend(count.map(|count| (labels, count as f64)));
                }
            }
        },
    },
    Family {
        name: "gssa_pool_blocks",
        help: "Blocks found, from when on as `scope` says",
        of: |pool, out| {
            for coin in &pool.coins {
                let Some((count, of)) = coin.blocks.as_ref().and_then(|it| Some((it.count?, it.scope))) else {
                    continue;
                };
                out.push((vec![("coin", coin.key.as_str()), ("scope", scope(of))], count as f64));
            }
        },
    },
    Family {
        name: "gssa_pool_best_difficulty",
        help: "Best share, in the scale of the pool",
        of: |pool, out| {
            each(pool, out, |coin| coin.best_share.map(|best| best.difficulty.get()));
        },
    },
    Family {
        name: "gssa_pool_network_difficulty",
        help: "Difficulty of a block, in the scale of the pool",
        of: |pool, out| {
            each(pool, out, |coin| coin.network?.difficulty.map(Difficulty::get));
        },
    },
];

/// What is told of servers.
const SERVERS: [Family<InfrastructureSnapshot>; 8] = [
    Family {
        name: "gssa_server_up",
        help: "Whether the server can be reached",
        of: |servers, out| {
            of_each(servers, out, |server| server.reachable.map(|is| f64::from(u8::from(is))));
        },
    },
    Family {
        name: "gssa_server_uptime_seconds",
        help: "Time since the server started",
        of: |servers, out| {
            of_each(servers, out, |server| server.uptime_secs.map(|secs| secs as f64));
        },
    },
    Family {
        name: "gssa_server_cpu_percent",
        help: "How busy its processors are",
        of: |servers, out| {
            of_each(servers, out, |server| server.cpu_percent.map(Percent::get));
        },
    },
    Family {
        name: "gssa_server_memory_used_bytes",
        help: "Main memory in use",
        of: |servers, out| {
            of_each(servers, out, |server| server.memory.map(|memory| memory.used_bytes as f64));
        },
    },
    Family {
        name: "gssa_server_memory_total_bytes",
        help: "Main memory",
        of: |servers, out| {
            of_each(servers, out, |server| server.memory.map(|memory| memory.total_bytes as f64));
        },
    },
    Family {
        name: "gssa_server_disk_used_percent",
        help: "How full a volume is",
        of: |servers, out| {
            for server in &servers.servers {
                for disk in &server.disks {
                    let labels = vec![("server", server.id.as_str()), ("mount", disk.mount.as_str())];
                    out.extend(disk.usage.percent().map(|percent| (labels, percent.get())));
                }
            }
        },
    },
    Family {
        name: "gssa_server_temperature_celsius",
        help: "Temperatures by sensor",
        of: |servers, out| {
            for server in &servers.servers {
                let labels = |sensor| vec![("server", server.id.as_str()), ("sensor", sensor)];
                let sensors = server.temperatures.iter();
                out.extend(sensors.map(|it| (labels(it.name.as_str()), Celsius::get(it.celsius))));
            }
        },
    },
    Family {
        name: "gssa_container_running",
        help: "Whether a container runs",
        of: |servers, out| {
            for server in &servers.servers {
                for container in &server.containers {
                    let labels = vec![("server", server.id.as_str()), ("container", container.name.as_str())];
                    out.push((labels, f64::from(u8::from(container.state == ContainerState::Running))));
                }
            }
        },
    },
];

fn each<'a>(pool: &'a PoolSnapshot, out: &mut Vec<Sample<'a>>, of: impl Fn(&Coin) -> Option<f64>) {
    out.extend(pool.coins.iter().filter_map(|coin| Some((vec![("coin", coin.key.as_str())], of(coin)?))));
}

fn of_each<'a>(servers: &'a InfrastructureSnapshot, out: &mut Vec<Sample<'a>>, of: impl Fn(&Server) -> Option<f64>) {
    out.extend(servers.servers.iter().filter_map(|server| Some((vec![("server", server.id.as_str())], of(server)?))));
}

const fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Lifetime => "lifetime",
        Scope::Retention => "retention",
        Scope::SinceStart => "since_start",
        Scope::Session => "session",
    }
}

/// Writes the figures of all pools and servers whose figures hold now.
pub(super) fn write(encoder: &mut DescriptorEncoder<'_>, readings: &[Versioned]) -> fmt::Result {
    for family in &POOLS {
        write_family(encoder, readings, family, gssa_model::Snapshot::as_pool)?;
    }
    for family in &SERVERS {
        write_family(encoder, readings, family, gssa_model::Snapshot::as_infrastructure)?;
    }
    Ok(())
}

fn write_family<T>(
    encoder: &mut DescriptorEncoder<'_>,
    readings: &[Versioned],
    family: &Family<T>,
    pick: impl Fn(&gssa_model::Snapshot) -> Option<&T>,
) -> fmt::Result {
    let mut metric = encoder.encode_descriptor(family.name, family.help, None, MetricType::Gauge)?;
    let mut samples = Vec::new();
    for entry in readings {
        let Some(snapshot) = super::shown(entry).and_then(&pick) else { continue };
        samples.clear();
        (family.of)(snapshot, &mut samples);
        for (labels, value) in &samples {
            let mut all = super::labels_of(entry).to_vec();
            all.extend(labels);
            write_labels(&mut metric, &all, *value)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use gssa_model::unit::{Hashrate, LoadAverage};
    use gssa_model::{Blocks, Container, Disk, Shares, Usage};

    use super::*;

    #[test]
    fn pools_and_servers_have_samples_by_coin_and_server() {
        let mut coin = Coin { key: "DGB-BIG".into(), active_workers: Some(7), ..Coin::default() };
        coin.windows_hps.push("1m", Hashrate::from_ths(2.0).unwrap());
        coin.shares = Some(Shares {
            accepted: Some(10),
            rejected: None,
            stale: Some(1),
            window_secs: None,
            scope: Scope::Retention,
        });
        let scope = Scope::Lifetime;
        coin.blocks = Some(Blocks { count: Some(3), scope, last_height: None, last_hash: None, last_found_at: None });
        let pool = PoolSnapshot { coins: vec![coin], ..PoolSnapshot::default() };
        let usage = Usage { used_bytes: 1, total_bytes: 4 };
        let server = Server {
            id: "barn".into(),
            load: Some([LoadAverage::from_load(0.5).unwrap(); 3]),
            memory: Some(usage),
            disks: vec![Disk { mount: "/".into(), usage, ..Disk::default() }],
            containers: vec![Container { name: "gss".into(), ..Container::default() }],
            ..Server::default()
        };
        let servers = InfrastructureSnapshot { servers: vec![server], ..InfrastructureSnapshot::default() };
        let text = super::super::tests::rendered(vec![pool.into(), servers.into()]);
        for line in [
            r#"gssa_pool_hashrate_hashes_per_second{source_id="s0",kind="axeos",coin="DGB-BIG",window="1m"} 2000000000000.0"#,
            r#"gssa_pool_active_workers{source_id="s0",kind="axeos",coin="DGB-BIG"} 7.0"#,
            r#"gssa_pool_shares{source_id="s0",kind="axeos",coin="DGB-BIG",outcome="stale",scope="retention"} 1.0"#,
            r#"gssa_pool_blocks{source_id="s0",kind="axeos",coin="DGB-BIG",scope="lifetime"} 3.0"#,
            r#"gssa_server_memory_used_bytes{source_id="s1",kind="axeos",server="barn"} 1.0"#,
            r#"gssa_server_disk_used_percent{source_id="s1",kind="axeos",server="barn",mount="/"} 25.0"#,
            r#"gssa_container_running{source_id="s1",kind="axeos",server="barn",container="gss"} 0.0"#,
        ] {
            assert!(text.lines().any(|written| written == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("outcome=\"rejected\""), "not reported, no sample");
    }
}
