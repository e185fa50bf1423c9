//! One connection to a device: read, wait for the turn, answer.

use std::io;
use std::time::Instant;

use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Behaviour;
use super::misbehave::{Ending, respond};
use super::route::answer;
use super::sockets::Slot;
use crate::Device;
use crate::http::{self, Connection, Incoming, Reply, Request};

/// Serves a connection until it ends. Dropping the future ends it at once.
pub(crate) async fn serve(device: Device, stream: TcpStream) {
    let _open = Open::new(&device);
    if !device.phase().0.is_up() || device.behaviour() == Behaviour::ResetOnAccept {
        http::reset(&stream);
        return;
    }
    let slot = device.sockets().take(device.model().profile().socket_limit()).await;
    let mut connection = Connection::new(stream);
    let ending = tokio::select! {
        ending = converse(&device, &mut connection, &slot) => ending,
        () = slot.purged() => Ok(Ending::Close),
    };
    // The socket is free before the client has taken note of the end.
    drop(slot);
    match ending {
        Ok(Ending::Reset) => connection.reset(),
        Ok(Ending::Close | Ending::Stay) => connection.close().await,
        // The client has left; a device does not mind.
        Err(_) => {}
    }
}

/// Answers one request after another until the connection has to end.
async fn converse(device: &Device, connection: &mut Connection, slot: &Slot<'_>) -> io::Result<Ending> {
    loop {
        let ending = exchange(device, connection).await?;
        if ending != Ending::Stay {
            return Ok(ending);
        }
        slot.touch();
    }
}

async fn exchange(device: &Device, connection: &mut Connection) -> io::Result<Ending> {
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
    take_time(device).await;
    reply(device, connection, &request).await
}

async fn refuse(connection: &mut Connection, mut reply: Reply) -> io::Result<Ending> {
    reply.closes = true;
    connection.send(&reply.to_bytes(true)).await?;
    Ok(Ending::Close)
}

async fn take_time(device: &Device) {
    let late = match device.behaviour() {
        Behaviour::SlowAnswer(late) => late,
        _ => device.service_time(),
    };
    if !late.is_zero() {
        sleep(late).await;
    }
}

async fn reply(device: &Device, connection: &mut Connection, request: &Request) -> io::Result<Ending> {
    let behaviour = device.behaviour();
    let mut answer = answer(device, request);
    answer.reply.closes |= request.closes;
    let ending = respond(connection, device.spec(), behaviour, answer.reply, request.method != "HEAD").await?;
    if answer.restarts {
        device.restart();
        return Ok(Ending::Close);
    }
    Ok(ending)
}

/// Counts a connection as open while it lives.
struct Open<'a>(&'a Device);

impl<'a> Open<'a> {
    fn new(device: &'a Device) -> Self {
        device.counters().opened();
        Self(device)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.counters().closed();
    }
}

/// Counts a request as under way while it lives.
struct UnderWay<'a>(&'a Device);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.counters().answered();
    }
}
