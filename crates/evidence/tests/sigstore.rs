//! Bundles that a real client made: `@sigstore/sign` 5.1, with the certificate authority and the transparency log of
//! `@sigstore/mock` 0.13. Each is about the four bytes “test”, signed by the workflow of a made-up repository.

use serde_json::Value;
use std::collections::BTreeMap;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::evidence::{Finding, Flaw, Said};
use towpath_domain::times::Time;
use towpath_domain::trust_roots::{Identity, Trusts};
use towpath_evidence::{Image, Layer, Read, Root, read};

const MADE: &str = include_str!("sigstore-js.json");
const WORKFLOW: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";

fn made() -> Value {
    serde_json::from_str(MADE).expect("JSON")
}

fn root(made: &Value, logged: bool) -> Root {
    let pem = |name: &str| made["root"][name].as_str().expect("PEM").to_owned();
    let identity = Identity {
        issuer: "https://token.actions.githubusercontent.com".to_owned(),
        subject: "https://github.com/acme/shop/*".to_owned(),
        certificates: pem("certificates"),
        log_key: logged.then(|| pem("log")),
    };
    Root::parse(&Trusts::Identity(identity)).expect("can be read")
}

fn bundle(bundle: &Value) -> Read {
    let media_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
    read(Layer { media_type, annotations: &BTreeMap::new(), content: bundle.to_string().as_bytes() })
}

fn verify(read: &Read, root: &Root, at: Time) -> Finding {
    let digest = Digest::of(Algorithm::Sha256, b"test");
    read.verify(root, Image { digest: &digest, content: Some(b"test") }, at).expect("is signed")
}

#[test]
fn each_counts_by_the_time_of_the_log() {
    let made = made();
    let root = root(&made, true);
    let bundles = made["bundles"].as_object().expect("bundles");
    assert_eq!(bundles.len(), 2);
    for (name, made) in bundles {
        let read = bundle(made);
        assert_eq!(read.said, Said::Signature, "{name}");
        let logged =
            made["verificationMaterial"]["tlogEntries"][0]["integratedTime"].as_str().expect("a time");
        let at = Time::from_micros(logged.parse::<i64>().expect("seconds") * 1_000_000);
        // It comes long after the certificate has expired.
        let finding = verify(&read, &root, at.plus_seconds(86_400 * 1_000));
        assert_eq!(finding, Finding::Counts { by: WORKFLOW.to_owned(), at: Some(at) }, "{name}");
    }
}

#[test]
fn none_counts_with_the_log_of_another_or_too_late() {
    let made = made();
    let bundles = made["bundles"].as_object().expect("bundles");
    for (name, made_one) in bundles {
        let late = Time::parse("2036-01-01T00:00:00Z").expect("a time");
        let finding = verify(&bundle(made_one), &root(&made, false), late);
        assert_eq!(finding, Finding::Fails(Flaw::NotValidThen { at: late }), "{name}");
        let mut other = made_one.clone();
        let (another, _) = bundles.iter().find(|(known, _)| *known != name).expect("another");
        other["verificationMaterial"]["tlogEntries"] =
            made["bundles"][another]["verificationMaterial"]["tlogEntries"].clone();
        let finding = verify(&bundle(&other), &root(&made, true), late);
        assert_eq!(finding, Finding::Fails(Flaw::OtherEntry), "{name}");
        other["verificationMaterial"]["tlogEntries"] = Value::Array(Vec::new());
        assert_eq!(verify(&bundle(&other), &root(&made, true), late), Finding::Fails(Flaw::NotInLog));
    }
}
