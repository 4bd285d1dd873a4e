//! The ground that the conformance programs of the specification cover: every kind of content is pushed in every way,
//! listed, read, asked for referrers and deleted again, by either digest.

use axum::body::Body;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use towpath_domain::digests::{Algorithm, Digest};

use crate::harness::{Answer, OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Outcome, Registry};

/// No bucket: tags may move and everything can be deleted, as the programs expect it.
const NAME: &str = "shop/tools";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const EXAMPLE: &str = "application/vnd.example.oci.conformance.v1";
const FOREIGN: &str = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";

/// What is pushed together: blobs, then manifests in their order, then tags.
struct Set {
    name: &'static str,
    algorithm: Algorithm,
    blobs: Vec<Vec<u8>>,
    manifests: Vec<(String, Vec<u8>)>,
    tags: Vec<(String, usize)>,
}

impl Set {
    fn new(name: &'static str, algorithm: Algorithm) -> Self {
        Self { name, algorithm, blobs: Vec::new(), manifests: Vec::new(), tags: Vec::new() }
    }

    fn blob(&mut self, media_type: &str, content: &str) -> Value {
        let content = content.as_bytes().to_vec();
        let digest = Digest::of(self.algorithm, &content);
        let descriptor = json!({"mediaType": media_type, "digest": digest, "size": content.len()});
        self.blobs.push(content);
        descriptor
    }

    fn manifest(&mut self, document: &Value) -> Value {
        let media_type = document["mediaType"].as_str().unwrap_or(OCI_MANIFEST).to_owned();
        let content = document.to_string().into_bytes();
        let digest = Digest::of(self.algorithm, &content);
        let descriptor = json!({"mediaType": media_type, "digest": digest, "size": content.len()});
        self.manifests.push((media_type, content));
        descriptor
    }

    /// An image of an architecture, with more fields.
    fn image(&mut self, architecture: &str, more: &Value) -> Value {
        let seed = format!("{} {architecture} {more}", self.name);
        let config = json!({"os": "linux", "architecture": architecture, "author": seed}).to_string();
        let config = self.blob(OCI_CONFIG, &config);
        let layers = [self.blob(OCI_LAYER, &format!("one of {seed}")), self.blob(OCI_LAYER, &seed)];
        let mut image =
            json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": layers});
        merge(&mut image, more);
        self.manifest(&image)
    }

    fn artifact(&mut self, more: &Value) -> Value {
        let config = self.blob(EMPTY, "{}");
        let layer = self.blob(EXAMPLE, &format!("artifact of {} {more}", self.name));
        let mut artifact = json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": EXAMPLE,
            "config": config, "layers": [layer],
        });
        merge(&mut artifact, more);
        self.manifest(&artifact)
    }

    fn index(&mut self, children: &[Value], more: &Value) -> Value {
        let mut index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children});
        merge(&mut index, more);
        self.manifest(&index)
    }

    fn images(&mut self) -> Vec<Value> {
        ["amd64", "arm64"]
            .into_iter()
            .map(|architecture| {
                let mut child = self.image(architecture, &json!({}));
                child["platform"] = json!({"os": "linux", "architecture": architecture});
                child
            })
            .collect()
    }

    /// Tags the last manifest.
    fn tag(mut self, tag: &str) -> Self {
        self.tags.push((tag.to_owned(), self.manifests.len() - 1));
        self
    }

    fn digests(&self) -> impl DoubleEndedIterator<Item = Digest> + ExactSizeIterator {
        self.manifests.iter().map(|(_, content)| Digest::of(self.algorithm, content))
    }
}

fn merge(document: &mut Value, more: &Value) {
    let fields = more.as_object().into_iter().flatten();
    for (key, value) in fields {
        document[key] = value.clone();
    }
}

fn sets() -> Vec<Set> {
    use Algorithm::{Sha256, Sha512};
    let mut sets = Vec::new();
    let mut add = |name, algorithm, tag: &str, build: &dyn Fn(&mut Set)| {
        let mut set = Set::new(name, algorithm);
        build(&mut set);
        sets.push(if tag.is_empty() { set } else { set.tag(tag) });
    };
    add("image", Sha256, "image", &|set| drop(set.image("amd64", &json!({}))));
    add("large manifest", Sha256, "large-manifest", &|set| {
        let annotations: serde_json::Map<String, Value> =
            (0..390).map(|number| (format!("large-{number}"), "A".repeat(10_000).into())).collect();
        set.image("amd64", &json!({"annotations": annotations}));
    });
    add("index", Sha256, "index", &|set| {
        let children = set.images();
        set.index(&children, &json!({}));
    });
    add("nested index", Sha256, "index-of-index", &|set| {
        let children = set.images();
        let inner = set.index(&children, &json!({}));
        set.index(&[inner], &json!({}));
    });
    // The tag of another index, which moves.
    add("empty index", Sha256, "index", &|set| drop(set.index(&[], &json!({}))));
    add("artifact", Sha256, "artifact", &|set| drop(set.artifact(&json!({}))));
    add("artifact index", Sha256, "artifact-index", &|set| {
        let children = [set.artifact(&json!({"annotations": {"a": "1"}})), set.artifact(&json!({}))];
        set.index(&children, &json!({"artifactType": EXAMPLE}));
    });
    add("no layers", Sha256, "no-layers", &|set| {
        let config = set.blob(OCI_CONFIG, r#"{"os":"linux","architecture":"amd64"}"#);
        set.manifest(&json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": []}));
    });
    add("data field", Sha256, "data-field", &|set| {
        let mut config = set.blob(EMPTY, "{}");
        config["data"] = "e30=".into();
        set.manifest(
            &json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": [config]}),
        );
    });
    add("layers that may not be pushed", Sha256, "non-distributable", &|set| {
        let config = set.blob(OCI_CONFIG, r#"{"os":"linux","architecture":"arm"}"#);
        let digest = Digest::of(Sha256, b"elsewhere");
        let foreign = json!({
            "mediaType": FOREIGN, "digest": digest, "size": 123_456, "urls": ["https://store.example.com/x"],
        });
        set.manifest(
            &json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": [foreign]}),
        );
    });
    add("fields that nobody knows", Sha256, "custom-fields", &|set| {
        set.image("amd64", &json!({"org.example.field": {"x": [1, null]}}));
    });
    add("by sha512", Sha512, "", &|set| {
        let children = set.images();
        set.index(&children, &json!({}));
    });
    add("tags by parameter, sha512", Sha512, "", &|set| {
        set.image("arm64", &json!({}));
        set.tags = (0..12).map(|number| (format!("param-{number}"), 0)).collect();
    });
    sets
}

/// Pushes a blob in one of four ways, and checks what the answer leads to.
async fn push_blob(registry: &Registry, way: usize, content: &[u8], digest: &Digest) -> Outcome {
    let uploads = format!("/v2/{NAME}/blobs/uploads/");
    let close = |location: &str| format!("{location}?digest={digest}");
    let stored = match way % 4 {
        0 => registry.send(Method::POST, &format!("{uploads}?digest={digest}"), content.to_vec()).await?,
        1 => {
            let location = registry.begin(NAME).await?;
            registry.send(Method::PUT, &close(&location), content.to_vec()).await?
        }
        2 => {
            let location = registry.begin(NAME).await?;
            let streamed = registry.send(Method::PATCH, &location, content.to_vec()).await?;
            assert_eq!(streamed.status, StatusCode::ACCEPTED, "{streamed:?}");
            registry.send(Method::PUT, &close(streamed.header("location")), Body::empty()).await?
        }
        _ => {
            let location = registry.begin(NAME).await?;
            let half = content.len() / 2;
            let (first, last) = content.split_at(half);
            if half > 0 {
                let appended = chunk(registry, Method::PATCH, &location, 0, first).await?;
                assert_eq!(appended.header("range"), format!("0-{}", half - 1), "{appended:?}");
            }
            chunk(registry, Method::PUT, &close(&location), half, last).await?
        }
    };
    assert_eq!(stored.status, StatusCode::CREATED, "way {way}: {stored:?}");
    assert_eq!(stored.header("docker-content-digest"), digest.to_string());
    let read = registry.get(stored.header("location")).await?;
    assert_eq!((read.status, &read.body[..]), (StatusCode::OK, content));
    Ok(())
}

async fn chunk(
    registry: &Registry,
    method: Method,
    path: &str,
    start: usize,
    content: &[u8],
) -> Outcome<Answer> {
    let request = registry.request(method, path);
    let request = match content.len() {
        0 => request,
        length => request.header(header::CONTENT_RANGE, format!("{start}-{}", start + length - 1)),
    };
    registry.raw(request.body(content.to_vec().into())?).await
}

async fn put(
    registry: &Registry,
    reference: &str,
    (media_type, content): &(String, Vec<u8>),
) -> Outcome<Answer> {
    let request = registry.request(Method::PUT, &format!("/v2/{NAME}/manifests/{reference}"));
    registry.raw(request.header(header::CONTENT_TYPE, media_type).body(content.clone().into())?).await
}

async fn push(registry: &Registry, set: &Set) -> Outcome {
    for (way, content) in set.blobs.iter().enumerate() {
        push_blob(registry, way, content, &Digest::of(set.algorithm, content)).await?;
    }
    for (place, (digest, manifest)) in set.digests().zip(&set.manifests).enumerate() {
        let own = set.tags.iter().filter(|(_, of)| *of == place);
        let tags: Vec<String> = own.map(|(tag, _)| tag.clone()).collect();
        // What sha512 names is tagged by parameters alone.
        let by_parameter = set.algorithm == Algorithm::Sha512 && !tags.is_empty();
        let query = if by_parameter { format!("?tag={}", tags.join("&tag=")) } else { String::new() };
        let pushed = put(registry, &format!("{digest}{query}"), manifest).await?;
        assert_eq!(pushed.status, StatusCode::CREATED, "{}: {pushed:?}", set.name);
        assert_eq!(pushed.header("docker-content-digest"), digest.to_string());
        let read = registry.get(pushed.header("location")).await?;
        assert_eq!((read.status, &read.body[..]), (StatusCode::OK, &manifest.1[..]));
        let told: Vec<&str> =
            pushed.headers.get_all("oci-tag").iter().filter_map(|tag| tag.to_str().ok()).collect();
        assert_eq!(told.len(), if by_parameter { tags.len() } else { 0 });
        for tag in tags.iter().filter(|_| !by_parameter) {
            let pushed = put(registry, tag, manifest).await?;
            assert_eq!(pushed.status, StatusCode::CREATED, "{}: {pushed:?}", set.name);
        }
    }
    Ok(())
}

async fn read(registry: &Registry, set: &Set) -> Outcome {
    let listed = registry.get(&format!("/v2/{NAME}/tags/list")).await?.json();
    for (tag, _) in &set.tags {
        let tags = listed["tags"].as_array().ok_or("tags")?;
        assert!(tags.contains(&json!(tag)), "{}: {listed}", set.name);
    }
    let by_tag = set.tags.iter().map(|(tag, of)| (tag.clone(), *of));
    let by_digest = set.digests().enumerate().map(|(place, digest)| (digest.to_string(), place));
    for (reference, place) in by_tag.chain(by_digest) {
        let (media_type, content) = &set.manifests[place];
        let path = format!("/v2/{NAME}/manifests/{reference}");
        for (answer, body) in
            [(registry.head(&path).await?, &b""[..]), (registry.get(&path).await?, &content[..])]
        {
            assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, body), "{}", set.name);
            assert_eq!(answer.header("content-type"), media_type);
            let digest = Digest::of(set.algorithm, content);
            assert_eq!(answer.header("docker-content-digest"), digest.to_string());
        }
        assert_eq!(registry.head(&path).await?.header("content-length"), content.len().to_string());
    }
    for content in &set.blobs {
        let path = format!("/v2/{NAME}/blobs/{}", Digest::of(set.algorithm, content));
        let head = registry.head(&path).await?;
        assert_eq!(
            (head.status, head.header("content-length")),
            (StatusCode::OK, &*content.len().to_string())
        );
        assert_eq!(&registry.get(&path).await?.body[..], content);
    }
    Ok(())
}

/// Deletes in the order in which things let go of each other; each is gone at once.
async fn delete(registry: &Registry, set: &Set) -> Outcome {
    let tags = set.tags.iter().map(|(tag, _)| format!("manifests/{tag}"));
    let manifests = set.digests().rev().map(|digest| format!("manifests/{digest}"));
    let mut blobs: Vec<Digest> = set.blobs.iter().map(|blob| Digest::of(set.algorithm, blob)).collect();
    blobs.sort();
    blobs.dedup();
    let blobs = blobs.into_iter().map(|digest| format!("blobs/{digest}"));
    for path in tags.chain(manifests).chain(blobs).collect::<Vec<_>>() {
        let path = format!("/v2/{NAME}/{path}");
        let deleted = registry.delete(&path).await?;
        assert_eq!(deleted.status, StatusCode::ACCEPTED, "{} {path}: {deleted:?}", set.name);
        assert_eq!(registry.head(&path).await?.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(registry.delete(&path).await?.status, StatusCode::NOT_FOUND, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn every_kind_of_content_goes_its_way() -> Outcome {
    let registry = Registry::start().await?;
    for set in sets() {
        push(&registry, &set).await?;
        read(&registry, &set).await?;
        delete(&registry, &set).await?;
    }
    assert_eq!(registry.get(&format!("/v2/{NAME}/tags/list")).await?.json()["tags"], json!([]));
    Ok(())
}

#[tokio::test]
async fn what_is_said_about_an_image_is_listed_by_kind_and_need_not_wait_for_it() -> Outcome {
    let registry = Registry::start().await?;
    let mut set = Set::new("referrers", Algorithm::Sha256);
    let image = set.image("amd64", &json!({}));
    let missing =
        json!({"mediaType": OCI_MANIFEST, "size": 123, "digest": Digest::of(Algorithm::Sha256, b"no")});
    let words = json!({"org.opencontainers.conformance": "hello"});
    // Each with its subject and the kind under which it is listed.
    let mut said = Vec::new();
    for (subject, kind) in [(&image, OCI_CONFIG), (&image, EXAMPLE), (&missing, EXAMPLE)] {
        let more = json!({"subject": subject, "annotations": words});
        let descriptor = if kind == OCI_CONFIG { set.image("arm64", &more) } else { set.artifact(&more) };
        said.push((subject.clone(), kind, descriptor));
    }
    let children = [set.artifact(&json!({}))];
    let index =
        set.index(&children, &json!({"subject": image, "artifactType": EXAMPLE, "annotations": words}));
    said.push((image.clone(), EXAMPLE, index));
    push(&registry, &set).await?;
    for (subject, kind, descriptor) in &said {
        let place = set.digests().position(|digest| descriptor["digest"] == json!(digest)).ok_or("pushed")?;
        let again =
            put(&registry, descriptor["digest"].as_str().ok_or("a digest")?, &set.manifests[place]).await?;
        assert_eq!(json!(again.header("oci-subject")), subject["digest"]);
        let path = format!("/v2/{NAME}/referrers/{}", subject["digest"].as_str().ok_or("a digest")?);
        let (all, filtered) =
            (registry.get(&path).await?, registry.get(&format!("{path}?artifactType={kind}")).await?);
        assert_eq!((all.header("oci-filters-applied"), all.header("content-type")), ("", OCI_INDEX));
        assert_eq!(filtered.header("oci-filters-applied"), "artifactType");
        let mut expected = descriptor.clone();
        merge(&mut expected, &json!({"artifactType": kind, "annotations": words}));
        for answer in [all.json(), filtered.json()] {
            assert_eq!((&answer["schemaVersion"], &answer["mediaType"]), (&json!(2), &json!(OCI_INDEX)));
            assert!(answer["manifests"].as_array().is_some_and(|list| list.contains(&expected)), "{answer}");
        }
        let listed = filtered.json()["manifests"].clone();
        assert!(listed.as_array().ok_or("a list")?.iter().all(|one| one["artifactType"] == json!(kind)));
    }
    let none = Digest::of(Algorithm::Sha512, b"never heard of");
    let none = registry.get(&format!("/v2/{NAME}/referrers/{none}")).await?;
    assert_eq!((none.status, none.json()["manifests"].clone()), (StatusCode::OK, json!([])));
    Ok(())
}

#[tokio::test]
async fn content_of_another_digest_is_refused_in_every_way() -> Outcome {
    let registry = Registry::start().await?;
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        let digest = Digest::of(algorithm, b"promised");
        let uploads = format!("/v2/{NAME}/blobs/uploads/?digest={digest}");
        assert_eq!(registry.send(Method::POST, &uploads, "sent").await?.status, StatusCode::BAD_REQUEST);
        for streamed in [true, false] {
            let location = registry.begin(NAME).await?;
            let close = format!("{location}?digest={digest}");
            let closed = if streamed {
                registry.send(Method::PATCH, &location, "sent").await?;
                registry.send(Method::PUT, &close, Body::empty()).await?
            } else {
                chunk(&registry, Method::PUT, &close, 0, b"sent").await?
            };
            assert_eq!(closed.status, StatusCode::BAD_REQUEST, "{closed:?}");
        }
        assert_eq!(registry.head(&format!("/v2/{NAME}/blobs/{digest}")).await?.status, StatusCode::NOT_FOUND);
    }
    let mut set = Set::new("bad digest", Algorithm::Sha256);
    set.image("amd64", &json!({}));
    let (media_type, mut content) = set.manifests.remove(0);
    for (way, blob) in set.blobs.iter().enumerate() {
        push_blob(&registry, way, blob, &Digest::of(Algorithm::Sha256, blob)).await?;
    }
    let digest = Digest::of(Algorithm::Sha256, &content).to_string();
    content.extend_from_slice(b"  ");
    for reference in [&*digest, "sha256:baddigeststring"] {
        let pushed = put(&registry, reference, &(media_type.clone(), content.clone())).await?;
        assert_eq!(pushed.status, StatusCode::BAD_REQUEST, "{pushed:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_chunk_out_of_order_is_told_where_the_upload_stands() -> Outcome {
    let registry = Registry::start().await?;
    let content = b"firstsecondthird";
    let digest = Digest::of(Algorithm::Sha512, content);
    let location = registry.begin(NAME).await?;
    let mut stands = 0;
    for (start, part) in [(0, &b"first"[..]), (5, b"second"), (11, b"third")] {
        let wrong = if start == 0 { 5 } else { 0 };
        let refused = chunk(&registry, Method::PATCH, &location, wrong, part).await?;
        assert_eq!(refused.status, StatusCode::RANGE_NOT_SATISFIABLE, "{refused:?}");
        let status = registry.get(refused.header("location")).await?;
        let range = format!("0-{}", stands.max(1) - 1);
        assert_eq!((status.status, status.header("range")), (StatusCode::NO_CONTENT, &*range));
        assert_eq!(
            chunk(&registry, Method::PATCH, &location, start, part).await?.status,
            StatusCode::ACCEPTED
        );
        stands = start + part.len();
    }
    let close = format!("{location}?digest={digest}");
    let early = chunk(&registry, Method::PUT, &close, 3, b"third").await?;
    assert_eq!(early.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(registry.send(Method::PUT, &close, Body::empty()).await?.status, StatusCode::CREATED);
    Ok(())
}
