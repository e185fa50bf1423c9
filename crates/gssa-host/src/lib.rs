//! Reads the machine that it runs on: how busy and how full it is, how warm, since when it runs, and, where a Docker engine's socket is
//! given, which containers run on it.
//!
//! On Linux the figures come from `/proc`, `/sys`, `/etc` and `/run`, also when these are mounted into a container below another folder;
//! on macOS and Windows from `sysinfo`. [`Collector`] gives all of it as one snapshot.
//!
//! It only reads, and of the engine it asks three things by GET. Environment values of containers, which hold passwords, are not kept
//! while parsing. Nothing here can hang its caller: each kind of reading has a thread and a deadline of its own, and network volumes are
//! never touched. Its futures need a tokio runtime with I/O and time.
//!
//! # Example
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gssa_model::Collector as _;
//!
//! let options = gssa_host::Options { docker_socket: Some("/var/run/docker.sock".into()), ..Default::default() };
//! let host = gssa_host::Collector::new("here".parse()?, options)?;
//! println!("{:?}", host.collect().await?.as_infrastructure());
//! # Ok(()) }
//! ```
//!
//! # Quirks
//!
//! | quirk | where | what is made of it |
//! |---|---|---|
//! | `/proc/mounts` is that of whoever reads it | in a container | the table of process 1 says what the host has |
//! | a volume may be mounted elsewhere, or not at all | in a container | asked wherever our own namespace has it, by device number; else a gap |
//! | a volume whose server is gone blocks for ever | NFS, SMB, SSHFS | only local file systems are asked, never below another one |
//! | one disk is mounted many times | bind mounts, subvolumes, snaps | one entry for each file system |
//! | the kernel's host name is that of whoever reads it | in a container | `/etc/hostname` in its place |
//! | `/var/run` is an absolute link | below another root | not followed |
//! | no file `reboot-required` | where no hook would write it | absent, not `false` |
//! | the machine id should stay private (`machine-id(5)`) | | hashed |
//! | the idle time goes back | `iowait` in `/proc/stat` | never negative |
//! | no `MemAvailable` | Linux < 3.14 | free, buffers and cache |
//! | limits of 65261.85 °C, inputs of -62 °C | drives, boards | left out |
//! | two sensors of one name | two drives | numbered |
//! | `"Image": "sha256:…"` | Docker, when the tag has moved on | the name it was made from, by its details |
//! | label `24.04` | images built on Ubuntu's | not a version |
//! | year 1 | containers that never started | absent |
//! | requests without a version are deprecated | Docker | the engine's own version is asked first |

mod aside;
mod collector;
#[cfg(unix)]
mod engine;
#[cfg(target_os = "linux")]
mod linux;
mod machine;
mod options;
#[cfg(not(target_os = "linux"))]
mod portable;

pub use collector::Collector;
/// The words and types of snapshots, so that a program needs no second crate for them.
pub use gssa_model as model;
pub use options::Options;
