//! From the words of the engine to ours.

use gssa_model::text::clean;
use gssa_model::{Container, ContainerHealth, ContainerState, Software, Timestamp};

use super::product;
use super::wire::{About, Details, Labels, Summary};

/// Which engine it is, and its version.
pub(crate) fn software(about: &About) -> Software {
    let names = about.components.iter().flatten().filter_map(|component| component.name.as_deref());
    let is_podman = names.into_iter().any(|name| name.contains("Podman"));
    let name = if is_podman { "Podman" } else { "Docker" };
    Software { name: Some(name.to_owned()), version: text(about.version.as_ref()), confidence: None }
}

/// One container; without `details` what the list says of it.
pub(crate) fn container(summary: &Summary, details: Option<&Details>) -> Container {
    let config = details.and_then(|details| details.config.as_ref());
    let state = details.and_then(|details| details.state.as_ref());
    let status = summary.status.as_deref().unwrap_or_default();
    let name = summary.name();
    // The list shows a number in place of an image whose tag has moved on to a newer one.
    let image = text(config.and_then(|config| config.image.as_ref()).or(summary.image.as_ref()));
    let labels = config.and_then(|config| config.labels.as_ref()).or(summary.labels.as_ref());
    let product = image.as_deref().and_then(|image| product::of(image, &name));
    let pg_version = config.and_then(|config| config.environment.pg_version.as_deref());
    let words = [summary.state.as_deref(), state.and_then(|state| state.status.as_deref())];
    let health = match state.and_then(|state| state.health.as_ref()) {
        Some(health) => health.status.as_deref().and_then(health_of),
        None => health_in(status),
    };
    Container {
        version: version(labels, pg_version.filter(|_| product == Some("postgres")), image.as_deref()),
        state: words.into_iter().flatten().find_map(state_of).unwrap_or_else(|| state_in(status)),
        health,
        started_at: state.and_then(|state| started_at(state.started_at.as_deref()?)),
        restarts: details.and_then(|details| details.restart_count),
        product: product.map(str::to_owned),
        name,
        image,
        ..Container::default()
    }
}

fn text(text: Option<&String>) -> Option<String> {
    text.and_then(|text| clean(text))
}

/// The label of the image, the version in it, or its tag.
fn version(labels: Option<&Labels>, pg_version: Option<&str>, image: Option<&str>) -> Option<String> {
    let label = labels.and_then(|labels| Some((clean(labels.version.as_deref()?)?, labels.ref_name.as_deref())));
    label
        .filter(|(version, ref_name)| !is_of_the_base(version, *ref_name))
        .map(|(version, _)| version)
        // "18.1-1.pgdg13+1": the package's own count begins at the dash.
        .or_else(|| clean(pg_version?.split('-').next()?))
        .or_else(|| clean(product::tag(image?).filter(|tag| is_version(tag))?))
}

/// Images that are built on Ubuntu's inherit its labels: `ubuntu` and `24.04`.
fn is_of_the_base(version: &str, ref_name: Option<&str>) -> bool {
    ref_name == Some("ubuntu") && version.len() == 5 && (version.ends_with(".04") || version.ends_with(".10"))
}

/// `18`, `v2.4.1` and `18-alpine`, but not `latest`.
fn is_version(tag: &str) -> bool {
    tag.strip_prefix('v').unwrap_or(tag).starts_with(|c: char| c.is_ascii_digit())
}

/// The words of Docker, and those that Podman has besides.
fn state_of(word: &str) -> Option<ContainerState> {
    Some(match word {
        "running" | "stopping" => ContainerState::Running,
        "exited" | "stopped" => ContainerState::Exited,
        "restarting" => ContainerState::Restarting,
        "paused" => ContainerState::Paused,
        "created" | "configured" | "initialized" => ContainerState::Created,
        "dead" => ContainerState::Dead,
        "removing" => ContainerState::Removing,
        _ => return None,
    })
}

/// From the line for people, which is all that engines before 1.11 have.
fn state_in(status: &str) -> ContainerState {
    match status.split(' ').next().unwrap_or_default() {
        "Up" if status.ends_with("(Paused)") => ContainerState::Paused,
        "Up" => ContainerState::Running,
        "Exited" => ContainerState::Exited,
        "Restarting" => ContainerState::Restarting,
        "Created" => ContainerState::Created,
        "Dead" => ContainerState::Dead,
        "Removal" => ContainerState::Removing,
        _ => ContainerState::Unknown,
    }
}

fn health_of(word: &str) -> Option<ContainerHealth> {
    match word {
        "healthy" => Some(ContainerHealth::Healthy),
        "unhealthy" => Some(ContainerHealth::Unhealthy),
        "starting" => Some(ContainerHealth::Starting),
        _ => None,
    }
}

/// `Up 3 hours (healthy)`, `Up 2 seconds (health: starting)`.
fn health_in(status: &str) -> Option<ContainerHealth> {
    let (_, inner) = status.strip_suffix(')')?.rsplit_once('(')?;
    health_of(inner.strip_prefix("health: ").unwrap_or(inner))
}

/// The first year stands for never.
fn started_at(text: &str) -> Option<Timestamp> {
    let time: Timestamp = text.parse().ok()?;
    (time.unix_ms() > 0).then_some(time)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn normalized(summary: Value, details: Option<Value>) -> Container {
        let details: Option<Details> = details.map(|details| serde_json::from_value(details).unwrap());
        container(&serde_json::from_value(summary).unwrap(), details.as_ref())
    }

    #[test]
    fn a_version_is_looked_for_in_label_environment_and_tag() {
        let label = |version: &str| json!({ "org.opencontainers.image.version": version });
        let ubuntu = |version: &str| json!({ "org.opencontainers.image.version": version, "org.opencontainers.image.ref.name": "ubuntu" });
        for (image, labels, environment, version) in [
            ("ghcr.io/mmfpsolutions/goslimstratum:latest", label("5.2.6"), json!(null), Some("5.2.6")),
            ("ghcr.io/mmfpsolutions/goslimstratum:latest", json!(null), json!(null), None),
            ("ghcr.io/mmfpsolutions/goslimstratum:latest", ubuntu("24.04"), json!(null), None),
            ("mariadb:latest", ubuntu("11.8.2"), json!(null), Some("11.8.2")),
            ("postgres:18", json!({}), json!(["PG_VERSION=18.1-1.pgdg13+1"]), Some("18.1")),
            ("postgres:18-alpine", json!({}), json!(["PG_VERSION=18.1"]), Some("18.1")),
            ("postgres:18", json!({}), json!([]), Some("18")),
            ("example/app:1.2", json!({}), json!(["PG_VERSION=18.1"]), Some("1.2")),
            ("example/app:v1.2@sha256:00ab", json!({}), json!([]), Some("v1.2")),
            ("registry.example:5000/app", json!({}), json!([]), None),
            ("example/app:stable", json!({}), json!([]), None),
        ] {
            let details = json!({ "Config": { "Image": image, "Labels": labels, "Env": environment } });
            let found = normalized(json!({ "Names": ["/x"] }), Some(details));
            assert_eq!(found.version.as_deref(), version, "{image} {labels} {environment}");
        }
    }

    #[test]
    fn every_state_has_its_word_or_is_unknown() {
        use ContainerState as S;
        for (state, status, wanted) in [
            (json!("running"), "", S::Running),
            (json!("exited"), "", S::Exited),
            (json!("restarting"), "", S::Restarting),
            (json!("paused"), "", S::Paused),
            (json!("created"), "", S::Created),
            (json!("dead"), "", S::Dead),
            (json!("removing"), "", S::Removing),
            (json!("stopped"), "", S::Exited),
            (json!("hibernating"), "", S::Unknown),
            (json!("hibernating"), "Up 2 days", S::Running),
            (json!(null), "Up 3 hours (Paused)", S::Paused),
            (json!(null), "Exited (137) 2 weeks ago", S::Exited),
            (json!(null), "Restarting (1) 4 seconds ago", S::Restarting),
            (json!(null), "Removal In Progress", S::Removing),
            (json!(null), "", S::Unknown),
        ] {
            let found = normalized(json!({ "Names": ["/x"], "State": state, "Status": status }), None);
            assert_eq!(found.state, wanted, "{state} {status}");
        }
    }

    #[test]
    fn health_comes_from_the_details_or_the_line_for_people() {
        use ContainerHealth as H;
        for (status, health, wanted) in [
            ("Up 3 hours (healthy)", json!(null), Some(H::Healthy)),
            ("Up 3 hours (health: starting)", json!(null), Some(H::Starting)),
            ("Up 3 hours (unhealthy)", json!({ "Status": "healthy" }), Some(H::Healthy)),
            ("Up 3 hours", json!({ "Status": "none" }), None),
            ("Up 3 hours (Paused)", json!(null), None),
            ("Exited (1) 2 hours ago", json!(null), None),
        ] {
            let details = json!({ "State": { "Health": health } });
            let found = normalized(json!({ "Names": ["/x"], "Status": status }), Some(details));
            assert_eq!(found.health, wanted, "{status} {health}");
        }
    }

    #[test]
    fn a_container_that_never_started_has_no_start() {
        let at = |text: &str| {
            let details = json!({ "State": { "StartedAt": text } });
            normalized(json!({ "Names": ["/x"] }), Some(details)).started_at.map(|time| time.to_string())
        };
        assert_eq!(at("2026-11-20T08:00:01.123456789Z").as_deref(), Some("2026-11-20T08:00:01.123Z"));
        assert_eq!((at("0001-01-01T00:00:00Z"), at(""), at("yesterday")), (None, None, None));
    }

    #[test]
    fn an_image_whose_tag_moved_on_keeps_its_name() {
        let image = "ghcr.io/mmfpsolutions/gssm:latest";
        let summary = json!({ "Names": ["/gssm"], "Image": "sha256:00abcdef" });
        let found = normalized(summary.clone(), Some(json!({ "Config": { "Image": image } })));
        assert_eq!((found.image.as_deref(), found.product.as_deref()), (Some(image), Some("gssm")));
        assert_eq!(normalized(summary, None).product, None);
    }
}
