//! Reads devices with the `AxeOS` HTTP API: Bitaxe, `NerdQAxe` and their kin, `NMAxe`, `BitForge`, and the forks of these.
//!
//! Such a device is one or a few mining chips behind an ESP32 whose web server answers plain HTTP on port 80, one request after the
//! other. [`Collector`] asks `GET /api/system/info` once for each observation, and `GET /api/system/asic` once for each start and
//! firmware version of those branches where it says more. [`parse`] and [`normalize`] do the same without a socket.
//!
//! It only reads: nothing here restarts, pauses or configures a device. It does not look for devices, does not retry and keeps no
//! schedule; the device suffers from more than one poll in ten seconds (`bitaxeorg/ESP-Miner#356`). Its futures need a tokio runtime
//! with I/O and time.
//!
//! # Example
//!
//! ```
//! let body = br#"{ "ASICModel": "BM1370", "boardVersion": "601", "version": "v2.12.2", "hashRate": 1251.8, "frequency": 625,
//!     "smallCoreCount": 2040, "power": 21.7, "temp": 58.5, "vrTemp": 0, "uptimeSeconds": 4200 }"#;
//! let miner = gssa_axeos::normalize(&gssa_axeos::parse(body)?, None);
//! assert_eq!(miner.identity.model.as_deref(), Some("Gamma"));
//! assert_eq!(miner.hashing.expected_hps.map(|hps| hps.get()), Some(1.275e12));
//! assert_eq!(miner.temperatures.len(), 1, "0 at vrTemp stands for no sensor");
//! # Ok::<(), gssa_axeos::Error>(())
//! ```
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gssa_model::Collector as _;
//! use std::time::Duration;
//!
//! let miner = gssa_axeos::Collector::new("gamma".parse()?, &"192.168.1.50".parse()?, Duration::from_secs(5))?;
//! println!("{:?}", miner.collect().await?.as_miner());
//! # Ok(()) }
//! ```
//!
//! # Quirks
//!
//! Sources are the firmware (`bitaxeorg/ESP-Miner` `main/http_server`, `shufps/ESP-Miner-NerdQAxePlus` `main/http_server`,
//! `NMminer1024/ESP-Miner-NMAxe`) at its release tags, and issues where named.
//!
//! | quirk | where | what is made of it |
//! |---|---|---|
//! | `asicCount` moved to `/api/system/asic` | Bitaxe v2.9; `Schnitzel/hass-miner#549` | asked there, else the table of boards |
//! | no `hashRate` | `NerdAxe` v1.0.2–v1.0.19; `bitaxeorg/ESP-Miner#545` | the ten-minute window |
//! | numbers are `null` | NaN in cJSON and `ArduinoJson` | not reported |
//! | difficulties are texts: `3.00G`, `572.14 M`, `0 ` | Bitaxe ≤ v2.10, `NerdQAxe` ≤ v1.0.34, `NMAxe` | read with the suffix |
//! | flags are numbers, booleans or `"0"` | by branch and version | all three are read |
//! | `fanSpeed` (rpm) beside `fanspeed` (%) | Bitaxe ≤ v2.1.3; `bitaxeorg/ESP-Miner#169` | keys are compared with case |
//! | `fanSpeed` is percent | forge-os v1.5 | by branch |
//! | `temp` -1, `vrTemp` 0, `asicTemps` 0, `temp2` 0 or -1 | no sensor, or the chip is off | left out |
//! | `wifiRSSI` -90 | could not be read | left out |
//! | `power` and `voltage` 0 | boards that the firmware does not know; `bitaxeorg/ESP-Miner#1499` | left out |
//! | `current` is that of the regulator's output | boards with a TPS546; `bitaxeorg/ESP-Miner#701` | not read |
//! | `expectedHashrate` 0 | Bitaxe ≥ v2.14 while stopped | computed from the settings |
//! | a lost pool stops the chips, `miningPaused` stays false | Bitaxe ≥ v2.14; PR #1689 | `idle`, told by `poolConnectionInfo` |
//! | the overheat latch stays on after cooling | Bitaxe | a fault; `stopped` only without hashrate |
//! | a hashrate beside `power_fault` | Bitaxe; PR #804 | a fault; no state |
//! | `shutdown` by hand or by heat | `NerdQAxe` ≥ v1.0.35; `rdouma/hashrate-autopilot#260` | `stopped` above `overheat_temp`, else `paused` |
//! | `hashRate_1d` counts hours before the start as zero, or copies ten minutes | `NerdQAxe`; `shufps/ESP-Miner-NerdQAxePlus#252` | left out until filled |
//! | `responseTime` of hours | Bitaxe v2.9 | above a minute left out |
//! | `stratum.pools` holds the pool in use, or both | `NerdQAxe` ≥ v1.0.35, failover or dual | by mode, never by place in failover |
//! | eight pool slots | Bitaxe ≥ v2.15 | all; those that are not chosen are `disabled` |
//! | flat, renamed or nested | `NMAxe` ≤ v2.9.21, v2.9.30, ≥ v3 | one document with all spellings |
//! | Wi-Fi and pool passwords in clear | Bitaxe v2.0.0–v2.0.4, `NMAxe` ≥ v2.5 | not read |
//! | boards 302, 303 are Hex or `LuckyMiner` | port to LV07, LV08 | by the number of chips |
//! | `asicCount` 1 on a Hex | v2.6.0 on board 302 | fewer chips than hash are not believed |
//! | `smallCoreCnt` of one chip, or of all | `NMminer1024/ESP-Miner-NMAxe` `docs/API.md` | by the name of the chip |
//! | 302 or an HTML page for an unknown path | Bitaxe < v2.9, `NerdQAxe`, `NMAxe` | no such document; redirects are not followed |
//! | 401 `Unauthorized` without any password | Bitaxe ≥ v2.5.1; `bitaxeorg/ESP-Miner#959` | `api_disabled`: peers must be in a private IPv4 network |

mod client;
mod collector;
mod error;
mod normalize;
mod wire;

pub use client::{Client, DEFAULT_PORT};
pub use collector::Collector;
pub use error::Error;
/// The words and types of snapshots, so that a program needs no second crate for them.
pub use gssa_model as model;
pub use normalize::normalize;
pub use wire::{AsicInfo, Info, MAX_BODY_BYTES, parse, parse_asic};
