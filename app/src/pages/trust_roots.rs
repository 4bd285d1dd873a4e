//! The trust roots of a project: keys and identities whose signatures count.

mod new;

pub use new::NewTrustRootPage;

use super::forms::{Failure, announce, successes};
use crate::components::badge::Badge;
use crate::components::banner::OnlyLook;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::code::CodeBlock;
use crate::components::disclosure::Disclosure;
use crate::components::empty::EmptyState;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::echo::errors;
use crate::fns::trust_roots::{RemoveTrustRoot, view_trust_roots};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::trust_roots::{TrustRootLine, TrustRootsView, Trusts};

#[component]
pub fn TrustRootsPage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    let remove = ServerAction::<RemoveTrustRoot>::new();
    let removed = successes(remove);
    let roots = Resource::new(move || (slug(), removed.get()), |(project, _)| view_trust_roots(project));
    let failed = errors(move || remove.value().get());
    announce(remove, "It is trusted no more.");
    view! {
        <main id="main" class="page">
            <Loaded resource=roots let:view>
                <Failure errors=failed />
                <TrustRoots view=view remove=remove />
            </Loaded>
        </main>
    }
}

#[component]
fn TrustRoots(view: TrustRootsView, remove: ServerAction<RemoveTrustRoot>) -> impl IntoView {
    let TrustRootsView { project, roots, may_configure, now } = view;
    let slug = project.slug.clone();
    let title = format!("Trust roots of {}", project.title);
    let may = may_configure.is_ok();
    let trail = Crumb::of_project(&slug, [Crumb::here("Trust roots")]);
    let line = {
        let slug = slug.clone();
        move |line| view! { <Line project=slug.clone() line=line now=now may=may remove=remove /> }
    };
    let list = if roots.is_empty() {
        Either::Left(view! {
            <EmptyState title="Nobody’s signature counts yet">
                <p>"Sign images in CI, for example by cosign, and trust the key or the identity here. A stage can then ask for the signature, or for provenance."</p>
                <LinkButton href=paths::docs("signatures")>"How it works"</LinkButton>
            </EmptyState>
        })
    } else {
        Either::Right(view! {
            <Card title="Trusted">
                <ul class="rows">{roots.into_iter().map(line).collect_view()}</ul>
            </Card>
        })
    };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead="Whose signatures on images count in this project. The gates of a workflow ask for them by name.">
            {may
                .then(|| {
                    view! {
                        <LinkButton href=paths::new_trust_root(&slug, "key")>"Trust a key"</LinkButton>
                        <LinkButton href=paths::new_trust_root(&slug, "identity")>"Trust an identity"</LinkButton>
                    }
                })}
        </PageHeader>
        {may_configure.err().map(|why| view! { <OnlyLook words="You can look at the trust roots here, not change them" why=why /> })}
        {list}
    }
}

#[component]
fn Line(
    project: Slug,
    line: TrustRootLine,
    now: Time,
    may: bool,
    remove: ServerAction<RemoveTrustRoot>,
) -> impl IntoView {
    let TrustRootLine { root, about, asked_by } = line;
    let name = root.slug.to_string();
    let (kind, pem) = match root.trusts {
        Trusts::Key { pem } => ("key", vec![("The public key", pem)]),
        Trusts::Identity(identity) => {
            let log = identity.log_key.map(|key| ("The key of its transparency log", key));
            let certificates = ("The certificates of its authority", identity.certificates);
            ("identity", std::iter::once(certificates).chain(log).collect())
        }
    };
    let asked = asked_by.iter().map(Slug::as_str).collect::<Vec<_>>().join(" and ");
    let warning = if asked.is_empty() {
        "No workflow asks for it. What it signed counts no more.".to_owned()
    } else {
        format!("What it signed counts no more, and builds wait where {asked} asks for it.")
    };
    let asked =
        if asked.is_empty() { "No workflow asks for it".to_owned() } else { format!("Asked for by {asked}") };
    let blocks =
        pem.into_iter().map(|(label, text)| view! { <CodeBlock label=label text=text /> }).collect_view();
    view! {
        <li class="rows__item">
            <span class="rows__name">{name.clone()}</span>
            <Badge>{kind}</Badge>
            <span class="rows__meta rows__meta--line">{about}</span>
            <span class="rows__meta rows__meta--line">
                {asked} ", added " <TimeView at=root.created_at now=now />
            </span>
            <Disclosure summary="What it trusts" class="rows__more">
                {blocks}
            </Disclosure>
            {may
                .then(|| {
                    view! {
                        <Disclosure summary="Remove…" class="rows__more">
                            <ActionForm action=remove attr:class="form form--confirm">
                                <input type="hidden" name="project" value=project.to_string() />
                                <input type="hidden" name="root" value=name.clone() />
                                <p class="form__note">{warning}</p>
                                <SubmitButton kind=ButtonKind::Danger small=true pending=remove.pending()>
                                    "Remove "
                                    <span class="visually-hidden">{name}</span>
                                </SubmitButton>
                            </ActionForm>
                        </Disclosure>
                    }
                })}
        </li>
    }
}
