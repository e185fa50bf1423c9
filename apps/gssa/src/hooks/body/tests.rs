use super::*;

const NOW: i64 = 1_795_276_077_325;

fn now() -> Timestamp {
    Timestamp::from_unix_ms(NOW)
}

fn read(body: &str) -> HookEvent {
    parse("garage", body.as_bytes(), now()).unwrap()
}

/// Every event that is known of GSS: its name, ours, and how much it matters.
const OF_GSS: &str = "block_found info, block_matured info, block_orphaned warning, payment_pending info, payment_complete info, \
    payment_failed warning, node_offline critical, node_online info, node_failover warning, node_failback info, miner_connect info, \
    miner_disconnect warning, best_share info, notable_share info, rejected_shares warning, network_difficulty_below info, \
    network_difficulty_above info, network_difficulty_recovered info, startup info, shutdown warning, cleanup info";

/// The same of GSSM.
const OF_GSSM: &str = "miner_offline critical, miner_online info, miner_failover warning, miner_zero_hashrate critical, \
    miner_temp_high critical, miner_temp_normal info, miner_fan_emergency critical, miner_fan_emergency_off info, pool_offline critical, \
    pool_online info, node_offline critical, node_online info, system_startup info, system_shutdown warning, test info";

fn severity_word(event: &HookEvent) -> String {
    serde_json::to_value(event.severity).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn every_event_of_gss_is_read() {
    for line in OF_GSS.split(", ") {
        let (sent, severity) = line.trim().split_once(' ').unwrap();
        let event = read(&format!(
            r#"{{"type":"{sent}","subject":"A subject","message":"about {sent}","timestamp":"2026-11-20T08:09:10Z"}}"#
        ));
        assert_eq!(
            (event.product, event.event.as_str(), severity_word(&event).as_str(), event.title.as_str()),
            (Some(Product::Gss), sent, severity, "A subject")
        );
        assert_eq!(event.detail, Some(format!("about {sent}")));
        assert_eq!((event.at.to_string().as_str(), event.entity), ("2026-11-20T08:09:10.000Z", None));
    }
}

#[test]
fn every_event_of_gssm_is_read() {
    for line in OF_GSSM.split(", ") {
        let (sent, severity) = line.trim().split_once(' ').unwrap();
        let event = read(&format!(
            r#"{{"event_type":"{sent}","entity":"Shed Gamma","message":"it is so","category":"miner","details":{{"a":1}},
                "timestamp":"2026-11-20T09:09:10+01:00"}}"#
        ));
        let ours = sent.strip_prefix("system_").unwrap_or(sent);
        assert_eq!(
            (event.product, event.event.as_str(), severity_word(&event).as_str()),
            (Some(Product::Gssm), ours, severity)
        );
        assert_eq!((event.entity.as_deref(), event.detail.as_deref()), (Some("Shed Gamma"), Some("it is so")));
        assert_eq!(
            (event.title.as_str(), event.at.to_string().as_str()),
            (words::known(sent).unwrap().title, "2026-11-20T08:09:10.000Z")
        );
    }
}

#[test]
fn the_word_of_the_sender_for_how_much_it_matters_counts() {
    for (sent, severity) in [
        (r#""CRITICAL""#, Severity::Critical),
        (r#"" warn ""#, Severity::Warning),
        (r#""info""#, Severity::Info),
        (r#""purple""#, Severity::Critical),
        ("7", Severity::Critical),
    ] {
        let event = read(&format!(r#"{{"event_type":"miner_offline","severity":{sent}}}"#));
        assert_eq!(event.severity, severity, "{sent}");
    }
}

#[test]
fn test_buttons_are_tests() {
    let gss = read(
        r#"{"subject":"Test Notification","message":"hello","type":"startup","timestamp":"2026-11-20T08:09:10Z"}"#,
    );
    let prefixed = read(r#"{"subject":"[garage]\nTest Notification","message":"[garage]\nhello","type":"startup"}"#);
    let gssm = read(r#"{"event_type":"test","message":"hello","timestamp":"2026-11-20T08:09:10Z"}"#);
    for event in [&gss, &prefixed, &gssm] {
        assert_eq!(
            (event.event.as_str(), event.severity, event.detail.as_deref()),
            ("test", Severity::Info, Some("hello"))
        );
    }
    let start = read(r#"{"subject":"GoSlimStratum Started","message":"","type":"startup"}"#);
    assert_eq!((start.event.as_str(), start.detail), ("startup", None));
}

#[test]
fn a_prefix_before_the_subject_is_not_the_subject() {
    let event = read(
        r#"{"type":"block_found","subject":"[Pool A]\r\nBlock Found!","message":"[Pool A]\nDGB block 9\n\nReward 272"}"#,
    );
    assert_eq!((event.title.as_str(), event.detail.as_deref()), ("Block Found!", Some("DGB block 9; Reward 272")));
    assert_eq!(event.text(), "garage: Block Found!: DGB block 9; Reward 272");
}

#[test]
fn what_is_missing_or_of_another_type_costs_only_itself() {
    for (body, event, title) in [
        (r#"{"type":"block_found"}"#, "block_found", "Block found"),
        (r#"{"type":"Pool-Stopped","subject":"","message":null}"#, "pool_stopped", "pool stopped"),
        (r#"{"type":"","subject":"Something"}"#, words::UNNAMED, "Something"),
        (r#"{"type":["x"],"subject":{"a":1},"message":7,"timestamp":0}"#, words::UNNAMED, "unknown"),
        (r#"{"content":"of another service"}"#, words::UNNAMED, "unknown"),
        ("{}", words::UNNAMED, "unknown"),
        ("\u{feff}{\"event_type\":\"miner_online\"}", "miner_online", "Miner online"),
    ] {
        let read = read(body);
        assert_eq!((read.event.as_str(), read.title.as_str(), read.at), (event, title, now()), "{body}");
    }
    let both = read(r#"{"event_type":"miner_online","type":"block_found"}"#);
    assert_eq!((both.product, both.event.as_str()), (Some(Product::Gssm), "miner_online"));
    assert_eq!(read(r#"{"content":"x"}"#).product, None);
}

#[test]
fn a_time_that_is_none_is_now() {
    for time in ["", "yesterday", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-13-01T00:00:00Z"] {
        assert_eq!(read(&format!(r#"{{"type":"startup","timestamp":"{time}"}}"#)).at, now(), "{time}");
    }
}

#[test]
fn hostile_text_is_cleaned_and_cut() {
    let long = "γ".repeat(60_000);
    let body = serde_json::json!({ "event_type": format!("\u{1b}]0;x\u{7}{long}"), "entity": format!("\u{202e}rig\u{0}{long}"),
        "message": format!("\u{1b}[2J{long}\n{long}\n{long}\n{long}\n{long}"), "subject": format!("\u{7}{long}"), "severity": long });
    let event = read(&body.to_string());
    let chars = |text: &str| text.chars().count();
    assert_eq!(event.event, "0x");
    assert!(event.entity.as_ref().unwrap().starts_with("rigγ"));
    assert!(
        chars(event.entity.as_deref().unwrap()) <= text::MAX_TEXT_CHARS && chars(&event.title) <= text::MAX_TEXT_CHARS
    );
    assert!(chars(event.detail.as_deref().unwrap()) <= MAX_DETAIL_LINES * (text::MAX_TEXT_CHARS + 2));
    assert!(!event.text().contains(|c: char| c.is_control()), "{}", event.text());
}

#[test]
fn what_is_no_event_says_so() {
    for (body, why) in [
        (&b""[..], BadBody::NotJson),
        (b"hello", BadBody::NotJson),
        (b"{\"type\":", BadBody::NotJson),
        (b"type=block_found&subject=x", BadBody::NotJson),
        (b"[{\"type\":\"block_found\"}]", BadBody::NotObject),
        (b"\"block_found\"", BadBody::NotObject),
        (b"null", BadBody::NotObject),
        ("[".repeat(60_000).as_bytes(), BadBody::NotJson),
    ] {
        assert_eq!(parse("a", body, now()), Err(why), "{}", String::from_utf8_lossy(&body[..body.len().min(40)]));
    }
    assert!(
        parse("a", b"{\"type\":\"block_found\",\"subject\":\"\xff\xfe\"}", now()).is_ok(),
        "what is not UTF-8 is read around"
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_an_event_or_none(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _ = parse("a", &bytes, now());
    }

    #[test]
    fn any_texts_make_an_event_fit_to_be_shown(kind in ".{0,80}", subject in "(?s).{0,300}", message in "(?s).{0,600}") {
        let event = read(&serde_json::json!({ "type": kind, "subject": subject, "message": message }).to_string());
        assert!(!event.text().contains(|c: char| c.is_control()));
        assert!(!event.title.is_empty() && !event.event.is_empty());
        assert!(event.event.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
    }
}
