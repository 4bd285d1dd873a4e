//! Which signatures count, and which do not, whatever they claim.

mod support;

use rcgen::{ExtendedKeyUsagePurpose, SanType};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::{
    Authority, BUNDLE, ENVELOPE, IN_TOTO, SIMPLE_SIGNING, Says, Signer, WORKFLOW, annotations, base64,
    bundle, entry, envelope, payload, promise, provenance, statement, workflow,
};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::evidence::{ContentsFormat, Finding, Flaw, Said};
use towpath_domain::times::Time;
use towpath_domain::trust_roots::Trusts;
use towpath_evidence::{Image, Layer, Read, Root, read};

const MANIFEST: &[u8] = b"{\"schemaVersion\":2}";

fn image() -> Digest {
    Digest::of(Algorithm::Sha256, MANIFEST)
}

fn noon() -> Time {
    Time::parse("2026-11-30T12:00:00Z").expect("a time")
}

fn root(trusts: &Trusts) -> Root {
    Root::parse(trusts).expect("can be read")
}

fn layer(media_type: &str, annotations: &BTreeMap<String, String>, content: &[u8]) -> Read {
    read(Layer { media_type, annotations, content })
}

fn verify(read: &Read, trusts: &Trusts, at: Time) -> Finding {
    let digest = image();
    let image = Image { digest: &digest, content: Some(MANIFEST) };
    read.verify(&root(trusts), image, at).expect("is signed")
}

/// A signature by a key, as cosign attaches it.
fn signed(signer: &Signer, image: &Digest) -> Read {
    let payload = payload(image);
    layer(SIMPLE_SIGNING, &annotations(&signer.sign(payload.as_bytes()), None), payload.as_bytes())
}

#[test]
fn a_key_signs_this_image_and_no_other() {
    let (ours, theirs) = (Signer::new(), Signer::new());
    let read = signed(&ours, &image());
    assert_eq!(read.said, Said::Signature);
    assert!(verify(&read, &ours.trusted(), noon()).counts());
    assert_eq!(verify(&read, &theirs.trusted(), noon()), Finding::Fails(Flaw::OtherKey));
    let other = Digest::of(Algorithm::Sha256, b"another image");
    let named = other.to_string();
    assert_eq!(
        verify(&signed(&ours, &other), &ours.trusted(), noon()),
        Finding::Fails(Flaw::OtherImage { named })
    );
}

#[test]
fn a_payload_of_another_kind_is_no_signature() {
    let ours = Signer::new();
    let payload = payload(&image()).replace("cosign container image signature", "something else");
    let read = layer(SIMPLE_SIGNING, &annotations(&ours.sign(payload.as_bytes()), None), payload.as_bytes());
    assert!(matches!(read.said, Said::Artifact { .. }) && !read.is_signed());
}

#[test]
fn an_identity_counts_by_its_certificate_while_that_is_valid() {
    let authority = Authority::new(noon());
    let ours = authority.issue(&workflow(noon()));
    let payload = payload(&image());
    let signature = ours.signer.sign(payload.as_bytes());
    let read = layer(SIMPLE_SIGNING, &annotations(&signature, Some(&ours.pem)), payload.as_bytes());
    let trusted = authority.trusted("https://github.com/acme/shop/*", None);
    let by = WORKFLOW.to_owned();
    assert_eq!(verify(&read, &trusted, noon().plus_seconds(60)), Finding::Counts { by, at: None });
    let late = noon().plus_seconds(3_600);
    assert_eq!(verify(&read, &trusted, late), Finding::Fails(Flaw::NotValidThen { at: late }));
    let early = noon().plus_seconds(-3_600);
    assert_eq!(verify(&read, &trusted, early), Finding::Fails(Flaw::NotValidThen { at: early }));
    let strange = Authority::new(noon()).trusted("https://github.com/acme/shop/*", None);
    assert_eq!(verify(&read, &strange, noon()), Finding::Fails(Flaw::OtherAuthority));
    let other = authority.trusted("https://github.com/acme/other/*", None);
    assert_eq!(verify(&read, &other, noon()), Finding::Fails(Flaw::OtherSubject { got: WORKFLOW.into() }));
}

#[test]
fn a_certificate_has_to_be_for_signing_and_by_the_right_word() {
    let authority = Authority::new(noon());
    let trusted = authority.trusted("https://github.com/acme/shop/*", None);
    let of = |says: &Says| {
        let certified = authority.issue(says);
        let payload = payload(&image());
        let signature = certified.signer.sign(payload.as_bytes());
        let read = layer(SIMPLE_SIGNING, &annotations(&signature, Some(&certified.pem)), payload.as_bytes());
        verify(&read, &trusted, noon())
    };
    assert!(of(&workflow(noon())).counts());
    let server = Says { usage: ExtendedKeyUsagePurpose::ServerAuth, ..workflow(noon()) };
    assert_eq!(of(&server), Finding::Fails(Flaw::OtherAuthority));
    let elsewhere = Says { issuer: "https://evil.example", ..workflow(noon()) };
    let got = "https://evil.example".to_owned();
    assert_eq!(of(&elsewhere), Finding::Fails(Flaw::OtherIssuer { got }));
    let subject = SanType::Rfc822Name("ci@example.org".try_into().expect("an address"));
    let got = "ci@example.org".to_owned();
    assert_eq!(of(&Says { subject, ..workflow(noon()) }), Finding::Fails(Flaw::OtherSubject { got }));
}

#[test]
fn a_certificate_of_somebody_else_vouches_for_no_signature() {
    let authority = Authority::new(noon());
    let trusted = authority.trusted("https://github.com/acme/shop/*", None);
    let (certified, thief) = (authority.issue(&workflow(noon())), Signer::new());
    let payload = payload(&image());
    let by = |annotations: &BTreeMap<String, String>| {
        verify(&layer(SIMPLE_SIGNING, annotations, payload.as_bytes()), &trusted, noon())
    };
    let stolen = annotations(&thief.sign(payload.as_bytes()), Some(&certified.pem));
    assert_eq!(by(&stolen), Finding::Fails(Flaw::OtherKey));
    assert_eq!(by(&annotations(&thief.sign(payload.as_bytes()), None)), Finding::Fails(Flaw::NoCertificate));
    assert_eq!(by(&annotations(b"", Some("no certificate"))), Finding::Fails(Flaw::Certificate));
}

#[test]
fn the_log_tells_when_it_was_signed_and_of_nothing_else() {
    let (authority, log) = (Authority::new(noon()), Signer::new());
    let ours = authority.issue(&workflow(noon()));
    let trusted = authority.trusted("https://github.com/acme/shop/*", Some(&log));
    let payload = payload(&image());
    let signature = ours.signer.sign(payload.as_bytes());
    let next_year = noon().plus_seconds(86_400 * 365);
    let with = |promise: Option<Value>| {
        let mut annotations = annotations(&signature, Some(&ours.pem));
        annotations.extend(promise.map(|it| ("dev.sigstore.cosign/bundle".to_owned(), it.to_string())));
        verify(&layer(SIMPLE_SIGNING, &annotations, payload.as_bytes()), &trusted, next_year)
    };
    let at = noon().plus_seconds(5);
    let own = entry(&payload, &signature, &ours.pem);
    let (by, told) = (WORKFLOW.to_owned(), Some(at));
    assert_eq!(with(Some(promise(&log, &own, at))), Finding::Counts { by, at: told });
    assert_eq!(with(None), Finding::Fails(Flaw::NotInLog));
    assert_eq!(with(Some(promise(&Signer::new(), &own, at))), Finding::Fails(Flaw::NotInLog));
    let late = noon().plus_seconds(3_600);
    assert_eq!(with(Some(promise(&log, &own, late))), Finding::Fails(Flaw::NotValidThen { at: late }));
    // Of another signature by the same certificate, on another content, or by another certificate.
    let again = ours.signer.sign(payload.as_bytes());
    let other = authority.issue(&workflow(noon()));
    for wrong in [
        entry(&payload, &again, &ours.pem),
        entry("other", &signature, &ours.pem),
        entry(&payload, &signature, &other.pem),
        json!({"kind": "helm"}),
    ] {
        assert_eq!(with(Some(promise(&log, &wrong, at))), Finding::Fails(Flaw::OtherEntry), "{wrong}");
    }
    // What the log signed is not to be changed afterwards.
    let mut forged = promise(&log, &own, late);
    forged["Payload"]["integratedTime"] = json!(at.micros() / 1_000_000);
    assert_eq!(with(Some(forged)), Finding::Fails(Flaw::NotInLog));
}

#[test]
fn the_log_has_seen_an_envelope_by_its_payload() {
    let (authority, log) = (Authority::new(noon()), Signer::new());
    let ours = authority.issue(&workflow(noon()));
    let trusted = authority.trusted("https://github.com/acme/shop/*", Some(&log));
    let made = provenance(&image(), "https://example.org/builder", "https://github.com/acme/shop");
    let hash = Digest::of(Algorithm::Sha256, made.as_bytes());
    let envelope = envelope(&ours.signer, IN_TOTO, &made);
    let entry = |hash: &str| {
        let signature = json!({"signature": envelope["signatures"][0]["sig"], "verifier": base64(&ours.pem)});
        json!({"apiVersion": "0.0.1", "kind": "dsse", "spec": {
            "payloadHash": {"algorithm": "sha256", "value": hash}, "signatures": [signature]}})
    };
    let with = |entry: &Value| {
        let promise = promise(&log, entry, noon()).to_string();
        let annotations = BTreeMap::from([
            ("dev.sigstore.cosign/certificate".to_owned(), ours.pem.clone()),
            ("dev.sigstore.cosign/bundle".to_owned(), promise),
        ]);
        let read = layer(ENVELOPE, &annotations, envelope.to_string().as_bytes());
        verify(&read, &trusted, noon().plus_seconds(86_400))
    };
    assert!(with(&entry(hash.hex())).counts());
    assert_eq!(with(&entry(image().hex())), Finding::Fails(Flaw::OtherEntry));
}

#[test]
fn a_bundle_brings_statements_that_count_by_the_certificate_in_it() {
    let authority = Authority::new(noon());
    let ours = authority.issue(&workflow(noon()));
    let trusted = authority.trusted("https://github.com/acme/shop/*", None);
    let none = BTreeMap::new();
    let signature = statement(&image(), "https://sigstore.dev/cosign/sign/v1", &json!({}));
    let read = layer(BUNDLE, &none, bundle(&ours, &signature).to_string().as_bytes());
    assert_eq!(read.said, Said::Signature);
    assert!(verify(&read, &trusted, noon()).counts());
    let builder = "https://github.com/actions/runner/github-hosted";
    let made = provenance(&image(), builder, "https://github.com/acme/shop");
    let read = layer(BUNDLE, &none, bundle(&ours, &made).to_string().as_bytes());
    let source = "https://github.com/acme/shop@refs/heads/main";
    let said = Said::Provenance { builder: builder.into(), source: source.into(), revision: "c0ffee".into() };
    assert_eq!(read.said, said);
    assert!(verify(&read, &trusted, noon()).counts());
    let other = provenance(&Digest::of(Algorithm::Sha256, b"x"), builder, "https://github.com/acme/shop");
    let read = layer(BUNDLE, &none, bundle(&ours, &other).to_string().as_bytes());
    assert!(matches!(verify(&read, &trusted, noon()), Finding::Fails(Flaw::OtherImage { .. })));
}

#[test]
fn a_bundle_may_sign_the_manifest_itself() {
    let ours = Signer::new();
    let digest = Digest::of(Algorithm::Sha256, MANIFEST);
    let hash: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&digest.hex()[at * 2..at * 2 + 2], 16).expect("hex")).collect();
    let bundle = json!({"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": ""}},
                        "messageSignature": {"messageDigest": {"algorithm": "SHA2_256", "digest": base64(hash)},
                                             "signature": base64(ours.sign(MANIFEST))}});
    let read = layer(BUNDLE, &BTreeMap::new(), bundle.to_string().as_bytes());
    assert!(verify(&read, &ours.trusted(), noon()).counts());
    assert_eq!(verify(&read, &Signer::new().trusted(), noon()), Finding::Fails(Flaw::OtherKey));
    let without = Image { digest: &digest, content: None };
    let finding = read.verify(&root(&ours.trusted()), without, noon());
    assert_eq!(finding, Some(Finding::Fails(Flaw::NoContent)));
}

#[test]
fn an_envelope_holds_a_statement_or_nothing() {
    let ours = Signer::new();
    let none = BTreeMap::new();
    let of = |kind: &str, payload: &str| {
        layer(ENVELOPE, &none, envelope(&ours, kind, payload).to_string().as_bytes())
    };
    let statement = statement(&image(), "https://example.org/reviewed", &json!({}));
    let right = of(IN_TOTO, &statement);
    assert_eq!(right.said, Said::Attestation { predicate: "https://example.org/reviewed".into() });
    assert!(verify(&right, &ours.trusted(), noon()).counts());
    // Signed as something else, and relabelled: the type is signed, too.
    let mut relabelled = envelope(&ours, "text/plain", &statement);
    relabelled["payloadType"] = json!(IN_TOTO);
    let read = layer(ENVELOPE, &none, relabelled.to_string().as_bytes());
    assert_eq!(verify(&read, &ours.trusted(), noon()), Finding::Fails(Flaw::OtherKey));
    for (kind, payload) in
        [("text/plain", statement.as_str()), (IN_TOTO, "{}"), (IN_TOTO, "[]"), (IN_TOTO, "")]
    {
        assert!(!of(kind, payload).is_signed(), "{kind} {payload}");
    }
    // A signature on the simple payload is none on an envelope of it.
    let simple = payload(&image());
    let crossed = json!({"payload": base64(&statement), "payloadType": IN_TOTO,
                         "signatures": [{"sig": base64(ours.sign(simple.as_bytes()))}]});
    let read = layer(ENVELOPE, &none, crossed.to_string().as_bytes());
    assert_eq!(verify(&read, &ours.trusted(), noon()), Finding::Fails(Flaw::OtherKey));
}

#[test]
fn lists_of_contents_are_counted_signed_or_not() {
    let ours = Signer::new();
    let none = BTreeMap::new();
    let spdx = json!({"spdxVersion": "SPDX-2.3", "packages": [{"name": "a"}, {"name": "b"}]});
    let said = Said::Contents { format: ContentsFormat::Spdx, packages: 2 };
    let bare = layer("application/spdx+json", &none, spdx.to_string().as_bytes());
    assert_eq!((&bare.said, bare.is_signed()), (&said, false));
    let statement = statement(&image(), "https://spdx.dev/Document", &spdx);
    let read = layer(ENVELOPE, &none, envelope(&ours, IN_TOTO, &statement).to_string().as_bytes());
    assert_eq!(read.said, said);
    assert!(verify(&read, &ours.trusted(), noon()).counts());
    let bom = json!({"bomFormat": "CycloneDX", "components": [{"name": "a"}]});
    let bom = layer("application/vnd.cyclonedx+json", &none, bom.to_string().as_bytes());
    assert_eq!(bom.said, Said::Contents { format: ContentsFormat::CycloneDx, packages: 1 });
}

#[test]
fn nothing_that_anybody_pushes_is_more_than_an_artifact() {
    let none = BTreeMap::new();
    let deep = "[".repeat(100_000);
    for media_type in [SIMPLE_SIGNING, ENVELOPE, BUNDLE, "application/spdx+json"] {
        for content in ["", "null", "{}", "[]", "\u{0}", "{\"critical\":{}}", deep.as_str()] {
            let read = layer(media_type, &none, content.as_bytes());
            assert_eq!(read.said, Said::Artifact { media_type: media_type.into() }, "{content:.20}");
            assert!(!read.is_signed());
        }
    }
}

#[test]
fn roots_that_cannot_be_used_are_refused() {
    let field = |trusts: &Trusts| {
        let mistakes = Root::parse(trusts).err().unwrap_or_default();
        mistakes.iter().map(|mistake| mistake.field).collect::<Vec<_>>().join(" ")
    };
    let key = |pem: &str| Trusts::Key { pem: pem.to_owned() };
    for pem in ["", "ssh-ed25519 AAAA", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
        assert_eq!(field(&key(pem)), "key");
    }
    let authority = Authority::new(noon());
    assert_eq!(field(&authority.trusted("a@example.org", None)), "");
    let Trusts::Identity(mut identity) = authority.trusted("a@example.org", None) else {
        panic!("an identity")
    };
    identity.log_key = Some("no key".to_owned());
    assert_eq!(field(&Trusts::Identity(identity.clone())), "log_key");
    identity.certificates = Signer::new().pem();
    assert_eq!(field(&Trusts::Identity(identity)), "certificates log_key");
}
