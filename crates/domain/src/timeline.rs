//! The audit timeline: one immutable event for every change that anyone or anything makes.
//!
//! An event's bytes are final: [`canonical`] writes them once, they are hashed as a leaf of a Merkle
//! tree, and everything else (columns, sentences) is derived from them.

pub mod canonical;
pub mod sentence;

use crate::access::{Action, Place};
use crate::buckets::BucketKind;
use crate::checks::{CheckName, CheckState};
use crate::deployments::Outcome;
use crate::digests::Digest;
use crate::garbage::Collected;
use crate::holds::HoldAddress;
use crate::ids::{
    BindingId, BucketId, BuildId, EventId, HookId, IntegrationId, LinkId, PersonId, PlacementId, ProjectId,
    PublisherId, SessionId, StreamId, SubscriptionId, TokenId,
};
use crate::pins::Pinning;
use crate::placements::Refused;
use crate::promotions::Choice;
use crate::providers::{Refused as SignInReason, RoleSource};
use crate::references::Tag;
use crate::release_sets::Course;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Link;
use crate::workflows::{Arrivals, Contest};
use serde::{Deserialize, Serialize};

/// One change, with who made it, when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub at: Time,
    pub actor: EventActor,
    pub scene: Scene,
    pub change: Change,
}

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum EventActor {
    Person {
        person: PersonId,
    },
    Token {
        token: TokenId,
        owner: PersonId,
    },
    /// A command in the server's shell.
    Shell,
    /// The server by itself.
    System,
}

/// Where a change happened, as narrow as it is known. Slugs are permanent, so they stand here too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scene {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<Named<ProjectId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<Named<IntegrationId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Named<BucketId>>,
}

/// An id with its permanent name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<Id> {
    pub id: Id,
    pub slug: Slug,
}

/// A build as an event names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildName {
    pub id: BuildId,
    pub digest: Digest,
    pub tag: Tag,
}

/// What is pinned where and until when, as an event tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinTold {
    pub project: Slug,
    pub environment: Slug,
    pub service: Slug,
    pub until: Time,
}

impl PinTold {
    pub fn of(pin: &Pinning) -> Self {
        Self {
            project: pin.project.slug.clone(),
            environment: pin.environment.slug.clone(),
            service: pin.service.slug.clone(),
            until: pin.until,
        }
    }
}

/// A text that may tell of a person. In the canonical bytes only a salted commitment to it stands;
/// the text lies beside them, and may be erased without breaking the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Personal {
    #[serde(rename = "$personal")]
    Known(String),
    #[serde(rename = "$erased")]
    Erased(String),
}

impl Personal {
    pub fn new(text: &impl ToString) -> Self {
        Self::Known(text.to_string())
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Known(text) => text,
            Self::Erased(_) => "(erased)",
        }
    }
}

/// What can change about a workflow, as an event tells it before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowShape {
    pub title: String,
    pub is_default: bool,
    /// In the workflow's order.
    pub stages: Vec<StageShape>,
    /// The ways between them, from and to.
    pub edges: Vec<(Slug, Slug)>,
}

/// What can change about a CI rule, as an event tells it before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleShape {
    pub title: String,
    pub is_default: bool,
    /// In their order, in words: “branch is main → qa”.
    pub criteria: Vec<String>,
}

/// A stage of a [`WorkflowShape`], with its gates in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageShape {
    pub bucket: Slug,
    pub gates: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
    /// Absent where the newest wins, as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contest: Option<Contest>,
}

/// What changed. New variants may be added; the meaning of a written one never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    InstallationCreated,
    AdminLinkIssued {
        link: LinkId,
    },
    PersonInvited {
        link: LinkId,
        email: Personal,
        role: Slug,
        place: Place,
    },
    PersonJoined {
        person: PersonId,
        link: LinkId,
        name: Personal,
        email: Personal,
    },
    PasswordReset {
        person: PersonId,
        link: LinkId,
    },
    RoleGranted {
        binding: BindingId,
        person: PersonId,
        role: Slug,
        place: Place,
        /// Where the role came from, where nobody gave it by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<RoleSource>,
    },
    RoleRevoked {
        binding: BindingId,
        person: PersonId,
        role: Slug,
        place: Place,
        /// Where the role came from, where nobody gave it by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<RoleSource>,
    },
    TokenCreated {
        token: TokenId,
        title: String,
        actions: Vec<Action>,
        expires_at: Time,
    },
    TokenRevoked {
        token: TokenId,
        title: String,
    },
    StreamCreated {
        stream: StreamId,
        slug: Slug,
        production: bool,
    },
    ProjectCreated {
        title: String,
    },
    ProjectArchived,
    ProjectRestored,
    EnvironmentCreated {
        slug: Slug,
        title: String,
        stream: Slug,
    },
    WorkflowCreated {
        slug: Slug,
        title: String,
        of: BucketKind,
        stages: Vec<Slug>,
        is_default: bool,
    },
    WorkflowChanged {
        slug: Slug,
        version: i64,
        before: WorkflowShape,
        after: WorkflowShape,
    },
    IntegrationCreated {
        title: String,
        of: BucketKind,
        workflow: Option<Slug>,
    },
    ServiceCreated {
        slug: Slug,
    },
    /// The integration of the scene left lists and addresses, with what was current in so many of its buckets.
    IntegrationDeleted {
        title: String,
        current: usize,
    },
    IntegrationRestored {
        title: String,
    },
    EnvironmentDeleted {
        slug: Slug,
        title: String,
        current: usize,
    },
    WorkflowDeleted {
        slug: Slug,
        title: String,
    },
    RuleDeleted {
        slug: Slug,
        title: String,
    },
    StreamDeleted {
        slug: Slug,
        title: String,
        current: usize,
    },
    BuildReceived {
        build: BuildName,
        size: i64,
    },
    ArrivalRefused {
        build: BuildName,
        refused: Refused,
    },
    BuildPlaced {
        build: BuildName,
        placement: PlacementId,
        before: Option<BuildName>,
    },
    PromotionRequested {
        number: i64,
        build: BuildName,
        from: Slug,
        needs: Vec<String>,
        reason: Personal,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Personal>,
        /// Whether the stage asked by itself.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        automatic: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scheduled_for: Option<Time>,
        /// What its build is to be pinned for, where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<PinTold>,
    },
    PromotionDecided {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
        choice: Choice,
        comment: Option<Personal>,
    },
    PromotionApplied {
        number: i64,
        build: BuildName,
        from: Slug,
        placement: PlacementId,
    },
    PromotionCancelled {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
        reason: Option<Personal>,
    },
    PromotionExpired {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
        because: String,
    },
    PromotionSuperseded {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
        /// The number of the one in whose favour it ended.
        by: i64,
    },
    GatesPassed {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
        /// The rules that kept it out.
        passed: Vec<String>,
        reason: Personal,
    },
    EmergencyReviewed {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
        comment: Personal,
    },
    RolledBack {
        build: BuildName,
        placement: PlacementId,
        before: Option<BuildName>,
        reason: Personal,
    },
    ArrivalsResumed {
        reason: Option<Personal>,
    },
    ReleaseSetMade {
        number: i64,
        title: String,
    },
    /// What was done with each of its builds has an event of its own, for those who see that build's project.
    ReleaseSetMoved {
        number: i64,
        course: Course,
        reason: Personal,
    },
    TagDeleted {
        tag: Tag,
        digest: Digest,
    },
    ManifestDeleted {
        digest: Digest,
    },
    BlobDeleted {
        digest: Digest,
    },
    GarbageCollected {
        collected: Collected,
    },
    /// The stored bytes of a content are others than its digest says, or are missing.
    DamageFound {
        digest: Digest,
        missing: bool,
    },
    /// Both in words.
    RetentionSet {
        before: String,
        after: String,
    },
    /// The retention of the integration in the scene let go of images: of these builds, and of so many others.
    ImagesLetGo {
        builds: Vec<Tag>,
        others: usize,
    },
    AnonymousPullSet {
        allowed: bool,
    },
    QuotaSet {
        /// Bytes; absent for no limit.
        before: Option<i64>,
        after: Option<i64>,
    },
    InvitationWithdrawn {
        link: LinkId,
        email: Personal,
        role: Slug,
        place: Place,
    },
    NameChanged {
        person: PersonId,
        before: Personal,
        name: Personal,
    },
    PasswordChanged {
        person: PersonId,
    },
    /// They act no more: their sessions and tokens ended, and what they had approved is undecided again where it waits.
    PersonDeactivated {
        person: PersonId,
        tokens: u64,
        approvals: u64,
    },
    PersonReactivated {
        person: PersonId,
    },
    SessionEnded {
        person: PersonId,
        session: SessionId,
    },
    HoldPlaced {
        number: i64,
        on: HoldAddress,
        from: Time,
        until: Option<Time>,
        rollbacks: bool,
        reason: Personal,
    },
    RuleCreated {
        slug: Slug,
        title: String,
        of: BucketKind,
        criteria: Vec<String>,
        is_default: bool,
    },
    RuleChanged {
        slug: Slug,
        version: i64,
        before: RuleShape,
        after: RuleShape,
    },
    RuleChosen {
        /// The rule's name; `:default` and `:none` for what they say.
        before: String,
        after: String,
    },
    BuildRouted {
        build: BuildName,
        /// The bucket by its slug, as the rule leads there; absent where none leads it any more.
        to: Option<Slug>,
        rule: Option<Slug>,
        version: i64,
    },
    BuildAssigned {
        build: BuildName,
        placement: PlacementId,
        before: Option<BuildName>,
        reason: Personal,
    },
    BuildReclassified {
        build: BuildName,
        placement: PlacementId,
        before: Option<BuildName>,
    },
    CheckReported {
        build: BuildName,
        name: CheckName,
        /// The bucket in which it was made, where that matters.
        bucket: Option<Slug>,
        state: CheckState,
        /// What the same reporter said before.
        before: Option<CheckState>,
        link: Option<Link>,
    },
    DeploymentReported {
        environment: Slug,
        service: Slug,
        digest: Digest,
        build: Option<BuildName>,
        outcome: Outcome,
        link: Option<Link>,
        /// When it happened, by the clock of who reports.
        at: Time,
        /// Whether newer reports were there already, which go on counting.
        late: bool,
        /// What ran before, as far as it was reported.
        before: Option<Digest>,
    },
    HoldReleased {
        number: i64,
        on: HoldAddress,
        reason: Option<Personal>,
    },
    PinApplied {
        /// Of the promotion, as in all that is told of a pin.
        number: i64,
        build: BuildName,
        pin: PinTold,
        /// What was pinned there until then.
        before: Option<BuildName>,
    },
    PinReleased {
        number: i64,
        build: BuildName,
        pin: PinTold,
        reason: Personal,
    },
    PinEnded {
        number: i64,
        build: BuildName,
        pin: PinTold,
    },
    DefaultBuildSet {
        build: BuildName,
        before: Option<BuildName>,
    },
    DefaultBuildCleared {
        before: BuildName,
    },
    /// An account without a password, at someone's first sign-in by a provider.
    AccountMade {
        person: PersonId,
        provider: Slug,
        name: Personal,
        email: Personal,
    },
    SignedIn {
        person: PersonId,
        provider: Slug,
    },
    SignInRefused {
        provider: Slug,
        reason: SignInReason,
    },
    IdentityConnected {
        person: PersonId,
        provider: Slug,
    },
    PublisherAdded {
        publisher: PublisherId,
        title: String,
        issuer: String,
        /// As `claim = value`.
        conditions: Vec<String>,
        /// Where its jobs may push, in words.
        reach: String,
    },
    PublisherRemoved {
        publisher: PublisherId,
        title: String,
    },
    /// A CI job showed its own token and got one of ours.
    JobAdmitted {
        publisher: PublisherId,
        token: TokenId,
        /// As far as the job's token tells.
        repository: Option<String>,
        run: Option<String>,
        expires_at: Time,
    },
    /// Whether the project takes pushes of trusted jobs alone.
    TrustedPublishingDemanded {
        before: bool,
        after: bool,
    },
    IdentityDisconnected {
        person: PersonId,
        provider: Slug,
    },
    /// The log is signed by another key from now on; keys are public, as `NAME+ID+KEY`.
    AuditKeyRotated {
        before: String,
        after: String,
    },
    /// Events are sent to an address from now on, of which only as much is told as is shown.
    SubscriptionMade {
        subscription: SubscriptionId,
        title: String,
        to: String,
    },
    SubscriptionDeleted {
        subscription: SubscriptionId,
        title: String,
    },
    /// Its messages are signed by another key.
    SubscriptionRotated {
        subscription: SubscriptionId,
        title: String,
    },
    SubscriptionEnabled {
        subscription: SubscriptionId,
        title: String,
    },
    SubscriptionDisabled {
        subscription: SubscriptionId,
        title: String,
        because: String,
    },
    /// Builds of the scene's integration are received at an address from now on, in the name of who made it.
    HookMade {
        hook: HookId,
        title: String,
        source: String,
    },
    HookDeleted {
        hook: HookId,
        title: String,
    },
    /// What comes to it is checked by another secret.
    HookRotated {
        hook: HookId,
        title: String,
    },
}

/// Every kind of change, with the words by which people choose it in the filter.
pub const KINDS: [(&str, &str); 87] = [
    ("build_received", "Build received"),
    ("build_placed", "Build placed"),
    ("arrival_refused", "Arrival refused"),
    ("promotion_requested", "Promotion asked for"),
    ("promotion_decided", "Promotion decided"),
    ("promotion_applied", "Promotion applied"),
    ("promotion_cancelled", "Promotion taken back"),
    ("promotion_expired", "Promotion expired"),
    ("promotion_superseded", "Promotion superseded"),
    ("gates_passed", "Gates passed in an emergency"),
    ("emergency_reviewed", "Emergency reviewed"),
    ("rolled_back", "Rolled back"),
    ("arrivals_resumed", "Arrivals resumed"),
    ("release_set_made", "Release set made"),
    ("release_set_moved", "Release set moved"),
    ("build_routed", "Build routed"),
    ("build_assigned", "Build assigned"),
    ("build_reclassified", "Build reclassified"),
    ("rule_created", "CI rule created"),
    ("rule_changed", "CI rule changed"),
    ("rule_chosen", "CI rule chosen"),
    ("check_reported", "Check reported"),
    ("deployment_reported", "Deployment reported"),
    ("hold_placed", "Hold placed"),
    ("hold_released", "Hold released"),
    ("pin_applied", "Pin applied"),
    ("pin_released", "Pin released"),
    ("pin_ended", "Pin ended"),
    ("default_build_set", "Default build set"),
    ("default_build_cleared", "Default build cleared"),
    ("tag_deleted", "Tag deleted"),
    ("manifest_deleted", "Manifest deleted"),
    ("blob_deleted", "Blob deleted"),
    ("garbage_collected", "Garbage collected"),
    ("damage_found", "Damage found"),
    ("retention_set", "Retention set"),
    ("images_let_go", "Images let go of"),
    ("anonymous_pull_set", "Pulling without signing in set"),
    ("quota_set", "Quota set"),
    ("project_created", "Project created"),
    ("project_archived", "Project archived"),
    ("project_restored", "Project restored"),
    ("environment_created", "Environment created"),
    ("workflow_created", "Workflow created"),
    ("workflow_changed", "Workflow changed"),
    ("integration_created", "Integration created"),
    ("service_created", "Service created"),
    ("integration_deleted", "Integration deleted"),
    ("integration_restored", "Integration restored"),
    ("environment_deleted", "Environment deleted"),
    ("workflow_deleted", "Workflow deleted"),
    ("rule_deleted", "CI rule deleted"),
    ("stream_deleted", "Stream deleted"),
    ("stream_created", "Release stream created"),
    ("token_created", "Token created"),
    ("token_revoked", "Token revoked"),
    ("subscription_made", "Subscription made"),
    ("subscription_deleted", "Subscription deleted"),
    ("subscription_rotated", "Key of a subscription rotated"),
    ("subscription_enabled", "Subscription enabled"),
    ("subscription_disabled", "Subscription disabled"),
    ("hook_made", "Hook made"),
    ("hook_deleted", "Hook deleted"),
    ("hook_rotated", "Secret of a hook rotated"),
    ("publisher_added", "Publisher added"),
    ("publisher_removed", "Publisher removed"),
    ("job_admitted", "CI job admitted"),
    ("trusted_publishing_demanded", "Trusted publishing demanded"),
    ("person_invited", "Person invited"),
    ("invitation_withdrawn", "Invitation withdrawn"),
    ("person_joined", "Person joined"),
    ("account_made", "Account made by a provider"),
    ("signed_in", "Signed in by a provider"),
    ("sign_in_refused", "Sign-in refused"),
    ("identity_connected", "Provider connected"),
    ("identity_disconnected", "Provider disconnected"),
    ("person_deactivated", "Person deactivated"),
    ("person_reactivated", "Person reactivated"),
    ("name_changed", "Name changed"),
    ("password_changed", "Password changed"),
    ("password_reset", "Password set by a link"),
    ("session_ended", "Session ended"),
    ("role_granted", "Role granted"),
    ("role_revoked", "Role revoked"),
    ("admin_link_issued", "Admin link issued"),
    ("audit_key_rotated", "Key of the audit log rotated"),
    ("installation_created", "Installation created"),
];

impl Change {
    /// The kind as it stands in filters, columns and bytes.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InstallationCreated => "installation_created",
            Self::AdminLinkIssued { .. } => "admin_link_issued",
            Self::PersonInvited { .. } => "person_invited",
            Self::PersonJoined { .. } => "person_joined",
            Self::PasswordReset { .. } => "password_reset",
            Self::RoleGranted { .. } => "role_granted",
            Self::RoleRevoked { .. } => "role_revoked",
            Self::TokenCreated { .. } => "token_created",
            Self::TokenRevoked { .. } => "token_revoked",
            Self::StreamCreated { .. } => "stream_created",
            Self::ProjectCreated { .. } => "project_created",
            Self::ProjectArchived => "project_archived",
            Self::ProjectRestored => "project_restored",
            Self::EnvironmentCreated { .. } => "environment_created",
            Self::WorkflowCreated { .. } => "workflow_created",
            Self::WorkflowChanged { .. } => "workflow_changed",
            Self::IntegrationCreated { .. } => "integration_created",
            Self::ServiceCreated { .. } => "service_created",
            Self::IntegrationDeleted { .. } => "integration_deleted",
            Self::IntegrationRestored { .. } => "integration_restored",
            Self::EnvironmentDeleted { .. } => "environment_deleted",
            Self::WorkflowDeleted { .. } => "workflow_deleted",
            Self::RuleDeleted { .. } => "rule_deleted",
            Self::StreamDeleted { .. } => "stream_deleted",
            Self::BuildReceived { .. } => "build_received",
            Self::ArrivalRefused { .. } => "arrival_refused",
            Self::BuildPlaced { .. } => "build_placed",
            Self::PromotionRequested { .. } => "promotion_requested",
            Self::PromotionDecided { .. } => "promotion_decided",
            Self::PromotionApplied { .. } => "promotion_applied",
            Self::PromotionCancelled { .. } => "promotion_cancelled",
            Self::PromotionExpired { .. } => "promotion_expired",
            Self::PromotionSuperseded { .. } => "promotion_superseded",
            Self::GatesPassed { .. } => "gates_passed",
            Self::EmergencyReviewed { .. } => "emergency_reviewed",
            Self::RolledBack { .. } => "rolled_back",
            Self::ArrivalsResumed { .. } => "arrivals_resumed",
            Self::ReleaseSetMade { .. } => "release_set_made",
            Self::ReleaseSetMoved { .. } => "release_set_moved",
            Self::TagDeleted { .. } => "tag_deleted",
            Self::ManifestDeleted { .. } => "manifest_deleted",
            Self::BlobDeleted { .. } => "blob_deleted",
            Self::GarbageCollected { .. } => "garbage_collected",
            Self::DamageFound { .. } => "damage_found",
            Self::RetentionSet { .. } => "retention_set",
            Self::ImagesLetGo { .. } => "images_let_go",
            Self::AnonymousPullSet { .. } => "anonymous_pull_set",
            Self::QuotaSet { .. } => "quota_set",
            Self::InvitationWithdrawn { .. } => "invitation_withdrawn",
            Self::NameChanged { .. } => "name_changed",
            Self::PasswordChanged { .. } => "password_changed",
            Self::PersonDeactivated { .. } => "person_deactivated",
            Self::PersonReactivated { .. } => "person_reactivated",
            Self::SessionEnded { .. } => "session_ended",
            Self::RuleCreated { .. } => "rule_created",
            Self::RuleChanged { .. } => "rule_changed",
            Self::RuleChosen { .. } => "rule_chosen",
            Self::BuildRouted { .. } => "build_routed",
            Self::BuildAssigned { .. } => "build_assigned",
            Self::BuildReclassified { .. } => "build_reclassified",
            Self::CheckReported { .. } => "check_reported",
            Self::DeploymentReported { .. } => "deployment_reported",
            Self::HoldPlaced { .. } => "hold_placed",
            Self::HoldReleased { .. } => "hold_released",
            Self::PinApplied { .. } => "pin_applied",
            Self::PinReleased { .. } => "pin_released",
            Self::PinEnded { .. } => "pin_ended",
            Self::DefaultBuildSet { .. } => "default_build_set",
            Self::DefaultBuildCleared { .. } => "default_build_cleared",
            Self::AccountMade { .. } => "account_made",
            Self::SignedIn { .. } => "signed_in",
            Self::SignInRefused { .. } => "sign_in_refused",
            Self::IdentityConnected { .. } => "identity_connected",
            Self::IdentityDisconnected { .. } => "identity_disconnected",
            Self::PublisherAdded { .. } => "publisher_added",
            Self::PublisherRemoved { .. } => "publisher_removed",
            Self::JobAdmitted { .. } => "job_admitted",
            Self::TrustedPublishingDemanded { .. } => "trusted_publishing_demanded",
            Self::AuditKeyRotated { .. } => "audit_key_rotated",
            Self::SubscriptionMade { .. } => "subscription_made",
            Self::SubscriptionDeleted { .. } => "subscription_deleted",
            Self::SubscriptionRotated { .. } => "subscription_rotated",
            Self::SubscriptionEnabled { .. } => "subscription_enabled",
            Self::SubscriptionDisabled { .. } => "subscription_disabled",
            Self::HookMade { .. } => "hook_made",
            Self::HookDeleted { .. } => "hook_deleted",
            Self::HookRotated { .. } => "hook_rotated",
        }
    }

    /// The people that a sentence about this change names besides the actor.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::PersonJoined { person, .. }
            | Self::PasswordReset { person, .. }
            | Self::RoleGranted { person, .. }
            | Self::RoleRevoked { person, .. }
            | Self::NameChanged { person, .. }
            | Self::PasswordChanged { person }
            | Self::PersonDeactivated { person, .. }
            | Self::PersonReactivated { person }
            | Self::SessionEnded { person, .. }
            | Self::AccountMade { person, .. }
            | Self::SignedIn { person, .. }
            | Self::IdentityConnected { person, .. }
            | Self::IdentityDisconnected { person, .. } => Some(*person),
            _ => None,
        }
    }

    /// The number of the promotion that it is about.
    pub const fn promotion(&self) -> Option<i64> {
        match self {
            Self::PromotionRequested { number, .. }
            | Self::PromotionDecided { number, .. }
            | Self::PromotionApplied { number, .. }
            | Self::PromotionCancelled { number, .. }
            | Self::PromotionExpired { number, .. }
            | Self::PromotionSuperseded { number, .. }
            | Self::GatesPassed { number, .. }
            | Self::EmergencyReviewed { number, .. }
            | Self::PinApplied { number, .. }
            | Self::PinReleased { number, .. }
            | Self::PinEnded { number, .. } => Some(*number),
            _ => None,
        }
    }

    /// The build that it is about.
    pub const fn build(&self) -> Option<&BuildName> {
        match self {
            Self::BuildReceived { build, .. }
            | Self::ArrivalRefused { build, .. }
            | Self::BuildPlaced { build, .. }
            | Self::PromotionRequested { build, .. }
            | Self::PromotionDecided { build, .. }
            | Self::PromotionApplied { build, .. }
            | Self::PromotionCancelled { build, .. }
            | Self::PromotionExpired { build, .. }
            | Self::PromotionSuperseded { build, .. }
            | Self::GatesPassed { build, .. }
            | Self::EmergencyReviewed { build, .. }
            | Self::RolledBack { build, .. }
            | Self::BuildRouted { build, .. }
            | Self::BuildAssigned { build, .. }
            | Self::BuildReclassified { build, .. }
            | Self::CheckReported { build, .. }
            | Self::PinApplied { build, .. }
            | Self::PinReleased { build, .. }
            | Self::PinEnded { build, .. }
            | Self::DefaultBuildSet { build, .. }
            | Self::DefaultBuildCleared { before: build } => Some(build),
            Self::DeploymentReported { build, .. } => build.as_ref(),
            _ => None,
        }
    }

    /// Why it was done, in the words of who did it.
    pub const fn reason(&self) -> Option<&Personal> {
        match self {
            Self::PromotionRequested { reason, .. }
            | Self::RolledBack { reason, .. }
            | Self::ReleaseSetMoved { reason, .. }
            | Self::BuildAssigned { reason, .. }
            | Self::HoldPlaced { reason, .. }
            | Self::PinReleased { reason, .. } => Some(reason),
            Self::PromotionDecided { comment: reason, .. }
            | Self::PromotionCancelled { reason, .. }
            | Self::ArrivalsResumed { reason }
            | Self::HoldReleased { reason, .. } => reason.as_ref(),
            _ => None,
        }
    }
}

impl EventActor {
    /// The person behind the change, where there is one.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { person } | Self::Token { owner: person, .. } => Some(*person),
            Self::Shell | Self::System => None,
        }
    }

    /// The token by which it was done, where a machine did it.
    pub const fn token(&self) -> Option<TokenId> {
        match self {
            Self::Token { token, .. } => Some(*token),
            Self::Person { .. } | Self::Shell | Self::System => None,
        }
    }
}

/// One event as the timeline shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the log, from 1 without gaps.
    pub seq: i64,
    pub at: Time,
    pub kind: String,
    /// Who did it, in words: a name, “the server”, “the shell”.
    pub who: String,
    /// The title of the token, where a machine did it.
    pub with: Option<String>,
    pub sentence: Vec<sentence::Part>,
    pub reason: Option<String>,
}

/// Which events to show; empty parts do not narrow. The form's fields and the address's query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub project: String,
    /// `PROJECT/INTEGRATION`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub integration: String,
    /// A bucket's slug, in any integration or in the given one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bucket: String,
    /// A person's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

/// A part of a filter that names nothing which who asks could see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "part", content = "text", rename_all = "snake_case")]
pub enum Unmatched {
    #[error("There is no project “{0}” that you can see.")]
    Project(String),
    #[error("There is no integration “{0}” that you can see.")]
    Integration(String),
    #[error("No bucket “{0}” had a build yet.")]
    Bucket(String),
    #[error("There is no such person that you can see.")]
    Person,
    #[error("There is no kind of change called “{0}”.")]
    Kind(String),
}

/// How far the audit log is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedUpTo {
    /// The number of the last event that is.
    pub seq: i64,
    /// When it was.
    pub at: Time,
}

/// A page of the timeline, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinePage {
    pub entries: Vec<Entry>,
    /// The number before which the next page starts, where there is one.
    pub older: Option<i64>,
    /// What the filter can choose from: projects, integrations as `PROJECT/INTEGRATION`, people.
    pub projects: Vec<Slug>,
    pub integrations: Vec<String>,
    pub people: Vec<(PersonId, String)>,
    /// The audit log's size when this was read.
    pub as_of: i64,
    /// How far the log is signed, once it is.
    pub signed: Option<SignedUpTo>,
    /// The part of the filter for which there is nothing at all.
    pub unmatched: Option<Unmatched>,
    pub now: Time,
}
