//! `gssa demo`

mod cloud;
mod services;

use std::process::ExitCode;
use std::time::Duration;

use gssa_sim::{Device, Fleet, FleetConfig, Listen};
use serde_json::{Value, json};

use self::cloud::Receiver;
use self::services::Services;
use super::run::run_agent;
use super::{DemoArgs, FAILED, complain, fail, say};
use crate::collectors::SUPPORTED;
use crate::config::{Configuration, Options};

/// How long a simulated device takes to answer.
const SERVICE_TIME: Duration = Duration::from_millis(80);

/// How often the demo asks its devices, in seconds: as often as real ones like it.
const INTERVAL_SECS: u32 = 10;

/// How often the demo asks its pools and its manager. Real ones renew their answers once a minute; who looks at a demo does not wait so long.
const SERVICE_INTERVAL_SECS: u32 = 20;

/// The port of simulated devices that have an address of their own.
const DEVICE_PORT: u16 = 18080;

pub(super) fn demo(args: &DemoArgs) -> ExitCode {
    let (send_devices, devices) = std::sync::mpsc::channel();
    let count = usize::from(args.devices);
    // The devices live on a thread of their own, as they would on a network: what they do costs the agent nothing.
    let simulation = std::thread::Builder::new().name("simulated devices".into()).spawn(move || {
        let outcome = super::block_on(async {
            let started = start_fleet(count).and_then(|fleet| Ok((Services::start(&fleet.handles())?, fleet)));
            match started {
                Ok((services, fleet)) => {
                    let mut all: Vec<Value> = fleet.devices().iter().map(source).collect();
                    all.extend(services.sources());
                    let _ = send_devices.send(Ok(Value::Array(all)));
                    std::future::pending::<()>().await;
                }
                Err(error) => drop(send_devices.send(Err(error))),
            }
        });
        drop(outcome);
    });
    if let Err(error) = simulation {
        return fail(&error);
    }
    let sources = match devices.recv() {
        Ok(Ok(sources)) => sources,
        Ok(Err(error)) => {
            complain(&format!("cannot simulate devices: {error}"));
            return ExitCode::from(FAILED);
        }
        Err(error) => return fail(&error),
    };
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return fail(&error),
    };
    let receiver = match args.cloud.then(|| Receiver::start(args.cloud_port)).transpose() {
        Ok(receiver) => receiver,
        Err(error) => return fail(&error),
    };
    let path = folder.path().join("config.json");
    let mut config = json!({ "agent": { "name": "Demo" }, "polling": { "interval_secs": INTERVAL_SECS },
                "kinds": { "gss": { "interval_secs": SERVICE_INTERVAL_SECS }, "mim": { "interval_secs": SERVICE_INTERVAL_SECS } },
                "sources": sources });
    if let Some(receiver) = &receiver {
        config["uplinks"] = json!([receiver.uplink()]);
    }
    if let Err(error) = std::fs::write(&path, format!("{config:#}\n")) {
        return fail(&error);
    }
    let configuration = Configuration::load(Options {
        path,
        env: Vec::new(),
        overrides: args.overrides.to_json(),
        supported: SUPPORTED,
    });
    let told = receiver.as_ref().map(Receiver::told);
    run_agent(configuration, async |address| {
        say(&format!(
            "{count} simulated devices, three pools and a manager; look at http://{address}/ (Ctrl-C ends it)"
        ));
        if let Some(told) = told {
            say(&told);
        }
    })
}

/// Devices on addresses of their own where the system has them, on ports elsewhere.
fn start_fleet(devices: usize) -> std::io::Result<Fleet> {
    let specs = services::assigned(gssa_sim::demo::mixed_fleet(devices, 1));
    let config = |listen| FleetConfig::new(specs.clone()).listening(listen).serving_in(SERVICE_TIME);
    if cfg!(target_os = "linux")
        && let Ok(fleet) = Fleet::start(config(Listen::Addresses { port: DEVICE_PORT }))
    {
        return Ok(fleet);
    }
    Fleet::start(config(Listen::Ports))
}

fn source(device: &Device) -> Value {
    let (spec, kind) = (device.spec(), device.model().kind());
    let address = if kind == "axeos" { format!("http://{}", device.address()) } else { device.address().to_string() };
    let mut source = json!({ "name": spec.name, "kind": kind, "address": address, "group": spec.group });
    if let (Some(web), "antminer") = (device.web_address(), kind) {
        // The login that every Antminer leaves the factory with.
        source["http_port"] = web.port().into();
        source["credentials"] = json!({ "username": "root", "password": "root" });
    }
    source
}
