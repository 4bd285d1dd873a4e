//! Evidence: what is pushed beside an image is held against trust roots, and gates go by what was found.

#[path = "../../../evidence/tests/support/mod.rs"]
pub mod support;

use crate::engines::on_both_engines;
use crate::gates::{gated, staged, wish};
use crate::images::name;
use crate::shop::Shop;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::json;
use std::collections::BTreeMap;
use support::{
    Authority, BUNDLE, SIMPLE_SIGNING, Signer, annotations, bundle, entry, envelope, payload, promise,
    provenance, workflow,
};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::evidence::{EvidenceLine, Finding, Flaw, Said};
use towpath_domain::gates::Verdict;
use towpath_domain::projects::ProjectForm;
use towpath_domain::promotions::{Outlook, Promotion, State};
use towpath_domain::references::Tag;
use towpath_domain::trust_roots::{TrustRootForm, Trusts};
use towpath_domain::workflows::{StageForm, WorkflowForm};
use towpath_service::evidence::{content, go_on, list};
use towpath_service::images::{Push, Reference, delete_manifest, push_manifest};
use towpath_service::promotions::{explain, look_again, request};
use towpath_service::{Error, inbox, projects, trust_roots, workflows};

const PARCEL: (&str, &str) = ("shop", "parcel");
const STAGING: &str = "shop/parcel/staging";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// How a client attaches something to an image.
#[derive(Clone, Copy)]
enum By {
    /// Under a tag of the image's digest, as cosign 2 does.
    Tag(&'static str),
    /// By the subject (OCI 1.1).
    Subject,
}

/// A layer with its annotations.
type Layer = (&'static str, BTreeMap<String, String>, String);

impl Shop {
    async fn attach(&self, repository: &str, image: &Digest, by: By, layers: &[Layer]) -> Digest {
        let name = name(repository);
        let config = self.upload(&self.ana, &name, "{}".to_owned()).await.expect("uploads");
        let mut described = Vec::new();
        for (media_type, annotations, content) in layers {
            let (digest, size) = self.upload(&self.ana, &name, content.clone()).await.expect("uploads");
            described.push(
                json!({"mediaType": media_type, "digest": digest, "size": size, "annotations": annotations}),
            );
        }
        let mut manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "layers": described,
                                  "config": {"mediaType": CONFIG, "digest": config.0, "size": config.1}});
        if matches!(by, By::Subject) {
            manifest["subject"] = json!({"mediaType": MANIFEST, "digest": image, "size": 1});
        }
        let content = Bytes::from(manifest.to_string());
        let reference = match by {
            By::Tag(kind) => {
                let tag = format!("sha256-{}.{kind}", image.hex());
                Reference::Tag(Tag::parse(&tag).expect("a tag"))
            }
            By::Subject => Reference::Digest(Digest::of(Algorithm::Sha256, &content)),
        };
        let push = Push { reference, tags: Vec::new(), content_type: MANIFEST.to_owned(), content };
        push_manifest(self, &self.ana, &name, push).await.expect("is kept").digest
    }

    async fn trust(&self, slug: &str, trusts: &Trusts) -> Result<(), Error> {
        let form = match trusts.clone() {
            Trusts::Key { pem } => TrustRootForm { kind: "key".into(), key: pem, ..TrustRootForm::default() },
            Trusts::Identity(identity) => TrustRootForm {
                kind: "identity".into(),
                issuer: identity.issuer,
                subject: identity.subject,
                certificates: identity.certificates,
                log_key: identity.log_key.unwrap_or_default(),
                ..TrustRootForm::default()
            },
        };
        let form = TrustRootForm { name: slug.into(), ..form };
        trust_roots::add(self, &self.ana, "shop", form).await.map(drop)
    }

    async fn said(&self, digest: &Digest) -> Vec<EvidenceLine> {
        list(self, &self.ana, PARCEL, &digest.to_string()).await.expect("may see")
    }

    /// What a waiting promotion needs at its first gate, with the note beside it.
    async fn needs(&self, promotion: &Promotion) -> (String, String) {
        let view = inbox::promotion(self, &self.ana, "shop", promotion.number).await.expect("a view");
        let gate = view.verdicts.first().cloned().expect("a gate");
        let needs = match gate.verdict {
            Verdict::Waits { needs, .. } => needs,
            other => format!("{other:?}"),
        };
        (needs, gate.note.unwrap_or_default())
    }

    async fn applied(&self, promotion: &Promotion) -> bool {
        look_again(self).await.expect("looks");
        let view = inbox::promotion(self, &self.ana, "shop", promotion.number).await.expect("a view");
        matches!(view.promotion.state, State::Applied { .. })
    }
}

fn signature(signer: &Signer, image: &Digest, certificate: Option<&str>) -> Layer {
    let payload = payload(image);
    (SIMPLE_SIGNING, annotations(&signer.sign(payload.as_bytes()), certificate), payload)
}

/// A build in staging that waits to enter prod, where the stage asks for something.
async fn waiting(shop: &Shop, stage: StageForm) -> (Digest, Promotion) {
    gated(shop, stage).await;
    let digest = staged(shop, "1.0").await;
    let asked = request(shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
    assert_eq!(asked.state, State::Waiting);
    (Digest::parse(&digest).expect("a digest"), asked)
}

fn signed_by(roots: &str, all: bool) -> StageForm {
    let signed_all = if all { "all" } else { "" }.to_owned();
    StageForm { signed_by: roots.into(), signed_all, ..StageForm::default() }
}

#[test]
fn what_waits_for_a_signature_enters_when_it_comes_by_tag_or_as_a_referrer() {
    on_both_engines(async |shop: Shop| {
        let (ours, theirs) = (Signer::new(), Signer::new());
        shop.trust("release", &ours.trusted()).await.expect("may");
        let (image, asked) = waiting(&shop, signed_by("release", false)).await;
        assert_eq!(shop.needs(&asked).await, ("a signature by release".into(), String::new()));
        shop.attach(STAGING, &image, By::Tag("sig"), &[signature(&theirs, &image, None)]).await;
        let note = "A signature does not count for release: it was made with another key.";
        assert_eq!(shop.needs(&asked).await, ("a signature by release".into(), note.into()));
        assert!(!shop.applied(&asked).await);
        // As cosign does, the second beside the first.
        let both = [signature(&theirs, &image, None), signature(&ours, &image, None)];
        shop.attach(STAGING, &image, By::Tag("sig"), &both).await;
        assert!(shop.applied(&asked).await);
        let lines = shop.said(&image).await;
        assert_eq!(lines.len(), 2, "the one of before is told once: {lines:?}");
        assert!(lines[0].counts() && !lines[1].counts());
        assert_eq!(shop.told(&shop.ana, "evidence_found").await, 2);
    });
}

#[test]
fn a_referrer_counts_and_what_is_about_another_image_does_not() {
    on_both_engines(async |shop: Shop| {
        let ours = Signer::new();
        shop.trust("release", &ours.trusted()).await.expect("may");
        let (image, asked) = waiting(&shop, signed_by("release", false)).await;
        let other = Digest::of(Algorithm::Sha256, b"another image");
        shop.attach(STAGING, &image, By::Subject, &[signature(&ours, &other, None)]).await;
        let (_, note) = shop.needs(&asked).await;
        assert!(note.contains("it is about sha256:"), "{note}");
        assert!(!shop.applied(&asked).await);
        shop.attach(STAGING, &image, By::Subject, &[signature(&ours, &image, None)]).await;
        assert!(shop.applied(&asked).await);
    });
}

#[test]
fn all_that_are_named_have_to_sign_where_the_stage_says_so() {
    on_both_engines(async |shop: Shop| {
        let (ci, qa) = (Signer::new(), Signer::new());
        shop.trust("ci", &ci.trusted()).await.expect("may");
        shop.trust("qa", &qa.trusted()).await.expect("may");
        let (image, asked) = waiting(&shop, signed_by("ci, qa", true)).await;
        assert_eq!(shop.needs(&asked).await.0, "signatures by ci and qa");
        shop.attach(STAGING, &image, By::Subject, &[signature(&ci, &image, None)]).await;
        assert_eq!(shop.needs(&asked).await.0, "a signature by qa");
        shop.attach(STAGING, &image, By::Subject, &[signature(&qa, &image, None)]).await;
        assert!(shop.applied(&asked).await);
    });
}

#[test]
fn trusting_somebody_later_frees_what_they_signed_before_and_removing_them_takes_it_back() {
    on_both_engines(async |shop: Shop| {
        let (old, new) = (Signer::new(), Signer::new());
        shop.trust("old", &old.trusted()).await.expect("may");
        let (image, asked) = waiting(&shop, signed_by("old", false)).await;
        shop.attach(STAGING, &image, By::Tag("sig"), &[signature(&new, &image, None)]).await;
        assert!(!shop.said(&image).await[0].counts());
        shop.trust("later", &new.trusted()).await.expect("may");
        assert_eq!(go_on(&shop).await.expect("looks"), 1);
        assert_eq!(go_on(&shop).await.expect("looks"), 0, "nothing is left");
        assert!(shop.said(&image).await[0].counts());
        assert!(!shop.applied(&asked).await, "the stage asks for another");
        trust_roots::remove(&shop, &shop.ana, "shop", "later").await.expect("may");
        assert!(!shop.said(&image).await[0].counts());
        // A new root of the same name is not the one that the gate was made for.
        trust_roots::remove(&shop, &shop.ana, "shop", "old").await.expect("may");
        shop.trust("old", &new.trusted()).await.expect("may");
        go_on(&shop).await.expect("looks");
        assert!(shop.said(&image).await[0].counts());
        assert!(!shop.applied(&asked).await);
        assert_eq!(shop.told(&shop.ana, "trust_root_removed").await, 2);
    });
}

#[test]
fn a_next_version_of_a_workflow_names_no_trust_root_that_was_removed() {
    on_both_engines(async |shop: Shop| {
        shop.trust("old", &Signer::new().trusted()).await.expect("may");
        gated(&shop, signed_by("old", false)).await;
        trust_roots::remove(&shop, &shop.ana, "shop", "old").await.expect("may");
        let workflow = workflows::view(&shop, &shop.ana, "shop", "gated").await.expect("is there").workflow;
        assert_eq!(workflow.named_roots().len(), 1, "what is there stays");
        let slots = projects::whole(&shop, &shop.ana, "shop").await.expect("the shop").slots();
        let mut form = WorkflowForm::of(&workflow, &slots).expect("a line");
        form.stages[1].soak = "1h".to_owned();
        let save = async |form: WorkflowForm| {
            workflows::change(&shop, &shop.ana, "shop", "gated", workflow.version, form).await
        };
        let refused = save(form.clone()).await;
        let Err(Error::Invalid(invalid)) = refused else { panic!("{refused:?}") };
        let mistake = &invalid.errors()[0];
        assert!(
            mistake.field.ends_with("[signed_by]") && mistake.message.contains("was removed"),
            "{mistake:?}"
        );
        form.stages[2].signed_by = String::new();
        save(form).await.expect("asks for none");
    });
}

#[test]
fn an_identity_counts_by_when_its_signature_came() {
    on_both_engines(async |shop: Shop| {
        let now = shop.now();
        let authority = Authority::new(now);
        shop.trust("workflow", &authority.trusted("https://github.com/acme/shop/*", None))
            .await
            .expect("may");
        let (image, asked) = waiting(&shop, signed_by("workflow", false)).await;
        let expired = authority.issue(&workflow(now.plus_seconds(-3_600)));
        let late = signature(&expired.signer, &image, Some(&expired.pem));
        shop.attach(STAGING, &image, By::Tag("sig"), &[late]).await;
        assert!(shop.needs(&asked).await.1.contains("was not valid when it was signed"));
        let ours = authority.issue(&workflow(now));
        let content =
            bundle(&ours, &support::statement(&image, "https://sigstore.dev/cosign/sign/v1", &json!({})));
        let layer = (BUNDLE, BTreeMap::new(), content.to_string());
        shop.attach(STAGING, &image, By::Subject, &[layer]).await;
        // It stays valid, as it was here in time.
        shop.clock.advance(86_400);
        assert!(shop.applied(&asked).await);
        shop.trust("again", &authority.trusted("https://github.com/acme/*", None)).await.expect("may");
        go_on(&shop).await.expect("looks");
        assert_eq!(
            shop.said(&image).await[0].judged.iter().filter(|judged| judged.finding.counts()).count(),
            2
        );
    });
}

#[test]
fn a_signature_that_the_log_has_seen_may_come_at_any_time() {
    on_both_engines(async |shop: Shop| {
        let (authority, log, then) = (Authority::new(shop.now()), Signer::new(), shop.now());
        let trusted = authority.trusted("https://github.com/acme/shop/*", Some(&log));
        shop.trust("workflow", &trusted).await.expect("may");
        let (image, asked) = waiting(&shop, signed_by("workflow", false)).await;
        let ours = authority.issue(&workflow(then));
        let (media_type, mut annotations, payload) = signature(&ours.signer, &image, Some(&ours.pem));
        shop.clock.advance(86_400);
        let bare = (media_type, annotations.clone(), payload.clone());
        shop.attach(STAGING, &image, By::Tag("sig"), &[bare]).await;
        assert!(shop.needs(&asked).await.1.contains("transparency log"));
        let signature = annotations["dev.cosignproject.cosign/signature"].clone();
        let signature = STANDARD.decode(signature).expect("base64");
        let promise = promise(&log, &entry(&payload, &signature, &ours.pem), then.plus_seconds(5));
        annotations.insert("dev.sigstore.cosign/bundle".to_owned(), promise.to_string());
        shop.attach(STAGING, &image, By::Tag("sig"), &[(media_type, annotations, payload)]).await;
        assert!(shop.applied(&asked).await);
    });
}

#[test]
fn provenance_is_asked_for_by_builder_and_source() {
    on_both_engines(async |shop: Shop| {
        let ours = Signer::new();
        shop.trust("ci", &ours.trusted()).await.expect("may");
        let stage = StageForm {
            built_by: "ci".into(),
            builder: "https://github.com/actions/runner/*".into(),
            source: "https://github.com/acme/shop@*".into(),
            ..StageForm::default()
        };
        let (image, asked) = waiting(&shop, stage).await;
        let builder = "https://github.com/actions/runner/github-hosted";
        let of = |repository: &str| {
            let made = envelope(&ours, support::IN_TOTO, &provenance(&image, builder, repository));
            (support::ENVELOPE, BTreeMap::new(), made.to_string())
        };
        // A signature is not provenance, nor is that of something else.
        shop.attach(STAGING, &image, By::Tag("sig"), &[signature(&ours, &image, None)]).await;
        shop.attach(STAGING, &image, By::Tag("att"), &[of("https://github.com/acme/fork")]).await;
        assert!(shop.needs(&asked).await.1.contains("acme/fork"));
        assert!(!shop.applied(&asked).await);
        shop.attach(STAGING, &image, By::Tag("att"), &[of("https://github.com/acme/shop")]).await;
        assert!(shop.applied(&asked).await);
        let lines = shop.said(&image).await;
        let provenance =
            lines.iter().filter(|line| matches!(line.statement.said, Said::Provenance { .. })).count();
        assert_eq!(provenance, 2);
    });
}

#[test]
fn what_was_deleted_counts_no_more() {
    on_both_engines(async |shop: Shop| {
        let ours = Signer::new();
        shop.trust("release", &ours.trusted()).await.expect("may");
        gated(&shop, signed_by("release", true)).await;
        let image = Digest::parse(&staged(&shop, "1.0").await).expect("a digest");
        let enters = async || {
            let wish = wish(&image.to_string(), "staging", "prod", "");
            explain(&shop, &shop.ana, wish).await.expect("may see") == Outlook::Enters
        };
        assert!(!enters().await);
        let signature = shop.attach(STAGING, &image, By::Subject, &[signature(&ours, &image, None)]).await;
        assert!(enters().await);
        let name = name(STAGING);
        delete_manifest(&shop, &shop.ana, &name, &Reference::Digest(signature)).await.expect("may");
        assert!(shop.said(&image).await.is_empty());
        assert!(!enters().await);
    });
}

#[test]
fn what_only_lies_beside_a_build_is_shown_as_what_it_is_and_can_be_fetched() {
    on_both_engines(async |shop: Shop| {
        let (image, _) = waiting(&shop, StageForm { checks: "tests".into(), ..StageForm::default() }).await;
        let list = json!({"spdxVersion": "SPDX-2.3", "packages": [{}, {}, {}]}).to_string();
        let spdx = ("application/spdx+json", BTreeMap::new(), list.clone());
        shop.attach(STAGING, &image, By::Subject, &[spdx]).await;
        let chart =
            ("application/vnd.cncf.helm.chart.content.v1.tar+gzip", BTreeMap::new(), "a chart".to_owned());
        shop.attach(STAGING, &image, By::Subject, &[chart]).await;
        let broken = (SIMPLE_SIGNING, BTreeMap::new(), "{".to_owned());
        shop.attach(STAGING, &image, By::Tag("sig"), &[broken]).await;
        let lines = shop.said(&image).await;
        let mut titles: Vec<String> = lines.iter().map(|line| line.statement.said.title()).collect();
        titles.sort();
        assert_eq!(titles, ["Artifact", "Artifact", "Contents (SPDX)"]);
        let digest = Digest::of(Algorithm::Sha256, list.as_bytes()).to_string();
        let fetched = content(&shop, &shop.dora, PARCEL, (&image.to_string(), &digest)).await.expect("may");
        assert_eq!(fetched, list.as_bytes());
        let other = content(&shop, &shop.dora, PARCEL, (&image.to_string(), &image.to_string())).await;
        assert!(matches!(other, Err(Error::NotFound(_))), "nothing else is handed out there");
    });
}

#[test]
fn whoever_floods_an_image_keeps_no_signature_out() {
    on_both_engines(async |shop: Shop| {
        let (ours, theirs) = (Signer::new(), Signer::new());
        shop.trust("release", &ours.trusted()).await.expect("may");
        let (image, asked) = waiting(&shop, signed_by("release", false)).await;
        let many = || (0..64).map(|_| signature(&theirs, &image, None)).collect::<Vec<_>>();
        for _ in 0..5 {
            shop.attach(STAGING, &image, By::Subject, &many()).await;
        }
        shop.attach(STAGING, &image, By::Subject, &[signature(&ours, &image, None)]).await;
        assert!(shop.applied(&asked).await);
    });
}

#[test]
fn who_may_not_configure_adds_no_root_and_mistakes_are_told_beside_their_fields() {
    on_both_engines(async |shop: Shop| {
        let form = |slug: &str, key: String| TrustRootForm {
            name: slug.into(),
            kind: "key".into(),
            key,
            ..TrustRootForm::default()
        };
        let key = Signer::new().pem();
        let refused = trust_roots::add(&shop, &shop.dora, "shop", form("release", key.clone())).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        trust_roots::add(&shop, &shop.ana, "shop", form("release", key.clone())).await.expect("may");
        for (form, field) in [
            (form("release", key.clone()), "name"),
            (form("other", "no key".into()), "key"),
            (TrustRootForm { kind: "identity".into(), ..form("other", key) }, "issuer"),
        ] {
            match trust_roots::add(&shop, &shop.ana, "shop", form).await {
                Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, field),
                other => panic!("expected a mistake in {field}, got {other:?}"),
            }
        }
        let missing = trust_roots::remove(&shop, &shop.ana, "shop", "other").await;
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
        let view = trust_roots::view(&shop, &shop.dora, "shop").await.expect("may see");
        assert!(view.roots[0].about.starts_with("ECDSA key, SHA-256 ") && view.may_configure.is_err());
    });
}

#[test]
fn roots_of_another_project_vouch_for_nothing_here() {
    on_both_engines(async |shop: Shop| {
        let ours = Signer::new();
        let other = ProjectForm { slug: "other".into(), title: "Other".into() };
        projects::create(&shop, &shop.ana, other).await.expect("may");
        let (image, _) = waiting(&shop, StageForm { checks: "tests".into(), ..StageForm::default() }).await;
        let form = TrustRootForm {
            name: "release".into(),
            kind: "key".into(),
            key: ours.pem(),
            ..TrustRootForm::default()
        };
        trust_roots::add(&shop, &shop.ana, "other", form).await.expect("may");
        shop.attach(STAGING, &image, By::Tag("sig"), &[signature(&ours, &image, None)]).await;
        assert!(shop.said(&image).await[0].judged.is_empty());
        shop.trust("another", &Signer::new().trusted()).await.expect("may");
        go_on(&shop).await.expect("looks");
        let judged = &shop.said(&image).await[0].judged;
        assert_eq!(judged[0].finding, Finding::Fails(Flaw::OtherKey));
    });
}
