//! What a path below `/v2/` names. Pure: who may, and whether it exists, is asked later.
//!
//! Name names contain slashes, so paths are read from the right: the words `blobs`, `manifests`, `tags`
//! and `referrers` stand at fixed places from the end. No slug may be one of them.

use std::fmt;

use towpath_domain::{
    digests::{Digest, DigestError},
    references::{RepositoryName, Tag},
    slugs::Slug,
};
use towpath_service::images::{Name, Reference};
use uuid::Uuid;

/// A thing that the distribution protocol addresses (distribution-spec, “Endpoints”).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// `/v2/`: is this a registry, and who am I?
    Base,
    /// `/v2/token`: the token service.
    Token,
    /// `/v2/_catalog`: the repositories there are (an extension that docker's registry has).
    Catalog,
    Blob(Name, Digest),
    Uploads(Name),
    Upload(Name, Uuid),
    Manifest(Name, Reference),
    Tags(Name),
    Referrers(Name, Digest),
}

/// Why a path names nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    /// No endpoint has this shape.
    #[error("there is no such endpoint")]
    Endpoint,
    /// The name breaks the grammar of the specification.
    #[error("“{0}” is not a repository name")]
    Name(String),
    /// A good name, but none that can exist here.
    #[error("no repository is called “{0}”: names are PROJECT/INTEGRATION/BUCKET or PROJECT/INTEGRATION")]
    NameUnknown(String),
    #[error(transparent)]
    Digest(#[from] DigestError),
    #[error("“{0}” is not a tag")]
    Tag(String),
    #[error("“{0}” is not an upload")]
    Upload(String),
}

impl Resource {
    /// Reads the path after `/v2/`, as it stands in the request line.
    pub(crate) fn parse(path: &str) -> Result<Self, PathError> {
        // The one character of a name, tag or digest that some clients encode.
        let path = path.replace("%3A", ":").replace("%3a", ":");
        match path.as_str() {
            "" => return Ok(Self::Base),
            "token" => return Ok(Self::Token),
            "_catalog" => return Ok(Self::Catalog),
            _ => {}
        }
        let segments: Vec<&str> = path.split('/').collect();
        match segments.as_slice() {
            [name @ .., "blobs", "uploads", ""] | [name @ .., "blobs", "uploads"] => {
                Ok(Self::Uploads(parse_segments(name)?))
            }
            [name @ .., "blobs", "uploads", id] => {
                let repository = parse_segments(name)?;
                match Uuid::try_parse(id) {
                    Ok(id) => Ok(Self::Upload(repository, id)),
                    Err(_) => Err(PathError::Upload((*id).to_owned())),
                }
            }
            [name @ .., "blobs", digest] => Ok(Self::Blob(parse_segments(name)?, Digest::parse(digest)?)),
            [name @ .., "manifests", reference] => {
                let repository = parse_segments(name)?;
                Ok(Self::Manifest(repository, parse_reference(reference)?))
            }
            [name @ .., "tags", "list"] => Ok(Self::Tags(parse_segments(name)?)),
            [name @ .., "referrers", digest] => {
                Ok(Self::Referrers(parse_segments(name)?, Digest::parse(digest)?))
            }
            _ => Err(PathError::Endpoint),
        }
    }
}

/// Reads a name such as `shop/checkout/qa`.
pub(crate) fn parse_name(name: &str) -> Result<Name, PathError> {
    parse_segments(&name.split('/').collect::<Vec<_>>())
}

fn parse_segments(segments: &[&str]) -> Result<Name, PathError> {
    let name = segments.join("/");
    if RepositoryName::parse(&name).is_err() {
        return Err(PathError::Name(name));
    }
    let slugs: Result<Vec<Slug>, _> = segments.iter().map(|text| Slug::parse(text)).collect();
    let mut slugs = slugs.unwrap_or_default().into_iter();
    match (slugs.next(), slugs.next(), slugs.next(), slugs.next()) {
        (Some(project), Some(integration), bucket, None) => Ok(Name { project, integration, bucket }),
        _ => Err(PathError::NameUnknown(name)),
    }
}

fn parse_reference(text: &str) -> Result<Reference, PathError> {
    if text.contains(':') {
        return Ok(Reference::Digest(Digest::parse(text)?));
    }
    Tag::parse(text).map(Reference::Tag).map_err(|_| PathError::Tag(text.to_owned()))
}

/// The path from the root of the server.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base => f.write_str("/v2/"),
            Self::Token => f.write_str("/v2/token"),
            Self::Catalog => f.write_str("/v2/_catalog"),
            Self::Blob(repository, digest) => write!(f, "/v2/{repository}/blobs/{digest}"),
            Self::Uploads(repository) => write!(f, "/v2/{repository}/blobs/uploads/"),
            Self::Upload(repository, id) => write!(f, "/v2/{repository}/blobs/uploads/{id}"),
            Self::Manifest(repository, reference) => {
                write!(f, "/v2/{repository}/manifests/{reference}")
            }
            Self::Tags(repository) => write!(f, "/v2/{repository}/tags/list"),
            Self::Referrers(repository, digest) => write!(f, "/v2/{repository}/referrers/{digest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHA256: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn repository(name: &str) -> Name {
        parse_name(name).unwrap()
    }

    #[test]
    fn a_name_of_two_parts_is_an_integration_and_the_third_is_a_bucket() {
        let tag = |text| Reference::Tag(Tag::parse(text).unwrap());
        for (path, resource) in [
            ("shop/checkout/manifests/1.4", Resource::Manifest(repository("shop/checkout"), tag("1.4"))),
            (
                "shop/checkout/qa/manifests/1.4",
                Resource::Manifest(repository("shop/checkout/qa"), tag("1.4")),
            ),
            ("shop/checkout/qa/tags/list", Resource::Tags(repository("shop/checkout/qa"))),
        ] {
            assert_eq!(Resource::parse(path), Ok(resource), "{path}");
        }
    }

    #[test]
    fn uploads_are_begun_with_and_without_the_last_slash() {
        let uploads = Ok(Resource::Uploads(repository("shop/checkout")));
        assert_eq!(Resource::parse("shop/checkout/blobs/uploads/"), uploads);
        assert_eq!(Resource::parse("shop/checkout/blobs/uploads"), uploads);
    }

    #[test]
    fn the_colon_of_a_digest_may_be_encoded() {
        let path = format!("shop/checkout/blobs/{}", SHA256.replace(':', "%3A"));
        let digest = Digest::parse(SHA256).unwrap();
        assert_eq!(Resource::parse(&path), Ok(Resource::Blob(repository("shop/checkout"), digest)));
    }

    #[test]
    fn each_mistake_is_told_apart() {
        let unknown = |name: &str| PathError::NameUnknown(name.to_owned());
        for (path, error) in [
            ("_catalog/x", PathError::Endpoint),
            ("shop/checkout", PathError::Endpoint),
            ("shop/checkout/tags", PathError::Endpoint),
            ("shop/checkout/blobs/uploads/x/y", PathError::Endpoint),
            ("tags/list", PathError::Name(String::new())),
            ("Shop/checkout/tags/list", PathError::Name("Shop/checkout".into())),
            ("shop//qa/tags/list", PathError::Name("shop//qa".into())),
            ("../checkout/tags/list", PathError::Name("../checkout".into())),
            ("shop%2Fcheckout/tags/list", PathError::Name("shop%2Fcheckout".into())),
            ("shop/tags/list", unknown("shop")),
            ("shop/checkout/qa/x/tags/list", unknown("shop/checkout/qa/x")),
            ("shop/check_out/tags/list", unknown("shop/check_out")),
            ("shop/checkout/manifests/.x", PathError::Tag(".x".into())),
            ("shop/checkout/manifests/", PathError::Tag(String::new())),
            ("shop/checkout/blobs/uploads/7", PathError::Upload("7".into())),
            ("shop/checkout/blobs/sha256", PathError::Digest(DigestError::Shape)),
            ("shop/checkout/manifests/md5:0", PathError::Digest(DigestError::Algorithm("md5".into()))),
        ] {
            assert_eq!(Resource::parse(path), Err(error), "{path}");
        }
    }

    fn repositories() -> impl Strategy<Value = Name> {
        let slug = || "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4}){0,2}".prop_map(|text| Slug::parse(&text).unwrap());
        (slug(), slug(), proptest::option::of(slug()))
            .prop_filter("reserved words", |(project, integration, bucket)| {
                let slugs = [Some(project), Some(integration), bucket.as_ref()];
                slugs.into_iter().flatten().all(|slug| Slug::parse_new(slug.as_str()).is_ok())
            })
            .prop_map(|(project, integration, bucket)| Name { project, integration, bucket })
    }

    fn resources() -> impl Strategy<Value = Resource> {
        let digest = Digest::parse(SHA256).unwrap();
        let tag = "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}".prop_map(|text| Tag::parse(&text).unwrap());
        (repositories(), any::<u128>(), tag).prop_flat_map(move |(repository, id, tag)| {
            prop_oneof![
                Just(Resource::Base),
                Just(Resource::Token),
                Just(Resource::Catalog),
                Just(Resource::Blob(repository.clone(), digest.clone())),
                Just(Resource::Uploads(repository.clone())),
                Just(Resource::Upload(repository.clone(), Uuid::from_u128(id))),
                Just(Resource::Manifest(repository.clone(), Reference::Tag(tag))),
                Just(Resource::Manifest(repository.clone(), Reference::Digest(digest.clone()))),
                Just(Resource::Tags(repository.clone())),
                Just(Resource::Referrers(repository, digest.clone())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_resource_is_found_at_its_own_path(resource in resources()) {
            let path = resource.to_string();
            prop_assert_eq!(Resource::parse(path.strip_prefix("/v2/").unwrap()), Ok(resource));
        }

        #[test]
        fn no_path_makes_the_parser_panic(path in "\\PC{0,200}") {
            _ = Resource::parse(&path);
        }

        #[test]
        fn what_is_understood_has_no_second_spelling(
            path in "([a-z.]{1,4}/){0,4}(blobs|manifests|tags|referrers)/(uploads/)?([a-z]{0,4}|list|sha256:[0-9a-f]{64})"
        ) {
            if let Ok(resource) = Resource::parse(&path) {
                let canonical = resource.to_string();
                prop_assert_eq!(canonical.strip_prefix("/v2/").unwrap().trim_end_matches('/'), path.trim_end_matches('/'));
            }
        }
    }
}
