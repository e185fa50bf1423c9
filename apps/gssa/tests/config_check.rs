//! What is wrong with a configuration, where, and in which words.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;

use gssa::config::{Config, Configuration, Level, Limit, MASK, Options, Password, Problem};
use gssa_model::SourceKind;
use serde_json::{Value, json};

const HASH: &str = "sha256:7d1f0c9a4be2d35886c0f1f6aa93e24db01c7be95f4d28e3a6170b9cde83f452";

/// A configuration without a file.
fn without_file(env: &[(&str, &str)], overrides: Value, supported: &'static [SourceKind]) -> Configuration {
    let path = "does-not-exist/config.json".into();
    let env = env.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Configuration::load(Options { path, env, overrides, supported })
}

fn check(candidate: &Value) -> Vec<Problem> {
    without_file(&[("EMPTY", " \n")], json!({}), &SourceKind::ALL).check(candidate)
}

/// What the agent makes of a file.
fn loaded(file: &Value, supported: &'static [SourceKind]) -> (Config, Vec<Problem>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    fs::write(&path, file.to_string()).unwrap();
    let options = Options { path, env: Vec::new(), overrides: json!({}), supported };
    let loaded = Configuration::load(options).current();
    (loaded.config.clone(), loaded.problems.clone())
}

fn with_source(source: Value) -> Value {
    json!({ "sources": Value::Array(vec![source]) })
}

#[test]
fn a_source_that_is_found_out_is_reached_by_what_it_may_turn_out_to_be() {
    for address in ["tcp://192.168.1.60:4028", "http://192.168.1.50", "192.168.1.60"] {
        let problems = check(&with_source(json!({ "id": "a", "kind": "auto", "address": address })));
        assert!(problems.is_empty(), "{address}: {problems:?}");
    }
    assert!(!check(&with_source(json!({ "id": "a", "kind": "auto", "address": "ftp://h" }))).is_empty());
}

#[test]
fn each_wrong_key_type_and_range_is_named_with_its_path() {
    for (candidate, path, message) in [
        (json!([]), "", "the configuration must be a JSON object"),
        (json!({ "serverr": {} }), "serverr", "unknown key `serverr`; did you mean `server`?"),
        (
            json!({ "polling": { "intervall_secs": 5 } }),
            "polling.intervall_secs",
            "unknown key `intervall_secs`; did you mean `interval_secs`?",
        ),
        (json!({ "polling": { "zzz": 5 } }), "polling.zzz", "unknown key `zzz`"),
        (json!({ "polling": { "a\u{1b}[2Jb": 5 } }), "polling.a[2Jb", "unknown key `a[2Jb`"),
        (json!({ "kinds": { "axeo": {} } }), "kinds.axeo", "unknown key `axeo`; did you mean `axeos`?"),
        (
            json!({ "limits": { "axeos": { "chip_celsius": { "warn": 1 } } } }),
            "limits.axeos.chip_celsius.warn",
            "unknown key `warn`; did you mean `warning`?",
        ),
        (json!({ "polling": 5 }), "polling", "must be an object, not a number"),
        (json!({ "sources": {} }), "sources", "must be a list, not an object"),
        (json!({ "sources": ["x"] }), "sources[0]", "must be an object, not a text"),
        (json!({ "polling": { "interval_secs": "5" } }), "polling.interval_secs", "must be a whole number, not a text"),
        (
            json!({ "polling": { "interval_secs": 1.5 } }),
            "polling.interval_secs",
            "must be a whole number, not a number with decimals",
        ),
        (json!({ "polling": { "interval_secs": 0 } }), "polling.interval_secs", "must be 1 to 86400, not 0"),
        (json!({ "polling": { "interval_secs": -1 } }), "polling.interval_secs", "must be 1 to 86400, not -1"),
        (json!({ "polling": { "timeout_ms": 99 } }), "polling.timeout_ms", "must be 100 to 300000, not 99"),
        (json!({ "agent": { "name": " " } }), "agent.name", "must not be empty"),
        (json!({ "agent": { "name": "x".repeat(65) } }), "agent.name", "must have at most 64 characters"),
        (
            json!({ "server": { "anonymous_read": "yes" } }),
            "server.anonymous_read",
            "must be true or false, not a text",
        ),
        (json!({ "server": { "allowed_hosts": [null] } }), "server.allowed_hosts[0]", "must be a text, not null"),
        (
            json!({ "logging": { "level": "inof" } }),
            "logging.level",
            "`inof` is none of `error`, `warn`, `info`, `debug`, `trace`; did you mean `info`?",
        ),
        (json!({ "logging": { "format": "xml" } }), "logging.format", "`xml` is none of `text`, `json`"),
        (json!({ "logging": { "file": { "max_files": 0 } } }), "logging.file.max_files", "must be 1 to 1000, not 0"),
        (
            json!({ "server": { "password_hash": 12345 } }),
            "server.password_hash",
            r#"must be a text, { "env": "NAME" } or { "file": "/path" }"#,
        ),
        (json!({ "hooks": [{ "hash": HASH }] }), "hooks[0].name", "is missing"),
        (json!({ "uplinks": [{ "id": "a" }] }), "uplinks[0].endpoint", "is missing"),
        (with_source(json!({ "kind": "axeos" })), "sources[0].address", "is missing"),
        (
            with_source(json!({ "address": "h" })),
            "sources[0].kind",
            "is missing; it is one of `auto`, `axeos`, `antminer`, `canaan`, `cgminer`, `gss`, `mim`, `host`",
        ),
        (
            with_source(json!({ "kind": "antminr", "address": "h" })),
            "sources[0].kind",
            "`antminr` is none of `auto`, `axeos`, `antminer`, `canaan`, `cgminer`, `gss`, `mim`, `host`; did you mean `antminer`?",
        ),
        (
            with_source(json!({ "kind": "antminer", "address": "h", "http_port": 0 })),
            "sources[0].http_port",
            "must be 1 to 65535, not 0",
        ),
    ] {
        assert_eq!(check(&candidate), [Problem::error(path, message)], "{candidate}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_wrong_meaning_is_named_with_its_path() {
    let axeos = |address: &str| with_source(json!({ "kind": "axeos", "address": address }));
    let gss = |key: &str, value: Value| with_source(json!({ "kind": "gss", "address": "h", key: value }));
    let uplink = |endpoint: &str| json!({ "uplinks": [{ "id": "a", "endpoint": endpoint }] });
    for (candidate, path, message) in [
        (
            json!({ "agent": { "time_zone": "Europe/Berlinn" } }),
            "agent.time_zone",
            "`Europe/Berlinn` is no time zone that this machine knows; write one such as `Europe/Berlin` or `UTC`",
        ),
        (
            json!({ "server": { "listen": ":3010" } }),
            "server.listen",
            "`:3010` is not an IP address and a port, such as `127.0.0.1:3010`",
        ),
        (
            json!({ "server": { "password_hash": "hunter2" } }),
            "server.password_hash",
            "is not an Argon2 hash in PHC form (`$argon2id$…`)",
        ),
        (
            json!({ "server": { "allowed_hosts": ["ok.lan", "http://x"] } }),
            "server.allowed_hosts[1]",
            "`http://x` is not a host name; write it without scheme and port",
        ),
        (
            json!({ "server": { "trusted_proxies": ["10.0.0.0/99"] } }),
            "server.trusted_proxies[0]",
            "`10.0.0.0/99` is neither an IP address nor a network such as `10.0.0.0/8`",
        ),
        (
            json!({ "server": { "api_tokens": [{ "name": "a", "hash": "sha256:abc" }] } }),
            "server.api_tokens[0].hash",
            "must be `sha256:` and 64 hexadecimal digits",
        ),
        (
            json!({ "server": { "api_tokens": [{ "name": "a", "hash": HASH }, { "name": "a", "hash": HASH }] } }),
            "server.api_tokens[1].name",
            "`a` is already taken by one before",
        ),
        (
            json!({ "hooks": [{ "name": "a", "hash": HASH }, { "name": "a", "hash": HASH }] }),
            "hooks[1].name",
            "`a` is already taken by one before",
        ),
        (
            json!({ "limits": { "axeos": { "chip_celsius": { "warning": 90 } } } }),
            "limits.axeos.chip_celsius",
            "`critical` (80) must not be below `warning` (90)",
        ),
        (
            json!({ "limits": { "axeos": { "expected_percent": { "critical": 99 } } } }),
            "limits.axeos.expected_percent",
            "`critical` (99) must not be above `warning` (95)",
        ),
        (
            with_source(json!({ "kind": "axeos", "address": "h", "limits": { "reject_percent": { "warning": 6 } } })),
            "sources[0].limits.reject_percent",
            "`critical` (5) must not be below `warning` (6)",
        ),
        (
            with_source(json!({ "kind": "axeos", "address": "h", "id": "Bad Id" })),
            "sources[0].id",
            "a source id is 1 to 64 of a-z, 0-9, '-', '_' and '.'",
        ),
        (
            json!({ "sources": [{ "id": "a", "kind": "axeos", "address": "h" }, { "id": "a", "kind": "axeos", "address": "i" }] }),
            "sources[1].id",
            "`a` is already the id of sources[0]",
        ),
        (axeos(""), "sources[0].address", "the address is empty"),
        (axeos("root:pw@h"), "sources[0].address", "an address holds no user or password; use `credentials`"),
        (
            axeos("192.168.1.300"),
            "sources[0].address",
            r#""192.168.1.300" is neither a host name nor an IP address (IPv6 stands in brackets)"#,
        ),
        (axeos("h:0"), "sources[0].address", r#""0" is no port (1 to 65535)"#),
        (
            axeos("https://h"),
            "sources[0].address",
            "AxeOS devices do not speak TLS; write `http://` or leave the scheme out",
        ),
        (
            axeos("ftp://h"),
            "sources[0].address",
            "kind `axeos` is not reached by `ftp://`; write `http://` or leave the scheme out",
        ),
        (
            with_source(json!({ "kind": "host", "address": "192.168.1.1" })),
            "sources[0].address",
            "must be `local` for kind `host`",
        ),
        (
            with_source(json!({ "kind": "axeos", "address": "h", "interval_secs": 15, "timeout_ms": 15001 })),
            "sources[0].timeout_ms",
            "15001 ms is longer than the interval of 15 s",
        ),
        (
            with_source(json!({ "kind": "axeos", "address": "h", "timeout_ms": 31000 })),
            "sources[0].timeout_ms",
            "31000 ms is longer than the interval of 30 s",
        ),
        (
            gss("api_key", json!(MASK)),
            "sources[0].api_key",
            "`********` stands for a secret that is kept, and none is kept here",
        ),
        (gss("api_key", json!("")), "sources[0].api_key", "is empty"),
        (gss("api_key", json!({ "env": "NONE" })), "sources[0].api_key", "the environment has no variable `NONE`"),
        (gss("api_key", json!({ "env": "EMPTY" })), "sources[0].api_key", "the variable `EMPTY` is empty"),
        (
            gss("api_key", json!({ "file": "/no/such" })),
            "sources[0].api_key",
            "the secret file /no/such cannot be read: it does not exist",
        ),
        (gss("api_key", json!({ "file": "/" })), "sources[0].api_key", "the secret file / is not a regular file"),
        (
            gss("extra_endpoints", json!([{ "name": "a", "path": "api" }])),
            "sources[0].extra_endpoints[0].path",
            "must begin with `/`",
        ),
        (
            json!({ "uplinks": [{ "id": "A", "endpoint": "wss://h" }] }),
            "uplinks[0].id",
            "an uplink id is 1 to 64 of a-z, 0-9, '-', '_' and '.'",
        ),
        (
            uplink("ws://h"),
            "uplinks[0].endpoint",
            "is not encrypted; write `wss://` or `https://`, or set `allow_plaintext` if that is meant",
        ),
        (uplink("h"), "uplinks[0].endpoint", "must begin with `wss://` or `https://`"),
        (uplink("wss://u:p@h"), "uplinks[0].endpoint", "an address holds no user or password; use `credentials`"),
    ] {
        assert_eq!(check(&candidate), [Problem::error(path, message)], "{candidate}");
    }
}

#[test]
fn what_works_but_ought_to_be_known_is_a_warning() {
    let short = "5 s is hard on AxeOS devices; 10 s or more is safe";
    for (candidate, path, message) in [
        (
            with_source(json!({ "kind": "axeos", "address": "h", "interval_secs": 5 })),
            "sources[0].interval_secs",
            short,
        ),
        (json!({ "kinds": { "axeos": { "interval_secs": 5 } } }), "kinds.axeos.interval_secs", short),
        (
            json!({ "polling": { "interval_secs": 5 }, "sources": [{ "kind": "axeos", "address": "h" }] }),
            "polling.interval_secs",
            short,
        ),
        (
            with_source(json!({ "kind": "axeos", "address": "h", "docker_socket": "/run/docker.sock" })),
            "sources[0].docker_socket",
            "means nothing for kind `axeos`",
        ),
    ] {
        assert_eq!(check(&candidate), [Problem::warning(path, message)], "{candidate}");
    }
    assert_eq!(check(&json!({ "polling": { "interval_secs": 5 } })), []);
    assert_eq!(
        serde_json::to_value(Problem::warning("a", "b")).unwrap(),
        json!({ "path": "a", "message": "b", "level": "warning" })
    );
}

#[test]
fn what_is_just_allowed_is_allowed() {
    let axeos = |more: Value| {
        let mut source = json!({ "kind": "axeos", "address": "h" });
        source.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with_source(source)
    };
    let limit = |both: u32| json!({ "warning": both, "critical": both });
    let uplink = |id: &str, bytes: u64| json!({ "id": id, "endpoint": "wss://h", "ring_max_bytes": bytes });
    for candidate in [
        json!({ "agent": { "name": "ä".repeat(64) } }),
        json!({ "polling": { "interval_secs": 86400, "timeout_ms": 100 } }),
        axeos(json!({ "interval_secs": 10, "timeout_ms": 10_000 })),
        axeos(
            json!({ "limits": { "chip_celsius": limit(70), "expected_percent": limit(90), "reject_percent": limit(2) } }),
        ),
        json!({ "hooks": (0..64).map(|n| json!({ "name": n.to_string(), "hash": HASH })).collect::<Vec<_>>() }),
        json!({ "uplinks": Vec::from(["a", "b", "c", "d"].map(|id| uplink(id, 4 * 1024 * 1024))) }),
    ] {
        assert_eq!(check(&candidate), [], "{candidate}");
    }
    let hooks: Vec<Value> = (0..65).map(|n| json!({ "name": n.to_string(), "hash": HASH })).collect();
    let one_more = Problem::error("hooks", "has 65 elements; at most 64 are allowed");
    assert_eq!(one_more.to_string(), "hooks: has 65 elements; at most 64 are allowed");
    assert_eq!(check(&json!({ "hooks": hooks })), [one_more]);
}

#[test]
fn all_problems_come_at_once() {
    let problems = check(&json!({
        "polling": { "interval_secs": 0, "nope": 1 },
        "server": { "listen": "x" },
        "sources": [5, { "kind": "axeos", "address": "a b" }, { "kind": "axes", "address": "https://h", "tags": [1] }],
    }));
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "polling.nope",
            "polling.interval_secs",
            "sources[0]",
            "sources[2].kind",
            "sources[2].tags[0]",
            "server.listen",
            "sources[1].address",
        ]
    );
}

#[test]
fn the_number_of_problems_is_bounded() {
    let sources: Vec<Value> = (0..500).map(|_| json!({})).collect();
    let problems = check(&json!({ "sources": sources }));
    assert_eq!(problems.len(), 201);
    assert_eq!(problems[200], Problem::error("", "there are more errors"));
    // Each lacks a kind and an address.
    let problems = check(&json!({ "sources": sources[..100] }));
    assert_eq!((problems.len(), problems[199].path.as_str()), (200, "sources[99].address"), "just as many as are told");
}

#[test]
fn wrong_parts_fall_back_and_wrong_sources_stay_out() {
    let (config, problems) = loaded(
        &json!({
            "polling": { "interval_secs": 0, "timeout_ms": 700 },
            "kinds": { "gss": { "interval_secs": "x" } },
            "limits": { "axeos": { "chip_celsius": { "warning": 99 } } },
            "logging": 5,
            "sources": [
                { "name": "Right", "kind": "axeos", "address": "192.168.1.2", "tags": "x" },
                { "name": "Not yet", "kind": "antminer", "address": "192.168.1.3" },
                { "name": "Broken", "kind": "axeos", "address": "no host" },
                { "name": "Maybe", "kind": "axeos", "address": "h", "enabled": "maybe" },
                { "id": "right", "kind": "axeos", "address": "192.168.1.4" },
                { "kind": "gss", "address": "h" },
            ],
            "hooks": [{ "name": "a", "hash": "x" }, { "name": "b", "hash": HASH }],
            "uplinks": [{ "id": "a", "endpoint": "wss://h", "mask_wallets": "no" }],
        }),
        &[SourceKind::Axeos, SourceKind::Gss],
    );
    let ids: Vec<_> = config.sources.iter().map(|source| source.id.as_str()).collect();
    assert_eq!(ids, ["right-2", "right", "h"], "a written id is first");
    assert_eq!((config.polling.interval_secs, config.polling.timeout_ms), (30, 700));
    assert_eq!(config.source("h").unwrap().schedule.interval_secs, 60, "the kind's built-in one");
    assert_eq!(
        config.source("right").unwrap().limits.chip_celsius,
        Limit { warning: Some(65.0), critical: Some(80.0) }
    );
    assert_eq!(config.hooks.len(), 1);
    assert!(config.uplinks.is_empty(), "it must not send what was to be masked");
    assert!(problems.contains(&Problem::error("sources[1].kind", "kind `antminer` is not supported by this version")));
    assert_eq!(problems.iter().filter(|problem| problem.level == Level::Error).count(), 10, "{problems:#?}");
}

#[test]
fn a_password_that_cannot_be_read_is_not_the_absence_of_one() {
    for (file, usable) in [
        (json!({}), true),
        (json!({ "server": { "password_hash": null } }), true),
        (json!({ "server": { "password_hash": "x" } }), false),
        (json!({ "server": { "password_hash": { "file": "/no/such" } } }), false),
        (json!({ "server": { "password_hash": 5 } }), false),
        (json!({ "server": [] }), false),
    ] {
        let expected = if usable { Password::NotSet } else { Password::Unusable };
        assert_eq!(loaded(&file, &SourceKind::ALL).0.server.password, expected, "{file}");
    }
}

#[test]
fn schedules_and_limits_come_from_source_then_kind_then_polling() {
    let (config, problems) = loaded(
        &json!({
            "polling": { "interval_secs": 40, "timeout_ms": 9000 },
            "kinds": { "axeos": { "interval_secs": 20 }, "cgminer": { "interval_secs": 4 }, "gss": { "timeout_ms": 800 } },
            "sources": [
                { "id": "own", "kind": "axeos", "address": "h", "interval_secs": 15, "timeout_ms": 2000,
                  "limits": { "chip_celsius": { "warning": 60 } } },
                { "id": "kind", "kind": "axeos", "address": "h" },
                { "id": "cut", "kind": "cgminer", "address": "h" },
                { "id": "built-in", "kind": "gss", "address": "h" },
                { "id": "polling", "kind": "canaan", "address": "h" },
                { "id": "auto", "kind": "auto", "address": "h", "limits": { "chip_celsius": { "critical": 90 } } },
            ],
        }),
        &SourceKind::ALL,
    );
    assert_eq!(problems, []);
    for (id, interval_secs, timeout_ms) in [
        ("own", 15, 2000),
        ("kind", 20, 9000),
        ("cut", 4, 4000),
        ("built-in", 60, 800),
        ("polling", 40, 9000),
        ("auto", 40, 9000),
    ] {
        let schedule = config.source(id).unwrap().schedule;
        assert_eq!((schedule.interval_secs, schedule.timeout_ms), (interval_secs, timeout_ms), "{id}");
    }
    let chip = |id: &str| config.source(id).unwrap().limits.chip_celsius;
    assert_eq!(chip("own"), Limit { warning: Some(60.0), critical: Some(80.0) });
    assert_eq!(chip("polling"), Limit::default());
    let auto = config.source("auto").unwrap();
    assert_eq!(config.schedule_as(auto, SourceKind::Axeos).interval_secs, 20);
    assert_eq!(
        config.limits_as(auto, SourceKind::Axeos).chip_celsius,
        Limit { warning: Some(65.0), critical: Some(90.0) }
    );
}

#[test]
fn problems_of_the_environment_name_the_variable() {
    let env = [
        ("GSSA_POLLING__INTERVAL_SECS", "often"),
        ("GSSA_SERVER__ALLOWED_HOSTS", "a,b"),
        ("GSSA_SERVER__LISTN", "x"),
        ("GSSA_LOGGING__LEVEL", "loud"),
    ];
    let configuration = without_file(&env, json!({ "server": { "listen": "here" } }), &SourceKind::ALL);
    let problems = &configuration.current().problems;
    let expected = [
        ("server.listn", "the variable `GSSA_SERVER__LISTN` names no key; did you mean `GSSA_SERVER__LISTEN`?"),
        ("server.allowed_hosts", "must be a list, not a text (set by `GSSA_SERVER__ALLOWED_HOSTS`)"),
        ("logging.level", "`loud` is none of `error`, `warn`, `info`, `debug`, `trace` (set by `GSSA_LOGGING__LEVEL`)"),
        ("polling.interval_secs", "must be a whole number, not a text (set by `GSSA_POLLING__INTERVAL_SECS`)"),
        ("server.listen", "`here` is not an IP address and a port, such as `127.0.0.1:3010` (set on the command line)"),
    ];
    assert_eq!(*problems, expected.map(|(path, message)| Problem::error(path, message)));
    assert_eq!(configuration.current().config.polling.interval_secs, 30);
    let locked = ["logging.level", "polling.interval_secs", "server.allowed_hosts", "server.listen"];
    assert_eq!(configuration.current().locked, locked);
}

#[test]
fn secrets_come_from_variables_and_files_and_are_never_printed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    fs::write(&file, "hunter-file\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o604)).unwrap();
    let path = dir.path().join("config.json");
    let written = json!({ "sources": [
        { "id": "text", "kind": "gss", "address": "h", "api_key": "hunter-text " },
        { "id": "env", "kind": "gss", "address": "h", "api_key": { "env": "KEY" } },
        { "id": "file", "kind": "gss", "address": "h", "credentials": { "username": "u", "password": { "file": file } } },
    ] });
    fs::write(&path, written.to_string()).unwrap();
    let env = vec![
        ("KEY".to_owned(), "hunter-env\n".to_owned()),
        ("GSSA_SERVER__PASSWORD_HASH".to_owned(), "hunter-hash".to_owned()),
    ];
    let options = Options {
        path,
        env,
        overrides: json!({ "hooks": [{ "name": "a", "hash": "hunter-flag" }] }),
        supported: &SourceKind::ALL,
    };
    let printed = format!("{options:?}");
    let configuration = Configuration::load(options);
    let loaded = configuration.current();
    let source = |id: &str| loaded.config.source(id).unwrap();
    assert_eq!(source("text").service.api_key.as_ref().unwrap().expose(), "hunter-text");
    assert_eq!(source("env").service.api_key.as_ref().unwrap().expose(), "hunter-env");
    let password = source("file").credentials.as_ref().unwrap().password.clone().unwrap();
    assert_eq!(password.expose(), "hunter-file");
    #[cfg(unix)]
    {
        let warning = format!("every user of this machine can read {}", file.display());
        assert!(loaded.problems.contains(&Problem::warning("sources[2].credentials.password", warning)));
    }
    let printed = format!("{printed}{configuration:?}{loaded:?}{password}{}", configuration.shown());
    assert!(!printed.contains("hunter"), "{printed}");
}

#[test]
fn uplinks_have_bounds_and_know_the_parts_that_they_decide_about() {
    let uplink = |id: &str, more: &Value| {
        let mut uplink = json!({ "id": id, "endpoint": "wss://h/agent", "ring_max_bytes": 1_048_576 });
        uplink.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        uplink
    };
    let many: Vec<Value> = ["a", "b", "c", "d", "e"].iter().map(|id| uplink(id, &json!({}))).collect();
    let large = |enabled: bool| {
        let large = json!({ "ring_max_bytes": 8_388_609, "enabled": enabled });
        json!({ "uplinks": [uplink("a", &large), uplink("b", &large)] })
    };
    let fields = |fields: Value| json!({ "uplinks": [uplink("a", &json!({ "fields": fields }))] });
    for (candidate, path, message) in [
        (json!({ "uplinks": many }), "uplinks", "are more than 4; what is behind is left out"),
        (
            large(true),
            "uplinks",
            "take 16777218 bytes for waiting messages together, and may take 16777216; lower `ring_max_bytes`",
        ),
        (
            fields(json!({ "snapshot.network.ipp": "send" })),
            "uplinks[0].fields.snapshot.network.ipp",
            "there is no such part of a reading, a finding (`findings.…`) or an event (`events.…`); did you mean `snapshot.network.ip`?",
        ),
        (
            fields(json!({ "source.id": "withhold" })),
            "uplinks[0].fields.source.id",
            "a receiver needs it; it cannot be withheld",
        ),
        (
            fields(json!({ "snapshot.power.watts": "hash" })),
            "uplinks[0].fields.snapshot.power.watts",
            "is no free text; write `send` or `withhold`",
        ),
    ] {
        let problems = check(&candidate);
        let found: Vec<_> = problems.iter().map(|problem| (problem.path.as_str(), problem.message.as_str())).collect();
        assert_eq!(found, [(path, message)], "{candidate}");
    }
    for fine in [large(false), fields(json!({ "source.name": "mask", "snapshot.identity.mac": "withhold" }))] {
        assert_eq!(check(&fine), [], "{fine}");
    }
    assert!(!check(&fields(json!({ "source.name": true }))).is_empty(), "a word, not a yes");
    let ca = json!({ "uplinks": [uplink("a", &json!({ "ca_file": "/nowhere/ca.pem" }))] });
    let problems = check(&ca);
    assert_eq!(problems[0].path, "uplinks[0].ca_file");
    assert_eq!(problems[0].message, "cannot read /nowhere/ca.pem: it does not exist");
    let loopback = json!({ "uplinks": [{ "id": "a", "endpoint": "ws://127.0.0.1:3020/agent" }] });
    assert_eq!(check(&loopback), []);
}

#[test]
fn a_draft_of_a_source_is_what_would_be_saved_or_what_is_wrong_with_it() {
    let configuration = without_file(&[], json!({}), &SourceKind::ALL);
    let pool = json!({ "kind": "gss", "address": "https://h", "coins": ["DGB", " ", "DGB", "BTC"], "tags": ["attic"],
        "stratum_ports": { "DGB": [3333] } });
    let (_, draft) = configuration.draft(pool).unwrap();
    assert_eq!((draft.kind, draft.address.to_string().as_str()), (SourceKind::Gss, "https://h"));
    assert_eq!(
        (&draft.service.coins[..], &draft.tags[..]),
        (&["DGB".to_owned(), "BTC".into()][..], &["attic".to_owned()][..])
    );
    let seconds = (draft.schedule.interval().as_secs(), draft.schedule.timeout().as_secs());
    assert_eq!(seconds, (60, 15), "as built in for its kind");
    assert_eq!(draft.service.stratum_ports, std::collections::BTreeMap::from([("DGB".to_owned(), vec![3333])]));
    let user = |name: &str| {
        let miner = json!({ "kind": "antminer", "address": "h", "credentials": { "username": name, "password": "x" } });
        configuration.draft(miner).unwrap().1.credentials.unwrap().username
    };
    assert_eq!((user("root").as_deref(), user("")), (Some("root"), None));
    let wrong = configuration.draft(json!({ "kind": "axeos", "address": "a b", "tags": [1] })).unwrap_err();
    assert_eq!(wrong.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), ["tags[0]", "address"]);
    assert_eq!(configuration.draft(json!(5)).unwrap_err(), [Problem::error("", "must be an object, not a number")]);
}

#[test]
fn a_draft_of_an_uplink_needs_no_id() {
    let configuration = without_file(&[], json!({}), &SourceKind::ALL);
    let (_, draft) = configuration.draft_uplink(json!({ "endpoint": "wss://h" })).unwrap();
    assert_eq!((draft.id.as_str(), draft.endpoint.host()), ("not-saved", "h"));
    assert_eq!(draft.token_file, None);
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    fs::write(&token, "hunter2").unwrap();
    let (_, draft) = configuration.draft_uplink(json!({ "endpoint": "wss://h", "token": { "file": token } })).unwrap();
    assert_eq!(draft.token_file, Some(token), "it is read again later");
    let wrong = configuration.draft_uplink(json!({ "endpoint": "ftp://h" })).unwrap_err();
    assert_eq!(wrong, [Problem::error("endpoint", "must begin with `wss://` or `https://`")]);
}

#[test]
fn what_is_set_outside_is_told_and_a_secret_is_one_value_however_it_is_written() {
    let reference = json!({ "server": { "password_hash": { "env": "REAL" } } });
    let env =
        [("GSSA_POLLING__INTERVAL_SECS", "5"), ("REAL", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g")];
    let configuration = without_file(&env, reference, &SourceKind::ALL);
    let loaded = configuration.current();
    assert_eq!(loaded.locked, ["polling.interval_secs", "server.password_hash"]);
    assert!(matches!(loaded.config.server.password, Password::Hash(_)) && !loaded.has_errors());
    let told = configuration.overrides();
    assert_eq!(told.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), loaded.locked);
    assert_eq!(told[0].value, 5);

    // Digits are a text where a secret is wanted.
    let digits = without_file(&[("GSSA_SERVER__PASSWORD_HASH", "12345")], json!({}), &SourceKind::ALL).current();
    assert!(digits.has_errors() && digits.problems[0].message.starts_with("is not an Argon2 hash"), "{digits:?}");
}
