//! One connection to a web server: a request, its answer, the next request, and the end.

use std::io;
use std::time::Instant;

use tokio::net::TcpStream;

use crate::counts::{Counted, UnderWay};
use crate::http::{Connection, Incoming, Request};
use crate::misbehave::Ending;

/// What answers on a connection.
pub(crate) trait Answers: Sync {
    /// Answers a request, which is counted already, and says what becomes of the connection.
    fn answer(&self, connection: &mut Connection, request: &Request)
    -> impl Future<Output = io::Result<Ending>> + Send;
}

/// Answers one request after another until the connection has to end. Dropping the future ends it at once.
pub(crate) async fn converse(counted: &impl Counted, server: &impl Answers, stream: TcpStream) {
    let mut connection = Connection::new(stream);
    let ended = loop {
        match connection.next().await {
            Ok(Incoming::Request(request)) => {
                counted.counters().asked(&request, Instant::now());
                let _under_way = UnderWay(counted);
                match server.answer(&mut connection, &request).await {
                    Ok(Ending::Stay) => {}
                    ended => break ended,
                }
            }
            Ok(_) => break Ok(Ending::Close),
            Err(error) => break Err(error),
        }
    };
    end(connection, ended).await;
}

/// Ends a connection as it was told to.
pub(crate) async fn end(connection: Connection, ended: io::Result<Ending>) {
    match ended {
        Ok(Ending::Reset) => connection.reset(),
        Ok(Ending::Close | Ending::Stay) => connection.close().await,
        // The client has left; nobody minds.
        Err(_) => {}
    }
}
