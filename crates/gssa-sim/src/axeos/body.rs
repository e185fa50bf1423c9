//! The documents that a device serves, one function per shape.

mod asic;
mod bitaxe;
mod bitforge;
mod difficulty;
mod nerd;
mod nmaxe;
mod statistics;

use super::profile::{Profile, Shape};
use super::{Behaviour, DeviceSpec, Figures};
use crate::chance::share;
use crate::json::Json;

pub use asic::asic_body;
pub use nmaxe::probe_body;
pub use statistics::statistics_body;

/// Address and port of the second pool.
const FALLBACK_POOL: (&str, u32) = ("solo.ckpool.org", 3333);
/// Address and port of the first pool of those who are told none.
const POOLS: [(&str, u32); 3] = [("public-pool.io", 21496), ("eusolo.ckpool.org", 3333), ("pool.home.arpa", 2018)];

fn fallback_pool() -> (String, u32) {
    (FALLBACK_POOL.0.to_owned(), FALLBACK_POOL.1)
}

/// Keys whose text may be any bytes in a real device.
const FREE_TEXT_KEYS: [&str; 4] = ["ssid", "hostname", "hostName", "wifiSSID"];
/// No UTF-8: a lone continuation byte, a cut sequence, a byte that never occurs.
const NOT_UTF8: &[u8] = b"caf\xe9 \x80 \xe2\x82 \xff";

/// Makes the status document, `/api/system/info`.
pub fn info_body(spec: &DeviceSpec, behaviour: Behaviour, figures: &Figures) -> Json {
    let subject = Subject { spec, profile: spec.model.profile(), behaviour, figures };
    let body = match subject.profile.shape {
        Shape::Bitaxe(release) | Shape::Tch(release) => bitaxe::info(&subject, release),
        Shape::Nerd(release) | Shape::NerdDual(release) => nerd::info(&subject, release),
        Shape::NmFlat => nmaxe::flat(&subject),
        Shape::NmRenamed => nmaxe::renamed(&subject),
        Shape::NmNested => nmaxe::nested(&subject),
        Shape::BitForge(release) => bitforge::info(&subject, release),
    };
    match behaviour {
        Behaviour::NullFloats => without_floats(body),
        Behaviour::BadUtf8 => with_raw_text(body),
        _ => body,
    }
}

fn without_floats(value: Json) -> Json {
    match value {
        Json::Float(_) => Json::Null,
        Json::List(items) => Json::List(items.into_iter().map(without_floats).collect()),
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(key, value)| (key, without_floats(value))).collect())
        }
        other => other,
    }
}

fn with_raw_text(value: Json) -> Json {
    let Json::Object(members) = value else { return value };
    let spoiled = members.into_iter().map(|(key, value)| {
        let raw = FREE_TEXT_KEYS.contains(&key.as_ref()) && matches!(value, Json::Text(_));
        (key, if raw { Json::Raw(NOT_UTF8.to_vec()) } else { with_raw_text(value) })
    });
    Json::Object(spoiled.collect())
}

/// What a document is written about.
#[derive(Debug, Clone, Copy)]
struct Subject<'a> {
    spec: &'a DeviceSpec,
    profile: &'static Profile,
    behaviour: Behaviour,
    figures: &'a Figures,
}

impl Subject<'_> {
    /// Address and port of the first pool.
    fn pool(&self) -> (String, u32) {
        if let Some(pool) = &self.spec.pool {
            return (pool.host.clone(), pool.port.into());
        }
        let (host, port) = POOLS[(share(self.spec.chance_seed(), 71) * 3.0) as usize];
        (host.to_owned(), port)
    }

    /// Address and port of the pool in use.
    fn pool_in_use(&self) -> (String, u32) {
        if self.on_fallback() { fallback_pool() } else { self.pool() }
    }

    fn pool_user(&self) -> String {
        self.spec.worker()
    }

    fn on_fallback(&self) -> bool {
        self.behaviour == Behaviour::OnFallback
    }

    fn connected(&self) -> bool {
        self.behaviour != Behaviour::NoPool
    }

    fn hashes(&self) -> bool {
        self.behaviour.hashes()
    }
}

/// 0 or 1, where a firmware has no booleans.
fn flag(value: bool) -> Json {
    Json::Int(value.into())
}

/// A float as `f32` shows when it is widened.
fn widened(value: f64) -> Json {
    Json::Float(f64::from(value as f32))
}

/// A float rounded to so many decimals.
fn rounded(value: f64, decimals: i32) -> Json {
    let scale = 10_f64.powi(decimals);
    Json::Float((value * scale).round() / scale)
}
