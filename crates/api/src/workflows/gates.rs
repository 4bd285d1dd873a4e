//! The gates of a stage.

use serde::{Deserialize, Serialize};
use towpath_domain::access::Role;
use towpath_domain::gates;
use towpath_domain::workflows::declared;
use utoipa::ToSchema;

/// Whether somebody whom a build names may approve it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// They may.
    #[default]
    No,
    /// They may not, if an address or a name says who of the people here they are.
    IfKnown,
    /// They may not; and what does not say who they are, or names somebody unknown, does not enter.
    Always,
}

/// A condition on entering a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "gate", rename_all = "snake_case", deny_unknown_fields)]
pub enum Gate {
    /// So many people of a role must approve; never the requester.
    Approvals {
        /// 1 to 20.
        count: u8,
        /// The slug of the role.
        #[serde(default = "release_manager")]
        role: String,
        /// Whether the person who pushed the build may not approve it.
        #[serde(default)]
        bar_pusher: bool,
        /// Whether whom the build names as its commit's author may not approve it.
        #[serde(default, skip_serializing_if = "Bar::is_no")]
        bar_author: Bar,
        /// Whether whom the build names as who made its CI run may not approve it.
        #[serde(default, skip_serializing_if = "Bar::is_no")]
        bar_actor: Bar,
    },
    /// The build must have been current in the stage that it comes from for so long.
    Soak {
        /// Such as `30m`, `2h` or `1d 12h`; up to `365d`.
        #[schema(examples("2h"))]
        time: String,
    },
    /// The build must have been current in every one of these buckets.
    WasIn {
        /// The slugs of buckets.
        buckets: Vec<String>,
    },
    /// Nothing enters outside these hours of the week.
    Window {
        /// A name of the IANA time zone database.
        #[schema(examples("Europe/Berlin"))]
        zone: String,
        /// Each such as `Mon-Fri 09:00-17:00`; what ends before it begins ends on the next day.
        hours: Vec<String>,
    },
    /// A promotion must name something of this form, such as a change ticket.
    Reference {
        /// A regular expression that the whole reference has to match.
        #[schema(examples("OPS-[0-9]+"))]
        pattern: String,
    },
    /// The build must have been received no longer ago than this.
    MaximumAge {
        /// Such as `7d`; up to `365d`.
        age: String,
    },
    /// A named result on the build must be a success.
    Check {
        #[schema(examples("unit-tests"))]
        name: String,
        /// The slug of the bucket in which it has to be made, where that matters.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        bucket: String,
        /// The ids of the tokens whose word counts; without one, anybody's who may report.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tokens: Vec<String>,
    },
    /// Signed claims of a CI must say from which repository and commit the build was made.
    Verified,
    /// Trust roots of the project have to have signed the image.
    Signed {
        /// The names of trust roots.
        roots: Vec<String>,
        /// Whether all of them have to have; else one is enough.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        all: bool,
    },
    /// A trust root of the project has to vouch for how the image was built.
    Built {
        /// The names of trust roots, of which one is enough.
        roots: Vec<String>,
        /// The builder that the provenance has to name; `*` stands for any letters.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        builder: String,
        /// The source, alike.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        source: String,
    },
}

fn release_manager() -> String {
    Role::release_manager().slug.into()
}

impl Bar {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    const fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }
}

impl From<Bar> for gates::Bar {
    fn from(bar: Bar) -> Self {
        match bar {
            Bar::No => Self::No,
            Bar::IfKnown => Self::IfKnown,
            Bar::Always => Self::Always,
        }
    }
}

impl From<gates::Bar> for Bar {
    fn from(bar: gates::Bar) -> Self {
        match bar {
            gates::Bar::No => Self::No,
            gates::Bar::IfKnown => Self::IfKnown,
            gates::Bar::Always => Self::Always,
        }
    }
}

impl From<Gate> for declared::Gate {
    fn from(gate: Gate) -> Self {
        match gate {
            Gate::Approvals { count, role, bar_pusher, bar_author, bar_actor } => {
                let (bar_author, bar_actor) = (bar_author.into(), bar_actor.into());
                Self::Approvals { count, role, bar_pusher, bar_author, bar_actor }
            }
            Gate::Soak { time } => Self::Soak { time },
            Gate::WasIn { buckets } => Self::WasIn { buckets },
            Gate::Window { zone, hours } => Self::Window { zone, hours },
            Gate::Reference { pattern } => Self::Reference { pattern },
            Gate::MaximumAge { age } => Self::MaximumAge { age },
            Gate::Check { name, bucket, tokens } => Self::Check { name, bucket, tokens },
            Gate::Verified => Self::Verified,
            Gate::Signed { roots, all } => Self::Signed { roots, all },
            Gate::Built { roots, builder, source } => Self::Built { roots, builder, source },
        }
    }
}

impl From<declared::Gate> for Gate {
    fn from(gate: declared::Gate) -> Self {
        use declared::Gate as Declared;
        match gate {
            Declared::Approvals { count, role, bar_pusher, bar_author, bar_actor } => {
                let (bar_author, bar_actor) = (bar_author.into(), bar_actor.into());
                Self::Approvals { count, role, bar_pusher, bar_author, bar_actor }
            }
            Declared::Soak { time } => Self::Soak { time },
            Declared::WasIn { buckets } => Self::WasIn { buckets },
            Declared::Window { zone, hours } => Self::Window { zone, hours },
            Declared::Reference { pattern } => Self::Reference { pattern },
            Declared::MaximumAge { age } => Self::MaximumAge { age },
            Declared::Check { name, bucket, tokens } => Self::Check { name, bucket, tokens },
            Declared::Verified => Self::Verified,
            Declared::Signed { roots, all } => Self::Signed { roots, all },
            Declared::Built { roots, builder, source } => Self::Built { roots, builder, source },
        }
    }
}

impl From<gates::Gate> for Gate {
    fn from(gate: gates::Gate) -> Self {
        declared::Gate::from(gate).into()
    }
}
