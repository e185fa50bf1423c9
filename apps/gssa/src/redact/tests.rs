use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn redacted(text: &str) -> String {
    Redactor::default().text(text)
}

/// A wallet of our own making, in the form of each coin.
const WALLETS: [&str; 8] = [
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "dgb1q3x5h2v8k7m9n4p6r0s2t4w6y8z0c3d5f7gjkl2",
    "1FzQ9sNpYt7WgVvE6ZKqXr3hDmuB5cAj8L",
    "DTxv8Hq2mWcPz5NfRk7uJa9yYbE3gLsVtK",
    "bitcoincash:qz7xc0vl85nck65ffrsx5wvewjznp9lflgktxc5878",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "kaspa:qqkqkzjvr7zwxxmjxjkmxxdwju9kjs6e9u82uh59z07vgaks6gg62v8707g73",
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
];

#[test]
fn what_is_not_to_be_shown_is_replaced_and_nothing_else() {
    let wallet = WALLETS[0];
    for (text, expected) in [
        // AxeOS.
        (
            r#"{"ssid":"Home 5G","wifiPass":"hunter22","wifiStatus":"Connected!"}"#,
            r#"{"ssid":"wifi-1","wifiPass":"redacted","wifiStatus":"Connected!"}"#,
        ),
        (
            r#"{"hostname":"garage","macAddr":"D8:3B:DA:01:02:03"}"#,
            r#"{"hostname":"host-1.example","macAddr":"D8:3B:DA:00:00:01"}"#,
        ),
        (
            r#"{ "stratumURL" : "pool.some.org", "stratumPort" : 3333 }"#,
            r#"{ "stratumURL" : "host-1.example", "stratumPort" : 3333 }"#,
        ),
        (
            r#"{"stratumURL":"192.168.1.5","fallbackStratumURL":"umbrel"}"#,
            r#"{"stratumURL":"192.168.1.5","fallbackStratumURL":"host-1.example"}"#,
        ),
        (
            r#"{"version":"2.6.0.39","ip":"81.2.69.160","gw":"192.168.1.1"}"#,
            r#"{"version":"2.6.0.39","ip":"192.0.2.1","gw":"192.168.1.1"}"#,
        ),
        (
            r#"{"stratumPassword":"x","otp":false,"token":null,"apiKey":""}"#,
            r#"{"stratumPassword":"redacted","otp":false,"token":null,"apiKey":""}"#,
        ),
        // Text in text, escapes, other forms of blanks.
        (
            "{\n\t\"lastError\":\t\"no route to pool.some.org: gave up\"\n}",
            "{\n\t\"lastError\":\t\"no route to host-1.example: gave up\"\n}",
        ),
        (
            r#"{"url":"stratum+tcp:\/\/pool.some.org:3333","a":"\u00e9\/"}"#,
            r#"{"url":"stratum+tcp:\/\/host-1.example:3333","a":"\u00e9\/"}"#,
        ),
        (r#"{"w\u0069fiPass":"hunter22"}"#, r#"{"w\u0069fiPass":"redacted"}"#),
        (
            r#"{"Miner":"49.0.1.3","URL":"DevFee","User":"DevFee","user":"my_farm.a_1","cookieMaxAge":60}"#,
            r#"{"Miner":"49.0.1.3","URL":"DevFee","User":"DevFee","user":"account-1.a_1","cookieMaxAge":60}"#,
        ),
        (
            r#"{"coins":[{"name":"Digi","workers":[{"name":"alice.a","x":{"name":"b"}}],"address":"nas","name":"c.d"}]}"#,
            r#"{"coins":[{"name":"Digi","workers":[{"name":"account-1.a","x":{"name":"b"}}],"address":"host-1.example","name":"c.d"}]}"#,
        ),
        // Lists and objects below a secret key.
        (
            r#"{"tokens":["a"],"api_keys":["b",3],"password":{"a":["b",{"c":"d"}],"e":7},"f":7}"#,
            r#"{"tokens":["a"],"api_keys":["b",3],"password":{"a":["redacted",{"c":"redacted"}],"e":0},"f":7}"#,
        ),
        (
            r#"{"serial":["A1","A2","A1"],"sn":12345,"n":12345}"#,
            r#"{"serial":["serial-1","serial-2","serial-1"],"sn":0,"n":12345}"#,
        ),
        // Canaan, in a string of JSON.
        (
            "{\"MM ID0\":\"Ver[nano3s-1] DNA[020100ab12] SSID[Home] PS[0 1 2] LEDUser[0-1]\"}\0",
            "{\"MM ID0\":\"Ver[nano3s-1] DNA[0000000001] SSID[wifi-1] PS[0 1 2] LEDUser[0-1]\"}\0",
        ),
        (r#"{"MAC":"b4a2eb31ff5c","PROD":"Avalon Q"}"#, r#"{"MAC":"b4a2eb000001","PROD":"Avalon Q"}"#),
        // The text form of the cgminer API, and its broken JSON.
        (
            "STATUS=S|POOL=0,URL=stratum+tcp://pool.some.org:3333,User=alice.rig1,Pass=x y,Status=Alive|\0",
            "STATUS=S|POOL=0,URL=stratum+tcp://host-1.example:3333,User=account-1.rig1,Pass=redacted,Status=Alive|\0",
        ),
        (
            "{\"POOLS\":[{\"User\":\"alice.rig1\",\"Password\":\"a\"b\"}{\"User\":\"alice.rig2\",\"SN\":\"X1\",}]}\0",
            "{\"POOLS\":[{\"User\":\"account-1.rig1\",\"Password\":\"redacted\"}{\"User\":\"account-1.rig2\",\"SN\":\"serial-1\",}]}\0",
        ),
        // HTTP, HTML, lines.
        ("Authorization: Bearer abc12345\nX-Serial: Q77", "Authorization: redacted\nX-Serial: serial-1"),
        (
            "<a href=\"http://user:pw@192.168.1.4/\">x</a> Basic realm",
            "<a href=\"http://192.168.1.4/\">x</a> Basic realm",
        ),
        ("GET /api?token=abc&coin=DGB", "GET /api?token=redacted&coin=DGB"),
        ("rpc ENC:AbC+/= and eyJhbGciOi.eyJzdWIi.c2ln", "rpc ENC:redacted and redacted"),
        ("mail a.b@some.org, MAC:aa:bb:cc:01:02:03.", "mail account-1, MAC:aa:bb:cc:00:00:01."),
        (
            "from 2a02:1234::7 and [fe80::aabb:ccff:fe01:203]:80, not fe80::1 or ::1",
            "from 2001:db8::201 and [2001:db8::202]:80, not fe80::1 or ::1",
        ),
        (
            "8.8.8.8 10.1.2.3 100.64.0.1 172.16.0.9 127.0.0.1 255.255.255.0 1.2.3 v2.6.0.39",
            "192.0.2.1 10.1.2.3 100.64.0.1 172.16.0.9 127.0.0.1 255.255.255.0 1.2.3 v2.6.0.39",
        ),
        ("", ""),
    ] {
        assert_eq!(redacted(text), expected, "{text}");
    }
    let text = format!(r#"{{"stratumUser":"{wallet}.rig1","worker":"{wallet}","{wallet}.rig1":{{"user":"worker"}}}}"#);
    assert_eq!(
        redacted(&text),
        r#"{"stratumUser":"wallet-1.rig1","worker":"wallet-1","wallet-1.rig1":{"user":"worker"}}"#
    );
}

#[test]
fn wallets_of_every_form_are_found_and_what_only_looks_like_one_is_not() {
    for wallet in WALLETS {
        for text in [format!("{{\"a\":\"{wallet}.rig\"}}"), format!("User={wallet}_rig|"), format!("x {wallet}")] {
            let redacted = redacted(&text);
            assert!(redacted.contains("wallet-1") && !redacted.contains(&wallet[wallet.len() - 20..]), "{redacted}");
        }
    }
    for plain in [
        "000000000000000000022b9a9a2f1f2f6d5b5c1a8ee4b1f6a5b3c9d8e7f60123",
        "9d0c1f0a4be2d35886c0f1f6aa93e24db01c7be9",
        "NerdQAxePlusPlus",
        "v2.12.2-34-g1a2b3c4d5e6f",
        "cgminer-4.11.1",
        "AvalonNano3s",
        "20261126080910123456789012345",
    ] {
        assert_eq!(redacted(&format!("{{\"a\":\"{plain}\"}}")), format!("{{\"a\":\"{plain}\"}}"));
    }
}

#[test]
fn the_same_is_the_same_in_every_text() {
    let mut redactor = Redactor::default();
    let (wallet, other) = (WALLETS[0], WALLETS[2]);
    let of_device = redactor.text(&format!(r#"{{"stratumUser":"{wallet}.rig1","macAddr":"aa:bb:cc:01:02:03"}}"#));
    let of_pool = redactor
        .text(&format!(r#"{{"workers":[{{"name":"{other}.a"}},{{"name":"{}.rig1"}}]}}"#, wallet.to_uppercase()));
    assert_eq!(of_device, r#"{"stratumUser":"wallet-1.rig1","macAddr":"aa:bb:cc:00:00:01"}"#);
    assert_eq!(of_pool, r#"{"workers":[{"name":"wallet-2.a"},{"name":"wallet-1.rig1"}]}"#);
    assert_eq!(redactor.text("AABBCC010203 AA-BB-CC-01-02-03"), "AABBCC010203 AA-BB-CC-00-00-01");
    let counts = redactor.take_counts();
    assert_eq!((counts[&What::Wallet], counts[&What::Mac], counts.len()), (3, 2, 2));
    assert!(redactor.take_counts().is_empty());
}

#[test]
fn what_a_key_gave_away_is_found_without_it() {
    let mut redactor = Redactor::default();
    redactor.learn(What::Secret, "corr3ct horse");
    redactor
        .text(r#"{"ssid":"Garage-24","wifiPass":"hunter22","psk":"password","serial":"123456","user":"alice77.a"}"#);
    let text = r#"{"log":"joined Garage-24 with hunter22 (corr3ct horse); Garage-245 has no password 123456","name":"alice77.a"}"#;
    let expected =
        r#"{"log":"joined wifi-1 with redacted (redacted); Garage-245 has no password 123456","name":"account-1.a"}"#;
    assert_eq!(redactor.text(text), expected, "words and figures are not looked for");
}

#[test]
fn bytes_that_are_no_text_stay_as_they_are() {
    let bytes =
        b"{\"User\":\"alice\xff.rig\",\"Log\":\"\xff\",\"Pass\":\"hunter\xfe\",\"MAC\":\"aa:bb:cc:01:02:03\"}\0";
    let redacted = Redactor::default().bytes(bytes);
    assert_eq!(
        redacted,
        b"{\"User\":\"account-1.rig\",\"Log\":\"\xff\",\"Pass\":\"redacted\",\"MAC\":\"aa:bb:cc:00:00:01\"}\0"
    );
}

/// Any JSON, with keys and texts that mean something among them.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(WALLETS[0].to_owned() + ".rig"),
        Just("http://a:b@pool.some.org:80/?token=x".to_owned()),
        Just("DNA[12] \"Pass\":\"a\\\"b\", aa:bb:cc:01:02:03".to_owned()),
        any::<String>(),
    ];
    let key =
        prop_oneof![Just("password"), Just("ssid"), Just("user"), Just("url"), Just("serial"), Just("mac"), Just("x")];
    let key = prop_oneof![key.prop_map(str::to_owned), any::<String>()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The kinds of values and how they are nested.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "n".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(_) => "0".into(),
        Value::String(_) => "s".into(),
        Value::Array(items) => format!("[{}]", items.iter().map(shape).collect::<Vec<_>>().join(",")),
        Value::Object(members) => format!("{{{}}}", members.values().map(shape).collect::<Vec<_>>().join(",")),
    }
}

proptest! {
    #[test]
    fn json_stays_json_of_the_same_shape(value in any_json()) {
        for text in [value.to_string(), format!("{value:#}")] {
            let redacted = redacted(&text);
            let read: Value = serde_json::from_str(&redacted).unwrap_or_else(|error| panic!("{error}: {redacted}"));
            prop_assert_eq!(shape(&read), shape(&value));
            prop_assert!(!redacted.contains(WALLETS[0]) && !redacted.contains("pool.some.org"), "{}", redacted);
        }
    }

    #[test]
    fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,300}") {
        Redactor::default().bytes(&bytes);
        Redactor::default().text(&text);
    }

    #[test]
    fn pieces_of_replies_in_any_order_are_taken(pieces in proptest::collection::vec(
        proptest::sample::select(vec!["\"Pass\"", ":", "\"", "=", "[", "]", "User", ",", "|", "a.b", "\\", "{", "}", " ", "\n", "MAC", "://", "@", "γ"]), 0..40)) {
        redacted(&pieces.concat());
    }
}
