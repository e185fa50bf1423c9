//! Saving, masks, versions, reloading, and the file on disk.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use gssa::config::{Configuration, FileState, Loaded, MASK, Options, Password, PutError};
use gssa_model::SourceKind;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const HASH: &str = "sha256:7d1f0c9a4be2d35886c0f1f6aa93e24db01c7be95f4d28e3a6170b9cde83f452";
const PASSWORD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g";

struct Site {
    dir: TempDir,
}

impl Site {
    fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn with(file: &str) -> Self {
        let site = Self::empty();
        fs::write(site.path(), file).unwrap();
        site
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("config.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn written(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    fn load(&self) -> Configuration {
        self.load_with(&[], json!({}))
    }

    fn load_with(&self, env: &[(&str, &str)], overrides: Value) -> Configuration {
        let env = env.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Configuration::load(Options { path: self.path(), env, overrides, supported: &SourceKind::ALL })
    }
}

/// Saves over whatever is there.
async fn put(configuration: &Configuration, candidate: Value) -> std::sync::Arc<Loaded> {
    configuration.put(candidate, Some("*")).await.unwrap()
}

fn paths(error: &PutError) -> Vec<&str> {
    let PutError::Invalid(problems) = error else { panic!("{error:?}") };
    problems.iter().map(|problem| problem.path.as_str()).collect()
}

#[test]
fn a_missing_file_is_no_problem_and_is_not_made() {
    let site = Site::empty();
    let loaded = site.load().current();
    assert_eq!((&loaded.problems[..], &loaded.file), (&[][..], &FileState::Missing));
    assert_eq!(loaded.config.server.password, Password::NotSet);
    assert!(!site.path().exists());
}

#[tokio::test]
async fn a_save_makes_the_file_and_its_folder_for_the_owner_only() {
    let site = Site::empty();
    let path = site.dir.path().join("a/b/config.json");
    let options = Options { path: path.clone(), env: Vec::new(), overrides: json!({}), supported: &SourceKind::ALL };
    let configuration = Configuration::load(options);
    let etag = configuration.current().etag.clone();
    let saved = configuration.put(json!({ "agent": { "name": "x" } }), Some(&etag)).await.unwrap();
    assert_eq!(saved.config.agent.name, "x");
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\n  \"agent\": {\n    \"name\": \"x\"\n  }\n}\n");
    #[cfg(unix)]
    for (path, expected) in
        [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700), (path.parent().unwrap().parent().unwrap(), 0o700)]
    {
        assert_eq!(mode(path), expected, "{}", path.display());
    }
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn what_a_killed_agent_left_unfinished_goes_with_the_next_save() {
    let site = Site::empty();
    let names = [".config-left.tmp", ".config-under-way.tmp", "notes.tmp"];
    let [left, under_way, other] = names.map(|name| site.dir.path().join(name));
    for file in [&left, &under_way, &other] {
        fs::write(file, "{").unwrap();
    }
    for file in [&left, &other] {
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        fs::File::options().write(true).open(file).unwrap().set_modified(long_ago).unwrap();
    }
    put(&site.load(), json!({ "agent": { "name": "one" } })).await;
    assert_eq!([&left, &under_way, &other].map(|file| file.exists()), [false, true, true]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_save_keeps_mode_and_owner_and_follows_a_link() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    let site = Site::empty();
    let target = site.dir.path().join("elsewhere.json");
    fs::write(&target, "{}").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    let chowned = std::os::unix::fs::chown(&target, None, Some(4242)).is_ok();
    symlink(&target, site.path()).unwrap();
    put(&site.load(), json!({ "agent": { "name": "x" } })).await;
    assert!(fs::symlink_metadata(site.path()).unwrap().is_symlink());
    assert_eq!(mode(&target), 0o640);
    assert_eq!(fs::metadata(&target).unwrap().gid() == 4242, chowned);
    assert!(fs::read_to_string(&target).unwrap().contains("\"x\""));
    let left: Vec<_> = fs::read_dir(site.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "file, link, versions and nothing temporary: {left:?}");
}

#[tokio::test]
async fn keys_keep_their_order_and_what_was_null_stays() {
    let site = Site::empty();
    let candidate = r#"{"sources":[{"kind":"axeos","address":"h","group":null,"id":"z"}],"agent":{"name":"n"}}"#;
    put(&site.load(), serde_json::from_str(candidate).unwrap()).await;
    assert_eq!(site.written().to_string(), candidate);
}

#[tokio::test]
async fn a_save_writes_the_ids_that_it_made() {
    let site = Site::empty();
    let configuration = site.load();
    let candidate = json!({ "sources": [{ "name": "Garage", "kind": "axeos", "address": "h" }, { "kind": "axeos", "address": "h" }] });
    put(&configuration, candidate).await;
    let written = site.written();
    assert_eq!((&written["sources"][0]["id"], &written["sources"][1]["id"]), (&json!("garage"), &json!("h")));
    let mut renamed = configuration.shown();
    renamed["sources"][0]["name"] = json!("Cellar");
    let saved = put(&configuration, renamed).await;
    assert_eq!((saved.config.sources[0].id.as_str(), saved.config.sources[0].name.as_str()), ("garage", "Cellar"));
}

#[tokio::test]
async fn a_save_names_what_it_replaces() {
    let site = Site::with("{}");
    let configuration = site.load();
    let etag = configuration.current().etag.clone();
    let refused = configuration.put(json!({}), None).await;
    assert!(matches!(refused, Err(PutError::PreconditionRequired)));
    let first = configuration.put(json!({ "agent": { "name": "a" } }), Some(&format!("\"{etag}\""))).await.unwrap();
    let second = configuration.put(json!({ "agent": { "name": "b" } }), Some(&etag)).await;
    assert!(matches!(second, Err(PutError::Changed { etag }) if etag == first.etag));
    assert_eq!(configuration.current().config.agent.name, "a");

    fs::write(site.path(), "{ }").unwrap();
    let third = configuration.put(json!({}), Some(&first.etag)).await;
    assert!(matches!(third, Err(PutError::Changed { etag }) if etag != first.etag), "an editor was faster");
    assert_eq!(site.text(), "{ }");
}

#[tokio::test]
async fn of_two_saves_at_once_one_wins() {
    let site = Site::with("{}");
    let configuration = site.load();
    let etag = configuration.current().etag.clone();
    let save = |name: &str| configuration.put(json!({ "agent": { "name": name } }), Some(&etag));
    let (a, b) = tokio::join!(save("a"), save("b"));
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
}

#[tokio::test]
async fn errors_stop_a_save_and_warnings_do_not() {
    let site = Site::with("{}");
    let configuration = site.load();
    let wrong = json!({ "sources": [{ "kind": "axeos", "address": "https://h" }], "nope": 1 });
    let error = configuration.put(wrong, Some("*")).await.unwrap_err();
    assert_eq!(paths(&error), ["nope", "sources[0].address"]);
    assert_eq!(site.text(), "{}");
    let saved =
        put(&configuration, json!({ "sources": [{ "kind": "axeos", "address": "h", "interval_secs": 5 }] })).await;
    assert_eq!(saved.problems.len(), 1);
}

#[tokio::test]
async fn secrets_are_masked_and_kept() {
    let file = json!({
        "server": { "password_hash": PASSWORD_HASH, "api_tokens": [{ "name": "t", "hash": HASH }] },
        "sources": [
            { "name": "No id", "kind": "gss", "address": "h", "api_key": "key" },
            { "id": "b", "kind": "antminer", "address": "h", "credentials": { "username": "root", "password": "pw" } },
            { "id": "c", "kind": "gss", "address": "h", "api_key": { "env": "KEY" } },
        ],
        "hooks": [{ "name": "k", "hash": HASH }],
        "uplinks": [{ "id": "u", "endpoint": "wss://h", "token": "tok" }],
    });
    let site = Site::with(&file.to_string());
    let configuration = site.load_with(&[("KEY", "env key")], json!({}));
    assert_eq!(configuration.current().problems, []);
    let shown = configuration.shown();
    for pointer in [
        "/server/password_hash",
        "/server/api_tokens/0/hash",
        "/sources/0/api_key",
        "/sources/1/credentials/password",
        "/hooks/0/hash",
        "/uplinks/0/token",
    ] {
        assert_eq!(shown.pointer(pointer), Some(&json!(MASK)), "{pointer}");
    }
    assert_eq!(shown["sources"][2]["api_key"], json!({ "env": "KEY" }));
    assert_eq!(shown["sources"][0]["id"], "no-id", "a made id is shown, so that it can be kept");

    assert_eq!(configuration.check(&shown), []);
    put(&configuration, shown.clone()).await;
    let mut expected = file.clone();
    expected["sources"][0]["id"] = json!("no-id");
    assert_eq!(site.written(), expected, "what was shown is what is kept");

    let mut edited = shown.clone();
    edited["sources"].as_array_mut().unwrap().reverse();
    edited["sources"][2]["name"] = json!("Renamed");
    put(&configuration, edited).await;
    let written = site.written();
    assert_eq!(written["sources"][2]["api_key"], "key", "after a rename and at another place");
    assert_eq!(written["sources"][1]["credentials"]["password"], "pw");
}

#[tokio::test]
async fn a_secret_is_removed_replaced_or_refused() {
    let source =
        |id: &str, key: Value| json!({ "sources": [{ "id": id, "kind": "gss", "address": "h", "api_key": key }] });
    let site = Site::with(&source("a", json!("old")).to_string());
    let configuration = site.load();
    for (candidate, expected) in [
        (source("a", json!(MASK)), Some("old")),
        (source("a", json!("new")), Some("new")),
        (source("a", json!(MASK)), Some("new")),
        (source("a", Value::Null), None),
        (source("a", json!("again")), Some("again")),
        (json!({ "sources": [{ "id": "a", "kind": "gss", "address": "h" }] }), None),
    ] {
        let saved = put(&configuration, candidate.clone()).await;
        let key = saved.config.sources[0].service.api_key.as_ref().map(gssa::config::Secret::expose);
        assert_eq!(key, expected, "{candidate}");
    }
    for (candidate, path) in [
        (source("a", json!(MASK)), "sources[0].api_key"),
        (source("new", json!(MASK)), "sources[0].api_key"),
        (json!({ "server": { "password_hash": MASK } }), "server.password_hash"),
        (json!({ "hooks": [{ "name": "x", "hash": MASK }] }), "hooks[0].hash"),
        (json!({ "uplinks": [{ "id": "x", "endpoint": "wss://h", "token": MASK }] }), "uplinks[0].token"),
        (json!({ "server": { "api_tokens": [{ "name": "x", "hash": MASK }] } }), "server.api_tokens[0].hash"),
    ] {
        let error = configuration.put(candidate.clone(), Some("*")).await.unwrap_err();
        assert_eq!(paths(&error), [path], "{candidate}");
        assert_eq!(configuration.check(&candidate).len(), 1);
    }
}

#[test]
fn a_secret_at_a_wrong_key_is_not_shown() {
    let site = Site::with(
        r#"{ "sources": [{ "id": "a", "passwort": "hunter2", "api_key": 77777 }], "server": { "admin_token": "hunter3" } }"#,
    );
    let shown = site.load().shown().to_string();
    assert!(!shown.contains("hunter") && !shown.contains("77777"), "{shown}");
}

#[tokio::test]
async fn what_is_set_outside_is_locked_and_not_written() {
    let site = Site::with(r#"{ "agent": { "name": "file" }, "server": { "listen": "127.0.0.1:1" } }"#);
    let env = [
        ("GSSA_AGENT__NAME", "env"),
        ("GSSA_SERVER__PASSWORD_HASH", PASSWORD_HASH),
        ("GSSA_POLLING__TIMEOUT_MS", "wrong"),
    ];
    let configuration = site.load_with(&env, json!({ "server": { "listen": "127.0.0.1:2" } }));
    let loaded = configuration.current();
    assert_eq!(loaded.locked, ["agent.name", "polling.timeout_ms", "server.listen", "server.password_hash"]);
    assert_eq!(configuration.shown()["agent"]["name"], "file");
    let candidate = json!({
        "agent": { "name": "env", "time_zone": "UTC" },
        "server": { "listen": "127.0.0.1:2", "password_hash": MASK, "anonymous_read": true },
    });
    let saved = put(&configuration, candidate).await;
    assert_eq!(saved.config.agent.name, "env");
    assert_eq!(saved.config.server.listen.port(), 2);
    assert!(saved.config.server.anonymous_read);
    assert!(matches!(saved.config.server.password, Password::Hash(_)));
    assert!(saved.has_errors(), "the variable is still wrong, which no save repairs");
    let expected = json!({
        "agent": { "name": "file", "time_zone": "UTC" },
        "server": { "listen": "127.0.0.1:1", "anonymous_read": true },
    });
    assert_eq!(site.written(), expected);
}

#[tokio::test]
async fn a_broken_file_is_never_overwritten() {
    for (text, line, column, message) in [
        ("{\n  \"agent\": { \"name\": \"x\" }\n  \"server\": {}\n}\n", 3, 3, "expected `,` or `}`"),
        ("", 1, 0, "EOF while parsing a value"),
        ("[]", 1, 1, "the configuration must be a JSON object"),
        ("{ \"agent\": {}, }", 1, 16, "trailing comma"),
    ] {
        let site = Site::with(text);
        let configuration = site.load();
        let loaded = configuration.current();
        let broken = FileState::Broken { message: message.into(), line, column };
        assert_eq!(loaded.file, broken);
        assert_eq!(loaded.problems[0].message, format!("the file is broken at line {line} column {column}: {message}"));
        assert_eq!(loaded.config.server.password, Password::Unusable, "the password may be in what cannot be read");
        let refused = configuration.put(json!({}), Some("*")).await;
        assert!(matches!(refused, Err(PutError::FileBroken(state)) if state == broken));
        assert_eq!(site.text(), text);

        fs::write(site.path(), "\u{feff}{ \"agent\": { \"name\": \"repaired\" } }").unwrap();
        assert_eq!(configuration.reload().await, Ok(true));
        let loaded = configuration.current();
        assert_eq!(
            (&loaded.config.agent.name[..], &loaded.problems[..], &loaded.file),
            ("repaired", &[][..], &FileState::Good)
        );
        assert_eq!(loaded.config.server.password, Password::NotSet);
    }
}

#[tokio::test]
async fn an_unreadable_file_is_never_overwritten() {
    let site = Site::empty();
    fs::create_dir(site.path()).unwrap();
    let configuration = site.load();
    let message = "it is not a regular file".to_owned();
    assert_eq!(configuration.current().file, FileState::Unreadable { message });
    assert!(matches!(configuration.put(json!({}), Some("*")).await, Err(PutError::FileBroken(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_refuses_changes_nothing() {
    let site = Site::with("{}");
    fs::write(site.dir.path().join("versions"), "in the way").unwrap();
    let configuration = site.load();
    let error = configuration.put(json!({ "agent": { "name": "x" } }), Some("*")).await.unwrap_err();
    assert!(matches!(error, PutError::Write(_)), "{error:?}");
    assert!(error.to_string().starts_with("the file cannot be written: "), "{error}");
    assert_eq!((site.text().as_str(), configuration.current().config.agent.name.as_str()), ("{}", "gssa"));
}

#[tokio::test]
async fn the_last_ten_are_kept_shown_and_restored() {
    let site = Site::with(r#"{"agent":{"name":"n0"},"uplinks":[{"id":"u","endpoint":"wss://h","token":"tok"}]}"#);
    let configuration = site.load();
    for n in 1..=12 {
        let mut next = configuration.shown();
        next["agent"]["name"] = json!(format!("n{n}"));
        put(&configuration, next).await;
    }
    let versions = configuration.versions().unwrap();
    assert_eq!(versions.len(), 10);
    assert!(versions.is_sorted_by(|a, b| a.saved_at > b.saved_at));
    let oldest = &versions[9].id;
    let shown = configuration.version(oldest).unwrap();
    assert_eq!((&shown["agent"]["name"], &shown["uplinks"][0]["token"]), (&json!("n2"), &json!(MASK)));
    #[cfg(unix)]
    {
        assert_eq!(mode(&site.dir.path().join("versions")), 0o700);
        assert_eq!(mode(&site.dir.path().join(format!("versions/config-{oldest}.json"))), 0o600);
    }
    let etag = configuration.current().etag.clone();
    let restored = configuration.restore(oldest, Some(&etag)).await.unwrap();
    assert_eq!(restored.config.agent.name, "n2");
    assert_eq!(site.written()["uplinks"][0]["token"], "tok");
    for id in ["../config", "2020-01-01T000000.000Z", ""] {
        assert!(matches!(configuration.restore(id, Some("*")).await, Err(PutError::UnknownVersion)), "{id}");
        assert!(configuration.version(id).is_err());
    }
    put(&configuration, configuration.shown()).await;
    assert_eq!(
        configuration.version(&configuration.versions().unwrap()[0].id).unwrap()["agent"]["name"],
        "n12",
        "no change, no version"
    );
}

#[tokio::test]
async fn a_reload_takes_what_is_right_and_keeps_the_old_one_otherwise() {
    let site = Site::with(r#"{"agent":{"name":"a"}}"#);
    let configuration = site.load();
    let mut seen = configuration.subscribe();
    assert_eq!(configuration.reload().await, Ok(false));
    assert!(!seen.has_changed().unwrap());

    fs::write(site.path(), r#"{"agent":{"name":"b"},"nope":1}"#).unwrap();
    let problems = configuration.reload().await.unwrap_err();
    assert_eq!(problems[0].path, "nope");
    let loaded = seen.borrow_and_update().clone();
    assert_eq!(
        (&loaded.config.agent.name[..], &loaded.problems),
        ("a", &problems),
        "the old one runs, the new problems show"
    );
    assert_eq!(configuration.shown()["nope"], 1, "the page shows what must be repaired");
    assert!(configuration.reload().await.is_err());
    assert!(!seen.has_changed().unwrap(), "the same problems are told once");

    fs::remove_file(site.path()).unwrap();
    assert!(configuration.reload().await.is_err());
    assert_eq!(configuration.current().config.agent.name, "a");
    assert_eq!(configuration.current().file, FileState::Missing);

    fs::write(site.path(), r#"{"agent":{"name":"c"}}"#).unwrap();
    assert_eq!(configuration.reload().await, Ok(true));
    assert_eq!(configuration.current().config.agent.name, "c");
}

#[tokio::test]
async fn a_reload_that_was_refused_names_the_file_that_is_there() {
    let site = Site::with(r#"{"agent":{"name":"a"}}"#);
    let configuration = site.load();
    let before = configuration.current().etag.clone();
    fs::write(site.path(), "{").unwrap();
    configuration.reload().await.unwrap_err();
    let broken = configuration.current().etag.clone();
    assert!(broken != before && site.load().current().etag == broken, "a save has to name it");
}

#[tokio::test]
async fn a_reload_without_a_file_is_no_error_as_long_as_there_was_none() {
    let site = Site::empty();
    let configuration = site.load_with(&[("GSSA_POLLING__TIMEOUT_MS", "wrong")], json!({}));
    assert_eq!(configuration.reload().await, Ok(false));
    assert_eq!(configuration.current().problems.len(), 1);
    put(&configuration, json!({})).await;
    fs::remove_file(site.path()).unwrap();
    for _ in 0..2 {
        let problems = configuration.reload().await.unwrap_err();
        assert_eq!(problems[0].message, "the file is gone; what was in force stays in force");
    }
}

#[tokio::test]
async fn a_reload_reads_secret_files_again() {
    let site = Site::empty();
    let key = site.dir.path().join("key");
    fs::write(&key, "one").unwrap();
    fs::write(
        site.path(),
        json!({ "sources": [{ "kind": "gss", "address": "h", "api_key": { "file": key } }] }).to_string(),
    )
    .unwrap();
    let configuration = site.load();
    fs::write(&key, "two").unwrap();
    assert_eq!(configuration.reload().await, Ok(true));
    assert_eq!(configuration.current().config.sources[0].service.api_key.as_ref().unwrap().expose(), "two");
}

#[tokio::test]
async fn the_watch_sees_a_file_that_an_editor_renamed_into_place() {
    let site = Site::with(r#"{"agent":{"name":"a"}}"#);
    let configuration = site.load();
    let stop = CancellationToken::new();
    let mut seen = configuration.subscribe();
    let watching = tokio::spawn({
        let (configuration, stop) = (configuration.clone(), stop.clone());
        async move { configuration.watch(stop).await }
    });
    put(&configuration, json!({ "agent": { "name": "b" } })).await;
    seen.mark_unchanged();

    let beside = site.dir.path().join("config.json~");
    fs::write(&beside, r#"{"agent":{"name":"c"}}"#).unwrap();
    fs::rename(&beside, site.path()).unwrap();
    let next = tokio::time::timeout(Duration::from_secs(20), seen.wait_for(|loaded| loaded.config.agent.name != "b"));
    assert_eq!(next.await.unwrap().unwrap().config.agent.name, "c", "the own save was not told again");
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), watching).await.unwrap().unwrap();
}
