//! Devices that announce themselves by multicast DNS, byte by byte, without a library for it.
//!
//! A real device listens to a group of addresses. Here a question goes to one socket, and each device answers it from its own address, as
//! firmware does whose question came from another port than 5353 (RFC 6762, 6.7; `espressif/esp-protocols`, `components/mdns`): straight
//! back, with the number of the question, the pointers to the service and to its subtype first.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// What is asked: a pointer (12) of the internet (1) at `_axeos._sub._http._tcp.local`.
const QUESTION: &[u8] = b"\x06_axeos\x04_sub\x05_http\x04_tcp\x05local\x00\x00\x0c\x00\x01";

/// How a device answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Manner {
    /// As firmware does.
    Proper,
    /// With the number of another question.
    OtherNumber,
    /// From another port than the one that was asked.
    OtherPort,
    /// As a question.
    Question,
    /// That it goes away: no time to live.
    Farewell,
    /// With the pointer to the service alone, as a printer would.
    OtherSubtype,
    /// Cut in the middle of the name.
    Cut,
    /// A name that points to itself.
    Loop,
    /// As many records as a head can tell, and none.
    Counts,
    /// Nothing that is a message.
    Garbage,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Where it is.
    pub at: Ipv4Addr,
    /// Under which name it offers its service, as bytes: at most 63.
    pub name: Vec<u8>,
    /// How it answers.
    pub manner: Manner,
}

/// Answers questions until it is dropped.
#[derive(Debug)]
pub struct Responder {
    address: SocketAddrV4,
    task: JoinHandle<()>,
}

impl Responder {
    /// Starts it at a free port of 127.0.0.1; each device has a socket of its own with the same port.
    ///
    /// # Errors
    ///
    /// An address that this machine has not; on Linux it has all of 127.0.0.0/8.
    pub async fn start(devices: Vec<Announced>) -> io::Result<Self> {
        let group = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = group.local_addr()?.port();
        let mut sockets = Vec::new();
        for device in devices {
            let port = if device.manner == Manner::OtherPort { 0 } else { port };
            sockets.push((UdpSocket::bind((device.at, port)).await?, device));
        }
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        Ok(Self { address, task: tokio::spawn(serve(group, sockets)) })
    }

    /// Where questions go.
    pub const fn address(&self) -> SocketAddrV4 {
        self.address
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(group: UdpSocket, devices: Vec<(UdpSocket, Announced)>) {
    let mut packet = [0; 512];
    while let Ok((bytes, from)) = group.recv_from(&mut packet).await {
        let Some(number) = number(&packet[..bytes]) else { continue };
        for (socket, device) in &devices {
            reply(socket, device, number, from).await;
        }
    }
}

async fn reply(socket: &UdpSocket, device: &Announced, number: [u8; 2], to: SocketAddr) {
    // A device whose answer cannot be sent is one that does not answer.
    let _ = socket.send_to(&answer(device, number), to).await;
}

/// The number of a question, if it is the one that devices know: one question, nothing beside it.
fn number(packet: &[u8]) -> Option<[u8; 2]> {
    let (head, question) = packet.split_at_checked(12)?;
    (head[2..] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0] && question == QUESTION).then_some([head[0], head[1]])
}

/// What a device answers.
fn answer(device: &Announced, number: [u8; 2]) -> Vec<u8> {
    let manner = device.manner;
    if manner == Manner::Garbage {
        return b"HTTP/1.1 200 OK\r\n\r\nthis is no message of multicast DNS".to_vec();
    }
    let number = if manner == Manner::OtherNumber { [number[0] ^ 1, number[1]] } else { number };
    let flags = if manner == Manner::Question { [0, 0] } else { [0x84, 0] };
    let counts: [u8; 8] = match manner {
        Manner::Counts => [0xff; 8],
        Manner::OtherSubtype => [0, 0, 0, 1, 0, 0, 0, 0],
        _ => [0, 0, 0, 2, 0, 0, 0, 0],
    };
    let mut out = [number, flags].concat();
    out.extend(counts);
    if manner == Manner::Counts {
        return out;
    }
    let ttl: u32 = if manner == Manner::Farewell { 0 } else { 4500 };
    // `_http._tcp.local` at 12, and from there on by a pointer.
    out.extend(b"\x05_http\x04_tcp\x05local\x00");
    let mut instance = vec![device.name.len() as u8];
    instance.extend(&device.name);
    instance.extend([0xc0, 12]);
    pointer(&mut out, ttl, &instance);
    if manner == Manner::OtherSubtype {
        return out;
    }
    if manner == Manner::Loop {
        let here = out.len() as u8;
        out.extend([0xc0, here]);
    } else {
        out.extend(b"\x06_axeos\x04_sub\xc0\x0c");
    }
    if manner == Manner::Cut {
        out.extend([0, 12, 0, 1, 0, 0, 0, 9, 0, 40, 9]);
        return out;
    }
    pointer(&mut out, ttl, &instance);
    out
}

/// The rest of a record behind its name: a pointer of the internet.
fn pointer(out: &mut Vec<u8>, ttl: u32, to: &[u8]) {
    out.extend([0, 12, 0, 1]);
    out.extend(ttl.to_be_bytes());
    out.extend((to.len() as u16).to_be_bytes());
    out.extend(to);
}
