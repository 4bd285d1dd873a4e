//! One service account: its roles, its tokens, and its end.

use super::end::End;
use super::trail;
use crate::AppError;
use crate::components::badge::Badge;
use crate::components::banner::OnlyLook;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::people::RevokeRole;
use crate::fns::service_accounts::{
    CreateServiceAccountToken, DeleteServiceAccount, DisableServiceAccount, GiveServiceAccountRole,
    RevokeServiceAccountTokens, view_service_account,
};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, Failure, announce, empty_after, successes};
use crate::pages::people::RoleLine;
use crate::pages::shown_once::ShownOnce;
use crate::pages::tokens::{Replaced, TokenActions, TokenFields, TokenLine};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::access::Role;
use towpath_domain::ids::PersonId;
use towpath_domain::people::MemberRole;
use towpath_domain::service_accounts::{ServiceAccountLine, ServiceAccountView};
use towpath_domain::times::Time;
use towpath_domain::tokens::Token;

/// What can be done about a service account.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    give: ServerAction<GiveServiceAccountRole>,
    take: ServerAction<RevokeRole>,
    create: ServerAction<CreateServiceAccountToken>,
    tokens: TokenActions,
    pub disable: ServerAction<DisableServiceAccount>,
    pub revoke: ServerAction<RevokeServiceAccountTokens>,
    pub delete: ServerAction<DeleteServiceAccount>,
}

impl Actions {
    fn new() -> Self {
        let actions = Self {
            give: ServerAction::new(),
            take: ServerAction::new(),
            create: ServerAction::new(),
            tokens: TokenActions::new(),
            disable: ServerAction::new(),
            revoke: ServerAction::new(),
            delete: ServerAction::new(),
        };
        announce(actions.give, "Role given.");
        announce(actions.take, "Role revoked.");
        announce(actions.create, "Token created. It is shown on top.");
        announce(actions.disable, "Done.");
        announce(actions.revoke, "All of its tokens are revoked.");
        actions
    }

    /// Changes when one of them has succeeded, and the page is to be read anew.
    fn done(self) -> Memo<([usize; 5], [usize; 3])> {
        let (given, taken) = (successes(self.give), successes(self.take));
        let (created, disabled) = (successes(self.create), successes(self.disable));
        let (revoked, tokens) = (successes(self.revoke), self.tokens.done());
        let own = move || [given.get(), taken.get(), created.get(), disabled.get(), revoked.get()];
        Memo::new(move |_| (own(), tokens.get()))
    }
}

#[component]
pub fn ServiceAccountPage() -> impl IntoView {
    let params = use_params_map();
    let account = move || params.with(|params| params.get("account")).unwrap_or_default();
    let actions = Actions::new();
    let done = actions.done();
    let view = Resource::new(
        move || (account(), done.get()),
        |(account, _)| async move {
            let missing = || AppError::NotFound("This service account was not found".to_owned());
            view_service_account(account.parse().map_err(|_| missing())?).await
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Account view=view actions=actions />
            </Loaded>
        </main>
    }
}

#[component]
fn Account(view: ServiceAccountView, actions: Actions) -> impl IntoView {
    let ServiceAccountView { project, line, tokens, roles, places, scopes, may_manage, now } = view;
    let ServiceAccountLine { account, made_by, roles: held } = line;
    let made = format!("A service account: a machine with roles and tokens of its own. Made by {made_by}.");
    let (id, name) = (account.id, account.name.to_string());
    let disabled = account.disabled_at.is_some();
    let manages = may_manage.is_ok();
    let secret = Signal::derive(move || actions.create.value().get().and_then(Result::ok));
    view! {
        <Title text=name.clone() />
        <Breadcrumbs trail=trail(project.as_ref(), Some(name.clone())) />
        <PageHeader title=name.clone() lead=made>
            {disabled.then(|| view! { <Badge tone=Tone::Warning>"disabled"</Badge> })}
        </PageHeader>
        {may_manage.err().map(|why| view! { <OnlyLook words="You can look at it here, not change it" why=why /> })}
        <Failure errors=errors(move || actions.take.value().get()) />
        <Failure errors=errors(move || actions.tokens.revoke.value().get()) />
        <Failure errors=errors(move || actions.tokens.rotate.value().get()) />
        <Failure errors=errors(move || actions.disable.value().get()) />
        <Failure errors=errors(move || actions.revoke.value().get()) />
        <Failure errors=errors(move || actions.delete.value().get()) />
        {manages
            .then(|| {
                view! {
                    <ShownOnce of="token" title="Its new token" label="Token, shown once" made=secret>
                        "Copy it now and give it to what acts by this account: it is shown this once."
                    </ShownOnce>
                    <Replaced rotate=actions.tokens.rotate />
                }
            })}
        <div class="columns">
            <div class="stack">
                <Roles name=name.clone() roles=held take=actions.take />
                {manages.then(|| view! { <Tokens tokens=tokens now=now actions=actions.tokens /> })}
                {manages.then(|| view! { <End account=id name=name.clone() disabled=disabled actions=actions /> })}
            </div>
            {manages
                .then(|| {
                    view! {
                        <div class="stack">
                            <GiveRole account=id roles=roles places=places give=actions.give />
                            <NewToken account=id scopes=scopes create=actions.create />
                        </div>
                    }
                })}
        </div>
    }
}

#[component]
fn Roles(name: String, roles: Vec<MemberRole>, take: ServerAction<RevokeRole>) -> impl IntoView {
    let none = roles.is_empty();
    let role = move |role| view! { <RoleLine role=role person=name.clone() revoke=take /> };
    view! {
        <Card title="Roles">
            <ul class="roles">{roles.into_iter().map(role).collect_view()}</ul>
            {none.then(|| view! { <p class="muted">"No role: it may nothing."</p> })}
        </Card>
    }
}

#[component]
fn Tokens(tokens: Vec<Token>, now: Time, actions: TokenActions) -> impl IntoView {
    let none = tokens.is_empty();
    let line = move |token| view! { <TokenLine token=token now=now actions=actions /> };
    view! {
        <Card title="Tokens">
            <ul class="rows">{tokens.into_iter().map(line).collect_view()}</ul>
            {none.then(|| view! { <p class="muted">"No token yet."</p> })}
        </Card>
    }
}

#[component]
fn GiveRole(
    account: PersonId,
    roles: Vec<Role>,
    places: Vec<(String, String)>,
    give: ServerAction<GiveServiceAccountRole>,
) -> impl IntoView {
    let draft = Draft::of(give);
    let roles: Vec<SelectOption> =
        roles.into_iter().map(|role| SelectOption::new(role.slug.to_string(), role.title)).collect();
    let places: Vec<SelectOption> =
        places.into_iter().map(|(value, words)| SelectOption::new(value, words)).collect();
    view! {
        <Card title="Give it a role">
            <ActionForm action=give attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="account" value=account.to_string() />
                <Select
                    name=draft.field("role")
                    label="Role"
                    options=roles
                    required=true
                />
                <Select
                    name=draft.field("place")
                    label="Where"
                    options=places
                    required=true
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=give.pending()>
                        "Give the role"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn NewToken(
    account: PersonId,
    scopes: Vec<String>,
    create: ServerAction<CreateServiceAccountToken>,
) -> impl IntoView {
    let draft = Draft::of(create);
    let form = NodeRef::new();
    empty_after(create, form);
    view! {
        <Card title="New token of it">
            <ActionForm action=create node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="account" value=account.to_string() />
                <TokenFields draft=draft scopes=scopes everywhere="Everywhere it may" asked="" />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                        "Create token"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}
