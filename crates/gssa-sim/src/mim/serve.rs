//! One connection: a program on a server serves as many as come, at once.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::DeviceSpec;
use super::route::{Answer, answer, app};
use crate::converse::{Answers, converse};
use crate::http::{Connection, Reply, Request};
use crate::misbehave::{Ending, respond};
use crate::{Behaviour, Device};

/// The time between two events of a stream.
const BETWEEN_EVENTS: Duration = Duration::from_secs(1);

pub(crate) async fn serve(device: &Device, spec: &DeviceSpec, stream: TcpStream) {
    converse(device, &Program { device, spec }, stream).await;
}

struct Program<'a> {
    device: &'a Device,
    spec: &'a DeviceSpec,
}

impl Answers for Program<'_> {
    async fn answer(&self, connection: &mut Connection, request: &Request) -> io::Result<Ending> {
        let Self { device, spec } = self;
        if !device.phase().0.is_up() {
            return Ok(Ending::Reset);
        }
        device.take_time().await;
        let (behaviour, mut reply) = match (device.behaviour(), answer(device, spec, request)) {
            // Its pages stay what they are; what is no page becomes one.
            (Behaviour::WrongContentType, Answer::Reply(reply)) if reply.content_type.starts_with("text/html") => {
                (Behaviour::Healthy, reply)
            }
            (Behaviour::WrongContentType, _) => {
                (Behaviour::Healthy, Reply::new(200, "text/html; charset=utf-8", app()))
            }
            (behaviour, Answer::Reply(reply)) => (behaviour, reply),
            (behaviour, Answer::Late(late, reply)) => {
                if timeout(late, connection.until_closed()).await.is_ok() {
                    return Ok(Ending::Close);
                }
                (behaviour, reply)
            }
            (Behaviour::Healthy, Answer::Events { event }) => return stream(connection, event).await,
            (behaviour, Answer::Events { .. }) => (behaviour, Reply::new(200, "text/event-stream", "")),
        };
        reply.closes |= request.closes;
        respond(connection, spec.chance_seed(), behaviour, reply, request.method != "HEAD").await
    }
}

/// Streams until the client leaves.
async fn stream(connection: &mut Connection, event: Option<Vec<u8>>) -> io::Result<Ending> {
    connection
        .send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n: connected\n\n")
        .await?;
    let Some(event) = event else {
        connection.until_closed().await;
        return Ok(Ending::Close);
    };
    loop {
        connection.send(&[b"event: containers\ndata: ", &event[..], b"\n\n"].concat()).await?;
        tokio::select! {
            () = connection.until_closed() => return Ok(Ending::Close),
            () = sleep(BETWEEN_EVENTS) => {}
        }
    }
}
