//! What changed, one variant for each kind of change, with what it was before and is after.

use super::{BuildName, Personal, PinTold, RoleShape, RuleShape, WorkflowShape};
use crate::access::{Action, Place};
use crate::buckets::BucketKind;
use crate::checks::{CheckName, CheckState};
use crate::deployments::Outcome;
use crate::digests::Digest;
use crate::garbage::Collected;
use crate::holds::HoldAddress;
use crate::ids::{
    BindingId, DelegationId, GroupId, HookId, LinkId, PersonId, PlacementId, PublisherId, RegistryId,
    SessionId, StreamId, SubscriptionId, TokenId, TrustRootId,
};
use crate::placements::Refused;
use crate::promotions::Choice;
use crate::providers::{Refused as SignInReason, RoleSource};
use crate::references::Tag;
use crate::release_sets::Course;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Link;
use serde::{Deserialize, Serialize};

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
    /// A role of the installation's own.
    RoleMade {
        role: Slug,
        after: RoleShape,
    },
    RoleChanged {
        role: Slug,
        before: RoleShape,
        after: RoleShape,
    },
    RoleDeleted {
        role: Slug,
        before: RoleShape,
    },
    /// A named set of people, which holds roles for its members.
    GroupMade {
        group: GroupId,
        slug: Slug,
        title: String,
    },
    GroupDeleted {
        group: GroupId,
        title: String,
        /// How many were in it, and how many roles they had by it.
        members: u64,
        roles: u64,
    },
    GroupJoined {
        group: GroupId,
        title: String,
        person: PersonId,
    },
    GroupLeft {
        group: GroupId,
        title: String,
        person: PersonId,
    },
    GroupRoleGranted {
        group: GroupId,
        title: String,
        binding: BindingId,
        role: Slug,
        place: Place,
    },
    GroupRoleRevoked {
        group: GroupId,
        title: String,
        binding: BindingId,
        role: Slug,
        place: Place,
    },
    TokenCreated {
        token: TokenId,
        title: String,
        actions: Vec<Action>,
        expires_at: Time,
        /// In whose name it acts, where that is not who made it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<PersonId>,
    },
    TokenRevoked {
        token: TokenId,
        title: String,
    },
    /// All that worked of a person's.
    TokensRevoked {
        person: PersonId,
        tokens: u64,
    },
    /// It has another secret; the one before works until then, where it does.
    TokenRotated {
        token: TokenId,
        title: String,
        expires_at: Time,
        former_until: Option<Time>,
    },
    TokenAboutToExpire {
        token: TokenId,
        title: String,
        owner: PersonId,
        expires_at: Time,
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
    /// It is of another release stream from then on.
    EnvironmentMoved {
        slug: Slug,
        before: Slug,
        after: Slug,
        /// Whether each of them is one of production.
        production: (bool, bool),
        /// The services of which it should run another image since.
        services: Vec<Slug>,
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
    /// Builds of the scene's integration were carried over into a new one of the other type.
    IntegrationCarriedOver {
        to: Slug,
        of: BucketKind,
        builds: usize,
    },
    /// The scene's bucket was filled from those of another integration, with what had been current there.
    BuildsCarriedOver {
        from: Slug,
        bucket: Slug,
        build: BuildName,
        placement: PlacementId,
        /// What came as history, oldest first.
        earlier: Vec<BuildName>,
    },
    /// Another integration builds it from then on.
    ServiceMoved {
        slug: Slug,
        before: Slug,
        after: Slug,
        /// Where it should run another image since.
        environments: Vec<Slug>,
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
        /// Whether it is to roll its bucket back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        back: bool,
    },
    PromotionDecided {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
        choice: Choice,
        /// As whom it counts, where that is not who decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_name_of: Option<PersonId>,
        comment: Option<Personal>,
    },
    /// Its gates pass, and it waits until a person applies it.
    PromotionReady {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
    },
    /// It was ready, and a gate does not pass any more.
    PromotionUnready {
        number: i64,
        build: BuildName,
        /// The environment in which it is to pin, where it does not make its build current.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_in: Option<Slug>,
        needs: Vec<String>,
    },
    /// Its gates passed, and what it does in a registry elsewhere is under way.
    PromotionSending {
        number: i64,
        build: BuildName,
    },
    /// What it does elsewhere did not succeed.
    PromotionFailed {
        number: i64,
        build: BuildName,
        because: String,
    },
    /// Somebody lets it try again what failed.
    PromotionRetried {
        number: i64,
        build: BuildName,
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
        /// The promotion by which it was asked for, where the stage wants rollbacks approved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<i64>,
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
    /// Somebody handed their decisions to another.
    DelegationMade {
        delegation: DelegationId,
        from: PersonId,
        to: PersonId,
        /// Absent for every role.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Slug>,
        /// Absent for everywhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<Slug>,
        until: Time,
        reason: Personal,
    },
    /// It ended before its time, by somebody or with what it went by.
    DelegationEnded {
        delegation: DelegationId,
        from: PersonId,
        to: PersonId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Slug>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<Slug>,
    },
    SessionEnded {
        person: PersonId,
        session: SessionId,
    },
    /// Something that takes a second person.
    ProposalMade {
        number: i64,
        title: String,
        /// What it would change, a sentence for each.
        changes: Vec<String>,
    },
    /// What it holds was done in the same moment, which events of their own tell.
    ProposalConfirmed {
        number: i64,
        title: String,
        proposer: PersonId,
    },
    ProposalRejected {
        number: i64,
        title: String,
        proposer: PersonId,
        comment: Personal,
    },
    ProposalWithdrawn {
        number: i64,
        title: String,
    },
    ProposalExpired {
        number: i64,
        title: String,
    },
    ProposalVoid {
        number: i64,
        title: String,
        because: String,
    },
    /// Someone who is signed in proved once more that it is them.
    PresenceConfirmed {
        person: PersonId,
        /// The provider that vouched for it; absent where a password did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<Slug>,
    },
    HoldPlaced {
        number: i64,
        on: HoldAddress,
        from: Time,
        until: Option<Time>,
        rollbacks: bool,
        reason: Personal,
    },
    WorkflowChosen {
        /// The workflow's name; `:default` and `:none` for what they say.
        before: String,
        after: String,
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
    RegistryConnected {
        registry: RegistryId,
        slug: Slug,
        address: String,
        /// Who signs in there; absent where nobody does.
        user: Option<String>,
    },
    RegistryChanged {
        registry: RegistryId,
        slug: Slug,
        /// Its address, who signs in, and what may be used, in words; before and after.
        before: String,
        after: String,
        /// Whether it has another password.
        new_secret: bool,
    },
    RegistryRemoved {
        registry: RegistryId,
        slug: Slug,
    },
    /// What promotions do elsewhere is another, in words.
    OutsideStepSet {
        /// Absent where it holds for every bucket that has none of its own.
        into: Option<Slug>,
        before: Option<String>,
        after: String,
    },
    OutsideStepRemoved {
        into: Option<Slug>,
        before: String,
    },
    TrustRootAdded {
        root: TrustRootId,
        slug: Slug,
        /// What it trusts, in words.
        about: String,
    },
    TrustRootRemoved {
        root: TrustRootId,
        slug: Slug,
    },
    /// Something that is said about a build came, or the trust roots make something else of it than before.
    EvidenceFound {
        build: BuildName,
        /// The manifest in which it lies.
        manifest: Digest,
        /// What it is, such as “Signature”.
        said: Vec<String>,
        /// The trust roots that vouch for it.
        vouched_by: Vec<Slug>,
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
    /// A machine with a name; its account stands among people.
    ServiceAccountMade {
        account: PersonId,
        name: String,
    },
    ServiceAccountDisabled {
        account: PersonId,
        name: String,
    },
    ServiceAccountEnabled {
        account: PersonId,
        name: String,
    },
    ServiceAccountDeleted {
        account: PersonId,
        name: String,
        /// How many of its tokens worked until then.
        tokens: u64,
    },
    /// A view of the first page, which filters so, is shared with the scene's project; or is another one now.
    ViewShared {
        title: String,
        project: String,
        q: String,
    },
    ViewUnshared {
        title: String,
    },
    /// Documents were applied: in the name of a set of them, or of none, with how much they changed.
    DeclarationsApplied {
        set: Option<Slug>,
        created: usize,
        changed: usize,
        deleted: usize,
    },
}
