//! Counters of a fleet over HTTP, for measuring whoever asks it: `GET /stats`, `GET /stats?reset`.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Device;
use crate::http::{Connection, Incoming, Reply};
use crate::json::{Json, Style};

/// Pause after a failed accept.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Serves the counters until dropped.
///
/// `/stats` gives totals and each device; `?brief` leaves the devices out, `?reset` begins to count anew afterwards,
/// and
/// `?instants` adds the request times in milliseconds since the fleet started.
pub async fn serve(listener: TcpListener, devices: Arc<[Device]>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(answer(stream, Arc::clone(&devices))); }
                Err(_) => sleep(AFTER_FAILURE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(stream: TcpStream, devices: Arc<[Device]>) {
    let mut connection = Connection::new(stream);
    // Whoever leaves early has no use for an answer.
    if exchange(&mut connection, &devices).await.is_ok() {
        connection.close().await;
    }
}

async fn exchange(connection: &mut Connection, devices: &[Device]) -> io::Result<()> {
    let Incoming::Request(request) = connection.next().await? else { return Ok(()) };
    let asked = |word: &str| request.query.split('&').any(|part| part == word);
    let mut reply = if request.path == "/stats" {
        let body = stats(devices, !asked("brief"), asked("instants"));
        Reply::new(200, "application/json", body.to_bytes(Style::Compact))
    } else {
        Reply::new(404, "application/json", r#"{"error":"GET /stats"}"#)
    };
    reply.closes = true;
    connection.send(&reply.to_bytes(true)).await?;
    if asked("reset") {
        devices.iter().for_each(Device::reset_counts);
    }
    Ok(())
}

/// Makes the document: totals, and each device if wanted.
pub fn stats(devices: &[Device], each: bool, instants: bool) -> Json {
    let counts: Vec<_> = devices.iter().map(Device::counts).collect();
    let sum = |read: fn(&crate::Counts) -> u64| Json::from(counts.iter().map(read).sum::<u64>());
    let max = |read: fn(&crate::Counts) -> usize| Json::from(counts.iter().map(read).max().unwrap_or(0) as u64);
    let mut members = vec![
        ("devices".into(), (devices.len() as u64).into()),
        ("requests".into(), sum(|counts| counts.requests)),
        ("commands".into(), sum(|counts| counts.commands)),
        ("connections".into(), sum(|counts| counts.connections)),
        ("open_now".into(), sum(|counts| counts.open_now as u64)),
        ("max_open".into(), max(|counts| counts.max_open)),
        ("max_in_flight".into(), max(|counts| counts.max_in_flight)),
        ("write_requests".into(), sum(|counts| counts.write_requests)),
        ("with_origin".into(), sum(|counts| counts.with_origin)),
        ("too_long".into(), sum(|counts| counts.too_long)),
    ];
    if each {
        let list = devices.iter().zip(&counts).map(|(device, counts)| one(device, counts, instants)).collect();
        members.push(("each".into(), Json::List(list)));
    }
    Json::Object(members)
}

fn one(device: &Device, counts: &crate::Counts, instants: bool) -> Json {
    let by_path = counts.by_path.iter().map(|(path, count)| (path.clone().into(), (*count).into())).collect();
    let by_command = counts.by_command.iter().map(|(name, count)| (name.clone().into(), (*count).into())).collect();
    let mut members = vec![
        ("name".into(), device.spec().name.clone().into()),
        ("model".into(), device.model().name().into()),
        ("behaviour".into(), device.behaviour().to_string().into()),
        ("address".into(), device.address().to_string().into()),
        ("requests".into(), counts.requests.into()),
        ("connections".into(), counts.connections.into()),
        ("open_now".into(), (counts.open_now as u64).into()),
        ("max_open".into(), (counts.max_open as u64).into()),
        ("max_in_flight".into(), (counts.max_in_flight as u64).into()),
        ("write_requests".into(), counts.write_requests.into()),
        ("with_origin".into(), counts.with_origin.into()),
        ("gap_ms".into(), gaps(counts)),
        ("by_path".into(), Json::Object(by_path)),
        ("by_command".into(), Json::Object(by_command)),
    ];
    if instants {
        let since_start = |instant: &Instant| millis(instant.saturating_duration_since(device.started()));
        members.push(("instants_ms".into(), counts.instants.iter().map(since_start).collect::<Vec<_>>().into()));
    }
    Json::Object(members)
}

/// The times between requests: what an interval of the asker became.
fn gaps(counts: &crate::Counts) -> Json {
    let gaps: Vec<Duration> =
        counts.instants.iter().zip(counts.instants.iter().skip(1)).map(|(first, next)| *next - *first).collect();
    let (Some(shortest), Some(longest)) = (gaps.iter().min(), gaps.iter().max()) else { return Json::Null };
    let mean = gaps.iter().sum::<Duration>() / gaps.len() as u32;
    Json::object([("min", millis(*shortest).into()), ("mean", millis(mean).into()), ("max", millis(*longest).into())])
}

fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
