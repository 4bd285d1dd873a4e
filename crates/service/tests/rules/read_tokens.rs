//! Read tokens: what a deployer finds by one, and that it is nothing else.

use crate::engines::on_both_engines;
use crate::images::name;
use crate::shop::{Shop, integration, make_integration};
use crate::world::HOME;
use bytes::Bytes;
use serde_json::json;
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::projects::{Listed, ProjectForm};
use towpath_domain::read_tokens::ReadTokenForm;
use towpath_domain::references::Tag;
use towpath_domain::timeline::Filter;
use towpath_domain::tokens::RotationForm;
use towpath_service::buckets::resolve;
use towpath_service::environments::move_to;
use towpath_service::images::{self, Push, Reference, list_tags, push_manifest, read_manifest};
use towpath_service::read_tokens::{create, list};
use towpath_service::{Error, boards, projects, tokens};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn form() -> ReadTokenForm {
    ReadTokenForm { title: "Cluster".to_owned(), days: "30".to_owned() }
}

/// A deployer of an environment of the shop.
async fn deployer(shop: &Shop, environment: &str) -> Actor {
    let (_, secret) = create(shop, &shop.ana, ("shop", environment), form()).await.expect("makes it");
    tokens::actor(shop, secret.reveal(), HOME).await.expect("works").0
}

fn is_hidden<T>(outcome: &Result<T, images::Error>) -> bool {
    matches!(
        outcome,
        Err(images::Error::ManifestUnknown
            | images::Error::BlobUnknown
            | images::Error::Other(Error::NotFound(_)))
    )
}

#[test]
fn a_deployer_pulls_what_is_or_was_current_in_its_environment_alone() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &first, "qa", "staging").await.expect("goes to staging");
        let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        let (qa, staging, prod) =
            (deployer(&shop, "qa").await, deployer(&shop, "staging").await, deployer(&shop, "prod").await);
        for digest in [&first, &second] {
            assert_eq!(
                shop.pull_digest(&qa, "shop/checkout/qa", digest).await.expect("was current"),
                *digest
            );
        }
        assert_eq!(shop.pull(&staging, "shop/checkout/staging", "current").await.expect("is current"), first);
        let never = shop.pull_digest(&staging, "shop/checkout/staging", &second).await;
        assert!(is_hidden(&never), "{never:?}");
        for (who, repository) in [
            (&staging, "shop/checkout/qa"),
            (&qa, "shop/checkout/staging"),
            (&qa, "shop/checkout"),
            (&prod, "shop/checkout/prod"),
            (&qa, "shop/nothing/qa"),
            (&qa, "nowhere/checkout/qa"),
        ] {
            let hidden = shop.pull_digest(who, repository, &first).await;
            assert!(is_hidden(&hidden), "{repository}: {hidden:?}");
        }
        let tags = list_tags(&shop, &qa, &name("shop/checkout/qa"), "", 9).await;
        assert!(is_hidden(&tags), "tags name more: {tags:?}");
        let pushed = shop.push(&qa, "shop/checkout/qa", "2.0").await;
        assert!(is_hidden(&pushed), "{pushed:?}");
    });
}

#[test]
fn what_was_pushed_and_never_was_current_is_not_found() {
    on_both_engines(async |shop: Shop| {
        // By its digest alone it may be a part of something, and is no build.
        let (config, files) = (json!({}), ["files"]);
        let part = shop.push_image(&shop.dora, "shop/checkout/qa", "", config, &files, json!({})).await;
        let part = part.expect("is stored");
        let qa = deployer(&shop, "qa").await;
        assert!(shop.pull_digest(&shop.dora, "shop/checkout/qa", &part).await.is_ok());
        let hidden = shop.pull_digest(&qa, "shop/checkout/qa", &part).await;
        assert!(is_hidden(&hidden), "{hidden:?}");
    });
}

#[test]
fn an_image_is_not_opened_by_pointing_to_what_is_current() {
    on_both_engines(async |shop: Shop| {
        let current = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let (config, files) = (json!({}), ["other files"]);
        let part = shop.push_image(&shop.dora, "shop/checkout/qa", "", config, &files, json!({})).await;
        let part = part.expect("is stored");
        let repository = name("shop/checkout/qa");
        let stored = Reference::Digest(Digest::parse(&part).expect("a digest"));
        let size = read_manifest(&shop, &shop.dora, &repository, &stored).await.expect("reads").1.len();
        let to = |digest: &str| json!({"mediaType": MANIFEST, "digest": digest, "size": size});
        let index = json!({
            "schemaVersion": 2, "mediaType": INDEX, "artifactType": "application/vnd.example",
            "manifests": [to(&part)], "subject": to(&current),
        });
        let content = Bytes::from(index.to_string());
        let reference = Reference::Digest(Digest::of(Algorithm::Sha256, &content));
        let push = Push { reference, tags: Vec::new(), content_type: INDEX.to_owned(), content };
        let index = push_manifest(&shop, &shop.dora, &repository, push).await.expect("is stored");
        let qa = deployer(&shop, "qa").await;
        for digest in [part, index.digest.to_string()] {
            assert!(shop.pull_digest(&shop.dora, "shop/checkout/qa", &digest).await.is_ok());
            let hidden = shop.pull_digest(&qa, "shop/checkout/qa", &digest).await;
            assert!(is_hidden(&hidden), "{hidden:?}");
        }
    });
}

#[test]
fn a_deployer_reads_the_parts_of_an_image_and_no_others() {
    on_both_engines(async |shop: Shop| {
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let qa = deployer(&shop, "qa").await;
        let repository = name("shop/checkout/qa");
        let (_, bytes) =
            read_manifest(&shop, &qa, &repository, &Reference::Tag(Tag::parse("1.0").expect("a tag")))
                .await
                .expect("reads");
        let manifest: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        let config = manifest["config"]["digest"].as_str().expect("a digest");
        let config = Digest::parse(config).expect("a digest");
        images::open_blob(&shop, &qa, &repository, &config).await.expect("its configuration");
        let loose = shop.upload(&shop.dora, &repository, "loose".to_owned()).await.expect("is stored").0;
        images::blob_size(&shop, &shop.dora, &repository, &loose).await.expect("is there");
        assert!(is_hidden(&images::blob_size(&shop, &qa, &repository, &loose).await));
    });
}

#[test]
fn a_deployer_resolves_its_environment_and_sees_nothing_else() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let qa = deployer(&shop, "qa").await;
        let resolved = resolve(&shop, &qa, "shop", "qa").await.expect("its own");
        let build = resolved.services[0].should.build.clone().expect("is current");
        assert_eq!(build.1.to_string(), digest);
        for (project, environment) in [("shop", "staging"), ("shop", "nothing"), ("nowhere", "qa")] {
            let hidden = resolve(&shop, &qa, project, environment).await;
            assert!(matches!(hidden, Err(Error::NotFound(_))), "{project}/{environment}: {hidden:?}");
        }
        let board = boards::view(&shop, &qa, "shop", "checkout").await;
        assert!(matches!(board, Err(Error::NotFound(_))), "{board:?}");
        let seen = projects::list(&shop, &qa, Listed::InUse, None, projects::PAGE).await.expect("reads");
        assert!(seen.projects.is_empty());
        assert!(shop.timeline(&qa, Filter::default()).await.is_empty());
        let listed = list(&shop, &shop.ana, "shop", "qa").await.expect("may").tokens.remove(0);
        assert_eq!(listed.may_words(), "May pull what is or was current in shop / qa");
        assert_eq!(listed.makers_words().as_deref(), Some("Made by Ana"));
    });
}

/// An integration by streams has one bucket for all environments of a stream; of another project's it is not theirs.
#[test]
fn a_stream_is_shown_as_far_as_it_feeds_the_environment() {
    on_both_engines(async |shop: Shop| {
        let bank = ProjectForm { slug: "bank".to_owned(), title: "Bank".to_owned() };
        projects::create(&shop, &shop.ana, bank).await.expect("a project");
        for project in ["shop", "bank"] {
            let form = integration("mailer", "release_stream", ":none");
            make_integration(&shop, &shop.ana, project, form).await.expect("an integration");
        }
        let own = shop.push(&shop.ana, "shop/mailer/qa", "1.0").await.expect("arrives");
        let others = shop.push(&shop.ana, "bank/mailer/qa", "1.0").await.expect("arrives");
        let qa = deployer(&shop, "qa").await;
        assert_eq!(shop.pull(&qa, "shop/mailer/qa", "current").await.expect("feeds it"), own);
        let hidden = shop.pull_digest(&qa, "bank/mailer/qa", &others).await;
        assert!(is_hidden(&hidden), "{hidden:?}");
    });
}

#[test]
fn what_had_been_current_in_a_former_stream_of_its_environment_is_shown_still() {
    on_both_engines(async |shop: Shop| {
        let form = integration("mailer", "release_stream", ":none");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let before = shop.push(&shop.ana, "shop/mailer/qa", "1.0").await.expect("arrives");
        let qa = deployer(&shop, "qa").await;
        shop.clock.advance(60);
        move_to(&shop, &shop.ana, ("shop", "qa"), "staging", "").await.expect("is moved");
        let after = shop.push(&shop.ana, "shop/mailer/qa", "1.1").await.expect("arrives");
        let now = shop.push(&shop.ana, "shop/mailer/staging", "2.0").await.expect("arrives");
        assert_eq!(shop.pull_digest(&qa, "shop/mailer/qa", &before).await.expect("ran there"), before);
        let hidden = shop.pull_digest(&qa, "shop/mailer/qa", &after).await;
        assert!(is_hidden(&hidden), "it is of that stream no more: {hidden:?}");
        assert_eq!(shop.pull(&qa, "shop/mailer/staging", "current").await.expect("feeds it"), now);
    });
}

#[test]
fn read_tokens_are_for_who_configures_the_environment_and_outlast_them() {
    on_both_engines(async |shop: Shop| {
        for who in [&shop.dora, &shop.ben] {
            let refused = create(&shop, who, ("shop", "qa"), form()).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
        let (project, environment) = shop.environment("qa").await;
        let place = Place::Environment { project, environment };
        let edna = shop.person("Edna", Role::admin(), place).await;
        let refused = create(&shop, &edna, ("shop", "qa"), form()).await;
        assert!(
            matches!(refused, Err(Error::Forbidden(_))),
            "it pulls from the stream's buckets too: {refused:?}"
        );
        let zoe = shop.stranger("Zoe").await;
        let hidden = create(&shop, &zoe, ("shop", "qa"), form()).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        let pia = shop.person("Pia", Role::admin(), Place::Project { project: shop.project.id }).await;
        let (token, secret) = create(&shop, &pia, ("shop", "qa"), form()).await.expect("may");
        let seen = list(&shop, &shop.dora, "shop", "qa").await.expect("of her project");
        assert!(seen.tokens.is_empty() && seen.may_make.is_err());
        assert_eq!(list(&shop, &shop.ana, "shop", "qa").await.expect("may").tokens.len(), 1);

        let form = RotationForm { days: "9".to_owned(), overlap_hours: "0".to_owned(), end_overlap: None };
        let hidden = tokens::rotate(&shop, &shop.dora, token.id, form.clone()).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        let (_, renewed) = tokens::rotate(&shop, &shop.ana, token.id, form).await.expect("may");
        assert!(tokens::actor(&shop, secret.reveal(), HOME).await.is_err(), "was replaced");
        towpath_service::people::deactivate(&shop, &shop.ana, pia.person()).await.expect("may");
        tokens::actor(&shop, renewed.reveal(), HOME).await.expect("works without her");
        tokens::revoke(&shop, &shop.ana, token.id).await.expect("may");
        assert!(tokens::actor(&shop, renewed.reveal(), HOME).await.is_err());
    });
}
