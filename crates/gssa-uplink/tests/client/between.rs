//! What lies between an agent and a receiver.
#![allow(unreachable_pub, reason = "other tests share this file")]

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A proxy that answers every CONNECT with `answer`, and passes on if that is a success; tells what it was asked.
pub async fn proxy(answer: &'static str) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://user:secret@{}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.is_ok_and(|read| read > 0) {}
            let head = String::from_utf8(head).unwrap();
            let to = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let _ = tell.send(head);
            stream.write_all(answer.as_bytes()).await.unwrap();
            if answer.contains(" 200 ") {
                let port = to.rsplit(':').next().unwrap().to_owned();
                tokio::spawn(async move {
                    let mut on = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
                    let _ = copy_bidirectional(&mut stream, &mut on).await;
                });
            }
        }
    });
    (url, told)
}
