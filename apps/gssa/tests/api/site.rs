//! The web interface: a small one, since what the build has in it depends on the machine.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use gssa_serve::Limits;
use gssa_serve::Site;
use serde_json::json;

use super::support::{Agent, password_hash};

const PAGE: &str = "<!doctype html><title>GSSA</title><script type=module src=/assets/index-Ab12.js></script>";
const SCRIPT: &str = "console.log('a script that is a little longer, so that it shrinks, shrinks, shrinks')";

fn site() -> Site {
    let gzip = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap().into()
    };
    Site::new([
        ("index.html", true, gzip(PAGE)),
        ("theme.js", false, "1".into()),
        ("assets/index-Ab12.js", true, gzip(SCRIPT)),
        ("assets/geist-Cd34.woff2", false, vec![b'w'; 4096].into()),
    ])
}

async fn agent(config: &str) -> Agent {
    Agent::with_site(site(), config, "127.0.0.1:0", Limits::default()).await
}

const GZIP: &str = "Accept-Encoding: gzip, deflate\r\n";

#[tokio::test]
async fn the_page_is_at_every_path_that_is_none_of_the_api() {
    let agent = agent("{}").await;
    for path in ["/", "/index.html", "/d/s19_r2.18", "/settings/devices?filter=x", "/no/such/page", "/apis"] {
        let page = agent.get(path).await;
        assert_eq!((page.status, page.text().as_str()), (200, PAGE), "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
    }
    for path in ["/api", "/api/v1/nothing", "/api/v2/readings", "/assets/index-Old1.js"] {
        let nothing = agent.get(path).await;
        assert_eq!((nothing.status, nothing.problem().as_str()), (404, "unknown-path"), "{path}");
    }
    assert_eq!(agent.change("POST", "/", "", &json!({})).await.status, 405);
    assert_eq!(agent.get("/healthz").await.json(), json!({ "status": "ok" }));
}

#[tokio::test]
async fn files_are_sent_packed_to_those_who_take_it() {
    let agent = agent("{}").await;
    let packed = agent.send("GET", "/assets/index-Ab12.js", GZIP, None).await;
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), (Some("gzip"), Some("accept-encoding")));
    assert_eq!(packed.header("content-length"), Some(packed.body.len().to_string().as_str()), "as it is kept");
    let mut script = String::new();
    GzDecoder::new(&packed.body[..]).read_to_string(&mut script).unwrap();
    assert_eq!(script, SCRIPT);
    let plain = agent.get("/assets/index-Ab12.js").await;
    assert_eq!((plain.header("content-encoding"), plain.text().as_str()), (None, SCRIPT));
    assert_eq!(plain.header("content-type"), Some("text/javascript; charset=utf-8"));
    let font = agent.send("GET", "/assets/geist-Cd34.woff2", GZIP, None).await;
    assert_eq!((font.header("content-encoding"), font.body.len()), (None, 4096), "a font is packed already");
}

#[tokio::test]
async fn a_browser_keeps_hashed_files_and_asks_about_the_others() {
    let agent = agent("{}").await;
    for (path, kept) in
        [("/assets/index-Ab12.js", "public, max-age=31536000, immutable"), ("/", "no-cache"), ("/theme.js", "no-cache")]
    {
        let first = agent.send("GET", path, GZIP, None).await;
        assert_eq!(first.header("cache-control"), Some(kept), "{path}");
        let if_none_match = format!("If-None-Match: {}\r\n", first.header("etag").unwrap());
        let again = agent.send("GET", path, &if_none_match, None).await;
        assert_eq!((again.status, again.body.len(), again.header("cache-control")), (304, 0, Some(kept)), "{path}");
    }
}

#[tokio::test]
async fn the_page_may_load_from_here_only_and_run_nothing_inline() {
    let agent = agent("{}").await;
    for path in ["/", "/theme.js", "/d/a"] {
        let answer = agent.get(path).await;
        let csp = answer.header("content-security-policy").unwrap();
        assert!(csp.contains("default-src 'none'; script-src 'self'; style-src 'self';"), "{csp}");
        assert!(!csp.contains("unsafe") && csp.contains("frame-ancestors 'none'"), "{csp}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
    }
}

#[tokio::test]
async fn the_page_loads_without_a_session_and_shows_nothing_by_itself() {
    let config = json!({ "server": { "password_hash": password_hash() }, "agent": { "name": "Secret site" } });
    let agent = agent(&config.to_string()).await;
    for path in ["/", "/login", "/assets/index-Ab12.js"] {
        let answer = agent.get(path).await;
        assert!(answer.status == 200 && !answer.text().contains("Secret site"), "{path}");
    }
    assert_eq!(agent.get("/api/v1/readings").await.status, 401);
    let head = "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(agent.raw(head).await.status, 421, "the name of the host is checked for files too");
}

#[tokio::test]
async fn whoever_cannot_log_in_is_told_what_is_wrong_with_the_file() {
    let agent = agent("{\n  \"agent\": oops\n}").await;
    let caller = agent.get("/api/v1/session").await.json();
    assert_eq!((&caller["login"], &caller["file"]["line"]), (&json!("impossible"), &json!(2)), "{caller}");
    assert_eq!(agent.get("/").await.text(), PAGE);
}

/// Whatever the build put in: every file can be sent, and there is a page or nothing.
#[tokio::test]
async fn what_is_embedded_can_be_unpacked() {
    let paths: Vec<String> = gssa_serve::embedded_site!().paths().map(str::to_owned).collect();
    assert_eq!(paths.is_empty(), !paths.iter().any(|path| path == "index.html"));
    let agent = Agent::with_site(gssa_serve::embedded_site!(), "{}", "127.0.0.1:0", Limits::default()).await;
    for path in paths {
        let file = agent.get(&format!("/{path}")).await;
        assert_eq!((file.status, file.header("content-encoding")), (200, None), "{path}");
        assert!(!path.starts_with('/') && file.header("content-type") != Some("application/octet-stream"), "{path}");
    }
}
