//! What webhooks of others say: the images that they tell of, read from the bodies that each provider documents.

use super::Source;
use crate::builds::{AnnounceForm, Statement};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The most images that one webhook may tell of.
const MOST: usize = 50;

/// An image that a webhook tells of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announced {
    /// The bucket that it is to enter, where one is named.
    pub bucket: String,
    pub build: AnnounceForm,
}

/// What a body says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Builds(Vec<Announced>),
    /// Something else, and what.
    Nothing(String),
}

/// A body that is not what its source sends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The body cannot be read as one of {of}: {what}.")]
pub struct Unreadable {
    of: Source,
    what: String,
}

/// Reads a body. `event` is the kind of event that a header names, where the source has one.
pub fn read(source: Source, event: &str, body: &[u8]) -> Result<Said, Unreadable> {
    let unreadable = |what: String| Unreadable { of: source, what };
    let value: Value =
        serde_json::from_slice(body).map_err(|error| unreadable(format!("it is no JSON, {error}")))?;
    let said = match source {
        Source::Standard => standard(&value),
        Source::Github => github(event, &value),
        Source::Distribution => distribution(&value),
        Source::Harbor => harbor(&value),
    };
    match said.map_err(unreadable)? {
        Said::Builds(builds) if builds.is_empty() => {
            Ok(Said::Nothing("It tells of no image that was pushed.".into()))
        }
        Said::Builds(builds) if builds.len() > MOST => {
            Err(unreadable(format!("it tells of more than {MOST} images")))
        }
        said => Ok(said),
    }
}

/// A build in our own form, as `POST …/builds` takes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Build {
    digest: String,
    tag: String,
    bucket: String,
    origin: Origin,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Origin {
    commit: String,
    committed_at: String,
    repository: String,
    git_ref: String,
    version: String,
    message: String,
    author: String,
    actor: String,
    event: String,
    ci: String,
    run: String,
    run_link: String,
    metadata: BTreeMap<String, String>,
}

fn standard(value: &Value) -> Result<Said, String> {
    if value.get("specversion").is_some() {
        return cloud_event(value);
    }
    match value.get("type").and_then(Value::as_str) {
        Some("build") => {}
        Some(other) => {
            return Ok(Said::Nothing(format!("It is of the type “{other}”; builds have the type “build”.")));
        }
        None => return Err("it has no text “type”".to_owned()),
    }
    let data = value.get("data").unwrap_or(&Value::Null);
    let Build { digest, tag, bucket, origin } =
        Build::deserialize(data).map_err(|error| format!("“data” is no build, {error}"))?;
    let Origin {
        commit,
        committed_at,
        repository,
        git_ref,
        version,
        message,
        author,
        actor,
        event,
        ci,
        run,
        run_link,
        metadata,
    } = origin;
    let statement = Statement {
        commit,
        committed_at,
        repository,
        git_ref,
        version,
        message,
        author,
        actor,
        event,
        ci,
        run,
        run_link,
        metadata,
    };
    Ok(Said::Builds(vec![Announced { bucket, build: AnnounceForm { digest, tag, statement } }]))
}

/// `artifact.published` and `artifact.packaged` of `CDEvents`, whose subject is a package URL.
fn cloud_event(value: &Value) -> Result<Said, String> {
    let kind = text(value, "/type").ok_or("it has no text “type”")?;
    let artifact = ["dev.cdevents.artifact.published.", "dev.cdevents.artifact.packaged."];
    if !artifact.iter().any(|known| kind.starts_with(known)) {
        return Ok(Said::Nothing(format!("It is of the type “{kind}”, which tells of no image.")));
    }
    let purl = text(value, "/data/subject/id").ok_or("its subject has no id")?;
    let (digest, tag) =
        read_purl(&purl).ok_or_else(|| format!("“{purl}” is no package URL of the type oci"))?;
    Ok(Said::Builds(vec![image(digest, tag)]))
}

/// The digest and the tag of `pkg:oci/NAME@DIGEST?tag=TAG`.
fn read_purl(purl: &str) -> Option<(String, String)> {
    let rest = purl.strip_prefix("pkg:oci/")?;
    let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (_, digest) = name.split_once('@')?;
    let tag = query.split('&').find_map(|pair| pair.strip_prefix("tag=")).unwrap_or_default();
    let colon = digest.replace("%3A", ":").replace("%3a", ":");
    Some((colon, tag.to_owned()))
}

/// `registry_package` and `package` of GitHub (docs.github.com, “Webhook events and payloads”): one for each manifest of
/// an image for several platforms, of which those without a tag are none of ours.
fn github(event: &str, value: &Value) -> Result<Said, String> {
    let package = match event {
        "ping" => return Ok(Said::Nothing("GitHub tries the address.".to_owned())),
        "registry_package" => "registry_package",
        "package" => "package",
        "" => return Err("the header X-GitHub-Event is missing".to_owned()),
        other => {
            return Ok(Said::Nothing(format!(
                "It is the event “{other}”; “registry_package” tells of images."
            )));
        }
    };
    let action = text(value, "/action").unwrap_or_default();
    if !matches!(action.as_str(), "published" | "updated") {
        return Ok(Said::Nothing(format!("It tells that a package was {action}.")));
    }
    let kind = text(value, &format!("/{package}/package_type")).unwrap_or_default();
    if !kind.eq_ignore_ascii_case("container") && !kind.eq_ignore_ascii_case("docker") {
        return Ok(Said::Nothing(format!("It is a package of the type “{kind}”, and no container.")));
    }
    let version = value.pointer(&format!("/{package}/package_version")).ok_or("it has no package_version")?;
    let tag = text(version, "/container_metadata/tag/name").unwrap_or_default();
    if tag.is_empty() {
        return Ok(Said::Nothing(
            "It is a manifest without a tag, as those of single platforms are.".to_owned(),
        ));
    }
    let digest = text(version, "/container_metadata/tag/digest").or_else(|| text(version, "/version"));
    let mut told = image(digest.ok_or("it names no digest")?, tag);
    let statement = &mut told.build.statement;
    statement.commit = text(version, "/target_oid").unwrap_or_default();
    statement.repository = text(value, "/repository/html_url").unwrap_or_default();
    statement.actor = text(value, "/sender/login").unwrap_or_default();
    "github".clone_into(&mut statement.ci);
    Ok(Said::Builds(vec![told]))
}

/// The envelope of the distribution registry (distribution.github.io, “Work with notifications”). Layers are told of, too,
/// and manifests that are pushed by digest, which have no tag.
fn distribution(value: &Value) -> Result<Said, String> {
    let events = value.get("events").and_then(Value::as_array).ok_or("it has no list “events”")?;
    let manifest = |event: &&Value| {
        let kind = text(event, "/target/mediaType").unwrap_or_default();
        let image = ["manifest", "image.index"].iter().any(|word| kind.contains(word));
        text(event, "/action").as_deref() == Some("push") && image
    };
    let builds = events.iter().filter(manifest).filter_map(|event| {
        let mut told = image(text(event, "/target/digest")?, text(event, "/target/tag")?);
        told.build.statement.actor = text(event, "/actor/name").unwrap_or_default();
        Some(told)
    });
    Ok(Said::Builds(builds.collect()))
}

/// `PUSH_ARTIFACT` of Harbor (goharbor.io, “Configure Webhook Notifications”). By a push of a digest the tag is that
/// digest, or missing.
fn harbor(value: &Value) -> Result<Said, String> {
    let kind = text(value, "/type").ok_or("it has no text “type”")?;
    if kind != "PUSH_ARTIFACT" {
        return Ok(Said::Nothing(format!("It is of the type “{kind}”; “PUSH_ARTIFACT” tells of images.")));
    }
    let resources = value.pointer("/event_data/resources").and_then(Value::as_array);
    let resources = resources.ok_or("it has no list “event_data.resources”")?;
    let operator = text(value, "/operator").unwrap_or_default();
    let builds = resources.iter().filter_map(|resource| {
        let (digest, tag) = (text(resource, "/digest")?, text(resource, "/tag")?);
        let mut told = image(digest.clone(), tag.clone());
        told.build.statement.actor.clone_from(&operator);
        (tag != digest).then_some(told)
    });
    Ok(Said::Builds(builds.collect()))
}

fn image(digest: String, tag: String) -> Announced {
    let statement = Statement::default();
    Announced { bucket: String::new(), build: AnnounceForm { digest, tag, statement } }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const DIGEST: &str = "sha256:0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427";

    fn said(source: Source, event: &str, body: &Value) -> Result<Said, Unreadable> {
        read(source, event, body.to_string().as_bytes())
    }

    /// The tags of the images that a body tells of, each of the same digest.
    fn tags(source: Source, event: &str, body: &Value) -> Vec<String> {
        match said(source, event, body).unwrap() {
            Said::Builds(builds) => {
                assert!(builds.iter().all(|told| told.build.digest == DIGEST), "{builds:?}");
                builds.into_iter().map(|told| told.build.tag).collect()
            }
            Said::Nothing(_) => Vec::new(),
        }
    }

    #[test]
    fn a_build_says_as_much_as_one_that_is_announced() {
        let origin = json!({"commit": "0a1b2c", "git_ref": "refs/heads/main", "metadata": {"team": "pay"}});
        let data = json!({"digest": DIGEST, "tag": "1.4.2", "bucket": "qa", "origin": origin});
        let Said::Builds(builds) =
            said(Source::Standard, "", &json!({"type": "build", "data": data})).unwrap()
        else {
            panic!("it is a build");
        };
        assert_eq!((builds[0].bucket.as_str(), builds[0].build.tag.as_str()), ("qa", "1.4.2"));
        assert_eq!(builds[0].build.statement.git_ref, "refs/heads/main");
        assert_eq!(builds[0].build.statement.metadata["team"], "pay");
        let wrong =
            said(Source::Standard, "", &json!({"type": "build", "data": {"image": "x"}})).unwrap_err();
        assert!(wrong.to_string().contains("unknown field `image`"), "{wrong}");
    }

    #[test]
    fn an_artifact_of_cdevents_is_read_by_its_package_url() {
        let purl = format!("pkg:oci/checkout@{}?repository_url=r&tag=1.4.2", DIGEST.replace(':', "%3A"));
        let event =
            |kind: &str| json!({"specversion": "1.0", "type": kind, "data": {"subject": {"id": purl}}});
        assert_eq!(tags(Source::Standard, "", &event("dev.cdevents.artifact.published.0.2.0")), ["1.4.2"]);
        assert!(tags(Source::Standard, "", &event("dev.cdevents.artifact.deleted.0.1.0")).is_empty());
    }

    #[test]
    fn github_tells_of_each_manifest_and_only_those_with_a_tag_count() {
        let body = |tag: &str, action: &str, kind: &str| {
            let metadata = json!({"tag": {"name": tag, "digest": DIGEST}});
            let version = json!({"version": DIGEST, "target_oid": "0a1b2c", "container_metadata": metadata});
            json!({"action": action, "registry_package": {"package_type": kind, "package_version": version}})
        };
        assert_eq!(
            tags(Source::Github, "registry_package", &body("main", "published", "CONTAINER")),
            ["main"]
        );
        assert!(tags(Source::Github, "registry_package", &body("", "published", "CONTAINER")).is_empty());
        assert!(tags(Source::Github, "registry_package", &body("main", "published", "npm")).is_empty());
        assert!(tags(Source::Github, "registry_package", &body("main", "deleted", "CONTAINER")).is_empty());
        assert!(tags(Source::Github, "ping", &json!({"zen": "Keep it simple."})).is_empty());
        said(Source::Github, "", &json!({})).unwrap_err();
    }

    #[test]
    fn the_distribution_registry_tells_of_layers_too() {
        let event = |kind: &str, tag: Option<&str>, action: &str| {
            json!({"action": action, "actor": {"name": "ci"},
                   "target": {"mediaType": kind, "digest": DIGEST, "tag": tag}})
        };
        let events = json!({"events": [
            event("application/vnd.oci.image.manifest.v1+json", Some("1.4.2"), "push"),
            event("application/vnd.oci.image.index.v1+json", Some("1.4"), "push"),
            event("application/vnd.docker.image.rootfs.diff.tar.gzip", Some("layer"), "push"),
            event("application/vnd.oci.image.manifest.v1+json", None, "push"),
            event("application/vnd.oci.image.manifest.v1+json", Some("pulled"), "pull"),
        ]});
        assert_eq!(tags(Source::Distribution, "", &events), ["1.4.2", "1.4"]);
        let many = vec![event("application/vnd.oci.image.manifest.v1+json", Some("x"), "push"); MOST + 1];
        said(Source::Distribution, "", &json!({"events": many})).unwrap_err();
    }

    #[test]
    fn harbor_repeats_the_digest_where_there_is_no_tag() {
        let body = |kind: &str| {
            let resources = json!([{"digest": DIGEST, "tag": "1.4.2"}, {"digest": DIGEST, "tag": DIGEST}]);
            json!({"type": kind, "operator": "ana", "event_data": {"resources": resources}})
        };
        assert_eq!(tags(Source::Harbor, "", &body("PUSH_ARTIFACT")), ["1.4.2"]);
        assert!(tags(Source::Harbor, "", &body("DELETE_ARTIFACT")).is_empty());
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(body: Vec<u8>, event in "[a-z_]{0,20}", key in "[a-z_]{1,16}", text: String) {
            for source in Source::ALL {
                let _ = read(source, &event, &body);
                for value in [json!({&key: &text}), json!({"type": &text, "events": [&text], "data": &text}), json!([text])] {
                    let _ = read(source, "registry_package", value.to_string().as_bytes());
                }
            }
        }
    }
}
