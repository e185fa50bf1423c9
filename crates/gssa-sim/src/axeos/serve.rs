//! One connection to a device: read, wait for the turn, answer.

use std::io;
use std::time::Instant;

use tokio::net::TcpStream;

use super::DeviceSpec;
use super::route::answer;
use super::sockets::Slot;
use crate::Device;
use crate::converse::end;
use crate::counts::{Counted, UnderWay};
use crate::http::{Connection, Incoming, Reply, Request};
use crate::misbehave::{Ending, respond};

pub(crate) async fn serve(device: &Device, spec: &DeviceSpec, stream: TcpStream) {
    let slot = device.sockets().take(spec.model.profile().socket_limit()).await;
    let mut connection = Connection::new(stream);
    let ending = tokio::select! {
        ending = converse(device, spec, &mut connection, &slot) => ending,
        () = slot.purged() => Ok(Ending::Close),
    };
    // The socket is free before the client has taken note of the end.
    drop(slot);
    end(connection, ending).await;
}

/// Answers one request after another until the connection has to end.
async fn converse(
    device: &Device,
    spec: &DeviceSpec,
    connection: &mut Connection,
    slot: &Slot<'_>,
) -> io::Result<Ending> {
    loop {
        let ending = exchange(device, spec, connection).await?;
        if ending != Ending::Stay {
            return Ok(ending);
        }
        slot.touch();
    }
}

async fn exchange(device: &Device, spec: &DeviceSpec, connection: &mut Connection) -> io::Result<Ending> {
    let request = match connection.next().await? {
        Incoming::Request(request) => request,
        Incoming::TooLong => return refuse(connection, Reply::message(431, "Header fields are too long")).await,
        Incoming::Malformed => return refuse(connection, Reply::message(400, "Bad Request")).await,
        Incoming::Closed => return Ok(Ending::Close),
    };
    device.counters().asked(&request, Instant::now());
    let _under_way = UnderWay(device);
    // A hanging server task hangs for everybody, so that the turn may be kept for long.
    let _turn = device.turn().await;
    if !device.phase().0.is_up() {
        return Ok(Ending::Reset);
    }
    device.take_time().await;
    reply(device, spec, connection, &request).await
}

async fn refuse(connection: &mut Connection, mut reply: Reply) -> io::Result<Ending> {
    reply.closes = true;
    connection.send(&reply.to_bytes(true)).await?;
    Ok(Ending::Close)
}

async fn reply(
    device: &Device,
    spec: &DeviceSpec,
    connection: &mut Connection,
    request: &Request,
) -> io::Result<Ending> {
    let behaviour = device.behaviour();
    let mut answer = answer(device, spec, request);
    answer.reply.closes |= request.closes;
    let ending = respond(connection, spec.chance_seed(), behaviour, answer.reply, request.method != "HEAD").await?;
    if answer.restarts {
        device.restart();
        return Ok(Ending::Close);
    }
    Ok(ending)
}
