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
    /// Somebody else decides, where there is somebody else; otherwise the promotion goes on waiting.
    Decide {
        integration: &'static str,
        version: &'static str,
        to: &'static str,
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

pub const STEPS: [Step; 39] = [
    push("storefront", "qa", "1.0.0"),
    check("storefront", "1.0.0", "tests", "", CheckState::Success),
    promote("storefront", "1.0.0", "qa", "staging", "Passed in qa."),
    check("storefront", "1.0.0", "smoke", "staging", CheckState::Success),
    promote("storefront", "1.0.0", "staging", "prod", "The first release."),
    Decide {
        integration: "storefront",
        version: "1.0.0",
        to: "prod",
        choice: Choice::Approve,
        comment: "Good to go.",
    },
    report("storefront", "prod", "1.0.0", Outcome::Succeeded),
    push("storefront", "qa", "1.1.0"),
    check("storefront", "1.1.0", "tests", "", CheckState::Failure),
    check("storefront", "1.1.0", "tests", "", CheckState::Success),
    promote("storefront", "1.1.0", "qa", "staging", "Passed in qa."),
    check("storefront", "1.1.0", "smoke", "staging", CheckState::Pending),
    promote("storefront", "1.1.0", "staging", "prod", "The second release."),
    push("storefront", "qa", "1.2.0"),
    RollBack { integration: "storefront", bucket: "qa", to: "1.1.0", reason: "1.2.0 does not start." },
    // Arrivals are paused after the rollback.
    push("storefront", "qa", "1.2.1"),
    report("storefront", "qa", "1.1.0", Outcome::Succeeded),
    report("storefront", "staging", "1.0.0", Outcome::Succeeded),
    report("storefront", "staging", "1.1.0", Outcome::Started),
    push("payments", "qa", "3.0.0"),
    promote("payments", "3.0.0", "qa", "staging", "Passed in qa."),
    promote("payments", "3.0.0", "staging", "prod", "Asked for too early."),
    Decide {
        integration: "payments",
        version: "3.0.0",
        to: "prod",
        choice: Choice::Reject,
        comment: "Wait for 3.1.0, which mends the refunds.",
    },
    report("payments", "staging", "3.0.0", Outcome::Succeeded),
    push("payments", "qa", "3.1.0"),
    check("payments", "3.1.0", "tests", "", CheckState::Failure),
    // Production takes builds by promotion only.
    push("payments", "prod", "3.1.0"),
    Push { integration: "payments", bucket: None, version: "3.2.0-rc.1" },
    push("mailer", "dev", "0.9.0"),
    promote("mailer", "0.9.0", "dev", "staging", "Works in dev."),
    promote("mailer", "0.9.0", "staging", "production", "Works in staging."),
    report("mailer", "prod", "0.9.0", Outcome::Succeeded),
    push("mailer", "dev", "1.0.0"),
    promote("mailer", "1.0.0", "dev", "staging", "Works in dev."),
    promote("mailer", "1.0.0", "staging", "production", "Works in staging."),
    push("mailer", "dev", "1.1.0"),
    promote("mailer", "1.1.0", "dev", "staging", "Works in dev."),
    report("mailer", "staging", "1.1.0", Outcome::Succeeded),
    report("mailer", "prod", "1.0.0", Outcome::Failed),
];
