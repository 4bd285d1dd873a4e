//! What is in the sample, and what happens there, in order.

use Step::{Check, Decide, Promote, Push, Report, RollBack};
use towpath_domain::checks::CheckState;
use towpath_domain::deployments::Outcome;
use towpath_domain::promotions::Choice;

/// The slug of the sample project.
pub const PROJECT: &str = "sample";

/// Environments, with their release streams.
pub const ENVIRONMENTS: [(&str, &str, &str); 3] =
    [("qa", "QA", "qa"), ("staging", "Staging", "staging"), ("prod", "Production", "production")];

/// A workflow: its stages, how many approvals each takes, and which checks.
pub struct Way {
    pub slug: &'static str,
    pub title: &'static str,
    pub kind: &'static str,
    pub stages: [(&'static str, &'static str, &'static str); 3],
}

pub const WORKFLOWS: [Way; 2] = [
    Way {
        slug: "release",
        title: "Release",
        kind: "environment",
        stages: [("qa", "", ""), ("staging", "", ""), ("prod", "1", "tests, smoke in staging")],
    },
    Way {
        slug: "straight",
        title: "Straight through",
        kind: "release_stream",
        stages: [("dev", "", ""), ("staging", "", ""), ("production", "", "")],
    },
];

/// Integrations, with their type; each follows the default workflow of its type.
pub const INTEGRATIONS: [(&str, &str, &str); 3] = [
    ("storefront", "Storefront", "environment"),
    ("payments", "Payments", "environment"),
    ("mailer", "Mailer", "release_stream"),
];

/// One thing that happens.
pub enum Step {
    /// A build arrives; without a bucket it waits to be told where it belongs. Some arrivals are refused.
    Push {
        integration: &'static str,
        bucket: Option<&'static str>,
        version: &'static str,
    },
    Promote {
        integration: &'static str,
        version: &'static str,
        from: &'static str,
        to: &'static str,
        reason: &'static str,
    },
    /// Somebody else decides whether it enters production, where there is somebody else; otherwise the promotion goes on waiting.
    Decide {
        integration: &'static str,
        version: &'static str,
        choice: Choice,
        comment: &'static str,
    },
    RollBack {
        integration: &'static str,
        bucket: &'static str,
        to: &'static str,
        reason: &'static str,
    },
    /// CI says how a check went, in a bucket where it has one.
    Check {
        integration: &'static str,
        version: &'static str,
        name: &'static str,
        bucket: &'static str,
        state: CheckState,
    },
    /// A deployer says how it went; services are called as their integrations.
    Report {
        service: &'static str,
        environment: &'static str,
        version: &'static str,
        outcome: Outcome,
    },
}

const fn push(integration: &'static str, bucket: &'static str, version: &'static str) -> Step {
    Push { integration, bucket: Some(bucket), version }
}

const fn promote(
    integration: &'static str,
    version: &'static str,
    from: &'static str,
    to: &'static str,
    reason: &'static str,
) -> Step {
    Promote { integration, version, from, to, reason }
}

const fn decide(
    integration: &'static str,
    version: &'static str,
    choice: Choice,
    comment: &'static str,
) -> Step {
    Decide { integration, version, choice, comment }
}

const fn report(
    service: &'static str,
    environment: &'static str,
    version: &'static str,
    outcome: Outcome,
) -> Step {
    Report { service, environment, version, outcome }
}

const fn check(
    integration: &'static str,
    version: &'static str,
    name: &'static str,
    bucket: &'static str,
    state: CheckState,
) -> Step {
    Check { integration, version, name, bucket, state }
}

/// What happens, with how many hours before a demonstration is started it does. The sample of an installation that has a
/// history of its own happens when it is loaded.
pub const STEPS: [(i64, Step); 39] = [
    (480, push("storefront", "qa", "1.0.0")),
    (479, check("storefront", "1.0.0", "tests", "", CheckState::Success)),
    (478, promote("storefront", "1.0.0", "qa", "staging", "Passed in qa.")),
    (477, report("storefront", "staging", "1.0.0", Outcome::Succeeded)),
    (456, check("storefront", "1.0.0", "smoke", "staging", CheckState::Success)),
    (455, promote("storefront", "1.0.0", "staging", "prod", "The first release.")),
    (450, decide("storefront", "1.0.0", Choice::Approve, "Good to go.")),
    (449, report("storefront", "prod", "1.0.0", Outcome::Succeeded)),
    (336, push("mailer", "dev", "0.9.0")),
    (330, promote("mailer", "0.9.0", "dev", "staging", "Works in dev.")),
    (310, promote("mailer", "0.9.0", "staging", "production", "Works in staging.")),
    (309, report("mailer", "prod", "0.9.0", Outcome::Succeeded)),
    (240, push("payments", "qa", "3.0.0")),
    (236, promote("payments", "3.0.0", "qa", "staging", "Passed in qa.")),
    (234, report("payments", "staging", "3.0.0", Outcome::Succeeded)),
    (230, promote("payments", "3.0.0", "staging", "prod", "Asked for too early.")),
    (212, decide("payments", "3.0.0", Choice::Reject, "Wait for 3.1.0, which mends the refunds.")),
    (168, push("mailer", "dev", "1.0.0")),
    (163, promote("mailer", "1.0.0", "dev", "staging", "Works in dev.")),
    (140, promote("mailer", "1.0.0", "staging", "production", "Works in staging.")),
    (139, report("mailer", "prod", "1.0.0", Outcome::Failed)),
    (96, push("payments", "qa", "3.1.0")),
    (95, check("payments", "3.1.0", "tests", "", CheckState::Failure)),
    // Production takes builds by promotion only.
    (94, push("payments", "prod", "3.1.0")),
    (72, push("storefront", "qa", "1.1.0")),
    (71, check("storefront", "1.1.0", "tests", "", CheckState::Failure)),
    (70, check("storefront", "1.1.0", "tests", "", CheckState::Success)),
    (52, promote("storefront", "1.1.0", "qa", "staging", "Passed in qa.")),
    (51, report("storefront", "staging", "1.1.0", Outcome::Started)),
    (50, check("storefront", "1.1.0", "smoke", "staging", CheckState::Pending)),
    (48, push("mailer", "dev", "1.1.0")),
    (45, promote("mailer", "1.1.0", "dev", "staging", "Works in dev.")),
    (44, report("mailer", "staging", "1.1.0", Outcome::Succeeded)),
    (27, Push { integration: "payments", bucket: None, version: "3.2.0-rc.1" }),
    (26, promote("storefront", "1.1.0", "staging", "prod", "The second release.")),
    (5, push("storefront", "qa", "1.2.0")),
    (4, RollBack { integration: "storefront", bucket: "qa", to: "1.1.0", reason: "1.2.0 does not start." }),
    (3, report("storefront", "qa", "1.1.0", Outcome::Succeeded)),
    // Arrivals are paused after the rollback.
    (2, push("storefront", "qa", "1.2.1")),
];
