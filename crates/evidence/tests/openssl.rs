//! Signatures that OpenSSL made, over what cosign signs: `openssl dgst -sha256 -sign` and, for Ed25519, `openssl pkeyutl -sign
//! -rawin`. So keys of all kinds are read as others write them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use towpath_domain::digests::Digest;
use towpath_domain::evidence::{Finding, Flaw};
use towpath_domain::times::Time;
use towpath_domain::trust_roots::Trusts;
use towpath_evidence::{Image, Layer, Root, read};

const IMAGE: &str = "sha256:4f3ea0ee7f2ef5e1c2b3d0b7a4e7d3b1b7a3f7f0a3a9d5d1c0e9b8a7f6e5d4c3";
const PAYLOAD: &str = r#"{"critical":{"identity":{"docker-reference":"example.org/shop"},"image":{"docker-manifest-digest":"sha256:4f3ea0ee7f2ef5e1c2b3d0b7a4e7d3b1b7a3f7f0a3a9d5d1c0e9b8a7f6e5d4c3"},"type":"cosign container image signature"},"optional":null}"#;

/// Public keys, each with its signature: RSA of 2048 bits, ECDSA on P-384 and P-256, Ed25519.
const SIGNED: [(&str, &str); 4] = [
    (
        "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu75bFnQOCMxYuRZM6dxE
NwGG+u/f3zhCzrptmcVVLH6CtdZtDXhIQMfwz+iyHQp6LjFkYzhJTqgum8rOFYou
t66OaMg2sxbuaVx4RLwSkIG6KQu11bGItH6OaSfP4tHpQMikK65/9zRKNdernDmy
IS0EPxzHiM2q21KPAgfyAC4FNjAdlI4BdAsD2NJ7aDDryxKBurHNItR/QfMMhL7C
IIkp27oINqrneWkmJi1QzP7K/KhSRPWFy7hJSJ4JRt/pc40QhRa7IpneTW3F6/j7
TgWmOaeLKd/KTqRAWUm6Deq3T0V/zi5ymWQJlq1xjbfOhTvZxXkZvO2kM2j+jfPO
CQIDAQAB
-----END PUBLIC KEY-----
",
        "mtvkUM2fBn/dWrIeXx1c9A1yySrCsyrPIrm2eZHrkHZuOKs63FVtQTt/7xQJ9FFdnB1h2hAjIB+rkakYMqDm5bW2dV7tN7GKb6DPXpvhyfwNbXLQcFWoU+mifyVXxFzpHur2Ll0rxskLu1dMQKdxTVPSzrGEGCQq95EJMyUDSO1JR3RlGAZsTho+wSFfj467YnM/ihA2ZH+OGFo3O+KO5oMlorZRI3ZIx6cw0ep+9U8xgjWW+3PHmT448Z08MdW4K3c6/tHbhSpHwzzByD0KLaWMKVtk5pSLJVrlT6vC9JMx28J0cXYGo2AgReVMXIEec7avZISB0A9g+MWAaLfK9Q==",
    ),
    (
        "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEcRVZ2r/Ja07qEMCuk65J9XJ5xGumzwEk
TVt4Q0Qkvz2SycoznPuYVIzX9c9gdP8sIKL2zk7eT0nnZ+IurpfDOBRjfzWtxPI4
Bf3oFTTmktuV+e8ayokEWIH5DFiElgAD
-----END PUBLIC KEY-----
",
        "MGQCMCu/A852/BvyY+uqf4ASFz791ST5/iWNzx4RCpxs0L7FQxUpcUjyQIxmCFZY98dyCgIwKZ8FG3zVh4crqC07BF+BZ06lCV5HLRvGWbAjhczGUNNn/0DYwxgwKBe2cCgJwDtc",
    ),
    (
        "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE70VvcDMuN0snTngZdwB+s0mhBA70
bN/AluEU4y+YFXmiQo8CAKNNvR6m42gfXydzmMDWFpHglPEnRUcPHW0UsQ==
-----END PUBLIC KEY-----
",
        "MEYCIQC55wsilnw+SFSBEq1YFzHGLSaeiBNbvSbEgty0UGjThAIhAIPT5Zn/2TXzwjodSWJJQFPV9ORXXU/aQ2+W0e6EY/87",
    ),
    (
        "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA7kAVlnE8DJG6BUd/iUyv5ArT0wKAhgDXo46th9vvRXc=
-----END PUBLIC KEY-----
",
        "AGwU2iBJSvoP4LeVKBld+F4RP2qBakCDw6oJcmrYy2ZM9nA+tUVoUvNEducjUzQ4TBwCkR12g81i77dpPDn3Aw==",
    ),
];

/// Keys that are too short, or on curves that are not known: RSA of 1024 bits, P-521, secp256k1.
const UNFIT: [&str; 3] = [
    "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDQgpufxXhYX4UQ9+3HS+PzGuhd
YQDetcM1fjlwU870JNG/3LbDHU3154xAxYVbpU7bznDCRIaCq2Ve4ShJfXSrxfPw
uOs7N81Lc693wkrDknkXx5LYPREOCUkfCuUmb3ZXKH5V9Hi9KMZqi7bZXmlFsghY
kthomutCUv4ttpa0aQIDAQAB
-----END PUBLIC KEY-----
",
    "-----BEGIN PUBLIC KEY-----
MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBUzUHjb0M6OkLdVfBO4WeUzeRqQOE
unWq0JChxGHqHXOAPXMb0eyx7EKlauq+FB7AZYLqbj5BsZDi1dsAgP81tekAtx2s
YHHkn+pkETViEEUQkma+8j0KHC/J7JsFSWrlBZN+5CIWDQ+bM5wmbgKm9qQtw6zk
Zk+sj0s0f6WC1T5EHoc=
-----END PUBLIC KEY-----
",
    "-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEGxz6/pQlK9YYH/gyBTINV64RPFsrO76u
gd9dq33SSXlX63qQALQrHjJw9JxllCebbZ/CM4thZBZdHlplGIsKjg==
-----END PUBLIC KEY-----
",
];

fn root(pem: &str) -> Root {
    Root::parse(&Trusts::Key { pem: pem.to_owned() }).expect("a key")
}

fn verify(root: &Root, signature: &str) -> Finding {
    assert!(STANDARD.decode(signature).is_ok());
    let annotations =
        BTreeMap::from([("dev.cosignproject.cosign/signature".to_owned(), signature.to_owned())]);
    let media_type = "application/vnd.dev.cosign.simplesigning.v1+json";
    let read = read(Layer { media_type, annotations: &annotations, content: PAYLOAD.as_bytes() });
    let digest = Digest::parse(IMAGE).expect("a digest");
    let image = Image { digest: &digest, content: None };
    read.verify(root, image, Time::from_micros(0)).expect("is signed")
}

#[test]
fn keys_of_every_kind_sign_and_none_for_another() {
    for (key, (pem, _)) in SIGNED.iter().enumerate() {
        let root = root(pem);
        for (of, (_, signature)) in SIGNED.iter().enumerate() {
            let finding = verify(&root, signature);
            assert_eq!(finding.counts(), key == of, "{} {of}", root.about());
            assert!(key == of || finding == Finding::Fails(Flaw::OtherKey));
        }
    }
    let kinds: Vec<String> = SIGNED.iter().map(|(pem, _)| root(pem).about()).collect();
    let kinds: Vec<&str> = kinds.iter().filter_map(|about| about.split(' ').next()).collect();
    assert_eq!(kinds, ["RSA", "ECDSA", "ECDSA", "Ed25519"]);
}

#[test]
fn keys_that_are_not_fit_are_refused() {
    for pem in UNFIT {
        let refused = Root::parse(&Trusts::Key { pem: pem.to_owned() }).expect_err("unfit");
        assert!(matches!(refused.as_slice(), [mistake] if mistake.field == "key"), "{pem}");
    }
}
