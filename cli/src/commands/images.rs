//! Which images an environment should run, as a table or in a form that a deployer takes.

mod watching;

use crate::args::{Form, Format, Missing, Resolve};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Table, say, show};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use towpath_api::buckets::{EnvironmentImages, Image};
use towpath_api::client::Client;

pub async fn resolve(client: &Client, args: Resolve, format: Format) -> Result<Exit, Failure> {
    if args.watch {
        return watching::run(client, args, format).await;
    }
    let resolved = client.images(&args.project, &args.environment).await?;
    match args.form {
        None => _ = show(format, &resolved, table)?,
        Some(form) => {
            if let Some(text) = whole(form, args.missing, &resolved)? {
                output::write(&text)?;
            }
        }
    }
    Ok(tell(&resolved, args.missing))
}

/// All images in a form; nothing, with a word about it, where a service has none that is not to be skipped: a deployer must not
/// take half an environment for a whole one.
fn whole(form: Form, missing: Missing, resolved: &EnvironmentImages) -> Result<Option<String>, Failure> {
    if resolved.missing.is_empty() || missing == Missing::Skip {
        return written(form, &resolved.images).map(Some);
    }
    say(
        "Nothing was written, since it would not be the whole environment. --missing skip leaves out what has no image.",
    );
    Ok(None)
}

/// Says what is to be known beside the images.
fn tell(resolved: &EnvironmentImages, missing: Missing) -> Exit {
    for image in &resolved.images {
        if image.bad {
            say(&format!("{}: {} is marked bad", image.service, image.tag));
        }
        if let Some(pin) = &image.pin {
            let (until, number, reason) = (pin.until.0.to_words(), pin.number, &pin.reason);
            say(&format!("{}: pinned until {until} by {}#{number}: {reason}", image.service, pin.project));
        }
    }
    let skipped = if missing == Missing::Skip { "left out: " } else { "" };
    for without in &resolved.missing {
        say(&format!("{}: {skipped}{}", without.service, without.detail));
    }
    if resolved.missing.is_empty() || missing == Missing::Skip { Exit::Success } else { Exit::NotFound }
}

fn table(resolved: &EnvironmentImages) -> Table {
    let mut table = Table::new(&["SERVICE", "TAG", "SOURCE", "IMAGE"]);
    for image in &resolved.images {
        let source = image.source.name().to_owned();
        table.row([image.service.clone(), image.tag.clone(), source, image.reference.clone()]);
    }
    table
}

/// The images in another tool's form, each by its digest.
fn written(form: Form, images: &[Image]) -> Result<String, Failure> {
    let by_service = || images.iter().map(|image| (image.service.as_str(), image.reference.as_str()));
    Ok(match form {
        Form::Plain => by_service().fold(String::new(), |mut text, (service, reference)| {
            _ = writeln!(text, "{service} {reference}");
            text
        }),
        Form::Env => by_service().fold(String::new(), |mut text, (service, reference)| {
            _ = writeln!(text, "{}_IMAGE={reference}", variable(service));
            text
        }),
        Form::Terraform => {
            serde_json::to_string(&by_service().collect::<BTreeMap<_, _>>()).map_err(std::io::Error::from)?
                + "\n"
        }
        Form::Helm => {
            let values = images.iter().map(|image| Some((image.service.as_str(), Values::of(image)?)));
            yaml(&BTreeMap::from([("images", values.collect::<Option<BTreeMap<_, _>>>())]))?
        }
        Form::Kustomize => {
            let images = images.iter().map(|image| {
                let (repository, _) = image.reference.rsplit_once('@')?;
                Some(Kustomized { name: &image.service, new_name: repository, digest: &image.digest })
            });
            yaml(&BTreeMap::from([("images", images.collect::<Option<Vec<_>>>())]))?
        }
        Form::Compose => {
            let services = by_service().map(|(service, image)| (service, BTreeMap::from([("image", image)])));
            yaml(&BTreeMap::from([("services", services.collect::<BTreeMap<_, _>>())]))?
        }
    })
}

/// The parts of an image, as the values of Helm charts usually name them.
#[derive(Serialize)]
struct Values<'a> {
    registry: &'a str,
    repository: &'a str,
    tag: &'a str,
    digest: &'a str,
}

impl<'a> Values<'a> {
    fn of(image: &'a Image) -> Option<Self> {
        let (name, _) = image.reference.rsplit_once('@')?;
        let (registry, repository) = name.split_once('/')?;
        Some(Self { registry, repository, tag: &image.tag, digest: &image.digest })
    }
}

/// An entry of `images` in a `kustomization.yaml`: manifests name the image by the service.
#[derive(Serialize)]
struct Kustomized<'a> {
    name: &'a str,
    #[serde(rename = "newName")]
    new_name: &'a str,
    digest: &'a str,
}

fn yaml(value: &impl Serialize) -> Result<String, Failure> {
    output::yaml(value).map_err(Failure::Io)
}

/// The name of a service as the name of a variable: `order-mail` becomes `ORDER_MAIL`.
fn variable(service: &str) -> String {
    service.to_uppercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use towpath_api::buckets::ImageSource;

    fn images() -> Vec<Image> {
        let image = |service: &str, tag: &str| Image {
            service: service.to_owned(),
            reference: format!("host.example:3000/shop/{service}/prod@sha256:ab"),
            digest: "sha256:ab".to_owned(),
            tag: tag.to_owned(),
            bad: false,
            source: ImageSource::Bucket,
            pin: None,
            runs: None,
        };
        // What other readers of YAML would take for a number or for false.
        vec![image("order-mail", "1.10"), image("no", "1e3")]
    }

    #[test]
    fn each_form_names_every_image_by_its_digest() {
        let written = |form| written(form, &images()).expect("is written");
        assert_eq!(
            written(Form::Plain),
            "order-mail host.example:3000/shop/order-mail/prod@sha256:ab\nno host.example:3000/shop/no/prod@sha256:ab\n"
        );
        assert_eq!(
            written(Form::Env),
            "ORDER_MAIL_IMAGE=host.example:3000/shop/order-mail/prod@sha256:ab\n\
             NO_IMAGE=host.example:3000/shop/no/prod@sha256:ab\n"
        );
        assert_eq!(
            written(Form::Terraform),
            "{\"no\":\"host.example:3000/shop/no/prod@sha256:ab\",\
             \"order-mail\":\"host.example:3000/shop/order-mail/prod@sha256:ab\"}\n"
        );
        assert_eq!(
            written(Form::Helm),
            concat!(
                "images:\n",
                "  \"no\":\n",
                "    registry: host.example:3000\n",
                "    repository: shop/no/prod\n",
                "    tag: \"1e3\"\n",
                "    digest: sha256:ab\n",
                "  order-mail:\n",
                "    registry: host.example:3000\n",
                "    repository: shop/order-mail/prod\n",
                "    tag: \"1.10\"\n",
                "    digest: sha256:ab\n",
            )
        );
        assert_eq!(
            written(Form::Kustomize),
            concat!(
                "images:\n",
                "- name: order-mail\n",
                "  newName: host.example:3000/shop/order-mail/prod\n",
                "  digest: sha256:ab\n",
                "- name: \"no\"\n",
                "  newName: host.example:3000/shop/no/prod\n",
                "  digest: sha256:ab\n",
            )
        );
        assert_eq!(
            written(Form::Compose),
            concat!(
                "services:\n",
                "  \"no\":\n",
                "    image: host.example:3000/shop/no/prod@sha256:ab\n",
                "  order-mail:\n",
                "    image: host.example:3000/shop/order-mail/prod@sha256:ab\n",
            )
        );
    }
}
