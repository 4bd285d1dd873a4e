//! What is sent to subscribers: the event as data, in the words of each format.

use super::Format;
use crate::deployments::Outcome;
use crate::digests::Digest;
use crate::ids::EventId;
use crate::live::Notice;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::timeline::sentence::plain;
use crate::timeline::{Change, Entry, Event};
use crate::times::Time;
use serde::Serialize;
use serde_json::{Value, json};

/// The kind of a message that tells of nothing but the way to its receiver.
pub const TEST: &str = "test";

/// An event as its receivers get it, written as Standard Webhooks recommends. Members may be added; the meaning of one
/// that is there never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The kind of event, as the timeline's filter has it.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened (RFC 3339).
    pub timestamp: String,
    pub data: Told,
    #[serde(skip)]
    cd: Option<CdEvent>,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub id: EventId,
    /// Its place in the audit log; absent in a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    pub who: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    pub sentence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
    /// The page that shows more of it.
    pub url: String,
}

/// The build that an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Build {
    pub digest: Digest,
    pub tag: Tag,
}

/// The event in the vocabulary of `CDEvents` 0.4.1.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CdEvent {
    kind: &'static str,
    subject: String,
    subject_kind: &'static str,
    content: Value,
}

impl Message {
    /// An event of the log, with its sentence. `base` is where people reach this installation.
    pub fn of(event: &Event, entry: Entry, base: &str) -> Self {
        let Notice { kind, project, integration, bucket, promotion, .. } = Notice::of(entry.seq, event);
        let build =
            event.change.build().map(|build| Build { digest: build.digest.clone(), tag: build.tag.clone() });
        Self {
            kind,
            timestamp: entry.at.to_string(),
            cd: cd_event(event, base),
            data: Told {
                id: event.id,
                seq: Some(entry.seq),
                who: entry.who,
                token: entry.with,
                sentence: plain(&entry.sentence),
                reason: entry.reason,
                project,
                integration,
                bucket,
                promotion,
                build,
                url: page(event, base),
            },
        }
    }

    /// What is sent to try an address.
    pub fn test(id: EventId, at: Time, who: &str, title: &str, page: String) -> Self {
        Self {
            kind: TEST.to_owned(),
            timestamp: at.to_string(),
            cd: None,
            data: Told {
                id,
                seq: None,
                who: who.to_owned(),
                token: None,
                sentence: format!("tried the subscription “{title}”"),
                reason: None,
                project: None,
                integration: None,
                bucket: None,
                promotion: None,
                build: None,
                url: page,
            },
        }
    }

    /// The message as its receiver reads it, with its media type.
    pub fn write(&self, format: Format, base: &str) -> (&'static str, String) {
        match format {
            Format::Standard => ("application/json", json!(self).to_string()),
            Format::CloudEvents => ("application/cloudevents+json", self.cloud_event(base).to_string()),
            Format::Slack => ("application/json", self.slack().to_string()),
            Format::Teams => ("application/json", self.teams().to_string()),
        }
    }

    /// `CloudEvents` 1.0, JSON format. `CDEvents` go in it as their binding says.
    fn cloud_event(&self, base: &str) -> Value {
        let Told { id, project, integration, bucket, .. } = &self.data;
        let place = [project, integration, bucket].into_iter().flatten().map(Slug::as_str);
        let place = place.collect::<Vec<_>>().join("/");
        let source = format!("{base}/timeline");
        let (kind, subject, data) = match &self.cd {
            Some(cd) => {
                let context = json!({"version": "0.4.1", "id": id, "source": source, "type": cd.kind,
                                     "timestamp": self.timestamp});
                let subject = json!({"id": cd.subject, "source": source, "type": cd.subject_kind,
                                     "content": cd.content});
                let data = json!({"context": context, "subject": subject, "customDataContentType": "application/json",
                                  "customData": self.data});
                (cd.kind.to_owned(), cd.subject.clone(), data)
            }
            None => (format!("towpath.{}", self.kind), place, json!(self.data)),
        };
        let mut event = json!({"specversion": "1.0", "id": id, "source": source, "type": kind,
                               "time": self.timestamp, "datacontenttype": "application/json", "data": data});
        if !subject.is_empty() {
            event["subject"] = json!(subject);
        }
        event
    }

    /// The sentence as people read it, with where it happened and why.
    fn plain(&self) -> String {
        let Told { who, sentence, reason, .. } = &self.data;
        let reason = reason.as_ref().map(|reason| format!(": “{reason}”")).unwrap_or_default();
        format!("{who} {sentence}{reason}")
    }

    /// Slack's mrkdwn: three characters are its own, and nothing that somebody typed may be a link or call everyone.
    fn slack(&self) -> Value {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let Told { who, sentence, reason, url, .. } = &self.data;
        let quote = |reason: &String| format!("\n> {}", escape(reason).replace('\n', "\n> "));
        let reason = reason.as_ref().map(quote).unwrap_or_default();
        let text = format!("{} {}{reason}", escape(who), escape(sentence));
        let link = format!("<{url}|Open in Towpath>");
        json!({
            "text": escape(&self.plain()),
            "unfurl_links": false,
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": brief(&text, 2_900)}},
                {"type": "context", "elements": [{"type": "mrkdwn", "text": link}]},
            ],
        })
    }

    /// An Adaptive Card, as workflows of Teams take it.
    fn teams(&self) -> Value {
        let Told { who, sentence, reason, url, .. } = &self.data;
        let line = |text: String| json!({"type": "TextBlock", "wrap": true, "text": plain_for_cards(&text)});
        let mut body = vec![line(format!("{who} {sentence}"))];
        body.extend(reason.as_ref().map(|reason| line(format!("“{reason}”"))));
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": body,
                    "actions": [{"type": "Action.OpenUrl", "title": "Open in Towpath", "url": url}],
                },
            }],
        })
    }
}

/// Cards read a little Markdown; what somebody typed is text.
fn plain_for_cards(text: &str) -> String {
    let special = |letter: char| matches!(letter, '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '`' | '~');
    text.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}

/// The first characters of a text: Slack refuses a block that is longer than 3,000.
fn brief(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most).chain(['…']).collect()
    }
}

/// The page that shows most of an event.
fn page(event: &Event, base: &str) -> String {
    let scene = &event.scene;
    let project = scene.project.as_ref().map(|project| format!("{base}/projects/{}", project.slug));
    match (project, event.change.promotion(), &scene.integration) {
        (Some(project), Some(number), _) => format!("{project}/promotions/{number}"),
        (Some(project), None, Some(integration)) => format!("{project}/integrations/{}", integration.slug),
        (Some(project), None, None) => project,
        (None, ..) => format!("{base}/timeline"),
    }
}

/// What `CDEvents` has a word for: an image that is there to be taken, and a service that runs.
fn cd_event(event: &Event, base: &str) -> Option<CdEvent> {
    let project = &event.scene.project.as_ref()?.slug;
    match &event.change {
        Change::BuildReceived { build, .. } => {
            let integration = &event.scene.integration.as_ref()?.slug;
            let subject = purl(&build.digest, (base, project, integration), Some(&build.tag));
            Some(CdEvent {
                kind: "dev.cdevents.artifact.published.0.2.0",
                subject,
                subject_kind: "artifact",
                content: json!({}),
            })
        }
        Change::DeploymentReported { environment, service, digest, outcome: Outcome::Succeeded, .. } => {
            let artifact = purl(digest, (base, project, service), None);
            Some(CdEvent {
                kind: "dev.cdevents.service.deployed.0.2.0",
                subject: format!("{project}/{service}"),
                subject_kind: "service",
                content: json!({"environment": {"id": format!("{project}/{environment}")}, "artifactId": artifact}),
            })
        }
        _ => None,
    }
}

/// An image by its package URL (github.com/package-url/purl-spec, type `oci`).
fn purl(digest: &Digest, (base, project, name): (&str, &Slug, &Slug), tag: Option<&Tag>) -> String {
    let host = base.split_once("://").map_or(base, |(_, host)| host);
    let repository = format!("{host}/{project}/{name}").replace('/', "%2F").replace(':', "%3A");
    let tag = tag.map(|tag| format!("&tag={tag}")).unwrap_or_default();
    let digest = digest.to_string().replace(':', "%3A");
    format!("pkg:oci/{name}@{digest}?repository_url={repository}{tag}")
}

#[cfg(test)]
mod tests;
