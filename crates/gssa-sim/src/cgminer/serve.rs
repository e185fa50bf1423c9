//! One connection to the API: wait for the one thread, read once, answer, close.

use std::io;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::DeviceSpec;
use super::answer::answer;
use super::figures::figures_at;
use super::misbehave::{bytes, send};
use super::request::Request;
use super::scope::Scope;
use crate::counts::{Counted, UnderWay};
use crate::{Behaviour, Device, http};

/// What the firmware reads of a request, in one call.
const RECEIVE_BYTES: usize = 4095;

pub(crate) async fn serve(device: &Device, spec: &DeviceSpec, stream: TcpStream) {
    // The client of a connection that breaks has left; a machine does not mind.
    drop(exchange(device, spec, stream).await);
}

async fn exchange(device: &Device, spec: &DeviceSpec, mut stream: TcpStream) -> io::Result<()> {
    // Small pieces shall go out as they are.
    drop(stream.set_nodelay(true));
    // The one thread: whoever holds it and says nothing holds it for everybody.
    let _turn = device.turn().await;
    let mut received = vec![0; RECEIVE_BYTES];
    let count = match spec.model.profile().receives_for {
        Some(limit) => timeout(limit, stream.read(&mut received)).await.unwrap_or(Ok(0))?,
        None => stream.read(&mut received).await?,
    };
    if count == 0 {
        return Ok(());
    }
    device.counters().begun(Instant::now());
    let _under_way = UnderWay(device);
    let behaviour = device.behaviour();
    let answer = answer(&scope(device, spec), &Request::parse(&received[..count]));
    for (command, writes) in &answer.commands {
        device.counters().commanded(command.clone(), *writes);
    }
    if behaviour == Behaviour::Hang {
        // Whatever the client still sends is read by nobody, so that only its leaving ends this.
        while matches!(stream.read(&mut received).await, Ok(1..)) {}
        return Ok(());
    }
    device.take_time().await;
    if !device.api_phase().0.is_up() {
        http::reset(&stream);
        return Ok(());
    }
    send(stream, &bytes(answer, behaviour), behaviour, spec.chance_seed()).await
}

/// What the device would tell at this moment.
pub(super) fn scope<'a>(device: &Device, spec: &'a DeviceSpec) -> Scope<'a> {
    let behaviour = device.behaviour();
    Scope {
        spec,
        profile: spec.model.profile(),
        behaviour,
        figures: figures_at(spec, behaviour, &device.moment()),
        now: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
    }
}
