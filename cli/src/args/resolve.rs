//! What `resolve` takes.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct Resolve {
    pub project: String,
    pub environment: String,
    /// Write them in the form that a deployer takes, whatever --output says.
    #[arg(long = "as", value_name = "FORM")]
    pub form: Option<Form>,
    /// What becomes of services that have no image there.
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub missing: Missing,
    /// Do it again whenever what should run has changed, until this is stopped.
    #[arg(long)]
    pub watch: bool,
    /// With --watch, after `--`: start this program each time, with what --as writes on its standard input. One that fails is
    /// started again after a while.
    #[arg(last = true, requires = "watch", requires = "form", value_name = "PROGRAM")]
    pub program: Vec<String>,
}

/// What becomes of services that have no image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Missing {
    /// --as writes nothing, and the end is 5: half an environment is not taken for a whole one.
    // As Argo CD's generator calls it.
    #[value(alias = "refuse")]
    Fail,
    /// They are left out, and told: for services that are not meant for this environment.
    Skip,
}

/// How deployers take images, each by its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A line each: the service and its image.
    Plain,
    /// Variables for a shell or an `.env` file: `CHECKOUT_IMAGE=…`.
    Env,
    /// Values for a Helm chart: `images.SERVICE` with `registry`, `repository`, `tag` and `digest`.
    Helm,
    /// The `images` of a `kustomization.yaml`, for manifests that name an image by its service.
    Kustomize,
    /// A file for Compose that says the image of each service, to be given after one's own.
    Compose,
    /// JSON for Terraform's `external` data source: the image of each service.
    Terraform,
}
