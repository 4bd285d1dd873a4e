//! By which kind a change is found and shown.

use super::Change;

/// One line for each change: its variant, the kind as it stands in filters, columns and bytes, and the words by which
/// people choose it. A variant without a line does not compile.
macro_rules! kinds {
    ($($variant:ident $kind:literal $words:literal,)+) => {
        /// Every kind of change, with the words by which people choose it in the filter.
        pub const KINDS: &[(&str, &str)] = &[$(($kind, $words)),+];

        impl Change {
            /// The kind as it stands in filters, columns and bytes.
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $kind,)+
                }
            }

            /// The kind in words, such as “Build received”.
            pub const fn words(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $words,)+
                }
            }
        }
    };
}

kinds! {
    BuildReceived "build_received" "Build received",
    BuildPlaced "build_placed" "Build placed",
    ArrivalRefused "arrival_refused" "Arrival refused",
    PromotionRequested "promotion_requested" "Promotion asked for",
    PromotionDecided "promotion_decided" "Promotion decided",
    PromotionReady "promotion_ready" "Promotion ready",
    PromotionUnready "promotion_unready" "Promotion not ready any more",
    PromotionSending "promotion_sending" "Promotion under way elsewhere",
    PromotionFailed "promotion_failed" "Promotion failed",
    PromotionRetried "promotion_retried" "Promotion tried again",
    PromotionApplied "promotion_applied" "Promotion applied",
    PromotionCancelled "promotion_cancelled" "Promotion taken back",
    PromotionExpired "promotion_expired" "Promotion expired",
    PromotionSuperseded "promotion_superseded" "Promotion superseded",
    GatesPassed "gates_passed" "Gates passed in an emergency",
    EmergencyReviewed "emergency_reviewed" "Emergency reviewed",
    RolledBack "rolled_back" "Rolled back",
    ArrivalsResumed "arrivals_resumed" "Arrivals resumed",
    ReleaseSetMade "release_set_made" "Release set made",
    ReleaseSetMoved "release_set_moved" "Release set moved",
    BuildRouted "build_routed" "Build routed",
    BuildAssigned "build_assigned" "Build assigned",
    BuildReclassified "build_reclassified" "Build reclassified",
    WorkflowChosen "workflow_chosen" "Workflow chosen",
    DeclarationsApplied "declarations_applied" "Declarations applied",
    RuleCreated "rule_created" "CI rule created",
    RuleChanged "rule_changed" "CI rule changed",
    RuleChosen "rule_chosen" "CI rule chosen",
    CheckReported "check_reported" "Check reported",
    EvidenceFound "evidence_found" "Evidence found",
    DeploymentReported "deployment_reported" "Deployment reported",
    HoldPlaced "hold_placed" "Hold placed",
    HoldReleased "hold_released" "Hold released",
    PinApplied "pin_applied" "Pin applied",
    PinReleased "pin_released" "Pin released",
    PinEnded "pin_ended" "Pin ended",
    DefaultBuildSet "default_build_set" "Default build set",
    DefaultBuildCleared "default_build_cleared" "Default build cleared",
    TagDeleted "tag_deleted" "Tag deleted",
    ManifestDeleted "manifest_deleted" "Manifest deleted",
    BlobDeleted "blob_deleted" "Blob deleted",
    GarbageCollected "garbage_collected" "Garbage collected",
    DamageFound "damage_found" "Damage found",
    RetentionSet "retention_set" "Retention set",
    ImagesLetGo "images_let_go" "Images let go of",
    AnonymousPullSet "anonymous_pull_set" "Pulling without signing in set",
    QuotaSet "quota_set" "Quota set",
    ProjectCreated "project_created" "Project created",
    ProjectArchived "project_archived" "Project archived",
    ProjectRestored "project_restored" "Project restored",
    EnvironmentCreated "environment_created" "Environment created",
    EnvironmentMoved "environment_moved" "Environment moved to another stream",
    WorkflowCreated "workflow_created" "Workflow created",
    WorkflowChanged "workflow_changed" "Workflow changed",
    IntegrationCreated "integration_created" "Integration created",
    ServiceCreated "service_created" "Service created",
    IntegrationCarriedOver "integration_carried_over" "Integration carried over",
    BuildsCarriedOver "builds_carried_over" "Builds carried over",
    ServiceMoved "service_moved" "Service moved to another integration",
    IntegrationDeleted "integration_deleted" "Integration deleted",
    IntegrationRestored "integration_restored" "Integration restored",
    EnvironmentDeleted "environment_deleted" "Environment deleted",
    WorkflowDeleted "workflow_deleted" "Workflow deleted",
    RuleDeleted "rule_deleted" "CI rule deleted",
    StreamDeleted "stream_deleted" "Stream deleted",
    StreamCreated "stream_created" "Release stream created",
    TokenCreated "token_created" "Token created",
    TokenRevoked "token_revoked" "Token revoked",
    TokensRevoked "tokens_revoked" "All tokens revoked",
    TokenRotated "token_rotated" "Secret of a token replaced",
    TokenAboutToExpire "token_about_to_expire" "Token about to expire",
    ServiceAccountMade "service_account_made" "Service account made",
    ServiceAccountDisabled "service_account_disabled" "Service account disabled",
    ServiceAccountEnabled "service_account_enabled" "Service account enabled",
    ServiceAccountDeleted "service_account_deleted" "Service account deleted",
    RegistryConnected "registry_connected" "Registry connected",
    RegistryChanged "registry_changed" "Registry changed",
    RegistryRemoved "registry_removed" "Registry removed",
    OutsideStepSet "outside_step_set" "Outside step set",
    OutsideStepRemoved "outside_step_removed" "Outside step removed",
    SubscriptionMade "subscription_made" "Subscription made",
    SubscriptionDeleted "subscription_deleted" "Subscription deleted",
    SubscriptionRotated "subscription_rotated" "Key of a subscription rotated",
    SubscriptionEnabled "subscription_enabled" "Subscription enabled",
    SubscriptionDisabled "subscription_disabled" "Subscription disabled",
    HookMade "hook_made" "Hook made",
    HookDeleted "hook_deleted" "Hook deleted",
    HookRotated "hook_rotated" "Secret of a hook rotated",
    ViewShared "view_shared" "Saved view shared",
    ViewUnshared "view_unshared" "Saved view not shared any more",
    PublisherAdded "publisher_added" "Publisher added",
    PublisherRemoved "publisher_removed" "Publisher removed",
    JobAdmitted "job_admitted" "CI job admitted",
    TrustedPublishingDemanded "trusted_publishing_demanded" "Trusted publishing demanded",
    TrustRootAdded "trust_root_added" "Trust root added",
    TrustRootRemoved "trust_root_removed" "Trust root removed",
    PersonInvited "person_invited" "Person invited",
    InvitationWithdrawn "invitation_withdrawn" "Invitation withdrawn",
    PersonJoined "person_joined" "Person joined",
    AccountMade "account_made" "Account made by a provider",
    SignedIn "signed_in" "Signed in by a provider",
    SignInRefused "sign_in_refused" "Sign-in refused",
    IdentityConnected "identity_connected" "Provider connected",
    IdentityDisconnected "identity_disconnected" "Provider disconnected",
    PersonDeactivated "person_deactivated" "Person deactivated",
    PersonReactivated "person_reactivated" "Person reactivated",
    DelegationMade "delegation_made" "Decisions handed over",
    DelegationEnded "delegation_ended" "Decisions taken back",
    NameChanged "name_changed" "Name changed",
    PasswordChanged "password_changed" "Password changed",
    PasswordReset "password_reset" "Password set by a link",
    SessionEnded "session_ended" "Session ended",
    RoleGranted "role_granted" "Role granted",
    RoleRevoked "role_revoked" "Role revoked",
    RoleMade "role_made" "Role made",
    RoleChanged "role_changed" "Role changed",
    RoleDeleted "role_deleted" "Role deleted",
    GroupMade "group_made" "Group made",
    GroupDeleted "group_deleted" "Group deleted",
    GroupJoined "group_joined" "Joined a group",
    GroupLeft "group_left" "Left a group",
    GroupRoleGranted "group_role_granted" "Role granted to a group",
    GroupRoleRevoked "group_role_revoked" "Role taken from a group",
    AdminLinkIssued "admin_link_issued" "Admin link issued",
    AuditKeyRotated "audit_key_rotated" "Key of the audit log rotated",
    InstallationCreated "installation_created" "Installation created",
}
