//! The server functions, as scripts of the pages call them.

use super::rest::{ADDRESS, REGISTRY};
use super::{Body, Door, GROUP, Kind, ROLE, Subject};
use crate::installation::{PASSWORD, email};
use crate::maker::PUBLIC_KEY;

pub fn doors() -> Vec<Door> {
    vec![
        post("/fn/who_am_i"),
        post("/fn/sign_in").body(|_, _| {
            let fields = [("email", email("viewer")), ("password", PASSWORD.into()), ("next", "/".into())];
            Body::Form(fields.into())
        }),
        post("/fn/sign_out"),
        post("/fn/shown_once").body(|_, _| Body::Form(vec![("kind", "token".into())])),
        post("/fn/view_link").body(|subject, _| Body::Form(vec![("secret", subject.secret.clone())])),
        post("/fn/join").body(|subject, _| {
            Body::Form(vec![
                ("secret", subject.secret.clone()),
                ("form[name]", "Eve".into()),
                ("form[email]", "eve@example.org".into()),
                ("form[password]", PASSWORD.into()),
            ])
        }),
        post("/fn/choose_theme").body(|_, _| Body::Form(vec![("theme", "dark".into())])),
        post("/fn/switch_shortcuts").body(|_, _| Body::Form(vec![("on", "false".into())])),
        post("/fn/view_account"),
        post("/fn/view_confirmation"),
        post("/fn/confirm").body(|_, _| Body::Form(vec![("password", PASSWORD.into())])),
        post("/fn/change_name").body(|_, _| Body::Form(vec![("form[name]", "Somebody else".into())])),
        post("/fn/change_password").body(|_, _| {
            let new = "another horse battery staple".into();
            Body::Form(vec![("form[current_password]", PASSWORD.into()), ("form[new_password]", new)])
        }),
        post("/fn/end_session")
            .note("the admin's")
            .body(|subject, _| Body::Form(vec![("session", subject.session.clone())])),
        post("/fn/end_other_sessions"),
        post("/fn/disconnect_provider").body(|_, _| Body::Form(vec![("provider", "idp".into())])),
        post("/fn/view_docs").body(|_, _| Body::Form(vec![("page", "first-steps".into())])),
        post("/fn/view_home"),
        post("/fn/view_home")
            .note("of the project")
            .body(|subject, _| Body::Form(vec![("filter[project]", subject.project.clone())])),
        post("/fn/search").body(|subject, _| Body::Form(vec![("q", subject.project.clone())])),
        post("/fn/view_search").body(|subject, _| Body::Form(vec![("q", subject.digest.clone())])),
        post("/fn/view_found_builds").body(|subject, _| Body::Form(vec![("q", subject.digest.clone())])),
        post("/fn/view_inbox"),
        post("/fn/view_timeline"),
        post("/fn/view_timeline")
            .note("of the project")
            .body(|subject, _| Body::Form(vec![("filter[project]", subject.project.clone())])),
        post("/fn/view_subscriptions"),
        post("/fn/view_subscriptions").note("of the project").body(|subject, _| in_project(subject, &[])),
        post("/fn/view_subscription").body(|subject, _| of_subscription(subject)),
        post("/fn/create_subscription").note("to the installation").body(|_, _| {
            Body::Form(vec![
                ("form[title]", "All".into()),
                ("form[address]", ADDRESS.into()),
                ("form[format]", "standard".into()),
            ])
        }),
        post("/fn/create_subscription").note("to the project").body(|subject, _| {
            let fields = [("form[title]", "Own"), ("form[address]", ADDRESS), ("form[format]", "slack")];
            in_project(subject, &fields)
        }),
        post("/fn/rotate_subscription").body(|subject, _| of_subscription(subject)),
        post("/fn/enable_subscription").note("that is enabled").body(|subject, _| of_subscription(subject)),
        post("/fn/test_subscription").body(|subject, _| of_subscription(subject)),
        post("/fn/replay_delivery").body(|subject, _| {
            let (subscription, delivery) = (subject.subscription.clone(), subject.delivery.clone());
            Body::Form(vec![("subscription", subscription), ("delivery", delivery)])
        }),
        post("/fn/delete_subscription").body(|subject, _| of_subscription(subject)),
        post("/fn/view_registries"),
        post("/fn/view_registries").note("of the project").body(|subject, _| in_project(subject, &[])),
        post("/fn/view_registry").body(|subject, _| of_registry(subject)),
        post("/fn/view_registry_tags").body(|subject, _| {
            let registry = subject.registry.clone();
            Body::Form(vec![("registry", registry), ("repository", "acme/checkout".into())])
        }),
        post("/fn/connect_registry").note("with the installation").body(|_, _| {
            Body::Form(vec![("form[name]", "another".into()), ("form[address]", REGISTRY.into())])
        }),
        post("/fn/connect_registry").note("with the project").body(|subject, _| {
            in_project(subject, &[("form[name]", "another"), ("form[address]", REGISTRY)])
        }),
        post("/fn/change_registry").body(|subject, _| {
            let registry = subject.registry.clone();
            Body::Form(vec![("registry", registry), ("form[address]", REGISTRY.into())])
        }),
        post("/fn/test_registry").body(|subject, _| of_registry(subject)),
        post("/fn/remove_registry").body(|subject, _| of_registry(subject)),
        post("/fn/view_outside_steps").body(|subject, _| in_integration(subject, &[])),
        post("/fn/set_outside_step").body(|subject, _| {
            in_integration(subject, &[("form[bucket]", "staging"), ("form[does]", "record")])
        }),
        post("/fn/remove_outside_step").body(|subject, _| in_integration(subject, &[("bucket", "qa")])),
        post("/fn/view_pipeline").body(|subject, _| in_integration(subject, &[("system", "gitlab")])),
        post("/fn/view_hooks").body(|subject, _| in_integration(subject, &[])),
        post("/fn/view_hook").body(|subject, _| of_hook(subject)),
        post("/fn/create_hook").body(|subject, _| {
            in_integration(subject, &[("form[title]", "Job"), ("form[source]", "standard")])
        }),
        post("/fn/rotate_hook").body(|subject, _| of_hook(subject)),
        post("/fn/replay_hook_delivery").body(|subject, _| {
            Body::Form(vec![("hook", subject.hook.clone()), ("delivery", subject.came.clone())])
        }),
        post("/fn/delete_hook").body(|subject, _| of_hook(subject)),
        post("/fn/view_streams"),
        post("/fn/create_stream").body(|_, _| new("preview", &[])),
        post("/fn/view_people"),
        post("/fn/view_rights").body(|subject, _| {
            let place = format!("project:{}", subject.project);
            Body::Form(vec![("form[action]", "approve".into()), ("form[place]", place)])
        }),
        post("/fn/view_person_rights")
            .body(|subject, _| Body::Form(vec![("person", subject.person.clone())])),
        post("/fn/deactivate_person").body(|subject, _| Body::Form(vec![("person", subject.person.clone())])),
        post("/fn/reactivate_person").body(|subject, _| Body::Form(vec![("person", subject.person.clone())])),
        post("/fn/view_sign_in_ways"),
        post("/fn/view_providers"),
        post("/fn/leave_provider"),
        post("/fn/invite").note("to the installation").body(|_, _| invitation("installation".into())),
        post("/fn/invite")
            .note("to the project")
            .body(|subject, _| invitation(format!("project:{}", subject.project))),
        post("/fn/revoke_role").body(|subject, _| Body::Form(vec![("binding", subject.binding.clone())])),
        post("/fn/withdraw_invitation")
            .body(|subject, _| Body::Form(vec![("link", subject.invitation.clone())])),
        post("/fn/view_members").body(|subject, _| in_project(subject, &[])),
        post("/fn/view_granters").body(|subject, _| in_project(subject, &[])),
        post("/fn/view_rule").body(|subject, _| in_project(subject, &[("rule", "branches")])),
        post("/fn/create_rule").body(|subject, _| {
            in_project(
                subject,
                &[
                    ("form[slug]", "by-tag"),
                    ("form[title]", "Tags"),
                    ("form[kind]", "environment"),
                    ("form[criteria][0][key]", "tag"),
                    ("form[criteria][0][operator]", "semver"),
                    ("form[criteria][0][value]", ">=1"),
                    ("form[criteria][0][bucket]", "qa"),
                ],
            )
        }),
        post("/fn/change_rule").body(|subject, _| {
            in_project(
                subject,
                &[
                    ("rule", "branches"),
                    ("version", "1"),
                    ("form[title]", "Branches"),
                    ("form[criteria][0][key]", "ref"),
                    ("form[criteria][0][operator]", "equals"),
                    ("form[criteria][0][value]", "main"),
                    ("form[criteria][0][bucket]", "qa"),
                ],
            )
        }),
        post("/fn/view_rule_trial").body(|subject, _| {
            in_project(
                subject,
                &[
                    ("form[slug]", "by-tag"),
                    ("form[title]", "Tags"),
                    ("form[kind]", "environment"),
                    ("form[criteria][0][key]", "ref"),
                    ("form[criteria][0][operator]", "equals"),
                    ("form[criteria][0][value]", "main"),
                    ("form[criteria][0][bucket]", "qa"),
                    ("git_ref", "main"),
                    ("image_tag", ""),
                ],
            )
        }),
        post("/fn/view_retention").body(|subject, _| in_integration(subject, &[])),
        post("/fn/set_retention").body(|subject, _| in_integration(subject, &[("form[last]", "500")])),
        post("/fn/view_carry_over").body(|subject, _| in_integration(subject, &[])),
        post("/fn/view_carry_over")
            .note("as asked")
            .body(|subject, _| in_integration(subject, &[("form[slug]", "other"), ("form[title]", "Other")])),
        post("/fn/carry_over")
            .body(|subject, _| in_integration(subject, &[("form[slug]", "other"), ("form[title]", "Other")])),
        post("/fn/view_unclassified").body(|subject, _| in_integration(subject, &[])),
        post("/fn/choose_rule").body(|subject, _| in_integration(subject, &[("rule", ":none")])),
        post("/fn/assign_build").body(|subject, _| {
            in_integration(
                subject,
                &[("digest", &subject.unnamed), ("bucket", "qa"), ("reason", "No rule knows it.")],
            )
        }),
        post("/fn/view_reclassification").body(|subject, _| in_integration(subject, &[])),
        post("/fn/reclassify")
            .note("of which nothing comes")
            .body(|subject, _| in_integration(subject, &[("mark", "1-0-")])),
        post("/fn/view_insights").body(|subject, _| in_project(subject, &[("form[days]", "30")])),
        post("/fn/view_production_changes").body(|subject, _| in_project(subject, &[])),
        post("/fn/view_moment").body(|subject, _| in_integration(subject, &[("at", "")])),
        post("/fn/compare_builds")
            .body(|subject, _| in_integration(subject, &[("from", "qa"), ("to", "staging")])),
        post("/fn/view_difference")
            .body(|subject, _| in_integration(subject, &[("from", "qa"), ("to", "staging")])),
        post("/fn/view_release_sets").body(|subject, _| in_project(subject, &[])),
        post("/fn/view_new_release_set")
            .body(|subject, _| in_project(subject, &[("course[from]", "qa"), ("course[to]", "staging")])),
        post("/fn/make_release_set").body(|subject, _| {
            let part = format!("{}/{}", subject.project, subject.integration);
            let course = [("form[from]", "qa"), ("form[to]", "staging"), ("form[parts][]", part.as_str())];
            let act = [
                ("form[project]", &*subject.project),
                ("form[title]", "Second"),
                ("form[reason]", "Tested."),
            ];
            form(course.into_iter().chain(act))
        }),
        post("/fn/view_release_set").body(|subject, _| in_project(subject, &[("number", &subject.set)])),
        post("/fn/view_course").body(|subject, _| {
            in_project(subject, &[("number", &subject.set), ("from", "staging"), ("to", "prod")])
        }),
        post("/fn/carry_release_set").note("into prod").body(|subject, _| carry(subject, "staging", "prod")),
        post("/fn/carry_release_set").note("out of staging").body(|subject, _| carry(subject, "", "staging")),
        post("/fn/decide_together").body(|subject, _| {
            let wanted = format!("{}#{}@{}", subject.project, subject.number, subject.digest);
            form([("promotions[]", wanted.as_str()), ("choice", "approve"), ("comment", "")])
        }),
        post("/fn/view_proposals"),
        post("/fn/view_proposal").body(|subject, _| proposal(subject, &[])),
        post("/fn/confirm_proposal").body(|subject, _| proposal(subject, &[])),
        post("/fn/reject_proposal").body(|subject, _| proposal(subject, &[("comment", "Not now.")])),
        post("/fn/withdraw_proposal").body(|subject, _| proposal(subject, &[])),
        post("/fn/view_holds").body(|_, _| Body::Form(vec![("listed", "standing".into())])),
        post("/fn/view_hold").body(|subject, _| Body::Form(vec![("number", subject.hold.clone())])),
        post("/fn/view_hold_choices")
            .body(|subject, _| Body::Form(vec![("on", format!("project:{}", subject.project))])),
        post("/fn/place_hold").body(|subject, _| {
            let on = format!("bucket:{}/{}/qa", subject.project, subject.integration);
            Body::Form(vec![("form[on]", on), ("form[reason]", "Payments are down.".into())])
        }),
        post("/fn/release_hold")
            .body(|subject, _| Body::Form(vec![("number", subject.hold.clone()), ("reason", String::new())])),
        post("/fn/view_environment").body(|subject, _| in_project(subject, &[("environment", "qa")])),
        post("/fn/view_pin_choices")
            .body(|subject, _| in_project(subject, &[("environment", "qa"), ("of", &subject.integration)])),
        post("/fn/ask_pin")
            .note("of what has been there")
            .body(|subject, _| pin(subject, "qa", &subject.digest)),
        post("/fn/ask_pin").note("in production").body(|subject, _| pin(subject, "prod", &subject.oldest)),
        post("/fn/release_pin").body(|subject, _| {
            let number = subject.pin.to_string();
            let fields = [
                ("environment", "qa"),
                ("of", &*subject.integration),
                ("number", &*number),
                ("reason", "All is well."),
            ];
            in_project(subject, &fields)
        }),
        post("/fn/set_default_build")
            .body(|subject, _| in_integration(subject, &[("digest", &subject.digest)])),
        post("/fn/clear_default_build").body(|subject, _| in_integration(subject, &[])),
        post("/fn/view_move")
            .body(|subject, _| in_project(subject, &[("environment", "qa"), ("to", "staging")])),
        post("/fn/move_environment").note("of one with a pin").body(|subject, _| {
            in_project(subject, &[("environment", "qa"), ("stream", "staging"), ("from", "")])
        }),
        post("/fn/make_delegation").body(|_, _| {
            let fields = [
                ("form[delegate]", "admin@example.org"),
                ("form[until]", "14d"),
                ("form[reason]", "On holiday."),
            ];
            Body::Form(fields.map(|(name, value)| (name, value.to_owned())).to_vec())
        }),
        post("/fn/end_delegation")
            .note("to the manager")
            .body(|subject, _| Body::Form(vec![("delegation", subject.delegation.clone())])),
        post("/fn/view_saved_views"),
        post("/fn/save_view").body(|subject, _| {
            let project = subject.project.clone();
            Body::Form(vec![
                ("form[title]", "Mine".to_owned()),
                ("form[project]", project.clone()),
                ("form[share]", project),
            ])
        }),
        post("/fn/change_saved_view").note("somebody else's").body(|subject, _| {
            let project = ("form[project]", subject.project.clone());
            Body::Form(vec![("view", subject.view.clone()), ("form[title]", "Mine".to_owned()), project])
        }),
        post("/fn/set_start_view").body(|subject, _| Body::Form(vec![("view", subject.view.clone())])),
        post("/fn/delete_saved_view")
            .note("somebody else's, of the project")
            .body(|subject, _| Body::Form(vec![("view", subject.view.clone())])),
        post("/fn/view_tokens"),
        post("/fn/create_token").note("for all that one may").body(|_, _| token(String::new())),
        post("/fn/create_token").note("for the project").body(|subject, _| token(subject.project.clone())),
        post("/fn/view_read_tokens").body(|subject, _| in_project(subject, &[("environment", "qa")])),
        post("/fn/create_read_token").body(|subject, _| {
            let fields = [("environment", "qa"), ("form[title]", "Cluster"), ("form[days]", "1")];
            in_project(subject, &fields)
        }),
        post("/fn/view_groups"),
        post("/fn/view_group").body(|_, _| group(&[])),
        post("/fn/create_group")
            .body(|_, _| Body::Form(vec![("form[slug]", "others".into()), ("form[title]", "Others".into())])),
        post("/fn/join_group").body(|_, _| group(&[("form[email]", "developer@example.org")])),
        post("/fn/leave_group").body(|subject, _| group(&[("person", &subject.person)])),
        post("/fn/give_group_role").body(|subject, _| {
            let place = format!("project:{}", subject.project);
            group(&[("form[role]", "developer"), ("form[place]", &place)])
        }),
        post("/fn/take_group_role").body(|subject, _| group(&[("binding", &subject.crew_role)])),
        post("/fn/delete_group").body(|_, _| group(&[])),
        post("/fn/view_roles"),
        post("/fn/view_role").body(|_, _| role(&[])),
        post("/fn/create_role")
            .body(|_, _| Body::Form(vec![("form[slug]", "robot".into()), ("form[title]", "Robot".into())])),
        post("/fn/change_role")
            .body(|_, _| role(&[("form[title]", "Puller"), ("form[permissions][push]", "everywhere")])),
        post("/fn/delete_role").body(|_, _| role(&[])),
        post("/fn/view_refused_attempts"),
        post("/fn/view_service_accounts").note("of the installation"),
        post("/fn/view_service_accounts")
            .note("of the project")
            .body(|subject, _| Body::Form(vec![("project", subject.project.clone())])),
        post("/fn/view_service_account").body(|subject, _| of_account(subject, &[])),
        post("/fn/create_service_account").body(|subject, _| {
            Body::Form(vec![("form[name]", "Robot".into()), ("form[project]", subject.project.clone())])
        }),
        post("/fn/give_service_account_role").body(|subject, _| {
            let place = format!("project:{}", subject.project);
            of_account(subject, &[("form[role]", "developer"), ("form[place]", &place)])
        }),
        post("/fn/create_service_account_token").body(|subject, _| {
            let form = [
                ("form[title]", "Own"),
                ("form[scope]", ""),
                ("form[actions][]", "pull"),
                ("form[days]", "1"),
            ];
            of_account(subject, &form)
        }),
        post("/fn/disable_service_account").body(|subject, _| of_account(subject, &[("disabled", "1")])),
        post("/fn/revoke_service_account_tokens").body(|subject, _| of_account(subject, &[])),
        post("/fn/delete_service_account").body(|subject, _| of_account(subject, &[])),
        post("/fn/revoke_tokens").note("one's own"),
        post("/fn/revoke_tokens")
            .note("somebody's")
            .body(|subject, _| Body::Form(vec![("person", subject.person.clone())])),
        post("/fn/rotate_token").note("somebody else's").body(|subject, _| {
            Body::Form(vec![
                ("token", subject.token.clone()),
                ("form[days]", "1".into()),
                ("form[overlap_hours]", String::new()),
            ])
        }),
        post("/fn/revoke_token")
            .note("somebody else's")
            .body(|subject, _| Body::Form(vec![("token", subject.token.clone())])),
        post("/fn/view_publishers").body(|subject, _| in_project(subject, &[])),
        post("/fn/view_publisher_choices").body(|subject, _| in_project(subject, &[("like", "")])),
        post("/fn/add_publisher").body(|subject, _| {
            in_project(
                subject,
                &[
                    ("form[title]", "CI"),
                    ("form[system]", "other"),
                    ("form[issuer]", "https://ci.example"),
                    ("form[claims][sub]", "another job"),
                    ("form[by_rule]", "on"),
                ],
            )
        }),
        post("/fn/remove_publisher")
            .body(|subject, _| in_project(subject, &[("publisher", &subject.publisher)])),
        post("/fn/demand_trusted_publishing").body(|subject, _| in_project(subject, &[("demanded", "true")])),
        post("/fn/view_trust_roots").body(|subject, _| in_project(subject, &[])),
        post("/fn/add_trust_root").body(|subject, _| {
            let form = [("form[name]", "another-key"), ("form[kind]", "key"), ("form[key]", PUBLIC_KEY)];
            in_project(subject, &form)
        }),
        post("/fn/remove_trust_root").body(|subject, _| in_project(subject, &[("root", "release-key")])),
        post("/fn/create_project").body(|_, _| new("bank", &[])),
        post("/fn/view_project").body(|subject, _| in_project(subject, &[])),
        post("/fn/view_projects").body(|_, _| Body::Form(vec![("listed", "in_use".into())])),
        post("/fn/view_storage").body(|subject, _| in_project(subject, &[])),
        post("/fn/set_anonymous_pull").body(|subject, _| in_project(subject, &[("allowed", "true")])),
        post("/fn/set_quota").body(|subject, _| in_project(subject, &[("form[quota]", "1 TB")])),
        post("/fn/archive_project").body(|subject, _| in_project(subject, &[])),
        post("/fn/restore_project").body(|subject, _| in_project(subject, &[])),
        post("/fn/load_sample"),
        post("/fn/view_deletion").body(|subject, _| Body::Form(doomed(subject))),
        post("/fn/delete").note("what is in use").body(|subject, _| Body::Form(doomed(subject))),
        post("/fn/view_deleted").body(|subject, _| in_project(subject, &[])),
        post("/fn/restore_integration").body(|subject, _| in_project(subject, &[("integration", "retired")])),
        post("/fn/create_environment")
            .body(|subject, _| with(subject, new("dev", &[("form[stream]", "dev")]))),
        post("/fn/create_workflow").body(|subject, _| {
            let fields = [("form[kind]", "environment"), ("form[stages][0][bucket]", "qa")];
            with(subject, new("hotfix", &fields))
        }),
        post("/fn/view_workflow").body(|subject, _| in_project(subject, &[("workflow", "release")])),
        post("/fn/change_workflow").body(|subject, _| {
            let fields = [
                ("workflow", "release"),
                ("version", "1"),
                ("form[title]", "Release"),
                ("form[is_default]", "on"),
                ("form[stages][0][bucket]", "qa"),
                ("form[drops]", "on"),
            ];
            in_project(subject, &fields)
        }),
        post("/fn/create_integration").body(|subject, _| {
            let fields = [("form[kind]", "environment"), ("form[workflow]", ":default")];
            with(subject, new("search", &fields))
        }),
        post("/fn/view_board")
            .body(|subject, _| in_project(subject, &[("integration", &subject.integration)])),
        post("/fn/view_history").body(|subject, _| in_bucket(subject, &[])),
        post("/fn/view_placement")
            .body(|subject, _| in_bucket(subject, &[("placement", &subject.placement)])),
        post("/fn/view_build").body(|subject, _| Body::Form(vec![("digest", subject.digest.clone())])),
        post("/fn/promote").note("into staging").body(|subject, _| {
            promotion(subject, [("digest", &subject.newest), ("from", "qa"), ("to", "staging")])
        }),
        post("/fn/promote").note("into prod").body(|subject, _| {
            promotion(subject, [("digest", &subject.oldest), ("from", "staging"), ("to", "prod")])
        }),
        post("/fn/roll_back").body(|subject, _| {
            let fields = [
                ("integration", subject.integration.as_str()),
                ("bucket", "qa"),
                ("to", &subject.placement),
                ("expected", VERSION),
                ("reason", "It is broken."),
            ];
            in_project(subject, &fields)
        }),
        post("/fn/resume_arrivals").note("staging").body(|subject, _| {
            in_project(subject, &[("integration", &subject.integration), ("bucket", "staging")])
        }),
        post("/fn/view_promotion")
            .body(|subject, _| in_project(subject, &[("number", &subject.number.to_string())])),
        post("/fn/decide").note("approve").body(|subject, _| decision(subject, "approve")),
        post("/fn/decide").note("reject").body(|subject, _| decision(subject, "reject")),
        post("/fn/cancel_promotion").body(|subject, _| {
            in_project(subject, &[("number", &subject.number.to_string()), ("reason", "")])
        }),
        post("/fn/promote").note("in an emergency").body(|subject, _| {
            let way = [("digest", subject.oldest.as_str()), ("from", "staging"), ("to", "prod")];
            let more = [("integration", subject.integration.as_str()), ("reason", "It is down.")];
            in_project(subject, &[way.as_slice(), &more, &[("emergency", "on")]].concat())
        }),
        post("/fn/apply_promotion").note("of one that nobody has to apply").body(|subject, _| {
            in_project(subject, &[("number", &subject.number.to_string()), ("digest", &subject.digest)])
        }),
        post("/fn/retry_promotion")
            .note("one that has not failed")
            .body(|subject, _| in_project(subject, &[("number", &subject.number.to_string())])),
        post("/fn/pass_gates").body(|subject, _| {
            let number = subject.number.to_string();
            let fields =
                [("number", number.as_str()), ("digest", &subject.digest), ("reason", "The shop is down.")];
            in_project(subject, &fields)
        }),
        post("/fn/review_emergency").note("of one that passed no gates").body(|subject, _| {
            in_project(subject, &[("number", &subject.number.to_string()), ("comment", "It was right.")])
        }),
    ]
}

/// What is done about the proposal.
fn proposal(subject: &Subject, more: &[(&'static str, &str)]) -> Body {
    let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
    Body::Form(std::iter::once(("number", subject.proposal.clone())).chain(more).collect())
}

/// How often `qa` changed when the installation was prepared.
const VERSION: &str = "3";

fn post(path: &'static str) -> Door {
    Door::new(Kind::Function, "POST", path)
}

/// A form that makes something with a name.
fn new(slug: &str, more: &[(&'static str, &str)]) -> Body {
    let mut fields = vec![("form[slug]", slug.to_owned()), ("form[title]", "Something new".to_owned())];
    fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Body::Form(fields)
}

fn form<'a>(fields: impl IntoIterator<Item = (&'static str, &'a str)>) -> Body {
    Body::Form(fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect())
}

/// Carries the release set on or, without `from`, takes it back.
fn carry(subject: &Subject, from: &str, to: &str) -> Body {
    let part = format!("{}/{}", subject.project, subject.integration);
    let set = [("form[project]", &*subject.project), ("form[number]", &*subject.set)];
    let act =
        [("form[from]", from), ("form[to]", to), ("form[parts][]", &*part), ("form[reason]", "Tested.")];
    form(set.into_iter().chain(act))
}

/// The integration, as something to delete.
fn doomed(subject: &Subject) -> Vec<(&'static str, String)> {
    vec![
        ("subject[kind]", "integration".into()),
        ("subject[project]", subject.project.clone()),
        ("subject[slug]", subject.integration.clone()),
        ("name", subject.integration.clone()),
    ]
}

fn of_hook(subject: &Subject) -> Body {
    Body::Form(vec![("hook", subject.hook.clone())])
}

fn of_registry(subject: &Subject) -> Body {
    Body::Form(vec![("registry", subject.registry.clone())])
}

fn of_subscription(subject: &Subject) -> Body {
    Body::Form(vec![("subscription", subject.subscription.clone())])
}

fn in_project(subject: &Subject, more: &[(&'static str, &str)]) -> Body {
    let mut fields = vec![("project", subject.project.clone())];
    fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Body::Form(fields)
}

fn in_integration(subject: &Subject, more: &[(&'static str, &str)]) -> Body {
    let mut fields = vec![("project", subject.project.clone()), ("integration", subject.integration.clone())];
    fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Body::Form(fields)
}

fn in_bucket(subject: &Subject, more: &[(&'static str, &str)]) -> Body {
    in_project(subject, &[&[("integration", subject.integration.as_str()), ("bucket", "qa")], more].concat())
}

/// Sends a form to the project.
fn with(subject: &Subject, form: Body) -> Body {
    let Body::Form(mut fields) = form else { return form };
    fields.push(("project", subject.project.clone()));
    Body::Form(fields)
}

fn invitation(place: String) -> Body {
    Body::Form(vec![
        ("form[email]", "eve@example.org".into()),
        ("form[role]", "viewer".into()),
        ("form[place]", place),
    ])
}

fn token(scope: String) -> Body {
    Body::Form(vec![
        ("form[title]", "CI".into()),
        ("form[scope]", scope),
        ("form[actions][0]", "push".into()),
        ("form[days]", "1".into()),
    ])
}

fn promotion(subject: &Subject, way: [(&'static str, &str); 3]) -> Body {
    let more = [("integration", subject.integration.as_str()), ("reason", "Tested.")];
    in_project(subject, &[way.as_slice(), &more].concat())
}

fn pin(subject: &Subject, environment: &str, digest: &str) -> Body {
    let fields = [
        ("environment", environment),
        ("form[service]", subject.integration.as_str()),
        ("form[digest]", digest),
        ("form[until]", "7d"),
        ("form[reason]", "One region first."),
    ];
    in_project(subject, &fields)
}

fn decision(subject: &Subject, choice: &str) -> Body {
    let number = subject.number.to_string();
    let fields =
        [("number", number.as_str()), ("choice", choice), ("digest", &subject.digest), ("comment", "Seen.")];
    in_project(subject, &fields)
}

/// About the group, with more fields.
fn group(fields: &[(&'static str, &str)]) -> Body {
    let more = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
    Body::Form(std::iter::once(("group", GROUP.to_owned())).chain(more).collect())
}

/// About the installation's own role, with more fields.
fn role(fields: &[(&'static str, &str)]) -> Body {
    let more = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
    Body::Form(std::iter::once(("role", ROLE.to_owned())).chain(more).collect())
}

/// About the service account, with more fields.
fn of_account(subject: &Subject, fields: &[(&'static str, &str)]) -> Body {
    let more = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
    Body::Form(std::iter::once(("account", subject.account.clone())).chain(more).collect())
}
